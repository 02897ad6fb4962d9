"""Live debugging by debugpy: breakpoints, stepping, pause.

debugpy runs in this process and speaks the Debug Adapter Protocol with our adapter over a UNIX socket in the session's
private folder: nothing listens on the network.
"""

import importlib
import os
import pdb
import socket
import sys
import threading

from . import debugpy_scripts, debugpy_source, debugpy_stop, frames, requests


class Unavailable(Exception):
    """Why there is no live debugging, as a sentence that says what to do."""


def unix_stream(path):
    """:returns: what opens a connection to a UNIX socket."""

    def connect():
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.connect(path)
        return stream

    return connect


class _ThreadState(threading.local):
    """What debugpy has been told of the thread that looks: each request would tell it again."""

    is_known = False
    is_left_alone = False


class LiveDebugger:
    """debugpy, connected to the adapter."""

    def __init__(self, connect, folders, python):
        """Connect and wait until the adapter has set its breakpoints.

        :param connect: opens the connection to the adapter: a stream socket.
        :param folders: where else to look for debugpy; see :func:`debugpy_source.load`.
        :param python: the application's interpreter, for messages.
        :raises Unavailable: if there is no debugpy that works with this Python.
        """
        try:
            self._debugpy = debugpy_source.load(folders, python)
        except debugpy_source.NotFound as reason:
            raise Unavailable(str(reason))
        self.version = self._debugpy.__version__
        self._lock = threading.Lock()
        self._is_closed = False
        self._threads = _ThreadState()
        try:
            self._connect(connect)
        except Exception as error:
            raise Unavailable("debugpy %s does not start here: %s" % (self.version, error))

    def _connect(self, connect):
        _import_pydevd()
        import pydevd

        _trace_none_but_the_caller()
        debugpy_scripts.treat_as_python()
        # debugpy knows TCP only, which any user of the machine could reach.
        original = pydevd.start_client
        pydevd.start_client = lambda host, port: connect()
        try:
            self._debugpy.connect(("127.0.0.1", 1))
        finally:
            pydevd.start_client = original
        self._debugpy.wait_for_client()
        # debugpy has put a hook of its own here, which knows nothing of requests.
        pdb.set_trace = sys.breakpointhook = self._set_trace

    def trace_this_thread(self, is_wanted):
        """Have debugpy see what the calling thread does: Apache's own threads are made by C, and it misses those.

        :param is_wanted: False where there is no breakpoint to be found: the thread then runs at full speed.
        """
        thread = self._threads
        if not is_wanted and thread.is_left_alone:
            return
        thread.is_left_alone = not is_wanted
        with self._lock:
            if self._is_closed:
                # debugpy's tracer stays in threads that were at work; asked now, it would look for an adapter of its own.
                sys.settrace(None)
                return
            if is_wanted and not thread.is_known:
                self._debugpy.debug_this_thread()
                thread.is_known = True
            self._debugpy.trace_this_thread(is_wanted)
            if not is_wanted:
                _watch_for_no_more_than_is_wanted()

    def post_mortem(self, exception):
        """Stop at the place where the exception was raised, until the user goes on."""
        self.trace_this_thread(True)
        exception = exception.with_traceback(frames.without_launcher(exception.__traceback__))
        debugpy_stop.stop_at(self._debugpy, exception)

    def stop_at(self, frame):
        """Stop at the next line of a frame of this thread."""
        import pydevd

        self._threads.is_left_alone = False
        pydevd.settrace(suspend=True, trace_only_current_thread=True, patch_multiprocessing=False, stop_at_frame=frame)

    def _set_trace(self, *_arguments, **_options):
        """``pdb.set_trace()`` stops in the editor, in the frame that calls it."""
        if not requests.may_stop():
            return
        caller = sys._getframe().f_back
        while frames.is_launcher_frame(caller) and caller.f_back is not None:
            caller = caller.f_back
        self.stop_at(caller)

    @staticmethod
    def stop_waiting():
        """The adapter is gone before it has set its breakpoints: let the one that waits for it go on."""
        debugpy = sys.modules.get("debugpy")
        if debugpy is not None:
            try:
                debugpy.wait_for_client.cancel()
            except RuntimeError:
                pass  # nobody waits

    def close(self):
        """Resume every thread and part from the adapter; another :class:`LiveDebugger` may follow."""
        import pydevd
        from _pydevd_bundle.pydevd_api import PyDevdAPI

        with self._lock:
            self._is_closed = True
        pdb.set_trace = _pdb_set_trace
        debugger = pydevd.get_global_debugger()
        if debugger is not None:
            PyDevdAPI().request_disconnect(debugger, resume_threads=True)
        pydevd.stoptrace()


_NO_FILE_VALIDATION = "PYDEVD_DISABLE_FILE_VALIDATION"


def _import_pydevd():
    """Make debugpy's own copy of pydevd importable.

    It would warn, in red, of the standard library's frozen modules (Python 3.11 and newer), in which nobody stops. It
    reads its wish once, and the application's environment stays as it was.
    """
    is_ours = _NO_FILE_VALIDATION not in os.environ
    if is_ours:
        os.environ[_NO_FILE_VALIDATION] = "1"
    try:
        importlib.import_module("debugpy.server")
    finally:
        if is_ours:
            del os.environ[_NO_FILE_VALIDATION]


def _trace_none_but_the_caller():
    """Keep debugpy from tracing all threads at once, which it does by looking into the interpreter's memory.

    Apache's threads have a state for each interpreter, of which it may find another one; and threads that are idle
    would keep the tracer.
    """
    import pydevd_tracing
    from _pydevd_bundle.pydevd_constants import PYDEVD_USE_SYS_MONITORING

    if PYDEVD_USE_SYS_MONITORING:
        return

    def set_trace_to_threads(tracing_func, thread_idents=None, create_dummy_thread=True):
        # -1 has debugpy use sys.settrace.
        return -1

    pydevd_tracing.set_trace_to_threads = set_trace_to_threads


def _watch_for_no_more_than_is_wanted():
    """Have debugpy see whether it still needs ``sys.monitoring`` to tell of each call (Python 3.12 and newer).

    After a stop it would leave that on, and each call of every thread would be looked at for nothing.
    """
    from _pydevd_bundle.pydevd_constants import PYDEVD_USE_SYS_MONITORING

    if PYDEVD_USE_SYS_MONITORING:
        from _pydevd_sys_monitoring import pydevd_sys_monitoring

        pydevd_sys_monitoring.update_monitor_events()


_pdb_set_trace = pdb.set_trace
