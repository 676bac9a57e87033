"""The rows of a plan's table, gathered into those of one recommendation each."""

import re
from dataclasses import dataclass, field, replace

from actions.importing.columns import Header
from actions.importing.document import Paragraph, Row
from actions.importing.lists import possible_counts, split_actions
from actions.importing.sections import Part
from actions.importing.vocabulary import plain

NUMBER = re.compile(
    r"(?P<word>(?:recommendation|rec|finding|learning point|lesson)\b\.?\s*(?:(?:no|number)\b\.?\s*)?)?"
    r"(?P<number>[A-Z]{0,3}\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?)(?P<stop>\s*[.):–-]+(?=\s|$|[A-Z])|\s*$|\s+(?=[A-Z“\"'‘]))\s*",
    re.I,
)
LONGEST_NUMBER = 20
#: The reference of an action: the number of its recommendation, and its own.
REFERENCE = re.compile(r"(?P<stem>[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*?)(?:\.(?:[a-z]|[A-Z]{0,2}\d{1,3})|[a-z])", re.I)


@dataclass
class Group:
    """The rows of one recommendation: its text as paragraphs, and its number with the signs around it."""

    part: Part
    header: Header
    paragraphs: list[Paragraph]
    number: str | None
    number_printed: str | None
    rows: list[Row] = field(default_factory=list)
    where: str = ""

    @property
    def text(self):
        return "\n".join(each.text.strip() for each in self.paragraphs if not each.is_blank)

    @property
    def fill(self):
        """The colour behind the recommendation."""
        place = next((column.place for column in self.header.of("recommendation")), None)
        return self.rows[0].places[place].cell.fill if self.rows and place is not None else None

    def places(self, column):
        """Return the place of each of the rows in a column."""
        return [row.places[column.place] for row in self.rows]

    def paragraphs_of(self, name):
        """Return all that is said in the columns of a field, a blank line between one row and the next."""
        found = []
        for column in self.header.of(name):
            for index, place in enumerate(self.places(column)):
                if not place.cell.is_blank and not (place.from_above and index):
                    found += [Paragraph(""), *place.cell.paragraphs] if found else place.cell.paragraphs
        return found

    @property
    def action_starts(self):
        """The rows in which an action begins."""
        return [
            index
            for column in self.header.of("action")[:1]
            for index, place in enumerate(self.places(column))
            if not place.cell.is_blank and not (place.from_above and index)
        ]

    @property
    def references(self):
        """What stands in the column of numbers beside each action."""
        columns = self.header.of("number")
        if not columns or self.header.of("label"):
            return []
        texts = (self.rows[start].places[columns[0].place].cell.text for start in self.action_starts)
        return list(filter(None, texts))

    def number_actions(self):
        """Take the column of numbers for the references of actions, which it numbers one by one."""
        columns = (replace(each, field="label") if each.field == "number" else each for each in self.header.columns)
        self.header = replace(self.header, columns=tuple(columns))
        self.number = self.number_printed = None

    def has_lists(self):
        """Whether several actions stand in one cell with as many dates, leads or statuses beside them."""
        if len(self.action_starts) != 1:
            return False
        counts = set().union(*(possible_counts(self.paragraphs_of(name)) for name in LISTED))
        items = split_actions(self.paragraphs_of("action"), counts)
        return len(items.texts) > 1 and (len(items.texts) in counts or items.labels[0] is not None)


#: The fields whose values stand beside the actions one by one.
LISTED = ("target_date", "lead", "status")


class Grouping:
    """Gathers rows: those merged with, empty under, or repeating a recommendation belong to it."""

    def __init__(self):
        self.groups = []
        self.known = {}
        self.current = None

    @property
    def rows(self):
        """How many rows have been gathered."""
        return sum(len(group.rows) for group in self.groups)

    def end_recommendation(self):
        """Rows that follow do not belong to the recommendation above them: another part or table begins."""
        self.current = None

    def begin(self, text, where, part, header):
        """Begin a recommendation that stands above its table, whose rows are all its own."""
        group = Group(part, header, *_without_number([Paragraph(text)], None), where=where)
        self.groups.append(group)
        self.current = group

    def add(self, row, part, header):
        """Add a row; return whether it could be: a row above any recommendation belongs to none."""
        if not header.of("recommendation"):
            if self.current:
                self.current.rows.append(row)
            return bool(self.current)
        place, numbers = row.places[header.of("recommendation")[0].place], header.of("number")
        number_place = row.places[numbers[0].place] if numbers else None
        goes_on = place.from_above or (
            place.cell.is_blank and (not self._has_new_number(number_place) or self._is_next_reference(number_place))
        )
        if self.current and goes_on:
            self.current.rows.append(row)
            return True
        if place.cell.is_blank and not self._has_new_number(number_place):
            return False
        group = _group(row, place.cell, number_place, part, header, self.current)
        key = (part.key, header.columns, _stem(group.number) if plain(group.text) else group.number, plain(group.text))
        if same := self.known.get(key):
            same.rows.append(row)
            self.current = same
            return True
        group.rows.append(row)
        group.where = row.where
        self.groups.append(group)
        self.known[key] = self.current = group
        return True

    def _has_new_number(self, place):
        if place is None or place.from_above or not place.cell.text.strip(" ."):
            return False
        return not self.current or place.cell.text.strip(" .") != self.current.number

    def _is_next_reference(self, place):
        """Whether a number is that of another action of the same recommendation: "R1.2" after "R1.1"."""
        before, stem = self.current and self.current.number, _stem(place.cell.text.strip(" ."))
        return bool(before) and stem != place.cell.text.strip(" .") and stem == _stem(before)


def _stem(number):
    """Return the number of a recommendation in that of its action: "R1" of "R1.2", "1" of "1b"; else the number."""
    match = REFERENCE.fullmatch(number or "")
    return match["stem"] if match else number


def _group(row, cell, number_place, part, header, previous):
    """Return the recommendation that begins in a row, without its rows."""
    paragraphs = list(cell.paragraphs)
    if number_place and not number_place.cell.is_blank:
        printed = number_place.cell.text
        match = NUMBER.fullmatch(printed)
        number = match["number"] if match else printed.strip(" .")
        if number and len(printed) <= LONGEST_NUMBER:
            return Group(part, header, paragraphs, number, printed)
    return Group(part, header, *_without_number(paragraphs, previous))


def _without_number(paragraphs, previous):
    """Return the paragraphs without the number they begin with, that number, and how it is printed.

    A number without a stop after it is one only if it goes on from the one before ("4 Schools should …").
    """
    first = next((index for index, each in enumerate(paragraphs) if not each.is_blank), None)
    match = NUMBER.match(paragraphs[first].text.strip()) if first is not None else None
    if not match:
        return paragraphs, None, None
    says_so = bool(match["word"]) or bool(match["stop"].strip())
    if not says_so and not _goes_on(match["number"], previous):
        return paragraphs, None, None
    text = paragraphs[first].text.strip()[match.end() :]
    rest = [Paragraph(text, None, paragraphs[first].bold)] if text else []
    rest += paragraphs[first + 1 :]
    if all(each.is_blank for each in rest):
        return paragraphs, None, None
    return rest, match["number"], match.group().strip()


def _goes_on(number, previous):
    if not number.isdigit():
        return "." in number
    before = previous.number if previous else "0"
    return bool(before) and before.isdigit() and int(number) == int(before) + 1
