"""The monitoring report: everything a board needs to see of its reviews, frozen, and no page of it yet.

Screen, PDF, Word and Excel are all made from it, so that they cannot disagree; kept as JSON it is what
the board was given.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from reviews.models import Publication
from scr_tracker.rules import RuleBroken
from scr_tracker.words import day, sentence

from .. import plan as plans
from ..choices import Status
from ..rating import NO_ACTION, WORST_FIRST
from .changes import Changes, ReviewStandings, standings_of
from .columns import Column, PrintedSection, columns_of, sections_of
from .earlier import Point, issued_before
from .evidence import EvidenceOf, evidence_of
from .exceptions import ExceptionList, all_exceptions, exceptions_of
from .figures import AgencyRatings, ReviewRatings, Summary, by_agency, ratings_of, summary_of
from .frozen import Frozen
from .glossary import glossary_of
from .heading import Heading, ReviewName
from .news import News
from .references import References


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
class PrintedPlan(Frozen):
    """The plan of one review in its own columns, with all that is printed around it."""

    review: ReviewName
    title: str
    of: tuple[str, ...]
    notes: str
    keys: tuple[PlanKey, ...]
    columns: tuple[Column, ...]
    sections: tuple[PrintedSection, ...]


@dataclass(frozen=True)
class MonitoringReport(Frozen):
    """How the plans of one or several reviews stood at a moment.

    ``standings`` are what the next report will be compared with, ``changes`` what this one's comparison with the
    last has shown (None where there is none); ``trend`` ends with this report, and is empty where it is the first.
    """

    heading: Heading
    summary: Summary
    agencies: tuple[AgencyRatings, ...]
    reviews: tuple[ReviewRatings, ...]
    exceptions: tuple[ExceptionList, ...]
    plans: tuple[PrintedPlan, ...]
    ratings: tuple[Meaning, ...]
    statuses: tuple[Meaning, ...]
    named_by_place: bool
    standings: tuple[ReviewStandings, ...] = ()
    changes: Changes | None = None
    trend: tuple[Point, ...] = ()
    evidence: tuple[EvidenceOf, ...] = ()
    glossary: tuple[Meaning, ...] = ()

    @classmethod
    def named(cls):
        """Return what a report of this kind is called."""
        return "Monitoring report"

    @classmethod
    def besides(cls, read, as_at):
        """Return what a report of this kind tells beside what every monitoring report does: {field: value}."""
        return {}

    @classmethod
    def of(cls, order):
        """Return the report that is ordered.

        Raises RuleBroken where its moment is yet to come, or is before a review was entered.
        """
        as_at = order.as_at or timezone.now()
        read = [_Read(review, order, as_at) for review in order.reviews]
        whole = plans.together([each.plan for each in read])
        partnership = whole.review.partnership
        words = _rating_words(partnership)
        names = [each.name for each in read]
        standings = [each for part in read for each in part.standings.standings]
        earlier = issued_before(order, as_at)
        heading = Heading.of(order, cls.named(), partnership=partnership, reviews=names, as_at=as_at)
        return cls(
            heading=heading,
            summary=summary_of(whole, words),
            agencies=by_agency(whole, words),
            reviews=tuple(ratings_of(each.name.short, each.plan, words) for each in read),
            exceptions=all_exceptions(
                [exceptions_of(each.plan, each.references, each.news) for each in read], [name.short for name in names]
            ),
            plans=tuple(each.printed(words) for each in read),
            ratings=_meanings_of_ratings(partnership, words),
            statuses=tuple(Meaning(str(status), status.label, MEANINGS[status]) for status in Status),
            named_by_place=any(each.references.by_place for each in read),
            standings=tuple(each.standings for each in read),
            changes=earlier[0].changes(standings, words) if earlier else None,
            trend=_trend(earlier, Point.of("This report", heading.as_at, standings, words), words),
            evidence=tuple(found for each in read for found in each.evidence),
            glossary=tuple(Meaning("", word, meaning) for word, meaning in glossary_of(partnership)),
            **cls.besides(read, as_at),
        )

    @property
    def title(self):
        """What the report is called."""
        return self.heading.title


class _Read:
    """A review as it was, with its plan, and what its parts are called."""

    def __init__(self, review, order, moment):
        if order.as_at is not None:
            review = as_it_was(review, order.as_at)
        plan = plans.read(review, as_at=order.as_at)
        self.references = References(plan)
        self.plan = plan.concerning({agency.pk for agency in order.agencies}) if order.agencies else plan
        self.review = plan.review
        self.name = ReviewName.of(plan.review, _dates(plan.review))
        self.news = News.of(review, moment)
        among_others = self.name.short if len(order.reviews) > 1 else ""
        self.standings = ReviewStandings(
            review.pk, standings_of(self.plan, self.references, self.news.touched, among_others)
        )
        self.evidence = evidence_of(self.plan, self.references, among_others)

    def printed(self, words):
        """Return the plan as it is printed."""
        review, columns = self.review, columns_of(self.plan)
        return PrintedPlan(
            review=self.name,
            title=review.plan_title,
            of=tuple(_printed_names(review)),
            notes=review.plan_notes,
            keys=tuple(PlanKey(key["heading"], tuple(key["items"])) for key in review.plan_keys),
            columns=columns,
            sections=sections_of(self.plan, columns, self.references, words),
        )


def _trend(earlier, now, words):
    """Return how things stood in each earlier report, the oldest first, and now; nothing where there is none."""
    return (*(each.point(words) for each in reversed(earlier)), now) if earlier else ()


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


def as_it_was(review, as_at):
    """Return the review as it stood at a past moment."""
    if as_at > timezone.now() + timedelta(seconds=1):
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
