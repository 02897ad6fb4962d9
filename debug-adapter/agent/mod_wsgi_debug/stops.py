"""Stopped threads: each waits in its own frame and does there what the editor asks, until it is resumed."""

import itertools
import queue
import threading


class Stop:
    """One thread at one place. Commands run in the stopped thread itself, so that thread-local state is the request's."""

    def __init__(self, thread_id, frames, exception, body):
        """
        :param frames: innermost first (:class:`frames.Frame`).
        :param exception: the exception of a post mortem, or None.
        :param body: what the ``stopped`` event says about it.
        """
        self.thread_id = thread_id
        self.frames = frames
        self.exception = exception
        self.body = body
        self.numbered = None
        """The frames with the numbers by which the editor knows them, once it has asked."""
        self._jobs = queue.Queue()

    def run(self, job):
        """Have a job done in the stopped thread; called from the channel's reader."""
        self._jobs.put(job)

    def wait(self):
        """Do jobs until one of them returns how to go on: ``continue``, ``next``, ``stepIn`` or ``stepOut``."""
        while True:
            mode = self._jobs.get()()
            if mode is not None:
                return mode


class Stops:
    """All stopped threads of the process, and the numbers by which the editor names their frames and values."""

    def __init__(self):
        self._by_thread = {}
        self._handles = {}
        self._numbers = itertools.count(1)
        # Reentrant: the end of a live stop is told by a finalizer, which may run anywhere.
        self._lock = threading.RLock()
        self._closed = False

    def add(self, stop):
        """:returns: False once the session is over: nobody would ever resume the thread."""
        with self._lock:
            if self._closed:
                return False
            self._by_thread[stop.thread_id] = stop
            return True

    def remove(self, stop):
        with self._lock:
            self._by_thread.pop(stop.thread_id, None)
        self.forget(stop)

    def forget(self, stop):
        """Let go of the values that were looked at in a stop that is over."""
        with self._lock:
            self._handles = {number: held for number, held in self._handles.items() if held[0] is not stop}

    def release_all(self):
        """Resume every stopped thread and let none stop again.

        :returns: how many there were.
        """
        with self._lock:
            self._closed = True
            stopped = list(self._by_thread.values())
        for stop in stopped:
            stop.run(lambda: "continue")
        return len(stopped)

    def of_thread(self, thread_id):
        """:raises LookupError: if that thread is not stopped (any more)."""
        with self._lock:
            stop = self._by_thread.get(thread_id)
        if stop is None:
            raise LookupError("thread %s is not stopped" % thread_id)
        return stop

    def held(self, number):
        """What a number stands for: ``(stop, thing)``.

        :raises LookupError: if its stop is over.
        """
        with self._lock:
            found = self._handles.get(number)
        if found is None:
            raise LookupError("this value belongs to a stop that is over")
        return found

    def hold(self, stop, thing):
        with self._lock:
            number = next(self._numbers)
            self._handles[number] = (stop, thing)
            return number
