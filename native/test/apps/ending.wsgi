"""What runs when the process ends, and what would keep it from ending.

daemon=False is said because a thread takes that from the one that starts it, and a request's thread is a daemon.
"""
import atexit
import concurrent.futures
import os
import sys
import threading
import time

atexit.register(lambda: print("atexit function ran", file=sys.stderr))
pool = concurrent.futures.ThreadPoolExecutor(1)


def application(environ, start_response):
    way = environ["PATH_INFO"].strip("/")
    if way == "sleep":
        time.sleep(30)
    elif way == "spin":
        while True:
            pass
    elif way == "endless_thread":
        threading.Thread(target=time.sleep, args=(60,), daemon=False).start()
    elif way == "daemon_thread":
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    elif way == "short_thread":
        def last():
            time.sleep(0.5)
            print("thread ended", file=sys.stderr)
        threading.Thread(target=last, daemon=False).start()
    elif way == "executor":
        pool.submit(int).result()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if way == "pids":
        return [("%s %d" % (environ["mod_wsgi.server_pid"], os.getpid())).encode()]
    return [str(os.getpid()).encode()]
