"""The WSGI applications of this interpreter: as they are while nobody debugs, and seen through while somebody does."""

import sys
import threading
import types

from .threads import start_thread

_POLL_SECONDS = 0.05
"""How soon an application is seen that is loaded, or loaded again, while somebody debugs."""

_SCRIPT_PREFIX = "_mod_wsgi_"
"""Names under which mod_wsgi keeps the modules of WSGI scripts."""


class Applications:
    """Every WSGI callable of a script, found by its name in the script's globals."""

    def __init__(self):
        self._added = []
        self._names = {"application"}
        self._visits = None

    def add(self, namespace, name):
        """:param namespace: globals of a script; mod_wsgi's own modules are found without."""
        self._names.add(name)
        if not str(namespace.get("__name__")).startswith(_SCRIPT_PREFIX):
            self._added = [known for known in self._added if known is not namespace] + [namespace]

    def watch(self, visit):
        """Have ``visit`` see every request from now on; see :class:`Watch`."""
        return Watch(self._callables, visit)

    def _callables(self):
        """``(globals, name)`` of each application that is loaded now."""
        modules = [module for name, module in list(sys.modules.items()) if name.startswith(_SCRIPT_PREFIX)]
        namespaces = self._added + [vars(module) for module in modules if isinstance(module, types.ModuleType)]
        return [(space, name) for space in namespaces for name in self._names if callable(space.get(name))]


class Watch:
    """Applications seen through, until :meth:`end` leaves each as it was found."""

    def __init__(self, find, visit):
        """
        :param find: gives ``(globals, name)`` of each application.
        :param visit: called as ``visit(application, environ, start_response)`` in place of the application.
        """
        self._find = find
        self._visit = visit
        self._undo = []
        self._seen = set()
        self._ended = threading.Event()
        self._look()
        self._thread = start_thread("applications", self._keep_looking)

    def end(self):
        self._ended.set()
        self._thread.join()
        for undo in self._undo:
            undo()

    def _keep_looking(self):
        while not self._ended.wait(_POLL_SECONDS):
            self._look()

    def _look(self):
        for namespace, name in self._find():
            application = namespace[name]
            if id(application) not in self._seen:
                seen, undo = _see_through(application, self._visit, namespace, name)
                # Kept alive by what undoes it, so that no other object gets its number.
                self._seen.update({id(application), id(seen)})
                self._undo.append(undo)


def _see_through(application, visit, namespace, name):
    """Have calls of the application go to ``visit``.

    :returns: what is called in its place now, and what undoes it.
    """
    if isinstance(application, types.FunctionType):
        return _replace(application, visit, namespace, name)
    try:
        return _give_class(application, visit)
    except TypeError:
        return _replace(application, visit, namespace, name)


def _give_class(application, visit):
    """A subclass of its own: the object stays the one that the script's code knows by its name.

    :raises TypeError: if its class is one of C's, which take no other.
    """
    found = type(application)

    def __call__(self, environ, start_response):
        return visit(lambda *arguments: found.__call__(self, *arguments), environ, start_response)

    seen = type(found)(found.__name__, (found,), {
        "__slots__": (), "__module__": found.__module__, "__qualname__": found.__qualname__, "__call__": __call__,
    })
    application.__class__ = seen

    def undo():
        if type(application) is seen:
            application.__class__ = found

    return application, undo


def _replace(application, visit, namespace, name):
    def debugged(environ, start_response):
        return visit(application, environ, start_response)

    debugged.__dict__.update(getattr(application, "__dict__", {}))
    namespace[name] = debugged

    def undo():
        if namespace.get(name) is debugged:
            namespace[name] = application

    return debugged, undo
