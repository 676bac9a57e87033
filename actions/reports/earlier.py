"""The reports that were issued before: what a report is compared with, and how things have gone since.

Only what an issued report keeps is read, never the plan as it is known today, so that nothing said of the past
changes after it was said.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count as CountOf
from django.utils import timezone

from scr_tracker.words import day

from ..models import Report, ReportKind
from ..rating import NO_ACTION, WORST_FIRST
from .changes import ReviewStandings, changes_between
from .figures import Count
from .frozen import Frozen

#: How many earlier reports the trend goes back.
TREND = 5


@dataclass(frozen=True)
class Point(Frozen):
    """How what a report tells of was rated when an earlier one was made, or is now."""

    report: str
    as_at: datetime
    ratings: tuple[Count, ...]
    overdue: int

    @property
    def total(self):
        """How many there were in all."""
        return sum(each.count for each in self.ratings)

    @classmethod
    def of(cls, report, as_at, standings, words):
        """Return the point at which things stood so."""
        found = Counter(each.rating for each in standings)
        ratings = tuple(Count(str(key), words[key], found[key]) for key in (*WORST_FIRST, NO_ACTION))
        return cls(report, as_at, ratings, sum(each.overdue for each in standings))


@dataclass(frozen=True)
class Earlier:
    """A report that was issued before, as far as it tells of the same reviews."""

    title: str
    version: int
    as_at: datetime
    standings: tuple

    @property
    def name(self):
        """Which report it is: its title, and its version unless that is the first."""
        return self.title if self.version == 1 else f"{self.title}, version {self.version}"

    def changes(self, now, words):
        """Return what changed from then to standings of now."""
        return changes_between(
            self.standings, now, since=day(self.as_at), words=words, report=self.name, as_at=self.as_at
        )

    def point(self, words):
        """Return how things stood then."""
        return Point.of(self.name, self.as_at, self.standings, words)


def issued_before(order, as_at):
    """Return the last reports to compare with, the latest first.

    They are monitoring reports on these reviews, perhaps among others, and on the same agencies, issued before the
    moment and speaking of an earlier one; none that a later version had superseded by then or that this one is to
    supersede. They are the same for the same order as at the same moment, whenever they are asked for.
    """
    reviews, agencies = {each.pk for each in order.reviews}, {each.pk for each in order.agencies}
    tells, concerns = Report.reviews.through.objects, Report.agencies.through.objects
    superseded = Report.objects.filter(supersedes__isnull=False, issued_at__lt=as_at).values("supersedes")
    found = (
        Report.objects.filter(partnership=order.partnership, kind=ReportKind.MONITORING)
        .filter(as_at__lt=as_at, issued_at__lt=as_at, data__has_key="standings")
        .filter(pk__in=_naming_all(tells.filter(review__in=reviews), len(reviews)))
        .exclude(pk__in=concerns.exclude(agency__in=agencies).values("report"))
        .exclude(pk__in=superseded)
        .exclude(pk__in=_line_of(order.supersedes))
        .order_by("-as_at", "-issued_at", "-pk")
    )
    if agencies:
        found = found.filter(pk__in=_naming_all(concerns.filter(agency__in=agencies), len(agencies)))
    kept = found.values_list("title", "version", "as_at", "data__standings")[:TREND]
    return [
        Earlier(title, version, timezone.localtime(then), tuple(_shared(standings, reviews)))
        for title, version, then, standings in kept
    ]


def _naming_all(links, count):
    """Return the keys of the reports to which so many of these links lead."""
    return links.values("report").annotate(found=CountOf("pk")).filter(found=count).values("report")


def _line_of(report):
    """Return the keys of a report and of those whose place it took."""
    line = []
    while report:
        line.append(report.pk)
        report = report.supersedes
    return line


def _shared(kept, reviews):
    """Yield the standings that a report kept of these reviews."""
    for each in kept:
        of_review = ReviewStandings.from_dict(each)
        if of_review.review in reviews:
            yield from of_review.standings
