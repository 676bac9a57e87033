"""The steps that people take with many actions at once, under the same rule as with one: all of them, or none.

Whoever takes them has locked the actions, within a transaction. They are read and written together, so that a thousand
cost hardly more queries than one, and each gets the line of history that it would get by itself.
"""

from collections import defaultdict

from django.utils import timezone

from scr_tracker.history import relate_each, remember_changed, set_each
from scr_tracker.models import Agency
from scr_tracker.rules import RuleBroken

from . import steps
from .choices import TargetKind
from .models import Action, Update

#: Says that something stays as it is.
AS_IT_IS = ...


class NotAll(RuleBroken):
    """A rule forbids this of some of the actions; ``refused`` says why, {key: sentence}."""

    def __init__(self, refused):
        self.refused = refused
        super().__init__(" ".join(dict.fromkeys(refused.values())))


def report(actions, *, by, what_was_done, status=AS_IT_IS, own_rating=AS_IT_IS):
    """Record what is said of actions: their status, what was done, the lead's own rating. Return the updates."""
    after = {action: action.status if status is AS_IT_IS else status for action in actions}
    _refuse({action.pk: steps.UPDATE.objection(action, by, after[action]) for action in actions})
    updates = [
        update_of(
            action,
            by=by,
            status=after[action],
            what_was_done=what_was_done,
            own_rating=action.own_rating if own_rating is AS_IT_IS else own_rating,
        )
        for action in actions
    ]
    Update.objects.bulk_create(updates)
    remember_changed(actions, ["status", "own_rating", "last_update_on"], by=by, why=steps.UPDATE.done)
    return updates


def update_of(action, *, by, status, what_was_done, own_rating):
    """Return an update, and change the action by it; neither is saved yet."""
    update = Update(
        action=action,
        by=by,
        at=timezone.now(),
        what_was_done=what_was_done,
        own_rating=own_rating,
        status_before=action.status,
        status_after=status,
    )
    action.status, action.own_rating, action.last_update_on = status, own_rating, timezone.localdate(update.at)
    return update


def redate(actions, *, by, target_date, target_kind=TargetKind.DAY, why=""):
    """Set the date by which actions are due, and say why where they had another. Their original dates stay."""
    _refuse({action.pk: steps.SET_TARGET_DATE.objection(action, by) for action in actions})
    changed = [each for each in actions if (each.target_date, each.target_kind) != (target_date, target_kind)]
    moved = {action for action in changed if action.target_date not in (None, target_date)}
    if not why:
        _refuse({action.pk: "Say why the target date is moved." for action in moved})
    for action in changed:
        action.times_moved += action in moved
        action.target_date, action.target_kind = target_date, target_kind
        action.as_printed.pop("target_date_now", None)
    fields = ["target_date", "target_kind", "times_moved", "as_printed"]
    remember_changed(changed, fields, by=by, why=steps.SET_TARGET_DATE.told(why))


def assign(
    actions,
    *,
    by,
    lead_agency=AS_IT_IS,
    supporting_agencies=AS_IT_IS,
    lead_officers=AS_IT_IS,
    assigned=AS_IT_IS,
    why="",
):
    """Say who is responsible for actions: agencies of their partnerships, posts, and people who may see them.

    What is not given stays as it is, but people who no longer see an action are no longer assigned to it.
    """
    _refuse({action.pk: steps.ASSIGN.objection(action, by) for action in actions})
    before = {action: _responsible(action, action.supporting_agencies.all(), action.people.all()) for action in actions}
    supporting, people = {}, {}
    for action in actions:
        if lead_agency is not AS_IT_IS:
            action.lead_agency = lead_agency
        if lead_officers is not AS_IT_IS:
            action.lead_officers = list(lead_officers)
        given = action.supporting_agencies.all() if supporting_agencies is AS_IT_IS else supporting_agencies
        supporting[action] = set(given) - {action.lead_agency}
        people[action] = set(action.people.all() if assigned is AS_IT_IS else assigned)
    _must_serve_their_partnerships(
        {action: {action.lead_agency, *supporting[action]} - were["agencies"] for action, were in before.items()}
    )
    set_each(actions, ["lead_agency", "lead_officers"])
    relate_each(Action, "supporting_agencies", _keys(supporting))
    refused = {}
    for action, blind in _blind(people).items():
        people[action] -= blind
        if newly := blind - before[action]["people"]:
            refused[action.pk] = f"{_names(newly)} cannot see this action, so it cannot be assigned to them."
    _refuse(refused)
    relate_each(Action, "people", _keys(people))
    changed = [each for each in actions if _responsible(each, supporting[each], people[each]) != before[each]]
    remember_changed(changed, [], by=by, why=steps.ASSIGN.told(why))


def _refuse(refused):
    """Raise NotAll if there is a sentence for any of the actions, {key: sentence}."""
    if refused := {key: sentence for key, sentence in refused.items() if sentence}:
        raise NotAll(refused)


def _responsible(action, supporting, people):
    """Return who is responsible for an action, to be compared."""
    return {
        "lead": action.lead_agency_id,
        "officers": list(action.lead_officers),
        "agencies": {action.lead_agency, *supporting},
        "people": set(people),
    }


def _must_serve_their_partnerships(newly):
    """Raise NotAll unless the agencies that actions newly have, {action: agencies}, serve the partnership of each."""
    of_partnership, refused = defaultdict(set), {}
    for action, agencies in newly.items():
        of_partnership[action.review.partnership] |= agencies - {None}
    serving = {
        partnership: set(Agency.objects.of(partnership).filter(pk__in=[each.pk for each in agencies]))
        for partnership, agencies in of_partnership.items()
    }
    for action, agencies in newly.items():
        if strange := agencies - serving[action.review.partnership] - {None}:
            refused[action.pk] = f"{_names(strange)} does not serve this partnership. Choose an agency that does."
    _refuse(refused)


def _blind(people):
    """Return which people, {action: people}, do not see the action now."""
    of_person, blind = defaultdict(list), {action: set() for action in people}
    for action, some in people.items():
        for person in some:
            of_person[person].append(action)
    for person, actions in of_person.items():
        keys = [action.pk for action in actions]
        seen = set(Action.objects.visible_to(person).filter(pk__in=keys).values_list("pk", flat=True))
        for action in actions:
            if action.pk not in seen:
                blind[action].add(person)
    return blind


def _keys(related):
    return {action.pk: {each.pk for each in others} for action, others in related.items()}


def _names(named):
    return ", ".join(sorted(map(str, named)))
