"""Stopping where a thread enters the user's code: at the first line of the application, or of the next request."""

import sys

from . import frames


def when_entered(stop):
    """Call ``stop(frame)`` in this thread once, when it calls the first function of the user's own code.

    A profile function sees each call and, unlike a trace function, is nobody else's: debugpy and coverage.py trace.
    """
    origins = {}
    before = sys.getprofile()

    def on_event(frame, event, _argument):
        if event != "call":
            return
        code = frame.f_code
        is_user = origins.get(code)
        if is_user is None:
            is_user = origins[code] = frames.is_user_frame(frame)
        if is_user:
            sys.setprofile(before)
            stop(frame)

    sys.setprofile(on_event)

