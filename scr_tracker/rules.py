"""How the project says that something may not be done."""


class RuleBroken(Exception):
    """A rule of practice forbids this. The message is a sentence for the person who tried."""


class ChangedMeanwhile(RuleBroken):
    """Somebody else changed it after the form was shown; ``since`` is the version that the form started from."""

    def __init__(self, since):
        self.since = since
        super().__init__("Somebody else changed this while you were writing.")


class AlreadySent(RuleBroken):
    """The same form was sent before, and what it said has been done."""

    def __init__(self):
        super().__init__("This was already saved.")
