"""A process that serves requests from its standard input the way the launcher does: the agent's tests drive it.

Each line is ``METHOD PATH``; each answer on standard output is a JSON line with the status and the body.
"""

import io
import json
import pdb
import sys
import threading

__mod_wsgi_launcher__ = True

sys.path[:0] = sys.argv[2:]

from mod_wsgi_debug.bootstrap import load  # noqa: E402


class PostMortem:
    def __init__(self, application):
        self.application = application
        self.debugger = pdb.Pdb()

    def __call__(self, environ, start_response):
        try:
            response = self.application(environ, start_response)
            try:
                return list(response)
            finally:
                getattr(response, "close", int)()
        except Exception:
            self.debugger.reset()
            self.debugger.interaction(None, sys.exc_info()[2])
            raise


def serve(application, line):
    method, path = line.split()
    environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
               "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
               "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
               "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False}
    answer = {}

    def start_response(status, headers, exc_info=None):
        answer["status"] = status

    try:
        answer["body"] = b"".join(application(environ, start_response)).decode("utf-8")
    except Exception as error:
        answer.update(status="500 Internal Server Error", body=repr(error))
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    application = PostMortem(load(sys.argv[1]))
    for line in sys.stdin:
        if line.startswith("thread "):
            worker = threading.Thread(target=serve, args=(application, line[len("thread "):]))
            worker.start()
        else:
            serve(application, line)
