"""What undoing reads of the past: what happened to actions since, whether that may be undone, and how they were before.

Everything is read for many actions at once; services.py puts them back.
"""

from collections import defaultdict

from . import steps
from .models import Action

#: What a line of history says of what an action is linked to: {field: the name of its other end}.
LINKS = {"supporting_agencies": "agency", "people": "user"}


def lines_of(versions):
    """Return the lines of history of actions, {key: [line]}, each from the first of its versions (before, after) on."""
    found = defaultdict(list)
    if versions:
        first = min(before for before, _ in versions.values())
        lines = Action.history.filter(id__in=versions, history_id__gte=first).order_by("history_id")
        for line in lines.only("id", "history_id", "history_user", "history_change_reason"):
            if line.history_id >= versions[line.id][0]:
                found[line.id].append(line)
    return found


def objection(action, former, since, before, after, *, by):
    """Return why what happened to an action since may not be undone by a person, or an empty text."""
    told = [steps.of_line(line) for line in since]
    if not since or former.history_id != before or since[-1].history_id != after:
        return "This can no longer be undone, because the action was changed since."
    if any(line.history_user_id != by.pk for line in since) or any(step not in steps.CAN_BE_UNDONE for step in told):
        return "Only what you have just changed from the list yourself can be undone."
    if not all(by.has_perm(step.permission, action) for step in told):
        return "You may no longer change this action."
    return ""


def formers(numbers):
    """Return lines of the history of actions by their numbers."""
    return {line.history_id: line for line in Action.history.filter(history_id__in=list(numbers))}


def linked(lines, name):
    """Return what actions were linked to when these lines of their history were written: {number: keys}."""
    links = getattr(Action.history.model, name).model.objects.filter(history__in=lines)
    found = defaultdict(set)
    for number, key in links.values_list("history", LINKS[name]):
        found[number].add(key)
    return found


def by_what_was_done(undone):
    """Return actions, {action: (line, steps)}, by what was done to them in words: {words: [action]}."""
    found = defaultdict(list)
    for action, (_, told) in undone.items():
        found[" and ".join(dict.fromkeys(step.done.lower() for step in told))].append(action)
    return found
