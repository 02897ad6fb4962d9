"""The folder of the sockets on which the processes of a server listen: nobody but their user may enter it."""

import errno
import os
import secrets
import socket
import stat


class Refused(Exception):
    """Why the folder is not used, a sentence that says what to do."""


def default_path():
    """Where the editor looks, too. Not below ``$TMPDIR``: a server and an editor may have different ones."""
    return "/tmp/mod_wsgi_debug-%d" % os.geteuid()


class PrivateFolder:
    """A folder of mode 0700 that is ours. One socket in it for each process, and the token of the group."""

    def __init__(self, path):
        """Make the folder, or check that the one that is there is private.

        :raises Refused: if it belongs to somebody else, if others may enter it, or if it cannot be made.
        """
        self.path = os.path.abspath(path)
        try:
            os.mkdir(self.path, 0o700)
        except FileExistsError:
            pass
        except OSError as error:
            raise Refused("%s cannot be made: %s. Name a folder whose parent user %d may write to" % (
                self.path, error.strerror, os.geteuid()))
        # lstat: a link would let whoever made it choose where we listen.
        found = os.lstat(self.path)
        if not stat.S_ISDIR(found.st_mode):
            raise Refused("%s is not a folder. Remove it, or name another one" % self.path)
        if found.st_uid != os.geteuid():
            raise Refused("%s belongs to user %d and this process runs as user %d. Name another folder" % (
                self.path, found.st_uid, os.geteuid()))
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise Refused("others may enter %s. Close it: chmod 700 %s" % (self.path, self.path))

    def listen(self):
        """:returns: ``(socket, name)``: a listening socket, and the name by which the editor knows this process.

        :raises Refused: if the path is too long for a socket, or the folder cannot be written to.
        """
        self._remove_stale()
        # Interpreters of one process share its number.
        name = "%d-%s" % (os.getpid(), secrets.token_hex(2))
        # A socket appears under its name when it listens: until then a connection would be refused, as by a dead process.
        hidden = os.path.join(self.path, "." + name)
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            stream.bind(hidden)
            stream.listen(8)
            os.rename(hidden, self.socket_path(name))
        except OSError as error:
            stream.close()
            raise Refused("no socket can be made in %s: %s. Name another folder with a short path" % (self.path, error))
        return stream, name

    def socket_path(self, name):
        return os.path.join(self.path, name + ".sock")

    def names(self):
        """Of the processes that listen."""
        return sorted(entry[: -len(".sock")] for entry in os.listdir(self.path) if entry.endswith(".sock"))

    def connect(self, name):
        """:raises OSError: if that process is gone."""
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            stream.connect(self.socket_path(name))
        except OSError:
            stream.close()
            raise
        return stream

    def remove(self, name):
        try:
            os.unlink(self.socket_path(name))
        except OSError:
            pass

    def _remove_stale(self):
        """A process that was killed has left its socket, and its number may come again."""
        for name in self.names():
            try:
                self.connect(name).close()
            except OSError as error:
                if error.errno == errno.ECONNREFUSED:
                    self.remove(name)

    def shared_token(self):
        """The token that the processes of a server share where the user has not given one; made by the first.

        :returns: ``(token, path)`` of the file that holds it.
        """
        path = os.path.join(self.path, "token")
        hidden = "%s-%d" % (path, os.getpid())
        with open(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(hidden, path)
        except FileExistsError:
            pass
        os.unlink(hidden)
        with open(path) as file:
            return file.read().strip(), path
