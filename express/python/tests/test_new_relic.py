"""What the handler does with New Relic's agent, with a package of that name in its place."""

import os
import sys

import pytest

import new_relic

AGENT = """\
initialized = []

def initialize(config_file, environment):
    initialized.append((config_file, environment))

def WSGIApplicationWrapper(application):
    def wrapped(environ, start_response):
        return [b"wrapped "] + application(environ, start_response)
    return wrapped
"""

SETTINGS = {"configFile": "/etc/newrelic.ini", "environment": "staging"}


@pytest.fixture(autouse=True)
def variables(monkeypatch):
    """Variables that say something else, and are as before afterwards."""
    monkeypatch.setenv("NEW_RELIC_CONFIG_FILE", "/other.ini")
    monkeypatch.setenv("NEW_RELIC_ENVIRONMENT", "other")


@pytest.fixture
def agent(tmp_path, monkeypatch):
    package = tmp_path / "newrelic"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "agent.py").write_text(AGENT)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in ("newrelic", "newrelic.agent"):
        sys.modules.pop(name, None)


def application(environ, start_response):
    return [b"body"]


def test_starts_the_agent_and_wraps_the_application(agent):
    wrapped = new_relic.start(SETTINGS).wrap(application)
    assert wrapped({}, None) == [b"wrapped ", b"body"]
    assert sys.modules["newrelic.agent"].initialized == [("/etc/newrelic.ini", "staging")]


def test_the_command_line_wins_over_the_environment(agent):
    new_relic.start(SETTINGS)
    assert os.environ["NEW_RELIC_CONFIG_FILE"] == "/etc/newrelic.ini"
    assert os.environ["NEW_RELIC_ENVIRONMENT"] == "staging"


def test_an_environment_that_was_not_named_does_not_come_from_outside(agent):
    new_relic.start({"configFile": "/etc/newrelic.ini", "environment": None})
    assert "NEW_RELIC_ENVIRONMENT" not in os.environ
    assert sys.modules["newrelic.agent"].initialized == [("/etc/newrelic.ini", None)]


def test_without_the_agent_the_application_runs_and_the_log_says_so(monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "newrelic", None)
    assert new_relic.start(SETTINGS).wrap(application) is application
    text = capfd.readouterr().err
    assert "without New Relic's agent" in text and "-m pip install newrelic" in text
