"""A WSGI application that tells what reaches it, for the tests of options."""

import atexit
import ctypes
import hashlib
import json
import os
import sys
import time

import mod_wsgi

atexit.register(print, "exit functions ran", flush=True)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(5)
    if path == "/burn":
        while time.process_time() < 1.5:
            pass
    if path == "/hold":
        # A call into C that keeps Python's lock.
        ctypes.PyDLL(None).sleep(5)
    if path == "/big":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * 30_000_000]
    if path == "/header":
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Long", "x" * 12_000)])
        return [b"a long header"]
    if path == "/file":
        stream = open(environ["wsgi_options.file"], "rb")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](stream)
    if path == "/error":
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [b"the application's own words"]
    content = environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "POST" else None
    facts = {
        "environ": {name: value for name, value in environ.items() if isinstance(value, str)},
        "variables": dict(os.environ),
        "group": mod_wsgi.process_group,
        "interpreter": mod_wsgi.application_group,
        "pid": os.getpid(),
        "gid": os.getgid(),
        "cwd": os.getcwd(),
        "path": sys.path,
        "warnings": sys.warnoptions,
        "switchInterval": sys.getswitchinterval(),
        "multiprocess": environ["wsgi.multiprocess"],
        "length": None if content is None else len(content),
        "digest": None if content is None else hashlib.sha256(content).hexdigest(),
    }
    body = json.dumps(facts).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]
