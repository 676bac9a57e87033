"""The monitoring report of a review: everything a board needs to see, frozen, and no page of it yet.

Screen, PDF, Word and Excel are all made from it, so that they cannot disagree; kept as JSON it is what
the board was given.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from reviews.models import Kind, Publication
from scr_tracker.rules import RuleBroken

from .. import plan as plans
from ..choices import Status
from ..rating import NO_ACTION, WORST_FIRST
from .columns import Column, PrintedSection, columns_of, sections_of
from .exceptions import ExceptionList, exceptions_of
from .figures import AgencyRatings, Summary, by_agency, summary_of
from .frozen import Frozen
from .references import References
from .words import day, moment, sentence


@dataclass(frozen=True)
class Meaning(Frozen):
    """What a word of the report means; ``key`` is the value of the rating or status."""

    key: str
    word: str
    meaning: str


@dataclass(frozen=True)
class PlanKey(Frozen):
    """A key of the plan's own."""

    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class MonitoringReport(Frozen):
    """How a review's plan stood at a moment. ``version`` counts what was issued; None is a working copy."""

    partnership: str
    kind: str
    kind_short: str
    reference: str
    pseudonym: str
    as_at: datetime
    made_at: datetime
    version: int | None
    marking: str
    restricted: bool
    dates: tuple[str, ...]

    summary: Summary
    agencies: tuple[AgencyRatings, ...]
    exceptions: tuple[ExceptionList, ...]

    plan_title: str
    plan_of: tuple[str, ...]
    plan_notes: str
    plan_keys: tuple[PlanKey, ...]
    columns: tuple[Column, ...]
    sections: tuple[PrintedSection, ...]

    ratings: tuple[Meaning, ...]
    statuses: tuple[Meaning, ...]
    named_by_place: bool

    @classmethod
    def of(cls, review, *, as_at=None, made_at=None, version=None):
        """Return the report of a review as it stands, or as it stood at a past moment.

        Raises RuleBroken where that moment is yet to come, or is before the review was entered.
        """
        made_at = timezone.localtime(made_at)
        if as_at is not None:
            review = _as_it_was(review, as_at, made_at)
        plan = plans.read(review, as_at=as_at)
        references = References(plan)
        words = _rating_words(review.partnership)
        columns = columns_of(plan)
        return cls(
            partnership=review.partnership.name,
            kind=Kind(review.kind).label,
            kind_short=review.kind_short,
            reference=review.reference,
            pseudonym=review.pseudonym,
            as_at=timezone.localtime(as_at) if as_at else made_at,
            made_at=made_at,
            version=version,
            marking=review.partnership.protective_marking,
            restricted=review.restricted,
            dates=tuple(_dates(review)),
            summary=summary_of(plan, words),
            agencies=by_agency(plan, words),
            exceptions=exceptions_of(plan, references),
            plan_title=review.plan_title,
            plan_of=tuple(_printed_names(review)),
            plan_notes=review.plan_notes,
            plan_keys=tuple(PlanKey(key["heading"], tuple(key["items"])) for key in review.plan_keys),
            columns=columns,
            sections=sections_of(plan, columns, references, words),
            ratings=_meanings_of_ratings(review.partnership, words),
            statuses=tuple(Meaning(str(status), status.label, MEANINGS[status]) for status in Status),
            named_by_place=references.by_place,
        )

    @property
    def review(self):
        """The review's name in full: "Serious Case Review 0319 Kit"."""
        return " ".join(filter(None, [self.kind, self.reference, self.pseudonym]))

    @property
    def title(self):
        """What the report is called: "Monitoring report – 0319 Kit – 21 November 2026"."""
        name = " ".join(filter(None, [self.reference, self.pseudonym]))
        return f"Monitoring report – {name} – {day(self.as_at)}"

    @property
    def as_at_words(self):
        """The moment the report speaks of."""
        return moment(self.as_at)

    @property
    def edition(self):
        """Which copy this is."""
        made = f"made {moment(self.made_at)}"
        return f"Version {self.version}, {made}" if self.version else f"Working copy, {made}"


MEANINGS = {
    Status.UNKNOWN: "Nobody has said yet where it stands.",
    Status.NOT_STARTED: "Nothing has been done yet.",
    Status.IN_PROGRESS: "Work has begun.",
    Status.ONGOING: "In place, and has no end.",
    Status.SUBMITTED: "The lead agency says it is complete; the partnership has not yet accepted the evidence.",
    Status.COMPLETE: "Signed off by the partnership, or complete in the plan as it was imported.",
    Status.EMBEDDED: "Complete, and found later to have made a difference that lasted.",
    Status.PAUSED: "Set aside for now, with a reason.",
    Status.SUPERSEDED: "Replaced, with a reason.",
}


def _meanings_of_ratings(partnership, words):
    """Return what each rating means, with the days that this partnership counts with."""
    meanings = (
        "Open and past its target date, or rated red by its lead.",
        "Open, and rated amber by its lead; or given a later date, or waiting for one; or due within"
        f" {partnership.due_soon_days} days or never reported, with no update in the last"
        f" {partnership.stale_days} days.",
        "Open, and none of these.",
        "Paused or superseded, with a reason.",
        "Complete.",
        "A recommendation that no action answers yet.",
    )
    ratings = (*WORST_FIRST, NO_ACTION)
    return tuple(
        Meaning(str(rating), words[rating], meaning) for rating, meaning in zip(ratings, meanings, strict=True)
    )


def _rating_words(partnership):
    """Return what this partnership calls each rating."""
    usual = {rating: rating.label for rating in WORST_FIRST} | {NO_ACTION: "No action"}
    return {rating: partnership.rating_labels.get(rating) or word for rating, word in usual.items()}


def _as_it_was(review, as_at, now):
    """Return the review as it stood at a past moment."""
    if as_at > now + timedelta(seconds=1):
        raise RuleBroken(f"{day(timezone.localdate(as_at))} is yet to come: a report looks back.")
    known = review.history.filter(history_date__lte=as_at).order_by("history_date", "history_id").last()
    if known is None:
        first = review.history.order_by("history_date", "history_id").first()
        entered = f": it was entered on {day(timezone.localdate(first.history_date))}" if first else ""
        raise RuleBroken(
            f"Review {review.reference} was not in the tracker on {day(timezone.localdate(as_at))}{entered}."
        )
    return known.instance


def _dates(review):
    """Yield what has become of the review itself."""
    for word, on in (("Commissioned", review.commissioned_on), ("completed", review.completed_on)):
        if on:
            yield f"{word} {day(on)}"
    if review.publication == Publication.PUBLISHED and review.published_on:
        yield f"published {day(review.published_on)}"
    elif review.publication == Publication.WITHHELD:
        yield sentence(f"withheld from publication: {review.publication_reason}")


def _printed_names(review):
    """Yield whose plan the document itself says it is, where the tracker says it otherwise."""
    for name in (review.as_printed.get("partnership"), review.as_printed.get("review_name")):
        if name and name not in (review.partnership.name, review.pseudonym, review.plan_title):
            yield name
