"""A plain WSGI application that tells about the process it runs in."""

import json
import os
import sys
import threading
import time


def facts(environ):
    return {
        "cwd": os.getcwd(),
        "uid": os.getuid(),
        "home": os.environ.get("HOME"),
        "prefix": sys.prefix,
        "path": sys.path,
        "mainThread": threading.current_thread() is threading.main_thread(),
        "multithread": environ["wsgi.multithread"],
        "multiprocess": environ["wsgi.multiprocess"],
        "scriptName": environ["SCRIPT_NAME"],
        "pathInfo": environ["PATH_INFO"],
        "authorization": environ.get("HTTP_AUTHORIZATION"),
        "encoding": sys.getfilesystemencoding(),
    }


def application(environ, start_response):
    if environ["PATH_INFO"] == "/sleep":
        time.sleep(1)
    if environ["PATH_INFO"] == "/log":
        print("a line for the error log", file=environ["wsgi.errors"])
    body = json.dumps(facts(environ)).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


named_differently = application
