"""Where debug adapters knock: a UNIX socket in the private folder, and a TCP port if it is wanted.

The processes of a server share one port. One of them holds it and hands visitors on to the one that they want; when it
ends, another takes its place.
"""

import fcntl
import json
import os
import selectors
import socket
import threading

from .handshake import Rejected, greet, is_our_user
from .threads import start_thread

_RETRY_SECONDS = 1
"""How often a process looks whether the port has become free."""


class Closing:
    """Says that the listener ends: an event that a selector can wait for too."""

    def __init__(self):
        self._reader, self._writer = socket.socketpair()
        self._event = threading.Event()

    def begin(self):
        self._event.set()
        self._writer.close()

    def wait(self, seconds):
        """:returns: whether the end has begun."""
        return self._event.wait(seconds)

    def accept(self, listener):
        """:returns: the next connection, or None at the end."""
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(self._reader, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select()]
            if self._reader in ready:
                return None
            return listener.accept()[0]


class FolderDoor:
    """Takes adapters of our own user, over this process's socket."""

    def __init__(self, folder, receive, closing):
        """:param receive: takes a :class:`handshake.Visitor`; called in a thread of its own."""
        self._folder = folder
        self._receive = receive
        self._closing = closing
        self._socket, self.name = folder.listen()
        self._thread = start_thread("listener", self._serve)

    def close(self):
        """The end has begun: leave nothing in the folder."""
        self._folder.remove(self.name)
        self._socket.close()

    def close_in_child(self):
        """In a process that was forked off: its parent listens on."""
        self._socket.close()

    def _serve(self):
        while True:
            try:
                stream = self._closing.accept(self._socket)
            except OSError:
                return
            if stream is None:
                return
            start_thread("visitor", self._meet, stream)

    def _meet(self, stream):
        if not is_our_user(stream, os.geteuid()):
            stream.close()
            return
        try:
            self._receive(greet(stream, None))
        except Rejected:
            pass


class PortDoor:
    """Takes adapters that know the token, over the port that the processes of the server share."""

    def __init__(self, folder, address, token, receive, own_name, tell, closing):
        """
        :param tell: takes a sentence for the server's log.
        :param own_name: of this process in the folder.
        """
        self._folder = folder
        self._address = address
        self._token = token
        self._receive = receive
        self._own_name = own_name
        self._tell = tell
        self._closing = closing
        start_thread("port", self._serve)

    def _serve(self):
        with open(os.open(os.path.join(self._folder.path, "port-%d" % self._address[1]), os.O_RDWR | os.O_CREAT, 0o600)) as lock:
            listener = self._take_port(lock)
            if listener is None:
                return
            with listener:
                while True:
                    stream = self._closing.accept(listener)
                    if stream is None:
                        return
                    start_thread("visitor", self._meet, stream)

    def _take_port(self, lock):
        """:returns: a listening socket when it is our turn, or None at the end."""
        has_complained = False
        while True:
            try:
                # The kernel lets go of it however its holder ends.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self._bind()
            except BlockingIOError:
                pass
            except OSError as error:
                if not has_complained:
                    self._tell("mod_wsgi_debug: cannot listen on %s:%d: %s. Tried again until it works." % (*self._address, error))
                has_complained = True
            if self._closing.wait(_RETRY_SECONDS):
                return None

    def _bind(self):
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(self._address)
            listener.listen(8)
        except OSError:
            listener.close()
            raise
        return listener

    def _meet(self, stream):
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            visitor = greet(stream, self._token)
        except Rejected:
            return
        if visitor.want == "processes":
            self._list_processes(visitor)
        elif visitor.process in (None, self._own_name):
            self._receive(visitor)
        else:
            self._hand_on(visitor)

    def _list_processes(self, visitor):
        """Answer each line with the names of the processes that listen."""
        visitor.accept()
        try:
            with visitor.stream, visitor.stream.makefile("rb") as lines:
                for _ in lines:
                    visitor.stream.sendall(json.dumps({"processes": self._folder.names()}).encode("ascii") + b"\n")
        except OSError:
            pass

    def _hand_on(self, visitor):
        try:
            if visitor.process not in self._folder.names():
                raise FileNotFoundError()
            other = self._folder.connect(visitor.process)
        except OSError:
            visitor.refuse("gone", "the process %s has ended" % visitor.process)
            return
        with visitor.stream, other:
            try:
                if not visitor.hand_on(other):
                    return
            except OSError:
                return
            relay = start_thread("relay", _copy, visitor.stream, other)
            _copy(other, visitor.stream)
            relay.join()


def _copy(source, target):
    """Until the source ends; then the target gets no more either."""
    try:
        for chunk in iter(lambda: source.recv(65536), b""):
            target.sendall(chunk)
    except OSError:
        pass
    for stream in (source, target):
        try:
            stream.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
