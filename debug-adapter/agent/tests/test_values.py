"""Values as text, in bounded time and without running what nobody asked for."""

import os
import sys
import threading
import time

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from mod_wsgi_debug import completions, patience, quiet, values  # noqa: E402
from mod_wsgi_debug.refusal import Refusal  # noqa: E402


class Frame:
    def __init__(self, **names):
        self.locals = names
        self.globals = {"a_global": 1}


class Thing:
    kind = "thing"

    def __init__(self):
        self.plain = [1, {"key": (2,)}]
        self._hidden = 0

    @property
    def computed(self):
        raise AssertionError("a property was run")

    def method(self):
        return 1


class Slotted:
    __slots__ = ("slot",)

    def __init__(self):
        self.slot = "here"


class Wild:
    def __getattr__(self, name):
        raise AssertionError("__getattr__ was run")

    def __getitem__(self, key):
        raise AssertionError("__getitem__ was run")


class TestText:
    @pytest.mark.parametrize(
        "value",
        [[], (), set(), {}, [1, "a", None], (1,), (1, 2), {1}, frozenset(), {"a": [1, (2,)]}, {(1, 2): b"x"}, 1.5, "it's"],
    )
    def test_short_containers_read_as_python_writes_them(self, value):
        assert values.text(value) == repr(value)

    def test_large_containers_are_cut_and_quick(self):
        large = {"rows": [list(range(1000000))] * 3}
        before = time.perf_counter()
        line = values.text(large)
        assert time.perf_counter() - before < 0.2
        assert line.startswith("{'rows': [[0, 1, 2,") and len(line) < values.MAX_TEXT * 1.2

    def test_a_container_in_itself(self):
        loop = [1]
        loop.append(loop)
        assert values.text(loop).startswith("[1, [1, [1, ")

    def test_a_repr_that_raises(self):
        class Broken:
            def __repr__(self):
                raise ValueError("no\ntext")

        assert values.text([Broken()]).endswith("Broken: repr() raised ValueError: no>]")


class TestPatience:
    def test_python_that_never_ends_is_interrupted(self):
        def forever():
            while True:
                pass

        with patience.Patience() as watched:
            assert watched.spend(forever, "too slow") == "too slow"
            assert watched.spend(lambda: "quick", "too slow") == "quick"

    def test_a_handler_that_catches_everything_does_not_save_it(self):
        def stubborn():
            until = time.monotonic() + patience.VALUE_SECONDS + 0.5
            while time.monotonic() < until:
                try:
                    while time.monotonic() < until:
                        pass
                except BaseException:
                    pass

        with patience.Patience() as watched:
            assert watched.spend(stubborn, "too slow") == "too slow"
        # Nothing of it is left to come: the interpreter would raise it, or look for it, in the application's own code.
        assert sum(range(100000)) == 4999950000

    def test_what_does_not_come_back_in_time_is_told_by_another_thread(self):
        told = threading.Event()
        with patience.Patience(told.set) as watched:
            watched.spend(lambda: told.wait(patience.PAGE_SECONDS + 3), "too slow")
        assert told.is_set() and watched.is_overdue


class TestQuietly:
    @pytest.mark.parametrize(
        "expression, expected",
        [
            ("thing.plain[1]['key'][0]", 2),
            ("thing.kind", "thing"),
            ("thing.plain[-1]", {"key": (2,)}),
            ("slotted.slot", "here"),
            ("a_global", 1),
            ("len", len),
            ("Thing.kind", "thing"),
            ("1, thing.kind", (1, "thing")),
        ],
    )
    def test_looks_at_data(self, expression, expected):
        assert quiet.evaluate(expression, Frame(thing=Thing(), slotted=Slotted(), Thing=Thing)) == expected

    @pytest.mark.parametrize(
        "expression",
        ["thing.computed", "thing.method()", "wild['key']", "thing + thing", "[x for x in thing.plain]", "(y := 1)"],
    )
    def test_runs_nothing(self, expression):
        with pytest.raises(Refusal, match="would run code"):
            quiet.evaluate(expression, Frame(thing=Thing(), wild=Wild()))

    def test_does_not_ask_a_class_for_what_is_not_there(self):
        with pytest.raises(AttributeError):
            quiet.evaluate("wild.anything", Frame(wild=Wild()))


class TestCompletions:
    def complete(self, text):
        names, length = completions.complete(text, Frame(thing=Thing(), things=[Thing()], wild=Wild()))
        return [name for name, _kind in names], length

    def test_names(self):
        assert self.complete("x = th") == (["thing", "things"], 2)

    def test_attributes_with_underscores_last(self):
        names, length = self.complete("thing.")
        assert names[:4] == ["computed", "kind", "method", "plain"] and "_hidden" in names and length == 0

    def test_attributes_of_items(self):
        assert self.complete("things[0].pl") == (["plain"], 2)

    @pytest.mark.parametrize("text", ["thing.method().", "nobody.", "thing.computed.x", "wild.any.x"])
    def test_nothing_where_code_would_have_to_run(self, text):
        assert self.complete(text)[0] == []


class TestAssign:
    def test_items_and_attributes(self):
        thing = Thing()
        values.assign(thing, "plain", [1])
        values.assign(thing.plain, "[0]", 2)
        lookup = {"a": 1}
        values.assign(lookup, "'a'", 5)
        assert (thing.plain, lookup) == ([2], {"a": 5})

    def test_not_in_a_tuple(self):
        with pytest.raises(Refusal, match="tuple cannot be changed"):
            values.assign((1,), "[0]", 2)
