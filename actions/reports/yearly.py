"""The yearly extract: what a partnership's yearly report asks of its plans.

Whether actions made a difference, where there was little progress, what was done to carry out what reviews
recommended, and what was recommended again. Its year are the twelve months up to its moment.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from reviews.models import Level, RecommendationLink

from .. import plan as plans
from ..choices import DONE, ImpactResult
from .exceptions import MOVED_OFTEN, lead_of
from .frozen import Frozen
from .heading import Heading, ReviewName
from .monitoring import as_it_was
from .references import References
from .words import counted, cut, day, listed, times

#: Days after which an overdue action is one with little progress.
LONG_OVERDUE = 90


@dataclass(frozen=True)
class Checked(Frozen):
    """An action whose impact was checked in the year."""

    review: str
    reference: str
    text: str
    lead: str
    on: date
    result: str
    note: str


@dataclass(frozen=True)
class Slow(Frozen):
    """An open action with little progress, and why it is said to have little."""

    review: str
    reference: str
    text: str
    lead: str
    due: str
    why: str


@dataclass(frozen=True)
class Area(Frozen):
    """A part of the plans in which there was little progress: so many of its open actions."""

    name: str
    open: int
    actions: tuple[Slow, ...]


@dataclass(frozen=True)
class CarriedOut(Frozen):
    """How far what a review recommended is carried out."""

    review: str
    kind: str
    recommendations: int
    without_action: int
    actions: int
    done_in_year: int
    done: int
    open: int
    level: str = Level.LOCAL.value


@dataclass(frozen=True)
class OfLevel:
    """What local or national reviews recommended, and how far all of it together is carried out."""

    heading: str
    reviews: tuple[CarriedOut, ...]

    @property
    def headline(self):
        """How far it is carried out, in a line."""
        actions, done = sum(each.actions for each in self.reviews), sum(each.done for each in self.reviews)
        in_year = sum(each.done_in_year for each in self.reviews)
        recommended = counted(sum(each.recommendations for each in self.reviews), "recommendation")
        carried = f"{done:,} of {counted(actions, 'action')} complete, {in_year:,} of them in the year."
        return f"{recommended}. {carried if actions else 'No action answers them yet.'}"


@dataclass(frozen=True)
class Repeat(Frozen):
    """A recommendation that says again what an earlier one said."""

    review: str
    reference: str
    text: str
    earlier_review: str
    earlier_reference: str


@dataclass(frozen=True)
class YearlyExtract(Frozen):
    """A year of the plans of some reviews."""

    heading: Heading
    begins: date
    ends: date
    impact: tuple[Checked, ...]
    areas: tuple[Area, ...]
    carried_out: tuple[CarriedOut, ...]
    repeats: tuple[Repeat, ...]

    @classmethod
    def of(cls, order):
        """Return the extract that is ordered.

        Raises RuleBroken where its moment is yet to come, or is before a review was entered.
        """
        as_at = order.as_at or timezone.now()
        ends = timezone.localdate(as_at)
        begins = ends - timedelta(364)
        read = [_Read(review, order, begins, ends) for review in order.reviews]
        areas = [area for each in read for area in each.areas()]
        return cls(
            heading=Heading.of(
                order,
                "Yearly extract",
                partnership=read[0].plan.review.partnership,
                reviews=[each.name for each in read],
                as_at=as_at,
            ),
            begins=begins,
            ends=ends,
            impact=tuple(sorted((each for one in read for each in one.impact()), key=lambda each: each.on)),
            areas=tuple(sorted(areas, key=lambda area: -len(area.actions))),
            carried_out=tuple(each.carried_out() for each in read),
            repeats=tuple(_repeats(read)),
        )

    @property
    def title(self):
        """What the extract is called."""
        return self.heading.title

    @property
    def levels(self):
        """What local reviews recommended, and national ones: those of which there are any."""
        found = [
            OfLevel(f"{level.label} reviews", tuple(each for each in self.carried_out if each.level == level))
            for level in Level
        ]
        return [each for each in found if each.reviews]

    @property
    def period(self):
        """The year it tells of."""
        return f"{day(self.begins)} to {day(self.ends)}"

    @property
    def figures(self):
        """The year in a few figures: (figure, what it counts)."""
        found = (
            (self._done, "Actions completed in the year"),
            (sum(each.open for each in self.carried_out), "Actions still open"),
            (self._slow, "Open actions with little progress"),
            (self._held, "Lasting differences found"),
            (sum(each.without_action for each in self.carried_out), "Recommendations without an action"),
        )
        return tuple((f"{count:,}", words) for count, words in found)

    @property
    def _done(self):
        return sum(each.done_in_year for each in self.carried_out)

    @property
    def _slow(self):
        return sum(len(area.actions) for area in self.areas)

    @property
    def _held(self):
        return sum(each.result == ImpactResult.HELD.label for each in self.impact)

    @property
    def headline(self):
        """The year in one line of plain words."""
        done, slow, held = self._done, self._slow, self._held
        impact = f"{held} of {counted(len(self.impact), 'impact check')} found a lasting difference"
        return f"{counted(done, 'action')} completed in the year, {impact}, {slow} with little progress."


class _Read:
    """The plan of a review, read for a year."""

    def __init__(self, review, order, begins, ends):
        review = as_it_was(review, order.as_at) if order.as_at else review
        plan = plans.read(review, as_at=order.as_at)
        self.references = References(plan)
        self.plan = plan.concerning({agency.pk for agency in order.agencies}) if order.agencies else plan
        self.name = ReviewName.of(plan.review, ())
        self.begins, self.ends = begins, ends

    def impact(self):
        """Yield the actions whose impact was checked in the year."""
        for rated in self.plan.actions:
            action = rated.action
            if action.impact_result and self._in_year(on := timezone.localdate(action.impact_checked_at)):
                result = ImpactResult(action.impact_result).label
                yield Checked(*self._about(action), on=on, result=result, note=action.impact_note)

    def areas(self):
        """Yield the sections in which there was little progress."""
        for section in self.plan.sections:
            opened = [rated for rated in section.actions if rated.action.is_open]
            slow = [(rated, why) for rated in opened if (why := listed(list(self._why_slow(rated))))]
            if slow:
                told = tuple(
                    Slow(*self._about(rated.action), due=rated.action.due, why=f"{why[:1].upper()}{why[1:]}")
                    for rated, why in slow
                )
                yield Area(section.section.title, len(opened), told)

    def carried_out(self):
        """Return how far the review's recommendations are carried out."""
        actions = [rated.action for rated in self.plan.actions]
        done = [action for action in actions if action.status in DONE]
        return CarriedOut(
            review=self.name.short,
            kind=self.name.kind,
            recommendations=len(self.plan.recommendations),
            without_action=sum(planned.lacks_action for planned in self.plan.recommendations),
            actions=len(actions),
            done_in_year=sum(self._in_year(_done_on(action)) for action in done),
            done=len(done),
            open=sum(action.is_open for action in actions),
            level=self.plan.review.level,
        )

    def _about(self, action):
        text = cut(" ".join(action.text.split()))
        return self.name.short, self.references.action(action.pk), text, lead_of(action)

    def _why_slow(self, rated):
        action = rated.action
        if rated.days_overdue > LONG_OVERDUE:
            yield f"overdue {counted(rated.days_overdue, 'day')}"
        if action.times_moved >= MOVED_OFTEN:
            yield f"moved {times(action.times_moved)}"
        if action.last_update_on and action.last_update_on < self.begins:
            yield f"nothing reported since {day(action.last_update_on)}"

    def _in_year(self, on):
        return on is not None and self.begins <= on <= self.ends


def _done_on(action):
    """Return when an action was done: when it was signed off, else when the plan says."""
    return timezone.localdate(action.signed_off_at) if action.signed_off_at else action.completed_on


def _repeats(read):
    """Yield the recommendations of these plans that repeat others of them; of no plan that is not in the report."""
    stands = {each.recommendation.pk: (one, each.recommendation) for one in read for each in one.plan.recommendations}
    links = RecommendationLink.objects.filter(
        relation=RecommendationLink.Relation.REPEATS, recommendation__in=stands, other__in=stands
    )
    for again, earlier in links.order_by("pk").values_list("recommendation", "other"):
        (one, recommendation), (other, _) = stands[again], stands[earlier]
        yield Repeat(
            review=one.name.short,
            reference=one.references.recommendation(again),
            text=cut(" ".join(recommendation.text.split())),
            earlier_review=other.name.short,
            earlier_reference=other.references.recommendation(earlier),
        )
