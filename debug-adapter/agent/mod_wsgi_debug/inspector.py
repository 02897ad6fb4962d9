"""Answers about a stopped thread: its frames, their variables, and what is evaluated in them."""

import collections

from . import completions, console, quiet, values, views
from .patience import PAGE_SECONDS, Patience

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
