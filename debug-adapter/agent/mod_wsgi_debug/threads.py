"""Threads of the debugger's own in the application's process."""

import signal
import threading


def start_thread(name, work, *arguments):
    """Run ``work`` in a daemon thread that neither a signal nor debugpy gets at."""

    def run():
        # Apache's prefork ends in its signal handler, in whatever thread the signal finds: that must not be this one.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        work(*arguments)

    thread = threading.Thread(target=run, name="mod_wsgi_debug %s" % name, daemon=True)
    # debugpy's mark of a thread that is the debugger's own: neither listed nor traced.
    thread.is_pydev_daemon_thread = thread.pydev_do_not_trace = True
    thread.start()
    return thread
