"""Gives the demonstration a past: lines of history bear the day on which things are said to have happened."""


def when(instance, at, *, by=None, why=None):
    """Date the next line of an instance's history; say who made the change and why, where that is known."""
    instance._history_date = at
    if why:
        instance._history_user, instance._change_reason = by, why
    return instance
