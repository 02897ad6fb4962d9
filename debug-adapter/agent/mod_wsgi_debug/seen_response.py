"""The response of a request that is being debugged: an iterable that raises stops, and its end is the request's."""


def is_plain(response, environ):
    """Whether none of the application's code runs while the server sends the response."""
    if isinstance(response, (list, tuple, bytes)):
        return True
    file_wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(file_wrapper, type) and isinstance(response, file_wrapper)


class SeenResponse:
    """An iterable with ``close()``, as PEP 3333 has it."""

    def __init__(self, response, on_error, on_end):
        """
        :param on_error: called with an exception while it is being handled.
        :param on_end: called once, after the response's own ``close()``.
        """
        self._response = response
        self._on_error = on_error
        self._on_end = on_end

    def __iter__(self):
        try:
            yield from self._response
        except GeneratorExit:
            raise
        except BaseException as error:
            self._on_error(error)
            raise

    def close(self):
        try:
            close = getattr(self._response, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            self._on_error(error)
            raise
        finally:
            self._on_end()
