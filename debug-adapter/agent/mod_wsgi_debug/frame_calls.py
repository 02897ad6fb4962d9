"""What the adapter has done in a stopped frame, by the thread that has stopped there.

Each function takes the process's :class:`debugger.Debugger`, the frame (:class:`frames.Frame`) and what the adapter gives.
"""

from . import pdb_texts, requests


def _exception_stop(debugger, frame):
    """What debugpy's stop at an exception is about; None if nobody wants it. debugpy leaves the exception in the frame."""
    return debugger.exception_stop(frame.locals.get("__exception__"))


def _may_stop(_debugger, _frame):
    return requests.may_stop()


def _mute(_debugger, _frame):
    """Nothing stops any more in this thread's request."""
    request = requests.current()
    if request is not None:
        request.may_stop = False


def _place(debugger, _frame):
    """What to ignore, to ignore the exception at which this thread has stopped; None where it did not stop at one."""
    place = debugger.seen_place()
    return place and dict(zip(("type", "path", "line"), place))


def _record(_debugger, _frame):
    """This thread's request, for sending it again."""
    request = requests.current()
    return request and request.record(reads_on=True)


def _text(function):
    return lambda _debugger, frame, **arguments: function(frame, **arguments)


CALLS = {
    "exceptionStop": _exception_stop,
    "mayStop": _may_stop,
    "mute": _mute,
    "place": _place,
    "record": _record,
    **{name: _text(function) for name, function in pdb_texts.CALLS.items()},
}
"""By the names under which the adapter calls them."""
