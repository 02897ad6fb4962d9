"""Stack frames: which ones a stop shows, and whose code each one is."""

import os
import sysconfig
import types

AGENT_FOLDER = os.path.dirname(os.path.abspath(__file__))

_LIBRARY_FOLDERS = tuple(
    os.path.realpath(folder) + os.sep
    for folder in {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    if folder
)


_LAUNCHER_PACKAGES = ("mod_wsgi", "mod_wsgi_debug", "request_coverage")
"""Upstream's launcher, and what the agent brings along; our launcher's modules share a prefix."""


class Frame:
    """A Python frame at a line, with the namespaces that the console and the variables view work on.

    The locals are taken once: before Python 3.13 every look at ``f_locals`` writes the frame's own values over
    what the console has assigned.
    """

    def __init__(self, frame, line):
        self.name = frame.f_code.co_name
        self.path = frame.f_code.co_filename
        self.line = line
        self.locals = frame.f_locals
        self.globals = frame.f_globals
        self.origin = _origin(frame)

    def shown(self):
        """The locals that the application itself has."""
        return self.locals

    def returned(self):
        """``{function: value}`` of what the functions that were called last have returned, as far as it is known."""
        return {}

    def assign(self, name, value):
        """Give a local variable a value that the frame goes on with."""
        self.locals[name] = value
        self.commit()

    def commit(self):
        """Have what was written into ``locals`` reach the running code. In a tracer's call Python does so by itself."""


def _origin(frame):
    """``user``, ``library`` (the standard library, installed packages) or ``launcher`` (what runs the application)."""
    if frame.f_globals.get("__mod_wsgi_launcher__"):
        return "launcher"
    path = os.path.realpath(frame.f_code.co_filename)
    if path.startswith(AGENT_FOLDER + os.sep):
        return "launcher"
    package = (frame.f_globals.get("__name__") or "").split(".")[0]
    if package in _LAUNCHER_PACKAGES or package.startswith("_mod_wsgi_express_"):
        return "launcher"
    if path.startswith("<frozen ") or path.startswith(_LIBRARY_FOLDERS) or "/site-packages/" in path:
        return "library"
    if "/dist-packages/" in path:
        return "library"
    return "user"


def of_traceback(traceback):
    """The frames of a traceback, innermost first, without the launcher's."""
    found = []
    while traceback is not None:
        found.append(Frame(traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return [frame for frame in reversed(found) if frame.origin != "launcher"]


def without_launcher(traceback):
    """A traceback from where it enters the application; None where it never does (a syntax error in the script)."""
    while traceback is not None and _origin(traceback.tb_frame) == "launcher":
        traceback = traceback.tb_next
    return traceback


def of_frame(frame):
    """The frames from a running one outwards, innermost first, without the launcher's."""
    found = []
    while frame is not None:
        found.append(Frame(frame, frame.f_lineno))
        frame = frame.f_back
    return [frame for frame in found if frame.origin != "launcher"]


def is_launcher_frame(frame):
    """Whether a frame is not the application's: stepping has left it, or it is what runs it."""
    return frame is None or _origin(frame) == "launcher"


def is_user_frame(frame):
    """Whether a frame is of the user's own code."""
    return not frame.f_code.co_filename.startswith("<") and _origin(frame) == "user"


def caller_outside_pdb(frame):
    """The innermost frame, from this one outwards, that is not pdb's own."""
    while frame is not None and frame.f_globals.get("__name__") in ("pdb", "bdb", "cmd"):
        frame = frame.f_back
    return frame


def raised_in_its_file(error):
    """A SyntaxError as if the line with the mistake had raised it: the debugger can stop there and show it.

    :returns: the same exception, its traceback one frame longer; unchanged where it names no line.
    """
    if not error.filename or not error.lineno:
        return error
    code = compile("\n" * (error.lineno - 1) + "raise error", error.filename, "exec")
    before = error.__traceback__
    try:
        exec(code, {"__name__": "__main__", "__file__": error.filename, "error": error.with_traceback(None)})
    except SyntaxError as raised:
        innermost = raised.__traceback__
        while innermost.tb_next is not None:
            innermost = innermost.tb_next
        return error.with_traceback(_continued(before, innermost))


def _continued(traceback, end):
    if traceback is None:
        return end
    following = _continued(traceback.tb_next, end)
    return types.TracebackType(following, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
