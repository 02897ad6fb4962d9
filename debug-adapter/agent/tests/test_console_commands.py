"""What pdb's commands print about a stopped frame."""

import sys

import pytest

SHOP = """
import functools

def logged(function):
    return functools.wraps(function)(lambda *given, **named: function(*given, **named))

@logged
def total(cart, *more, discount=0, **options):
    amount = [3] * 40
    raise KeyError(cart[0]) from ValueError("no tea")  # raises

def application(environ, start_response):
    return [total(["tea"], 1, discount=2)]
"""


@pytest.fixture
def call(start):
    adapter = start(SHOP)
    adapter.expect("loaded")
    adapter.request("GET /")
    stop = adapter.expect("stopped")
    frame = adapter.ask("stack", thread=stop["thread"])[0]["id"]

    def ask(name, **arguments):
        return adapter.ask("call", frame=frame, name=name, arguments=arguments)

    ask.adapter, ask.stop, ask.frame = adapter, stop, frame
    return ask


def test_listings(call):
    line = call.adapter.marked_line("# raises")
    assert "%4d  ->\t    raise KeyError" % line in call("list")
    assert len(call("list").split("\n")) == 11 - max(0, line + 5 - len(SHOP.split("\n")) + 1)
    assert call("list", first=2, last=2) == "   2    \timport functools"
    assert len(call("list", first=3, last=1).split("\n")) == 2
    assert "lines." in call("list", first=900)
    assert call("longList").split("\n")[0].endswith("@logged")
    assert call("longList").split("\n")[-1].endswith("# raises")


def test_values(call):
    assert call("arguments") == "cart = ['tea']\ndiscount = 2\nmore = (1,)\noptions = {}"
    assert call("pretty", expression="amount").count("\n") == 39
    assert call("kind", expression="cart") == "list"
    assert call("kind", expression="functools.partial").startswith("Class functools.partial")
    assert "def total(cart" in call("source", expression="total")


@pytest.mark.parametrize("entry, expected", [
    ("cart", True), ("cart[0]", True), ("total (1)", True), ("n = 1", True), ("w: int = 2", True),
    ("n", False), ("list", False), ("p cart", False), ("up 2", False),
])
def test_a_known_name_or_an_assignment_is_python(call, entry, expected):
    assert call("isPython", source=entry) is expected


def test_interact_keeps_its_own_names(call):
    assert "exit()" in call("interact")
    assert call("interactEntry", source="cart = 5") == ""
    assert call("interactEntry", source="cart") == "5"
    assert call("interactEntry", source="for i in range(2):\n    print(i)") == "0\n1"
    assert "ZeroDivisionError" in call("interactEntry", source="1 / 0")
    assert "SyntaxError" in call("interactEntry", source="def f(:")
    assert call.adapter.locals_of({"id": call.frame})["cart"]["value"] == "['tea']"


def test_the_exception_has_its_cause_and_the_request_its_parts(call):
    adapter = call.adapter
    scopes = {scope["kind"]: scope for scope in adapter.ask("scopes", frame=call.frame)}
    shown = {child["name"]: child["value"] for child in adapter.ask("variables", reference=scopes["exception"]["reference"])}
    assert (shown["type"], shown["message"]) == ("'KeyError'", "\"'tea'\"")
    assert shown["cause"] == "ValueError('no tea')"
    request = {child["name"]: child["value"] for child in adapter.ask("variables", reference=scopes["request"]["reference"])}
    assert (request["method"], request["path"]) == ("'GET'", "'/'")
    details = adapter.ask("exception", thread=call.stop["thread"])
    assert [inner["typeName"] for inner in details["innerException"]] == ["ValueError"]
    assert "direct cause" in details["stackTrace"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups and notes came with Python 3.11")
def test_a_group_has_members_and_notes(start):
    adapter = start("""
def application(environ, start_response):
    group = ExceptionGroup("several", [KeyError("first"), ValueError("second")])
    group.add_note("look at both")
    raise group
""")
    adapter.expect("loaded")
    adapter.request("GET /")
    stop = adapter.expect("stopped")
    assert stop["text"] == "ExceptionGroup: several (2 sub-exceptions)"
    details = adapter.ask("exception", thread=stop["thread"])
    assert [inner["typeName"] for inner in details["innerException"]] == ["KeyError", "ValueError"]
    assert "look at both" in details["stackTrace"]
