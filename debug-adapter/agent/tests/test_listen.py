"""``listen()``: what it takes, what it refuses, and that nobody but its user gets in."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from mod_wsgi_debug import applications, handshake, listener, private_folder  # noqa: E402

TOKEN = "a-token-of-more-than-16-characters"


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "sockets")


def run(code, **environ):
    """What a process prints that has ``listen`` imported: its output, then its log."""
    done = subprocess.run(
        [sys.executable, "-c", "import os, sys, mod_wsgi_debug\nfrom mod_wsgi_debug import listen\n" + code],
        env=dict(os.environ, PYTHONPATH=os.path.dirname(HERE), **environ),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=30,
    )
    return done.stdout, done.stderr


def test_the_folder_is_made_private_and_left_empty(folder):
    out, log = run("listen(%r); print(os.listdir(%r), oct(os.stat(%r).st_mode))" % (folder, folder, folder))
    assert ".sock" in out and "0o40700" in out
    assert "waits for a debug adapter in %s" % folder in log
    assert os.listdir(folder) == []


def test_a_folder_that_others_may_enter_is_refused_and_the_application_goes_on(folder):
    os.mkdir(folder)
    os.chmod(folder, 0o755)
    out, log = run("listen(%r); print('served')" % folder)
    assert out == "served\n"
    assert "others may enter %s. Close it: chmod 700" % folder in log


def test_a_link_is_refused(folder, tmp_path):
    os.mkdir(str(tmp_path / "elsewhere"), 0o700)
    os.symlink(str(tmp_path / "elsewhere"), folder)
    with pytest.raises(private_folder.Refused, match="is not a folder"):
        private_folder.PrivateFolder(folder)


def test_a_socket_whose_process_was_killed_is_removed(folder):
    private_folder.PrivateFolder(folder)
    run("listen(%r); os._exit(0)" % folder)
    assert len(os.listdir(folder)) == 1
    out, _ = run("listen(%r); print(len(os.listdir(%r)))" % (folder, folder))
    assert out == "1\n"


def test_the_token_leaves_the_environment(folder):
    out, log = run(
        "listen(%r, port=1); print('MOD_WSGI_DEBUG_TOKEN' in os.environ)" % folder, MOD_WSGI_DEBUG_TOKEN=TOKEN
    )
    assert out == "False\n"
    assert TOKEN not in log


def test_a_token_is_made_once_for_all_processes_and_is_for_its_user_alone(folder):
    private = private_folder.PrivateFolder(folder)
    token, path = private.shared_token()
    assert private.shared_token() == (token, path)
    assert len(token) > 30 and stat.S_IMODE(os.stat(path).st_mode) == 0o600


@pytest.mark.parametrize("arguments, message", [
    ({"port": "http"}, "has to be a number from 1 to 65535"),
    ({"port": 70000}, "has to be a number from 1 to 65535"),
    ({"port": 5679, "token": "short"}, "shorter than 16 characters"),
    ({"host": "0.0.0.0"}, "there is no port"),
])
def test_arguments_that_make_no_sense_are_refused(folder, arguments, message):
    with pytest.raises(ValueError, match=message):
        listener.listen(folder, **arguments)


def greeted(token, answer):
    """The visitor that a greeting lets in, and what the other side has read."""
    ours, theirs = socket.socketpair()
    with theirs, theirs.makefile("rw") as lines:
        result = []

        def greet():
            try:
                result.append(handshake.greet(ours, token))
            except handshake.Rejected:
                result.append(None)

        thread = threading.Thread(target=greet)
        thread.start()
        greeting = json.loads(lines.readline())
        lines.write(json.dumps(answer(greeting)) + "\n")
        lines.flush()
        thread.join(20)
        if result[0] is not None:
            result[0].accept()
        verdict = json.loads(lines.readline())
    ours.close()
    return result[0], verdict


def test_who_proves_to_know_the_token_is_let_in_and_gets_a_proof_in_return():
    def answer(greeting):
        return {"want": "control", "nonce": "ab", "proof": handshake.proof_of(TOKEN, "adapter", greeting["nonce"], "ab")}

    visitor, verdict = greeted(TOKEN, answer)
    assert visitor.want == "control"
    assert verdict["ok"] and len(verdict["proof"]) == 64


@pytest.mark.parametrize("proof", ["", "é", None, "0" * 64])
def test_who_does_not_is_turned_away(proof):
    visitor, verdict = greeted(TOKEN, lambda greeting: {"want": "control", "nonce": "ab", "proof": proof})
    assert visitor is None
    assert verdict == {"ok": False, "error": "token", "message": "the token is wrong"}


class Flask:
    """An application whose script uses more of it than its call."""

    __slots__ = ("name",)

    def __call__(self, environ, start_response):
        return [environ["PATH_INFO"]]


def plain(environ, start_response):
    return [environ["PATH_INFO"]]


@pytest.mark.parametrize("application", [Flask(), plain], ids=["object", "function"])
def test_an_application_is_seen_through_and_left_as_it_was_found(application):
    space = {"__name__": "site", "application": application}
    found = applications.Applications()
    found.add(space, "application")
    seen = []

    def visit(call, environ, start_response):
        seen.append(environ["PATH_INFO"])
        return call(environ, start_response)

    before = type(application)
    watch = found.watch(visit)
    assert isinstance(space["application"], before)
    assert space["application"]({"PATH_INFO": "/a"}, None) == ["/a"]
    watch.end()
    assert space["application"] is application and type(application) is before
    assert application({"PATH_INFO": "/b"}, None) == ["/b"]
    assert seen == ["/a"]
