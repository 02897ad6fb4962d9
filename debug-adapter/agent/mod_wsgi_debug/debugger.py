"""The stand-in for ``pdb.Pdb``: its prompt is the editor."""

import os
import pdb
import sys
import threading
import traceback

from . import frames, requests, values
from .stops import Stop


FILTERS = ("uncaught", "swallowed")
"""Exceptions that leave the application; those that a framework turns into an error page."""


class Debugger:
    """Turns pdb sessions into stops. One a process."""

    def __init__(self, stops, send_event):
        self._stops = stops
        self._send_event = send_event
        self._seen = threading.local()
        self._filters = set(FILTERS)
        self.live = None
        """debugpy, where there is one: it does the stopping then."""
        self.demand_live = lambda: None
        """Makes debugpy ready, where that waits until it is needed."""
        self.is_tracing = False
        """Whether debugpy has anything to look for."""

    def set_filters(self, names):
        """Choose which post mortems stop; see :data:`FILTERS`."""
        self._filters = set(names)

    def install(self):
        """Replace ``pdb.Pdb``: whoever creates one from now on (the launcher, ``breakpoint()``) gets ours."""
        debugger = self

        class Pdb(EditorPdb):
            def __init__(self, *args, **kwargs):
                super().__init__(debugger)

        pdb.Pdb = Pdb
        os.environ.pop("PYTHONBREAKPOINT", None)

    def post_mortem(self, exception, description, kind="uncaught"):
        """Stop where ``exception`` was raised, unless this very exception has stopped this thread already.

        :param description: what became of it, a phrase: "left the application", "turned into an error page by Flask".
        :param kind: the one of :data:`FILTERS` that it falls under.
        """
        if kind not in self._filters or getattr(self._seen, "exception", None) is exception:
            return
        self._seen.exception = exception
        found = frames.of_traceback(exception.__traceback__)
        if not found:
            return
        self.demand_live()
        if self.live:
            self._live_post_mortem(exception, description)
            return
        self._stop(
            found,
            exception,
            {
                "reason": "exception",
                "description": description,
                "text": one_line(exception),
            },
        )

    def _live_post_mortem(self, exception, description):
        """debugpy tells of the stop; what it cannot know is told beside it, by the thread's name."""
        body = {
            "threadName": threading.current_thread().name,
            "description": description,
            "text": one_line(exception),
            "request": requests.current_label(),
        }
        self._send_event("postMortem", body)
        try:
            self.live.post_mortem(exception)
        finally:
            self._send_event("postMortemEnd", {"threadName": body["threadName"]})

    def begin_request(self):
        """A new request begins in this thread: the last one's exception need not be kept alive."""
        self._seen.exception = None
        self.trace_this_thread()

    def trace_this_thread(self):
        """Let debugpy, where there is one, see what this thread does."""
        if self.live:
            self.live.trace_this_thread(self.is_tracing)

    def pause_at(self, frame, reason):
        """Stop a running frame.

        :param reason: ``breakpoint`` or ``step``.
        :returns: how to go on.
        """
        return self._stop(frames.of_frame(frame), None, {"reason": reason, "description": None, "text": None})

    def _stop(self, found, exception, body):
        thread_id = threading.get_ident()
        stop = Stop(thread_id, found, exception, dict(body, thread=thread_id, request=requests.current_label()))
        if not self._stops.add(stop):
            return "continue"
        # The tracer of a coverage measurement or of a pdb step must not run in the debugger's own code.
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            self._send_event("stopped", stop.body)
            return stop.wait()
        finally:
            self._stops.remove(stop)
            self._send_event("continued", {"thread": thread_id})
            sys.settrace(tracer)


class EditorPdb(pdb.Pdb):
    """``pdb.Pdb`` without a terminal: every interaction is a stop."""

    def __init__(self, debugger):
        with open(os.devnull) as nothing:
            super().__init__(stdin=nothing, stdout=sys.stderr, nosigint=True, readrc=False)
        self._debugger = debugger
        self._stepping = False

    def interaction(self, frame, traceback_or_exception, *_more):
        """pdb's own entry: a post mortem has no frame, a breakpoint or step has one (``bdb`` calls it)."""
        if frame is None or traceback_or_exception is not None:
            exception = _exception_of(traceback_or_exception)
            if exception is not None:
                self._debugger.post_mortem(exception, "left the application")
            return
        if frames.is_launcher_frame(frame):
            self._stepping = False
            self.set_continue()
            return
        mode = self._debugger.pause_at(frame, "step" if self._stepping else "breakpoint")
        self._stepping = mode != "continue"
        if mode == "next":
            self.set_next(frame)
        elif mode == "stepIn":
            self.set_step()
        elif mode == "stepOut":
            self.set_return(frame)
        else:
            self.set_continue()

    def user_call(self, frame, argument_list):
        """A step into a function stops at its first line, not at its ``def``."""

    def user_return(self, frame, return_value):
        """A step out stops at the caller's next line, not at the ``return``."""
        self.set_step()

    def user_exception(self, frame, exc_info):
        """A step over a line that raises goes on: the post mortem will stop."""


def _exception_of(traceback_or_exception):
    """pdb passes a traceback up to Python 3.12 and an exception from 3.13 on."""
    if isinstance(traceback_or_exception, BaseException):
        return traceback_or_exception
    current = sys.exc_info()[1]
    if current is not None:
        return current
    last = getattr(sys, "last_value", None)
    return last if last is not None and last.__traceback__ is traceback_or_exception else None


def one_line(exception):
    """``ZeroDivisionError: division by zero``."""
    return "".join(traceback.format_exception_only(type(exception), exception)).strip().split("\n")[-1]


def describe_exception(exception):
    """What DAP's exceptionInfo wants to know, with the chain of causes as inner exceptions."""
    return _details(exception, set())


def _details(exception, seen):
    seen.add(id(exception))
    inner = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    try:
        message = str(exception)
    except BaseException as error:
        message = "<str() raised %s>" % type(error).__name__
    return {
        "message": message,
        "typeName": type(exception).__name__,
        "fullTypeName": values.type_name(exception),
        "stackTrace": "".join(
            traceback.format_exception(
                type(exception), exception, frames.without_launcher(exception.__traceback__), chain=False
            )
        ),
        "innerException": [] if inner is None or id(inner) in seen else [_details(inner, seen)],
    }
