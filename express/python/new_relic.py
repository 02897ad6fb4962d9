"""Runs the application under New Relic's agent."""

import os
import sys


class _NoAgent:
    """Stands in where the agent is not installed."""

    @staticmethod
    def wrap(application):
        return application


class _Agent:
    def __init__(self, agent):
        self._agent = agent

    def wrap(self, application):
        """The application, reported on by the agent."""
        return self._agent.WSGIApplicationWrapper(application)


def start(settings):
    """Starts the agent before the application is loaded, as it has to see what the application imports.

    The command line decides alone: the agent's own environment variables are set to what it says, for this process and
    those that the application starts.

    :param settings: ``configFile``, and ``environment`` (the section of that file) or None.
    :returns: what wraps the application; it leaves the application alone where the agent is not installed.
    :raises Exception: whatever the agent finds wrong with its file.
    """
    os.environ["NEW_RELIC_CONFIG_FILE"] = settings["configFile"]
    if settings["environment"]:
        os.environ["NEW_RELIC_ENVIRONMENT"] = settings["environment"]
    else:
        os.environ.pop("NEW_RELIC_ENVIRONMENT", None)
    try:
        import newrelic.agent
    except ImportError as error:
        print(
            "mod_wsgi-express: the application runs without New Relic's agent, because %s cannot import it (%s). "
            "Install it with: %s -m pip install newrelic"
            % (sys.prefix, error, os.path.join(sys.prefix, "bin", "python")),
            file=sys.stderr,
            flush=True,
        )
        return _NoAgent
    newrelic.agent.initialize(settings["configFile"], settings["environment"])
    return _Agent(newrelic.agent)
