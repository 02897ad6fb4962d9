"""Who am I: names of the interpreter, and more than one callable."""
import os
import threading

import apache
import mod_wsgi

loaded = [0]


def answer(environ, start_response, name):
    facts = [
        name,
        environ["mod_wsgi.application_group"],
        mod_wsgi.application_group,
        mod_wsgi.process_group,
        environ["mod_wsgi.callable_object"],
        environ.get("HTTP_AUTHORIZATION", "-"),
    ]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(facts).encode()]


def application(environ, start_response):
    if environ["PATH_INFO"] == "/module":
        facts = [
            mod_wsgi.version,
            mod_wsgi.maximum_processes,
            mod_wsgi.threads_per_process,
            mod_wsgi.FileWrapper is environ["wsgi.file_wrapper"],
            apache.version,
            apache.mpm_name,
            bool(apache.build_date and apache.description),
            [environ["wsgi.multithread"], environ["wsgi.multiprocess"], environ["wsgi.run_once"]],
            __name__.startswith("_mod_wsgi_"),
            type(__mtime__).__name__,
            os.path.basename(__file__),
        ]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["\n".join(map(str, facts)).encode()]
    return answer(environ, start_response, "application")


def other(environ, start_response):
    return answer(environ, start_response, "other")


count = 0


def counter(environ, start_response):
    global count
    count += 1
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(count).encode()]


def package(environ, start_response):
    import mod_wsgi.inner

    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%s %s" % (mod_wsgi.inner.NAME, mod_wsgi.version)).encode()]
