"""A WSGI application that tells what reaches it, for the tests of options."""

import json
import os
import sys
import time

import mod_wsgi


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/slow":
        time.sleep(5)
    if path == "/file":
        stream = open(environ["wsgi_options.file"], "rb")
        start_response("200 OK", [("Content-Type", "text/plain")])
        return environ["wsgi.file_wrapper"](stream)
    if path == "/error":
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [b"the application's own words"]
    length = len(environ["wsgi.input"].read()) if environ["REQUEST_METHOD"] == "POST" else None
    facts = {
        "environ": {name: value for name, value in environ.items() if isinstance(value, str)},
        "variables": dict(os.environ),
        "group": mod_wsgi.process_group,
        "interpreter": mod_wsgi.application_group,
        "pid": os.getpid(),
        "cwd": os.getcwd(),
        "path": sys.path,
        "warnings": sys.warnoptions,
        "switchInterval": sys.getswitchinterval(),
        "multiprocess": environ["wsgi.multiprocess"],
        "length": length,
    }
    body = json.dumps(facts).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]
