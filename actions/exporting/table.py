"""A plan as a table: its own columns in their order, a row for each action, and what each cell shows.

A recommendation's own words stand beside all its actions. Where a column holds both words of the recommendation
and words of its actions, the recommendation has a row of its own above them.
"""

import re
from dataclasses import dataclass, field

from actions.choices import Status
from actions.importing.document import BULLET
from actions.importing.plan import Plan, PlanAction, PlanColumn, PlanRecommendation
from actions.importing.statuses import standing
from actions.importing.vocabulary import begins_with, plain, vocabulary
from actions.target_dates import parse_target_date

#: What fields are called that a plan has words for, but no column; in the order in which they are added.
HEADINGS = {
    "recommendation": "Recommendation",
    "response": "Response",
    "action": "Action",
    "target_date": "Target date",
    "lead": "Lead",
    "intended_outcome": "Intended outcome",
    "evidence_expected": "Evidence expected",
    "status": "Status",
    "progress": "Progress",
    "completion_evidence": "What was done, with evidence",
    "rating": "Rating by the lead",
}
#: The tracker's own columns in a spreadsheet, beside those of the plan.
SECTION = PlanColumn("Section of the plan", "section")
SOURCE = PlanColumn("Source of the recommendation", "source")
STATUS_NOW = PlanColumn("Status in the tracker", "status_now")
RATING = PlanColumn("Rating by the lead", "rating")
COMPLETED = PlanColumn("Completed on", "completed_on")
REFERENCE = PlanColumn("Tracker row", "reference")

#: What an agency is asked to fill in for each of its actions, and what it is shown to do so. Its update comes
#: back as what an action says under that heading (``PlanAction.as_printed[UPDATE.heading]``).
UPDATE = PlanColumn("Update: what was done since the last one", None)
TO_FILL_IN = (
    PlanColumn("Status now", "status_now"),
    PlanColumn("Your rating", "rating"),
    UPDATE,
    PlanColumn("Evidence of what was done", "completion_evidence"),
    PlanColumn("Date done", "completed_on"),
)
SHOWN = (
    SECTION,
    PlanColumn("No.", "number"),
    PlanColumn("Recommendation", "recommendation"),
    PlanColumn("Action", "action"),
    PlanColumn("Target date", "target_date"),
    PlanColumn("Lead", "lead"),
)

#: The attributes of a recommendation and of an action that a column of this field shows.
OF_RECOMMENDATION = {
    "source": "source_or_type",
    "practice": "practice_type",
    "response": "response",
    "action": "action_intro",
    "target_date": "target_date_text",
    "lead": "lead_text",
    "intended_outcome": "intended_outcome",
    "evidence_expected": "evidence_expected",
    "status": "status_text",
    "progress": "progress_text",
    "completion_evidence": "completion_evidence",
}
OF_ACTION = {
    "target_date": "target_date_text",
    "lead": "lead_text",
    "intended_outcome": "intended_outcome",
    "evidence_expected": "evidence_expected",
    "status": "status_text",
    "completed_on": "completed_on_text",
    "completion_evidence": "completion_evidence",
}
#: Where the words of an action's status stand: the first of these columns that there is.
SAYS_STATUS = ("status", "progress", "rating")

NOT_IN_A_FILE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
ENDS_OF_LINES = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
LONGEST_CELL = 32_000
CUT_SHORT = "… (the rest is in the tracker)"


@dataclass(frozen=True)
class TableRow:
    """A row of a plan: the action it shows, or None for one that shows its recommendation alone."""

    reference: str
    cells: tuple[str, ...]
    action: PlanAction | None = None


@dataclass(frozen=True)
class Block:
    """The rows of one recommendation. ``whole``: the places of the columns whose cell stands beside them all."""

    recommendation: PlanRecommendation
    rows: tuple[TableRow, ...]
    whole: frozenset[int]


@dataclass(frozen=True)
class TableSection:
    """A part of the plan under its heading."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class PlanTable:
    """A plan laid out as a table."""

    plan: Plan
    columns: tuple[PlanColumn, ...]
    sections: tuple[TableSection, ...] = field(default=())

    @property
    def rows(self):
        """Every row, in the order of the plan."""
        return [row for section in self.sections for block in section.blocks for row in block.rows]

    def place(self, name):
        """Return the place of the first column of a field, or None."""
        return next((place for place, column in enumerate(self.columns) if column.field == name), None)


def laid_out(plan, *, is_flat, is_form=False):
    """Return a plan as a table. One that is flat has its sections in a column, and a reference on each row.

    A form for an agency to fill in has rows of actions only.
    """
    columns = (*SHOWN, *TO_FILL_IN, REFERENCE) if is_form else columns_of(plan, is_flat=is_flat)
    writer = _Writer(columns, is_flat, is_form)
    return PlanTable(plan, columns, tuple(writer.section(section) for section in plan.sections))


def columns_of(plan, *, is_flat):
    """Return the plan's own columns, and those that its words need beside them."""
    found = list(plan.columns)
    fields, headings = {column.field for column in found} - {None}, {column.heading for column in found}
    texts = {name: any(_texts(plan, name)) for name in HEADINGS}
    needed = [name for name, is_said in texts.items() if is_said and name not in fields]
    if fields & set(SAYS_STATUS) and "status" in needed and not any(each.status_text for each in plan.recommendations):
        needed.remove("status")
    for name in needed:
        found.insert(_place(found, name), PlanColumn(HEADINGS[name], name))
    kept = (name for part in (*plan.recommendations, *plan.actions) for name in part.as_printed)
    unnamed = [name for name in dict.fromkeys(kept) if name != "rating" and _heading_of_kept(name, headings) is None]
    found += [PlanColumn(name, None) for name in unnamed]
    if not is_flat:
        return tuple(found)
    sourced = any(each.source_or_type for each in plan.recommendations) and "source" not in fields
    completed = any(each.completed_on_text or each.completed_on_iso for each in plan.actions)
    return (
        SECTION,
        *found,
        *([SOURCE] if sourced else []),
        *([STATUS_NOW] if plan.actions else []),
        *([RATING] if plan.actions and "rating" not in {column.field for column in found} else []),
        *([COMPLETED] if completed and "completed_on" not in fields else []),
        REFERENCE,
    )


def says_status(columns):
    """Return the field of the column in which the plan's own words say where an action stands; empty for none."""
    fields = {column.field for column in columns if column not in (RATING, *TO_FILL_IN)}
    return next((name for name in SAYS_STATUS if name in fields), "")


def heading_of(section):
    """Return the heading over a section: its number and its title."""
    return f"{section.number}. {section.title}" if section.number else section.title


def fit_for_a_file(text):
    """Return a text without signs that no file may hold, its lines ended as everywhere."""
    return NOT_IN_A_FILE.sub("", ENDS_OF_LINES.sub("\n", text or ""))


def clipped(text):
    """Return a text as long as a cell of a spreadsheet may be."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT_SHORT)] + CUT_SHORT


def words_of(text):
    """Return what a cell with this text says once it is read: neither bullet signs nor space around its lines."""
    lines = (fit_for_a_file(line) for line in ENDS_OF_LINES.split(text or ""))
    return "\n".join(filter(None, (_without_bullets(line).strip() for line in lines)))


def is_same(name, text, other):
    """Whether two texts of a column say the same; a date is the same date however it is written."""
    if words_of(text) == words_of(other):
        return True
    if name not in ("target_date", "completed_on"):
        return False
    first, second = parse_target_date(words_of(text)), parse_target_date(words_of(other))
    return bool(first.date) and (first.date, first.kind) == (second.date, second.kind)


def _without_bullets(line):
    while sign := BULLET.match(line):
        line = line[sign.end() :]
    return line


def _texts(plan, name):
    """Yield whether each recommendation and action has words of a field."""
    if name == "recommendation":
        yield True
    elif name == "action":
        yield bool(plan.actions)
    elif name == "rating":
        yield from ("rating" in part.as_printed for part in (*plan.recommendations, *plan.actions))
    else:
        yield from (getattr(each, OF_RECOMMENDATION[name]) for each in plan.recommendations)
        yield from (getattr(each, OF_ACTION[name]) for each in plan.actions if name in OF_ACTION)


def _place(columns, name):
    """Return where a column of a field is added: after those that stand before it in the usual order."""
    order = list(HEADINGS)
    before = [
        place
        for place, column in enumerate(columns, start=1)
        if column.field in ("number", "source") or column.field in order[: order.index(name)]
    ]
    return max(before, default=0)


def _heading_of_kept(name, headings):
    """Return the heading of the plan under which words are kept by this name, or None."""
    return next((each for each in (name, name.removesuffix(" (column)")) if each in headings), None)


class _Writer:
    """Says what stands in each cell of a table with these columns."""

    def __init__(self, columns, is_flat, is_form):
        self.columns, self.is_flat, self.is_form = columns, is_flat, is_form
        self.fields = [column.field for column in columns]
        self.says_status = says_status(columns)
        named = [column.field or column.heading for column in columns]
        self.first = [named.index(name) == place for place, name in enumerate(named)]

    def section(self, section):
        heading = heading_of(section)
        return TableSection(heading, tuple(self.block(each, heading) for each in section.recommendations))

    def block(self, recommendation, heading):
        own = [self.of_recommendation(place, recommendation, heading) for place in range(len(self.columns))]
        by_action = [
            [self.of_action(place, action) for place in range(len(self.columns))] for action in recommendation.actions
        ]
        self.leave_to_actions("progress", own, by_action)
        of_actions = {place for place in range(len(self.columns)) if self.is_of_actions(place, own, by_action)}
        both = [place for place in of_actions if own[place]]
        whole = frozenset(range(len(self.columns))) - of_actions
        rows = []
        if (both or not by_action) and not self.is_form:
            rows.append(TableRow(recommendation.identity, self.fit(own, recommendation.identity)))
        for action, cells in zip(recommendation.actions, by_action, strict=True):
            merged = [own[place] if place in whole else cell for place, cell in enumerate(cells)]
            rows.append(TableRow(action.identity, self.fit(merged, action.identity), action))
        return Block(recommendation, tuple(rows), whole)

    def leave_to_actions(self, name, own, by_action):
        """What a recommendation says of all its actions is not said again where each of them says its part."""
        if name in self.fields:
            place = self.fields.index(name)
            said = "\n".join(cells[place] for cells in by_action)
            own[place] = "" if words_of(said) == words_of(own[place]) else own[place]

    def is_of_actions(self, place, own, by_action):
        """Whether a column holds a cell for each action, rather than one for the recommendation."""
        name = self.fields[place]
        if name == "reference" or any(cells[place] for cells in by_action):
            return True
        may_be = name in (None, "label", "action", "rating", *OF_ACTION)
        return bool(by_action) and not own[place] and may_be

    def fit(self, cells, reference):
        """Return cells as a file holds them, with the reference of their row."""
        cells = (reference if name == "reference" else cell for name, cell in zip(self.fields, cells, strict=True))
        cells = (fit_for_a_file(cell) for cell in cells)
        return tuple(clipped(cell) if self.is_flat else cell for cell in cells)

    def of_recommendation(self, place, recommendation, heading):
        """Return what a cell shows of a recommendation."""
        name = self.fields[place]
        if not self.first[place] or self.columns[place] in TO_FILL_IN:
            return ""
        if name == "section":
            return heading
        if name == "number":
            return recommendation.number_printed or recommendation.number or ""
        if name == "recommendation":
            number = None if "number" in self.fields else recommendation.number_printed or recommendation.number
            return f"{number} {recommendation.text}" if number else recommendation.text
        if name in OF_RECOMMENDATION:
            return getattr(recommendation, OF_RECOMMENDATION[name]) or ""
        return self.kept(place, recommendation)

    def of_action(self, place, action):
        """Return what a cell shows of an action."""
        name = self.fields[place]
        if not self.first[place]:
            return ""
        if name == "action":
            return f"{action.label}) {action.text}" if action.label and "label" not in self.fields else action.text
        if name == "label":
            return action.label or ""
        if name == "status_now":
            return Status(action.status).label
        if name == "lead":
            return self.lead(action)
        if name == self.says_status:
            return "\n".join(filter(None, (self.status(action), self.kept(place, action))))
        if name == "completed_on":
            return action.completed_on_text or action.completed_on_iso or ""
        if name in OF_ACTION:
            return getattr(action, OF_ACTION[name]) or ""
        return self.kept(place, action)

    def status(self, action):
        """Return the words of an action's status: the plan's own, and the tracker's where those say another."""
        printed = action.status_text or ""
        said, label = standing(printed).status, Status(action.status).label
        is_part = said == Status.UNKNOWN and label.casefold() in printed.casefold()
        if self.is_flat or action.status in (said, Status.UNKNOWN) or is_part:
            return printed
        return f"{label}\n{printed}" if printed else label

    def lead(self, action):
        """Return who leads an action: in the plan's own words, and who it is now where those do not name them."""
        printed = action.lead_text or ""
        is_named = all(plain(name) in plain(printed) for name in action.leads)
        if is_named or begins_with(plain(printed), vocabulary()["repeats"]["above"]):
            return printed
        now = "; ".join(action.leads)
        return f"{printed}\nNow {now}" if printed else now

    def kept(self, place, part):
        """Return what is kept of a part of the plan under the heading of a column."""
        column = self.columns[place]
        name = "rating" if column.field == "rating" else column.heading
        return part.as_printed.get(name) or part.as_printed.get(f"{name} (column)") or ""
