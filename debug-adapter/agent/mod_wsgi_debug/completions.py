"""What may follow what has been typed into the debug console."""

import builtins
import keyword
import re
import types

from . import presentations, quiet
from .refusal import Refusal

MAX_COMPLETIONS = 500
"""More than anybody scrolls through."""

_TYPED = re.compile(r"(?:(?P<owner>[\w.\[\]'\"]+)\.)?(?P<prefix>\w*)$")


def complete(text, frame):
    """
    :param text: what stands before the cursor.
    :param frame: a :class:`frames.Frame`.
    :returns: ``(names, length)``: the names that fit, each as ``(name, kind)``, and how many characters they replace.
    """
    typed = _TYPED.search(text)
    owner, prefix = typed.group("owner"), typed.group("prefix")
    if owner is None and text.endswith("." + prefix):
        return [], 0  # after something that would have to be evaluated
    names = _names(frame) if owner is None else _attributes(owner, frame)
    fitting = [(name, kind) for name, kind in names.items() if name.startswith(prefix)]
    # Names with underscores come last, as in every other list of them.
    fitting.sort(key=lambda entry: (entry[0].startswith("_"), entry[0].lower()))
    return fitting[:MAX_COMPLETIONS], len(prefix)


def _names(frame):
    found = {name: "keyword" for name in keyword.kwlist}
    for names in (vars(builtins), frame.globals, frame.locals):
        found.update((name, _kind(value)) for name, value in list(names.items()))
    return found


def _attributes(owner, frame):
    """Attributes by name alone: none is looked up, for a property would run."""
    try:
        value = presentations.unwrapped(quiet.evaluate(owner, frame))
    except (Refusal, SyntaxError, LookupError, AttributeError, NameError, TypeError):
        return {}
    found = {}
    for cls in reversed(value.__mro__ if isinstance(value, type) else type(value).__mro__):
        found.update((name, _kind(member)) for name, member in list(vars(cls).items()))
    try:
        found.update((name, _kind(item)) for name, item in list(object.__getattribute__(value, "__dict__").items()))
    except (AttributeError, TypeError):
        pass
    return {name: kind for name, kind in found.items() if isinstance(name, str)}


def _kind(value):
    """As the protocol names it."""
    if isinstance(value, type):
        return "class"
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType, classmethod, staticmethod)):
        return "function"
    return "property" if isinstance(value, property) else "variable"
