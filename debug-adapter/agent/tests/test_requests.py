"""What is kept of a request."""

import base64
import gc
import io
import os
import sys
import weakref

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from mod_wsgi_debug import requests  # noqa: E402


class Stream(io.BytesIO):
    """One that can be seen to be gone."""


def test_the_objects_of_a_request_are_let_go_with_it():
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/cart", "CONTENT_LENGTH": "3", "HTTP_ACCEPT": "*/*",
               "wsgi.input": Stream(b"tea"), "wsgi.errors": Stream()}
    streams = [weakref.ref(environ["wsgi.input"]), weakref.ref(environ["wsgi.errors"])]
    request = requests.begin(environ)
    environ["wsgi.input"].read()
    assert request.environ is environ
    requests.end()
    del environ
    gc.collect()
    assert [stream() for stream in streams] == [None, None]

    record = requests.last().record(reads_on=False)
    assert base64.b64decode(record["body"]) == b"tea"
    assert (record["target"], record["headers"]) == ("/cart", {"Accept": "*/*", "Content-Length": "3"})


def test_a_body_that_nobody_has_read_is_known_to_be_missing():
    requests.begin({"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "3", "wsgi.input": io.BytesIO(b"tea")})
    requests.end()
    assert "did not read its whole body" in requests.last().record(reads_on=False)["problem"]
