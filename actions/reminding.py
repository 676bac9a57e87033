"""Reminding people of actions: one e-mail for each person, and a line on the timeline of each action."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from scr_tracker import notifications
from scr_tracker.models import User

from .models import Action, Comment


@transaction.atomic
def remind(actions, by, note):
    """Remind those to whom actions are assigned, else the leads of their lead agency; return how many are written to.

    Nobody is told of an action that they may not see.
    """
    of_person = {}
    for action in actions:
        people = _people_to_remind(action)
        for person in people:
            of_person.setdefault(person, []).append(action)
        names = ", ".join(map(str, people)) or "nobody: no one at work leads it or is assigned to it"
        text = f"Reminder sent to {names}." + (f"\n{note}" if note else "")
        Comment.objects.create(action=action, by=by, at=timezone.now(), text=text)
    for person, theirs in of_person.items():
        context = {"person": person, "by": by, "note": note, "actions": theirs}
        transaction.on_commit(partial(notifications.send, "emails/reminder", person.email, context))
    return len(of_person)


def _people_to_remind(action):
    assigned = User.objects.filter(assigned_actions=action, is_active=True)
    leads = User.objects.filter(memberships__agency=action.lead_agency_id, is_active=True).distinct()
    people = list(assigned) or list(leads if action.lead_agency_id else [])
    return [each for each in people if Action.objects.visible_to(each).filter(pk=action.pk).exists()]
