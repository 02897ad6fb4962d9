"""Loads a WSGI application from a script or a module."""

import importlib
import sys
import types

_SCRIPT_MODULE = "__wsgi__"


def load(settings):
    """The WSGI application that ``settings`` describe.

    :param settings: ``type`` (``script`` or ``module``), ``entry`` (path or dotted name), ``callable`` (name of the
        application object).
    :raises ImportError: if the script or module has no such object, or it cannot be called.
    :raises Exception: whatever the script or module raises while it is loaded.
    """
    entry = settings["entry"]
    module = _run_script(entry) if settings["type"] == "script" else importlib.import_module(entry)
    name = settings["callable"]
    application = getattr(module, name, None)
    if application is None:
        raise ImportError(
            "%s defines no %r: name its WSGI application with --callable-object" % (entry, name)
        )
    if not callable(application):
        raise ImportError("%r in %s cannot be called, so it is no WSGI application" % (name, entry))
    return application


def _run_script(path):
    """Runs a script of any file name in a module of its own."""
    with open(path, "rb") as stream:
        code = compile(stream.read(), path, "exec", dont_inherit=True)
    module = types.ModuleType(_SCRIPT_MODULE)
    module.__file__ = path
    sys.modules[_SCRIPT_MODULE] = module
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[_SCRIPT_MODULE]
        raise
    return module
