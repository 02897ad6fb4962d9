"""Has the application loaded anew when a file of an imported module has changed, without losing a request.

A thread of each process of the application looks at the files once per second; a request costs nothing more. What
happens then depends on who can begin a new process while the old one finishes its requests: a daemon process ends itself
with the signal that lets it finish, and Apache starts the next; in embedded mode Apache itself is asked for a graceful
restart, by the launcher where the server runs as another user than Apache's first process.
"""

import atexit
import json
import os
import signal
import sys
import threading
import time
import traceback

_INTERVAL = 1.0
_running = None


def start(settings):
    """Begins to watch, once per process.

    :param settings: ``pipe``, the named pipe that the launcher reads, or None where no launcher is there; ``files``,
        what to watch, or None for the files of all imported modules.
    :returns: the :class:`Watch` of this process.
    """
    global _running
    if _running is None:
        # Two versions that are saved within a second and have the same size share their compiled file.
        sys.dont_write_bytecode = True
        _running = Watch(Restart(settings["pipe"]), settings["files"])
        atexit.register(_running.stop)
        _running.begin()
    return _running


class Watch:
    """Compares files with what they were when they were first seen: those given, else those of the imported modules."""

    def __init__(self, restart, files=None, interval=_INTERVAL):
        self._restart = restart
        self._given = files
        self._interval = interval
        self._seen = {}
        self._more = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mod_wsgi-express reloader", daemon=True)

    def begin(self):
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join()

    def note_failure(self, error):
        """Watches the files that an exception names: a module that could not be imported is not among the imported."""
        self._more.update(frame.filename for frame in traceback.extract_tb(error.__traceback__))
        if isinstance(error, SyntaxError) and error.filename:
            self._more.add(error.filename)
        self.changed_file()

    def changed_file(self):
        """The first file that is not what it was, or None. Files that are seen for the first time count as unchanged."""
        changed = None
        for file in self._files():
            try:
                state = os.stat(file)
            except (OSError, ValueError):
                # Gone, or no file at all; one that is being replaced is back a moment later.
                continue
            now = (state.st_mtime_ns, state.st_size)
            if self._seen.setdefault(file, now) != now:
                changed = changed or file
        return changed

    def _files(self):
        if self._given is not None:
            return self._given
        files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        return sorted(file for file in files | self._more if isinstance(file, str))

    def _run(self):
        while not self._stopped.wait(self._interval):
            file = self.changed_file()
            if file:
                self._restart(file)
                return


class Restart:
    """Begins the next process of the application."""

    def __init__(self, pipe, started=None):
        self._pipe = pipe
        self._started = time.time() if started is None else started

    def __call__(self, file):
        group = _process_group()
        if not self._tell_launcher(file, group == ""):
            print("mod_wsgi-express: %s has changed; the application is loaded anew" % file, file=sys.stderr)
            if group == "":
                self._signal(os.getppid())
        if group != "":
            self._signal(os.getpid())

    @staticmethod
    def _signal(process):
        try:
            os.kill(process, signal.SIGUSR1)
        except PermissionError:
            print("mod_wsgi-express: only root can restart this server: apachectl graceful", file=sys.stderr)

    def _tell_launcher(self, file, is_embedded):
        """Whether a launcher reads what is written here; it restarts Apache where the application is embedded in it."""
        if not self._pipe:
            return False
        message = {"file": file, "embedded": is_embedded, "started": self._started}
        try:
            descriptor = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            os.write(descriptor, (json.dumps(message) + "\n").encode())
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True


def _process_group():
    """The name of the daemon process group of this process; empty in embedded mode."""
    try:
        import mod_wsgi
    except ImportError:
        return ""
    return getattr(mod_wsgi, "process_group", "")
