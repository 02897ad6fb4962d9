"""Stopped threads: each waits in its own frame and does there what the editor asks, until it is resumed."""

import collections
import itertools
import queue
import threading

from . import completions, console, quiet, values, views
from .patience import PAGE_SECONDS, Patience


class Stop:
    """One thread at one place. Commands run in the stopped thread itself, so that thread-local state is the request's."""

    def __init__(self, thread_id, frames, exception, body):
        """
        :param frames: innermost first (:class:`frames.Frame`).
        :param exception: the exception of a post mortem, or None.
        :param body: what the ``stopped`` event says about it.
        """
        self.thread_id = thread_id
        self.frames = frames
        self.exception = exception
        self.body = body
        self.numbered = None
        """The frames with the numbers by which the editor knows them, once it has asked."""
        self._jobs = queue.Queue()

    def run(self, job):
        """Have a job done in the stopped thread; called from the channel's reader."""
        self._jobs.put(job)

    def wait(self):
        """Do jobs until one of them returns how to go on: ``continue``, ``next``, ``stepIn`` or ``stepOut``."""
        while True:
            mode = self._jobs.get()()
            if mode is not None:
                return mode


class Stops:
    """All stopped threads of the process, and the numbers by which the editor names their frames and values."""

    def __init__(self):
        self._by_thread = {}
        self._handles = {}
        self._numbers = itertools.count(1)
        # Reentrant: the end of a live stop is told by a finalizer, which may run anywhere.
        self._lock = threading.RLock()
        self._closed = False

    def add(self, stop):
        """:returns: False once the session is over: nobody would ever resume the thread."""
        with self._lock:
            if self._closed:
                return False
            self._by_thread[stop.thread_id] = stop
            return True

    def remove(self, stop):
        with self._lock:
            self._by_thread.pop(stop.thread_id, None)
        self.forget(stop)

    def forget(self, stop):
        """Let go of the values that were looked at in a stop that is over."""
        with self._lock:
            self._handles = {number: held for number, held in self._handles.items() if held[0] is not stop}

    def release_all(self):
        """Resume every stopped thread and let none stop again.

        :returns: how many there were.
        """
        with self._lock:
            self._closed = True
            stopped = list(self._by_thread.values())
        for stop in stopped:
            stop.run(lambda: "continue")
        return len(stopped)

    def of_thread(self, thread_id):
        """:raises LookupError: if that thread is not stopped (any more)."""
        with self._lock:
            stop = self._by_thread.get(thread_id)
        if stop is None:
            raise LookupError("thread %s is not stopped" % thread_id)
        return stop

    def held(self, number):
        """What a number stands for: ``(stop, thing)``.

        :raises LookupError: if its stop is over.
        """
        with self._lock:
            found = self._handles.get(number)
        if found is None:
            raise LookupError("this value belongs to a stop that is over")
        return found

    def hold(self, stop, thing):
        with self._lock:
            number = next(self._numbers)
            self._handles[number] = (stop, thing)
            return number


Holder = collections.namedtuple("Holder", "value expression frame")
"""What an editor unfolds: a value, Python that yields it in its frame (or None), and that frame."""


class Inspector:
    """Answers the editor's questions about a stop; every method runs in the stopped thread."""

    def __init__(self, stops):
        self._stops = stops

    def stack(self, stop):
        if stop.numbered is None:
            stop.numbered = self._numbered(stop)
        return stop.numbered

    def _numbered(self, stop):
        return [
            {
                "id": self._stops.hold(stop, frame),
                "name": frame.name,
                "path": frame.path,
                "line": frame.line,
                "origin": frame.origin,
            }
            for frame in stop.frames
        ]

    def scopes(self, stop, frame, exception):
        """:param exception: at which the thread has stopped, or None."""
        is_function = frame.locals is not frame.globals
        found = [
            ("Locals", "locals", values.Scope(frame.shown() if is_function else None, frame.assign)),
            ("Exception", "exception", values.Scope(views.of_exception(exception))),
            ("Return Values", "returnValue", values.Scope(frame.returned() or None)),
            ("Request", "request", values.Scope(views.of_request())),
            ("Globals", "globals", values.Scope(frame.globals, frame.globals.__setitem__)),
        ]
        return [
            {"name": name, "kind": kind, "reference": self._stops.hold(stop, Holder(scope, None, frame)), "named": len(scope.variables)}
            for name, kind, scope in found
            if scope.variables is not None
        ]

    def variables(self, stop, holder, start, count, reply):
        """Answer with a page of children: all of them, or after :data:`patience.PAGE_SECONDS` those that are ready."""
        page = values.children(holder.value, holder.expression, start, count)
        ready = []
        with Patience(lambda: reply(ready + [_unfinished(child) for child in page[len(ready):]])) as patience:
            for child in page:
                described = self._described(stop, child, holder.frame, patience)
                if patience.is_overdue:
                    return
                ready.append(described)
        reply(ready)

    def evaluate(self, stop, frame, source, context, reply):
        """Answer with a described value, and with what the code printed."""
        value, has_value, printed = None, True, ""
        if context == "hover":
            value = quiet.evaluate(source, frame)
        elif context == "repl":
            value, has_value, printed = console.run(source, frame)
        else:
            value = console.evaluate(source, frame)
        if not has_value or (context == "repl" and value is None):
            reply(dict(_NOTHING, printed=printed))
            return
        child = values.Child("", value, source.strip())
        show = values.TEXT_IN_CONTEXT.get(context, values.text)
        self._answer(stop, child, frame, show, lambda body: reply(dict(body, printed=printed)))

    def assign(self, stop, frame, target, source, reply):
        """Give what an expression names a new value and answer with that."""
        value = console.assign(target, source, frame)
        self._answer(stop, values.Child("", value, target.strip()), frame, values.text, reply)

    def set_variable(self, stop, holder, name, source, reply):
        """Give a child of a value a new one, evaluated in the value's frame, and answer with that."""
        new = console.evaluate(source, holder.frame)
        values.assign(holder.value, name, new)
        self._answer(stop, values.Child("", new), holder.frame, values.text, reply)

    def complete(self, frame, text):
        names, length = completions.complete(text, frame)
        return {"length": length, "items": [{"name": name, "kind": kind} for name, kind in names]}

    def _answer(self, stop, child, frame, show, reply):
        """Answer with one value, in time."""
        with Patience(lambda: reply(_unfinished(child))) as patience:
            described = self._described(stop, child, frame, patience, show)
        if not patience.is_overdue:
            reply(described)

    def _described(self, stop, child, frame, patience, show=values.text):
        def describe():
            named, indexed = values.counts(child.value)
            return show(child.value), named, indexed

        text, named, indexed = patience.spend(describe, (values.too_slow_text(child.value), 0, 0))
        reference = self._stops.hold(stop, Holder(child.value, child.expression, frame)) if named or indexed else 0
        return _description(child, text, reference, named, indexed)


_NOTHING = {"value": "", "type": "", "reference": 0, "named": 0, "indexed": 0}


def _unfinished(child):
    """A child whose value is not known yet when the page is due."""
    text = "<%s: not shown, the values of this page take longer than %d s>" % (
        values.type_name(child.value),
        PAGE_SECONDS,
    )
    return _description(child, text, 0, 0, 0)


def _description(child, text, reference, named, indexed):
    return {
        "name": str(child.name),
        "value": text,
        "type": values.type_name(child.value),
        "reference": reference,
        "named": named,
        "indexed": indexed,
        "expression": child.expression,
    }
