"""A Flask application of one file; `application` is what a server runs."""
import hashlib
import io

from flask import Flask, Response, abort, jsonify, redirect, request, send_file, session, stream_with_context

application = Flask(__name__)
application.secret_key = "not one"


def digest(content):
    return [len(content), hashlib.sha256(content).hexdigest()]


@application.route("/echo/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def echo(rest):
    """Says what the framework made of the request."""
    files = {name: [file.filename, file.mimetype, digest(file.read())] for name, file in request.files.items()}
    return jsonify(
        method=request.method,
        path=request.path,
        rest=rest,
        query=request.args.to_dict(flat=False),
        form=request.form.to_dict(flat=False),
        files=files,
        cookies=request.cookies,
        type=request.mimetype,
        custom=request.headers.get("X-Custom"),
        host=request.host,
    )


@application.route("/raw", methods=["POST", "PUT"])
def raw():
    return jsonify(body=digest(request.get_data()), json=request.get_json(silent=True))


@application.post("/upload")
def upload():
    """Answers while it reads: what was read is counted on the way."""
    stream = request.stream
    return Response(b"%d\n" % len(block) for block in iter(lambda: stream.read(1000), b""))


@application.route("/redirect")
def redirected():
    return redirect("/echo/there?from=redirect", int(request.args.get("status", 302)))


@application.route("/status/<int:code>")
def status(code):
    abort(code)


@application.route("/fails")
def fails():
    raise KeyError("on purpose")


@application.route("/cookies")
def cookies():
    response = Response("cookies")
    response.set_cookie("first", "a value", max_age=100)
    response.set_cookie("second", "b", path="/echo", httponly=True)
    return response


@application.route("/session")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return "visit %d" % session["visits"]


@application.route("/stream")
def stream():
    return Response(stream_with_context(("part %d of %s\n" % (number, request.path)).encode() for number in range(200)))


@application.route("/file")
def file():
    return send_file(__file__, as_attachment=True, download_name="sïte.py", etag=False, last_modified=0)


@application.route("/memory")
def memory():
    return send_file(io.BytesIO(b"m" * 70000), mimetype="application/x-memory")


@application.route("/large")
def large():
    return "flask" * 50000


@application.route("/condition")
def condition():
    response = Response("conditional")
    response.set_etag("tag")
    return response.make_conditional(request)
