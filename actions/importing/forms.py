"""Forms: tables in which the name of a column stands beside its value, one form or a part of one a recommendation.

A form is laid out as the rows of the table that would say the same. It may hold a table of its actions further
down, name its fields in pairs of cells, or have a column of values for each of several recommendations.
"""

import re
from dataclasses import dataclass, field, replace

from actions.importing.columns import Column, FoundHeader, Header, find_header
from actions.importing.document import Cell, Paragraph, Place, Row
from actions.importing.vocabulary import field_called, plain

LABEL = re.compile(r"\s*(?P<name>[^\d:]{1,60}?)\s*(?P<number>[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*[a-z]?)?\s*[:.–-]?\s*")
LABEL_AND_REST = re.compile(LABEL.pattern.removesuffix(r"[:.–-]?\s*") + r":\s*(?P<rest>\S.*)", re.DOTALL)
ONLY_NUMBER = re.compile(r"\s*[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*[a-z]?[.)]?\s*")
MOST_WORDS = 8
#: The least rows of a table with a column for each agency, and words in its cells on average.
MATRIX_ROWS, MATRIX_WORDS = 3, 3
#: Fields whose names may have a number after them: "Action 2".
NUMBERED = {"recommendation", "action"}
#: What may be said of each action of a form that names its actions one after the other.
OF_ACTIONS = {
    *("action", "label", "target_date", "lead", "status", "rating", "progress", "completed_on"),
    *("evidence_expected", "completion_evidence"),
}


@dataclass
class _Record:
    """A recommendation: what is said of it as a whole, and of each of its actions, by column."""

    where: str
    whole: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    places: list = field(default_factory=list)
    has_inner: bool = False


def find_plan(table):
    """Return the header of a table that holds a plan, or of the form that it is, with its rows; None for another."""
    found = find_header(table)
    return found if found and found.header.is_beyond_doubt else find_form(table) or find_matrix(table) or found


def find_matrix(table):
    """Return the header and rows of a table with a column for what each agency does, or None for another table.

    Each agency's cell is an action, and the heading of its column who leads it.
    """
    if len(table.rows) < MATRIX_ROWS or not (columns := _columns_of_matrix(table)):
        return None
    known, agencies = columns
    header = Header((*known, Column(len(known), "Agency", "lead"), Column(len(known) + 1, "Action", "action")))
    rows = []
    for row in table.rows[1:]:
        said = [(name, row.places[place]) for place, name in agencies if not row.places[place].cell.is_blank]
        for index, (name, place) in enumerate(said or [("", Place(Cell()))]):
            whole = (row.places[column.place] for column in known)
            places = [Place(each.cell, each.from_above or bool(index)) for each in whole]
            rows.append(Row((*places, Place(_cell(name)), Place(place.cell)), row.where))
    known = tuple(replace(column, place=index) for index, column in enumerate(known))
    return FoundHeader(replace(header, columns=(*known, *header.columns[-2:])), table.rows[0], (), tuple(rows))


def _columns_of_matrix(table):
    """Return the columns that speak of recommendations, and (place, name) of those of agencies; None for others."""
    known, agencies = [], []
    for place, each in enumerate(table.rows[0].places):
        text = each.cell.text
        if each.from_left or not text or len(text.split()) > MOST_WORDS:
            return None
        if name := field_called(text):
            known.append(Column(place, text, name))
        else:
            agencies.append((place, " ".join(text.split())))
    fields = {column.field for column in known}
    if (
        "recommendation" not in fields
        or fields - {"recommendation", "number", "section", "source"}
        or len(agencies) < 2
    ):
        return None
    texts = [row.places[place].cell.text for row in table.rows[1:] for place, _ in agencies]
    words = [len(text.split()) for text in texts if text]
    return (known, agencies) if words and sum(words) >= MATRIX_WORDS * len(words) else None


def find_form(table):
    """Return the header and rows of the table that would say what a form says, or None for another table."""
    grid = [[place for place in row.places if not place.from_left] for row in table.rows]
    opening = [_label(places[0].cell) for places in grid if len(places) > 1 and not _inner_header(places)]
    fields = {label[0] for label in opening if label}
    everything = fields | {label[0] for places in grid for place in places if (label := _label(place.cell))}
    if len(fields) < 2 or len(everything) < 3 or not everything & {"recommendation", "action"}:
        return None
    if 2 * sum(map(bool, opening)) < len(opening):
        return None
    reading = _Reading()
    for rows in _forms_side_by_side(table.rows, grid):
        for row, places in rows:
            reading.row(row, places)
        reading.record = None
    return reading.found(table)


def _forms_side_by_side(rows, grid):
    """Return the rows of each form: a table with several columns of values is a form for each of them."""
    several = [places for places in grid if len(places) > 2 and _label(places[0].cell)]
    widths = {len(places) for places in several}
    is_side_by_side = (
        len(several) > 2
        and len(widths) == 1
        and not any(_label(place.cell) for places in several for place in places[1:])
    )
    if not is_side_by_side:
        return [list(zip(rows, grid, strict=True))]
    return [
        [(row, [places[0], places[n]]) for row, places in zip(rows, grid, strict=True) if len(places) > n]
        for n in range(1, widths.pop())
    ]


class _Reading:
    """Reads the rows of forms one after the other."""

    def __init__(self):
        self.records, self.columns, self.above = [], {}, []
        self.record = self.pending = self.inner = None

    def row(self, row, places):
        """Take in a row: a pair of label and value or several, the head of the actions, or one of them."""
        said = [place for place in places if not place.cell.is_blank]
        if not said:
            return
        label = _label(places[0].cell)
        if header := _inner_header(places):
            self.inner = header
        elif self.inner and not (label and label[0] not in {name for name, _ in self.inner.values()}):
            self._action(row, places)
        elif len(said) == 1 and (len(places) == 1 or not label):
            self._alone(row, said[0].cell)
        else:
            self.inner = None
            self._pairs(row, places)

    def _pairs(self, row, places):
        index = 0
        while index < len(places):
            cell = places[index].cell
            label = _label(cell) or (None, cell.text.rstrip(": "), "")
            value = places[index + 1].cell if index + 1 < len(places) else Cell()
            if not cell.is_blank or not value.is_blank:
                self._say(row, *label, value)
            index += 2

    def _alone(self, row, cell):
        """Take in a text across the form: a label for what follows, a label with its text, or what was announced."""
        self.inner = None
        label, found = _label(cell), LABEL_AND_REST.fullmatch(cell.text)
        if label and (label[0] != "recommendation" or label[2]):
            self._say(row, *label, Cell())
            self.pending = label[:2]
        elif found and (name := field_called(found["name"])):
            self._say(row, name, found["name"].strip(), found["number"] or "", _cell(found["rest"]))
        elif self.record and self.pending:
            self._keep(row, *self.pending, cell)
            self.pending = None
        elif self.record:
            self._keep(row, None, "Notes", cell)
        else:
            self.above.append(row)

    def _say(self, row, name, heading, number, value):
        """Take in one field with its value; a recommendation or number after one that is complete begins another."""
        if self.pending and self.pending[0] != "recommendation":
            self.pending = None
        if name in ("recommendation", "number") and (self.record is None or self._is_complete(name)):
            self._begin(row)
        if self.record is None:
            self._begin(row)
        if name == "recommendation":
            if not number and ONLY_NUMBER.fullmatch(value.text):
                number, value = value.text, Cell()
            if number:
                self._keep(row, "number", "No.", _cell(number))
            self.pending = (name, heading) if value.is_blank else None
            if self.pending:
                return
        self._keep(row, name, heading, value, number)

    def _is_complete(self, name):
        said = {column[0] for column in self.record.whole}
        return name in said or (name == "number" and "recommendation" in said)

    def _begin(self, row):
        self.record = _Record(row.where)
        self.records.append(self.record)

    def _keep(self, row, name, heading, value, number=""):
        """Keep a value with the whole recommendation, or with the action that it follows."""
        record = self.record
        if name == "action" and not self.inner:
            if not record.rows or ("action", "action") in record.rows[-1]:
                record.rows.append({})
                record.places.append(row.where)
            if number:
                self._column(("label", "label"), "Action no.")
                record.rows[-1]["label", "label"] = _cell(number)
        is_of_action = name in OF_ACTIONS and record.rows and record.rows[-1] and not record.has_inner
        place = record.rows[-1] if name == "action" or is_of_action else record.whole
        key = (name, "action" if name == "action" else plain(heading))
        self._column(key, heading)
        before = place.get(key, Cell())
        place[key] = Cell((*before.paragraphs, *value.paragraphs), value.fill or before.fill, value.day)

    def _action(self, row, places):
        """Take in a row of the table of actions within a form."""
        if self.record is None:
            self._begin(row)
        self.record.has_inner = True
        self.record.rows.append({})
        self.record.places.append(row.where)
        for index, place in enumerate(places):
            name, heading = self.inner.get(index, (None, "(no heading)"))
            if not place.cell.is_blank or place.cell.fill:
                key = (name, plain(heading), "of action")
                self._column(key, heading)
                self.record.rows[-1][key] = place.cell

    def _column(self, key, heading):
        self.columns.setdefault(key, heading)

    def found(self, table):
        """Return the header and the rows of what was read."""
        names = sorted(self.columns, key=lambda key: (key[0] != "number", key[0] != "recommendation"))
        has_inner = any(record.has_inner for record in self.records)
        header = Header(
            tuple(
                Column(place, self.columns[key], key[0], of_all=has_inner and len(key) == 2 and key[0] in OF_ACTIONS)
                for place, key in enumerate(names)
            )
        )
        rows = [row for record in self.records for row in _rows(record, names)]
        return FoundHeader(header, table.rows[0], tuple(self.above), tuple(rows)) if rows else None


def _rows(record, names):
    """Yield the rows of a recommendation: what is said of it as a whole is merged over those of its actions."""
    for index, said in enumerate(record.rows or [{}]):
        places = tuple(
            Place(said[key]) if key in said else Place(record.whole.get(key, Cell()), from_above=bool(index))
            for key in names
        )
        yield Row(places, record.places[index] if index and record.places else record.where)


def _inner_header(places):
    """Return {place: (field, heading)} of a row that is the head of a table of actions, or None."""
    labels = {index: _label(place.cell) for index, place in enumerate(places) if not place.cell.is_blank}
    if len(labels) < 2 or not all(labels.values()) or any(label[2] for label in labels.values()):
        return None
    fields = {label[0] for label in labels.values()}
    if "action" not in fields or len(fields) < 2 or "recommendation" in fields:
        return None
    return {index: label[:2] for index, label in labels.items()}


def _label(cell):
    """Return (field, heading, number) of a cell that is the name of a field and nothing else, or None."""
    text = cell.text
    if not text or len(text) > 80 or len(text.split()) > MOST_WORDS:
        return None
    found = LABEL.fullmatch(text)
    name = field_called(found["name"]) if found else None
    if name is None or (found["number"] and name not in NUMBERED):
        return None
    return name, found["name"].strip(), found["number"] or ""


def _cell(text):
    return Cell((Paragraph(text),))
