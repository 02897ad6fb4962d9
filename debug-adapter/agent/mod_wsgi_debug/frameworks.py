"""Frameworks answer an exception with an error page, so it never leaves the application.

Each announces it by a signal while the exception is still being handled; we stop there. A framework is connected once
it has been imported by the application, and never imported by us.
"""

import sys


def _connect_flask(flask, post_mortem):
    def on_exception(sender, exception, **_extra):
        post_mortem(exception, "turned into an error page by Flask", "swallowed")

    flask.got_request_exception.connect(on_exception, weak=False)


def _connect_django(signals, post_mortem):
    def on_exception(sender, **_extra):
        exception = sys.exc_info()[1]
        if exception is not None:
            post_mortem(exception, "turned into an error page by Django", "swallowed")

    signals.got_request_exception.connect(on_exception, weak=False)


_FRAMEWORKS = {"flask": _connect_flask, "django.core.signals": _connect_django}
"""Module whose presence means that the framework is in use, and how to hear of its exceptions."""


class FrameworkHooks:
    """The frameworks that the application has imported so far, each connected once."""

    def __init__(self, post_mortem, warn):
        """
        :param post_mortem: called as ``post_mortem(exception, description, kind)``.
        :param warn: called with a sentence where a framework cannot be connected.
        """
        self._post_mortem = post_mortem
        self._warn = warn
        self._waiting = dict(_FRAMEWORKS)

    def connect_imported(self):
        """Cheap enough for every request: applications import lazily."""
        for name in [name for name in self._waiting if name in sys.modules]:
            connect = self._waiting[name]
            try:
                connect(sys.modules[name], self._post_mortem)
            except AttributeError:
                continue  # still being imported, by another thread or further up this one
            except Exception as error:
                self._warn(
                    "Exceptions that %s turns into an error page will not stop: %s" % (name.split(".")[0], error)
                )
            del self._waiting[name]
