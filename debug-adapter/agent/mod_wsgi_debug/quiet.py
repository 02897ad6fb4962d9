"""Expressions evaluated without running anybody's code: what a hover shows must not change the application.

Names, attributes that are plain data, subscripts of built-in containers, and literals. What would call something (a
property, ``__getattr__``, ``__getitem__``) is refused.
"""

import ast
import builtins
import inspect
import types

from . import presentations
from .refusal import Refusal

_RUNS_CODE = "The expression would run code of the application, which a hover does not do."


def evaluate(source, frame):
    """
    :param frame: a :class:`frames.Frame`.
    :raises Refusal: if it would run code.
    :raises Exception: what looking up a name, an attribute or a key raises: ``NameError``, ``KeyError``.
    """
    return _value(ast.parse(source.strip(), "<hover>", "eval").body, frame)


def _value(node, frame):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return _name(node.id, frame)
    if isinstance(node, ast.Attribute):
        return _attribute(_value(node.value, frame), node.attr)
    if isinstance(node, ast.Subscript):
        return _item(_value(node.value, frame), _value(_index(node.slice), frame))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value
    if isinstance(node, (ast.Tuple, ast.List)):
        items = [_value(item, frame) for item in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    raise Refusal(_RUNS_CODE)


def _index(node):
    # Python 3.8 wraps it.
    return node.value if type(node).__name__ == "Index" else node


def _name(name, frame):
    for names in (frame.locals, frame.globals, vars(builtins)):
        if name in names:
            return names[name]
    raise NameError("name '%s' is not defined" % name)


def _attribute(value, name):
    value = presentations.unwrapped(value)
    found = inspect.getattr_static(value, name)
    if isinstance(found, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        return found.__get__(value, type(value))
    own = _own_names(value)
    if name in own:
        return own[name]
    if isinstance(found, types.FunctionType):
        return found if isinstance(value, (type, types.ModuleType)) else types.MethodType(found, value)
    if isinstance(found, staticmethod):
        return found.__func__
    if isinstance(found, classmethod):
        return types.MethodType(found.__func__, value if isinstance(value, type) else type(value))
    if hasattr(type(found), "__get__") and not isinstance(value, types.ModuleType):
        raise Refusal(_RUNS_CODE)
    return found


def _own_names(value):
    try:
        return {} if isinstance(value, type) else object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}


def _item(container, key):
    if type(container) not in (list, tuple, dict, str, bytes, range):
        raise Refusal(_RUNS_CODE)
    return container[key]
