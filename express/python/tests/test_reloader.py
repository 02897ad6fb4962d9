"""What the reloader takes for a change, without Apache."""

import json
import os
import sys

import reloader


def watch(files, **given):
    return reloader.Watch(lambda file: None, files, **given)


def test_a_file_that_is_seen_for_the_first_time_has_not_changed(tmp_path):
    file = tmp_path / "part.py"
    file.write_text("one")
    seen = watch([str(file)])
    assert seen.changed_file() is None
    assert seen.changed_file() is None
    file.write_text("another")
    assert seen.changed_file() == str(file)


def test_a_file_that_is_gone_for_a_moment_has_not_changed_yet(tmp_path):
    file = tmp_path / "part.py"
    file.write_text("one")
    seen = watch([str(file)])
    seen.changed_file()
    file.unlink()
    assert seen.changed_file() is None
    file.write_text("another")
    assert seen.changed_file() == str(file)


def test_watches_imported_modules_and_those_that_failed_to_import(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "imported_part.py").write_text("import broken_part\n")
    (tmp_path / "broken_part.py").write_text("value = (\n")
    seen = watch(None)
    try:
        __import__("imported_part")
    except SyntaxError as error:
        seen.note_failure(error)
    assert seen.changed_file() is None
    (tmp_path / "broken_part.py").write_text("value = 1\n")
    assert os.path.basename(seen.changed_file()) == "broken_part.py"


def test_runs_until_the_first_change_and_can_be_stopped(tmp_path):
    file = tmp_path / "part.py"
    file.write_text("one")
    reported = []
    running = reloader.Watch(reported.append, [str(file)], interval=0.01)
    running.changed_file()
    running.begin()
    file.write_text("another")
    running._thread.join(5)
    assert reported == [str(file)]
    running.stop()
    quiet = reloader.Watch(reported.append, [str(file)], interval=0.01)
    quiet.begin()
    quiet.stop()
    assert not quiet._thread.is_alive()


def test_tells_the_launcher_and_leaves_the_restart_to_it(tmp_path, monkeypatch):
    pipe = str(tmp_path / "reload.pipe")
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    monkeypatch.setattr(os, "kill", lambda *words: sys.exit("nobody is to be signalled"))
    reloader.Restart(pipe, started=12.5)("/some/part.py")
    message = json.loads(os.read(reader, 4096).decode())
    os.close(reader)
    assert message == {"file": "/some/part.py", "embedded": True, "started": 12.5}


def test_restarts_by_itself_where_no_launcher_reads(tmp_path, monkeypatch, capsys):
    pipe = str(tmp_path / "reload.pipe")
    os.mkfifo(pipe)
    signalled = []
    monkeypatch.setattr(os, "kill", lambda process, number: signalled.append(process))
    reloader.Restart(pipe)("/some/part.py")
    reloader.Restart(None)("/some/part.py")
    assert signalled == [os.getppid()] * 2
    assert "/some/part.py has changed" in capsys.readouterr().err


def test_a_daemon_process_ends_itself(monkeypatch):
    signalled = []
    monkeypatch.setattr(os, "kill", lambda process, number: signalled.append(process))
    monkeypatch.setattr(reloader, "_process_group", lambda: "localhost:8000")
    reloader.Restart(None)("/some/part.py")
    assert signalled == [os.getpid()]
