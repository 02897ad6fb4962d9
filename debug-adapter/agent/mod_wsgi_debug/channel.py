"""The control channel: JSON messages, one a line, over a socket that only the debug adapter and this process share.

Agent to adapter: ``{"event": NAME, "body": {…}}`` and ``{"id": N, "ok": true, "body": …}`` or
``{"id": N, "ok": false, "error": TEXT}``. Adapter to agent: ``{"id": N, "command": NAME, "arguments": {…}}``.
"""

import json
import os
import socket
import threading

from .threads import start_thread

PROTOCOL_VERSION = 1


class Channel:
    """A connection to the debug adapter, read by a thread of its own so that it works whatever the application does."""

    def __init__(self, stream, on_command, on_lost):
        """
        :param stream: a connected stream socket.
        :param on_command: called in the reader thread with ``(command, arguments, reply)``, where
            ``reply(body=None, error=None)`` is to be called once, from any thread.
        :param on_lost: called once in the reader thread when the adapter is gone.
        """
        self._stream = stream
        self._on_command = on_command
        self._on_lost = on_lost
        self._write_lock = threading.Lock()

    @classmethod
    def connect(cls, path, token, on_command, on_lost):
        """Connect to the adapter's UNIX socket, prove who we are and start to read.

        :raises OSError: if the adapter does not listen any more.
        """
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.connect(path)
        channel = cls(stream, on_command, on_lost)
        channel.send_event("hello", {"token": token, "protocol": PROTOCOL_VERSION, "pid": os.getpid()})
        start_thread("channel", channel.read)
        return channel

    def close(self):
        """Part from the adapter."""
        try:
            self._stream.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def send_event(self, event, body):
        """Tell the adapter; a lost connection is the reader's business and ignored here."""
        self._send({"event": event, "body": body})

    def _send(self, message):
        line = json.dumps(message, default=str).encode("ascii") + b"\n"
        try:
            with self._write_lock:
                self._stream.sendall(line)
        except OSError:
            pass

    def read(self):
        """Take commands until the adapter is gone."""
        try:
            with self._stream.makefile("rb") as lines:
                for line in lines:
                    message = json.loads(line)
                    self._on_command(message["command"], message.get("arguments") or {}, self._replier(message["id"]))
        except (OSError, ValueError, KeyError):
            pass
        self._on_lost()

    def _replier(self, request_id):
        def reply(body=None, error=None):
            if error is None:
                self._send({"id": request_id, "ok": True, "body": body})
            else:
                self._send({"id": request_id, "ok": False, "error": error})

        return reply
