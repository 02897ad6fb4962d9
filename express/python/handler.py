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
    """The application as Apache calls it.

    What measures begins before the application is loaded, and lies outside the debugger, so that it also sees what the
    debugger's hooks run. The recorder is outermost: it keeps what Apache gives and gets.
    """
    with open(os.path.join(_FOLDER, "handler.json"), encoding="utf-8") as stream:
        settings = json.load(stream)
    if settings.get("working_directory"):
        # An Apache that runs in the background has left it.
        os.chdir(settings["working_directory"])
    watch = _helper("reloader").start(settings["reloader"]) if settings.get("reloader") else None
    around = [
        _helper(module).start(settings[module])
        for module in ("new_relic", "measurement", "profiler")
        if settings.get(module)
    ]
    try:
        built = _helper("application_loader").load(settings["application"])
    except Exception as error:
        if watch:
            watch.note_failure(error)
        raise
    if watch:
        watch.changed_file()
    if settings.get("debugger"):
        built = _helper("post_mortem").PostMortem(built)
        if settings["debugger"]["startup"]:
            built.stop_at_startup()
    for wrapper in around:
        built = wrapper.wrap(built)
    if settings.get("recorder"):
        built = _helper("recorder").Recorder(built, settings["recorder"]["directory"])
    return built


application = _build()
