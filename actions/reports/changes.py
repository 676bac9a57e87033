"""What changed between two reports, told from their frozen data alone: old value beside new.

Each report keeps how every action stood, and every recommendation that had none. Nothing else is compared, so
that what is said of the past is what the board was given then, whatever has become of it since.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from scr_tracker.words import counted, cut, listed

from ..choices import CLOSED, Rating, Status
from ..rating import NO_ACTION
from .frozen import Frozen
from .references import anchor

#: Ratings that can be compared. Grey is set aside, neither better nor worse.
WORST_TO_BEST = (Rating.RED, Rating.AMBER, Rating.GREEN, Rating.BLUE)


@dataclass(frozen=True)
class Standing(Frozen):
    """How an action stood when a report was made, or a recommendation without any action.

    ``key`` is the same in every report: "action-12", "recommendation-7". ``due`` is the target date where there
    is one, ``due_words`` what the plan says of it in any case. ``rating`` and ``status`` are values, not labels.
    ``touched_at`` is when anybody last changed it; ``review`` is empty where the report tells of one alone.
    """

    key: str
    reference: str
    anchor: str
    text: str
    lead: str
    rating: str
    status: str
    due: date | None
    due_words: str
    times_moved: int
    overdue: bool
    updated_at: datetime | None
    touched_at: datetime | None = None
    review: str = ""

    @property
    def is_action(self):
        """Whether it is an action rather than a recommendation without any."""
        return self.rating != NO_ACTION

    @property
    def is_open(self):
        """Whether it is an action that still needs doing."""
        return self.is_action and self.status not in CLOSED

    @property
    def touch(self):
        """What people have made of it: where this is as it was, nobody has touched it."""
        said = self.status, self.due, self.due_words, self.times_moved, self.text, self.lead
        return *said, self.updated_at, self.touched_at


@dataclass(frozen=True)
class ReviewStandings(Frozen):
    """How all that a report tells of a review stood; ``review`` is its key, the same in every report."""

    review: int
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class Change(Frozen):
    """One thing that changed: what it was, what it is now, and by how much where that can be said."""

    key: str
    reference: str
    anchor: str
    text: str
    lead: str
    before: str
    now: str
    by: str = ""
    review: str = ""


@dataclass(frozen=True)
class ChangeList(Frozen):
    """All changes of one kind; ``of`` says whether they are of actions or of recommendations."""

    key: str
    heading: str
    meaning: str
    of: str
    changes: tuple[Change, ...]

    told_above = ""

    @property
    def about(self):
        """What the list means."""
        return self.meaning

    @property
    def entries(self):
        """What stands in the list, as in every list of a report."""
        return self.changes

    @property
    def counted(self):
        """How many there are, in words."""
        return counted(len(self.changes), self.of)


@dataclass(frozen=True)
class Changes(Frozen):
    """What changed since an earlier report, kind by kind, empty kinds included: the board sees what was looked for.

    ``report`` names the earlier report, ``as_at`` is the moment that it spoke of.
    """

    since: str
    lists: tuple[ChangeList, ...]
    report: str = ""
    as_at: datetime | None = None

    def __getitem__(self, key):
        """Return the changes of one kind."""
        return {each.key: each for each in self.lists}[key]

    @property
    def not_found(self):
        """What was looked for and not found, in words."""
        return listed([each.heading.lower() for each in self.lists if not each.changes])

    @property
    def headline(self):
        """What moved, in one line of plain words."""
        said = [f"{len(each.changes):,} {each.heading.lower()}" for each in self.lists if each.changes]
        return f"Since {self.since}: {listed(said)}." if said else f"Nothing has changed since {self.since}."


def standings_of(plan, references, touched=None, review=""):
    """Return how each action of a plan stands, and each recommendation that lacks one, in the plan's order.

    ``touched`` says when each action was last changed, by its key.
    """
    return tuple(_standings(plan, references, touched or {}, review))


def changes_between(before, now, *, since, words, report="", as_at=None):
    """Return what changed from one report's standings to a later one's.

    ``since`` says when the earlier report spoke of, ``report`` and ``as_at`` which it was; ``words`` are what the
    partnership calls each rating, by value.
    """
    return replace(_Comparison(before, now, words).changes(since), report=report, as_at=as_at)


def _standings(plan, references, touched, review):
    for planned in plan.recommendations:
        recommendation = planned.recommendation
        for rated in planned.actions:
            action = rated.action
            yield Standing(
                key=f"action-{action.pk}",
                reference=references.action(action.pk),
                anchor=anchor(recommendation.pk),
                text=action.text,
                lead=action.lead_agency.name if action.lead_agency else "",
                rating=str(rated.rating),
                status=str(action.status),
                due=action.target_date,
                due_words=action.due,
                times_moved=action.times_moved,
                overdue=rated.is_overdue,
                updated_at=rated.last_update.at if rated.last_update else None,
                touched_at=touched.get(action.pk),
                review=review,
            )
        if planned.lacks_action:
            yield Standing(
                key=f"recommendation-{recommendation.pk}",
                reference=references.recommendation(recommendation.pk),
                anchor=anchor(recommendation.pk),
                text=recommendation.text,
                lead="",
                rating=NO_ACTION,
                status="",
                due=None,
                due_words="",
                times_moved=0,
                overdue=False,
                updated_at=None,
                review=review,
            )


class _Comparison:
    """Two lists of standings side by side."""

    def __init__(self, before, now, words):
        self.words = words
        was = {each.key: each for each in before}
        is_now = {each.key: each for each in now}
        self.both = [(was[each.key], each) for each in now if each.key in was]
        self.added = [each for each in now if each.key not in was]
        self.gone = [each for each in before if each.key not in is_now]

    def changes(self, since):
        return Changes(
            since,
            (
                self._list("closed", "Closed", "Signed off, or set aside with a reason.", self._closed()),
                self._list("reopened", "Reopened", "Closed then, and open again.", self._reopened()),
                self._list(
                    "newly_overdue", "Newly overdue", "Past the target date, and was not then.", self._overdue()
                ),
                self._list("moved", "Given another date", "The target date is another than it was.", self._moved()),
                self._list("new", "New", "Not in the plan then.", self._new()),
                self._list(
                    "gone", "No longer in this report", "In the plan then, and not in this report.", self._gone()
                ),
                self._list("worse", "Rated worse", "Open then and now, with a worse rating.", self._rated(-1)),
                self._list("better", "Rated better", "Open then and now, with a better rating.", self._rated(+1)),
                self._list(
                    "without_action",
                    "Without action",
                    "A recommendation that no action answers, new or left without one.",
                    self._without_action(),
                    of="recommendation",
                ),
                self._list(
                    "untouched",
                    "Untouched",
                    "Open then and now: no update, no new date, no step, no other change.",
                    self._untouched(),
                ),
            ),
        )

    def _list(self, key, heading, meaning, changes, of="action"):
        return ChangeList(key, heading, meaning, of, tuple(changes))

    def _actions(self):
        return [(was, now) for was, now in self.both if now.is_action]

    def _closed(self):
        return (
            _change(now, _status(was), _status(now)) for was, now in self._actions() if was.is_open and not now.is_open
        )

    def _reopened(self):
        return (
            _change(now, _status(was), _status(now)) for was, now in self._actions() if now.is_open and not was.is_open
        )

    def _overdue(self):
        for was, now in self._actions():
            if now.overdue and not was.overdue:
                yield _change(now, f"Due {was.due_words}" if was.due else "No date", f"Was due {now.due_words}")

    def _moved(self):
        for was, now in self._actions():
            if was.due != now.due:
                yield _change(now, was.due_words or "No date", now.due_words or "No date", _by(was.due, now.due))

    def _new(self):
        return (_change(now, "", f"{_status(now)}, {self.words[now.rating].lower()}") for now in self._added_actions())

    def _added_actions(self):
        return [each for each in self.added if each.is_action]

    def _gone(self):
        return (
            _change(was, f"{_status(was)}, {self.words[was.rating].lower()}", "") for was in self.gone if was.is_action
        )

    def _rated(self, direction):
        for was, now in self._actions():
            if not (was.is_open and now.is_open) or {was.rating, now.rating} - set(WORST_TO_BEST):
                continue
            steps = WORST_TO_BEST.index(now.rating) - WORST_TO_BEST.index(was.rating)
            if steps * direction > 0:
                yield _change(now, self.words[was.rating], self.words[now.rating])

    def _without_action(self):
        return (_change(now, "", self.words[NO_ACTION]) for now in self.added if not now.is_action)

    def _untouched(self):
        for was, now in self._actions():
            if was.is_open and now.is_open and was.touch == now.touch:
                yield _change(now, self.words[was.rating], self.words[now.rating])


def _change(standing, before, now, by=""):
    text = cut(" ".join(standing.text.split()))
    name, review = (standing.key, standing.reference, standing.anchor), standing.review
    return Change(*name, text, standing.lead, before, now, by, review)


def _status(standing):
    return Status(standing.status).label


def _by(before, now):
    """Return by how much a date was moved: "62 days later", and nothing where either is no date."""
    if not (before and now):
        return ""
    days = (now - before).days
    return f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"
