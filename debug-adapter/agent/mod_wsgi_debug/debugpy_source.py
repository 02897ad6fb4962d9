"""Where debugpy comes from: the application's environment, else a copy that the adapter knows of."""

import importlib
import os
import sys

TRACES_LIVE = (1, 8, 0)
"""The oldest debugpy whose inner workings are those that :mod:`live` relies on."""

NEEDS_PYTHON = (((1, 8, 22), (3, 10)), ((1, 8, 0), (3, 8)))
"""From which Python on a debugpy works, by its version, newest first. Source: ``Requires-Python`` of its releases."""


class NotFound(Exception):
    """Why there is no debugpy, as a sentence that says what to do."""


def load(folders, python):
    """Import a debugpy that works with this Python.

    :param folders: where to look for copies when the application's environment has none that works, best first.
    :param python: the application's interpreter, for messages; ``sys.executable`` may be Apache's idea of it.
    :returns: the module.
    :raises NotFound: if there is none.
    """
    found = _import()
    if found is not None and _whats_wrong(found) is None:
        return found
    for folder in folders:
        copy = _import_from(folder)
        if copy is not None and _whats_wrong(copy) is None:
            return copy
    if found is None:
        raise NotFound(
            "Breakpoints of the editor need the package debugpy, which %s does not have. Install it there: "
            "%s -m pip install debugpy" % (python, python)
        )
    raise NotFound(
        "Breakpoints of the editor need another debugpy than %s, which %s. Change it: "
        "%s -m pip install --upgrade debugpy" % (found.__version__, _whats_wrong(found), python)
    )


def packed():
    """The folders to look in where no adapter names any: this agent's own package, if it is run from there."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    return [os.path.join(root, "dist", "debugpy")]


def version_of(debugpy):
    """``(1, 8, 22)``."""
    numbers = debugpy.__version__.split("+")[0].split(".")
    return tuple(int(number) for number in numbers if number.isdigit())


def _whats_wrong(debugpy):
    version = version_of(debugpy)
    if version < TRACES_LIVE:
        return "is too old"
    needed = next(python for since, python in NEEDS_PYTHON if version >= since)
    if sys.version_info < needed:
        return "needs Python %d.%d" % needed
    return None


def _import():
    """debugpy as the module path has it, or None. Its package alone is light: nothing is traced or patched yet."""
    try:
        return importlib.import_module("debugpy")
    except Exception:
        return None


def _import_from(folder):
    for name in [name for name in sys.modules if name == "debugpy" or name.startswith("debugpy.")]:
        del sys.modules[name]
    # For this import alone: the folder may hold more than debugpy, and none of that is for the application.
    sys.path.insert(0, folder)
    try:
        importlib.invalidate_caches()
        return _import()
    finally:
        sys.path.remove(folder)
