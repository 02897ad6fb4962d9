"""A script that a service runs."""
import threading
import time

import mod_wsgi

print("service runs in %s of %s" % (threading.current_thread().name, mod_wsgi.process_group))
time.sleep(0.3)
