"""What the generated handler does to an application, without Apache."""

import importlib.util
import os
import pdb
import runpy
import shutil
import sys
import types

import pytest

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, FOLDER)

import application_loader  # noqa: E402
import post_mortem  # noqa: E402


class RecordingPdb:
    """Stands where pdb.Pdb stands, as the editor's debugger does."""

    shown = []

    def reset(self):
        self.shown.append("reset")

    def interaction(self, frame, traceback):
        last = traceback
        while last.tb_next:
            last = last.tb_next
        first = traceback.tb_frame.f_code.co_filename
        self.shown.append((frame, os.path.basename(first), last.tb_frame.f_code.co_name))


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setattr(pdb, "Pdb", RecordingPdb)
    RecordingPdb.shown = []
    return RecordingPdb.shown


THIS_FILE = os.path.basename(__file__)


def failing_call(environ, start_response):
    raise ValueError("call")


def generating(environ, start_response):
    yield b"one"
    raise KeyError("iteration")


class Response:
    def __init__(self, failure=None):
        self.failure = failure
        self.closed = 0

    def __iter__(self):
        return iter([b"body"])

    def close(self):
        self.closed += 1
        if self.failure:
            raise self.failure


def test_shows_the_exception_of_the_call_and_raises_it_again(shown):
    with pytest.raises(ValueError, match="call"):
        post_mortem.PostMortem(failing_call)({}, None)
    assert shown == ["reset", (None, THIS_FILE, "failing_call")]


def test_shows_the_exception_of_the_iteration_after_the_blocks_before_it(shown):
    response = iter(post_mortem.PostMortem(generating)({}, None))
    assert next(response) == b"one"
    with pytest.raises(KeyError, match="iteration"):
        next(response)
    assert shown == ["reset", (None, THIS_FILE, "generating")]


def test_shows_the_exception_of_close(shown):
    response = post_mortem.PostMortem(lambda environ, start_response: Response(OSError("close")))({}, None)
    assert list(response) == [b"body"]
    with pytest.raises(OSError, match="close"):
        response.close()
    assert shown == ["reset", (None, THIS_FILE, "close")]


def test_closes_the_response_once_and_ends_its_iteration(shown):
    inner = Response()
    response = post_mortem.PostMortem(lambda environ, start_response: inner)({}, None)
    assert list(response) == [b"body"]
    response.close()
    assert inner.closed == 1
    assert shown == []


@pytest.mark.parametrize("plain", [[b"a"], (b"a", b"b")])
def test_leaves_plain_sequences_as_they_are(shown, plain):
    assert post_mortem.PostMortem(lambda environ, start_response: plain)({}, None) is plain


@pytest.mark.parametrize("exception", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_lets_what_is_no_failure_pass(shown, exception):
    def leaving(environ, start_response):
        raise exception()

    with pytest.raises(exception):
        post_mortem.PostMortem(leaving)({}, None)
    assert shown == []


def load(tmp_path, source, name="application", kind="script"):
    script = tmp_path / "some name.wsgi"
    script.write_text(source, encoding="utf-8")
    return application_loader.load({"type": kind, "entry": str(script), "callable": name})


def test_loads_a_script_of_any_name(tmp_path):
    application = load(tmp_path, "def application(e, s):\n    return [__file__]\n")
    assert application({}, None) == [str(tmp_path / "some name.wsgi")]


def test_loads_a_module(tmp_path, monkeypatch):
    (tmp_path / "site_for_test.py").write_text("def app(e, s):\n    return []\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = {"type": "module", "entry": "site_for_test", "callable": "app"}
    assert application_loader.load(settings)({}, None) == []


@pytest.mark.parametrize(
    "source, message",
    [("app = 1\n", "defines no 'application': name its WSGI application with --callable-object"),
     ("application = 1\n", "cannot be called")],
)
def test_says_what_is_wrong_with_the_callable(tmp_path, source, message):
    with pytest.raises(ImportError, match=message):
        load(tmp_path, source)


def test_a_script_that_fails_is_not_left_half_loaded(tmp_path):
    with pytest.raises(ZeroDivisionError):
        load(tmp_path, "half = 1\n1 / 0\n")
    assert "__wsgi__" not in sys.modules


@pytest.fixture
def run_handler(tmp_path):
    """Runs the handler on an application as the launcher lays it out, and returns what Apache would call."""

    def run(source, **settings):
        for name in ("application_loader.py", "post_mortem.py", "handler.py"):
            shutil.copy(os.path.join(FOLDER, name), str(tmp_path / name))
        script = tmp_path / "app.wsgi"
        script.write_text(source, encoding="utf-8")
        application = {"type": "script", "entry": str(script), "callable": "application"}
        (tmp_path / "settings.py").write_text("SETTINGS = %r" % dict(settings, application=application), encoding="utf-8")
        return runpy.run_path(str(tmp_path / "handler.py"))["application"]

    yield run
    for name in [name for name in sys.modules if name.startswith("_mod_wsgi_express_")]:
        del sys.modules[name]


def test_the_handler_reads_its_settings_beside_itself(run_handler, shown):
    before = list(sys.path)
    application = run_handler("def application(e, s):\n    raise ValueError\n", debugger={"startup": False})
    with pytest.raises(ValueError):
        application({}, None)
    assert shown == ["reset", (None, "app.wsgi", "application")]
    assert sys.path == before


def test_the_handler_completes_the_modules_that_the_server_made(run_handler, monkeypatch):
    server = types.ModuleType("mod_wsgi")
    monkeypatch.setitem(sys.modules, "mod_wsgi", server)
    with pytest.raises(ValueError):
        importlib.util.find_spec("mod_wsgi")
    run_handler("def application(e, s):\n    return []\n")
    assert importlib.util.find_spec("mod_wsgi").name == "mod_wsgi"
    assert importlib.import_module("mod_wsgi") is server
    assert server.__spec__._initializing is False
