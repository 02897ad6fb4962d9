"""A pytest plugin that writes the run in the form of report.mjs to the file named by TEST_REPORT."""

import json
import os

_tests = []
_errors = []


def pytest_collectreport(report):
    """A file that cannot be imported has no tests of its own; keep the error."""
    if report.failed:
        _errors.append("%s: %s" % (report.nodeid, report.longreprtext))
    elif report.skipped:
        _tests.append({"title": report.nodeid, "state": "skipped", "detail": _skip_reason(report)})


def pytest_runtest_logreport(report):
    """Each test reports three phases; it passed if its call did, and failed if any of them did."""
    if report.failed:
        phase = "" if report.when == "call" else " (%s)" % report.when
        _tests.append({"title": report.nodeid + phase, "state": "failed", "detail": _failure(report)})
    elif report.skipped:
        _tests.append({"title": report.nodeid, "state": "skipped", "detail": _skip_reason(report)})
    elif report.when == "call":
        _tests.append({"title": report.nodeid, "state": "passed"})


def _failure(report):
    """Where and why first: the whole text begins with the test's source."""
    crash = getattr(report.longrepr, "reprcrash", None)
    cause = "%s:%s: %s\n" % (crash.path, crash.lineno, crash.message) if crash else ""
    return cause + report.longreprtext


def _skip_reason(report):
    if hasattr(report, "wasxfail"):
        return "expected to fail: %s" % report.wasxfail
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].replace("Skipped: ", "", 1)
    return str(report.longrepr)


def pytest_sessionfinish():
    """The report is written whatever the outcome; a crash before this leaves none, which counts as a failure."""
    with open(os.environ["TEST_REPORT"], "w") as report_file:
        json.dump({"tests": _tests, "errors": _errors}, report_file)
