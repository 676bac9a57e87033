"""How people work with the plans: the lists that they keep, and what they were told by e-mail."""

from datetime import timedelta

from actions.models import Action, Digest, Reminder, SavedView
from actions.reminding import chasing, duties, sending, waiting

from . import told

Kind = Reminder.Kind


def add_views(listed, world):
    """Add the lists of actions that people have kept under a name, and share those of a team."""
    for each in listed:
        SavedView.objects.create(
            owner=world.people[each["by"]],
            name=each["name"],
            query=each["query"],
            partnership=world.partnerships.get(each.get("partnership")),
            agency=world.agencies.get(each.get("agency")),
        )


def add_reminders(by_hand, plans, world, clock):
    """Add that leads were asked for an answer on what is long overdue, and what managers sent by hand."""
    Reminder.objects.bulk_create(_asked(clock))
    for each in by_hand:
        _, action = plans.actions[each["action"]]
        Reminder.objects.create(
            action=action,
            person=world.leads[action.lead_agency],
            kind=Kind.BY_HAND,
            by=world.people[each["by"]],
            at=clock.moment(each["days_ago"], minutes=25),
            note=each["note"],
        )


def _asked(clock):
    """Yield that each lead was asked for an answer, on the day on which their partnership has them asked."""
    overdue = Action.objects.overdue().filter(extension_pending=False).select_related("review__partnership")
    rows = {row["pk"]: row for row in overdue.values("pk", "target_date", "last_update_on")}
    since = chasing.silences(list(rows), rows)
    answers = duties.Duties(overdue)
    for action in overdue:
        after = action.review.partnership.chase_lead_days
        day = told.working_day(since[action.pk] + timedelta(after))
        for person in answers.answering(action.pk) if day < clock.today else ():
            yield Reminder(
                action=action,
                person_id=person,
                kind=Kind.LEAD,
                silent_since=since[action.pk],
                at=clock.moment((clock.today - day).days, minutes=-120),
            )


def add_digests(clock):
    """Add the digest that each person with something to answer for was sent last."""
    day = clock.day(3)
    people, candidates = waiting.candidates(day)
    for key, found in candidates.items():
        person = people[key]
        if not found.groups or not person.has_usable_password():
            continue
        digest = Digest.objects.create(
            person=person,
            day=day,
            message_id=sending.message_id(person, day),
            begun_at=clock.moment(3, minutes=-120),
            sent_at=clock.moment(3, minutes=-120),
            whole=True,
            told=dict(found.groups),
        )
        keys = [key for keys in found.groups.values() for key in keys]
        digest.about.set(Action.objects.filter(pk__in=keys).values_list("review__partnership", flat=True).distinct())
