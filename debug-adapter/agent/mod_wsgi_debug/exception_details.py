"""An exception as the editor shows it: with its causes, its notes, the members of a group."""

import builtins
import os
import traceback

from . import frames


def one_line(exception):
    """``ZeroDivisionError: division by zero``, without the notes."""
    name = type(exception).__name__ if type(exception).__module__ in ("builtins", "__main__") else type_name(exception)
    message = message_of(exception).split("\n")[0]
    return "%s: %s" % (name, message) if message else name


def type_name(exception):
    """The class as its users write it."""
    from . import values  # not before it is needed: the application waits for what the agent imports

    return values.type_name(exception)


def cause_of(exception):
    """What led to it, as Python's own traceback tells it: ``(exception, "cause" or "context")`` or ``(None, None)``."""
    if exception.__cause__ is not None:
        return exception.__cause__, "cause"
    if exception.__context__ is not None and not exception.__suppress_context__:
        return exception.__context__, "context"
    return None, None


def members_of(exception):
    """The exceptions of an exception group; none of any other exception."""
    group = getattr(builtins, "BaseExceptionGroup", ())
    return exception.exceptions if isinstance(exception, group) else ()


def describe(exception):
    """What DAP's exceptionInfo wants to know; causes and members of a group are its inner exceptions."""
    return _details(exception, set())


def _details(exception, seen):
    seen.add(id(exception))
    inner = [cause_of(exception)[0], *members_of(exception)]
    return {
        "message": message_of(exception),
        "typeName": type(exception).__name__,
        "fullTypeName": type_name(exception),
        "stackTrace": formatted(exception),
        "innerException": [_details(one, seen) for one in inner if one is not None and id(one) not in seen],
    }


def formatted(exception):
    """The whole traceback as Python prints it, with everything that led to it; frames of the launcher left out."""
    traced = frames.without_launcher(exception.__traceback__)
    try:
        return "".join(traceback.format_exception(type(exception), exception, traced))
    except Exception:  # a str() of the application's that raises
        return "".join(traceback.format_tb(traced)) + one_line(exception) + "\n"


def chain(exception):
    """The exception and what led to it, one line each, the latest first: ``KeyError: 'pie' (context), app.py:7 in total``."""
    lines, seen, how = [], set(), None
    while exception is not None and id(exception) not in seen:
        seen.add(id(exception))
        relation = " (%s)" % how if how else ""
        place = raised_at(exception)
        lines.append(one_line(exception) + relation + (", " + place if place else ""))
        exception, how = cause_of(exception)
    return lines


def raised_at(exception):
    """``app.py:7 in total``: the user's line that it came from, or None for one that was never raised."""
    frame = place_of(frames.of_traceback(exception.__traceback__))
    return frame and "%s:%d in %s" % (os.path.basename(frame.path), frame.line, frame.name)


def place_of(found):
    """The frame that is to blame: the innermost of the user's own code, else the innermost of all, else None.

    :param found: innermost first (:class:`frames.Frame`).
    """
    return next((frame for frame in found if frame.origin == "user"), found[0] if found else None)


def message_of(exception):
    """``str(exception)``, or what went wrong in it."""
    try:
        return str(exception)
    except BaseException as error:
        return "<str() raised %s>" % type(error).__name__
