"""The adapter's part in the agent's tests: the other end of a real control channel to a real process."""

import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
AGENT = os.path.dirname(HERE)
COMMON = os.path.join(os.path.dirname(os.path.dirname(AGENT)), "common", "python")
WAIT = 20


class Refused(Exception):
    """The agent said no."""


class Adapter:
    def __init__(self, source, callable_name=None, coverage=False, stop_on_entry=False):
        self.folder = tempfile.mkdtemp(prefix="mod-wsgi-agent-")
        self.program = os.path.join(self.folder, "app.py")
        with open(self.program, "w") as file:
            file.write(source)
        self.settings = os.path.join(self.folder, "agent.json")
        with open(self.settings, "w") as file:
            json.dump(
                {
                    "socket": os.path.join(self.folder, "control"),
                    "token": "secret",
                    "folder": self.folder,
                    "python": sys.executable,
                    "program": self.program,
                    "callable": callable_name,
                    "stopOnEntry": stop_on_entry,
                    "coverageSource": [self.folder] if coverage else None,
                },
                file,
            )
        self.events = queue.Queue()
        self.answers = {}
        self.answered = threading.Condition()
        self.last_id = 0
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(os.path.join(self.folder, "control"))
        listener.listen(1)
        listener.settimeout(WAIT)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "host.py"), self.settings, AGENT, COMMON],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        self.stream, _ = listener.accept()
        listener.close()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.stream.makefile("rb"):
            message = json.loads(line)
            if "event" in message:
                self.events.put((message["event"], message["body"]))
            else:
                with self.answered:
                    self.answers[message["id"]] = message
                    self.answered.notify_all()

    def next_event(self):
        """``(event, body)``."""
        return self.events.get(timeout=WAIT)

    def expect(self, event):
        """The body of the next event, which must be of this kind."""
        name, body = self.events.get(timeout=WAIT)
        assert name == event, (name, body)
        return body

    def ask(self, command, **arguments):
        self.last_id += 1
        number = self.last_id
        message = {"id": number, "command": command, "arguments": arguments}
        self.stream.sendall(json.dumps(message).encode() + b"\n")
        with self.answered:
            assert self.answered.wait_for(lambda: number in self.answers, WAIT), command
            answer = self.answers.pop(number)
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer["body"]

    def request(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def response(self):
        return json.loads(self.process.stdout.readline())

    def locals_of(self, frame):
        scopes = self.ask("scopes", frame=frame["id"])
        found = self.ask("variables", reference=scopes[0]["reference"])
        return {variable["name"]: variable for variable in found}

    def marked_line(self, marker):
        with open(self.program) as file:
            return next(i for i, line in enumerate(file, 1) if marker in line)

    def close(self):
        self.stream.close()
        self.process.kill()
        self.process.wait(WAIT)
        self.process.stdin.close()
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def start():
    started = []

    def begin(source, **options):
        started.append(Adapter(source, **options))
        assert started[-1].expect("hello")["token"] == "secret"
        return started[-1]

    yield begin
    for adapter in started:
        adapter.close()
