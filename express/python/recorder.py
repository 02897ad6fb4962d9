"""Keeps each request and its response in files, to look at or to play again later.

The files of one request begin with ``<microseconds>-<pid>-<number>``:

=============  =================================================
``.iheaders``  the environ, as a Python dictionary
``.icontent``  the request's body
``.oheaders``  status and headers of the response
``.ocontent``  the response's body
``.oaexcept``  traceback of an exception in the call
``.orexcept``  traceback of an exception in the iteration
``.ofexcept``  traceback of an exception in ``close()``
=============  =================================================
"""

import itertools
import os
import pprint
import shutil
import time
import traceback


class Recorder:
    """A WSGI application that records what goes into ``application`` and what comes out.

    :param directory: an existing folder that the server's user can write to.
    """

    def __init__(self, application, directory):
        self._application = application
        self._directory = directory
        self._numbers = itertools.count(1)

    def __call__(self, environ, start_response):
        name = "%d-%d-%d" % (time.time() * 1000000, os.getpid(), next(self._numbers))
        record = _Record(os.path.join(self._directory, name))
        record.write_text("iheaders", pprint.pformat(dict(environ)))
        return _RecordedResponse(record, self._application, environ, start_response)


class _Record:
    """The files of one request."""

    def __init__(self, stem):
        self._stem = stem

    def path(self, suffix):
        return self._stem + "." + suffix

    def write_text(self, suffix, text):
        with open(self.path(suffix), "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text + "\n")

    def failure(self, suffix):
        """Writes the traceback of the exception that is being handled."""
        self.write_text(suffix, traceback.format_exc())


class _RecordedResponse:
    """A response whose way out is recorded."""

    def __init__(self, record, application, environ, start_response):
        self._record = record
        self._content = open(record.path("ocontent"), "wb")
        self._input = self._read_whole(environ["wsgi.input"])
        self._start_response = start_response
        try:
            self._response = application(dict(environ, **{"wsgi.input": self._input}), self._record_start)
        except Exception:
            record.failure("oaexcept")
            self._close_files()
            raise

    def _read_whole(self, stream):
        """The request's body from a file: what the application does not read has been received all the same."""
        with open(self._record.path("icontent"), "wb") as file:
            shutil.copyfileobj(stream, file)
        return open(self._record.path("icontent"), "rb")

    def _record_start(self, status, headers, exc_info=None):
        self._record.write_text("oheaders", pprint.pformat((status, headers)))
        write = self._start_response(status, headers, *([exc_info] if exc_info else []))

        def record_write(block):
            self._content.write(block)
            return write(block)

        return record_write

    def __iter__(self):
        try:
            for block in self._response:
                self._content.write(block)
                yield block
        except Exception:
            self._record.failure("orexcept")
            raise

    def close(self):
        try:
            if hasattr(self._response, "close"):
                self._response.close()
        except Exception:
            self._record.failure("ofexcept")
            raise
        finally:
            self._close_files()

    def _close_files(self):
        self._input.close()
        self._content.close()
