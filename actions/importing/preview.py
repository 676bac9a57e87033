"""What the pages of an import show, made of a draft: counts, cards, places to look at, corrections in plain words."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.core.paginator import Paginator
from django.utils.text import Truncator

from actions import warnings
from actions.choices import Status, TargetKind
from actions.importing import corrections
from actions.importing.headings import MEANINGS
from actions.importing.plan import PlanAction, PlanSection
from actions.target_dates import TargetDate, describe

#: How many recommendations a page of a section shows.
PER_PAGE = 20
#: How many places that were not understood a page shows, and how many lines that are left out.
PLACES_PER_PAGE, MOST_LINES = 50, 100
#: How many warnings of a kind are listed before the rest is only counted.
MOST_WARNINGS = 25


@dataclass
class ActionCard:
    """An action as it would be saved."""

    row: corrections.Keyed
    due: str
    officers: str
    warnings: list = field(default_factory=list)

    @property
    def made(self):
        """The action of the plan."""
        return self.row.made

    @property
    def texts(self):
        """Its texts but for those that the card shows by themselves."""
        return [each for each in corrections.texts_of(self.made) if each[0] != "text"]


@dataclass
class Card:
    """A recommendation as it would be saved, with what a person should look at."""

    row: corrections.Keyed
    actions: list[ActionCard]
    problems: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    @property
    def made(self):
        """The recommendation of the plan."""
        return self.row.made

    @property
    def texts(self):
        """Its texts but for its own words."""
        return [each for each in corrections.texts_of(self.made) if each[0] != "text"]

    @property
    def to_share(self):
        """Which of its texts may be shared out among its actions."""
        return corrections.FOR_ACTIONS if self.actions else ()


def cards(draft, rows, found=()):
    """Return a card for each of these recommendations, with what was found to be worth a second look."""
    by_place = {}
    for number, problem, looked_at in draft.problems:
        if not looked_at:
            by_place.setdefault(problem.where, []).append((number, problem))
    said = {}
    for warning in found:
        if warning.about and not (warning.kind == warnings.Kind.MISALIGNED and warning.about.made.where in by_place):
            said.setdefault(warning.about.key, []).append(f"{warning.kind.label}. {warning.says}")
    return [
        Card(
            row,
            [_action_card(each, said.get(each.key, [])) for each in row.below],
            by_place.get(row.made.where, []),
            said.get(row.key, []),
        )
        for row in rows
    ]


def _action_card(row, said):
    made = row.made
    target = TargetDate(
        date.fromisoformat(made.target_date_iso) if made.target_date_iso else None,
        TargetKind(made.date_kind),
        made.target_date_text or "",
    )
    return ActionCard(row, describe(target), ", ".join(made.leads) or made.lead_text or "", said)


def around(rows, row):
    """Return the rows before and after one."""
    rows = list(rows)
    place = rows.index(row)
    return (rows[place - 1] if place else None, rows[place + 1] if place + 1 < len(rows) else None)


def overview(draft, user):
    """Return what the first page of a draft says."""
    plan, problems = draft.plan, draft.problems
    found = draft.warnings(user)
    open_problems = [each for each in problems if not each[2]]
    flagged = Counter(_key_of(each) for each in found)
    places = {problem.where for _, problem, _ in open_problems}
    return {
        "draft": draft,
        "plan": plan,
        "counts": {
            "sections": len(plan.sections),
            "recommendations": len(plan.recommendations),
            "actions": len(plan.actions),
            "dated": sum(bool(action.target_date_iso) for action in plan.actions),
            "complete": sum(action.status == Status.COMPLETE for action in plan.actions),
            "led": sum(bool(action.leads) for action in plan.actions),
        },
        "parts": [
            {
                "row": section,
                "actions": sum(len(row.below) for row in section.below),
                "flagged": sum(bool(flagged[row.key]) or row.made.where in places for row in section.below),
            }
            for section in draft.corrected.sections
        ],
        "open_problems": len(open_problems),
        "warned": [(kind, len(list(group))) for kind, group in groupby(found, key=lambda each: each.kind)],
        "lost": [each for each in draft.losses if each.kind == "lost"],
        "lost_around": [each for each in draft.losses if each.kind != "lost"],
        "unknown_columns": [each for each in draft.headings if each.field is None],
        "doubtful": [each for each in draft.agencies if each.is_doubtful],
        "created": [each for each in draft.agencies if each.will_be_created],
    }


def _key_of(warning):
    """Return the key of the recommendation that a warning is about."""
    return warning.about.key.split(".")[0] if warning.about else None


@dataclass(frozen=True)
class Place:
    """A place that was not understood, with the row that came of it, if one did."""

    number: int
    problem: object
    looked_at: bool
    row: corrections.Keyed | None
    can_be_rescued: bool


def to_look_at(draft, user, page=1):
    """Return everything that a person should look at, in groups; of the places a page."""
    by_place = {row.made.where: row for row in draft.corrected.recommendations}
    notes = draft.plan.notes or ""
    places = [
        Place(n, problem, looked_at, by_place.get(problem.where), bool(problem.text) and problem.text in notes)
        for n, problem, looked_at in draft.problems
    ]
    groups = []
    for kind, group in groupby(draft.warnings(user), key=lambda each: each.kind):
        found = list(group)
        listed = [(each, _where_to(draft, each)) for each in found[:MOST_WARNINGS]]
        groups.append({"kind": kind, "count": len(found), "listed": listed, "rest": len(found) - len(listed)})
    lost = [(n, each) for n, each in enumerate(draft.losses) if each.kind == "lost"]
    left_out = [each for each in draft.losses if each.kind != "lost"]
    return {
        "places": Paginator([each for each in places if not each.looked_at], PLACES_PER_PAGE).get_page(page),
        "looked_at": [each for each in places if each.looked_at],
        "groups": groups,
        "lost": lost[:MOST_LINES],
        "lost_count": len(lost),
        "left_out": left_out[:MOST_LINES],
        "left_out_count": len(left_out),
    }


def _where_to(draft, warning):
    """Return the recommendation and, if it is about one, the action that a warning is about."""
    if warning.about is None:
        return None
    row, recommendation = draft.row(warning.about.key)
    return {"recommendation": recommendation, "action": row if isinstance(row.made, PlanAction) else None}


def headings(draft):
    """Return what each heading was taken for: [(number, heading, its meaning in words)]."""
    return [(n, each, MEANINGS.get(each.field, "")) for n, each in enumerate(draft.headings)]


def details_suggested(draft):
    """Return what the form of a new review begins with: what was said before, else what the document says."""
    said = draft.record.details
    if said:
        return {name: date.fromisoformat(value) if name.endswith("_on") else value for name, value in said.items()}
    return {"pseudonym": draft.plan.review_name or ""}


@dataclass(frozen=True)
class Made:
    """A correction in plain words."""

    number: int
    says: str
    by: str
    at: datetime
    is_undone: bool
    why_not: str
    can_be_undone: bool


def corrections_made(draft):
    """Return every correction, the latest first."""
    record = draft.record
    return [_made(record, number, draft.corrected.set_aside) for number in reversed(range(record.version))]


def last_correction(record):
    """Return the latest correction that is in force, or None."""
    in_force = corrections.in_force(record.corrections)
    return _made(record, in_force[-1][0], {}) if in_force else None


def _made(record, number, set_aside):
    operation = record.corrections[number]
    undone = number not in {n for n, _ in corrections.in_force(record.corrections)}
    is_undo = operation["op"] == "undo"
    return Made(
        number,
        in_words(operation, record),
        operation["who"],
        datetime.fromisoformat(operation["at"]),
        undone and not is_undo,
        set_aside.get(number, ""),
        not undone,
    )


def in_words(operation, record):
    """Say what a correction did."""
    kind = operation["op"]
    labels = {**corrections.RECOMMENDATION_TEXTS, **corrections.ACTION_TEXTS, "text": "text"}
    labels["target_date_iso"] = "target date"

    def of(name):
        return labels.get(name, name.removeprefix(corrections.AS_PRINTED)).lower()

    if kind == "edit":
        return f"Edited {', '.join(of(name) for name in operation['changes'])} of {_place(operation['key'])}"
    if kind == "merge":
        return f"Merged two rows at {_place(operation['into'])}"
    if kind == "split":
        return f"Split {_place(operation['key'])} into {len(operation['parts'])}"
    if kind == "move":
        pieces = Truncator(" / ".join(operation["pieces"])).chars(80)
        where = "a new action" if operation.get("new") else of(operation["to_field"])
        return f"Moved “{pieces}” at {_place(operation['key'])} to {where}"
    if kind == "share":
        return f"Shared out {of(operation['field'])} at {_place(operation['key'])}"
    if kind == "drop":
        return f"Left out {_place(operation['key'])}"
    if kind == "rescue":
        text = Truncator(operation["text"]).chars(80)
        return f"Made “{text}” {'an action' if operation['as'] == 'action' else 'a recommendation'}"
    if kind == "column":
        meaning = MEANINGS.get(operation["field"], "kept as printed")
        return f"Column “{operation['heading']}”: {meaning[:1].lower()}{meaning[1:]}"
    if kind == "agency":
        return f"Said which agency “{operation['name']}” is"
    if kind == "settle":
        return f"Looked at {operation['where']}: right as it is"
    return f"Undid: {in_words(record.corrections[operation['of']], record)}"


def _place(key):
    """Return a key as a person reads it: "table 3, row 12"."""
    return key.split(".")[0].replace("-", " ")


def what_changed(record, since):
    """Say who changed a draft meanwhile, and how."""
    record.refresh_from_db(fields=["corrections"])
    later = [f"{each['who']}: {in_words(each, record)}" for each in record.corrections[since or 0 :]]
    return (
        f"Somebody else corrected this meanwhile ({'; '.join(later[-3:])}). Nothing that you entered is lost. "
        "Look at it again, then save it once more."
    )


def nearby(draft, recommendation, *, but=None, new=True):
    """Return the rows that words of a recommendation may go to: itself, its actions, and its neighbours'."""
    rows = list(draft.corrected.recommendations)
    place = rows.index(recommendation)
    groups = []
    for each in (recommendation, *rows[max(0, place - 2) : place], *rows[place + 1 : place + 3]):
        choices = [(row.key, called(row)) for row in (each, *each.below) if row.key != but]
        if new:
            choices.append((f"{each.key} new", "A new action"))
        groups.append((called(each, 40), choices))
    return groups


def called(row, length=70):
    """Return what a row is called in a list to choose from."""
    made = row.made
    if isinstance(made, PlanSection):
        return f"At the beginning of “{made.title}”"
    start = Truncator(" ".join(made.text.split())).chars(length)
    if isinstance(made, PlanAction):
        return f"Action {made.label}: {start}" if made.label else f"Action: {start}"
    return f"Recommendation {made.number}: {start}" if made.number else f"Recommendation: {start}"


def near(draft, where):
    """Return the sections and recommendations near a place in the document, the nearest before it first."""
    rows = draft.corrected.recommendations
    prefix, number = _parts(where)
    before = [row for row in rows if _parts(row.made.where)[0] == prefix and _parts(row.made.where)[1] <= number]
    nearest = rows.index(before[-1]) if before else 0
    close = list(rows[max(0, nearest - 15) : nearest + 15])
    if before:
        close.remove(before[-1])
        close.insert(0, before[-1])
    sections = [section for section in draft.corrected.sections if any(row in section.below for row in close)]
    return [*((row.key, called(row)) for row in close), *((each.key, called(each)) for each in sections)]


def _parts(where):
    """Return a place without its last number, and that number: ("table 3, row", 12)."""
    words = where.rsplit(" ", 1)
    return (words[0], int(words[1])) if len(words) == 2 and words[1].isdigit() else (where, 0)
