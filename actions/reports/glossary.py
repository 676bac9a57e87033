"""What the words of a report mean, for who reads one for the first time."""

from scr_tracker.words import counted


def glossary_of(partnership):
    """Yield (word, meaning) for the words of a report, with the days that this partnership counts with."""
    yield "As at", "The moment that the report speaks of. What was changed after it does not count."
    yield "Action", "What an agency has undertaken to do, so that a recommendation is met."
    yield "Lead agency", "The agency that answers for an action. Others may support it."
    yield "First date", "The target date that an action was given first. It stays, however often it is moved."
    yield "On time", "Done no later than the first date. Only actions of which both days are known are counted."
    yield (
        "Slip",
        "By how many days an action was done after its first date, or is now expected to be: by its present target"
        " date, or today where that has passed. Done early counts as no slip.",
    )
    yield "Overdue", "Open and past its target date, unless it was submitted as complete in time."
    yield "No update", f"Nobody has reported on it in the last {counted(partnership.stale_days, 'day')}."
    yield "Returned", "Submitted as complete, and sent back to the lead agency with a reason."
    yield "Signed off", "The partnership, not the agency itself, has accepted that an action is complete."
    yield (
        "Impact check",
        f"A second look, {counted(partnership.impact_check_months, 'month')} after an action was signed off:"
        " has it made a difference that lasted?",
    )
    yield (
        "Strength of evidence",
        "How far it shows that something changed: said, disseminated, in place, audited, outcome changed.",
    )
    yield "Untouched", "Open in this report and the last one, and nobody has changed or reported anything between."
