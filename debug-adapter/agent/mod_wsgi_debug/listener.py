"""``listen()``: lets a debug adapter attach to this process, now or later."""

import atexit
import collections
import os
import sys
import threading

import mod_wsgi_debug

from .doors import Closing, FolderDoor, PortDoor
from .private_folder import PrivateFolder, Refused, default_path

_SHORTEST_TOKEN = 16
"""Whoever listens on the network sees proofs of the token: it must not be found by trying."""

_listener = None
_lock = threading.Lock()

Settings = collections.namedtuple("Settings", "socket_folder host port token token_file")


def listen(socket_folder=None, host=None, port=None, token=None, token_file=None, callable="application"):
    """Let an editor attach to this process. Returns at once, and costs nothing until one does.

    What is not given is taken from the environment: ``MOD_WSGI_DEBUG_SOCKET_FOLDER``, ``MOD_WSGI_DEBUG_HOST``,
    ``MOD_WSGI_DEBUG_PORT``, ``MOD_WSGI_DEBUG_TOKEN`` and ``MOD_WSGI_DEBUG_TOKEN_FILE``. The token is removed from it.

    :param socket_folder: where each process makes its socket; mode 0700, made if it is not there. Default:
        ``/tmp/mod_wsgi_debug-UID``.
    :param host: the address to listen on where there is a port; the loopback address by default.
    :param port: a TCP port for adapters that cannot use the folder: another user's, another machine's. The processes of
        a server share it.
    :param token: what an adapter has to know to use the port; 16 characters at least.
    :param token_file: a file that holds the token. Without either, one is made, and written to the error log.
    :param callable: the WSGI callable's name in the script.
    :raises ValueError: if an argument makes no sense. Whatever else prevents it is written to the error log: the
        application goes on.
    """
    global _listener
    settings = _settings(socket_folder, host, port, token, token_file)
    if mod_wsgi_debug.is_launched:
        return
    with _lock:
        try:
            _listener = _listener or _Listener(settings)
        except Refused as reason:
            _tell("mod_wsgi_debug does not listen: %s." % reason)
            return
    _listener.applications.add(sys._getframe(1).f_globals, callable)


def _settings(socket_folder, host, port, token, token_file):
    # Taken out whether it is used or not: nothing that the application starts or shows shall find it.
    token_of_environment = os.environ.pop("MOD_WSGI_DEBUG_TOKEN", None)
    environ = os.environ.get
    settings = Settings(
        os.fspath(socket_folder or environ("MOD_WSGI_DEBUG_SOCKET_FOLDER") or default_path()),
        host or environ("MOD_WSGI_DEBUG_HOST") or "127.0.0.1",
        _port(port if port is not None else environ("MOD_WSGI_DEBUG_PORT")),
        token or (None if token_file else token_of_environment),
        token_file or environ("MOD_WSGI_DEBUG_TOKEN_FILE"),
    )
    if settings.port is None and (host or token or token_file):
        raise ValueError("listen(): host and token are those of a port, and there is no port")
    if settings.token is not None:
        _check_token(settings.token)
    return settings


def _port(value):
    if value is None or value == "":
        return None
    try:
        port = int(value)
    except (TypeError, ValueError):
        port = 0
    if not 0 < port < 65536:
        raise ValueError("listen(): the port is %r, and has to be a number from 1 to 65535" % (value,))
    return port


def _check_token(token):
    if len(token) < _SHORTEST_TOKEN:
        raise ValueError("listen(): the token is shorter than %d characters" % _SHORTEST_TOKEN)
    return token


def _tell(sentence):
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


class _Listener:
    """This interpreter's doors, from the first ``listen()`` to the end of the process."""

    def __init__(self, settings):
        from .applications import Applications
        from .attachment import Attachments

        folder = PrivateFolder(settings.socket_folder)
        self.applications = Applications()
        self._closing = Closing()
        self._attachments = Attachments(self.applications)
        self._door = FolderDoor(folder, self._attachments.receive, self._closing)
        os.register_at_fork(after_in_child=self._door.close_in_child)
        atexit.register(self._close)
        if settings.port is not None:
            token, note = _token(settings, folder)

            def tell(sentence):
                _tell(sentence + note)

            PortDoor(folder, (settings.host, settings.port), token, self._attachments.receive, self._door.name, tell, self._closing)
        _tell("mod_wsgi_debug: process %d waits for a debug adapter in %s." % (os.getpid(), folder.path))

    def _close(self):
        self._closing.begin()
        self._door.close()
        self._attachments.close()


def _token(settings, folder):
    """:returns: ``(token, note)``: a sentence about it for the log where the user cannot know it, else an empty one.

    :raises Refused: if the file that holds it cannot be read.
    """
    if settings.token is not None:
        return settings.token, ""
    if settings.token_file is None:
        token, path = folder.shared_token()
        return token, " The token is %s (kept in %s)." % (token, path)
    try:
        with open(settings.token_file) as file:
            return _check_token(file.read().strip()), ""
    except OSError as error:
        raise Refused("its token cannot be read from %s: %s" % (settings.token_file, error.strerror))
