"""What the entry script calls: connect to the adapter, take pdb's place, load the application."""

import functools
import json
import os
import shutil
import signal
import sys
import threading
import traceback

import mod_wsgi_debug

from . import exception_details, frames, loader, requests
from .channel import Channel
from .debugger import Debugger
from .deferred_live import DeferredLive
from .frameworks import FrameworkHooks
from .refusal import Refusal
from .seen_response import EndingResponse, is_plain
from .stops import Stops


def load(settings_path):
    """Load the user's application under the debugger.

    :param settings_path: JSON written by the debug adapter: ``socket``, ``token``, ``folder`` (the session's),
        ``python`` (the application's interpreter, for messages), ``program`` or ``module``, ``callable``, ``coverageSource`` (folders, or null for no measurement),
        ``liveSocket`` (where debugpy connects to, or null), ``isLiveAtOnce`` (whether it is ready before the application
        is loaded, or when it is needed), ``debugpyFolders`` (where to look for debugpy when the
        application's environment has none), ``stopOnEntry`` (whether to stop where the application begins).
    :returns: a WSGI application. One that cannot be loaded stops in the editor and then answers 500.
    """
    mod_wsgi_debug.is_launched = True
    with open(settings_path) as file:
        settings = json.load(file)
    # The token is for us alone: nothing that the application starts or serves shall find it.
    os.unlink(settings_path)
    return Session(settings).load()


class Session:
    def __init__(self, settings):
        self._settings = settings
        self._stops = Stops()
        self._debugger = Debugger(self._stops, self._send_event, self._warn)
        self._hooks = FrameworkHooks(self._debugger.post_mortem, self._warn)
        self._coverage = None
        self._channel = None
        self._live = None

    # What is of use only when something has stopped is imported then: a start waits for each module that is compiled.

    @functools.cached_property
    def _inspector(self):
        from .inspector import Inspector

        return Inspector(self._stops)

    @functools.cached_property
    def _live_stops(self):
        from .live_stops import LiveStops

        return LiveStops(self._stops.forget)

    def load(self):
        self._channel = Channel.connect(
            self._settings["socket"], self._settings["token"], self._on_command, self._on_lost
        )
        self._debugger.install()
        _write_lines_at_once()
        self._start_live_debugging()
        self._start_coverage()
        if self._settings.get("stopOnEntry"):
            self._debugger.stop_when_entered()
        with requests.loading():
            return self._load_or_explain()

    def _load_or_explain(self):
        try:
            application = self._load_application()
        except loader.ApplicationMissing as error:
            self._send_event("loadFailed", {"message": str(error)})
            raise
        except Exception as error:
            error = error.with_traceback(frames.without_launcher(error.__traceback__))
            self._send_event("loadFailed", {"message": "", "exception": exception_details.describe(error)})
            if isinstance(error, SyntaxError):
                error = frames.raised_in_its_file(error)
            self._debugger.post_mortem(error, "raised while the application was being loaded")
            return _failing(error)
        self._hooks.connect_imported()
        self._send_event("loaded", {"version": sys.version.split()[0]})
        if self._live:
            self._live.demand_later()
        return self._per_request(application)

    def _load_application(self):
        program = self._settings.get("program")
        if program:
            module, where = loader.load_script(program), program
        else:
            module, where = loader.load_module(self._settings["module"]), self._settings["module"]
        return loader.find_application(module, self._settings.get("callable"), where)

    def _start_live_debugging(self):
        if self._settings.get("liveSocket") is None:
            return
        if self._settings["isLiveAtOnce"]:
            self._go_live()
            self._debugger.trace_this_thread()
            return
        self._live = DeferredLive(self._go_live)
        self._live.wait_in_set_trace()
        self._debugger.demand_live = self._live.demand
        self._send_event("liveOnDemand", {})

    def _go_live(self):
        from .live import LiveDebugger, Unavailable, unix_stream

        try:
            self._debugger.live = LiveDebugger(
                unix_stream(self._settings["liveSocket"]), self._settings["debugpyFolders"], self._settings["python"]
            )
        except Unavailable as reason:
            self._send_event("notLive", {"message": str(reason)})

    def _start_coverage(self):
        source = self._settings.get("coverageSource")
        if source is None:
            return
        try:
            from request_coverage import MONITORED, RequestCoverage

            self._coverage = RequestCoverage(source, MONITORED if self._settings.get("liveSocket") else None)
        except ImportError as error:
            self._warn(
                "Coverage is off: the coverage package cannot be imported by %s (%s). Install it there: "
                "%s -m pip install coverage" % (self._settings["python"], error, self._settings["python"])
            )
            return
        self._coverage.start()

    def _per_request(self, application):
        def begin(environ, start_response):
            self._begin_request(environ)
            try:
                response = application(environ, self._hooks.watched(start_response))
            except Exception:
                raise  # the launcher's to show, by a post mortem, which is still a part of the request
            except BaseException:
                self._debugger.end_request()
                raise
            if is_plain(response, environ):
                self._debugger.end_request()
                return response
            return EndingResponse(response, self._debugger.end_request)

        return self._coverage.wrap(begin) if self._coverage else begin

    def _begin_request(self, environ):
        request = requests.begin(environ)
        self._hooks.connect_imported()
        self._debugger.begin_request(request)

    def _send_event(self, event, body):
        self._channel.send_event(event, body)

    def _warn(self, sentence):
        self._send_event("notice", {"message": sentence})

    # What the adapter asks; the channel's reader calls it.

    def _on_command(self, command, arguments, reply):
        try:
            handler = _COMMANDS[command]
            handler(self, arguments, reply)
        except LookupError as error:
            reply(error=str(error))

    def _in_stop(self, stop, reply, answer):
        """Have the stopped thread answer: what it raises is the answer's error, not ours."""

        def job():
            try:
                answer()
            except Refusal as refusal:
                reply(error=str(refusal))
            except BaseException as error:
                reply(error="".join(traceback.format_exception_only(type(error), error)).strip())

        stop.run(job)

    def _frame(self, number):
        """``(stop, frame)``, whoever stops threads here."""
        if self._debugger.live:
            return self._live_stops.held(number)
        return self._stops.held(number)

    def _stack(self, arguments, reply):
        stop = self._stops.of_thread(arguments["thread"])
        self._in_stop(stop, reply, lambda: reply(self._inspector.stack(stop)))

    def _scopes(self, arguments, reply):
        stop, frame = self._frame(arguments["frame"])

        def answer():
            exception = self._debugger.post_mortem_exception() or stop.exception
            reply(self._inspector.scopes(stop, frame, exception))

        self._in_stop(stop, reply, answer)

    def _variables(self, arguments, reply):
        stop, holder = self._stops.held(arguments["reference"])
        start, count = arguments.get("start") or 0, arguments.get("count") or 0
        self._in_stop(stop, reply, lambda: self._inspector.variables(stop, holder, start, count, reply))

    def _evaluate(self, arguments, reply):
        stop, frame = self._frame(arguments["frame"])
        source, context = arguments["expression"], arguments.get("context")
        self._in_stop(stop, reply, lambda: self._inspector.evaluate(stop, frame, source, context, reply))

    def _assign(self, arguments, reply):
        stop, frame = self._frame(arguments["frame"])
        target, source = arguments["expression"], arguments["value"]
        self._in_stop(stop, reply, lambda: self._inspector.assign(stop, frame, target, source, reply))

    def _set_variable(self, arguments, reply):
        stop, holder = self._stops.held(arguments["reference"])
        name, source = arguments["name"], arguments["value"]
        self._in_stop(stop, reply, lambda: self._inspector.set_variable(stop, holder, name, source, reply))

    def _complete(self, arguments, reply):
        stop, frame = self._frame(arguments["frame"])
        self._in_stop(stop, reply, lambda: reply(self._inspector.complete(frame, arguments["text"])))

    def _call(self, arguments, reply):
        from . import frame_calls

        stop, frame = self._frame(arguments["frame"])
        function = frame_calls.CALLS[arguments["name"]]
        self._in_stop(stop, reply, lambda: reply(function(self._debugger, frame, **arguments["arguments"])))

    def _exception(self, arguments, reply):
        stop = self._stops.of_thread(arguments["thread"])
        if stop.exception is None:
            reply(error="the thread did not stop at an exception")
            return
        self._in_stop(stop, reply, lambda: reply(exception_details.describe(stop.exception)))

    def _resume(self, arguments, reply):
        stop = self._stops.of_thread(arguments["thread"])
        if stop.exception is not None and arguments["mode"] != "continue":
            reply(error="The exception has already been raised: there is no next line to step to. Continue lets the "
                        "request end.")
            return
        reply()
        stop.run(lambda: arguments["mode"])

    def _release(self, arguments, reply):
        reply(self._stops.release_all())

    def _filters(self, arguments, reply):
        reply(self._debugger.filters.set(arguments["filters"], arguments["ignored"]))

    def _selection(self, arguments, reply):
        self._debugger.selection = requests.Selection(arguments["patterns"])
        reply()

    def _run_to_next_request(self, arguments, reply):
        self._debugger.run_to_next_request()
        reply()

    def _requests(self, arguments, reply):
        reply([{"thread": thread, "request": request.label} for thread, request in requests.live().items()])

    def _last_request(self, arguments, reply):
        request = requests.last()
        reply(request and request.record(reads_on=False))

    def _live_now(self, arguments, reply):
        self._live.demand_for(reply)

    def _trace(self, arguments, reply):
        self._debugger.is_tracing = arguments["isWanted"]
        reply()

    def _coverage_snapshot(self, arguments, reply):
        try:
            reply(self._coverage.snapshot() if self._coverage else {})
        except Exception as error:
            reply(error="coverage: %s" % error)

    def _on_lost(self):
        """The adapter is gone, however it went: nothing of the session stays."""
        self._stops.release_all()
        shutil.rmtree(self._settings["folder"], ignore_errors=True)
        os.kill(os.getpid(), signal.SIGTERM)
        # A request that never ends would keep Apache waiting for ever.
        timer = threading.Timer(3, os._exit, [1])
        timer.daemon = True
        timer.start()


_COMMANDS = {
    "stack": Session._stack,
    "scopes": Session._scopes,
    "variables": Session._variables,
    "evaluate": Session._evaluate,
    "assign": Session._assign,
    "setVariable": Session._set_variable,
    "complete": Session._complete,
    "call": Session._call,
    "exception": Session._exception,
    "resume": Session._resume,
    "release": Session._release,
    "filters": Session._filters,
    "selection": Session._selection,
    "runToNextRequest": Session._run_to_next_request,
    "requests": Session._requests,
    "lastRequest": Session._last_request,
    "live": Session._live_now,
    "trace": Session._trace,
    "coverage": Session._coverage_snapshot,
}


def _write_lines_at_once():
    """Standard output is a pipe to the editor, and Python would keep what is printed until it has 8 KiB of it."""
    try:
        sys.stdout.reconfigure(line_buffering=True)
    except (AttributeError, ValueError):
        pass  # replaced by something that decides for itself


def _failing(error):
    """An application that could not be loaded: each request says so, in the log and by a 500."""

    def application(environ, start_response):
        raise RuntimeError("the application could not be loaded: %s" % error) from error

    return application
