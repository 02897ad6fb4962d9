"""Which debugpy is taken: the application's, else a copy, and only one that works with this Python."""

import os
import sys

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from mod_wsgi_debug import debugpy_source  # noqa: E402

@pytest.fixture
def package(tmp_path, monkeypatch):
    """Makes folders with a package debugpy of some version; what is imported is forgotten afterwards."""
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if not _has_debugpy(entry)])

    def make(name, version):
        folder = tmp_path / name
        (folder / "debugpy").mkdir(parents=True)
        (folder / "debugpy" / "__init__.py").write_text("__version__ = %r" % version)
        return str(folder)

    _forget()
    yield make
    _forget()


def _has_debugpy(entry):
    return os.path.isdir(os.path.join(entry, "debugpy"))


def _forget():
    sys.modules.pop("debugpy", None)


def test_the_environments_own_comes_first(package, monkeypatch):
    monkeypatch.syspath_prepend(package("environment", "1.8.5"))
    found = debugpy_source.load([package("copy", "1.8.21")], "python3")
    assert found.__version__ == "1.8.5"


def test_a_copy_where_the_environment_has_none(package):
    copy = package("copy", "1.8.21")
    assert debugpy_source.load([copy], "python3").__version__ == "1.8.21"
    assert copy not in sys.path


def test_a_copy_where_the_environments_own_is_too_old(package, monkeypatch):
    monkeypatch.syspath_prepend(package("environment", "1.6.0"))
    assert debugpy_source.load([package("copy", "1.8.21")], "python3").__version__ == "1.8.21"


def test_a_copy_that_needs_a_newer_python_is_passed_over(package, monkeypatch):
    monkeypatch.setattr(debugpy_source, "NEEDS_PYTHON", (((1, 8, 22), (99, 0)), ((1, 8, 0), (3, 8))))
    folders = [package("extension", "1.8.22"), package("own", "1.8.21")]
    assert debugpy_source.load(folders, "python3").__version__ == "1.8.21"


def test_without_any_it_says_what_to_install(package):
    with pytest.raises(debugpy_source.NotFound) as refusal:
        debugpy_source.load([], "/opt/python3")
    assert "which /opt/python3 does not have" in str(refusal.value)
    assert "/opt/python3 -m pip install debugpy" in str(refusal.value)


def test_with_an_old_one_it_says_what_to_update(package, monkeypatch):
    monkeypatch.syspath_prepend(package("environment", "1.6.0"))
    with pytest.raises(debugpy_source.NotFound) as refusal:
        debugpy_source.load([], "/opt/python3")
    assert "another debugpy than 1.6.0, which is too old" in str(refusal.value)
