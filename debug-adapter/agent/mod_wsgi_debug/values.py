"""Values as the editor shows them: one line of text each, children on demand, a page at a time."""

import inspect
import itertools

from . import brief, presentations
from .patience import VALUE_SECONDS, TooSlow
from .refusal import Refusal

MAX_TEXT = 1000
"""Characters of one value in a list of variables; a full value is asked for with ``full_text``."""

MAX_CONSOLE_TEXT = 20000
"""Characters of an answer in the debug console."""

PAGED_FROM = 100
"""A dict or scope of more entries than this is unfolded a page at a time; the editor does that with numbered children."""

MAX_NAMED = 1000
"""Attributes of one object; more than that is no object that anybody reads."""


def type_name(value):
    """``int``, ``decimal.Decimal``: the class as its users write it."""
    cls = type(value)
    return cls.__qualname__ if cls.__module__ in ("builtins", "__main__") else cls.__module__ + "." + cls.__qualname__


def full_text(value):
    """``repr(value)``, or what went wrong in it: a value's own code must not end the debug session."""
    try:
        return repr(value)
    except TooSlow:
        raise
    except BaseException as error:
        return "<%s: repr() raised %s>" % (type_name(value), _one_line(error))


def text(value):
    """A line for a list of variables: short, and quickly made however large the value is."""
    try:
        line = presentations.present(value)
    except Exception:
        line = None  # not as its class should be: repr() says more
    return cut(brief.text_of(value, MAX_TEXT, full_text) if line is None else line, MAX_TEXT)


def console_text(value):
    """A value as the debug console shows it: as Python would, up to :data:`MAX_CONSOLE_TEXT` characters."""
    return cut(brief.text_of(value, MAX_CONSOLE_TEXT, full_text), MAX_CONSOLE_TEXT)


TEXT_IN_CONTEXT = {"repl": console_text, "clipboard": full_text}
"""How a value is shown where it was asked for; :func:`text` elsewhere."""


def too_slow_text(value):
    """What stands for a value whose :func:`text` takes longer than anybody waits."""
    return "<%s: repr() takes longer than %s s>" % (type_name(value), VALUE_SECONDS)


def cut(line, length):
    """The first characters of a line, with a sign that there are more."""
    return line if len(line) <= length else line[:length] + "…"


def _one_line(error):
    try:
        return "%s: %s" % (type(error).__name__, str(error).split("\n")[0])
    except BaseException:
        return type(error).__name__


class Child:
    """One variable: its name, its value, and the expression that finds it again (None where there is none)."""

    __slots__ = ("name", "value", "expression")

    def __init__(self, name, value, expression=None):
        self.name = name
        self.value = value
        self.expression = expression


class Scope:
    """A set of named variables with no object of its own: locals, globals, the exception."""

    def __init__(self, variables, store=None):
        """:param store: called with ``(name, value)`` to change one; None where that is not possible."""
        self.variables = variables
        self.store = store


def counts(value):
    """How many children a value has: ``(named, indexed)``."""
    value = presentations.unwrapped(value)
    if isinstance(value, Scope):
        return len(value.variables), 0
    if isinstance(value, (str, bytes, int, float, complex, bool, type(None), type)):
        return 0, 0
    if isinstance(value, (list, tuple, set, frozenset)):
        return 0, len(value)
    if isinstance(value, dict):
        return (len(value), 0) if len(value) <= PAGED_FROM else (0, len(value))
    return len(_attributes(value)), 0


def children(value, expression, start, count):
    """A page of a value's children.

    :param expression: Python that yields ``value`` in its frame, or None.
    :param start: the first child, 0-based.
    :param count: how many at the most; 0 means all.
    """
    value = presentations.unwrapped(value)
    end = start + count if count else None
    if isinstance(value, Scope):
        return [
            Child(name, item, name if value.store else None) for name, item in list(value.variables.items())[start:end]
        ]
    if isinstance(value, dict):
        page = itertools.islice(value.items(), start, end)
        return [Child(text(key), item, _subscript(expression, key)) for key, item in page]
    if isinstance(value, (list, tuple)):
        page = value[start:end]
        return [Child("[%d]" % i, item, _subscript(expression, i)) for i, item in enumerate(page, start)]
    if isinstance(value, (set, frozenset)):
        return [Child("[%d]" % i, item) for i, item in enumerate(itertools.islice(value, start, end), start)]
    return [
        Child(name, item, "%s.%s" % (expression, name) if expression else None)
        for name, item in list(_attributes(value).items())[start:end]
    ]


def assign(value, name, new):
    """Give the child of that name a new value.

    :param value: as for :func:`children`.
    :raises Refusal: if it cannot have one.
    :raises BaseException: what the value's own code raises.
    """
    value = presentations.unwrapped(value)
    if isinstance(value, Scope):
        if value.store is None:
            raise Refusal("These values are not the application's: they cannot be changed.")
        value.store(name, new)
    elif isinstance(value, dict):
        value[next(key for key in value if text(key) == name)] = new
    elif isinstance(value, list):
        value[int(name.strip("[]"))] = new
    elif isinstance(value, (tuple, set, frozenset)):
        raise Refusal("The items of a %s cannot be changed one by one." % type(value).__name__)
    else:
        setattr(value, name, new)


def _subscript(expression, key):
    if expression and isinstance(key, (str, bytes, int, bool, type(None))):
        return "%s[%r]" % (expression, key)
    return None


def _attributes(value):
    """Instance attributes, public ones first: ``__dict__`` and slots, and no property, which would run code."""
    found = {}
    for cls in type(value).__mro__:
        for name, member in list(vars(cls).items()):
            if inspect.ismemberdescriptor(member) and not (name.startswith("__") and name.endswith("__")):
                try:
                    found.setdefault(name, member.__get__(value, type(value)))
                except AttributeError:
                    pass  # a slot that was never set
    try:
        found.update(object.__getattribute__(value, "__dict__"))
    except (AttributeError, TypeError, ValueError):
        pass
    if isinstance(value, BaseException):
        for name in ("args", "__cause__", "__context__", "__notes__"):
            item = getattr(value, name, None)
            if item is not None:
                found[name] = item
    ordered = sorted(found, key=lambda name: (str(name).startswith("_"), str(name)))
    return {name: found[name] for name in ordered[:MAX_NAMED]}
