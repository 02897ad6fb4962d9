"""What the agent will not do."""


class Refusal(Exception):
    """Why something that the user has asked for is not done, a sentence."""
