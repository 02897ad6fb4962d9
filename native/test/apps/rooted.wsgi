"""Says where it is."""
import os


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("%s %s" % (os.getcwd(), sorted(os.listdir("/")))).encode()]
