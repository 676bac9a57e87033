"""What the columns of a table mean, by the words of their headings, in whatever order they stand."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from actions.importing.document import Place, Row
from actions.importing.plan import PlanColumn, PlanKey
from actions.importing.vocabulary import first_phrase, plain, vocabulary

MOST_WORDS_OF_A_HEADING = 15
LONGEST_HEADING = 200
ROWS_ABOVE_A_HEADER = 25


@dataclass(frozen=True)
class Column:
    """A column of one table: where it stands, its heading, and the field that it holds (None: not known)."""

    place: int
    heading: str
    field: str | None


@dataclass(frozen=True)
class Header:
    """The header of a plan's table, and what it says beside the names of its columns.

    ``owner`` is whose recommendations the table holds and ``owner_text`` the heading that says so; ``key`` is
    the list that stands under "Status". ``meanings`` is what a person said that headings mean.
    """

    columns: tuple[Column, ...]
    owner: str | None = None
    owner_text: str | None = None
    key: PlanKey | None = None
    meanings: dict | None = None

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
            meant = (self.meanings or {}).get(plain(heading), "number" if is_number else None)
            columns.append(Column(place, heading, meant))
        return replace(self, columns=tuple(sorted(columns, key=lambda column: column.place)))

    def again_in(self, row):
        """Return the header that a row is, if it is this one again: on the next page, or for the next part."""
        repeated = sum(plain(_heading(cell)) in self.headings for cell in row.cells)
        return read_header(row, self.meanings) if 2 * repeated > len(self.headings) else None

    @cached_property
    def headings(self):
        return {plain(column.heading) for column in self.columns}

    @property
    def fields(self):
        return {column.field for column in self.columns} - {None}


@dataclass(frozen=True)
class FoundHeader:
    """The header of a table, the row that it is, and the rows above and under it that say something."""

    header: Header
    row: Row
    above: tuple[Row, ...]
    rows: tuple[Row, ...]


def find_header(table, meanings=None):
    """Return the header of a table that holds a plan, with the rows above and under it; None for another table.

    ``meanings``: {heading in plain words: field, or None}, what a person said that columns mean.
    """
    for index, row in enumerate(table.rows[:ROWS_ABOVE_A_HEADER]):
        if read_header(row, meanings):
            row, length = _whole_header(table.rows[index:], meanings)
            rows = table.rows[index + length :]
            header = read_header(row, meanings).with_columns_without_heading(rows)
            return FoundHeader(header, row, tuple(each for each in table.rows[:index] if not each.is_blank), rows)
    return None


def _whole_header(rows, meanings):
    """Return a header as one row, with how many rows it is: cells merged downwards have others beside them."""
    whole, length = rows[0], 1
    header = read_header(whole, meanings)
    [main, *_] = header.of("recommendation") or header.of("action")
    while length < len(rows) and rows[length].places[main.place].from_above:
        whole = Row(tuple(map(_under, whole.places, rows[length].places)), whole.where)
        length += 1
    return (whole, length) if read_header(whole, meanings) else (rows[0], 1)


def _under(place, below):
    """Return a heading with the one under it."""
    if below.from_above or below.cell.is_blank:
        return place
    return Place(replace(place.cell, paragraphs=(*place.cell.paragraphs, *below.cell.paragraphs)))


def read_header(row, meanings=None):
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
        if meanings and plain(heading) in meanings:
            field = meanings[plain(heading)]
        if field == "recommendation" and (name := _owner(before, heading)):
            owner, owner_text, heading = name, heading, heading[len(before) :].strip()
        if points := _points(each.cell):
            key = PlanKey(heading, points)
        columns.append(Column(place, heading, field))
    columns = _with_what_stands_for_recommendation(columns)
    header = Header(tuple(columns), owner, owner_text, key, meanings)
    known = [column for column in columns if column.field]
    if not header.fields & {"recommendation", "action"} or len(header.fields) < 2:
        return None
    return header if 2 * len(known) >= len(columns) else None


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


def _meaning(heading):
    """Return the field that a heading stands for, and the words before the phrase that says so."""
    text = plain(heading)
    if heading.strip() in {"#", "№"}:
        return "number", ""
    if not text:
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
