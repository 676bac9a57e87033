"""A manager's own reminder: one message for each person, about the actions that the manager chose."""

from dataclasses import dataclass, field

from django.core.mail import get_connection
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from scr_tracker import notifications
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from .. import steps
from ..choices import Status
from ..models import Action, Reminder
from . import digests
from .duties import Duties

#: How many actions one reminder may be about.
MOST = 1000


@dataclass
class Reminded:
    """What came of it: ``told`` is [(person, actions)], ``not_told`` [(action, why)]."""

    told: list = field(default_factory=list)
    not_told: list = field(default_factory=list)

    @property
    def words(self):
        """Who was told, and how many actions nobody was told of, as a person would say it."""
        names = [str(person) for person, _ in self.told]
        said = (
            f"Reminder sent to {', '.join(names)}" if 0 < len(names) <= 5 else f"Reminder sent to {len(names)} people"
        )
        if not names:
            said = "Nobody was reminded"
        if self.not_told:
            number = len(self.not_told)
            why = "; ".join(dict.fromkeys(why for _, why in self.not_told))
            said += f". Not about {number} action{'s' * (number != 1)}: {why}"
        return said


def answering(actions):
    """Return ({key of a person: person}, {key of an action: keys of the people who answer for it})."""
    duties = Duties(Action.objects.filter(pk__in=[action.pk for action in actions]))
    return duties.people, {key: duties.answering(key) for key in duties.rows}


def refusal(action, by):
    """Return why nobody is to be reminded of an action now; nothing if somebody may be."""
    if not by.has_perm(Permission.REMIND, action):
        return "you may not send reminders for it"
    if action.status not in steps.AT_WORK:
        return f"it is {Status(action.status).label.lower()}"
    return ""


def remind(actions, by, note="", sent=None):
    """Remind the people who answer for some actions, by one message each; return what came of it.

    Each message is recorded on its actions' timelines, with the note. Actions that ``by`` may not see are left out
    without a word. ``sent`` is the form that asked for it: it is done once.
    """
    keys = {action.pk for action in actions}
    if len(keys) > MOST:
        raise RuleBroken(f"Choose at most {MOST} actions to send a reminder about.")
    if sent:
        with transaction.atomic():
            sent.take_once(by=by)
    surroundings = ("review__partnership", "recommendation", "lead_agency")
    seen = Action.objects.visible_to(by).filter(pk__in=keys).select_related(*surroundings)
    seen = list(seen.prefetch_related("supporting_agencies").in_plan_order())
    people, answers = answering(seen)
    outcome, to_tell = Reminded(), {}
    for action in seen:
        why = refusal(action, by)
        if not why and not answers.get(action.pk):
            why = "nobody is assigned to it, and its lead agency has nobody here who sees it"
        if why:
            outcome.not_told.append((action, why))
            continue
        for person in answers[action.pk]:
            to_tell.setdefault(person, []).append(action)
    connection, now = get_connection(), timezone.now()
    try:
        for person in sorted(to_tell, key=lambda key: (people[key].name, key)):
            about = {"by": by, "note": note, "at": now}
            _tell(people[person], to_tell[person], about, connection, outcome)
    finally:
        connection.close()
    return outcome


def _tell(person, actions, about, connection, outcome):
    """Send one person's reminder and record it; nothing is recorded that the mail server has not taken."""
    visible = digests.seen_by(person, [action.pk for action in actions])
    actions = [action for action in actions if action.pk in visible]
    if not actions:
        return
    today = timezone.localdate()
    context = {
        **about,
        "person": person,
        "items": [digests.item_of(action, today) for action in actions],
        "settings_url": digests.link_to(reverse("reminder-settings")),
    }
    try:
        with transaction.atomic():
            lines = [Reminder(action=action, person=person, kind=Reminder.Kind.BY_HAND, **about) for action in actions]
            Reminder.objects.bulk_create(lines)
            connection.open()
            notifications.send("emails/reminder", person.email, context, connection=connection)
    except OSError:
        outcome.not_told += [(action, f"the message to {person} could not be sent") for action in actions]
    else:
        outcome.told.append((person, actions))
