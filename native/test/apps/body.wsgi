"""Reads the body in the way the path names and answers with what it read."""
import hashlib
import json
import os
import time

HERE = os.path.dirname(__file__)


def pieces(stream, size):
    while True:
        piece = stream.read(size)
        if not piece:
            return
        yield piece


def mixed(stream):
    return [stream.read(3), stream.readline(), stream.read(2), stream.readline(4), next(stream), stream.read(), stream.read()]


WAYS = {
    "read": lambda stream: [stream.read()],
    "read_minus": lambda stream: [stream.read(-1)],
    "read_more": lambda stream: [stream.read(100), stream.read(100)],
    "read_sevens": lambda stream: list(pieces(stream, 7)),
    "readline": lambda stream: [stream.readline(), stream.readline(), stream.readline(), stream.readline()],
    "readline_limit": lambda stream: [stream.readline(3), stream.readline(0), stream.readline(3)],
    "readlines": lambda stream: stream.readlines(),
    "readlines_hint": lambda stream: stream.readlines(1),
    "iterate": list,
    "mixed": mixed,
    "nothing": lambda stream: [],
    "read_zero": lambda stream: [stream.read(0), stream.read(0), stream.read()],
}


def digest(stream):
    sha = hashlib.sha256()
    length = 0
    for piece in pieces(stream, 100003):
        sha.update(piece)
        length += len(piece)
    return [b"%d %s" % (length, sha.hexdigest().encode())]


def read_failing(stream):
    """The exceptions go to a file: the client may be gone."""
    texts = []
    for _ in range(2):
        try:
            stream.read()
        except OSError as error:
            texts.append(repr(error))
    with open(os.path.join(HERE, "read-errors.txt"), "w") as file:
        file.write("\n".join(texts))
    return [text.encode() for text in texts]


def application(environ, start_response):
    way = environ["PATH_INFO"].strip("/")
    if way == "digest":
        parts = digest(environ["wsgi.input"])
    elif way == "slow_digest":
        time.sleep(0.3)
        parts = digest(environ["wsgi.input"])
    elif way == "failing":
        parts = read_failing(environ["wsgi.input"])
    else:
        parts = WAYS[way](environ["wsgi.input"])
    known = {key: environ.get(key) for key in ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")}
    body = json.dumps({"parts": [part.decode("latin-1") for part in parts], **known}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
