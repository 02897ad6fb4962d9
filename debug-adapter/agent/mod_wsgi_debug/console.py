"""Expressions and statements from the editor, run in a frame of the stopped application."""

import contextlib
import io

_GIVEN = "_mod_wsgi_debug_given"


def evaluate(source, frame):
    """Evaluate an expression.

    :param frame: a :class:`frames.Frame`.
    :raises BaseException: whatever the expression raises.
    """
    return eval(compile(source.strip(), "<console>", "eval"), _namespace(frame))


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


def assign(target, source, frame):
    """Give what an expression names (a variable, ``cart.items[0]``) the value of another.

    :returns: the new value.
    :raises BaseException: whatever the code raises.
    """
    target, value = target.strip(), evaluate(source, frame)
    if target in frame.globals and target not in frame.locals:
        frame.globals[target] = value
    else:
        _execute("%s = %s" % (target, _GIVEN), frame, {_GIVEN: value})
    return value


def _namespace(frame):
    # One dictionary, so that comprehensions and lambdas in the console see the frame's locals.
    namespace = dict(frame.globals)
    namespace.update(frame.locals)
    return namespace


def _execute(source, frame, given=()):
    namespace = _namespace(frame)
    namespace.update(given)
    before = dict(namespace)
    exec(compile(source, "<console>", "exec"), namespace)
    for name, value in namespace.items():
        if name != "__builtins__" and (name not in before or before[name] is not value):
            frame.locals[name] = value
    frame.commit()
