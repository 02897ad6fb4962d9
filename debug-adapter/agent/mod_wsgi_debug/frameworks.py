"""What turns an exception into an error page keeps it from leaving the application.

Flask and Django announce it by a signal while the exception is still being handled; Pyramid and Flask's own error handlers
are asked through a public method, which is watched; any other framework or middleware tells by ``start_response``. There we
stop. A framework is connected once it has been imported by the application, and never imported by us.
"""

import sys

from . import frames


def _connect_flask(flask, swallowed):
    def on_exception(sender, exception, **_extra):
        swallowed(exception, "turned into an error page by Flask")

    flask.got_request_exception.connect(on_exception, weak=False)

    # An error handler of the application's own for a class of exceptions is no case for the signal.
    handle = flask.Flask.handle_user_exception

    def handle_user_exception(self, error):
        answer = handle(self, error)
        if _is_server_error(answer) and not isinstance(error, _werkzeug_responses()):
            swallowed(error, "turned into an error page by an error handler of the application")
        return answer

    flask.Flask.handle_user_exception = handle_user_exception


def _connect_django(signals, swallowed):
    def on_exception(sender, **_extra):
        exception = sys.exc_info()[1]
        if exception is not None:
            swallowed(exception, "turned into an error page by Django")

    signals.got_request_exception.connect(on_exception, weak=False)


def _connect_pyramid(view, swallowed):
    invoke = view.ViewMethodsMixin.invoke_exception_view

    def invoke_exception_view(self, exc_info=None, *arguments, **options):
        exception = (exc_info or sys.exc_info())[1]
        # Pyramid's HTTP exceptions are responses that happen to be raised.
        if exception is not None and not callable(exception):
            swallowed(exception, "given to Pyramid's exception views")
        return invoke(self, exc_info, *arguments, **options)

    view.ViewMethodsMixin.invoke_exception_view = invoke_exception_view


_FRAMEWORKS = {"flask": _connect_flask, "django.core.signals": _connect_django, "pyramid.view": _connect_pyramid}
"""Module whose presence means that the framework is in use, and how to hear of its exceptions."""


def _werkzeug_responses():
    """Exceptions that are responses: ``abort(503)`` is no failure of the application."""
    exceptions = sys.modules.get("werkzeug.exceptions")
    return getattr(exceptions, "HTTPException", ())


def _is_server_error(answer):
    """Whether what a Flask view or handler returned is a 5xx."""
    status = getattr(answer, "status_code", None)
    if isinstance(answer, tuple):
        status = next((part for part in answer[1:] if isinstance(part, (int, str))), None)
        if isinstance(status, str) and status[:3].isdigit():
            status = int(status[:3])
    return isinstance(status, int) and status >= 500


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
                connect(sys.modules[name], self._swallowed)
            except AttributeError:
                continue  # still being imported, by another thread or further up this one
            except Exception as error:
                self._warn(
                    "Exceptions that %s turns into an error page will not stop: %s" % (name.split(".")[0], error)
                )
            del self._waiting[name]

    def watched(self, start_response):
        """A ``start_response`` that notices an error page for an exception.

        It is given the exception, or it is told a 5xx while one is being handled or is still held in a variable.
        """

        def watching(status, headers, exc_info=None):
            exception = exc_info[1] if exc_info else None
            if exception is None and status[:1] == "5":
                exception = sys.exc_info()[1] or _kept_exception(sys._getframe().f_back)
            if isinstance(exception, BaseException):
                self._swallowed(exception, "turned into an error page by %s" % _handler_of(exception))
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return watching

    def _swallowed(self, exception, description):
        self._post_mortem(exception, description, "swallowed")


def _kept_exception(frame):
    """An exception that one of these frames, from the innermost outwards, has caught and keeps in a variable."""
    while frame is not None and not frames.is_launcher_frame(frame):
        for value in list(frame.f_locals.values()):
            kept = value[1] if isinstance(value, tuple) and len(value) == 3 else value
            if isinstance(kept, BaseException) and kept.__traceback__ and kept.__traceback__.tb_frame is frame:
                return kept
        frame = frame.f_back
    return None


def _handler_of(exception):
    """Who has caught it: a traceback begins in the frame of the ``except``."""
    traceback = frames.without_launcher(exception.__traceback__)
    if traceback is None:
        return "the application"
    frame = traceback.tb_frame
    return "%s() of %s" % (frame.f_code.co_name, frame.f_globals.get("__name__", "the application"))
