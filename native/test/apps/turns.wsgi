"""Tells which threads call the application, and for which of the server's threads."""
import json
import threading
import time

served_by = {}


def is_runner():
    """Whether the calling thread has served requests of several of the server's threads."""
    return len(served_by[threading.get_ident()]) > 1


def allow_access(environ, host):
    return True


def application(environ, start_response):
    way, _, rest = environ["PATH_INFO"].strip("/").partition("/")
    served_by.setdefault(threading.get_ident(), set()).add(environ["mod_wsgi.thread_id"])
    if way == "busy":
        end = time.thread_time() + float(rest)
        while time.thread_time() < end:
            pass
    if way == "wait":
        time.sleep(float(rest))
    if way == "raise" and is_runner():
        raise ValueError(rest)
    if way == "sleep" and is_runner():
        end = time.monotonic() + float(rest)
        while time.monotonic() < end:
            time.sleep(0.01)
    body = json.dumps([len(owners) for owners in served_by.values()]).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
