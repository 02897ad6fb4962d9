"""What the recorder keeps of a request and its response."""

import ast
import io

import pytest

from recorder import Recorder


def call(application, tmp_path, body=b""):
    """One request through a recorder.

    :returns: what was sent, and the files by suffix.
    """
    written = []
    environ = {"PATH_INFO": "/caf\u00e9", "wsgi.input": io.BytesIO(body)}
    response = Recorder(application, str(tmp_path))(environ, lambda status, headers, *rest: written.append)
    try:
        sent = list(response)
    finally:
        response.close()
    return written + sent


def files(tmp_path):
    return {path.suffix: path.read_bytes() for path in tmp_path.iterdir()}


def echo(environ, start_response):
    start_response("200 OK", [("X-Test", "yes")])
    return [b"<", environ["wsgi.input"].read(), b">"]


def test_keeps_request_and_response(tmp_path):
    assert b"".join(call(echo, tmp_path, b"question")) == b"<question>"
    kept = files(tmp_path)
    assert "'PATH_INFO': '/caf\u00e9'" in kept[".iheaders"].decode("utf-8")
    assert kept[".icontent"] == b"question"
    assert ast.literal_eval(kept[".oheaders"].decode()) == ("200 OK", [("X-Test", "yes")])
    assert kept[".ocontent"] == b"<question>"
    assert set(kept) == {".iheaders", ".icontent", ".oheaders", ".ocontent"}


def test_keeps_a_body_that_the_application_did_not_read(tmp_path):
    def deaf(environ, start_response):
        start_response("204 No Content", [])
        return []

    call(deaf, tmp_path, b"x" * 100000)
    assert files(tmp_path)[".icontent"] == b"x" * 100000


def test_keeps_what_write_was_given(tmp_path):
    def writing(environ, start_response):
        start_response("200 OK", [])(b"first ")
        return [b"second"]

    assert call(writing, tmp_path) == [b"first ", b"second"]
    assert files(tmp_path)[".ocontent"] == b"first second"


class Failing:
    def __iter__(self):
        return iter([b"fine"])

    def close(self):
        raise RuntimeError("in close")


def failing_call(environ, start_response):
    raise RuntimeError("in call")


def failing_iteration(environ, start_response):
    yield b"one"
    raise RuntimeError("in iteration")


@pytest.mark.parametrize(
    "application, suffix, text",
    [
        (failing_call, ".oaexcept", b"in call"),
        (failing_iteration, ".orexcept", b"in iteration"),
        (lambda environ, start_response: Failing(), ".ofexcept", b"in close"),
    ],
)
def test_keeps_the_traceback_and_lets_the_exception_go_on(tmp_path, application, suffix, text):
    with pytest.raises(RuntimeError):
        call(application, tmp_path)
    assert text in files(tmp_path)[suffix]


def test_passes_exc_info_on(tmp_path):
    seen = []

    def application(environ, start_response):
        start_response("500 Error", [], ("type", "value", None))
        return []

    environ = {"wsgi.input": io.BytesIO()}
    Recorder(application, str(tmp_path))(environ, lambda *arguments: seen.append(arguments)).close()
    assert seen == [("500 Error", [], ("type", "value", None))]
