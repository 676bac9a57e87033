"""What waits for whom today: one pass over all open actions, in a constant number of queries.

This finds candidates. What a person is told is asked once more, from what they may see, when it is sent.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery

from scr_tracker.models import Partnership

from .. import steps
from ..choices import Status
from ..models import Action, Meeting, Reminder, Update
from . import chasing
from .duties import Duties

#: The groups of a digest, in their order. Those of managers come first: others wait for them.
SIGN_OFF, EXTENSION, RETURNED, OVERDUE, TODAY, SOON, LATER = GROUPS = (
    *("sign_off", "extension", "returned", "overdue", "today", "soon", "later"),
)
#: How many days ahead a target date is soon, and how many later.
SOON_DAYS, LATER_DAYS = 14, 30

Kind = Reminder.Kind


@dataclass
class Candidates:
    """What may have to be told to one person: keys of actions by group, and by the step of chasing."""

    groups: dict = field(default_factory=lambda: defaultdict(list))
    chased: dict = field(default_factory=lambda: defaultdict(dict))


def quiet_partnerships(today):
    """Return the keys of the partnerships that leave leads in peace today.

    From the day after the papers of a meeting close until the day of the meeting, both included.
    """
    frozen = Meeting.objects.filter(papers_close_on__lt=today, date__gte=today, partnership__quiet_before_meetings=True)
    return set(frozen.values_list("partnership", flat=True))


def group_of(target_date, today):
    """Return the group of an action that is still at work, by its target date."""
    days = (target_date - today).days if target_date else None
    if days is None or days > LATER_DAYS:
        return None
    return OVERDUE if days < 0 else TODAY if days == 0 else SOON if days <= SOON_DAYS else LATER


def at_work():
    """Actions on which a lead agency is at work: open, not submitted, and no later date asked for."""
    return Action.objects.filter(status__in=steps.AT_WORK, extension_pending=False)


def returned(actions):
    """Return the keys of those actions whose last report was a submission that came back."""
    last = Update.objects.filter(action=OuterRef("pk")).order_by("-at", "-pk").values("status_after")[:1]
    reopened = actions.filter(status=Status.IN_PROGRESS).annotate(last=Subquery(last)).filter(last=Status.SUBMITTED)
    told = (steps.RETURN.done, steps.TAKE_BACK.done, steps.CHECK_IMPACT.done)
    begins = Q()
    for done in told:
        begins |= Q(history_change_reason__startswith=done)
    lines = Action.history.filter(begins, id__in=reopened.order_by().values("pk")).order_by("history_id")
    found = {
        key: not why.startswith(steps.TAKE_BACK.done) for key, why in lines.values_list("id", "history_change_reason")
    }
    return {key for key, came_back in found.items() if came_back}


def candidates(today, *, partnerships=None):
    """Return (people by key, {person: Candidates}) for today, of all partnerships that send reminders."""
    houses = Partnership.objects.filter(sends_reminders=True) if partnerships is None else partnerships
    houses = {house.pk: house for house in houses}
    of_houses = Action.objects.filter(review__partnership__in=list(houses))
    work = at_work() & of_houses
    back = returned(work)
    near = Q(target_date__lte=today + timedelta(LATER_DAYS)) | Q(pk__in=back)
    judged = Q(status=Status.SUBMITTED) | Q(extension_pending=True)
    concerned = of_houses.open().filter(judged | (near & Q(status__in=steps.AT_WORK)))
    duties = Duties(concerned, "target_date", "status", "extension_pending", "last_update_on", "submitted_by")
    found = defaultdict(Candidates)
    _add_queues(duties, found)
    quiet = quiet_partnerships(today)
    leads = {
        key: row
        for key, row in duties.rows.items()
        if row["status"] in steps.AT_WORK and not row["extension_pending"] and row["review__partnership"] not in quiet
    }
    for key, row in leads.items():
        group = RETURNED if key in back else group_of(row["target_date"], today)
        for person in duties.answering(key) if group else ():
            found[person].groups[group].append(key)
    _add_chased(duties, found, work.overdue(today), leads, houses, today)
    return duties.people, found


def _add_queues(duties, found):
    """Add what waits for managers: submissions that are not their own, and later dates asked for."""
    for key, row in duties.rows.items():
        if row["status"] == Status.SUBMITTED:
            for person in duties.judging(key, duties.signing_off) - {row["submitted_by"]}:
                found[person].groups[SIGN_OFF].append(key)
        if row["extension_pending"]:
            for person in duties.judging(key, duties.deciding):
                found[person].groups[EXTENSION].append(key)


def _add_chased(duties, found, overdue, leads, houses, today):
    """Add the steps of chasing that are due today."""
    rows = {key: row for key, row in leads.items() if row["target_date"] and row["target_date"] < today}
    keys = overdue.order_by().values("pk")
    since = chasing.silences(keys, rows)
    taken = chasing.taken(keys, since, today)
    for key, row in rows.items():
        told = {Kind.LEAD: duties.answering(key), Kind.SENIOR: duties.senior(key), Kind.CHAIR: duties.chair(key)}
        reachable = {step for step, people in told.items() if people}
        house = houses[row["review__partnership"]]
        step = chasing.step_due(house, since[key], taken.get(key, {}), reachable, today)
        for person in told[step] if step else ():
            found[person].chased[step][key] = since[key]
