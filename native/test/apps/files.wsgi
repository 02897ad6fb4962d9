"""Sends files and things like files through wsgi.file_wrapper."""
import gzip
import io
import os
import tempfile

DATA = os.path.join(os.path.dirname(__file__), "data.bin")


class Counted(io.FileIO):
    pass


closed = []


class Noted:
    """No file at all, but it can be read and closed."""

    def __init__(self, data):
        self.stream = io.BytesIO(data)

    def read(self, size):
        return self.stream.read(size)

    def close(self):
        closed.append("Noted")


def temporary():
    file = tempfile.TemporaryFile()
    file.write(b"0123456789")
    file.seek(4)
    return file


def after(offset):
    file = open(DATA, "rb")
    file.read(offset)
    return file


def packed():
    path = os.path.join(tempfile.gettempdir(), "packed-%d.gz" % os.getpid())
    with gzip.open(path, "wb") as file:
        file.write(b"unpacked content")
    file = gzip.open(path, "rb")
    os.unlink(path)
    return file


SOURCES = {
    "whole": lambda: after(0),
    "rest": lambda: after(1000),
    "end": lambda: after(os.path.getsize(DATA)),
    "raw": lambda: open(DATA, "rb", buffering=0),
    "subclass": lambda: Counted(DATA),
    "memory": lambda: io.BytesIO(b"from memory"),
    "temporary": temporary,
    "packed": packed,
    "noted": lambda: Noted(b"noted"),
}


def application(environ, start_response):
    name = environ["PATH_INFO"].strip("/")
    headers = [("Content-Type", "application/octet-stream")]
    if name == "closed":
        start_response("200 OK", headers)
        return [",".join(closed).encode()]
    if environ["QUERY_STRING"]:
        headers.append(("Content-Length", environ["QUERY_STRING"]))
    start_response("200 OK", headers)
    return environ["wsgi.file_wrapper"](SOURCES[name]())
