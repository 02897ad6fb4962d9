"""The profile of code that runs in threads which neither Python nor the profiler started."""

import _thread
import os
import pstats
import sys
import threading

import pytest

import profiler


def helper():
    return b"body"


def application(environ, start_response):
    return [helper()]


def streaming(environ, start_response):
    yield helper()
    yield helper()


def in_foreign_thread(function):
    """A thread that Python's ``threading`` knows nothing about, as Apache's."""
    done = threading.Event()

    def run():
        try:
            function()
        finally:
            done.set()

    _thread.start_new_thread(run, ())
    assert done.wait(10)


@pytest.fixture
def running():
    profile = profiler.RequestProfiler()
    profile.profile_this_thread()
    yield profile
    profile.stop()


def calls(stats):
    """Calls of this file's functions by name."""
    return {name: row[1] for (path, _, name), row in stats.stats.items() if path == __file__}


def test_adds_up_what_ran_in_all_threads(running):
    wrapped = running.wrap(application)
    wrapped({}, None)
    in_foreign_thread(lambda: [wrapped({}, None), wrapped({}, None)])
    in_foreign_thread(lambda: wrapped({}, None))
    counted = calls(running.stop())
    assert (counted["application"], counted["helper"]) == (4, 4)


def test_counts_what_runs_while_the_response_is_sent(running):
    in_foreign_thread(lambda: list(running.wrap(streaming)({}, None)))
    assert calls(running.stop())["helper"] == 2


def test_counts_threads_that_the_application_starts(running):
    def spawning(environ, start_response):
        thread = threading.Thread(target=helper)
        thread.start()
        thread.join()
        return []

    in_foreign_thread(lambda: running.wrap(spawning)({}, None))
    assert calls(running.stop())["helper"] == 1


def test_knows_a_thread_again_that_lost_its_profile(running):
    if sys.version_info >= (3, 12):
        pytest.skip("one profile sees all threads from Python 3.12 on")
    wrapped = running.wrap(application)

    def request_whose_state_is_made_anew():
        wrapped({}, None)
        sys.setprofile(None)
        wrapped({}, None)

    in_foreign_thread(request_whose_state_is_made_anew)
    assert calls(running.stop())["application"] == 2


def test_leaves_no_profile_behind(running):
    running.stop()
    assert sys.getprofile() is None
    assert calls(running.stop()).get("helper", 0) == 0


def report(directory, file, capfd):
    profile = profiler.RequestProfiler()
    profile.profile_this_thread()
    helper()
    profiler._report(profile, directory, file)
    return capfd.readouterr().err


def test_writes_both_files(tmp_path, capfd):
    latest = tmp_path / "pstats.dat"
    text = report(str(tmp_path), str(latest), capfd)
    (named,) = [path for path in tmp_path.iterdir() if path.suffix == ".pstats"]
    microseconds, pid = named.stem.split("-")
    assert int(pid) == os.getpid() and len(microseconds) >= 16
    for path in (named, latest):
        assert calls(pstats.Stats(str(path)))["helper"] == 1
        assert "profile written to %s" % path in text


def test_one_file_that_cannot_be_written_does_not_cost_the_other(tmp_path, capfd):
    latest = tmp_path / "pstats.dat"
    text = report(str(tmp_path / "missing"), str(latest), capfd)
    assert "no profile in %s" % (tmp_path / "missing") in text
    assert latest.exists()
