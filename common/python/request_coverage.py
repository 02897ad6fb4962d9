"""Coverage of a WSGI application's requests, on every MPM.

coverage.py installs its tracer in the thread that starts it and, through ``threading.settrace``, in threads that
Python makes. A request of Apache's worker and event MPMs runs in a thread that C made, which is neither: its lines
would all be reported as missed although they ran. :meth:`RequestCoverage.wrap` therefore hands the tracer to each
request's thread.
"""

import contextlib
import os
import sys
import threading

MONITORED = "sysmon"
"""coverage.py's core that measures by ``sys.monitoring``, which debuggers can share: coverage 7.4 and Python 3.12 on."""

_CORE = "COVERAGE_CORE"


def _thread_tracer():
    """The trace function that new Python threads get, or None (``threading.gettrace`` is 3.10's)."""
    if hasattr(threading, "gettrace"):
        return threading.gettrace()
    return getattr(threading, "_trace_hook", None)


class RequestCoverage:
    """One measurement, kept in memory.

    :param source: folders whose files are reported, those never imported included; None reports what was
        executed outside the standard library and site-packages.
    :param core: how to measure, unless the environment says (``COVERAGE_CORE``); None is coverage.py's own choice.
    :raises ImportError: if coverage.py is not in the application's environment.
    """

    def __init__(self, source=None, core=None):
        import coverage

        self._core = core
        # Read here, or when the measurement starts: that depends on the version.
        with self._chosen_core():
            self._coverage = coverage.Coverage(data_file=None, source=source)
        # A server that has not been asked anything yet is no reason for a warning in its log.
        self._coverage.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])

    @contextlib.contextmanager
    def _chosen_core(self):
        if self._core is None or _CORE in os.environ:
            yield
            return
        os.environ[_CORE] = self._core
        try:
            yield
        finally:
            del os.environ[_CORE]

    def start(self):
        """Begin to measure. Called before the application is imported, so that its module level counts."""
        with self._chosen_core():
            self._coverage.start()

    def stop(self):
        """End the measurement; the figures stay readable."""
        self._coverage.stop()

    def wrap(self, application):
        """A WSGI application that runs ``application`` with the tracer in the request's thread."""

        def measured(environ, start_response):
            self.trace_this_thread()
            return application(environ, start_response)

        return measured

    @staticmethod
    def trace_this_thread():
        """Install the tracer in the calling thread unless it traces already.

        Nothing to do where coverage.py measures through ``sys.monitoring``: that sees all threads.
        """
        if sys.gettrace() is None:
            tracer = _thread_tracer()
            if tracer is not None:
                sys.settrace(tracer)

    def snapshot(self):
        """What ran until now, while the measurement goes on.

        :returns: ``{path: {"executed": [line, …], "missing": [line, …]}}`` with absolute paths and 1-based lines
            that hold statements; files that cannot be read as Python any more are left out.
        """
        from coverage.exceptions import CoverageException

        data = self._coverage.get_data()
        files = {}
        for path in sorted(data.measured_files()):
            try:
                _, statements, _, missing, _ = self._coverage.analysis2(path)
            except CoverageException:
                continue
            files[path] = {"executed": sorted(set(statements) - set(missing)), "missing": sorted(missing)}
        return files

    def html_report(self, directory):
        """Write the HTML report. A file that is no Python, or not there any more, is left out of it.

        :returns: the path of its index page.
        :raises coverage.exceptions.CoverageException: if nothing was measured or the folder cannot be written.
        """
        self._coverage.html_report(directory=directory, ignore_errors=True)
        return directory + "/index.html"

    def save_data(self, path):
        """Write what was measured until now as coverage.py's data file, from which it makes any report.

        :raises coverage.exceptions.CoverageException: if the file cannot be written.
        """
        from coverage import CoverageData

        saved = CoverageData(basename=path)
        saved.erase()
        saved.update(self._coverage.get_data())
        saved.write()
