"""Which exceptions stop: the filters that the user has switched on, their conditions, and the places to ignore."""

import re

from . import exception_details

DEFAULTS = ("uncaught", "swallowed")
"""Exceptions that leave the application; those that a framework turns into an error page."""

_CLASSES = re.compile(r"\s*!?[A-Za-z_][\w.]*(\s*,\s*!?[A-Za-z_][\w.]*)*\s*$")


class Condition:
    """A condition on a filter: class names (``KeyError, !NotFound``) or Python in the frame that raised."""

    def __init__(self, text):
        """:raises SyntaxError: with what is wrong, if it is neither."""
        self.text = text
        self._names = [name.strip() for name in text.split(",")] if _CLASSES.match(text) else []
        self._code = None if _are_class_names(self._names) else compile(text.strip(), "<condition>", "eval")

    def holds(self, exception, frame):
        """
        :param frame: the one that is to blame (:class:`frames.Frame`); its names and ``exception`` are the condition's.
        :raises Exception: whatever the condition raises.
        """
        if self._names and self._holds_by_name(exception):
            return True
        if self._code is None:
            return False
        namespace = dict(frame.globals)
        namespace.update(frame.locals)
        namespace["exception"] = exception
        found = eval(self._code, namespace)
        classes = found if isinstance(found, tuple) else (found,)
        if classes and all(isinstance(one, type) and issubclass(one, BaseException) for one in classes):
            return isinstance(exception, classes)
        return bool(found)

    def _holds_by_name(self, exception):
        lineage = {name for cls in type(exception).__mro__ for name in _spellings(cls)}
        wanted = [name for name in self._names if not name.startswith("!")]
        excluded = [name[1:].strip() for name in self._names if name.startswith("!")]
        return (not wanted or any(name in lineage for name in wanted)) and not any(
            name in lineage for name in excluded
        )


def _are_class_names(names):
    """Classes are capitalized; ``exception.is_fatal`` and ``socket.timeout`` cannot be told apart without a look."""
    return bool(names) and all(name.startswith("!") or name.split(".")[-1][0].isupper() for name in names)


def _spellings(cls):
    """``Missing``, ``errors.Missing``, ``shop.errors.Missing``."""
    parts = cls.__module__.split(".") + [cls.__qualname__]
    return [".".join(parts[start:]) for start in range(len(parts))]


class ExceptionFilters:
    """The user's choice; what is not chosen does not stop."""

    def __init__(self, warn):
        """:param warn: takes a sentence, for a condition that fails."""
        self._warn = warn
        self._conditions = {name: None for name in DEFAULTS}
        self._ignored = set()
        self._failed = set()

    def set(self, filters, ignored):
        """
        :param filters: ``{"name": …, "condition": text or None}``.
        :param ignored: ``{"type": …, "path": …, "line": …}``.
        :returns: one for each filter: None, or why its condition is none, a sentence. Such a filter does not stop.
        """
        self._conditions = {}
        self._failed = set()
        problems = []
        for chosen in filters:
            try:
                condition = Condition(chosen["condition"]) if chosen.get("condition") else None
            except (SyntaxError, ValueError) as error:
                problems.append("The condition is neither class names nor a Python expression: %s" % error)
                continue
            self._conditions[chosen["name"]] = condition
            problems.append(None)
        self._ignored = {(place["type"], place["path"], place["line"]) for place in ignored}
        return problems

    def wants(self, name, exception, found):
        """Whether to stop.

        :param name: of the filter that the exception falls under.
        :param found: the exception's frames, innermost first.
        """
        if name not in self._conditions:
            return False
        if self._ignored and place(exception, found) in self._ignored:
            return False
        condition = self._conditions[name]
        if condition is None:
            return True
        try:
            return condition.holds(exception, exception_details.place_of(found))
        except Exception as error:
            if condition.text not in self._failed:
                self._failed.add(condition.text)
                self._warn(
                    "The condition %r of an exception filter cannot be evaluated in %s, so nothing stops there: %s"
                    % (condition.text, exception_details.place_of(found).name, exception_details.one_line(error))
                )
            return False


def place(exception, found):
    """What is ignored together: ``(class, path, line)``."""
    frame = exception_details.place_of(found)
    return exception_details.type_name(exception), frame.path, frame.line
