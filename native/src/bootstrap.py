"""What the module does in Python, once in each interpreter it makes. Called from interpreter.c only."""

import io
import sys
import threading
from importlib.machinery import PathFinder

# Levels of Apache's log; log(level, text) is put into this namespace.
LOG_CRITICAL, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG = 2, 3, 4, 6, 7


class RequestTimeout(BaseException):
    """Raised in a request that has taken longer than request-timeout, where interrupt-timeout is set."""

    __module__ = "mod_wsgi"


event_callbacks = []
shutdown_callbacks = []
signal_callbacks = []
active_requests = {}


def subscribe_events(callback):
    """Has callback(name, **payload) called for each event. Returns the callback, so that it can be a decorator."""
    event_callbacks.append(callback)
    return callback


def subscribe_shutdown(callback):
    """As `subscribe_events`, for the end of the process only."""
    shutdown_callbacks.append(callback)
    return callback


def subscribe_signals(callback):
    """As `subscribe_events`, for SIGHUP and SIGUSR2 only, which a daemon process may be sent. Elsewhere they are Apache's."""
    if is_daemon:
        signal_callbacks.append(callback)
    else:
        import traceback

        stack = "".join(traceback.format_stack()[:-1])
        log(LOG_INFO, "mod_wsgi.subscribe_signals() is of no effect outside of daemon mode; called at:\n" + stack)
    return callback


# Who is told of an event besides those who want to know of all.
_own_callbacks = {"process_stopping": shutdown_callbacks, "process_signal": signal_callbacks}


def publish(name, payload):
    """Calls the subscribers one after the other; what one returns as a dict is seen by the next, and returned."""
    for callback in event_callbacks + _own_callbacks.get(name, []):
        try:
            result = callback(name, **payload)
        except BaseException:
            import traceback

            log(LOG_ERROR, "A subscriber of the event %s raised an exception:\n%s" % (name, traceback.format_exc()))
        else:
            if isinstance(result, dict):
                payload.update(result)
    return payload


def __getattr__(name):
    """The module's attributes that few applications use are made when they are asked for."""
    if name != "LogHandler":
        raise AttributeError("module 'mod_wsgi' has no attribute %r" % name)
    import logging

    class LogHandler(logging.Handler):
        """Writes records to Apache's log, at its level nearest to the record's."""

        def emit(self, record):
            try:
                limits = ((50, LOG_CRITICAL), (40, LOG_ERROR), (30, LOG_WARNING), (20, LOG_INFO))
                level = next((each for limit, each in limits if record.levelno >= limit), LOG_DEBUG)
                if log(level, None):
                    log(level, self.format(record))
            except Exception:
                self.handleError(record)

    LogHandler.__module__ = "mod_wsgi"
    sys.modules["mod_wsgi"].LogHandler = LogHandler
    return LogHandler


def text_stream(raw):
    """A text stream as Python's own standard streams are, over the log object `raw`."""
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", line_buffering=True, write_through=True)


def restrict_signals():
    """Makes signal.signal() a call of no effect that says so in the log: the signals are Apache's."""
    import _signal

    def signal(number, handler):
        import traceback

        stack = "".join(traceback.format_stack()[:-1])
        log(LOG_INFO, "signal.signal() is of no effect (WSGIRestrictSignal); called for signal %s:\n%s" % (number, stack))
        return handler

    # What the module signal defines calls this one.
    _signal.signal = signal


def set_switch_interval(seconds):
    sys.setswitchinterval(seconds)


def add_path(directory):
    """Processes `directory` as a site folder and returns the entries of sys.path that this brought, in order.

    The entries are taken off sys.path again: `prepend_paths` puts those of all directories at its front.
    """
    import site

    while directory in sys.path:
        sys.path.remove(directory)
    size = len(sys.path)
    site.addsitedir(directory)
    added = sys.path[size:]
    del sys.path[size:]
    return added


def prepend_paths(paths):
    """Puts `paths` in front of sys.path."""
    sys.path[:0] = paths


def package_path():
    """The __path__ of the distribution package mod_wsgi if one can be imported, else None; nothing of it is run."""
    spec = PathFinder.find_spec("mod_wsgi")
    locations = spec and spec.submodule_search_locations
    return list(locations) if locations else None


def _join_threads():
    """What Python does with threads when it ends, without its assumption that the main thread does it."""
    # concurrent.futures tells its workers here that there will be no more work (Python 3.9).
    for function in reversed(getattr(threading, "_threading_atexits", ())):
        function()
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join()


def end_threads(seconds):
    """Waits at most `seconds` for the threads that are no daemons. True if no thread is left to wait for.

    Python itself would wait for ever for a thread that never ends; the functions registered with atexit would then
    not run.
    """
    waiter = threading.Thread(target=_join_threads, name="mod_wsgi-shutdown", daemon=True)
    waiter.start()
    waiter.join(seconds)
    if waiter.is_alive():
        return False
    # Python's own wait, which is still to come, expects to run in the thread that made the interpreter.
    threading._shutdown = lambda: None
    return True


def run_exit_functions():
    """Runs what was registered with atexit, for an interpreter that cannot be taken apart."""
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
