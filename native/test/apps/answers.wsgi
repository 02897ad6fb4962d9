"""Answers as the query says: a status, or what Python and the request are like."""
import json
import os
import signal
import sys
import time
import warnings

import mod_wsgi


def other(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"other"]


def python():
    return {
        "optimize": sys.flags.optimize,
        "dont_write_bytecode": sys.dont_write_bytecode,
        "hash": hash("mod_wsgi"),
        "warnings": [[action, str(category)] for action, _, category, _, _ in warnings.filters[:2]],
        "eggs": os.environ.get("PYTHON_EGG_CACHE"),
        "switch_interval": sys.getswitchinterval(),
        "signal": repr(signal.signal(signal.SIGTERM, signal.SIG_IGN)),
        "disposition": str(signal.getsignal(signal.SIGTERM)),
    }


def application(environ, start_response):
    query = environ["QUERY_STRING"]
    if query[:1] in ("4", "5"):
        headers = [("WWW-Authenticate", 'Basic realm="r"'), ("X-App", "aaa"), ("Content-Type", "text/plain")]
        start_response(query.replace("+", " "), headers)
        return [b"the application's own words"]
    facts = {
        "pid": os.getpid(),
        "process_group": mod_wsgi.process_group,
        "application_group": mod_wsgi.application_group,
        "user": environ.get("REMOTE_USER"),
        "environ": {key: value for key, value in environ.items() if isinstance(value, str)},
        "apache_request": str(type(environ.get("apache.request_rec"))),
    }
    if query == "python":
        facts["python"] = python()
    body = json.dumps(facts).encode()
    # HEAD is no GET without this: what is computed is told by the length.
    start_response("200 OK", [("X-Method", environ["REQUEST_METHOD"]), ("Content-Type", "application/json")])
    return [body]
