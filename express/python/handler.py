"""The WSGI script that Apache loads in place of the user's: it loads the application and wraps it.

The launcher copies this file and the modules beside it into one folder, and writes ``settings.py`` there: what to load
and how to wrap it. Nothing is imported here that Python has not imported already, since every start waits for it: a
reader of JSON alone takes as long as all that this file does.
"""

import os
import sys
import types

# Debuggers leave frames of this file out: they are not the application's.
__mod_wsgi_launcher__ = True

_FOLDER = os.path.dirname(os.path.abspath(__file__))


def _helper(name):
    """A module of this folder, without putting the folder on the application's module search path."""
    qualified = "_mod_wsgi_express_" + name
    if qualified not in sys.modules:
        path = os.path.join(_FOLDER, name + ".py")
        with open(path, "rb") as stream:
            code = compile(stream.read(), path, "exec", dont_inherit=True)
        module = types.ModuleType(qualified)
        module.__file__ = path
        exec(code, module.__dict__)
        sys.modules[qualified] = module
    return sys.modules[qualified]


def _complete_server_modules():
    """Gives the modules that the Apache module makes in C the spec that an import expects of a loaded module.

    Upstream's have none. Then every import of one raises an AttributeError inside CPython, which clears it again
    (``import_ensure_initialized`` in Python/import.c), and upstream's imports them some ten times in each request; and
    ``importlib.util.find_spec`` raises a ValueError for them.
    """
    for name in ("mod_wsgi", "apache"):
        module = sys.modules.get(name)
        if module is not None and getattr(module, "__spec__", None) is None:
            spec = type(sys.__spec__)(name, None)
            spec._initializing = False
            module.__spec__ = spec


def _build():
    """The application as Apache calls it.

    What measures begins before the application is loaded, and lies outside the debugger, so that it also sees what the
    debugger's hooks run. The recorder is outermost: it keeps what Apache gives and gets.
    """
    settings = _helper("settings").SETTINGS
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


_complete_server_modules()
application = _build()
