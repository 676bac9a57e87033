"""Which status may follow which: one table."""

from .choices import Status

#: What the lead agency can say of an open action.
REPORTED = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.ONGOING, Status.SUBMITTED)

#: The statuses that a progress update may make of the present one. Completion is for the partnership to
#: say, by signing off; setting aside and reopening need a reason. None of them is a progress update.
BY_REPORT = {
    Status.UNKNOWN: REPORTED,
    Status.NOT_STARTED: REPORTED,
    Status.IN_PROGRESS: REPORTED,
    Status.ONGOING: REPORTED,
    Status.SUBMITTED: REPORTED,
    Status.COMPLETE: (),
    Status.EMBEDDED: (),
    Status.PAUSED: (),
    Status.SUPERSEDED: (),
}


def may_report(before, after):
    """Whether a progress update may take an action from one status to another."""
    return after in BY_REPORT[Status(before)]


def reportable(status):
    """Return the choices of status that a progress update offers, the present one first."""
    status = Status(status)
    following = [following for following in BY_REPORT[status] if following != status]
    return [(choice.value, choice.label) for choice in (status, *following)]
