"""Profile of the application, from before it is loaded until the server stops, requests included.

Up to Python 3.11 cProfile sees one thread: the one in which it was enabled. A request of Apache's worker and event MPMs
runs in a thread of its own, so each thread gets a profile of its own, and they are added up at the end. From 3.12 on one
profile sees all threads, and there can be only one.
"""

import atexit
import cProfile
import os
import pstats
import sys
import threading
import time

_SEES_ALL_THREADS = sys.version_info >= (3, 12)


def start(settings):
    """Begins to profile and sees to it that the files are written at the end.

    :param settings: ``directory`` that gets a file per process, ``file`` that is overwritten.
    :returns: the profiler; its ``wrap`` makes the requests count.
    :raises ValueError: if another profiler is active (Python 3.12 and later have one at a time).
    """
    profiler = RequestProfiler()
    profiler.profile_this_thread()
    atexit.register(_report, profiler, settings["directory"], settings["file"])
    return profiler


class RequestProfiler:
    """The profiles of all threads in which :meth:`profile_this_thread` was called."""

    def __init__(self):
        self._profiles = {}
        self._lock = threading.Lock()

    def wrap(self, application):
        """A WSGI application that runs ``application`` with the profile in the request's thread."""

        def profiled(environ, start_response):
            self.profile_this_thread()
            return application(environ, start_response)

        return profiled

    def profile_this_thread(self):
        """Profiles what runs in this thread from now on; nothing to do where that happens already."""
        if _SEES_ALL_THREADS:
            if not self._profiles:
                self._profiles[None] = cProfile.Profile()
                self._profiles[None].enable()
        elif not isinstance(sys.getprofile(), cProfile.Profile):
            self._enable_here()

    def _enable_here(self):
        with self._lock:
            profile = self._profiles.setdefault(threading.get_ident(), cProfile.Profile())
        # A thread whose Python state was made anew has a profile that still believes to be enabled.
        profile.disable()
        # Threads that the application starts are asked for by their first event.
        threading.setprofile(lambda frame, event, argument: self._enable_here())
        profile.enable()

    def stop(self):
        """Ends the profile.

        :returns: what was called, how often and for how long, as :class:`pstats.Stats`.
        """
        threading.setprofile(None)
        profiles = list(self._profiles.values())
        for profile in profiles:
            profile.disable()
        stats = pstats.Stats()
        # pstats refuses a profile in which nothing was called.
        for profile in profiles:
            if profile.getstats():
                stats.add(profile)
        return stats


def _report(profiler, directory, file):
    stats = profiler.stop()
    name = "%d-%d.pstats" % (time.time() * 1000000, os.getpid())
    for path in (os.path.join(directory, name), file):
        try:
            stats.dump_stats(path)
        except OSError as error:
            print("mod_wsgi-express: no profile in %s: %s" % (path, error), file=sys.stderr, flush=True)
        else:
            print("mod_wsgi-express: profile written to %s" % path, file=sys.stderr, flush=True)
