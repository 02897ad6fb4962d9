"""The WSGI script that Apache loads in place of the user's: it loads the application and wraps it.

The launcher copies this file, the modules beside it and ``handler.json`` into one folder. What to load and how to wrap
it stands in that file, so that no name or path of the user's has to be written as Python source.
"""

import importlib.util
import json
import os
import sys

# Debuggers leave frames of this file out: they are not the application's.
__mod_wsgi_launcher__ = True

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _helper(name):
    """A module of this folder, without putting the folder on the application's module search path."""
    qualified = "_mod_wsgi_express_" + name
    if qualified not in sys.modules:
        spec = importlib.util.spec_from_file_location(qualified, os.path.join(_FOLDER, name + ".py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[qualified] = module
        spec.loader.exec_module(module)
    return sys.modules[qualified]


def _build():
    """The application as Apache calls it: coverage outside, so that it also sees what the debugger's hooks run."""
    with open(os.path.join(_FOLDER, "handler.json"), encoding="utf-8") as stream:
        settings = json.load(stream)
    measurement = None
    if settings["coverage"]:
        measurement = _helper("measurement").start(settings["coverage"])
    built = _helper("application_loader").load(settings["application"])
    if settings["debugger"]:
        built = _helper("post_mortem").PostMortem(built)
    if measurement:
        built = measurement.wrap(built)
    return built


application = _build()
