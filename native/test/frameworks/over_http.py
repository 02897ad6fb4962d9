"""Runs cases with the test clients of Django and Flask twice, in this process and against a server; prints the differences.

    python over_http.py django|flask PORT HOST [validated]

The clients make the requests, with all that they know of forms, files, cookies and redirections; only the way that a
request takes is another one. What it prints is a JSON object: the number of cases, and for each one that differs both results.
"""
import http.client
import io
import json
import sys

# What the connection has of its own.
OF_CONNECTION = {"connection", "date", "keep-alive", "server", "transfer-encoding"}


# What wsgiref.validate refuses of the frameworks themselves, whatever the server: Django's type of an empty content, and
# Werkzeug's reading without a size.
REFUSED_BY_VALIDATE = {"django": {"no content"}, "flask": {"form", "json", "put", "patch"}}


def send(port, environ):
    """Sends the request that a WSGI environ describes. Returns status, reason, headers and body."""
    path = (environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]).encode("latin-1")
    target = "".join(chr(byte) if 33 <= byte < 127 and byte not in b'%?#"<>' else "%%%02X" % byte for byte in path)
    if environ.get("QUERY_STRING"):
        target += "?" + environ["QUERY_STRING"]
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers.setdefault("Host", environ["SERVER_NAME"])
    if environ.get("CONTENT_TYPE"):
        headers["Content-Type"] = environ["CONTENT_TYPE"]
    body = environ["wsgi.input"].read(length) if length else None
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(environ["REQUEST_METHOD"], target, body, headers)
        response = connection.getresponse()
        return response.status, response.reason, response.getheaders(), response.read()
    finally:
        connection.close()


def outcome(status, headers, body):
    # Apache sends nothing of a body that is not there; Werkzeug makes a set of methods.
    left_out = OF_CONNECTION | ({"content-length", "content-type"} if status in (204, 304) else set())
    kept = sorted(
        [name.lower(), ", ".join(sorted(value.split(", "))) if name.lower() == "allow" else value]
        for name, value in headers
        if name.lower() not in left_out
    )
    return {"status": status, "headers": kept, "body": body.decode("latin-1")[:2000], "length": len(body)}


def django_clients(port, host):
    import django_site
    from django.http import HttpResponse
    from django.test import Client

    class Handler:
        """In place of the client's own handler, which calls the framework."""

        def __call__(self, environ):
            status, reason, headers, body = send(port, environ)
            response = HttpResponse(body, status=status, reason=reason)
            del response["Content-Type"]
            for name, value in headers:
                if name.lower() == "set-cookie":
                    response.cookies.load(value)
                else:
                    response[name] = value
            response.sent = headers
            response.url = response.get("Location")
            response.wsgi_request = None
            return response

    def client(over_http):
        made = Client(raise_request_exception=False, SERVER_NAME=host)
        if over_http:
            made.handler = Handler()
        return made

    def result(response):
        headers = getattr(response, "sent", None)
        if headers is None:
            headers = list(response.items()) + [("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values()]
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return outcome(response.status_code, headers, body)

    assert django_site.application
    return client, result


def django_cases():
    from django.core.files.uploadedfile import SimpleUploadedFile

    def file():
        return SimpleUploadedFile("a file.bin", bytes(range(256)) * 400, "application/x-own")

    return {
        "query": lambda c: c.get("/echo/x", {"a": ["1", "2"], "b": "ü&="}),
        "path": lambda c: c.get("/echo/caf\u00e9 and/more"),
        "headers and cookies": lambda c: c.get("/echo/x", HTTP_X_CUSTOM="a, b;c", HTTP_COOKIE="own=1"),
        "form": lambda c: c.post("/echo/x", "a=1&a=2&b=%C3%BC", content_type="application/x-www-form-urlencoded"),
        "multipart": lambda c: c.post("/echo/x", {"title": "ü", "several": ["1", "2"], "file": file()}),
        "large file": lambda c: c.post("/echo/x", {"file": SimpleUploadedFile("large", b"x" * 3000000)}),
        "json": lambda c: c.post("/raw", {"a": [1, None]}, content_type="application/json"),
        "empty post": lambda c: c.post("/raw", b"", content_type="text/plain"),
        "put": lambda c: c.put("/raw", b"\0\xff" * 5000, content_type="application/octet-stream"),
        "patch": lambda c: c.patch("/raw", b"patch", content_type="text/plain"),
        "delete": lambda c: c.delete("/raw", b"gone", content_type="text/plain"),
        "options": lambda c: c.options("/raw"),
        "head": lambda c: c.head("/echo/x"),
        "redirect": lambda c: c.get("/redirect"),
        "redirect, followed": lambda c: c.get("/redirect", follow=True),
        "post, redirected by 307": lambda c: c.post("/redirect?status=307", {"kept": "1"}, follow=True),
        "not found": lambda c: c.get("/nowhere"),
        "denied": lambda c: c.get("/denied"),
        "an exception": lambda c: c.get("/fails"),
        "no content": lambda c: c.get("/status/204"),
        "a status without a name": lambda c: c.get("/status/499"),
        "cookies": lambda c: c.get("/cookies"),
        "cookies, sent back": lambda c: (c.get("/cookies"), c.get("/echo/x"))[1],
        "session": lambda c: [outcome(0, [], c.get("/session").content) for _ in range(3)],
        "stream": lambda c: c.get("/stream"),
        "file": lambda c: c.get("/file"),
        "file in memory": lambda c: c.get("/memory"),
        "large": lambda c: c.get("/large"),
        "not modified": lambda c: c.get("/condition", HTTP_IF_NONE_MATCH='"tag"'),
        "modified": lambda c: c.get("/condition", HTTP_IF_NONE_MATCH='"other"'),
    }


def flask_clients(port, host):
    import flask_site
    from werkzeug.test import Client

    def forward(environ, start_response):
        status, reason, headers, body = send(port, environ)
        start_response("%d %s" % (status, reason), headers)
        return [body]

    def client(over_http):
        return Client(forward if over_http else flask_site.application)

    def result(response):
        return outcome(response.status_code, list(response.headers), response.data)

    flask_site.application.testing = False
    return client, result


def flask_cases(host):
    base = {"base_url": "http://%s" % host}

    def file():
        return io.BytesIO(bytes(range(256)) * 400), "a file.bin", "application/x-own"

    return {
        "query": lambda c: c.get("/echo/x", query_string={"a": ["1", "2"], "b": "ü&="}, **base),
        "path": lambda c: c.get("/echo/caf\u00e9 and more", **base),
        "headers": lambda c: c.get("/echo/x", headers={"X-Custom": "a, b;c", "Cookie": "own=1"}, **base),
        "form": lambda c: c.post("/echo/x", data={"a": ["1", "2"], "b": "ü"}, **base),
        "multipart": lambda c: c.post("/echo/x", data={"title": "ü", "several": ["1", "2"], "file": file()}, **base),
        "large file": lambda c: c.post("/echo/x", data={"file": (io.BytesIO(b"x" * 3000000), "large")}, **base),
        "json": lambda c: c.post("/raw", json={"a": [1, None]}, **base),
        "put": lambda c: c.put("/raw", data=b"\0\xff" * 5000, **base),
        "patch": lambda c: c.patch("/echo/x", data={"a": "1"}, **base),
        "delete": lambda c: c.delete("/echo/x", **base),
        "options": lambda c: c.options("/echo/x", **base),
        "head": lambda c: c.head("/large", **base),
        "upload, answered while it is read": lambda c: c.post("/upload", data=b"u" * 123456, **base),
        "redirect": lambda c: c.get("/redirect", **base),
        "redirect, followed": lambda c: c.get("/redirect", follow_redirects=True, **base),
        "not found": lambda c: c.get("/nowhere", **base),
        "method not allowed": lambda c: c.post("/large", **base),
        "teapot": lambda c: c.get("/status/418", **base),
        "an exception": lambda c: c.get("/fails", **base),
        "cookies": lambda c: c.get("/cookies", **base),
        "cookies, sent back": lambda c: (c.get("/cookies", **base), c.get("/echo/x", **base))[1],
        "session": lambda c: [outcome(0, [], c.get("/session", **base).data) for _ in range(3)],
        "stream": lambda c: c.get("/stream", **base),
        "file": lambda c: c.get("/file", **base),
        "file in memory": lambda c: c.get("/memory", **base),
        "large": lambda c: c.get("/large", **base),
        "not modified": lambda c: c.get("/condition", headers={"If-None-Match": '"tag"'}, **base),
    }


def main(framework, port, host, kind="plain"):
    if framework == "django":
        client, result = django_clients(port, host)
        cases = django_cases()
    else:
        client, result = flask_clients(port, host)
        cases = flask_cases(host)
    differences = {}
    if kind == "validated":
        cases = {name: case for name, case in cases.items() if name not in REFUSED_BY_VALIDATE[framework]}
    for name, case in cases.items():
        outcomes = []
        for over_http in (False, True):
            returned = case(client(over_http))
            outcomes.append(returned if isinstance(returned, list) else result(returned))
        if outcomes[0] != outcomes[1]:
            differences[name] = {"here": outcomes[0], "server": outcomes[1]}
    print(json.dumps({"cases": len(cases), "differences": differences}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
