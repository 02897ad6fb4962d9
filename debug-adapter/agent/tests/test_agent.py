"""The agent in a real process, over a real channel: each test reads as a debug session."""

import os
import signal
import time

import pytest
from conftest import Refused

CART = """
PRICES = {"tea": 3, "cake": 5}

def total(cart):
    missing = [name for name in cart if name not in PRICES]
    return sum(PRICES[name] for name in cart)  # raises here

def application(environ, start_response):
    if environ["PATH_INFO"] == "/ok":
        start_response("200 OK", [])
        return [b"ok"]
    cart = ["tea", "pie"]
    return [str(total(cart)).encode()]
"""


def test_post_mortem_stops_where_the_exception_was_raised(start):
    adapter = start(CART)
    adapter.expect("loaded")
    adapter.request("GET /cart")
    stop = adapter.expect("stopped")
    assert stop["reason"] == "exception"
    assert stop["text"] == "KeyError: 'pie'"
    assert stop["request"] == "GET /cart"
    frames = adapter.ask("stack", thread=stop["thread"])
    names = [frame["name"] for frame in frames]
    assert names[0] in ("<genexpr>", "total")
    total = next(frame for frame in frames if frame["name"] == "total")
    assert total["line"] == adapter.marked_line("# raises here")
    assert names[-1] == "application", "frames of the launcher are hidden"
    assert {frame["origin"] for frame in frames} == {"user"}
    assert adapter.locals_of(total)["missing"]["value"] == "['pie']"
    assert adapter.ask("exception", thread=stop["thread"])["fullTypeName"] == "KeyError"
    adapter.ask("resume", thread=stop["thread"], mode="continue")
    adapter.expect("continued")
    assert adapter.response()["status"].startswith("500")


def test_the_exception_is_a_scope_of_its_own(start):
    adapter = start(CART)
    adapter.expect("loaded")
    adapter.request("GET /cart")
    stop = adapter.expect("stopped")
    frame = adapter.ask("stack", thread=stop["thread"])[0]
    scope = next(scope for scope in adapter.ask("scopes", frame=frame["id"]) if scope["kind"] == "exception")
    exception = adapter.ask("variables", reference=scope["reference"])[0]
    attributes = {child["name"]: child["value"] for child in adapter.ask("variables", reference=exception["reference"])}
    assert attributes["args"] == "('pie',)"


def test_one_exception_stops_once_and_the_next_request_again(start):
    adapter = start(CART)
    adapter.expect("loaded")
    for _ in range(2):
        adapter.request("GET /cart")
        stop = adapter.expect("stopped")
        adapter.ask("resume", thread=stop["thread"], mode="continue")
        adapter.expect("continued")
        assert adapter.response()["status"].startswith("500")
    adapter.request("GET /ok")
    assert adapter.response()["status"] == "200 OK"


def test_stepping_in_a_post_mortem_is_refused_with_a_sentence(start):
    adapter = start(CART)
    adapter.expect("loaded")
    adapter.request("GET /cart")
    stop = adapter.expect("stopped")
    with pytest.raises(Refused, match="no next line"):
        adapter.ask("resume", thread=stop["thread"], mode="next")
    assert adapter.ask("stack", thread=stop["thread"])


CONSOLE = """
def application(environ, start_response):
    count = 2
    words = {"a": [1, 2, 3], "b": (4, 5)}
    big = list(range(100000))
    class Broken:
        def __repr__(self):
            raise ValueError("no repr")
    broken = Broken()
    long = "x" * 5000
    raise RuntimeError("boom")
"""


def evaluate(adapter, frame, expression, context="repl"):
    return adapter.ask("evaluate", frame=frame["id"], expression=expression, context=context)


def stopped_at(adapter, line="GET /"):
    adapter.expect("loaded")
    adapter.request(line)
    return adapter.expect("stopped")


def test_console_evaluates_executes_and_reports_errors(start):
    adapter = start(CONSOLE)
    stop = stopped_at(adapter)
    frame = adapter.ask("stack", thread=stop["thread"])[0]
    assert evaluate(adapter, frame, "count + 1")["value"] == "3"
    assert evaluate(adapter, frame, "[count * n for n in words['a']]")["value"] == "[2, 4, 6]"
    assert evaluate(adapter, frame, "print('seen', count)")["printed"] == "seen 2\n"
    evaluate(adapter, frame, "count = 40")
    assert evaluate(adapter, frame, "count + 2", "watch")["value"] == "42"
    with pytest.raises(Refused, match="NameError.*nowhere"):
        evaluate(adapter, frame, "nowhere")
    with pytest.raises(Refused, match="SyntaxError"):
        evaluate(adapter, frame, "for")
    with pytest.raises(Refused, match="SystemExit"):
        evaluate(adapter, frame, "raise SystemExit(3)")


def test_hover_never_runs_code(start):
    adapter = start(CONSOLE)
    stop = stopped_at(adapter)
    frame = adapter.ask("stack", thread=stop["thread"])[0]
    assert evaluate(adapter, frame, "words['a'][0]", "hover")["value"] == "1"
    with pytest.raises(Refused):
        evaluate(adapter, frame, "big.clear()", "hover")
    assert evaluate(adapter, frame, "len(big)")["value"] == "100000"


def test_values_unfold_in_pages_and_survive_a_broken_repr(start):
    adapter = start(CONSOLE)
    stop = stopped_at(adapter)
    found = adapter.locals_of(adapter.ask("stack", thread=stop["thread"])[0])
    assert found["big"]["indexed"] == 100000
    page = adapter.ask("variables", reference=found["big"]["reference"], start=99990, count=5)
    assert [child["value"] for child in page] == ["99990", "99991", "99992", "99993", "99994"]
    words = adapter.ask("variables", reference=found["words"]["reference"])
    assert [(child["name"], child["value"]) for child in words] == [("'a'", "[1, 2, 3]"), ("'b'", "(4, 5)")]
    assert words[0]["expression"] == "words['a']"
    assert "repr() raised ValueError: no repr" in found["broken"]["value"]
    assert len(found["long"]["value"]) < 1100


def test_numbers_of_an_ended_stop_are_refused(start):
    adapter = start(CONSOLE)
    stop = stopped_at(adapter)
    frame = adapter.ask("stack", thread=stop["thread"])[0]
    adapter.ask("resume", thread=stop["thread"], mode="continue")
    adapter.expect("continued")
    with pytest.raises(Refused, match="stop that is over"):
        adapter.ask("scopes", frame=frame["id"])
    with pytest.raises(Refused, match="not stopped"):
        adapter.ask("stack", thread=stop["thread"])


BREAKPOINT = """
def helper(n):
    doubled = n * 2  # in helper
    return doubled

def application(environ, start_response):
    start_response("200 OK", [])
    breakpoint()  # breakpoint
    first = 1  # after breakpoint
    second = helper(first)  # call
    third = second + 1  # after call
    return [str(third).encode()]
"""


def top_line(adapter, stop):
    return adapter.ask("stack", thread=stop["thread"])[0]["line"]


def resume(adapter, stop, mode):
    adapter.ask("resume", thread=stop["thread"], mode=mode)
    adapter.expect("continued")


def test_breakpoint_in_the_code_stops_and_steps(start):
    adapter = start(BREAKPOINT)
    stop = stopped_at(adapter)
    assert stop["reason"] == "breakpoint"
    # Python 3.13 stops at the call itself, earlier ones at the line after it.
    if top_line(adapter, stop) == adapter.marked_line("# breakpoint"):
        resume(adapter, stop, "next")
        stop = adapter.expect("stopped")
    assert top_line(adapter, stop) == adapter.marked_line("# after breakpoint")
    resume(adapter, stop, "next")
    stop = adapter.expect("stopped")
    assert (stop["reason"], top_line(adapter, stop)) == ("step", adapter.marked_line("# call"))
    resume(adapter, stop, "stepIn")
    stop = adapter.expect("stopped")
    assert top_line(adapter, stop) == adapter.marked_line("# in helper")
    resume(adapter, stop, "stepOut")
    stop = adapter.expect("stopped")
    assert top_line(adapter, stop) in (adapter.marked_line("# call"), adapter.marked_line("# after call"))
    resume(adapter, stop, "continue")
    assert adapter.response() == {"status": "200 OK", "body": "3"}


def test_stepping_out_of_the_application_lets_the_request_end(start):
    adapter = start(BREAKPOINT)
    stop = stopped_at(adapter, "thread GET /")
    resume(adapter, stop, "stepOut")
    assert adapter.response()["body"] == "3"


def test_an_application_that_cannot_be_loaded_stops_at_the_line(start):
    adapter = start("value = 1\nraise ImportError('no such thing')  # raises here\n")
    failure = adapter.expect("loadFailed")
    assert failure["exception"]["message"] == "no such thing"
    stop = adapter.expect("stopped")
    assert (stop["request"], top_line(adapter, stop)) == (None, adapter.marked_line("# raises here"))
    resume(adapter, stop, "continue")
    adapter.request("GET /")
    assert adapter.response()["status"].startswith("500")


def test_a_syntax_error_in_the_script_is_reported_with_its_line(start):
    adapter = start("def application(:\n    pass\n")
    failure = adapter.expect("loadFailed")
    assert failure["exception"]["typeName"] == "SyntaxError"
    assert "line 1" in failure["exception"]["stackTrace"]
    assert "mod_wsgi_debug" not in failure["exception"]["stackTrace"], "the agent's own frames tell nobody anything"


def test_a_missing_callable_says_what_there_is(start):
    adapter = start("def handler(environ, start_response):\n    pass\n")
    message = adapter.expect("loadFailed")["message"]
    assert "neither 'application' nor 'app'" in message and "one of: handler" in message


@pytest.mark.parametrize("callable_name, source", [
    (None, "app = lambda environ, start_response: [b'found']"),
    (None, "def create_app():\n    return lambda environ, start_response: [b'found']"),
    ("site.main", "class site:\n    main = staticmethod(lambda environ, start_response: [b'found'])"),
    ("make('found')", "pass"),
    ("make()", "def make():\n    return lambda environ, start_response: [b'found']"),
])
def test_the_callable_is_found(start, callable_name, source):
    adapter = start(source, callable_name=callable_name)
    if callable_name == "make('found')":
        assert "no callable" in adapter.expect("loadFailed")["message"]
        return
    adapter.expect("loaded")
    adapter.request("GET /")
    assert adapter.response()["body"] == "found"


def test_filters_choose_which_exceptions_stop(start):
    adapter = start(CART)
    adapter.expect("loaded")
    adapter.ask("filters", filters=[{"name": "swallowed"}], ignored=[])
    adapter.request("GET /cart")
    assert adapter.response()["status"].startswith("500")
    adapter.ask("filters", filters=[{"name": "uncaught"}], ignored=[])
    adapter.request("GET /cart")
    resume(adapter, adapter.expect("stopped"), "continue")
    assert adapter.response()["status"].startswith("500")


def test_release_resumes_all_and_nothing_stops_any_more(start):
    adapter = start(CART)
    stopped_at(adapter)
    adapter.ask("release")
    adapter.expect("continued")
    assert adapter.response()["status"].startswith("500")
    adapter.request("GET /cart")
    assert adapter.response()["status"].startswith("500")


def test_an_adapter_that_dies_takes_the_server_and_its_folder_along(start):
    adapter = start(CART)
    stopped_at(adapter)
    adapter.stream.shutdown(2)
    adapter.stream.close()
    assert adapter.process.wait(10) in (-signal.SIGTERM, 1)
    deadline = time.time() + 5
    while os.path.exists(adapter.folder) and time.time() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(adapter.folder)


def test_the_token_is_not_left_in_the_folder(start):
    adapter = start(CART)
    adapter.expect("loaded")
    assert not os.path.exists(adapter.settings)


def test_coverage_counts_the_lines_of_requests_in_any_thread(start):
    pytest.importorskip("coverage", reason="the coverage package is not installed for this Python")
    adapter = start(CART, coverage=True)
    adapter.expect("loaded")
    # One snapshot, as the adapter takes it: older releases of coverage.py lose what threads run after the first.
    adapter.request("thread GET /cart")
    resume(adapter, adapter.expect("stopped"), "continue")
    adapter.response()
    lines = adapter.ask("coverage")[adapter.program]
    assert adapter.marked_line("# raises here") in lines["executed"]
    assert adapter.marked_line('return [b"ok"]') in lines["missing"]


def test_without_the_coverage_package_the_session_goes_on_and_says_so(start):
    try:
        import coverage  # noqa: F401
    except ImportError:
        adapter = start(CART, coverage=True)
        assert "pip install coverage" in adapter.expect("notice")["message"]
        adapter.expect("loaded")
    else:
        pytest.skip("the coverage package is installed for this Python")
