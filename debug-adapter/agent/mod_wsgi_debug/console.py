"""Expressions and statements from the editor, run in a frame of the stopped application."""

import ast
import contextlib
import io

_SIDE_EFFECTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)


class RefusedInHover(Exception):
    """A hover must not run code; the expression would."""


def evaluate(source, frame):
    """Evaluate an expression.

    :param frame: a :class:`frames.Frame`.
    :raises BaseException: whatever the expression raises.
    """
    return eval(compile(source.strip(), "<console>", "eval"), _namespace(frame))


def evaluate_quietly(source, frame):
    """:func:`evaluate` for a hover: names, attributes and subscripts only.

    :raises RefusedInHover: if the expression calls something.
    """
    tree = ast.parse(source.strip(), "<hover>", "eval")
    if any(isinstance(node, _SIDE_EFFECTS) for node in ast.walk(tree)):
        raise RefusedInHover()
    return evaluate(source, frame)


def run(source, frame):
    """An entry of the debug console: an expression's value, or statements for their effect on the frame's names.

    :returns: ``(value, has_value, printed)``.
    :raises BaseException: whatever the code raises.
    """
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            code = compile(source.strip(), "<console>", "eval")
        except SyntaxError:
            _execute(source, frame)
            return None, False, printed.getvalue()
        value = eval(code, _namespace(frame))
    return value, True, printed.getvalue()


def _namespace(frame):
    # One dictionary, so that comprehensions and lambdas in the console see the frame's locals.
    namespace = dict(frame.globals)
    namespace.update(frame.locals)
    return namespace


def _execute(source, frame):
    namespace = _namespace(frame)
    before = dict(namespace)
    exec(compile(source, "<console>", "exec"), namespace)
    for name, value in namespace.items():
        if name != "__builtins__" and (name not in before or before[name] is not value):
            frame.locals[name] = value
