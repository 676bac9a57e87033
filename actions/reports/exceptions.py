"""What the board must look at before anything else."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from scr_tracker.words import counted, cut, day, listed, times

from ..choices import DONE, Rating, TargetKind
from .columns import Line, last_update
from .frozen import Frozen
from .references import anchor

#: A date that has been moved so often deserves a question.
MOVED_OFTEN = 3


@dataclass(frozen=True)
class Entry(Frozen):
    """An action (or a recommendation without any) with what the board needs to ask about it.

    ``text`` is its beginning where it is long: the plan has the whole of it. ``section`` is empty where the
    lead says it, ``review`` where the report tells of one alone. ``said`` is what makes it an exception of its
    kind, where its dates do not show that: when it was returned, and why.
    """

    review: str
    reference: str
    anchor: str
    section: str
    rating: str
    text: str
    lead: str
    due: str
    first_due: str
    days_overdue: int
    times_moved: int
    last_word: Line | None
    said: str = ""

    @property
    def dates(self):
        """The lines that say by when it is to be done, how late it is and how often that was moved."""
        lines = [Line(self.due)] if self.due else []
        if self.days_overdue:
            lines.append(Line(f"Overdue {counted(self.days_overdue, 'day')}", "alert"))
        first = f"First {self.first_due}" if self.first_due else ""
        moved = f"moved {times(self.times_moved)}" if self.times_moved else ""
        if said := ", ".join(filter(None, [first, moved])):
            lines.append(Line(f"{said[0].upper()}{said[1:]}", "note"))
        return tuple(lines)


@dataclass(frozen=True)
class ExceptionList(Frozen):
    """All exceptions of one kind; ``of`` says whether they are actions or recommendations.

    ``above`` is how many more stand in lists above, which say of each what this one would: nobody reads it twice.
    """

    key: str
    heading: str
    meaning: str
    of: str
    entries: tuple[Entry, ...]
    above: int = 0

    @property
    def counted(self):
        """How many there are, in words."""
        return counted(len(self.entries), self.of)

    @property
    def about(self):
        """What the list means, and how many are told of already."""
        if not self.above:
            return self.meaning
        stand = "stands" if self.above == 1 else "stand"
        return f"{self.meaning} {self.above:,} more {stand} in the lists above, which say so."

    @property
    def told_above(self):
        """That all of them are told of already; "" where they are not."""
        if self.entries or not self.above:
            return ""
        tells = "which stands" if self.above == 1 else "all of which stand"
        return f"{self.heading}: {counted(self.above, self.of)}, {tells} in the lists above."


def exceptions_of(plan, references, news):
    """Return the exceptions of a plan, kind by kind, empty kinds included: the board sees what was looked for."""
    teller = _Teller(plan, references)
    rated, days = plan.actions, plan.review.partnership.stale_days
    opened = [each for each in rated if each.action.is_open]
    late = sorted((each for each in opened if each.is_overdue), key=lambda each: -each.days_overdue)
    red = [each for each in rated if each.rating == Rating.RED and not each.is_overdue]
    undated = [each for each in opened if each.action.target_kind in (TargetKind.NONE, TargetKind.TO_BE_CONFIRMED)]
    leaderless = [
        each
        for each in opened
        if not (each.action.lead_agency_id or each.action.lead_officers or each.action.as_printed.get("lead"))
    ]
    moved = [each for each in opened if each.action.times_moved >= MOVED_OFTEN]
    asked = [each for each in opened if each.action.extension_pending]
    returned = [each for each in opened if each.action.pk in news.returned]
    silent = sorted((each for each in opened if is_silent(each.action, plan)), key=_last_heard_of)
    silence_of = {each.action.pk: silence(each.action, plan.on) for each in silent}
    stale = [each for each in silent if not each.is_overdue]
    unchecked = [each for each in rated if is_check_overdue(each.action, plan.on)]
    unchecked.sort(key=lambda each: each.action.impact_check_due)
    told = {each.action.pk for each in (*late, *stale)}  # with their dates, their lead and how long they are silent
    return (
        teller.actions("overdue", "Overdue", "Open and past the target date, the longest first.", late, silence_of),
        teller.actions(
            "extension", "Later date asked for", "The partnership has not decided yet.", asked, news.asked_for
        ),
        teller.actions(
            "returned", "Returned", "Submitted as complete, and sent back to the lead agency.", returned, news.returned
        ),
        teller.actions(
            "stale",
            f"No update in the last {counted(days, 'day')}",
            "Open, and nobody has reported on it, the longest silence first.",
            silent,
            silence_of,
            told={each.action.pk for each in late},
        ),
        teller.actions("red", "Red but not overdue", "Rated red by the lead or by the partnership.", red),
        teller.without_action(),
        teller.actions("no_date", "No target date", "Open, and nobody has said by when.", undated, told=told),
        teller.actions("no_lead", "No lead", "Open, and neither an agency nor a post is named.", leaderless, told=told),
        teller.actions(
            "no_evidence",
            "Complete without evidence",
            "Said to be complete, and nothing shows it.",
            [each for each in rated if each.lacks_evidence],
        ),
        teller.actions(
            "impact_check",
            "Impact check overdue",
            "Signed off, and nobody has looked yet whether it made a difference that lasted.",
            unchecked,
            {each.action.pk: f"The check was due on {day(each.action.impact_check_due)}." for each in unchecked},
        ),
        teller.actions(
            "moved_often",
            "Moved three times or more",
            "Open, and given a later date again and again.",
            moved,
            told=told,
        ),
    )


def is_silent(action, plan):
    """Whether nobody has reported on an action inside the stale period of the plan's partnership."""
    since = plan.on - timedelta(plan.review.partnership.stale_days)
    return action.last_update_on is None or action.last_update_on < since


def is_check_overdue(action, on):
    """Whether an action was signed off, and the check of its impact is past its day."""
    return action.status in DONE and action.impact_check_due is not None and action.impact_check_due < on


def _last_heard_of(rated):
    return rated.action.last_update_on or date.min


def silence(action, on):
    """Return how long nobody has reported on an action."""
    if action.last_update_on is None:
        return "Never reported on."
    return f"{counted((on - action.last_update_on).days, 'day')} without an update."


def all_exceptions(of_reviews, names):
    """Return the exceptions of several reviews as one list of each kind, each entry with its review's name."""
    if len(of_reviews) == 1:
        return of_reviews[0]
    return tuple(_joined(lists, names) for lists in zip(*of_reviews, strict=True))


def _joined(lists, names):
    entries = [replace(entry, review=name) for each, name in zip(lists, names, strict=True) for entry in each.entries]
    if lists[0].key == "overdue":
        entries.sort(key=lambda entry: -entry.days_overdue)
    return replace(lists[0], entries=tuple(entries), above=sum(each.above for each in lists))


class _Teller:
    """Tells of actions and recommendations by their names in the report."""

    def __init__(self, plan, references):
        self.references = references
        self.planned = {planned.recommendation.pk: planned for planned in plan.recommendations}

    def actions(self, key, heading, meaning, rated, said=None, *, told=()):
        """Return a list of actions; ``told`` are the keys of those of which lists above say as much."""
        here = [each for each in rated if each.action.pk not in told]
        entries = tuple(self._action(each, (said or {}).get(each.action.pk, "")) for each in here)
        return ExceptionList(key, heading, meaning, "action", entries, len(rated) - len(here))

    def without_action(self):
        lacking = [planned for planned in self.planned.values() if planned.lacks_action]
        meaning = "The review recommended it, and no action answers it."
        entries = tuple(map(self._recommendation, lacking))
        return ExceptionList("no_action", "No action", meaning, "recommendation", entries)

    def _section(self, recommendation_pk, agency):
        """Return the section's title, unless the agency that leads is named in it."""
        title = self.references.section(recommendation_pk).section.title
        return "" if agency and agency.name.casefold() in title.casefold() else title

    def _action(self, rated, said):
        action = rated.action
        planned = self.planned[action.recommendation_id]
        moved = action.target_date != action.original_target_date
        said_together = planned.printed.get("target_date", "")
        return Entry(
            review="",
            reference=self.references.action(action.pk),
            anchor=anchor(action.recommendation_id),
            section=self._section(action.recommendation_id, action.lead_agency),
            rating=str(rated.rating),
            text=cut(" ".join(action.text.split())),
            lead=lead_of(action) or planned.printed.get("lead", ""),
            due=cut(action.due or " · ".join(said_together.split("\n")), 60),
            first_due=action.originally_due if moved else "",
            days_overdue=rated.days_overdue,
            times_moved=action.times_moved,
            last_word=next(iter(last_update(rated)), None) or _printed_word(action, planned),
            said=said,
        )

    def _recommendation(self, planned):
        recommendation = planned.recommendation
        section = self.references.section(recommendation.pk).section
        lines = (line for response in planned.responses for line in response.text.split("\n"))
        answers = [
            line for line in lines if line.strip() and not line.casefold().startswith("response to recommendation")
        ]
        return Entry(
            review="",
            reference=self.references.recommendation(recommendation.pk),
            anchor=anchor(recommendation.pk),
            section="",
            rating=str(planned.rating),
            text=cut(" ".join(recommendation.text.split())),
            lead=section.agency.name if section.agency else section.title,
            due="",
            first_due="",
            days_overdue=0,
            times_moved=0,
            last_word=Line(cut(answers[0]), "note", "The response begins") if answers else None,
        )


def lead_of(action):
    """Return who leads: the posts, then the agency, unless the one names the other."""
    posts = action.as_printed.get("lead", "").replace("\n", ", ") or listed(action.lead_officers)
    agency = action.lead_agency.name if action.lead_agency else ""
    return posts if agency.casefold() in posts.casefold() else " · ".join(filter(None, [posts, agency]))


def _printed_word(action, planned):
    """Return what the plan itself says of progress, where nobody has reported since."""
    recommendation = planned.recommendation
    together = "The plan says" if len(planned.actions) == 1 else "The plan says of its actions together"
    said = [
        ("The plan says", action.as_printed.get("status")),
        ("The plan says", action.as_printed.get("progress")),
        ("The plan says", action.completion_evidence),
        (together, planned.printed.get("status")),
        (together, planned.printed.get("progress")),
        (together, recommendation.completion_evidence),
    ]
    label, words = next((each for each in said if each[1]), ("", ""))
    return Line(cut(" · ".join(words.split("\n"))), "note", label) if words else None
