"""Answers with the exceptions that wrong calls raise, one per line."""
import io
import sys

kept = {}
GOOD = [("Content-Type", "text/plain")]


def text_of(call, *args):
    try:
        call(*args)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)
    return "no exception"


def start(environ, start_response):
    yield from (
        text_of(start_response, *args)
        for args in [
            (b"200 OK", GOOD),
            ("2000 OK", GOOD),
            ("20", GOOD),
            ("200OK", GOOD),
            ("200 O\nK", GOOD),
            ("200 \u20ac", GOOD),
            ("200 OK", tuple(GOOD)),
            ("200 OK", [["a", "b"]]),
            ("200 OK", [("a", "b", "c")]),
            ("200 OK", [("", "b")]),
            ("200 OK", [("a\n", "b")]),
            ("200 OK", [("a b", "b")]),
            ("200 OK", [("a:b", "b")]),
            ("200 OK", [(b"a", "b")]),
            ("200 OK", [("a", "b\r\nInjected: 1")]),
            ("200 OK", [("a", "b\0c")]),
            ("200 OK", [("a", "\u20ac")]),
            ("200 OK", [("Content-Length", "12x")]),
            ("200 OK", [("Content-Length", "-1")]),
            ("200 OK", GOOD, "exc_info"),
            ("200 OK",),
        ]
    )
    write = start_response("200 OK", GOOD)
    yield text_of(write, "text")
    yield text_of(write, None)


def wrapper(environ, start_response):
    make = environ["wsgi.file_wrapper"]
    yield text_of(make, io.BytesIO(), "1")
    yield text_of(make, io.BytesIO(), -1)
    yield text_of(list, make(io.StringIO("text")))
    closed = make(io.BytesIO(b"x"))
    closed.close()
    closed.close()
    yield text_of(list, closed)
    yield "%d %s" % (make(io.BytesIO(), 5).blksize, type(make(io.BytesIO()).filelike).__name__)


def input(environ, start_response):
    stream = environ["wsgi.input"]
    yield text_of(stream.read, None)
    yield text_of(stream.read, "1")
    yield text_of(stream.read, 1, 2)
    yield ",".join(sorted(name for name in ("seek", "tell", "fileno", "close", "readlines") if hasattr(stream, name)))


def keep(environ, start_response):
    kept.update(input=environ["wsgi.input"], errors=environ["wsgi.errors"], start=start_response)
    kept["write"] = start_response("200 OK", GOOD)
    yield "kept"


def use(environ, start_response):
    yield text_of(kept["input"].read)
    yield text_of(kept["input"].readline)
    yield text_of(kept["input"].readlines)
    yield text_of(kept["input"].close)
    yield text_of(next, kept["input"])
    yield text_of(iter, kept["input"])
    yield text_of(kept["errors"].write, "late\n")
    yield text_of(kept["errors"].flush)
    yield text_of(kept["start"], "200 OK", GOOD)
    yield text_of(kept["write"], b"late")


def streams(environ, start_response):
    errors = environ["wsgi.errors"]
    yield text_of(errors.fileno)
    yield "%s %s %s" % (errors.name, errors.isatty(), errors.encoding)
    yield "%s %s" % (sys.stderr.name, type(sys.stderr).__name__)
    yield text_of(getattr, sys.stdout, "write").replace("no exception", "usable")
    yield text_of(getattr, sys.stdin, "read").replace("no exception", "usable")
    yield str(errors.buffer.write(memoryview(b"from a memoryview\n")))


def application(environ, start_response):
    lines = list(globals()[environ["PATH_INFO"].strip("/")](environ, start_response))
    start_response("200 OK", GOOD)
    return ["\n".join(lines).encode("utf-8", "backslashreplace")]
