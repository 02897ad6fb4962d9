"""Coverage of the application, from before it is loaded until the server stops."""

import atexit
import importlib.util
import os
import sys


def start(settings):
    """Begins to measure and sees to it that the report is written at the end.

    :param settings: ``directory`` of the report and of the data file, ``source`` folders to report on.
    :returns: the measurement; its ``wrap`` makes the requests count.
    :raises ImportError: if the environment has no coverage package.
    """
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "request_coverage.py")
    spec = importlib.util.spec_from_file_location("_mod_wsgi_express_request_coverage", path)
    request_coverage = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(request_coverage)
    try:
        measurement = request_coverage.RequestCoverage(settings["source"])
    except ImportError as error:
        raise ImportError("--enable-coverage needs the package coverage in %s: %s" % (sys.prefix, error))
    measurement.start()
    atexit.register(_report, measurement, settings["directory"])
    return measurement


def _report(measurement, directory):
    measurement.stop()
    try:
        measurement.save_data(os.path.join(directory, ".coverage"))
        index = measurement.html_report(directory)
    except Exception as error:
        print("mod_wsgi-express: no coverage report in %s: %s" % (directory, error), file=sys.stderr, flush=True)
    else:
        print("mod_wsgi-express: coverage report written to %s" % index, file=sys.stderr, flush=True)
