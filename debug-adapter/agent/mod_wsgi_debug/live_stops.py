"""Threads that debugpy has stopped: questions about them are answered as in our own stops, in the thread itself."""

import contextlib
import queue
import sys
import threading
import types
import weakref

from . import frames

RETURN_VALUES = "__pydevd_ret_val_dict"
"""Where debugpy keeps what the functions called last have returned, among a frame's locals."""

_OVER = "this value belongs to a stop that is over"

_OWN_NAMES = ("__exception__", RETURN_VALUES, "_pydev_stop_at_break")
"""What debugpy puts among the locals for itself."""


class LiveStop:
    """One suspension of one thread by debugpy; answers what :class:`stops.Stop` answers."""

    def __init__(self, debugger, thread_id, exception):
        """
        :param debugger: debugpy's ``PyDB``.
        :param thread_id: debugpy's name of the thread.
        """
        self.exception = exception
        self.frames = []
        self._debugger = debugger
        self._thread_id = thread_id
        self._jobs = queue.Queue()
        self._lock = threading.Lock()
        self._is_over = False

    def run(self, job):
        """Have a job done in the stopped thread.

        :raises LookupError: if it runs again.
        """
        with self._lock:
            if self._is_over:
                raise LookupError(_OVER)
            self._jobs.put(job)
        # debugpy looks at its own queue five times a second, but at once when something is put there: ours may hold several.
        self._debugger.post_method_as_internal_command(self._thread_id, lambda _debugger: self._work())

    def end(self):
        """The thread is about to run again, and calls this: what is still to be done is done now."""
        with self._lock:
            self._is_over = True
        self._work()

    def _work(self):
        with _untraced():
            while True:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    return
                job()


@contextlib.contextmanager
def _untraced():
    """debugpy's tracer, which a post mortem leaves on, must not look at each call of ours: that takes several times as long."""
    tracer = sys.gettrace()
    if tracer is None:
        yield
        return
    from pydevd_tracing import TracingFunctionHolder

    # debugpy has put a function of its own in the place of sys.settrace, which warns of its use.
    set_tracer = TracingFunctionHolder._original_tracing or sys.settrace
    set_tracer(None)
    try:
        yield
    finally:
        set_tracer(tracer)


class LiveFrame(frames.Frame):
    """A frame of a thread that debugpy has stopped."""

    def __init__(self, frame):
        super().__init__(frame, frame.f_lineno)
        self._frame = frame

    def shown(self):
        return {name: value for name, value in self.locals.items() if name not in _OWN_NAMES}

    def returned(self):
        return dict(self.locals.get(RETURN_VALUES) or {})

    def commit(self):
        if isinstance(self._frame, types.FrameType):
            from _pydevd_bundle.pydevd_save_locals import save_locals

            save_locals(self._frame)


class LiveStops:
    """Finds the stop and the frame to which a number of debugpy's belongs."""

    def __init__(self, on_end):
        """:param on_end: called with a :class:`LiveStop` that is over."""
        self._on_end = on_end
        self._by_suspension = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()

    def held(self, number):
        """
        :param number: as the protocol's ``stackTrace`` of debugpy numbers a frame.
        :returns: ``(stop, frame)``.
        :raises LookupError: if that stop is over.
        """
        from _pydevd_bundle._debug_adapter.pydevd_base_schema import BaseSchema
        from _pydevd_bundle.pydevd_constants import get_global_debugger

        try:
            own_number = BaseSchema._translate_id_from_dap(number)
        except KeyError:
            raise LookupError(_OVER)
        debugger = get_global_debugger()
        suspended = debugger.suspended_frames_manager
        thread_id = suspended.get_thread_id_for_variable_reference(own_number)
        frame = None if thread_id is None else suspended.find_frame(thread_id, own_number)
        suspension = suspended.get_frame_tracker(thread_id)
        if frame is None or suspension is None:
            raise LookupError(_OVER)
        with self._lock:
            known = self._by_suspension.get(suspension)
            if known is None:
                known = self._by_suspension[suspension] = self._begin(debugger, thread_id, suspension), {}
        stop, seen = known
        if number not in seen:
            seen[number] = LiveFrame(frame)
            if stop.exception is None:
                stop.exception = _exception_in(frame)
        return stop, seen[number]

    def _begin(self, debugger, thread_id, suspension):
        stop = LiveStop(debugger, thread_id, None)

        def end():
            stop.end()
            self._on_end(stop)

        # debugpy lets go of its record of a suspension when the thread goes on, and in that very thread.
        weakref.finalize(suspension, end).atexit = False
        return stop


def _exception_in(frame):
    details = frame.f_locals.get("__exception__")
    return details[1] if isinstance(details, tuple) and len(details) == 3 else None
