"""Limits to the time that a value's own code may take: a ``__repr__`` is not ours, and may never come back."""

import threading
import time

VALUE_SECONDS = 0.5
"""For one value."""

PAGE_SECONDS = 2
"""For all values of an answer."""


class TooSlow(BaseException):
    """Raised in the middle of code that has taken too long. Not an ``Exception``, so that it passes most handlers."""


class Patience:
    """Watches over one answer that a thread is preparing."""

    def __init__(self, on_overdue=None):
        """:param on_overdue: called once, in another thread, when the answer as a whole has taken too long."""
        self.is_overdue = False
        self._thread = threading.get_ident()
        self._on_overdue = on_overdue
        self._overdue_at = time.monotonic() + PAGE_SECONDS
        # Whoever takes the deadline out of this list decides: this thread, that it was kept; the watchdog, that it was not.
        # A lock would not do: the interruption could come while it is held.
        self._deadline = []
        self._verdict = None

    def __enter__(self):
        _watchdog.watch(self)
        return self

    def __exit__(self, *_exception):
        _watchdog.leave(self)

    def spend(self, work, otherwise):
        """``work()``, or ``otherwise`` if it takes longer than :data:`VALUE_SECONDS`.

        Python code is interrupted. What waits in C (``time.sleep``) is not: it is interrupted when it comes back.
        """
        try:
            self._verdict = None
            self._deadline.append(time.monotonic() + VALUE_SECONDS)
            try:
                return work()
            finally:
                self._stop_the_clock()
        except TooSlow:
            return otherwise

    def _stop_the_clock(self):
        try:
            self._deadline.pop()
        except IndexError:
            while self._verdict is None:
                time.sleep(0.001)
            if self._verdict == "kept":
                return
            # It may have been raised, be on its way, or have been swallowed by the value's code. An interruption cannot be
            # taken back (Python would look for it for ever after), so it is made certain and waited for.
            _interrupt(self._thread)
            while True:
                time.sleep(0.001)

    def look(self, now):
        """Called by the watchdog, again and again."""
        if self._deadline and now >= self._deadline[0]:
            self._let_go(now)
        if now >= self._overdue_at and not self.is_overdue:
            self.is_overdue = True
            if self._on_overdue is not None:
                self._on_overdue()

    def _let_go(self, now):
        if not _can_interrupt():
            return
        try:
            deadline = self._deadline.pop()
        except IndexError:
            return
        # A value that was quick may have made place for the next one meanwhile; that one then goes unwatched.
        if now >= deadline:
            _interrupt(self._thread)
            self._verdict = "lost"
        else:
            self._verdict = "kept"


class _Watchdog:
    """One thread for all answers, which sleeps while nothing is being answered."""

    _PERIOD = 0.05

    def __init__(self):
        self._watched = set()
        self._changed = threading.Condition()
        self._thread = None

    def watch(self, patience):
        with self._changed:
            self._watched.add(patience)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mod_wsgi_debug patience", daemon=True)
                # debugpy's mark of a thread that is the debugger's own: neither listed nor traced.
                self._thread.is_pydev_daemon_thread = self._thread.pydev_do_not_trace = True
                self._thread.start()
            self._changed.notify()

    def leave(self, patience):
        with self._changed:
            self._watched.discard(patience)

    def _run(self):
        while True:
            with self._changed:
                while not self._watched:
                    self._changed.wait()
                watched = list(self._watched)
            now = time.monotonic()
            for patience in watched:
                patience.look(now)
            time.sleep(self._PERIOD)


def _can_interrupt():
    """False for a Python that was built without ctypes: a value is then waited for."""
    try:
        import ctypes
    except ImportError:
        return False
    return hasattr(ctypes, "pythonapi")


def _interrupt(thread):
    """Have a thread raise :class:`TooSlow` wherever it is."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TooSlow))


_watchdog = _Watchdog()
