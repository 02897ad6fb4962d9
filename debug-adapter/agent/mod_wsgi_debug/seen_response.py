"""The response of a request that is being debugged, an iterable with ``close()`` as PEP 3333 has it."""


def is_plain(response, environ):
    """Whether none of the application's code runs while the server sends the response."""
    if isinstance(response, (list, tuple, bytes)):
        return True
    file_wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(file_wrapper, type) and isinstance(response, file_wrapper)


class EndingResponse:
    """Its end is the request's."""

    def __init__(self, response, on_end):
        """:param on_end: called after the response's own ``close()``, unless that raises: a post mortem is still to come then."""
        self._response = response
        self._on_end = on_end

    def __iter__(self):
        return iter(self._response)

    def close(self):
        self._close_response()
        self._on_end()

    def _close_response(self):
        close = getattr(self._response, "close", None)
        if close is not None:
            close()


class SeenResponse(EndingResponse):
    """What it raises is seen, too, and is followed by the request's end."""

    def __init__(self, response, on_error, on_end):
        """:param on_error: called with an exception while it is being handled."""
        super().__init__(response, on_end)
        self._on_error = on_error

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
            self._close_response()
        except BaseException as error:
            self._on_error(error)
            raise
        finally:
            self._on_end()
