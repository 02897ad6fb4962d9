"""Loads a WSGI application from a script, a module or a PasteDeploy file."""

import importlib
import sys
import types

_SCRIPT_MODULE = "__wsgi__"


def load(settings):
    """The WSGI application that ``settings`` describe.

    :param settings: ``type`` (``script``, ``module`` or ``paste``), ``entry`` (path or dotted name), ``callable`` (name of
        the application object; a PasteDeploy file names it itself).
    :raises ImportError: if the script or module has no such object, or it cannot be called.
    :raises Exception: whatever the script or module raises while it is loaded.
    """
    entry = settings["entry"]
    if settings["type"] == "paste":
        return _load_paste(entry)
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


def _load_paste(path):
    """The application of a PasteDeploy file."""
    try:
        from paste.deploy import loadapp
    except ImportError as error:
        raise ImportError(
            "--application-type=paste needs the package PasteDeploy in %s: %s" % (sys.prefix, error)
        )
    return loadapp("config:" + path)


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
