"""Opens the debugger where an exception leaves the application."""

import bdb
import pdb
import sys
import threading


class PostMortem:
    """A WSGI application that shows an exception of ``application`` to the debugger, then lets it go on.

    The exception may come from the call, from the response's iteration or from its ``close()``. SystemExit,
    KeyboardInterrupt and GeneratorExit are no failures and pass, and so does the debugger's own quit.

    :param application: a WSGI application. It has been loaded already, so a debugger that took the place of
        ``pdb.Pdb`` meanwhile is the one that opens.
    """

    def __init__(self, application):
        self._application = application
        self._debugger = pdb.Pdb()
        self._startup = None
        self._terminal = threading.Lock()

    def stop_at_startup(self):
        """Opens the debugger at once. The breakpoints that are set there stop requests in every thread.

        Quitting the debugger leaves it; the server goes on without breakpoints.
        """
        self._startup = pdb.Pdb()
        try:
            _here_the_application_is_loaded(self._startup)
        except bdb.BdbQuit:
            self._startup.clear_all_breaks()
            self._startup.set_continue()
            self._startup = None

    def __call__(self, environ, start_response):
        # A thread that Apache made knows nothing of the breakpoints yet.
        if self._startup is not None and self._startup.breaks:
            sys.settrace(self._startup.trace_dispatch)
        response = self.guard(self._application, environ, start_response)
        # Neither a plain sequence nor Apache's own file wrapper can fail on the way out, and Apache knows how to send
        # them without calling back.
        if type(response) in (list, tuple) or type(response) is environ.get("wsgi.file_wrapper"):
            return response
        return _WatchedResponse(response, self.guard)

    def guard(self, function, *arguments):
        """Calls ``function``; an exception opens the debugger in the frame that raised it and is raised again."""
        try:
            return function(*arguments)
        except bdb.BdbQuit:
            raise
        except Exception:
            traceback = sys.exc_info()[2]
            with self._terminal:
                self._debugger.reset()
                self._debugger.interaction(None, _without_own_frames(traceback))
            raise


class _WatchedResponse:
    """A response iterable whose steps and whose end are watched."""

    def __init__(self, response, guard):
        self._response = response
        self._guard = guard
        self._iterator = None

    def __iter__(self):
        self._iterator = self._guard(iter, self._response)
        return self

    def __next__(self):
        # A plain loop instead of guard(next, …): the end of the iteration is no failure.
        return self._guard(_next_block, self._iterator)()

    def close(self):
        close = getattr(self._response, "close", None)
        if close is not None:
            self._guard(close)


def _here_the_application_is_loaded(debugger):
    debugger.set_trace()
    return debugger


def _without_own_frames(traceback):
    """The part of a traceback that begins in the application."""
    while traceback.tb_next and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback


def _stop():
    raise StopIteration


def _next_block(iterator):
    """A function that gives the next block, or ends the iteration."""
    try:
        block = next(iterator)
    except StopIteration:
        return _stop
    return lambda: block
