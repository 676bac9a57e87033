"""The closed lists of words in which an action is described (design: words, rules)."""

from django.db import models


class Status(models.TextChoices):
    """Where an action stands. "Complete" is said by the partnership, never by the lead agency."""

    UNKNOWN = "unknown", "Not yet reported"
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    ONGOING = "ongoing", "Ongoing"
    SUBMITTED = "submitted", "Submitted as complete"
    COMPLETE = "complete", "Complete"
    EMBEDDED = "embedded", "Embedded"
    PAUSED = "paused", "Paused"
    SUPERSEDED = "superseded", "Superseded"


class TargetKind(models.TextChoices):
    """How exactly a target is known: a date to the day, week, month …, or no date at all."""

    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"
    IMMEDIATE = "immediate", "Immediately"
    ONGOING = "ongoing", "Ongoing"
    RELATIVE = "relative", "After an event"
    TO_BE_CONFIRMED = "tbc", "To be confirmed"
    NONE = "none", "No target date"


#: The kinds that stand beside a date; the others stand alone.
DATED_KINDS = (TargetKind.DAY, TargetKind.WEEK, TargetKind.MONTH, TargetKind.QUARTER, TargetKind.YEAR)


class Rating(models.TextChoices):
    """How much an action needs the board's attention (BRAG, and grey for what is set aside)."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    BLUE = "blue", "Blue"
    GREY = "grey", "Grey"


class OwnRating(models.TextChoices):
    """How the lead agency rates its own action."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"


class ValidatedRating(models.TextChoices):
    """How the partnership rates an action, over the computed rating and the lead's own."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    BLUE = "blue", "Blue"


class ImpactResult(models.TextChoices):
    """Whether an action made a difference that lasted."""

    HELD = "held", "It made a difference that has lasted"
    NOT_HELD = "not_held", "It has not made a lasting difference"


class AgendaKind(models.TextChoices):
    """Why something stands on the agenda of a meeting: first what waits for a decision, then exceptions, then news."""

    SIGN_OFF = "sign_off", "Sign-off waiting"
    EXTENSION = "extension", "Later date asked for"
    CHALLENGE = "challenge", "Challenge without an answer"
    RETURNED = "returned", "Returned"
    OVERDUE = "overdue", "Overdue"
    NO_ACTION = "no_action", "Recommendation without an action"
    NO_EVIDENCE = "no_evidence", "Complete without evidence"
    IMPACT_CHECK = "impact_check", "Impact check overdue"
    SILENT = "silent", "No update for long"
    NEW = "new", "New since the last meeting"


def every_agenda_kind():
    """Return all kinds of item, with which the agenda of a meeting begins."""
    return list(AgendaKind.values)


class Outcome(models.TextChoices):
    """What a meeting made of an item."""

    DECISION = "decision", "Decided"
    NOTED = "noted", "Noted"
    CHALLENGE = "challenge", "Challenged"
    DATE_AGREED = "date_agreed", "Later date agreed"
    DATE_REFUSED = "date_refused", "Later date refused"
    DATE_SET = "date_set", "New target date set"
    SIGNED_OFF = "signed_off", "Signed off"
    RETURNED = "returned", "Returned"


#: What a meeting may record without a word more.
SAYS_ENOUGH = (Outcome.NOTED, Outcome.DATE_AGREED, Outcome.SIGNED_OFF)


#: On which the lead agency is at work, or ought to be.
AT_WORK = (Status.UNKNOWN, Status.NOT_STARTED, Status.IN_PROGRESS, Status.ONGOING)
#: Done: the partnership accepted the evidence.
DONE = (Status.COMPLETE, Status.EMBEDDED)
#: Set aside, with a reason.
SET_ASIDE = (Status.PAUSED, Status.SUPERSEDED)
#: Nothing more is expected for now.
CLOSED = DONE + SET_ASIDE
#: Everything else still needs doing. A list of its own, because an index finds what is, not what is not.
OPEN = tuple(status for status in Status if status not in CLOSED)
