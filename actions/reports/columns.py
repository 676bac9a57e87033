"""The plan in its own columns: where each of its words stands, and what has changed since it was printed.

Nothing is left out: words for which a plan has no column stand, labelled, in the nearest one it has.
"""

import re
from dataclasses import dataclass, replace

from django.utils import timezone

from reviews.models import Acceptance, Practice, Source
from scr_tracker.words import counted, day, listed, sentence, times

from ..choices import DONE, Status
from ..rating import NO_ACTION
from .frozen import Frozen
from .references import anchor

#: The columns of a plan that says nothing of its own, and what fields are called where they have no column.
USUAL_COLUMNS = (
    ("recommendation", "Recommendation"),
    ("action", "Action"),
    ("target_date", "Target date"),
    ("lead", "Lead"),
    ("intended_outcome", "Intended outcome"),
    ("status", "Status"),
    ("completion_evidence", "What was done, with evidence"),
)
USUAL_PLAN = [{"field": field, "heading": heading} for field, heading in USUAL_COLUMNS]
HEADINGS = dict(USUAL_COLUMNS) | {
    "source": "Source",
    "practice": "Practice",
    "decision": "Decision",
    "evidence_expected": "Evidence expected",
    "progress": "Progress",
    "response": "Response",
    "rating": "Rating in the plan",
    "completed_on": "Completed",
}

#: Columns of a plan that need none of their own: a number stands with what it numbers, a section over its table.
STANDS_WITH = {"number": "recommendation", "label": "action"}

#: Where ratings stand: the first of these columns that a plan has.
RATED = ("rating", "status", "progress")

#: Where words go that have no column of their own; the first that the plan has.
HOMES = {
    "practice": ("source",),
    "evidence_expected": ("completion_evidence",),
    "evidence": ("completion_evidence", "evidence_expected", "progress", "status"),
    "completion_evidence": ("evidence_expected", "progress", "status"),
    "update": ("progress", "completion_evidence", "status"),
    "validation": ("progress", "completion_evidence", "status"),
    "progress": ("status", "completion_evidence"),
    "status": ("progress", "rating"),
    "rating": ("status", "progress"),
    "completed_on": ("completion_evidence", "progress", "status"),
}
#: Fields whose words need no label wherever they go.
SELF_EXPLAINING = {"update", "validation", "evidence", "status", "decision"}


@dataclass(frozen=True)
class Line(Frozen):
    """Some words of a cell, perhaps after a label and perhaps a link to another place in the report.

    ``kind`` is empty for words of the plan itself; else "alert", "note" or "update", which the tracker adds.
    """

    text: str
    kind: str = ""
    label: str = ""
    link: str = ""

    @property
    def opening(self):
        """The label and the sign after it, where words follow: an action's letter, or what the words are."""
        if not (self.label and self.text):
            return self.label
        return self.label + (":" if self.kind else ")" if self.label[-1].isalnum() else "")

    @property
    def said(self):
        """The whole line as plain text."""
        return " ".join(filter(None, [self.opening, self.text]))


@dataclass(frozen=True)
class Column(Frozen):
    """A column: what it holds, and its heading in the plan. ``rated`` is the one where ratings stand."""

    field: str
    heading: str
    rated: bool = False


@dataclass(frozen=True)
class PrintedAction(Frozen):
    """An action, its words shared out among the columns.

    ``status`` is where it stands, in the tracker's word; empty where the plan's own words say it.
    """

    reference: str
    rating: str
    validated: bool
    status: str
    cells: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True)
class PrintedRecommendation(Frozen):
    """A recommendation with its actions; its own cells hold what belongs to no single action."""

    reference: str
    anchor: str
    number: str
    rating: str
    cells: tuple[tuple[Line, ...], ...]
    actions: tuple[PrintedAction, ...]


@dataclass(frozen=True)
class PrintedSection(Frozen):
    """A section of the plan; ``standing`` says in words how its actions are rated."""

    number: str
    title: str
    subtitle: str
    standing: str
    recommendations: tuple[PrintedRecommendation, ...]


def columns_of(plan):
    """Return the columns of a plan: its own in their order, and those that its actions need to be shown."""
    headings = {}
    for column in plan.review.plan_columns or USUAL_PLAN:
        field = STANDS_WITH.get(column["field"], column["field"])
        if field != "section":
            headings[field] = " / ".join(filter(None, [headings.get(field), column["heading"]]))
    headings.setdefault("recommendation", HEADINGS["recommendation"])
    if plan.actions:
        for field in ("action", "target_date", "lead"):
            headings.setdefault(field, HEADINGS[field])
        if not headings.keys() & set(RATED):
            headings["status"] = HEADINGS["status"]
    rated = next((field for field in RATED if field in headings), "")
    return tuple(Column(field, heading, field == rated) for field, heading in headings.items())


def sections_of(plan, columns, references, rating_words):
    """Return the sections of a plan, printed in these columns."""
    printer = _Printer(plan, columns, references, rating_words)
    return tuple(printer.section(section) for section in plan.sections)


class _Printer:
    """Shares out the words of one plan among its columns."""

    def __init__(self, plan, columns, references, rating_words):
        self.plan = plan
        self.fields = [column.field for column in columns]
        self.status_stands_alone = "rating" in self.fields and "status" in self.fields
        self.references = references
        self.rating_words = rating_words
        self.answered = {}

    def section(self, planned):
        section = planned.section
        heading = section.as_printed.get("heading", "")
        agency = section.agency.name if section.agency else ""
        more = [words for words in (heading, agency) if words and _missing(words, section.title)]
        return PrintedSection(
            number=section.number,
            title=section.title,
            subtitle=" · ".join(dict.fromkeys(more)),
            standing=self._counts(planned),
            recommendations=tuple(self.recommendation(each) for each in planned.recommendations),
        )

    def _counts(self, planned):
        if not planned.recommendations:
            return "No recommendations."
        counts = planned.counts
        said = [f"{counts[rating]} {self.rating_words[rating].lower()}" for rating in counts if counts[rating]]
        actions = counted(len(planned.actions), "action")
        return f"{counted(len(planned.recommendations), 'recommendation')}, {actions}: {listed(said)}"

    def recommendation(self, planned):
        recommendation = planned.recommendation
        return PrintedRecommendation(
            reference=self.references.recommendation(recommendation.pk),
            anchor=anchor(recommendation.pk),
            number=recommendation.as_printed.get("number", "").rstrip(". ") or recommendation.number,
            rating=str(planned.rating) if planned.lacks_action or planned.rating != NO_ACTION else "",
            cells=self._placed(self._words_of_recommendation(planned), otherwise="recommendation"),
            actions=tuple(self.action(rated, planned) for rated in planned.actions),
        )

    def action(self, rated, planned):
        return PrintedAction(
            reference=self.references.action(rated.action.pk),
            rating=str(rated.rating),
            validated=rated.is_validated,
            status="" if self.status_stands_alone else self._status(rated)[0],
            cells=self._placed(self._words_of_action(rated, planned), otherwise="action"),
        )

    def _placed(self, words, *, otherwise):
        """Return the cells of a row for words by field; ``otherwise`` is the column for what has none."""
        cells = {field: list(words.get(field, ())) for field in self.fields}
        for field, lines in words.items():
            if field in cells or not lines:
                continue
            home = next((each for each in HOMES.get(field, ()) if each in cells), otherwise)
            if field not in SELF_EXPLAINING:
                label = HEADINGS.get(field, field.replace("_", " ").capitalize())
                lines = [replace(lines[0], label=label, kind=lines[0].kind or "note"), *lines[1:]]
            cells[home] += lines
        return tuple(tuple(cells[field]) for field in self.fields)

    # --- A recommendation ---

    def _words_of_recommendation(self, planned):
        recommendation = planned.recommendation
        printed = dict(planned.printed)
        printed.pop("number", None)
        words = {
            "recommendation": _lines(recommendation.text),
            "source": _lines(printed.pop("source", "") or _label(Source, recommendation.source)),
            "practice": _lines(printed.pop("practice", "") or _label(Practice, recommendation.practice)),
            "decision": list(self._decision(planned)),
            "response": list(self._responses(planned)),
            "action": _lines(recommendation.action_intro) + list(self._answers_elsewhere(planned)),
            "intended_outcome": _lines(recommendation.intended_outcome),
            "evidence_expected": _lines(recommendation.evidence_expected),
            "completion_evidence": _lines(recommendation.completion_evidence),
        }
        return words | {field: _said_nowhere_else(field, text, planned) for field, text in printed.items()}

    def _decision(self, planned):
        recommendation = planned.recommendation
        if recommendation.acceptance:
            decision = Acceptance(recommendation.acceptance).label
            reason = recommendation.acceptance_reason
            yield Line(sentence(f"{decision}: {reason}" if reason else decision), "note")

    def _responses(self, planned):
        """A response to several recommendations is printed with the first, and referred to by the others."""
        for response in planned.responses:
            if first := self.answered.get(response.pk):
                yield Line(f"Answered together with recommendation {first[0]}.", "note", link=first[1])
                continue
            pk = planned.recommendation.pk
            self.answered[response.pk] = (self.references.recommendation(pk), anchor(pk))
            if heading := response.as_printed.get("heading"):
                yield Line("", label=heading)
            yield from _lines(response.text)

    def _answers_elsewhere(self, planned):
        for rated in planned.also_answered_by:
            action = rated.action
            yield Line(
                f"Also answered by action {self.references.action(action.pk)}.",
                "note",
                link=anchor(action.recommendation_id),
            )
        if planned.lacks_action:
            yield Line("No action answers this yet.", "alert")

    # --- An action ---

    def _words_of_action(self, rated, planned):
        action = rated.action
        printed = {key: text for key, text in action.as_printed.items() if text and key != "status"}
        words = {
            "action": self._task(action),
            "target_date": list(self._due(action, printed.pop("target_date", ""))),
            "lead": list(self._lead(rated, planned, printed.pop("lead", ""))),
            "intended_outcome": _lines(action.intended_outcome),
            "evidence_expected": _lines(action.evidence_expected),
            "status": list(self._standing_of(rated)),
            "completion_evidence": _lines(action.completion_evidence),
            "completed_on": list(self._completed(action, printed.pop("completed_on", ""))),
            "evidence": list(self._evidence(rated)),
            "validation": self._validation(rated),
            "update": list(last_update(rated)),
        }
        return words | {field: _lines(text) for field, text in printed.items()}

    def _task(self, action):
        first, *more = _lines(action.text)
        return [replace(first, label=action.label), *more]

    def _due(self, action, printed):
        moved = action.target_date != action.original_target_date
        now = action.due if moved else printed or action.due
        if now:
            yield Line(now)
        elif action.is_open:
            yield Line("No target date", "note")
        if moved:
            first = printed or action.originally_due or "not set"
            often = f", moved {times(action.times_moved)}" if action.times_moved else ""
            yield Line(f"First {first}{often}", "note")
        if action.extension_pending:
            yield Line("A later date is asked for", "alert")

    def _lead(self, rated, planned, printed):
        action, section = rated.action, self.references.section(planned.recommendation.pk).section
        officers = listed(action.lead_officers)
        yield from _lines(printed or officers)
        if printed and any(_missing(officer, printed) for officer in action.lead_officers):
            yield Line(f"Now {officers}", "note")
        agency = action.lead_agency
        if agency and agency.pk != section.agency_id and all(_missing(name, printed) for name in agency.names):
            yield Line(agency.name, "note")
        elif not (agency or officers or printed) and action.is_open:
            yield Line("No lead", "alert")
        if rated.supporting_agencies:
            yield Line(f"With {listed([each.name for each in rated.supporting_agencies])}", "note")

    def _status(self, rated):
        """Return the status in the tracker's word and in the plan's, each where the other does not say it."""
        word, printed = Status(rated.action.status).label, rated.action.as_printed.get("status", "")
        if printed.casefold() == word.casefold():
            return word, ""
        return ("" if printed and not _missing(word, printed) else word), printed

    def _standing_of(self, rated):
        action = rated.action
        said, printed = self._status(rated)
        if said and self.status_stands_alone:
            yield Line(said)
        yield from _lines(printed)
        if rated.is_overdue:
            yield Line(f"Overdue {counted(rated.days_overdue, 'day')}", "alert")
        if action.status_reason:
            yield Line(sentence(action.status_reason), "note")
        if action.superseded_by_id:
            by = self.references.action(action.superseded_by_id)
            yield Line(f"Superseded by action {by}." if by else "Superseded by an action of another plan.", "note")
        yield from self._who_says_what(rated)
        if action.status in DONE and action.signed_off_at:
            yield Line(f"Signed off {day(timezone.localdate(action.signed_off_at))}", "note")
        elif action.status == Status.SUBMITTED:
            yield Line(f"Submitted {day(action.submitted_on)}", "note")

    def _who_says_what(self, rated):
        """What the rules and the lead would say, where the rating shown is another."""
        action = rated.action
        if rated.is_validated and rated.computed != rated.rating:
            yield Line(f"By the rules {self.rating_words[rated.computed].lower()}", "note")
        if action.is_open and action.own_rating and action.own_rating != rated.rating:
            yield Line(f"The lead says {self.rating_words[action.own_rating].lower()}", "note")

    def _validation(self, rated):
        reason = f"Rating set by the partnership: {rated.action.validated_reason}"
        return [Line(sentence(reason), "note")] if rated.is_validated else []

    def _completed(self, action, printed):
        """When it was completed, unless another of the plan's words on it says so."""
        said = [action.completion_evidence, action.as_printed.get("status", ""), action.as_printed.get("progress", "")]
        is_said = printed and any(not _missing(printed, text) for text in said)
        if (printed or action.completed_on) and ("completed_on" in self.fields or not is_said):
            yield Line(printed or day(action.completed_on))

    def _evidence(self, rated):
        action = rated.action
        for item in rated.evidence:
            dated = f", {day(item.dated)}" if item.dated else ""
            about = f"{item.get_kind_display().lower()}{dated}, {item.get_standing_display().lower()}"
            yield Line(f"{item.title} ({about})", "note", label="Evidence")
        if action.no_evidence_reason:
            yield Line(sentence(action.no_evidence_reason), "note", label="No evidence")
        if action.impact_result:
            about = sentence(action.get_impact_result_display())
            checked = day(timezone.localdate(action.impact_checked_at))
            yield Line(f"{about} {action.impact_note}".strip(), "note", label=f"Impact, {checked}")


def last_update(rated):
    """Yield the last thing that somebody reported on an action, if anybody has."""
    if update := rated.last_update:
        before, after = Status(update.status_before).label, Status(update.status_after).label
        changed = f"{before} to {after.lower()}." if before != after else f"Still {after.lower()}."
        label = f"{day(timezone.localdate(update.at))}, {update.by}"
        yield Line(sentence(update.what_was_done or changed), "update", label=label)


def _said_nowhere_else(field, text, planned):
    """Return the lines that a plan prints for all actions of a recommendation, unless each is one action's own."""
    fields = ("status", "progress") if field in ("status", "progress") else (field,)
    own = {rated.action.as_printed.get(each, "").strip().casefold() for rated in planned.actions for each in fields}
    if field == "status":
        own |= {Status(rated.action.status).label.casefold() for rated in planned.actions}
    lines = _lines(text)
    return [] if all(line.text.casefold() in own for line in lines) else lines


def _lines(text):
    return [Line(line.strip()) for line in (text or "").split("\n") if line.strip()]


def _label(choices, value):
    return choices(value).label if value else ""


def _missing(words, text):
    """Whether these words, as words, do not stand in a text."""
    return not re.search(rf"(?<!\w){re.escape(words.strip())}(?!\w)", text, re.IGNORECASE)
