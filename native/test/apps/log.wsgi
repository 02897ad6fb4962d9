"""Writes to every stream that there is."""
import sys
import threading

sys.stderr.write("while loading\n")


def application(environ, start_response):
    errors = environ["wsgi.errors"]
    errors.write("errors: one\nerrors: two\n")
    errors.writelines(["errors: ", "three\n"])
    errors.write("errors: no end of line")
    print("stdout:", "a", "line")
    print("stderr: a line", file=sys.stderr)
    print("stderr: flushed", end="", file=sys.stderr, flush=True)
    sys.stderr.write("stderr: no end of line")
    thread = threading.Thread(target=lambda: print("from a thread", file=sys.stderr))
    thread.start()
    thread.join()
    errors.write("\u20ac \x1b and %s\n")
    errors.write("long " + "x" * 9000 + " end of long\n")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"logged"]
