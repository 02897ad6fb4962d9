"""What the console's pdb commands print about a place in the code and the names that are known there."""

import ast
import code
import contextlib
import inspect
import io
import linecache
import pprint
import re
import textwrap
import threading

from . import console, values

_AROUND = 5
"""Lines before and after the current one that ``list`` shows."""

_interactions = threading.local()


def is_python(frame, source):
    """Whether an entry that reads like a pdb command is meant as Python: it compiles, and begins with a known name."""
    try:
        tree = ast.parse(source.strip())
    except SyntaxError:
        return False
    first = re.match(r"\w*", source.strip()).group()
    assigns = bool(tree.body) and isinstance(tree.body[0], (ast.Assign, ast.AugAssign, ast.AnnAssign))
    return assigns or first in frame.locals or first in frame.globals


def listing(frame, first=None, last=None):
    """Lines of a file, numbered, with an arrow at the current one."""
    start = max(1, first if first is not None else frame.line - _AROUND)
    end = last if last is not None else (start + 2 * _AROUND if first is not None else frame.line + _AROUND)
    if first is not None and last is not None and last < first:
        end = first + last  # pdb's "list 10, 5": five lines more
    return _numbered(frame, start, end)


def function_listing(frame):
    """The whole function around a line, or the whole file where it is in none."""
    function = _function_at(frame)
    if function is None:
        return _numbered(frame, 1, len(linecache.getlines(frame.path)))
    decorators = [decorator.lineno for decorator in getattr(function, "decorator_list", ())]
    return _numbered(frame, min([function.lineno, *decorators]), function.end_lineno)


def _numbered(frame, start, end):
    linecache.checkcache(frame.path)
    lines = linecache.getlines(frame.path)
    if not lines:
        return "The source of %s cannot be read." % frame.path
    if start > len(lines):
        return "%s has %d lines." % (frame.path, len(lines))
    numbered = [
        "%4d%s%s" % (number, "  ->" if number == frame.line else "    ", "\t" + lines[number - 1].rstrip())
        for number in range(start, min(end, len(lines)) + 1)
    ]
    return "\n".join(numbered)


def _function_at(frame):
    linecache.checkcache(frame.path)
    try:
        tree = ast.parse("".join(linecache.getlines(frame.path)))
    except SyntaxError:
        return None
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.lineno <= frame.line <= node.end_lineno
    ]
    return max(around, key=lambda node: node.lineno, default=None)


def arguments(frame):
    """The arguments of the frame's function, with the values that their names have now."""
    function = _function_at(frame)
    if function is None:
        return "This frame is no function."
    taken = function.args
    given = getattr(taken, "posonlyargs", []) + taken.args + taken.kwonlyargs + [taken.vararg, taken.kwarg]
    lines = [
        "%s = %s" % (one.arg, pprint.pformat(frame.locals[one.arg]) if one.arg in frame.locals else "*** deleted")
        for one in given
        if one is not None
    ]
    return "\n".join(lines) or "%s() takes no arguments." % function.name


def pretty(frame, expression):
    return pprint.pformat(console.evaluate(expression, frame))


def kind(frame, expression):
    """Function, method, class, or else the value's type."""
    value = console.evaluate(expression, frame)
    if inspect.isclass(value):
        return "Class %s.%s" % (value.__module__, value.__qualname__)
    if inspect.ismethod(value):
        return "Method %s" % value.__func__.__qualname__
    if inspect.isfunction(value):
        return "Function %s" % value.__qualname__
    return values.type_name(value)


def source(frame, expression):
    value = console.evaluate(expression, frame)
    lines, start = inspect.getsourcelines(inspect.unwrap(value) if callable(value) else value)
    return "\n".join("%4d    \t%s" % (number, line.rstrip()) for number, line in enumerate(lines, start or 1))


def interact(frame):
    """Begin an interpreter whose names are a copy of the frame's."""
    _interactions.console = _Interpreter({**frame.globals, **frame.locals})
    where = "%s:%d" % (frame.path, frame.line)
    return "Python in a copy of the names of %s; what you assign stays here. exit() returns to the debug console." % where


def interact_entry(_frame, source):
    """One entry for the interpreter of :func:`interact`."""
    return _interactions.console.enter(source)


class _Interpreter(code.InteractiveInterpreter):
    def enter(self, source):
        """Run an entry and return what it printed."""
        self._printed = io.StringIO()
        with contextlib.redirect_stdout(self._printed):
            # An entry is whole: as in a file, a block need not be ended by an empty line.
            symbol = "single" if "\n" not in source.strip() else "exec"
            if self.runsource(textwrap.dedent(source) + "\n", "<console>", symbol):
                self.write("SyntaxError: the entry is not complete\n")
        return self._printed.getvalue().rstrip("\n")

    def write(self, data):
        self._printed.write(data)


CALLS = {
    "isPython": is_python,
    "list": listing,
    "longList": function_listing,
    "arguments": arguments,
    "pretty": pretty,
    "kind": kind,
    "source": source,
    "interact": interact,
    "interactEntry": interact_entry,
}
"""By the names under which the adapter calls them; each takes the frame first."""
