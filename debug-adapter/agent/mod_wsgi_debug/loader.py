"""Finds and loads the user's application the way mod_wsgi does."""

import hashlib
import importlib
import sys
import types

DEFAULT_CALLABLES = ("application", "app")
DEFAULT_FACTORIES = ("create_app", "make_app")


class ApplicationMissing(Exception):
    """The script was loaded, but what was to be the application is not in it."""


def load_script(path):
    """Execute a WSGI script and keep it as a module.

    :raises BaseException: whatever the script raises, SyntaxError included.
    """
    name = "_mod_wsgi_" + hashlib.md5(path.encode("utf-8", "surrogateescape")).hexdigest()
    module = types.ModuleType(name)
    module.__file__ = path
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec", dont_inherit=True)
    sys.modules[name] = module
    try:
        exec(code, module.__dict__)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def load_module(name):
    """Import a module by its dotted name."""
    return importlib.import_module(name)


def find_application(module, name, where):
    """The WSGI callable of a loaded module.

    :param name: what launch.json says: an attribute, a dotted path, a factory with ``()``; or None to try the usual
        names (:data:`DEFAULT_CALLABLES`, then :data:`DEFAULT_FACTORIES` which are called).
    :param where: what the module was loaded from, for the message.
    :raises ApplicationMissing: if there is no such callable.
    """
    if name:
        factory = name.endswith("()")
        found = module
        for part in (name[:-2] if factory else name).split("."):
            found = getattr(found, part, None)
        if factory and callable(found):
            found = found()
        if not callable(found):
            raise ApplicationMissing(
                "%s has no callable '%s'. Set \"callable\" in launch.json to one of: %s."
                % (where, name, _candidates(module))
            )
        return found
    for attribute in DEFAULT_CALLABLES:
        if callable(getattr(module, attribute, None)):
            return getattr(module, attribute)
    for attribute in DEFAULT_FACTORIES:
        if callable(getattr(module, attribute, None)):
            return getattr(module, attribute)()
    raise ApplicationMissing(
        "%s defines neither %s. Set \"callable\" in launch.json to one of: %s."
        % (where, " nor ".join("'%s'" % usual for usual in DEFAULT_CALLABLES + DEFAULT_FACTORIES), _candidates(module))
    )


def _candidates(module):
    names = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
    return ", ".join(sorted(names)) or "(nothing in it is callable)"
