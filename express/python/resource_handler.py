"""The script behind --add-handler: hands a file to the WSGI script that is named for its ending."""

import json
import os
import threading
import types

__mod_wsgi_launcher__ = True

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "resource.json"), encoding="utf-8") as _stream:
    _SCRIPTS = json.load(_stream)

_loaded = {}
_lock = threading.Lock()


def _handler_of(script):
    """What a script defines: ``handle_request``, else ``application``; it is run once."""
    with _lock:
        if script not in _loaded:
            with open(script, "rb") as stream:
                code = compile(stream.read(), script, "exec", dont_inherit=True)
            module = types.ModuleType("_mod_wsgi_resource_%d" % len(_loaded))
            module.__file__ = script
            exec(code, module.__dict__)
            handler = getattr(module, "handle_request", None) or getattr(module, "application", None)
            if handler is None:
                raise ImportError("%s defines neither handle_request nor application" % script)
            _loaded[script] = handler
        return _loaded[script]


def handle_request(environ, start_response):
    """Answers a request for a file; its path is ``SCRIPT_FILENAME``."""
    ending = os.path.splitext(environ["SCRIPT_FILENAME"])[1]
    return _handler_of(_SCRIPTS[ending])(environ, start_response)
