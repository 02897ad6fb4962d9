"""What the user may choose while the application runs: which exceptions stop, in which requests, and where."""

import pytest

SHOP = """
class Missing(LookupError):
    code = 404

def total(cart):
    for article in cart:
        raise Missing(article)  # raises

def application(environ, start_response):
    path = environ["PATH_INFO"]  # enters
    start_response("200 OK", [])
    if path == "/ok":
        return [b"ok"]
    if path == "/lazy":
        return (part for part in [b"one", b"two"])
    return [total(["tea"])]
"""


def filters(adapter, *chosen, **options):
    return adapter.ask("filters", filters=list(chosen), ignored=options.get("ignored", []))


def stops(adapter, line="GET /cart"):
    """Whether a request stops; it is let go."""
    adapter.request(line)
    name, body = adapter.next_event()
    if name != "stopped":
        raise AssertionError(name)
    adapter.ask("resume", thread=body["thread"], mode="continue")
    adapter.expect("continued")
    adapter.response()
    return body


def passes(adapter, line="GET /cart"):
    adapter.request(line)
    return adapter.response()


@pytest.mark.parametrize("condition, expected", [
    ("Missing", True),
    ("LookupError, OSError", True),
    ("OSError", False),
    ("!OSError", True),
    ("LookupError, !Missing", False),
    ("exception.code == 404", True),
    ("article == 'cake'", False),
    ("(OSError, LookupError)", True),
    ("not isinstance(exception, Missing)", False),
])
def test_a_condition_is_class_names_or_python(start, condition, expected):
    adapter = start(SHOP)
    adapter.expect("loaded")
    assert filters(adapter, {"name": "uncaught", "condition": condition}) == [None]
    if expected:
        assert stops(adapter)["text"].endswith("Missing: tea")
    else:
        assert passes(adapter)["status"].startswith("500")


def test_a_condition_that_is_neither_is_said_to_be_so_and_one_that_fails_once(start):
    adapter = start(SHOP)
    adapter.expect("loaded")
    assert "neither class names nor a Python expression" in filters(adapter, {"name": "uncaught", "condition": "a b"})[0]
    passes(adapter)
    filters(adapter, {"name": "uncaught", "condition": "nowhere.at_all"})
    passes(adapter)
    assert "NameError" in adapter.expect("notice")["message"]
    passes(adapter)
    filters(adapter, {"name": "uncaught"})
    stops(adapter)


def test_an_exception_is_ignored_by_its_class_and_place(start):
    adapter = start(SHOP)
    adapter.expect("loaded")
    adapter.request("GET /cart")
    stop = adapter.expect("stopped")
    frame = adapter.ask("stack", thread=stop["thread"])[0]
    place = adapter.ask("call", frame=frame["id"], name="place", arguments={})
    assert (place["path"], place["line"]) == (adapter.program, adapter.marked_line("# raises"))
    adapter.ask("resume", thread=stop["thread"], mode="continue")
    adapter.expect("continued")
    adapter.response()
    filters(adapter, {"name": "uncaught"}, ignored=[place])
    passes(adapter)
    filters(adapter, {"name": "uncaught"}, ignored=[dict(place, line=1)])
    stops(adapter)


@pytest.mark.parametrize("patterns, expected", [
    ([], True),
    ([{"path": "^/cart$"}], True),
    ([{"path": "^/other$"}], False),
    ([{"path": "^.*$", "method": "POST"}], False),
    ([{"path": "^/cart$", "isExclusion": True}], False),
])
def test_only_selected_requests_stop(start, patterns, expected):
    adapter = start(SHOP)
    adapter.expect("loaded")
    adapter.ask("selection", patterns=patterns)
    if expected:
        stops(adapter)
    else:
        passes(adapter)


@pytest.mark.parametrize("line", ["GET /ok", "thread GET /ok"])
def test_run_to_the_next_request_stops_where_it_enters_the_application(start, line):
    adapter = start(SHOP)
    adapter.expect("loaded")
    adapter.ask("runToNextRequest")
    adapter.request(line)
    stop = adapter.expect("stopped")
    top = adapter.ask("stack", thread=stop["thread"])[0]
    assert (stop["reason"], top["line"]) == ("entry", adapter.marked_line("# enters"))
    adapter.ask("resume", thread=stop["thread"], mode="next")
    adapter.expect("continued")
    step = adapter.expect("stopped")
    assert adapter.ask("stack", thread=step["thread"])[0]["line"] == adapter.marked_line("# enters") + 1
    adapter.ask("resume", thread=step["thread"], mode="continue")
    adapter.expect("continued")
    assert adapter.response()["body"] == "ok"
    passes(adapter, "GET /ok")


def test_a_request_is_listed_while_it_is_worked_on_and_kept_to_be_sent_again(start):
    adapter = start(SHOP)
    adapter.expect("loaded")
    assert adapter.ask("lastRequest") is None
    passes(adapter, "GET /lazy")
    assert adapter.ask("requests") == []
    adapter.request("GET /cart")
    stop = adapter.expect("stopped")
    assert [request["request"] for request in adapter.ask("requests")] == ["GET /cart"]
    last = adapter.ask("lastRequest")
    assert (last["method"], last["target"], last["body"], last["problem"]) == ("GET", "/cart", "", None)
    adapter.ask("resume", thread=stop["thread"], mode="continue")


def test_the_first_line_of_the_application_stops(start):
    adapter = start(SHOP, stop_on_entry=True)
    stop = adapter.expect("stopped")
    assert stop["reason"] == "entry"
    frame = adapter.ask("stack", thread=stop["thread"])[0]
    assert (frame["name"], frame["path"]) == ("<module>", adapter.program)
    adapter.ask("resume", thread=stop["thread"], mode="continue")
    adapter.expect("continued")
    adapter.expect("loaded")
