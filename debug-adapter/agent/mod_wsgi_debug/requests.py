"""Which request a thread is working on."""

import contextlib
import threading

_current = threading.local()


def begin(environ):
    """A request has arrived in this thread; it is the thread's until the next one.

    The thread takes the request's name: that is what a list of threads shows.
    """
    _current.environ = environ
    threading.current_thread().name = current_label()


@contextlib.contextmanager
def loading():
    """The application is being loaded in this thread: that is what a list of threads shows meanwhile."""
    thread = threading.current_thread()
    name, thread.name = thread.name, "Loading the application"
    try:
        yield
    finally:
        thread.name = name


def current_label():
    """``GET /cart?full=1``, or None in a thread that has no request (the application is being loaded)."""
    environ = getattr(_current, "environ", None)
    if environ is None:
        return None
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING")
    return "%s %s%s" % (environ.get("REQUEST_METHOD", "?"), path or "/", "?" + query if query else "")
