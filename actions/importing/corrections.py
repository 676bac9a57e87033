"""What a person corrects in a recognised plan before it is imported.

Corrections are operations, plain values in a list that is only ever added to: each says what was done to which row,
and who did it when. ``apply`` makes the corrected plan of a recognised one. Rows are named by keys made from their
place in the document, so that a row keeps its key when columns are read anew and whatever is done to other rows.
An operation that no longer fits, because its row is gone or says something else now, changes nothing and is handed
back. Merging, splitting and moving lose no word; only editing and dropping do.
"""

from collections import Counter
from dataclasses import dataclass, field, fields, replace

from django.utils.text import slugify

from actions.choices import Status
from actions.importing.leads import split_leads
from actions.importing.lists import label_of, without_label
from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection
from actions.importing.statuses import overall, standing
from actions.importing.vocabulary import plain
from actions.target_dates import find_dates, parse_target_date

#: The texts of each kind of row, in the words of the page.
RECOMMENDATION_TEXTS = {
    "text": "Recommendation",
    "intended_outcome": "Intended outcome",
    "response": "Response",
    "action_intro": "Lead-in to the actions",
    "target_date_text": "By when",
    "lead_text": "Lead",
    "status_text": "Status",
    "progress_text": "Progress",
    "evidence_expected": "Evidence expected",
    "completion_evidence": "What was done, with evidence",
    "source_or_type": "Where it comes from",
}
ACTION_TEXTS = {
    "text": "Action",
    "target_date_text": "By when",
    "lead_text": "Lead",
    "status_text": "Status",
    "completed_on_text": "Completed on",
    "intended_outcome": "Intended outcome",
    "evidence_expected": "Evidence expected",
    "completion_evidence": "What was done, with evidence",
    "rating_text": "Rating",
}
#: What several actions may share; a piece of evidence they do not.
SHARED = (
    *("target_date_text", "target_date_iso", "date_kind", "lead_text", "leads"),
    *("status_text", "status", "completed_on_text", "completed_on_iso"),
)
#: How a text is named that a column of the document holds and no field does.
AS_PRINTED = "as_printed:"
#: What an operation touches that may change any row.
EVERYTHING = "*"


class DoesNotFit(Exception):
    """An operation that cannot be done to the plan as it is; its text is a sentence that says why."""


@dataclass(frozen=True)
class Dropped:
    """A row that was dropped: by which operation, what it said, and where it stood."""

    number: int
    text: str
    where: str


@dataclass(frozen=True)
class Keyed:
    """A section, recommendation or action of a corrected plan with its key, and what stands below it."""

    key: str
    made: PlanSection | PlanRecommendation | PlanAction
    below: tuple["Keyed", ...] = ()


@dataclass(frozen=True)
class Corrected:
    """A plan after its corrections, its rows with their keys, and what became of the operations."""

    plan: Plan
    sections: tuple[Keyed, ...]
    set_aside: dict[int, str] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()

    @property
    def recommendations(self):
        """Every recommendation with its key, in the order of the plan."""
        return [row for section in self.sections for row in section.below]


def apply(plan, operations):
    """Return the plan that a recognised one becomes by these operations."""
    draft = _Draft(plan)
    set_aside = {}
    for number, operation in in_force(operations):
        if operation["op"] in DO:
            try:
                DO[operation["op"]](draft, number, operation)
            except DoesNotFit as why:
                set_aside[number] = str(why)
    return draft.corrected(set_aside)


def in_force(operations):
    """Return (number, operation) for each that was not undone."""
    undone = {each["of"] for each in operations if each["op"] == "undo"}
    return [(n, each) for n, each in enumerate(operations) if n not in undone and each["op"] != "undo"]


def meanings(operations):
    """Return what a person said that columns mean: {heading in plain words: field, or None}."""
    said = [each for _, each in in_force(operations) if each["op"] == "column"]
    return {plain(each["heading"]): each["field"] or None for each in said}


def agencies(operations):
    """Return which agency a person said that names stand for: {name in plain words: key of an agency, or None}."""
    said = [each for _, each in in_force(operations) if each["op"] == "agency"]
    return {plain(each["name"]): each["agency"] for each in said}


def settled(operations):
    """Return the numbers of the places that a person has looked at and found right."""
    return {each["problem"] for _, each in in_force(operations) if each["op"] == "settle"}


def touches(operation, operations=()):
    """Return what an operation is about, so that two people's operations can be seen to meet."""
    kind = operation["op"]
    if kind == "undo":
        return touches(operations[operation["of"]])
    if kind == "column":
        return {EVERYTHING}
    if kind == "agency":
        return {f"agency {plain(operation['name'])}"}
    if kind == "settle":
        return {f"problem {operation['problem']}"}
    return {operation[name] for name in ("key", "into", "to", "after") if operation.get(name)}


def meet(one, others):
    """Whether what one operation touches is touched by others: a recommendation with its actions is one thing."""
    if EVERYTHING in one or EVERYTHING in others:
        return bool(one and others)
    return bool({_whole(key) for key in one} & {_whole(key) for key in others})


def _whole(key):
    return key.split(".")[0]


def text_of(made, name):
    """Return a text of a row, or an empty one."""
    if name.startswith(AS_PRINTED):
        return made.as_printed.get(name.removeprefix(AS_PRINTED), "")
    return getattr(made, name) or ""


def texts_of(made):
    """Return (name, label, text) for each text that a row has, in the order of the page."""
    labels = RECOMMENDATION_TEXTS if isinstance(made, PlanRecommendation) else ACTION_TEXTS
    found = [(name, label, text_of(made, name)) for name, label in labels.items()]
    found += [(f"{AS_PRINTED}{name}", name, text) for name, text in made.as_printed.items()]
    return [each for each in found if each[2]]


def words_of(plan):
    """Count the words of everything that a plan says."""
    counted = Counter(plain(plan.notes or "").split())
    for recommendation in plan.recommendations:
        for row in (recommendation, *recommendation.actions):
            for _, _, text in texts_of(row):
                counted.update(plain(text).split())
        counted.update(plain(recommendation.number_printed or recommendation.number or "").split())
        counted.update(word for action in recommendation.actions for word in plain(action.label or "").split())
    return counted


def same_words(before, after):
    """Whether texts have the same words in the same order."""
    return plain(" ".join(before)) == plain(" ".join(after))


# The plan while it is corrected


@dataclass
class _Row:
    key: str
    made: PlanSection | PlanRecommendation | PlanAction
    above: "_Row | None" = None
    below: list["_Row"] = field(default_factory=list)

    @property
    def is_action(self):
        return isinstance(self.made, PlanAction)

    def add(self, row, place=None):
        row.above = self
        self.below.insert(len(self.below) if place is None else place, row)

    def frozen(self):
        return Keyed(self.key, self.made, tuple(each.frozen() for each in self.below))


class _Draft:
    """A plan taken apart into rows that can be found by their keys."""

    def __init__(self, plan):
        self.plan, self.notes, self.dropped = plan, plan.notes, []
        self.rows, self.sections = {}, []
        for section in plan.sections:
            slug = slugify(f"{section.number or ''} {section.title}")[:60]
            part = self._new(f"section-{slug}", replace(section, recommendations=()))
            self.sections.append(part)
            for made in section.recommendations:
                row = self._new(slugify(made.where)[:80] or "row", replace(made, actions=()))
                part.add(row)
                for number, action in enumerate(made.actions, start=1):
                    row.add(self._new(f"{row.key}.{number}", action))

    def _new(self, key, made):
        """Return a new row with a key that no other has."""
        unique, count = key, 1
        while unique in self.rows:
            count += 1
            unique = f"{key}-{count}"
        self.rows[unique] = row = _Row(unique, made)
        return row

    def new(self, key, made):
        """Return a new row."""
        return self._new(key, made)

    def row(self, key, *kinds):
        """Return the row with a key, which must be of one of these kinds, if any are given."""
        found = self.rows.get(key)
        if found is None or (kinds and not isinstance(found.made, kinds)):
            raise DoesNotFit("The row that it was made to is not there any more.")
        return found

    def take_out(self, row):
        """Take a row out of the plan, with what stands below it."""
        row.above.below.remove(row)
        for each in (*row.below, row):
            del self.rows[each.key]

    def corrected(self, set_aside):
        """Return the plan put together again; a section without recommendations is none."""
        keyed = tuple(section.frozen() for section in self.sections if section.below)
        sections = tuple(
            replace(
                section.made,
                recommendations=tuple(
                    replace(row.made, actions=tuple(each.made for each in row.below)) for row in section.below
                ),
            )
            for section in keyed
        )
        plan = replace(self.plan, notes=self.notes, sections=sections)
        return Corrected(plan, keyed, set_aside, tuple(self.dropped))


# The operations


def _edit(draft, number, operation):
    row = draft.row(operation["key"])
    for name, was in operation["was"].items():
        if text_of(row.made, name) != was:
            raise DoesNotFit("The row says something else now.")
    for name, text in operation["changes"].items():
        row.made = with_text(row.made, name, text)


def _merge(draft, number, operation):
    row, into = draft.row(operation["key"]), draft.row(operation["into"])
    if row is into or type(row.made) is not type(into.made) or isinstance(row.made, PlanSection):
        raise DoesNotFit("These two rows cannot be merged.")
    into.made = merged(into.made, row.made)
    below = list(row.below)
    for each in below:
        row.below.remove(each)
        into.add(each)
    draft.take_out(row)


def _split(draft, number, operation):
    row = draft.row(operation["key"], PlanRecommendation, PlanAction)
    first, *others = operation["parts"]
    if not others or not all(plain(part) for part in operation["parts"]):
        raise DoesNotFit("A row is split into two texts or more.")
    if not same_words([row.made.text], operation["parts"]):
        raise DoesNotFit("The row says something else now.")
    place = row.above.below.index(row)
    shared = {name: getattr(row.made, name) for name in SHARED} if row.is_action and operation.get("share") else {}
    row.made = replace(row.made, text=first.strip())
    for index, part in enumerate(others, start=1):
        made = _new_row(type(row.made), part, row.made.where, shared)
        key = f"{_whole(row.key)}.n{number}-{index}" if row.is_action else f"{row.key}-n{number}-{index}"
        row.above.add(draft.new(key, made), place + index)


def _new_row(kind, text, where, values=None):
    """Return a new recommendation or action; the label that an action's text begins with becomes its own."""
    text = text.strip()
    if kind is PlanRecommendation:
        return PlanRecommendation(text=text, where=where)
    label = label_of(text)
    is_labelled = bool(label) and bool(plain(without_label(text)))
    return PlanAction(
        text=without_label(text) if is_labelled else text,
        label=label if is_labelled else None,
        where=where,
        **(values or {}),
    )


def _move(draft, number, operation):
    row = draft.row(operation["key"], PlanRecommendation, PlanAction)
    name, text = operation["field"], text_of(row.made, operation["field"])
    for piece in operation["pieces"]:
        text = _without(text, piece)
    if name == "text" and not plain(text):
        raise DoesNotFit("Nothing would be left of the row: merge it with another, or drop it.")
    moved = "\n".join(piece.strip() for piece in operation["pieces"])
    to = draft.row(operation["to"], PlanRecommendation, PlanAction)
    row.made = with_text(row.made, name, text)
    if operation.get("new"):
        recommendation = to.above if to.is_action else to
        made = _new_row(PlanAction, moved, row.made.where)
        place = recommendation.below.index(to) + 1 if to.is_action else None
        recommendation.add(draft.new(f"{_whole(recommendation.key)}.n{number}", made), place)
        return
    target = operation["to_field"]
    if not target.startswith(AS_PRINTED) and target not in (ACTION_TEXTS if to.is_action else RECOMMENDATION_TEXTS):
        raise DoesNotFit("The row that it was moved to has no such field.")
    to.made = with_text(to.made, target, _joined(text_of(to.made, target), moved))


def _without(text, piece):
    """Return a text without a piece of it, which must stand in it."""
    before, found, after = text.partition(piece)
    if not found or not plain(piece):
        raise DoesNotFit("The words that were moved do not stand there any more.")
    joint = "\n" if before.endswith("\n") or after.startswith("\n") else " "
    return joint.join(filter(None, (before.strip(), after.strip())))


def _drop(draft, number, operation):
    row = draft.row(operation["key"], PlanRecommendation, PlanAction)
    draft.dropped.append(Dropped(number, row.made.text, row.made.where))
    draft.take_out(row)


def _rescue(draft, number, operation):
    after = draft.row(operation["after"])
    text = "\n".join(filter(plain, operation["text"].replace("\t", "\n").split("\n")))
    if not plain(text):
        raise DoesNotFit("There are no words in it.")
    recommendation = after.above if after.is_action else after
    if operation["as"] == "action":
        if isinstance(recommendation.made, PlanSection):
            raise DoesNotFit("An action needs a recommendation that it belongs to.")
        made = _new_row(PlanAction, text, operation["where"])
        recommendation.add(draft.new(f"{_whole(recommendation.key)}.n{number}", made))
    else:
        row = draft.new(f"rescued-{number}", PlanRecommendation(text=text, where=operation["where"]))
        if isinstance(recommendation.made, PlanSection):
            recommendation.add(row, 0)
        else:
            recommendation.above.add(row, recommendation.above.below.index(recommendation) + 1)
    if draft.notes and operation["text"] in draft.notes:
        before, _, rest = draft.notes.partition(operation["text"])
        draft.notes = "\n".join(filter(None, (before.strip("\n"), rest.strip("\n")))) or None


DO = {"edit": _edit, "merge": _merge, "split": _split, "move": _move, "drop": _drop, "rescue": _rescue}


# What a row becomes


def with_text(made, name, text):
    """Return a row with another text, and with what is read from that text."""
    text = (text or "").strip() or None
    if name.startswith(AS_PRINTED):
        heading = name.removeprefix(AS_PRINTED)
        others = {each: value for each, value in made.as_printed.items() if each != heading}
        return replace(made, as_printed={**made.as_printed, heading: text} if text else others)
    if text is None and name in ("text", "title"):
        raise DoesNotFit("A row needs a text.")
    if name not in {each.name for each in fields(made)}:
        raise DoesNotFit("The row has no such field.")
    return replace(made, **{name: text}, **(_read_from(name, text) if isinstance(made, PlanAction) else {}))


def _read_from(name, text):
    """Return the values that are read from a text of an action."""
    if name == "target_date_text":
        target = parse_target_date(text)
        return {"target_date_iso": target.date.isoformat() if target.date else None, "date_kind": target.kind.value}
    if name == "target_date_iso":
        return {"date_kind": "day" if text else "none"}
    if name == "lead_text":
        return {"leads": split_leads(text)}
    if name == "completed_on_text":
        dates = find_dates(text)
        return {"completed_on_iso": dates[-1].date.isoformat() if dates else None}
    if name == "status_text":
        said = [standing(line) for line in (text or "").splitlines()]
        completed = said[-1] if said and said[-1].completed_on else None
        read = {"status": overall(each.status for each in said).value if said else Status.UNKNOWN.value}
        if completed:
            read |= {"completed_on_text": completed.completed_on_text, "completed_on_iso": completed.completed_on}
        return read
    return {}


def merged(first, second):
    """Return one row for two, with every word of both; what both say alike is said once."""
    printed = {
        name: _joined(first.as_printed.get(name), second.as_printed.get(name))
        for name in {**first.as_printed, **second.as_printed}
    }
    is_action = isinstance(first, PlanAction)
    names = ACTION_TEXTS if is_action else RECOMMENDATION_TEXTS
    values = {name: _joined(text_of(first, name), text_of(second, name)) or None for name in names}
    values["text"] = "\n".join((first.text, _with_its_number(second)))
    if is_action:
        values |= _read_from_both(first, second, values)
    elif not (first.number or first.number_printed):
        values["text"] = f"{first.text}\n{second.text}"
        values |= {"number": second.number, "number_printed": second.number_printed}
    return replace(first, as_printed=printed, **values)


def _with_its_number(row):
    """Return the text of a row with its number or label before it."""
    if isinstance(row, PlanAction):
        return f"{row.label}) {row.text}" if row.label else row.text
    number = row.number_printed or row.number
    return f"{number} {row.text}" if number else row.text


def _read_from_both(first, second, texts):
    """Return what is read from the texts of two actions together."""
    read = {
        "leads": tuple(dict.fromkeys((*first.leads, *second.leads))),
        "status": overall({first.status, second.status}) if Status.UNKNOWN not in (first.status, second.status) else "",
        "completed_on_iso": max(filter(None, (first.completed_on_iso, second.completed_on_iso)), default=None),
    }
    read["status"] = str(read["status"] or (second.status if first.status == Status.UNKNOWN else first.status))
    dated = [each for each in (first, second) if each.target_date_text or each.target_date_iso]
    if len({each.target_date_text for each in dated}) > 1:
        return read | _read_from("target_date_text", texts["target_date_text"])
    if dated:
        read |= {"target_date_iso": dated[0].target_date_iso, "date_kind": dated[0].date_kind}
    return read


def _joined(first, second):
    """Return two texts as one, or the one where both are the same."""
    if not first or not second or first == second:
        return first or second or ""
    return f"{first}\n{second}"
