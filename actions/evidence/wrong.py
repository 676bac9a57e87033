"""How a check says what is wrong with a file."""

from scr_tracker.rules import RuleBroken


class Refused(RuleBroken):
    """This file may not come in. The message is a whole sentence, and says what to do."""


class Wrong(Exception):
    """What is wrong with a file and what to do: the rest of the sentence that its name begins."""
