"""Runs in a daemon process: says where, and does what the path names."""
import atexit
import ctypes
import json
import os
import resource
import signal
import sys
import time

import apache
import mod_wsgi

HERE = os.path.dirname(__file__)
VERSION = 1


def note_end():
    with open(os.path.join(HERE, "ended.txt"), "a") as file:
        file.write("%d\n" % os.getpid())


atexit.register(note_end)


def facts(environ):
    mask = os.umask(0)
    os.umask(mask)
    return {
        "pid": os.getpid(),
        "version": VERSION,
        "uid": os.getuid(),
        "gid": os.getgid(),
        "groups": os.getgroups(),
        "cwd": os.getcwd(),
        "umask": "%04o" % mask,
        "path": sys.path[:3],
        "prefix": sys.prefix,
        "environment": {key: os.environ.get(key) for key in ("HOME", "USER", "LANG", "LC_ALL", "PYTHON_EGG_CACHE")},
        "process_group": [mod_wsgi.process_group, environ["mod_wsgi.process_group"]],
        "application_group": mod_wsgi.application_group,
        "maximum_processes": [mod_wsgi.maximum_processes, apache.maximum_processes],
        "threads_per_process": [mod_wsgi.threads_per_process, apache.threads_per_process],
        "multithread": environ["wsgi.multithread"],
        "multiprocess": environ["wsgi.multiprocess"],
        "limits": [resource.getrlimit(limit)[0] for limit in (resource.RLIMIT_CPU, resource.RLIMIT_DATA, resource.RLIMIT_AS)],
        "niceness": os.getpriority(os.PRIO_PROCESS, 0),
        "run_once": environ["wsgi.run_once"],
        "times": [environ["mod_wsgi." + name] for name in ("request_start", "queue_start", "daemon_start")],
        "title": open("/proc/self/cmdline", "rb").read().rstrip(b"\0").decode(),
    }


def application(environ, start_response):
    way, _, rest = environ["PATH_INFO"].strip("/").partition("/")
    if way == "exit":
        os._exit(3)
    if way == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if way == "sleep":
        time.sleep(float(rest))
    if way == "hold":
        # Not CDLL: that lets go of the GIL.
        ctypes.PyDLL(None).sleep(int(rest))
    if way == "busy":
        end = time.monotonic() + float(rest)
        while time.monotonic() < end:
            pass
    if way == "compute":
        while True:
            pass
    if way == "long_header":
        start_response("200 OK", [("X-Long", "x" * 9000)])
        return [b"long"]
    if way == "blocks":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return blocks(float(rest))
    if way == "exit_late":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return exit_late()
    if way == "large":
        body = b"x" * 5000000
    elif way == "slow_close":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return SlowClose()
    else:
        body = json.dumps(facts(environ)).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def blocks(pause):
    for number in range(5):
        yield b"%d" % number
        time.sleep(pause)


def exit_late():
    yield b"first"
    time.sleep(0.2)
    os._exit(4)


class SlowClose:
    def __iter__(self):
        return iter([b"all"])

    def close(self):
        time.sleep(1)
