"""The figures of a plan: how its actions are rated and reported, and what can honestly be said of their dates."""

from dataclasses import dataclass

from django.utils import timezone

from scr_tracker.words import counted, number, sentence, times

from ..choices import CLOSED, DONE, SET_ASIDE, Status
from ..rating import NO_ACTION, WORST_FIRST, is_overdue
from .exceptions import is_silent
from .frozen import Frozen

#: Where actions stand that no agency leads.
NO_AGENCY = "No lead agency"


@dataclass(frozen=True)
class Count(Frozen):
    """How many there are of something: ``key`` is the value of the rating or status, ``word`` what it is called."""

    key: str
    word: str
    count: int


@dataclass(frozen=True)
class AgencyRatings(Frozen):
    """How the actions that an agency leads are rated, and how many of its recommendations have no action."""

    agency: str
    ratings: tuple[Count, ...]

    @property
    def total(self):
        """How many there are in all."""
        return sum(each.count for each in self.ratings)


@dataclass(frozen=True)
class ReviewRatings(Frozen):
    """How the actions of a review's plan are rated, and how many of its recommendations have no action."""

    review: str
    ratings: tuple[Count, ...]
    overdue: int

    @property
    def total(self):
        """How many there are in all."""
        return sum(each.count for each in self.ratings)


@dataclass(frozen=True)
class Summary(Frozen):
    """What the board should know before it turns the page; ``facts`` are sentences.

    ``on_time`` complete actions of ``timed``, whose days are known, kept to their first date; ``slip_days`` is by how
    much actions are later than their first date on average, None where none had one.
    """

    recommendations: int
    actions: int
    overdue: int
    longest_overdue: int
    without_action: int
    complete: int
    ratings: tuple[Count, ...]
    statuses: tuple[Count, ...]
    facts: tuple[str, ...]
    on_time: int = 0
    timed: int = 0
    slip_days: int | None = None

    @property
    def on_time_rate(self):
        """How many in a hundred complete actions kept to their first date, "" where no such days are known."""
        return f"{round(100 * self.on_time / self.timed)}%" if self.timed else ""

    @property
    def headline(self):
        """The plan in one line of plain words."""
        if not self.actions:
            have = "recommendation has" if self.recommendations == 1 else "recommendations have"
            return f"{self.recommendations:,} {have} no action yet." if self.recommendations else "The plan is empty."
        is_ = "are" if self.complete > 1 else "is"
        of = f"{self.complete:,} of {counted(self.actions, 'action')} {is_} complete."
        if not self.complete:
            of = (
                f"None of {counted(self.actions, 'action')} is complete." if self.actions > 1 else "The action is open."
            )
        if not self.overdue:
            late = "None is overdue."
        elif self.overdue == 1:
            late = f"One is overdue, by {counted(self.longest_overdue, 'day')}."
        else:
            late = f"{self.overdue:,} are overdue, the longest by {counted(self.longest_overdue, 'day')}."
        lacking = self.without_action
        none = f"{number(lacking)} {'recommendation has' if lacking == 1 else 'recommendations have'} no action"
        return " ".join(filter(None, [of, late, sentence(none) if lacking else ""]))


def summary_of(plan, rating_words):
    """Return the summary of a plan."""
    actions = plan.actions
    overdue = [rated.days_overdue for rated in actions if rated.is_overdue]
    stands = [rated.action.status for rated in actions]
    timed = [rated.action for rated in actions if _is_timed(rated.action)]
    slips = [slip for rated in actions if (slip := _slip(rated.action, plan.on)) is not None]
    return Summary(
        recommendations=len(plan.recommendations),
        actions=len(actions),
        overdue=len(overdue),
        longest_overdue=max(overdue, default=0),
        without_action=sum(planned.lacks_action for planned in plan.recommendations),
        complete=sum(status in DONE for status in stands),
        ratings=_counts(plan.counts, rating_words),
        statuses=tuple(Count(str(status), status.label, stands.count(status)) for status in Status if status in stands),
        facts=tuple(_facts(plan)),
        on_time=sum(map(_kept_to_first_date, timed)),
        timed=len(timed),
        slip_days=round(sum(slips) / len(slips)) if slips else None,
    )


def by_agency(plan, rating_words):
    """Return the ratings of each lead agency's actions, those with most red first.

    A recommendation without an action counts with the agency whose section it stands in.
    """
    counts = {}

    def count(agency, found):
        of = counts.setdefault(agency.name if agency else NO_AGENCY, dict.fromkeys((*WORST_FIRST, NO_ACTION), 0))
        of[found] += 1

    for section in plan.sections:
        for planned in section.recommendations:
            for rated in planned.actions:
                count(rated.action.lead_agency, rated.rating)
            if planned.lacks_action:
                count(section.section.agency, NO_ACTION)
    rows = [AgencyRatings(agency, _counts(of, rating_words)) for agency, of in counts.items()]
    return tuple(sorted(rows, key=lambda row: [-each.count for each in row.ratings[:2]]))


def ratings_of(name, plan, rating_words):
    """Return how the plan of the review of this name stands."""
    overdue = sum(rated.is_overdue for rated in plan.actions)
    return ReviewRatings(name, _counts(plan.counts, rating_words), overdue)


def _counts(counts, rating_words):
    return tuple(Count(str(rating), rating_words[rating], found) for rating, found in counts.items())


def _facts(plan):
    """Yield what is worth knowing of dates, news and evidence, one sentence each."""
    yield from _on_time(plan)
    actions = [rated.action for rated in plan.actions]
    open_actions = [rated for rated in plan.actions if rated.action.status not in CLOSED]
    if moved := [action.times_moved for action in actions if action.times_moved]:
        have = "action has" if len(moved) == 1 else "actions have"
        often = f", {times(sum(moved))} in all" if sum(moved) > len(moved) else ""
        yield sentence(f"{number(len(moved))} {have} been given a later date{often}")
    silent = sum(is_silent(rated.action, plan) for rated in open_actions)
    if silent:
        days = f"for {plan.review.partnership.stale_days} days or more"
        if silent == len(open_actions) > 1:
            yield f"All {silent:,} open actions have been without an update {days}."
        else:
            has = "has" if silent == 1 else "have"
            yield f"{silent:,} of {counted(len(open_actions), 'open action')} {has} been without an update {days}."
    if waiting := sum(action.status == Status.SUBMITTED for action in actions):
        waits = "action waits" if waiting == 1 else "actions wait"
        yield sentence(f"{number(waiting)} {waits} for the partnership to accept the evidence")
    if unevidenced := sum(rated.lacks_evidence for rated in plan.actions):
        is_ = "action is" if unevidenced == 1 else "actions are"
        yield sentence(f"{number(unevidenced)} {is_} complete without any evidence")
    if validated := sum(rated.is_validated for rated in plan.actions):
        is_ = "rating is" if validated == 1 else "ratings are"
        yield sentence(f"{number(validated)} {is_} the partnership’s own judgement")


def _on_time(plan):
    """Yield how many complete actions kept to their first date, of those of which both days are known."""
    complete = [rated.action for rated in plan.actions if rated.action.status in DONE]
    known = [action for action in complete if _is_timed(action)]
    if not complete:
        return
    if not known:
        which = "the one complete action" if len(complete) == 1 else f"any of the {len(complete):,} complete actions"
        yield f"The day of completion is not known for {which}."
        return
    kept = sum(map(_kept_to_first_date, known))
    kept = "None" if not kept else "All" if kept == len(known) > 1 else f"{kept:,}"
    yield (
        f"{kept} of the {counted(len(known), 'complete action')} whose day of completion is known"
        f" kept to {'its' if len(known) == 1 else 'their'} first target date; {counted(len(complete), 'action')}"
        f" {'is' if len(complete) == 1 else 'are'} complete in all."
    )


def _is_timed(action):
    """Whether it is complete, and known when it was done and when it was first due."""
    return action.status in DONE and action.original_target_date is not None and _done_on(action) is not None


def _kept_to_first_date(action):
    return _done_on(action) <= action.original_target_date


def _slip(action, on):
    """Return by how many days it was done after its first date, or will be as far as is known; None if unknown."""
    if action.status in SET_ASIDE or action.original_target_date is None:
        return None
    expected = on if is_overdue(action, on) else action.target_date
    end = _done_on(action) if action.status in DONE else expected
    return max(0, (end - action.original_target_date).days) if end else None


def _done_on(action):
    """Return when it was done: as the lead agency says, or else when it was submitted."""
    return action.completed_on or (timezone.localdate(action.submitted_at) if action.submitted_at else None)
