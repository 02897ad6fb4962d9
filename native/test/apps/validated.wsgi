"""wsgiref.validate around an application that uses the protocol in several ways."""
from wsgiref.validate import validator


@validator
def application(environ, start_response):
    way = environ["PATH_INFO"].strip("/")
    stream = environ["wsgi.input"]
    if way == "lines":
        body = b"".join(stream)
    elif way == "readline":
        body = b"".join(iter(lambda: stream.readline(), b""))
    elif way == "readlines":
        body = b"".join(stream.readlines(1000))
    else:
        body = stream.read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.errors"].write("validated\n")
    environ["wsgi.errors"].flush()
    if way == "write":
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"written:")
        return [body]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if way == "generator":
        return (block for block in (b"generated:", body))
    return [b"list:", body]
