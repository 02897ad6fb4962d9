"""Runs a command on a terminal of its own and plays a dialogue with it, for tests of what people type.

Usage: terminal.py STEPS COMMAND…  STEPS is a JSON list of [text to wait for, what to do then]. What to do is text to type,
or {"resize": [rows, columns]}, or {"get": url}: ask for a page in the background, or {"hang_up": url}: take the terminal
away, and then ask for a page. Prints JSON: the exit status, everything that appeared on the terminal, and the status of
each page.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import threading
import time
import urllib.error
import urllib.request

LIMIT = 30

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

output = ""
pages = []


def read_on(seconds):
    """More output, or False when there will be none."""
    global output
    try:
        if select.select([terminal], [], [], seconds)[0]:
            output += os.read(terminal, 65536).decode("utf-8", "replace")
    except OSError:
        return False
    return True


def get(url):
    try:
        pages.append(urllib.request.urlopen(url, timeout=LIMIT).status)
    except urllib.error.HTTPError as error:
        pages.append(error.code)
    except OSError as error:
        pages.append(str(error))


def act(action):
    if isinstance(action, str):
        os.write(terminal, action.encode())
    elif "hang_up" in action:
        os.close(terminal)
        get(action["hang_up"])
    elif "resize" in action:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *action["resize"], 0, 0))
    else:
        thread = threading.Thread(target=get, args=(action["get"],))
        thread.start()
        threads.append(thread)


threads = []
position = 0
deadline = time.time() + LIMIT
for expected, action in steps:
    while expected not in output[position:] and time.time() < deadline:
        if not read_on(0.05):
            break
    found = output.find(expected, position)
    position = found + len(expected) if found >= 0 else len(output)
    act(action)

while time.time() < deadline and read_on(0.1):
    pass
ended, status = os.waitpid(pid, os.WNOHANG)
while not ended and time.time() < deadline:
    time.sleep(0.05)
    ended, status = os.waitpid(pid, os.WNOHANG)
if not ended:
    os.kill(pid, 15)
    status = os.waitpid(pid, 0)[1]
for thread in threads:
    thread.join()
print(json.dumps({"status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1, "output": output, "pages": pages}))
