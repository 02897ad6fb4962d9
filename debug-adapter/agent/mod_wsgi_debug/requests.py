"""The requests that the process works on: which thread has which, and what is needed to send one again."""

import base64
import contextlib
import io
import re
import threading
import time
from urllib.parse import quote

_MAX_BODY = 1 << 20
"""Bytes of a request's body that are kept: more than that is an upload, which nobody wants to have sent again unasked."""

_current = threading.local()
_live = {}
_last = None


class Request:
    """One request, from its arrival to the end of its response."""

    def __init__(self, environ):
        self.environ = environ
        self.method = environ.get("REQUEST_METHOD", "?")
        self.path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "") or "/"
        query = environ.get("QUERY_STRING")
        self.label = "%s %s%s" % (self.method, self.path, "?" + query if query else "")
        self.started = time.time()
        self.may_stop = True
        """False: nothing stops in this request."""
        self._body = _RecordedBody.of(environ)
        self._sent = b"", None

    def end(self):
        """Keep of the request what is text: the server closes its streams, and the application wants its objects freed."""
        self.environ = {key: value for key, value in self.environ.items() if type(value) is str}
        if self._body is not None:
            self._sent, self._body = self._body.whole(reads_on=False), None

    def headers(self):
        """``{name: value}`` with the names in their usual spelling."""
        found = {}
        for key, value in self.environ.items():
            if key.startswith("HTTP_"):
                found[key[5:].replace("_", "-").title()] = value
        for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if self.environ.get(key):
                found[key.replace("_", "-").title()] = self.environ[key]
        return found

    def target(self):
        """Path and query as the client sent them."""
        sent = self.environ.get("REQUEST_URI")
        if sent:
            return sent
        query = self.environ.get("QUERY_STRING")
        return quote(self.path.encode("latin-1", "replace")) + ("?" + query if query else "")

    def record(self, reads_on):
        """What it takes to send the request again.

        :param reads_on: whether what the application has not read yet may be read now: in the request's own thread.
        :returns: ``label``, ``method``, ``origin``, ``target``, ``headers``, ``body`` (base64), and ``problem``: a sentence where the
            body is not known, else None.
        """
        body, problem = self._sent if self._body is None else self._body.whole(reads_on)
        return {
            "label": self.label,
            "method": self.method,
            "origin": "%s://%s" % (self.environ.get("wsgi.url_scheme", "http"), self.environ.get("HTTP_HOST", "localhost")),
            "target": self.target(),
            "headers": self.headers(),
            "body": base64.b64encode(body).decode("ascii"),
            "problem": problem,
        }


class _RecordedBody:
    """``wsgi.input`` that keeps what is read from it."""

    def __init__(self, stream, length):
        self._stream = stream
        self._length = length
        self._read = []
        self._size = 0
        self._ended = length == 0

    @classmethod
    def of(cls, environ):
        """Take the place of a request's input, if the request has a body; otherwise None."""
        length = environ.get("CONTENT_LENGTH") or ""
        is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if length in ("", "0") and not is_chunked or "wsgi.input" not in environ:
            return None
        body = cls(environ["wsgi.input"], int(length) if length.isdigit() else None)
        environ["wsgi.input"] = body
        return body

    def whole(self, reads_on):
        """``(bytes, problem)``."""
        if self._length is not None and self._length > _MAX_BODY or self._size > _MAX_BODY:
            return b"", "Its body is larger than %d KiB, which is not kept." % (_MAX_BODY >> 10)
        if reads_on and not self._is_complete():
            rest = self._stream.read()
            self._keep(rest)
            self._ended = True
            self._stream = io.BytesIO(rest)
            # What the application reads from now on has been kept already.
            self._keep = lambda data: None
            return self.whole(False)
        if not self._is_complete():
            return b"", "The application did not read its whole body, so it is not known."
        return b"".join(self._read), None

    def _is_complete(self):
        return self._ended or self._size == self._length

    def _keep(self, data):
        self._size += len(data)
        if self._size <= _MAX_BODY:
            self._read.append(data)
        else:
            self._read = []

    def _kept(self, data, asked):
        # An end is seen by asking for more than there is.
        if asked != 0 and not data or asked is None or asked < 0:
            self._ended = True
        self._keep(data)
        return data

    def read(self, size=-1):
        return self._kept(self._stream.read() if size is None else self._stream.read(size), size)

    def readline(self, size=-1):
        line = self._stream.readline() if size is None or size < 0 else self._stream.readline(size)
        return self._kept(line, len(line) or 1)

    def readlines(self, hint=-1):
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self):
        return iter(self.readline, b"")

    def __getattr__(self, name):
        return getattr(self._stream, name)


def begin(environ):
    """A request has arrived in this thread.

    The thread takes the request's name: that is what a list of threads shows.
    """
    global _last
    request = Request(environ)
    _current.request = _last = _live[threading.get_ident()] = request
    threading.current_thread().name = request.label
    return request


def end():
    """The response of this thread's request is out, as far as the application has to do with it."""
    request = current()
    if request is not None and _live.pop(threading.get_ident(), None) is request:
        request.end()
        threading.current_thread().name = "Waiting for a request (last: %s)" % request.label


@contextlib.contextmanager
def loading():
    """The application is being loaded in this thread: that is what a list of threads shows meanwhile."""
    thread = threading.current_thread()
    name, thread.name = thread.name, "Loading the application"
    try:
        yield
    finally:
        thread.name = name


def current():
    """This thread's request, or None in a thread that has none (the application is being loaded)."""
    return getattr(_current, "request", None)


def current_label():
    """``GET /cart?full=1``, or None."""
    request = current()
    return request and request.label


def may_stop():
    """Whether anything may stop in this thread."""
    request = current()
    return request is None or request.may_stop


def live():
    """``{thread identifier: Request}`` of what is being worked on."""
    return dict(_live)


def last():
    """The request that came last, or None."""
    return _last


class Selection:
    """Which requests may stop, as the user has chosen."""

    def __init__(self, patterns=()):
        """
        :param patterns: ``{"method": "POST" or None, "path": a regular expression, "isExclusion": …}``.
        """
        self._wanted = []
        self._excluded = []
        for pattern in patterns:
            entry = (pattern.get("method"), re.compile(pattern["path"]))
            (self._excluded if pattern.get("isExclusion") else self._wanted).append(entry)

    def includes(self, request):
        if not self._wanted and not self._excluded:
            return True

        def matches(entries):
            return any(
                method in (None, request.method) and path.match(request.path) for method, path in entries
            )

        return (not self._wanted or matches(self._wanted)) and not matches(self._excluded)
