"""A debug adapter attached to a process that listens, one at a time, from its coming to its going."""

import os
import pdb
import sys
import sysconfig
import threading
import tokenize

from . import debugpy_source, frames
from .bootstrap import Session
from .channel import PROTOCOL_VERSION, Channel
from .frameworks import FrameworkHooks
from .live import LiveDebugger, Unavailable
from .seen_response import SeenResponse, is_plain

_HANDOVER_SECONDS = 3
"""How long an adapter waits for the last one to be gone."""


class Attachments:
    """Takes the visitors that a door has let in."""

    def __init__(self, applications):
        self._applications = applications
        # A framework is connected once in the life of the process, and whoever is attached hears of it.
        self._hooks = FrameworkHooks(self._post_mortem, self._warn)
        self._is_free = threading.Lock()
        self._current = None

    def receive(self, visitor):
        """Serve a visitor until it goes."""
        current = self._current
        if visitor.want == "control":
            self._attach(visitor)
        elif visitor.want == "live" and current is not None:
            visitor.accept()
            current.go_live(visitor.stream)
        else:
            visitor.refuse("want", "nothing to be had here by the name of %s" % visitor.want)

    def close(self):
        """The process ends."""
        current = self._current
        if current is not None:
            current.detach()
            current.close()

    def _attach(self, visitor):
        if not self._is_free.acquire(timeout=_HANDOVER_SECONDS):
            visitor.refuse("busy", "process %d is being debugged by somebody else" % os.getpid())
            return
        with visitor.stream:
            try:
                visitor.accept()
                self._current = Attachment(visitor.stream, self._applications, self._hooks)
                self._current.run()
            except OSError:
                pass  # gone before it was there
            finally:
                self._current = None
                self._is_free.release()

    def _post_mortem(self, *arguments, **options):
        current = self._current
        if current is not None:
            current.post_mortem(*arguments, **options)

    def _warn(self, sentence):
        current = self._current
        if current is not None:
            current.warn(sentence)


class Attachment(Session):
    """A debug session in a process that somebody else has started, and that goes on after it."""

    def __init__(self, stream, applications, hooks):
        super().__init__({"python": _interpreter(), "debugpyFolders": debugpy_source.packed()})
        self._hooks = hooks
        self._channel = Channel(stream, self._on_command, self.detach)
        self._applications = applications
        self._watch = None
        self._pdb = (pdb.Pdb, sys.breakpointhook, os.environ.get("PYTHONBREAKPOINT"))
        self._working = threading.local()
        self._lock = threading.Lock()
        self._is_over = False

    def run(self):
        """Until the adapter is gone; every trace of it is gone then, too."""
        mod_wsgi = sys.modules.get("mod_wsgi")
        self._send_event("hello", {
            "protocol": PROTOCOL_VERSION,
            "pid": os.getpid(),
            "python": sys.version.split()[0],
            "processGroup": getattr(mod_wsgi, "process_group", ""),
            "applicationGroup": getattr(mod_wsgi, "application_group", ""),
            "isDjango": "django" in sys.modules,
            "agentFolder": frames.AGENT_FOLDER,
            "libraries": sorted({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}),
        })
        self._channel.read()

    def go_live(self, stream):
        """The adapter offers debugpy a connection. Whether it is taken or not, requests are seen from then on."""
        live = None
        try:
            live = LiveDebugger(lambda: stream, self._settings["debugpyFolders"], self._settings["python"])
        except Unavailable as reason:
            stream.close()
            self._send_event("notLive", {"message": str(reason)})
        with self._lock:
            if not self._is_over:
                self._debugger.live = live
                self._debugger.install()
                self._watch = self._applications.watch(self._see)
                self._send_event("watching", {})
                return
        if live is not None:
            live.close()

    def detach(self):
        """Let everything that is stopped go on, and leave the application as it was found."""
        with self._lock:
            if self._is_over:
                return
            self._is_over = True
        if self._watch is not None:
            self._watch.end()
        else:
            LiveDebugger.stop_waiting()
        self._debugger.filters.set([], [])
        self._stops.release_all()
        if self._debugger.live is not None:
            self._debugger.live.close()
        pdb.Pdb, sys.breakpointhook, hook = self._pdb
        if hook is not None:
            os.environ["PYTHONBREAKPOINT"] = hook

    def close(self):
        self._channel.close()

    def post_mortem(self, *arguments, **options):
        self._debugger.post_mortem(*arguments, **options)

    def warn(self, sentence):
        self._warn(sentence)

    def _on_command(self, command, arguments, reply):
        if command == "detach":
            self.detach()
            reply()
        elif command == "source":
            try:
                with tokenize.open(arguments["path"]) as file:
                    reply(file.read())
            except (OSError, SyntaxError, UnicodeDecodeError) as error:
                reply(error="%s cannot be read: %s" % (arguments["path"], error))
        else:
            super()._on_command(command, arguments, reply)

    def _see(self, application, environ, start_response):
        """A request, from its call to the end of its response."""
        if getattr(self._working, "is_busy", False):
            return application(environ, start_response)  # an application that calls another one
        thread = threading.current_thread()
        name = thread.name
        self._working.is_busy = True

        def end():
            self._working.is_busy = False
            self._debugger.end_request()
            thread.name = name
            if self._debugger.live is not None:
                self._debugger.live.trace_this_thread(False)

        self._begin_request(environ)
        try:
            response = application(environ, self._hooks.watched(start_response))
        except BaseException as error:
            self._left(error)
            end()
            raise
        if is_plain(response, environ):
            end()
            return response
        return SeenResponse(response, self._left, end)

    def _left(self, error):
        if isinstance(error, Exception):
            self._debugger.post_mortem(error, "left the application")


def _interpreter():
    """Python's program, for messages: ``sys.executable`` may be Apache."""
    if "python" in os.path.basename(sys.executable or ""):
        return sys.executable
    return os.path.join(sys.exec_prefix, "bin", "python3")
