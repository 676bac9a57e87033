"""Staged chasing: when an overdue action has had no answer for so many days, the lead is asked for one; then the
agency's senior lead is told, then the board's chair.

An answer is a progress update, a submission or a request for a later date. It ends the silence; the next one begins
with it. Each step is taken once in a silence, one after the other and as far apart as the partnership's days are: a
plan that comes in with old dates does not go to the chair on its first day. A step for which there is nobody is passed
over.
"""

from collections import defaultdict
from datetime import datetime, time

from django.db.models import Max
from django.utils import timezone

from ..models import Extension, Reminder

Kind = Reminder.Kind

#: The steps in their order, and where a partnership says after how many days each is taken.
STEPS = {Kind.LEAD: "chase_lead_days", Kind.SENIOR: "chase_senior_days", Kind.CHAIR: "chase_chair_days"}


def silences(overdue, rows):
    """Return {action: the day from which an answer has been missing} for overdue actions, in one query."""
    asked = Extension.objects.filter(action__in=overdue).order_by().values_list("action").annotate(at=Max("asked_at"))
    asked = {key: timezone.localdate(at) for key, at in asked}
    return {
        key: max(filter(None, (row["target_date"], row["last_update_on"], asked.get(key)))) for key, row in rows.items()
    }


def taken(overdue, since, today):
    """Return {action: {step: the day it was taken}} of the present silences, today's own left out, in one query.

    Today's are left out so that a run that takes up another of the same day comes to the same result.
    """
    begun = timezone.make_aware(datetime.combine(today, time.min))
    found = defaultdict(dict)
    lines = Reminder.objects.filter(action__in=overdue, kind__in=list(STEPS), at__lt=begun)
    for key, kind, silent_since, at in lines.values_list("action", "kind", "silent_since", "at"):
        if silent_since == since.get(key):
            found[key][kind] = timezone.localdate(at)
    return found


def step_due(partnership, silent_since, done, reachable, today):
    """Return the step to take today, or None.

    ``done`` says which steps were taken in this silence and when; ``reachable`` for which there is somebody.
    """
    before = None
    for step, name in STEPS.items():
        after = getattr(partnership, name)
        if step in done:
            before = (done[step], after or 0)
        elif after is not None and step in reachable:
            is_time = (today - silent_since).days >= after
            apart = before is None or (today - before[0]).days >= after - before[1]
            return step if is_time and apart else None
    return None
