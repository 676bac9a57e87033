"""What people change from the list, on one action or on many: which steps that takes, what stands in the way, doing it.

One table says what may be done (steps.py), and one function takes each step, with one action or many (many.py); here
several steps are one change, which happens to an action as a whole or not at all.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date

from django.db import transaction

from scr_tracker.models import Agency, User

from . import many, services, steps
from .choices import OwnRating, Status, TargetKind
from .models import Action
from .target_dates import TargetDate, describe

#: Own rating: the lead agency takes its own back.
NO_RATING = ""

CHANGED_SINCE = "Somebody changed it after you looked at what would happen."


@dataclass(frozen=True)
class Change:
    """What is to become of an action. None stays as it is; agencies and people are given by their keys."""

    status: str | None = None
    own_rating: str | None = None
    note: str = ""
    target_date: date | None = None
    target_kind: str = TargetKind.DAY
    lead_agency: int | None = None
    lead_officers: tuple | None = None
    assigned: tuple | None = None

    @property
    def is_empty(self):
        """Whether nothing is to change at all."""
        return self == type(self)()

    def to_json(self):
        """Return it in plain values, to be kept."""
        plain = {name: value for name, value in asdict(self).items() if value not in (None, "") or name == "own_rating"}
        return plain | ({"target_date": self.target_date.isoformat()} if self.target_date else {})

    @classmethod
    def from_json(cls, plain):
        """Return it as it was kept."""
        known = {field.name for field in fields(cls)}
        plain = {name: value for name, value in plain.items() if name in known}
        for name in ("lead_officers", "assigned"):
            if plain.get(name) is not None:
                plain[name] = tuple(plain[name])
        if plain.get("target_date"):
            plain["target_date"] = date.fromisoformat(plain["target_date"])
        return cls(**plain)

    def in_words(self):
        """Return what is to change: [(what, to what)]."""
        said = []
        if self.status is not None:
            said.append(("Status", Status(self.status).label))
        if self.own_rating is not None:
            said.append(("Own rating", OwnRating(self.own_rating).label if self.own_rating else "None"))
        if self.target_date:
            target = TargetDate(self.target_date, TargetKind(self.target_kind), "")
            said.append(("Target date", describe(target)))
        if self.lead_agency is not None:
            said.append(("Lead agency", str(Agency.objects.get(pk=self.lead_agency))))
        if self.lead_officers is not None:
            said.append(("Lead officers", "; ".join(self.lead_officers) or "None"))
        if self.assigned is not None:
            people = User.objects.filter(pk__in=self.assigned)
            said.append(("Assigned to", ", ".join(map(str, people)) or "Nobody"))
        if self.note:
            said.append(("Note", self.note))
        return said

    def steps_for(self, action):
        """Return the steps that it takes to make this of an action as it stands, in their order."""
        reports = (self.status not in (None, action.status)) or (self.own_rating not in (None, action.own_rating))
        redates = self.target_date is not None and (self.target_date, self.target_kind) != (
            action.target_date,
            action.target_kind,
        )
        taken = [steps.SET_TARGET_DATE] if redates else []
        if self._reassigns(action):
            taken.append(steps.ASSIGN)
        # A note beside a new date or another lead says why; by itself it is what was done.
        if reports or (self.note and not taken):
            taken.insert(0, steps.UPDATE)
        return taken

    def _reassigns(self, action):
        return (
            self.lead_agency not in (None, action.lead_agency_id)
            or (self.lead_officers is not None and list(self.lead_officers) != list(action.lead_officers))
            or (self.assigned is not None and set(self.assigned) != {person.pk for person in action.people.all()})
        )


def objections(change, action, by):
    """Return the sentences that say why the change cannot be made to an action; none where it can."""
    taken = change.steps_for(action)
    if not taken:
        return ["It is so already: nothing would change."]
    found = []
    for step in taken:
        if not by.has_perm(step.permission, action):
            found.append(f"You may not do this to it: “{step.label}” is not yours to do here.")
        elif objection := step.objection(
            action, by, (change.status or action.status) if step == steps.UPDATE else None
        ):
            found.append(objection)
    if steps.SET_TARGET_DATE in taken and action.target_date not in (None, change.target_date) and not change.note:
        found.append("Say why the target date is moved.")
    return found


@transaction.atomic
def change_action(*, action, by, change, sent=None):
    """Make a change to an action, all of it or nothing; return the versions of its history before and after."""
    action = services.locked(action, by=by, sent=sent)
    before = Action.objects.version_of(action)
    _make(change, [action], by)
    return before, Action.objects.version_of(action)


@transaction.atomic
def change_each(*, versions, by, change):
    """Make a change to many actions, {key: version that it was weighed for}, to each of them all of it or nothing.

    Return ({key: (version before, version after)}, {key: why it was left as it is}).
    """
    refused = {}
    while True:
        try:
            with transaction.atomic():
                changed, objected = _change_all({key: versions[key] for key in versions.keys() - refused}, by, change)
                return changed, refused | objected
        except many.NotAll as found:  # a rule that only shows when it is tried: the others are changed without them
            refused |= found.refused


def _change_all(versions, by, change):
    """Change all of the actions against which nothing is to be said; return the same as ``change_each``."""
    actions = Action.objects.select_for_update(of=("self",)).select_related("review__partnership", "lead_agency")
    actions = list(actions.prefetch_related("supporting_agencies", "people").filter(pk__in=versions).order_by("pk"))
    before, refused, able = Action.objects.versions_of(versions), {}, []
    for action in actions:
        if found := objections(change, action, by):
            refused[action.pk] = " ".join(found)
        elif before.get(action.pk) != versions[action.pk]:
            refused[action.pk] = CHANGED_SINCE
        else:
            able.append(action)
    _make(change, able, by)
    after = Action.objects.versions_of([action.pk for action in able])
    return {action.pk: (before.get(action.pk), after[action.pk]) for action in able}, refused


def _make(change, actions, by):
    """Take the steps with actions, each with those that it needs, in their order."""
    taken = [(action, change.steps_for(action)) for action in actions]
    reported, redated, assigned = (
        [action for action, needed in taken if step in needed]
        for step in (steps.UPDATE, steps.SET_TARGET_DATE, steps.ASSIGN)
    )
    if reported:
        said = {"status": change.status, "own_rating": change.own_rating}
        many.report(reported, by=by, what_was_done=change.note, **_given(said))
    if redated:
        target = {"target_date": change.target_date, "target_kind": change.target_kind}
        many.redate(redated, by=by, **target, why=change.note)
    if assigned:
        many.assign(assigned, by=by, **_responsible(change), why=change.note)


def _responsible(change):
    agency, people = change.lead_agency, change.assigned
    return _given(
        {
            "lead_agency": agency and Agency.objects.get(pk=agency),
            "lead_officers": change.lead_officers,
            "assigned": None if people is None else list(User.objects.filter(pk__in=people)),
        }
    )


def _given(values):
    """Return those of some values that are to change."""
    return {name: value for name, value in values.items() if value is not None}
