"""Breakpoints that are set before the first request."""

import _thread
import bdb
import io
import pdb
import sys
import threading

import pytest

import post_mortem


def stopping(environ, start_response):
    here = 1
    return [here]


LINE = stopping.__code__.co_firstlineno + 1


@pytest.fixture
def terminal(monkeypatch):
    """pdb with these commands on its input."""
    real = pdb.Pdb
    output = io.StringIO()

    def commands(*lines):
        source = io.StringIO("".join(line + "\n" for line in lines))

        class Scripted(real):
            def __init__(self):
                super().__init__(stdin=source, stdout=output, nosigint=True, readrc=False)

        monkeypatch.setattr(pdb, "Pdb", Scripted)
        return output

    before = sys.gettrace()
    yield commands
    sys.settrace(before)
    # Breakpoints belong to the process, not to one debugger.
    for breakpoint in filter(None, bdb.Breakpoint.bpbynumber):
        breakpoint.deleteMe()


def foreign(function):
    """Runs in a thread that Apache might have made; returns what it returned."""
    done = threading.Event()
    results = []

    def run():
        try:
            results.append(function())
        finally:
            sys.settrace(None)
            done.set()

    _thread.start_new_thread(run, ())
    assert done.wait(10)
    return results[0]


def test_stops_at_startup_and_then_in_a_request_of_another_thread(terminal):
    output = terminal("b %s:%d" % (__file__, LINE + 1), "c", "p here", "here = 2", "c")
    application = post_mortem.PostMortem(stopping)
    application.stop_at_startup()
    assert "_here_the_application_is_loaded" in output.getvalue()
    assert foreign(lambda: application({}, None)) == [2]
    assert "-> return [here]" in output.getvalue()


def test_going_on_without_breakpoints_costs_nothing(terminal):
    terminal("c")
    application = post_mortem.PostMortem(stopping)
    application.stop_at_startup()
    assert foreign(lambda: (application({}, None), sys.gettrace())) == ([1], None)


def test_quitting_leaves_the_debugger_and_not_the_server(terminal):
    output = terminal("b %s:%d" % (__file__, LINE + 1), "q")
    application = post_mortem.PostMortem(stopping)
    application.stop_at_startup()
    assert application({}, None) == [1]
    assert "-> return [here]" not in output.getvalue()
