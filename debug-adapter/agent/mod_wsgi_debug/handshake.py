"""How a debug adapter that connects to a listening process shows that it may, and says what it wants.

Three JSON lines. We greet: ``{"agent": "mod_wsgi_debug", "protocol": N, "nonce": TEXT or null}``; null means that no token
is asked for. The adapter answers ``{"want": WHAT, "process": NAME, "nonce": TEXT, "proof": TEXT}``. We close with
``{"ok": true, "proof": TEXT}`` or ``{"ok": false, "error": CODE, "message": TEXT}``.

A proof is an HMAC of both nonces under the token. The token itself never travels: a program that has taken the port in
the server's absence learns nothing, and the adapter sees that it is not the server.
"""

import hashlib
import hmac
import json
import secrets
import socket
import struct

from .channel import PROTOCOL_VERSION

_LONGEST_LINE = 4096
_PATIENCE_SECONDS = 10


class Rejected(Exception):
    """Whoever connected is none that we talk to; it has been told so where it speaks our language."""


class Visitor:
    """A connection whose other end has shown that it may connect."""

    def __init__(self, stream, want, process, proof):
        self.stream = stream
        self.want = want
        """``control``, ``live`` or ``processes``."""
        self.process = process
        """Name of the process that is meant, or None for this one."""
        self._proof = proof

    def accept(self):
        """From here on the stream is a channel of the kind that was wanted."""
        self.stream.settimeout(None)
        _send(self.stream, {"ok": True, "proof": self._proof})

    def refuse(self, error, message):
        """:param error: a code for the adapter; :param message: a sentence for the user."""
        _refuse(self.stream, error, message)

    def hand_on(self, other):
        """Ask another process of the server for what was wanted, and pass on what it says.

        :param other: connected to its socket in the private folder.
        :returns: whether it has accepted; both streams then are the two ends of the channel.
        :raises OSError: if it ends before it answers.
        """
        try:
            _read_line(other)
            _send(other, {"want": self.want})
            answer = json.loads(_read_line(other))
        except ValueError:
            raise OSError("no answer")
        if answer["ok"]:
            self.accept()
        else:
            self.refuse(answer["error"], answer["message"])
        return answer["ok"]


def greet(stream, token):
    """Find out who has connected.

    :param token: what the other side has to know, or None where only our own user can connect.
    :returns: a :class:`Visitor`, to be accepted or refused.
    :raises Rejected: if it is not a debug adapter, or does not know the token; the stream is closed then.
    """
    try:
        stream.settimeout(_PATIENCE_SECONDS)
        nonce = None if token is None else secrets.token_hex(32)
        _send(stream, {"agent": "mod_wsgi_debug", "protocol": PROTOCOL_VERSION, "nonce": nonce})
        answer = json.loads(_read_line(stream))
        wanted = (str(answer.get("want")), answer.get("process"))
        if token is None:
            return Visitor(stream, *wanted, proof=None)
        theirs = str(answer.get("nonce"))
        expected = proof_of(token, "adapter", nonce, theirs)
        if not hmac.compare_digest(expected.encode(), str(answer.get("proof")).encode("utf-8", "replace")):
            _refuse(stream, "token", "the token is wrong")
            raise Rejected()
        return Visitor(stream, *wanted, proof=proof_of(token, "agent", nonce, theirs))
    except (OSError, ValueError, AttributeError):
        stream.close()
        raise Rejected()


def proof_of(token, role, agent_nonce, adapter_nonce):
    """:param role: of the side that proves; otherwise one side's proof could be sent back to it."""
    text = "%s:%s:%s" % (role, agent_nonce, adapter_nonce)
    return hmac.new(token.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_our_user(stream, user):
    """Whether the other end of a UNIX socket is ``user``, or root who may do anything; True where nobody can tell."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _, uid, _ = struct.unpack("3i", stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return uid in (user, 0)


def _send(stream, message):
    stream.sendall(json.dumps(message).encode("ascii") + b"\n")


def _refuse(stream, error, message):
    try:
        _send(stream, {"ok": False, "error": error, "message": message})
    except OSError:
        pass
    stream.close()


def _read_line(stream):
    """One byte at a time: what follows the line belongs to the channel.

    :raises ValueError: if there is no line.
    """
    line = b""
    while not line.endswith(b"\n"):
        byte = stream.recv(1)
        if not byte or len(line) > _LONGEST_LINE:
            raise ValueError("no line")
        line += byte
    return line
