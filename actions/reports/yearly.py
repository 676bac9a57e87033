"""The yearly extract: what a partnership's yearly report asks of its plans.

Whether actions made a difference, where there was little progress, what was done to carry out what reviews
recommended, and what was recommended again. Its year are the twelve months up to its moment.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from reviews.models import Level
from scr_tracker.words import counted, cut, day, listed, times

from .. import plan as plans
from ..choices import DONE, ImpactResult
from .exceptions import MOVED_OFTEN, lead_of
from .frozen import Frozen
from .heading import Heading, ReviewName
from .monitoring import as_it_was
from .references import References

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
class ThemeFound(Frozen):
    """A theme of these plans: where it was found, what was done about it, and what was recommended again under it."""

    name: str
    recommendations: int
    reviews: int
    actions: int
    done: int
    held: int
    not_held: int
    repeats: int


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
    themes: tuple[ThemeFound, ...] | None = None  # which extracts that were issued earlier do not tell
    without_theme: int = 0

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
        found = _Found(read, order.as_at)
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
            repeats=tuple(found.repeats()),
            themes=tuple(found.themes()),
            without_theme=found.without_theme,
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
        checks = counted(len(self.impact), "impact check")
        impact = f"{held} of {checks} found a lasting difference" if self.impact else "no impact was checked"
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


class _Found:
    """What several plans say again: links between their recommendations, and themes; of no plan besides."""

    def __init__(self, read, as_at):
        self.stands = {each.recommendation.pk: (one, each) for one in read for each in one.plan.recommendations}
        self.links = plans.repeats_among(self.stands, as_at=as_at)
        self.given = plans.themes_of(self.stands, as_at=as_at)

    def repeats(self):
        """Yield the recommendations that repeat others."""
        for link in self.links:
            (one, planned), (other, _) = self.stands[link.recommendation_id], self.stands[link.other_id]
            yield Repeat(
                review=one.name.short,
                reference=one.references.recommendation(link.recommendation_id),
                text=cut(" ".join(planned.recommendation.text.split())),
                earlier_review=other.name.short,
                earlier_reference=other.references.recommendation(link.other_id),
            )

    def themes(self):
        """Return the themes, those found in most reviews first."""
        having, named = defaultdict(list), {}
        for key, themes in self.given.items():
            for theme in themes:
                having[theme.pk].append(key)
                named[theme.pk] = theme.name
        found = [self._theme(named[pk], keys) for pk, keys in having.items()]
        return sorted(found, key=lambda each: (-each.reviews, -each.recommendations, each.name.casefold()))

    @property
    def without_theme(self):
        """How many recommendations have no theme."""
        return sum(not self.given.get(key) for key in self.stands)

    def _theme(self, name, keys):
        having = set(keys)
        actions = {rated.action.pk: rated.action for key in keys for rated in self.stands[key][1].actions}.values()
        results = Counter(action.impact_result for action in actions)
        return ThemeFound(
            name=name,
            recommendations=len(keys),
            reviews=len({self.stands[key][0].plan.review.pk for key in keys}),
            actions=len(actions),
            done=sum(action.status in DONE for action in actions),
            held=results[ImpactResult.HELD],
            not_held=results[ImpactResult.NOT_HELD],
            repeats=sum(link.recommendation_id in having for link in self.links),
        )
