"""Calls a WSGI script once under the standard library's validator and prints [status, body] as JSON.

Arguments: script, method, path, query string, request body.
"""

import importlib.machinery
import importlib.util
import io
import json
import os
import sys
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator


def load_application(script):
    """The object named `application` of a script, whatever the script's extension."""
    # As under Apache, where the working directory is the script's.
    os.chdir(os.path.dirname(script))
    loader = importlib.machinery.SourceFileLoader("example", script)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("example", loader))
    loader.exec_module(module)
    return module.application


def call(application, method, page, query, body):
    """The status and the body of the response."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": page,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
        "wsgi.input": io.BytesIO(body.encode()),
    }
    setup_testing_defaults(environ)
    statuses = []

    def start_response(status, headers, exc_info=None):
        statuses.append(status)
        return lambda chunk: None

    response = validator(application)(environ, start_response)
    try:
        text = b"".join(response).decode()
    finally:
        response.close()
    return [statuses[-1], text]


if __name__ == "__main__":
    print(json.dumps(call(load_application(sys.argv[1]), *sys.argv[2:])))
