"""What the columns of a table mean, by the words of their headings, in whatever order they stand."""

import dataclasses
import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from actions.importing.content import meanings_by_content
from actions.importing.document import Place, Row
from actions.importing.plan import PlanColumn, PlanKey
from actions.importing.vocabulary import begins_with, first_phrase, is_phrase, plain, vocabulary

MOST_WORDS_OF_A_HEADING = 15
LONGEST_HEADING = 200
ROWS_ABOVE_A_HEADER = 25
MOST_ROWS_OF_A_HEADER = 3
LEAST_COLUMNS = 3
LEAST_HEADINGS = 2
ROWS_LOOKED_AT = 60


@dataclass(frozen=True)
class Column:
    """A column of one table: where it stands, its heading, and the field that it holds (None: not known).

    ``of_all``: whether it speaks of a recommendation as a whole where another column of its field speaks of each
    action ("Lead agency" at the head of a form, "Owner" beside each of its actions). ``by_content``: whether what
    stands under the heading gave the column its meaning, and not the heading. ``is_revised``: whether its values
    stand in place of those of another column of its field.
    """

    place: int
    heading: str
    field: str | None
    of_all: bool = False
    is_revised: bool = dataclasses.field(default=False, compare=False)
    by_content: bool = dataclasses.field(default=False, compare=False)


@dataclass(frozen=True)
class Header:
    """The header of a plan's table, and what it says beside the names of its columns.

    ``owner`` is whose recommendations the table holds and ``owner_text`` the heading that says so; ``key`` is
    the list that stands under "Status".
    """

    columns: tuple[Column, ...]
    owner: str | None = None
    owner_text: str | None = None
    key: PlanKey | None = None

    def of(self, field):
        """Return the columns that hold a field."""
        return [column for column in self.columns if column.field == field]

    def with_actions_as_recommendations(self):
        """Return the header of a table of actions only, each of which stands for its recommendation too."""
        actions = (Column(each.place, each.heading, "recommendation") for each in self.of("action")[:1])
        return replace(self, columns=(*self.columns, *actions))

    def with_columns_without_heading(self, rows):
        """Return the header with the columns that hold something under no heading: numbers, or who knows what."""
        known = {column.place for column in self.columns}
        found = {}
        for row in rows:
            for place, each in enumerate(row.places):
                if place not in known and not each.from_left and not each.cell.is_blank:
                    found.setdefault(place, []).append(each.cell.text)
        columns = list(self.columns)
        for place, texts in sorted(found.items()):
            is_number = not self.of("number") and all(re.fullmatch(r"\d[\d.]{0,7}", text) for text in texts)
            heading = f"(no heading {len(columns) - len(self.columns) + 1})"
            meant = _SAID.get().get(plain(heading), "number" if is_number else None)
            columns.append(Column(place, heading, meant))
        return replace(self, columns=tuple(sorted(columns, key=lambda column: column.place)))

    def by_content(self, rows):
        """Return the header with a meaning for columns whose heading has none, where what stands under them has."""
        kept = vocabulary()["columns_kept"]["headings"]
        unknown = {each.place for each in self.columns if not each.field and not begins_with(plain(each.heading), kept)}
        unknown -= {each.place for each in self.columns if plain(each.heading) in _SAID.get()}
        if not unknown or not rows:
            return self
        found = meanings_by_content({place: _values(rows, place) for place in unknown}, self.fields)
        columns = (
            replace(column, field=found[column.place], by_content=True) if column.place in found else column
            for column in self.columns
        )
        return replace(self, columns=tuple(columns))

    def again_in(self, row):
        """Return the header that a row is, if it is this one again: on the next page, or for the next part."""
        repeated = sum(plain(_heading(cell)) in self.headings for cell in row.cells)
        return read_header(row) if 2 * repeated > len(self.headings) else None

    @cached_property
    def headings(self):
        return {plain(column.heading) for column in self.columns}

    @property
    def fields(self):
        return {column.field for column in self.columns} - {None}

    @property
    def is_beyond_doubt(self):
        """Whether a row is a header and nothing else: every heading is known, recommendations among them."""
        known = [column.field for column in self.columns if not column.heading.startswith("(no heading")]
        return None not in known and len(self.fields) > 2 and "recommendation" in self.fields


@dataclass(frozen=True)
class FoundHeader:
    """The header of a table, the row that it is, and the rows above and under it that say something.

    ``over`` are the headings that stand over several of its columns.
    """

    header: Header
    row: Row
    above: tuple[Row, ...]
    rows: tuple[Row, ...]
    over: tuple[str, ...] = ()


def find_header(table):
    """Return the header of a table that holds a plan, with the rows above and under it; None for another table."""
    for read in (read_header, read_header_by_content):
        for index, row in enumerate(table.rows[:ROWS_ABOVE_A_HEADER]):
            whole, length, over = _whole_header(table.rows[index:])
            rows = table.rows[index + length :]
            header = read(whole, rows) if length > 1 else None
            if header is None:
                whole, length, over, rows = row, 1, (), table.rows[index + 1 :]
                header = read(whole, rows)
            if header:
                above = tuple(each for each in table.rows[:index] if not each.is_blank)
                return FoundHeader(header.with_columns_without_heading(rows).by_content(rows), whole, above, rows, over)
    return None


def _whole_header(rows):
    """Return a header as one row, with how many rows it is and the headings over several columns of it.

    A heading of a second row stands under one that is merged over several columns; where the first row has a
    heading of its own, the second has none.
    """
    whole, length, over = rows[0], 1, []
    while length < min(len(rows), MOST_ROWS_OF_A_HEADER) and _is_second_row(whole, rows[length]):
        spanned = _spanned(whole)
        over += [whole.places[place].cell.text for place in sorted(spanned) if not whole.places[place].from_left]
        places = zip(whole.places, rows[length].places, strict=True)
        whole = Row(tuple(_under(*pair, place in spanned) for place, pair in enumerate(places)), whole.where)
        length += 1
    return whole, length, tuple(over)


def _is_second_row(row, below):
    """Whether a row holds further headings under those of the row above."""
    if len(row.places) != len(below.places):
        return False
    spanned = _spanned(row)
    if len([cell for cell in row.cells if not cell.is_blank]) < LEAST_HEADINGS:
        return False
    has_more = False
    for place, (above, under) in enumerate(zip(row.places, below.places, strict=True)):
        if under.from_above or under.cell.is_blank:
            continue
        text = _heading(under.cell)
        may_stand_here = place in spanned or above.cell.is_blank or any(each.from_above for each in below.places)
        if not may_stand_here or not _may_be_heading(text) or under.cell.day or re.search(r"\d", text):
            return False
        has_more = True
    return has_more and bool(spanned or any(each.from_above for each in below.places))


def _spanned(row):
    """Return the places of headings that are merged over several columns."""
    covered = {place for place, each in enumerate(row.places) if each.from_left}
    return covered | {place - 1 for place in covered}


def _under(place, below, is_spanned):
    """Return a heading with the one under it; of one over several columns only what gives the lower its meaning."""
    if below.from_above or below.cell.is_blank:
        return place
    if is_spanned and (_meaning(_heading(below.cell))[0] or place.cell.is_blank):
        return Place(below.cell)
    return Place(replace(place.cell, paragraphs=(*place.cell.paragraphs, *below.cell.paragraphs)))


def read_header(row, rows=()):
    """Return the header that a row is, or None for a row that is none.

    A header has a column of recommendations or of actions and another that is known, most of its headings are
    known, and all are short.
    """
    columns, owner, owner_text, key = [], None, None, None
    for place, each in enumerate(row.places):
        if each.from_left or each.cell.is_blank:
            continue
        heading = _heading(each.cell)
        if not _may_be_heading(heading):
            return None
        field, before = _meaning(heading)
        if field == "recommendation" and (name := _owner(before, heading)):
            owner, owner_text, heading = name, heading, heading[len(before) :].strip()
        if points := _points(each.cell):
            key = PlanKey(heading, points)
        columns.append(Column(place, heading, field))
    columns = _with_parts_by_agency(_with_what_stands_for_recommendation(_with_numbers(columns)))
    header = Header(tuple(map(_revised, columns)), owner, owner_text, key)
    known = [column for column in columns if column.field]
    if not header.fields & {"recommendation", "action"} or len(header.fields) < 2:
        return None
    return header if 2 * len(known) >= len(columns) else None


def read_header_by_content(row, rows):
    """Return the header of a table whose headings say too little by themselves, by what stands under them.

    One heading must say that the table holds recommendations or actions, or what stands under the others must say
    so: texts with dates, leads or statuses beside them.
    """
    columns = []
    for place, each in enumerate(row.places):
        if each.from_left or each.cell.is_blank:
            continue
        heading = _heading(each.cell)
        if not _may_be_heading(heading) or each.cell.day or first_phrase(plain(heading), _not_plan()):
            return None
        columns.append(Column(place, heading, _meaning(heading)[0]))
    if len(columns) < LEAST_COLUMNS:
        return None
    header = Header(tuple(_with_what_stands_for_recommendation(columns)))
    by_words = header.fields & {"recommendation", "action"}
    header = header.by_content(rows)
    beside = header.fields & {"target_date", "lead", "status", "rating", "progress"}
    is_plan = bool(by_words and beside) or ("action" in header.fields and len(beside) > 1)
    return header if is_plan and 2 * sum(each.field is not None for each in header.columns) >= len(columns) else None


def _not_plan():
    """Return the words in headings of tables that are about the document itself."""
    return vocabulary()["not_plan"]["headings"]


def plan_columns(headers):
    """Return the columns of a plan whose tables have these headers: the first's, then what others add.

    A column of sections is none of them: it says in which part of the plan a row stands.
    """
    found = []
    for header in headers:
        fields, headings = {each.field for each in found} - {None}, {plain(each.heading) for each in found}
        found += [
            PlanColumn(column.heading, column.field)
            for column in header.columns
            if column.field not in {*fields, "section"} and plain(column.heading) not in headings
        ]
    return tuple(found)


def _may_be_heading(text):
    """Whether a text is short, and not the name of one recommendation ("Recommendation 7")."""
    is_short = len(text) <= LONGEST_HEADING and len(plain(text).split()) <= MOST_WORDS_OF_A_HEADING
    return is_short and not re.match(r"rec(?:ommendation)?\b\W*\d", text, re.I)


def _heading(cell):
    """Return the heading in a cell, without the list of statuses that may stand under it."""
    lines = [each.text.strip() for each in cell.paragraphs if not each.is_blank]
    points = _points(cell)
    return " ".join(line for line in lines if line not in points) if points else " ".join(lines)


def _points(cell):
    """Return the points of a list under a heading."""
    paragraphs = [each for each in cell.paragraphs if not each.is_blank]
    return tuple(each.text.strip() for each in paragraphs[1:] if each.is_bullet)


#: What a person has said that headings mean, while a document is recognised: {heading in plain words: field, or None}.
_SAID = ContextVar("what a person has said that headings mean", default=MappingProxyType({}))


@contextmanager
def headings_mean(said):
    """Let headings mean what a person said, whatever the vocabulary says, while a document is recognised."""
    token = _SAID.set(said)
    try:
        yield
    finally:
        _SAID.reset(token)


def _meaning(heading):
    """Return the field that a heading stands for, and the words before the phrase that says so."""
    if plain(heading) in _SAID.get():
        return _SAID.get()[plain(heading)], ""
    text = plain(heading.replace("#", " no ").replace("№", " no "))
    if not text:
        return None, ""
    if begins_with(text, vocabulary()["columns_kept"]["headings"]):
        return None, ""
    found = []
    for field, phrases in vocabulary()["columns"].items():
        if match := first_phrase(text, phrases):
            found.append((match.start(), -match.end(), field))
    if not found:
        return None, ""
    start, _, field = min(found)
    words_before = len(text[:start].split())
    return field, _first_words(heading, words_before)


def _first_words(heading, count):
    """Return the beginning of a heading that has so many words in plain."""
    end = 0
    while end < len(heading) and len(plain(heading[: end + 1]).split()) <= count:
        end += 1
    return heading[:end].strip() if count else ""


def _owner(before, heading):
    """Return whose recommendations a column holds; "Overview recommendations" are a title, not an owner."""
    words = set(plain(before).split()) - set(vocabulary()["recommendation_heading"]["without_meaning"])
    if not words:
        return None
    is_title = plain(heading).endswith("recommendations")
    return heading.strip() if is_title else before.strip(" :–-")


def _revised(column):
    """Return a column with whether its values stand in place of those of another: "Revised target date"."""
    words = vocabulary()["columns_revised"].get(column.field, ["\0"])
    return replace(column, is_revised=bool(first_phrase(plain(column.heading), words)))


def _values(rows, place):
    """Return what the cells of a column say, a merged one once."""
    cells = (row.places[place] for row in rows[:ROWS_LOOKED_AT] if place < len(row.places))
    return [each.cell for each in cells if not (each.from_above or each.from_left)]


def _with_numbers(columns):
    """Of two columns of recommendations ("Rec", "Recommendation") the first and shorter holds their numbers."""
    found = [column for column in columns if column.field == "recommendation"]
    if len(found) < 2 or any(column.field == "number" for column in columns):
        return columns
    first, second, *_ = found
    if len(first.heading) >= len(second.heading):
        return columns
    return [replace(column, field="number") if column is first else column for column in columns]


def _with_parts_by_agency(columns):
    """An agency to the left of the recommendations says whose part of the plan they stand in."""
    fields = [column.field for column in columns]
    if "recommendation" not in fields or "section" in fields:
        return columns
    first = fields.index("recommendation")
    phrases = vocabulary()["columns_left_of_recommendation"]["section"]
    return [
        replace(column, field="section") if index < first and is_phrase(plain(column.heading), phrases) else column
        for index, column in enumerate(columns)
    ]


def _with_what_stands_for_recommendation(columns):
    """Where no column is called "recommendation", let the one called "finding" or "learning" stand for it."""
    if any(column.field == "recommendation" for column in columns):
        return columns
    phrases = vocabulary()["columns_if_no_other"]["recommendation"]
    for index, column in enumerate(columns):
        if column.field is None and first_phrase(plain(column.heading), phrases):
            column = Column(column.place, column.heading, "recommendation")
            return [*columns[:index], column, *columns[index + 1 :]]
    return columns
