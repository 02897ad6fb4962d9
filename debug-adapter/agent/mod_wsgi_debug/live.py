"""Live debugging by debugpy: breakpoints, stepping, pause.

debugpy runs in this process and speaks the Debug Adapter Protocol with our adapter over a UNIX socket in the session's
private folder: nothing listens on the network.
"""

import pdb
import socket
import sys

from . import frames


class Unavailable(Exception):
    """Why there is no live debugging, as a sentence that says what to do."""


class LiveDebugger:
    """debugpy, connected to the adapter."""

    def __init__(self, socket_path, python):
        """Connect and wait until the adapter has set its breakpoints.

        :param python: the application's interpreter, for messages; ``sys.executable`` may be Apache's idea of it.
        :raises Unavailable: if debugpy is missing, too old, or does not work with this Python.
        """
        try:
            import debugpy
        except ImportError:
            raise Unavailable(
                "Breakpoints of the editor need the package debugpy, which %s does not have. Install it there: "
                "%s -m pip install debugpy" % (python, python)
            )
        if not hasattr(debugpy, "trigger_exception_handler"):
            raise Unavailable(
                "Breakpoints of the editor need a newer debugpy than %s. Update it: "
                "%s -m pip install --upgrade debugpy" % (debugpy.__version__, python)
            )
        self.version = debugpy.__version__
        self._debugpy = debugpy
        try:
            self._connect(socket_path)
        except Exception as error:
            raise Unavailable("debugpy %s does not start here: %s" % (self.version, error))

    def _connect(self, socket_path):
        import debugpy.server  # makes debugpy's own copy of pydevd importable
        import pydevd

        def connect_to_adapter(host, port):
            stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            stream.connect(socket_path)
            return stream

        # debugpy knows TCP only, which any user of the machine could reach.
        original = pydevd.start_client
        pydevd.start_client = connect_to_adapter
        try:
            self._debugpy.connect(("127.0.0.1", 1))
        finally:
            pydevd.start_client = original
        self._debugpy.wait_for_client()
        pdb.set_trace = _set_trace

    def trace_this_thread(self, is_wanted):
        """Have debugpy see what the calling thread does: Apache's own threads are made by C, and it misses those.

        :param is_wanted: False where there is no breakpoint to be found: the thread then runs at full speed.
        """
        if is_wanted:
            self._debugpy.debug_this_thread()
        self._debugpy.trace_this_thread(is_wanted)

    def post_mortem(self, exception):
        """Stop at the place where the exception was raised, until the user goes on."""
        self._debugpy.debug_this_thread()
        self._debugpy.trigger_exception_handler(exception.with_traceback(frames.without_launcher(exception.__traceback__)), False)


def _set_trace(*_arguments, **_options):
    """``pdb.set_trace()`` stops in the editor, in the frame that calls it."""
    import pydevd

    pydevd.settrace(suspend=True, trace_only_current_thread=True, patch_multiprocessing=False,
                    stop_at_frame=sys._getframe().f_back)
