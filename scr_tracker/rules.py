"""How the project says that something may not be done."""


class RuleBroken(Exception):
    """A rule of practice forbids this. The message is a sentence for the person who tried."""
