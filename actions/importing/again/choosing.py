"""What people choose of a newer version of a plan, kept with the import until it is accepted as a whole.

``PlanImport.choices`` holds what was chosen: ``take``, {key of a choice: [whether it is accepted, what it was made
about]}; ``same``, {key of a doubtful pair: whether they are one and the same}; ``agency``, the key of the agency whose
return it is, or None for nobody's. A choice made about values that are others now counts as not made.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from actions.importing import corrections
from actions.importing.again import rules
from actions.importing.again.applying import MODELS, apply
from actions.importing.again.comparing import compare
from actions.importing.again.differences import Kind
from actions.importing.drafts import Draft, open_draft
from actions.importing.matching import known_by_name
from actions.importing.save import ImportedFile
from actions.importing.vocabulary import plain
from actions.models import PlanImport
from scr_tracker.models import Agency

#: How many rows a sentence names.
MOST_NAMED = 12


@dataclass
class Choosing:
    """An import of a plan into a review that has one: what differs, and what was chosen so far."""

    record: PlanImport

    @cached_property
    def differences(self):
        """What the document would change, as the plan stands now."""
        record, sent = self.record, self.record.sent
        is_ours = bool(sent) and sent.get("review") == record.review_id
        return compare(
            Draft(record).plan,
            record.review,
            base=self.exported_at,
            exported=set(sent["held"]) if is_ours else None,
            agency=self.agency,
            answers=record.choices.get("same", {}),
            agencies=corrections.agencies(record.corrections),
        )

    @property
    def exported_at(self):
        """When the document went out from here, if it did, with the plan of this review."""
        sent = self.record.sent
        if not sent or sent.get("review") != self.record.review_id or not sent.get("at"):
            return None
        moment = datetime.fromisoformat(sent["at"])
        return moment if moment <= timezone.now() else None

    @cached_property
    def agencies(self):
        """The agencies of the partnership."""
        return list(Agency.objects.of(self.record.partnership).order_by("name"))

    @cached_property
    def agency(self):
        """The agency whose return the document is: the one chosen, else the one for which it went out."""
        if "agency" in self.record.choices:
            return next((each for each in self.agencies if each.pk == self.record.choices["agency"]), None)
        return known_by_name(self.agencies).get(plain(self.record.sent.get("agency", "")))

    @property
    def taken(self):
        """What was chosen, where it still is about the same: {key: whether it is accepted}."""
        now = self.differences.choices
        made = self.record.choices.get("take", {})
        return {key: is_taken for key, (is_taken, about) in made.items() if now.get(key) == about}

    @property
    def stale(self):
        """The keys of choices that were made about something that is otherwise now."""
        made = self.record.choices.get("take", {})
        return {key for key, (_, about) in made.items() if self.differences.choices.get(key, about) != about}

    @property
    def accepted(self):
        """The keys of everything that is accepted, in the order of the plan."""
        taken = self.taken
        return [key for key in self.differences.choices if taken.get(key)]

    @property
    def counts(self):
        """How many choices are accepted, refused, and not made."""
        taken = self.taken
        counted = Counter(taken.get(key) for key in self.differences.choices)
        return {"accepted": counted[True], "refused": counted[False], "open": counted[None]}

    @property
    def to_accept(self):
        """What is accepted, with what each choice is about."""
        return {key: self.differences.choices[key] for key in self.accepted}


@transaction.atomic
def choose(*, record, take, same):
    """Keep choices with an import: ``take`` {key: (True, False or None, what it is about)}, ``same`` {pair: answer}."""
    record = open_draft(record)
    kept = record.choices
    made = kept.get("take", {}) | {key: [is_taken, about] for key, (is_taken, about) in take.items()}
    answers = kept.get("same", {}) | same
    record.choices = kept | {
        "take": {key: choice for key, choice in made.items() if choice[0] is not None},
        "same": {key: answer for key, answer in answers.items() if answer is not None},
    }
    record.save(update_fields=["choices"])
    return record


@transaction.atomic
def say_whose_return(*, record, agency):
    """Say of which agency a document is the return; None for that of nobody, a newer version of the plan."""
    record = open_draft(record)
    record.choices = record.choices | {"agency": agency.pk if agency else None}
    record.save(update_fields=["choices"])
    return record


@transaction.atomic
def accept(*, record, accepted, by, reason="", sent=None):
    """Accept what was chosen of a document, and end its import. Return the import.

    ``accepted`` are the choices as they were confirmed: {key: what it is about}. Raises ChangedHere, and changes
    nothing, where one of them is about something else by now.
    """
    record = open_draft(record)
    if sent:
        sent.take_once(by=by)
    differences = apply(
        lambda: Choosing(record).differences,
        accepted,
        review=record.review,
        by=by,
        source=ImportedFile(record.file_name, b""),
        reason=reason,
        agencies=corrections.agencies(record.corrections),
    )
    record.outcome = outcome(differences, accepted, is_done=True)
    record.state, record.closed_by, record.closed_at = PlanImport.State.IMPORTED, by, timezone.now()
    record.save(update_fields=["state", "closed_by", "closed_at", "outcome"])
    return record


def outcome(differences, accepted, *, is_done=False):
    """Return what accepting these choices does, or did, in sentences."""
    added, withdrawn, changed = Counter(), [], []
    for each in differences.all:
        if each.key in accepted:
            if each.kind == Kind.GONE:
                withdrawn.append(each.title)
            else:
                added.update([each.level, *(node.level for node in each.below)])
        changed += [(each.title, change) for change in each.changes if change.key in accepted]
    submitted = [title for title, change in changed if change.effect == rules.SUBMITS]
    submitted += [each.title for each in differences.all if each.key in accepted and each.effect == rules.SUBMITS]
    extended = [title for title, change in changed if change.effect == rules.EXTENDS]
    told = [
        (sum(added.values()), _and(_counted(added[level], level) for level in MODELS if added[level]), "added", []),
        (len(changed), f"{_counted(len(changed), 'field')} of {_counted(len(dict(changed)), 'row')}", "changed", []),
        (len(submitted), _counted(len(submitted), "action"), "submitted as complete, for sign-off", submitted),
        (len(extended), _counted(len(extended), "target date"), "moved by an extension", extended),
        (len(withdrawn), _counted(len(withdrawn), "row"), "withdrawn or superseded", withdrawn),
    ]
    sentences = [
        f"{what} {'will be' if not is_done else 'was' if count == 1 else 'were'} {done}{_named(titles)}."
        for count, what, done, titles in told
        if count
    ]
    return sentences or ["Nothing in the plan was changed." if is_done else "Nothing in the plan will be changed."]


def _counted(number, name):
    return f"{number} {name}{'' if number == 1 else 's'}"


def _and(parts):
    *first, last = [*parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _named(titles):
    if not titles:
        return ""
    rest = len(titles) - MOST_NAMED
    return f": {'; '.join(titles[:MOST_NAMED])}" + (f"; and {rest} more" if rest > 0 else "")
