"""One way of answering for each path."""
import sys
import threading
import time

PLAIN = [("Content-Type", "text/plain")]
closed = []


class Closing:
    """An iterable that notes that it was closed."""

    def __init__(self, name, blocks, error=None):
        self.name, self.blocks, self.error = name, iter(blocks), error

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.blocks)

    def close(self):
        closed.append(self.name)
        if self.error:
            raise self.error


def one_item_list(environ, start_response):
    start_response("200 OK", PLAIN)
    return [b"hello"]


def two_item_tuple(environ, start_response):
    start_response("200 OK", PLAIN)
    return (b"hello, ", b"world")


def empty_list(environ, start_response):
    start_response("200 OK", PLAIN)
    return []


def generator(environ, start_response):
    start_response("200 OK", PLAIN)

    def blocks():
        yield b"one,"
        yield b""
        yield b"two"

    return blocks()


def late_start(environ, start_response):
    """start_response is called when the iteration begins."""
    start_response("201 Made", PLAIN)
    yield b"late"


def slow_generator(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"first"
    time.sleep(1)
    yield b"second"


def write(environ, start_response):
    send = start_response("200 OK", PLAIN)
    send(b"written,")
    send(b"")
    send(b"twice,")
    return [b"returned"]


def content_length_too_long(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "5")])
    return iter([b"hello", b" and more"])


def content_length_too_short(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "50")])
    return iter([b"hello"])


def raise_before(environ, start_response):
    local = "seen in the frame"
    raise ValueError("raised before start_response: " + local)


def raise_after_start(environ, start_response):
    start_response("200 OK", PLAIN + [("X-Not-Sent", "1")])
    raise ValueError("raised after start_response")


def raise_midway(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"part1"
    raise ValueError("raised midway")


def raise_midway_length(environ, start_response):
    start_response("200 OK", PLAIN + [("Content-Length", "100")])
    yield b"part1"
    raise ValueError("raised midway of a known length")


def raise_in_close(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closing("raise_in_close", [b"whole"], ValueError("raised in close"))


def raise_and_close(environ, start_response):
    start_response("200 OK", PLAIN)

    def blocks():
        yield b"x"
        raise ValueError("raised, then closed")

    return Closing("raise_and_close", blocks())


def close_after_whole(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closing("close_after_whole", [b"whole"])


def names_closed(environ, start_response):
    start_response("200 OK", PLAIN)
    return [",".join(closed).encode()]


def system_exit(environ, start_response):
    sys.exit(3)


def deep_error(environ, start_response):
    try:
        raise KeyError("the cause")
    except KeyError as error:
        raise RuntimeError("the effect ü") from error


def not_iterable(environ, start_response):
    start_response("200 OK", PLAIN)


def text_block(environ, start_response):
    start_response("200 OK", PLAIN)
    return ["text"]


def text_in_generator(environ, start_response):
    start_response("200 OK", PLAIN)
    yield "text"


def no_start(environ, start_response):
    return [b"never started"]


def no_start_empty(environ, start_response):
    return []


def exc_info_before(environ, start_response):
    start_response("200 OK", PLAIN + [("X-First", "1")])
    try:
        raise ValueError("caught")
    except ValueError:
        start_response("503 Error page", PLAIN, sys.exc_info())
    return [b"error page"]


def exc_info_after(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"part1"
    try:
        raise ValueError("too late for an error page")
    except ValueError:
        start_response("500 Error page", PLAIN, sys.exc_info())
    yield b"error page"


def start_twice(environ, start_response):
    start_response("200 OK", PLAIN)
    start_response("202 Second", PLAIN)
    return [b"replaced"]


def start_after_output(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"part1"
    try:
        start_response("200 OK", PLAIN)
    except RuntimeError as error:
        yield str(error).encode()


def exc_info_of_nothing(environ, start_response):
    start_response("200 OK", PLAIN)
    yield b"part1"
    try:
        start_response("200 OK", PLAIN, sys.exc_info())
    except RuntimeError as error:
        yield str(error).encode()


def headers(environ, start_response):
    start_response(
        "207 Many Things",
        [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-Twice", "1"),
            ("X-Twice", "2"),
            ("Status", "404 x"),
            ("Location", "/elsewhere"),
            ("X-Latin", "caf\xe9"),
            ("Transfer-Encoding", "chunked"),
            ("WWW-Authenticate", 'Basic realm="r"'),
        ],
    )
    return [b"h"]


def not_modified(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"1"')])
    return []


def no_reason(environ, start_response):
    start_response("200", PLAIN)
    return [b"x"]


def endless(environ, start_response):
    """Until the client has gone; what write() then raised is told by /names_closed."""
    send = start_response("200 OK", PLAIN)
    try:
        for _ in range(2000):
            send(b"x" * 65536)
    except OSError as error:
        closed.append(repr(error))
    return []


def endless_iterable(environ, start_response):
    start_response("200 OK", PLAIN)
    return Closing("endless_iterable", (b"x" * 65536 for _ in range(2000)))


def other_thread(environ, start_response):
    """write() from a thread of the application's own."""
    send = start_response("200 OK", PLAIN)
    thread = threading.Thread(target=send, args=(b"from a thread",))
    thread.start()
    thread.join()
    return []


def application(environ, start_response):
    return globals()[environ["PATH_INFO"].strip("/")](environ, start_response)
