"""Uses the Python module mod_wsgi: events, data of requests, metrics, the log."""
import json
import logging
import os
import time

import mod_wsgi

events = []
last = {}
HERE = os.path.dirname(__file__)


@mod_wsgi.subscribe_events
def note(name, **payload):
    events.append([name, sorted(payload), payload.get("request_id"), payload.get("status")])
    last[name] = payload
    if name == "request_started" and payload["request_environ"]["PATH_INFO"] == "/replaced":
        return {"application_object": replacement}
    if name == "request_started":
        payload["request_data"]["noted"] = True
    return None


@mod_wsgi.subscribe_events
def fail(name, **payload):
    if name == "request_started" and payload["request_environ"]["PATH_INFO"] == "/failing_subscriber":
        raise ValueError("from a subscriber")


heard = []


@mod_wsgi.subscribe_signals
def signalled(name, **payload):
    heard.append([name, payload])


@mod_wsgi.subscribe_shutdown
def stopping(name, **payload):
    with open(os.path.join(HERE, "stopping.txt"), "a") as file:
        file.write("%s %s\n" % (name, payload["shutdown_reason"]))


def replacement(environ, start_response):
    start_response("200 OK", [])
    return [b"replaced"]


def answer(start_response, value):
    body = json.dumps(value, default=repr).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]


def application(environ, start_response):
    way = environ["PATH_INFO"].strip("/")
    if way == "events":
        return answer(start_response, events)
    if way == "signals":
        told = [event[0] for event in events if event[0] == "process_signal"]
        return answer(start_response, [os.getpid(), heard, len(told), signalled in mod_wsgi.signal_callbacks])
    if way == "finished":
        return answer(start_response, {key: value for key, value in last["request_finished"].items()})
    if way == "raise":
        raise KeyError("heard")
    if way == "data":
        data = mod_wsgi.request_data()
        data["mine"] = 1
        active = mod_wsgi.active_requests
        return answer(start_response, [data, list(active) == [environ["mod_wsgi.request_id"]], active[environ["mod_wsgi.request_id"]] is data])
    if way == "read":
        environ["wsgi.input"].read()
        time.sleep(0.05)
        return answer(start_response, "x" * 1000)
    if way == "record":
        mod_wsgi.start_recording_metrics()
        return answer(start_response, None)
    if way == "metrics":
        return answer(start_response, [mod_wsgi.request_metrics(), mod_wsgi.process_metrics(), mod_wsgi.server_metrics()])
    if way == "log":
        logger = logging.getLogger("api")
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(mod_wsgi.LogHandler())
        for level in ("critical", "error", "warning", "info", "debug"):
            getattr(logger, level)("logged as %s\nof two lines", level)
        return answer(start_response, [mod_wsgi.LogHandler is mod_wsgi.LogHandler, hasattr(mod_wsgi, "nothing")])
    return answer(start_response, way)
