"""What the module does in Python, once in each interpreter it makes. Called from interpreter.c only."""

import io
import sys
import threading
from importlib.machinery import PathFinder


def text_stream(raw):
    """A text stream as Python's own standard streams are, over the log object `raw`."""
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", line_buffering=True, write_through=True)


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
