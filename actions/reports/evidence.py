"""The list of evidence: what was brought for each recommendation, and what the partnership made of it."""

from dataclasses import dataclass

from django.utils import timezone

from scr_tracker.words import cut, day

from .frozen import Frozen
from .references import anchor


@dataclass(frozen=True)
class Piece(Frozen):
    """A piece of evidence; ``actions`` are the names of those that it serves, ``dated`` its own day in words."""

    actions: tuple[str, ...]
    title: str
    kind: str
    strength: str
    dated: str
    standing: str


@dataclass(frozen=True)
class EvidenceOf(Frozen):
    """The evidence of a recommendation; ``review`` is empty where the report tells of one alone."""

    review: str
    reference: str
    anchor: str
    text: str
    pieces: tuple[Piece, ...]


def evidence_of(plan, references, review=""):
    """Return the evidence of each recommendation that has any, in the order of the plan."""
    return tuple(each for each in (_of(planned, references, review) for planned in plan.recommendations) if each.pieces)


def _of(planned, references, review):
    found, serves = {}, {}
    for rated in (*planned.actions, *planned.also_answered_by):
        for item in rated.offered:
            found[item.pk] = item
            serves.setdefault(item.pk, []).append(references.action(rated.action.pk))
    recommendation = planned.recommendation
    return EvidenceOf(
        review,
        references.recommendation(recommendation.pk),
        anchor(recommendation.pk),
        cut(" ".join(recommendation.text.split())),
        tuple(_piece(item, tuple(serves[pk])) for pk, item in found.items()),
    )


def _piece(item, actions):
    return Piece(
        actions=actions,
        title=item.title,
        kind=item.get_kind_display(),
        strength=item.get_strength_display() or "Not said",
        dated=day(item.dated or timezone.localdate(item.uploaded_at)),
        standing="In quarantine" if item.is_in_quarantine else item.get_standing_display(),
    )
