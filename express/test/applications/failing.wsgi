"""A WSGI application that fails in each of the places where one can fail."""

import atexit
import sys

atexit.register(lambda: print("exit functions ran", file=sys.stderr, flush=True))


def application(environ, start_response):
    x = 42
    where = environ["PATH_INFO"]
    if where == "/call":
        raise ValueError("in the call")
    if where == "/exit":
        raise SystemExit(3)
    start_response("200 OK", [("Content-Type", "text/plain")])
    if where == "/iteration":
        return generate()
    if where == "/close":
        return Closing()
    return [b"fine"]


def generate():
    y = 43
    yield b""
    raise KeyError("in the iteration")


class Closing:
    def __iter__(self):
        return iter([b"body"])

    def close(self):
        z = 44
        raise OSError("in close")


def never_called():
    return "not covered"
