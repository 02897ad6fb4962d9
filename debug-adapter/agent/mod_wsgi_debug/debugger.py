"""The stand-in for ``pdb.Pdb``: its prompt is the editor."""

import os
import pdb
import sys
import threading

from . import exception_details, first_line, frames, requests
from .exception_filters import ExceptionFilters, place
from .stops import Stop


class Debugger:
    """Turns pdb sessions into stops. One a process."""

    def __init__(self, stops, send_event, warn):
        self._stops = stops
        self._send_event = send_event
        self._seen = threading.local()
        self.filters = ExceptionFilters(warn)
        self.live = None
        """debugpy, where there is one: it does the stopping then."""
        self.demand_live = lambda: None
        """Makes debugpy ready, where that waits until it is needed."""
        self.is_tracing = False
        """Whether debugpy has anything to look for."""
        self.selection = requests.Selection()
        """In which requests anything stops."""
        self.stops_at_next_request = False

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
        :param kind: the filter that it falls under; None for one that was asked for and stops whatever the filters say.
        """
        if not requests.may_stop() or self.seen_exception() is exception:
            return
        found = frames.of_traceback(exception.__traceback__)
        if not found or (kind is not None and not self.filters.wants(kind, exception, found)):
            return
        self._seen.exception, self._seen.place = exception, place(exception, found)
        self.demand_live()
        if self.live:
            self._live_post_mortem(exception, description)
            return
        text = exception_details.one_line(exception)
        self._stop(found, exception, {"reason": "exception", "description": description, "text": text})

    def _live_post_mortem(self, exception, description):
        """debugpy tells of the stop; the adapter asks for what it cannot know: :meth:`exception_stop`."""
        text = exception_details.one_line(exception)
        self._send_event("postMortem", {"description": description, "text": text, "request": requests.current_label()})
        self._seen.fate = description
        try:
            self.live.post_mortem(exception)
        finally:
            self._seen.fate = None

    def exception_stop(self, raised):
        """What a stop of debugpy's at an exception, in this thread, is about; None if nobody wants it.

        :param raised: class, exception and traceback of what is being raised, which may not have its traceback yet; None in
            a frame that debugpy does not blame.
        """
        fate = getattr(self._seen, "fate", None)
        if fate is None and not (raised and self._wants_raised(*raised[1:])):
            return None
        exception = self.seen_exception()
        return {
            "request": requests.current_label(),
            "description": fate,
            "text": exception_details.one_line(exception),
            "exception": exception_details.describe(exception),
        }

    def _wants_raised(self, exception, traceback):
        """An exception is shown once, not in each frame that it passes nor when it leaves the application."""
        if not requests.may_stop() or self.seen_exception() is exception:
            return False
        found = frames.of_traceback(traceback)
        if not found or not self.filters.wants("raised", exception, found):
            return False
        self._seen.exception, self._seen.place = exception, place(exception, found)
        return True

    def seen_exception(self):
        """The exception at which this thread has stopped last, in this request."""
        return getattr(self._seen, "exception", None)

    def seen_place(self):
        """What to ignore, to ignore :meth:`seen_exception`: ``(class, path, line)``; None where there is none."""
        return None if self.seen_exception() is None else self._seen.place

    def post_mortem_exception(self):
        """The exception of the post mortem in which debugpy has stopped this thread, or None."""
        return self.seen_exception() if getattr(self._seen, "fate", None) else None

    def begin_request(self, request):
        """A new request begins in this thread."""
        request.may_stop = self.selection.includes(request)
        self.trace_this_thread()
        if request.may_stop and self.stops_at_next_request:
            self.stops_at_next_request = False
            self.stop_when_entered()

    def end_request(self):
        """This thread's request is over. Its exception, which holds all that the request has made, need not be kept alive."""
        requests.end()
        self._seen.exception = None

    def stop_when_entered(self):
        """Stop where this thread enters the user's code."""
        self.demand_live()
        first_line.when_entered(self._stop_at_first_line)

    def _stop_at_first_line(self, frame):
        if self.live:
            self.live.stop_at(frame)
        else:
            EditorPdb(self, first_reason="entry").set_trace(frame)

    def run_to_next_request(self):
        """Stop where the next request enters the user's code, and nowhere before."""
        self.stops_at_next_request = True
        for request in requests.live().values():
            request.may_stop = False

    def trace_this_thread(self):
        """Let debugpy, where there is one, see what this thread does."""
        if self.live:
            self.live.trace_this_thread(self.is_tracing and requests.may_stop())

    def pause_at(self, frame, reason):
        """Stop a running frame.

        :param reason: ``breakpoint``, ``step`` or ``entry``.
        :returns: how to go on.
        """
        if not requests.may_stop():
            return "continue"
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

    def __init__(self, debugger, first_reason="breakpoint"):
        with open(os.devnull) as nothing:
            super().__init__(stdin=nothing, stdout=sys.stderr, nosigint=True, readrc=False)
        self._debugger = debugger
        self._reason = first_reason

    def interaction(self, frame, traceback_or_exception, *_more):
        """pdb's own entry: a post mortem has no frame, a breakpoint or step has one (``bdb`` calls it)."""
        if frame is None or traceback_or_exception is not None:
            if frames.is_launcher_frame(frames.caller_outside_pdb(sys._getframe().f_back)):
                self._debugger.post_mortem(_exception_of(traceback_or_exception), "left the application")
                self._debugger.end_request()
            else:
                exception = _exception_of(traceback_or_exception)
                self._debugger.post_mortem(exception, "handed to pdb.post_mortem()", kind=None)
            return
        if frames.is_launcher_frame(frame):
            self._reason = "breakpoint"
            self.set_continue()
            return
        mode = self._debugger.pause_at(frame, self._reason)
        self._reason = "breakpoint" if mode == "continue" else "step"
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
    for known in (sys.exc_info()[1], getattr(sys, "last_value", None)):
        if known is not None and _leads_to(known.__traceback__, traceback_or_exception):
            return known
    return UnknownException("pdb was given a traceback without its exception").with_traceback(traceback_or_exception)


def _leads_to(traceback, part):
    """Whether a traceback is another one, or ends in it: the launcher cuts its own frames off."""
    while traceback is not None and traceback is not part:
        traceback = traceback.tb_next
    return traceback is part


class UnknownException(Exception):
    """Stands for an exception of which only the traceback is left."""
