"""Coverage of code that runs in threads which neither Python nor the measurement started."""

import importlib.util
import os
import sys
import threading

import pytest

pytest.importorskip("coverage", reason="the coverage package is not installed for this Python")

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from request_coverage import MONITORED, RequestCoverage  # noqa: E402

APPLICATION = """\
def application(environ, start_response):
    if environ["PATH_INFO"] == "/rare":
        return [b"rare"]
    def produce():
        yield b"one"
        yield b"two"
    return produce()
"""

UNUSED = "answer = 42\n"


@pytest.fixture(params=[None, MONITORED])
def measured(tmp_path, request):
    if request.param and not hasattr(sys, "monitoring"):
        pytest.skip("Python has no sys.monitoring before 3.12")
    (tmp_path / "shop.py").write_text(APPLICATION)
    (tmp_path / "unused.py").write_text(UNUSED)
    before = sys.gettrace()
    measurement = RequestCoverage([str(tmp_path)], request.param)
    measurement.start()
    spec = importlib.util.spec_from_file_location("shop_under_test", str(tmp_path / "shop.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield measurement, module.application, tmp_path
    measurement.stop()
    sys.settrace(before)


def in_foreign_thread(function):
    """A thread that Python knows nothing about when it starts, as Apache's: ``_thread`` installs no tracer."""
    import _thread

    done = threading.Event()

    def run():
        sys.settrace(None)
        try:
            function()
        finally:
            done.set()

    _thread.start_new_thread(run, ())
    assert done.wait(10)


def test_a_core_that_debuggers_can_share_leaves_the_tracer_alone(measured):
    measurement, application, _ = measured
    tracers = []
    in_foreign_thread(lambda: measurement.wrap(lambda *_: tracers.append(sys.gettrace()))({}, None))
    is_shared = hasattr(sys, "monitoring") and sys.monitoring.get_tool(sys.monitoring.COVERAGE_ID) is not None
    assert (tracers == [None]) == is_shared
    assert "COVERAGE_CORE" not in os.environ


def test_request_lines_count_in_a_foreign_thread(measured):
    measurement, application, folder = measured
    wrapped = measurement.wrap(application)
    in_foreign_thread(lambda: list(wrapped({"PATH_INFO": "/"}, None)))
    lines = measurement.snapshot()[str(folder / "shop.py")]
    assert {1, 2, 4, 5, 6, 7} <= set(lines["executed"])
    assert lines["missing"] == [3]


def test_a_snapshot_does_not_end_the_measurement(measured):
    measurement, application, folder = measured
    assert 3 in measurement.snapshot()[str(folder / "shop.py")]["missing"]
    in_foreign_thread(lambda: measurement.wrap(application)({"PATH_INFO": "/rare"}, None))
    assert 3 in measurement.snapshot()[str(folder / "shop.py")]["executed"]


def test_files_that_nobody_imported_are_listed_as_missed(measured):
    measurement, _, folder = measured
    assert measurement.snapshot()[str(folder / "unused.py")] == {"executed": [], "missing": [1]}


def test_the_html_report_is_written(measured):
    measurement, application, folder = measured
    measurement.wrap(application)({"PATH_INFO": "/rare"}, None)
    index = measurement.html_report(str(folder / "html"))
    with open(index) as file:
        assert "shop.py" in file.read()


def test_the_data_file_holds_what_was_measured(measured):
    import coverage

    measurement, application, folder = measured
    in_foreign_thread(lambda: measurement.wrap(application)({"PATH_INFO": "/rare"}, None))
    path = str(folder / ".coverage")
    measurement.save_data(path)
    data = coverage.CoverageData(basename=path)
    data.read()
    assert 3 in data.lines(str(folder / "shop.py"))


def test_a_file_that_is_gone_does_not_spoil_the_report(measured):
    measurement, application, folder = measured
    source = folder / "generated.py"
    source.write_text("value = 1\n")
    spec = importlib.util.spec_from_file_location("generated_under_test", str(source))
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    source.unlink()
    measurement.stop()
    with open(measurement.html_report(str(folder / "html"))) as file:
        assert "shop.py" in file.read()
