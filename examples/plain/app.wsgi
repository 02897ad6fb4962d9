"""WSGI without a framework: open this file and press F5.

/              what the server says about the request
/count?to=5    a response that is made while it is sent
/echo          POST: sends the body back
/fail          a temperature that is not a number: the editor stops where it is converted
"""

from urllib.parse import parse_qs

TEXT = [("Content-Type", "text/plain; charset=utf-8")]


def describe(environ, start_response):
    """The part of the environment that PEP 3333 promises, one entry a line."""
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "wsgi.multithread")
    lines = ["%s = %r" % (name, environ.get(name)) for name in names]
    return answer(start_response, "\n".join(lines) + "\n")


def count(environ, start_response):
    """A generator: each line is sent when it is made."""
    query = parse_qs(environ["QUERY_STRING"])
    last = int(query.get("to", ["3"])[0])
    start_response("200 OK", TEXT)
    return (("%d\n" % number).encode() for number in range(1, last + 1))


def echo(environ, start_response):
    """The request's body as it came."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    headers = [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def fail(environ, start_response):
    """Averages what a sensor has measured; one of its readings is broken."""
    readings = ["20.5", "21.0", "n/a", "19.5"]
    return answer(start_response, "average %.1f\n" % average(readings))


def average(readings):
    """The mean of numbers in text form; ValueError where one is none."""
    total = 0.0
    for position, reading in enumerate(readings):
        total += float(reading)  # raises here
    return total / len(readings)


def not_found(environ, start_response):
    return answer(start_response, "no page %s\n" % environ["PATH_INFO"], "404 Not Found")


def answer(start_response, text, status="200 OK"):
    """A whole text as the response."""
    body = text.encode()
    start_response(status, TEXT + [("Content-Length", str(len(body)))])
    return [body]


PAGES = {"/": describe, "/count": count, "/echo": echo, "/fail": fail}


def application(environ, start_response):
    page = PAGES.get(environ["PATH_INFO"] or "/", not_found)
    return page(environ, start_response)
