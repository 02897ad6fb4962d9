"""debugpy that waits until something needs it."""

import pdb
import threading

import pytest

from mod_wsgi_debug.deferred_live import DeferredLive


def test_is_started_once_and_everybody_waits_for_it():
    begun, go_on, starts = threading.Event(), threading.Event(), []

    def start():
        starts.append(threading.get_ident())
        begun.set()
        assert go_on.wait(10)

    live = DeferredLive(start)
    replied = threading.Event()
    live.demand_for(replied.set)
    assert begun.wait(10)
    second = threading.Thread(target=live.demand, daemon=True)
    second.start()
    second.join(0.05)
    assert second.is_alive() and not replied.is_set()
    go_on.set()
    second.join(10)
    assert not second.is_alive()
    assert replied.wait(10)
    assert len(starts) == 1


def test_a_failing_start_keeps_nobody_waiting():
    def start():
        raise RuntimeError("no debugpy")

    live = DeferredLive(start)
    with pytest.raises(RuntimeError):
        live.demand()
    live.demand()


def test_what_starts_it_may_demand_it():
    live = DeferredLive(lambda: live.demand())
    live.demand()


@pytest.mark.parametrize("has_debugpy", [True, False])
def test_set_trace_waits_and_stops_in_the_caller(monkeypatch, has_debugpy):
    stops = []

    class Pdb:
        def set_trace(self, frame):
            stops.append(("pdb", frame.f_code.co_name))

    monkeypatch.setattr(pdb, "Pdb", Pdb)
    monkeypatch.setattr(pdb, "set_trace", None)

    def start():
        if has_debugpy:
            pdb.set_trace = lambda: stops.append(("debugpy", None))

    DeferredLive(start).wait_in_set_trace()

    def application():
        pdb.set_trace()

    application()
    assert stops == [("debugpy", None) if has_debugpy else ("pdb", "application")]
