"""Functions that Apache asks about requests, and a handler script."""
import hashlib
import json
import os


def allow_access(environ, host):
    print("asked about %s for %s" % (host, environ["REQUEST_URI"]), file=environ["wsgi.errors"])
    if "wsgi.input" in environ or "HTTP_AUTHORIZATION" in environ:
        raise RuntimeError("too much in the environ")
    answers = {"yes": True, "no": False, "none": None, "odd": 1}
    return answers[environ["QUERY_STRING"]]


def check_password(environ, user, password):
    answers = {"ada": password == "caf\u00e9", "nobody": None, "alias": "caf\u00e9", "odd": 1, "wide": "\u20ac"}
    return answers[user]


def get_realm_hash(environ, user, realm):
    if user == "nobody":
        return None
    return hashlib.md5(("%s:%s:secret" % (user, realm)).encode()).hexdigest()


def groups_for_user(environ, user):
    return {"ada": ("admins", "others"), "alias": 1}.get(user, ["others"])


def process_group(environ):
    return {"odd": 1, "group": b"second"}.get(environ["QUERY_STRING"])


def application_group(environ):
    if environ["QUERY_STRING"] == "raise":
        raise KeyError("from the dispatch script")
    return {"interpreter": "chosen", "server": "%{SERVER}"}.get(environ["QUERY_STRING"])


def callable_object(environ):
    return "other" if environ["QUERY_STRING"] == "callable" else None


def handle_request(environ, start_response):
    keys = ["SCRIPT_FILENAME", "mod_wsgi.handler_script", "mod_wsgi.request_handler", "mod_wsgi.callable_object"]
    facts = {key: environ[key] for key in keys}
    facts["content"] = os.path.exists(environ["SCRIPT_FILENAME"]) and open(environ["SCRIPT_FILENAME"]).read()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(facts).encode()]
