"""Answers with its environ as JSON: each value's type and text."""
import json
import sys
import threading


def application(environ, start_response):
    entries = {key: [type(value).__name__, str(value)] for key, value in environ.items()}
    python = {
        "argv": sys.argv,
        "executable": sys.executable,
        "path": sys.path,
        "prefix": sys.prefix,
        "main_thread": threading.main_thread().name,
        "is_plain_dict": type(environ) is dict,
        "is_interned": all(sys.intern(key) is key for key in environ if key.startswith("wsgi.")),
    }
    body = json.dumps({"environ": entries, "python": python}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
