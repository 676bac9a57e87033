"""What is worth a second look in a plan, whether it is being imported or stands in the database (design, rules).

The rules look at facts, which are read from a plan that was recognised in a document or from a saved one.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.text import Truncator

from actions.choices import DONE, TargetKind
from actions.importing.vocabulary import plain
from reviews.similar import Likeness
from scr_tracker.words import day

#: How often the date of an action is moved before that is worth a warning.
MOVED_OFTEN = 3
#: How many rows up and down actions may have slipped; how alike texts are that speak of the same, and how little those
#: that do not (a cosine); and how many recommendations are compared before it takes too long.
NEIGHBOURS, SPEAKS_OF, SPEAKS_NOT_OF, MOST_COMPARED = 2, 0.14, 0.15, 500
#: Words by which evidence speaks of what is still to come.
FUTURE = re.compile(
    r"(?<!seem )(?<!appear )(?<!continue )(?<!continues )(?<!continued )\bto be\b(?! (?:heard|seen|safe))"
    r"|\b(?:will|shall)\b(?! not be (?:required|needed))"
    r"|\b(?:is|are) (?:due|going|planned|scheduled|expected|being planned|being arranged) \b"
    r"|\b(?:yet to|due to (?:be|start|begin|take|report)|planned for|scheduled for|awaiting|in due course)\b"
    r"|\b(?:is|are) being (?:commissioned|developed|drafted|arranged|planned|considered|written|rolled)\b"
)
SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")


class Kind(models.TextChoices):
    """What a warning is about, in the words of a heading."""

    MISALIGNED = "misaligned", "Lists that do not line up"
    SHIFTED = "shifted", "Actions that speak of another recommendation"
    NO_ACTION = "no_action", "Recommendations without an action"
    EVIDENCE_TO_COME = "evidence_to_come", "Complete, but the evidence speaks of the future"
    NO_EVIDENCE = "no_evidence", "Complete without evidence"
    DONE_BEFORE_REPORT = "done_before_report", "Complete before the report"
    DONE_LATER = "done_later", "Complete on a day that is still to come"
    NO_LEAD = "no_lead", "Actions without a lead"
    NO_DATE = "no_date", "Actions without a date"
    NO_EVIDENCE_EXPECTED = "no_evidence_expected", "Actions without expected evidence"
    MOVED_OFTEN = "moved_often", "Dates moved three times or more"
    SAID_BEFORE = "said_before", "Recommended before"


@dataclass(frozen=True)
class PlanWarning:
    """One thing worth a second look: what kind of thing, what it is about (None: the whole plan), in a sentence."""

    kind: Kind
    about: object
    says: str


@dataclass(frozen=True)
class ActionFacts:
    """What the rules look at in an action; ``about`` is what a warning names."""

    about: object
    status: str
    has_lead: bool
    has_date: bool
    expects_evidence: bool
    has_evidence: bool
    evidence: str = ""
    completed_on: date | None = None
    times_moved: int = 0


@dataclass(frozen=True)
class RecommendationFacts:
    """What the rules look at in a recommendation.

    ``together`` is what stands beside all its actions and could not be shared out: [(what, how many)]; ``doing``
    is all that its actions say.
    """

    about: object
    text: str
    lacks_action: bool
    actions: tuple[ActionFacts, ...]
    evidence: str = ""
    together: tuple[tuple[str, int], ...] = ()
    section: object = None
    name: str = ""
    doing: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What the rules must know besides the plan: its report's day, today, and what was recommended before."""

    on: date
    report_on: date | None = None
    before: dict[str, str] = field(default_factory=dict)


def of(recommendations, around):
    """Return the warnings of a plan, by their kinds in the order of Kind, within a kind in the order of the plan."""
    found = [each for recommendation in recommendations for each in _of_recommendation(recommendation, around)]
    found = [*_shifted(recommendations), *_in_one_where_all(found, recommendations)]
    order = list(Kind)
    return sorted(found, key=lambda each: order.index(each.kind))


def of_document(corrected, around):
    """Return the warnings of a plan on its way in, each about the Keyed row that it names."""
    return of([_facts_of_row(row, section) for section in corrected.sections for row in section.below], around)


def of_saved(plan, around):
    """Return the warnings of a saved plan (actions.plan.Plan), each about a recommendation or an action."""
    return of([_facts_of_planned(planned) for planned in plan.recommendations], around)


def _of_recommendation(facts, around):
    """Yield the warnings of a recommendation and its actions."""
    for what, count in facts.together:
        actions = f"{len(facts.actions)} action{'' if len(facts.actions) == 1 else 's'}"
        said = f"{count} {what}" if count > 1 else f"More than one {what}"
        yield PlanWarning(Kind.MISALIGNED, facts.about, f"{said} beside {actions}: it is not said which is whose")
    if facts.lacks_action:
        yield PlanWarning(Kind.NO_ACTION, facts.about, "No action answers it")
    if earlier := around.before.get(plain(facts.text)):
        yield PlanWarning(Kind.SAID_BEFORE, facts.about, f"The same words stand in {earlier}")
    done = [action for action in facts.actions if action.status in DONE]
    if done and (words := to_come(facts.evidence)):
        yield PlanWarning(Kind.EVIDENCE_TO_COME, facts.about, f"“{words}”")
    for action in facts.actions:
        yield from _of_action(action, around)


def _shifted(recommendations):
    """Yield a warning for each recommendation whose actions speak rather of one of its neighbours.

    Rows of a plan that was merged by hand slip against each other: then the actions stand beside the wrong one.
    """
    if len(recommendations) > MOST_COMPARED:
        return
    likeness = Likeness([text for each in recommendations for text in (each.text, each.doing)])
    for place, facts in enumerate(recommendations):
        near = [*recommendations[max(0, place - NEIGHBOURS) : place], *recommendations[place + 1 :][:NEIGHBOURS]]
        near = [each for each in near if each.section == facts.section]
        if not (facts.doing and near):
            continue
        own = likeness.between(facts.doing, facts.text)
        closest, other = max(((likeness.between(facts.doing, each.text), each) for each in near), key=lambda it: it[0])
        if closest >= SPEAKS_OF and own < SPEAKS_NOT_OF and closest > 1.5 * own:
            words = other.name or f"“{Truncator(other.text).words(8)}”"
            yield PlanWarning(Kind.SHIFTED, facts.about, f"Its actions speak rather of {words}: check the rows")


def _of_action(action, around):
    if action.status in DONE:
        if words := to_come(action.evidence):
            yield PlanWarning(Kind.EVIDENCE_TO_COME, action.about, f"“{words}”")
        if not action.has_evidence:
            yield PlanWarning(Kind.NO_EVIDENCE, action.about, "It is complete, and nothing shows it")
    if action.completed_on and around.report_on and action.completed_on < around.report_on:
        days = f"done on {day(action.completed_on)}, the report is of {day(around.report_on)}"
        yield PlanWarning(Kind.DONE_BEFORE_REPORT, action.about, days[0].upper() + days[1:])
    if action.completed_on and action.completed_on > around.on:
        yield PlanWarning(Kind.DONE_LATER, action.about, f"Done on {day(action.completed_on)}")
    if not action.has_lead:
        yield PlanWarning(Kind.NO_LEAD, action.about, "Nobody leads it")
    if not action.has_date:
        yield PlanWarning(Kind.NO_DATE, action.about, "It has no target date")
    if not action.expects_evidence:
        yield PlanWarning(Kind.NO_EVIDENCE_EXPECTED, action.about, "It does not say what would show that it is done")
    if action.times_moved >= MOVED_OFTEN:
        yield PlanWarning(Kind.MOVED_OFTEN, action.about, f"Its date was moved {action.times_moved} times")


#: What is said once where it holds for all: one sentence instead of hundreds.
OF_ALL = {
    Kind.NO_ACTION: "No recommendation of this plan has an action yet",
    Kind.NO_LEAD: "No action of this plan names a lead",
    Kind.NO_DATE: "No action of this plan has a date",
    Kind.NO_EVIDENCE_EXPECTED: "No action of this plan says what evidence is expected",
}


def _in_one_where_all(found, recommendations):
    """Return the warnings, those that hold for every recommendation or action as one about the whole plan."""
    counts = {Kind.NO_ACTION: len(recommendations)}
    everything = sum(len(each.actions) for each in recommendations)
    for kind, sentence in OF_ALL.items():
        same = [each for each in found if each.kind == kind]
        if len(same) > 1 and len(same) == counts.get(kind, everything):
            found = [each for each in found if each.kind != kind] + [PlanWarning(kind, None, sentence)]
    return found


def to_come(text):
    """Return the first sentence of a text that speaks of what is still to come, or nothing."""
    for sentence in SENTENCE.split(text or ""):
        if FUTURE.search(sentence):
            return sentence.strip() if len(sentence) <= 200 else f"{sentence.strip()[:199]}…"
    return ""


# The facts of a plan on its way in


def _facts_of_row(row, section):
    made = row.made
    actions = tuple(_facts_of_action_row(each, made, section.made) for each in row.below)
    return RecommendationFacts(
        about=row,
        text=made.text,
        lacks_action=not (row.below or made.response),
        actions=actions,
        evidence=made.completion_evidence or "",
        together=_together(made.target_date_text, made.lead_text, made.status_text) if row.below else (),
        section=id(section),
        name=f"recommendation {made.number}" if made.number else "",
        doing=_joined(text for each in row.below for text in _words_of(each.made)),
    )


def _facts_of_action_row(row, recommendation, section):
    made = row.made
    return ActionFacts(
        about=row,
        status=made.status,
        has_lead=bool(made.leads or recommendation.lead_text or section.agency),
        has_date=bool(made.date_kind != TargetKind.NONE or recommendation.target_date_text),
        expects_evidence=bool(made.evidence_expected or recommendation.evidence_expected),
        has_evidence=bool(
            made.completion_evidence or recommendation.completion_evidence or recommendation.progress_text
        ),
        evidence=made.completion_evidence or "",
        completed_on=made.completed_on_iso and date.fromisoformat(made.completed_on_iso),
    )


def _words_of(action):
    return action.text, action.intended_outcome, action.evidence_expected, action.completion_evidence


def _joined(texts):
    return "\n".join(filter(None, texts))


def _together(dates, leads, statuses):
    """Return what stands beside all actions together: how many dates, leads and statuses."""
    found = []
    for text, one, several in ((dates, "date", "dates"), (leads, "lead", "leads"), (statuses, "status", "statuses")):
        if text:
            count = len(text.splitlines())
            found.append((one if count == 1 else several, count))
    return tuple(found)


# The facts of a saved plan


def _facts_of_planned(planned):
    recommendation, printed = planned.recommendation, planned.recommendation.as_printed
    together = dict(planned.printed_together)
    return RecommendationFacts(
        about=recommendation,
        text=recommendation.text,
        lacks_action=planned.lacks_action and not planned.responses,
        actions=tuple(_facts_of_rated(rated, printed) for rated in planned.actions),
        evidence=recommendation.completion_evidence,
        together=_together(together.get("By when"), together.get("Lead"), together.get("Status"))
        if planned.actions
        else (),
        section=recommendation.section_id,
        name=f"recommendation {recommendation.number}" if recommendation.number else "",
        doing=_joined(text for rated in planned.actions for text in _words_of(rated.action)),
    )


def _facts_of_rated(rated, printed):
    action = rated.action
    return ActionFacts(
        about=action,
        status=action.status,
        has_lead=bool(action.lead_agency_id or action.lead_officers or printed.get("lead")),
        has_date=bool(action.target_kind != TargetKind.NONE or printed.get("target_date")),
        expects_evidence=bool(action.evidence_expected or action.recommendation.evidence_expected),
        has_evidence=not rated.lacks_evidence,
        evidence=action.completion_evidence,
        completed_on=action.completed_on,
        times_moved=action.times_moved,
    )
