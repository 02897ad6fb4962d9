"""debugpy from when it is needed: its import takes longer than that of many an application."""

import pdb
import sys
import threading
import time

from .threads import start_thread

QUIET_SECONDS = 1
"""How long after the application is loaded debugpy is made ready although nothing needs it yet."""


class DeferredLive:
    """Makes debugpy ready once, when it is first demanded."""

    def __init__(self, start):
        """:param start: makes debugpy ready, or tells the adapter why there is none. Called once, in any thread."""
        self._start = start
        self._lock = threading.Lock()
        self._starter = None
        self._is_done = threading.Event()

    def demand(self):
        """Have debugpy made ready, and wait until it is."""
        with self._lock:
            is_first = self._starter is None
            if is_first:
                self._starter = threading.get_ident()
        if is_first:
            try:
                self._start()
            finally:
                self._is_done.set()
        elif self._starter != threading.get_ident():
            self._is_done.wait()

    def demand_later(self):
        """Have it made ready in the background, when the first requests are likely to be answered."""

        def work():
            time.sleep(QUIET_SECONDS)
            self.demand()

        start_thread("live", work)

    def demand_for(self, reply):
        """Have it made ready in the background, and reply then."""

        def work():
            try:
                self.demand()
            finally:
                reply()

        start_thread("live", work)

    def wait_in_set_trace(self):
        """``breakpoint()`` and ``pdb.set_trace()`` need debugpy: have them wait for it, and then stop by it."""

        def set_trace(*_arguments, **_options):
            self.demand()
            if pdb.set_trace is set_trace:
                # There is no debugpy that would have taken its place.
                pdb.Pdb().set_trace(sys._getframe().f_back)
            else:
                pdb.set_trace()

        pdb.set_trace = set_trace
