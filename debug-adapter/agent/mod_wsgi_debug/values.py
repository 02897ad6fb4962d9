"""Values as the editor shows them: one line of text each, children on demand, a page at a time."""

import inspect

MAX_TEXT = 1000
"""Characters of one value in a list of variables; a full value is asked for with ``full_text``."""

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
    except BaseException as error:
        return "<%s: repr() raised %s>" % (type_name(value), _one_line(error))


def text(value):
    """:func:`full_text` cut to :data:`MAX_TEXT` characters."""
    if isinstance(value, (str, bytes)) and len(value) > MAX_TEXT:
        value = value[:MAX_TEXT]
        return repr(value) + "…"
    whole = full_text(value)
    return whole if len(whole) <= MAX_TEXT else whole[:MAX_TEXT] + "…"


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

    def __init__(self, variables):
        self.variables = variables


def counts(value):
    """How many children a value has: ``(named, indexed)``."""
    if isinstance(value, Scope):
        return len(value.variables), 0
    if isinstance(value, (str, bytes, int, float, complex, bool, type(None), type)):
        return 0, 0
    if isinstance(value, (list, tuple, set, frozenset)):
        return 0, len(value)
    if isinstance(value, dict):
        return len(value), 0
    return len(_attributes(value)), 0


def children(value, expression, start, count):
    """A page of a value's children.

    :param expression: Python that yields ``value`` in its frame, or None.
    :param start: the first child, 0-based.
    :param count: how many at the most; 0 means all.
    """
    end = start + count if count else None
    if isinstance(value, Scope):
        return [Child(name, item, name) for name, item in list(value.variables.items())[start:end]]
    if isinstance(value, dict):
        return [
            Child(text(key), item, _subscript(expression, key)) for key, item in list(value.items())[start:end]
        ]
    if isinstance(value, (list, tuple)):
        page = value[start:end]
        return [Child("[%d]" % i, item, _subscript(expression, i)) for i, item in enumerate(page, start)]
    if isinstance(value, (set, frozenset)):
        return [Child("[%d]" % i, item) for i, item in enumerate(list(value)[start:end], start)]
    return [
        Child(name, item, "%s.%s" % (expression, name) if expression else None)
        for name, item in list(_attributes(value).items())[start:end]
    ]


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
