"""Rows that the end of a page cut in two are one row again.

A page begins where a table follows another of the same columns with nothing between them, or where the head of a
table is repeated. What speaks for a row that goes on, or for a new one: numbers, words that stop in the middle
of a sentence, cells that are empty, and how far down the words on the page before reach. Where nothing does, the
row stays a row of its own, and the place is shown to a person.
"""

import re
from dataclasses import dataclass, field, replace

from actions.importing.document import Cell, Document, Paragraph, Problem, Row, Table, joined_text

UNDECIDED = (
    "this row is the first on its page, and nothing says whether it is new or goes on from the row above; it is "
    "taken as a row of its own"
)
NUMBER = re.compile(
    r"(?:rec(?:ommendation)?\b\W*)?(?P<number>[A-Z]{0,3}\d{1,3}(?:\.\d{1,2}){0,2}[a-z]?)(?:[.):]+(?:\s|$)|\s*$|\s+(?=[A-Z]))",
    re.I,
)
DATE = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)?[\s./-]+(?:\d{1,2}[./-]\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.I
)
#: A label with which a point of a list begins, though it is a small letter.
LABEL = re.compile(r"\(?(?:[a-z]|[ivx]{1,4})[.)]\s")
#: Words and signs that never end a sentence or a point of a list.
GOES_ON = re.compile(r"(?:,|&|[–-]|\b(?:a|an|and|as|at|by|for|from|in|of|on|or|that|the|their|to|which|with))$", re.I)
ENDS = (".", ";", ":", "!", "?")
MOST_HEAD_ROWS = 3
#: Columns that may hold the numbers of rows, and the share of a column's cells that must.
NUMBERED_COLUMNS = 2
MOST_NUMBERED = 0.6


def joined(document: Document):
    """Return a document with the rows and sentences that its pages cut in two put together."""
    return _Joiner(document).document()


@dataclass
class _Run:
    """Tables that follow each other with the same columns: pages of one."""

    width: int
    head: list[Row]
    rows: list[Row] = field(default_factory=list)
    where: str = ""
    number_column: int | None = None
    has_several_rows_each: bool = False
    least_filled: int = 0
    columns_of_sentences: set = field(default_factory=set)


class _Joiner:
    def __init__(self, source):
        self.source = source
        self.blocks = []
        self.problems = []
        self.run = None

    def document(self):
        for block in self.source.blocks:
            if isinstance(block, Table):
                self.table(block)
            elif isinstance(block, Paragraph) and block.is_blank and self.run:
                self.blocks.append(block)
            else:
                self.run = None
                self.paragraph(block)
        blocks = []
        for block in self.blocks:
            blocks.append(Table(self.rows(block), block.where) if isinstance(block, _Run) else block)
        return replace(self.source, blocks=tuple(blocks), problems=(*self.source.problems, *self.problems))

    # Outside tables

    def paragraph(self, block):
        before = self.blocks[-1] if self.blocks else None
        if _goes_on_overleaf(before, block):
            self.blocks[-1] = _with_text_of(before, block)
        else:
            self.blocks.append(block)

    # Tables

    def table(self, table):
        """Put the pages of a table after one another, without the heads repeated on each."""
        width = max((len(row.places) for row in table.rows), default=0)
        if self.run and self.run.width == width and width > 1:
            repeated = _repeated(table.rows, self.run.head)
            if repeated or not _is_like_a_head(table.rows, self.run.head):
                self.run.rows += (
                    [_PageTop(table.rows[repeated]), *table.rows[repeated + 1 :]] if table.rows[repeated:] else []
                )
                return
        head = list(table.rows[:MOST_HEAD_ROWS])
        self.run = _Run(width, head, list(table.rows), table.where)
        self.blocks.append(self.run)

    def rows(self, run):
        """Return the rows of a table with those that were cut put together."""
        rows = _with_page_tops_within(run)
        self.look_at(run, [_row(row) for row in rows])
        found = []
        for each in rows:
            if not isinstance(each, _PageTop):
                found.append(each)
                continue
            row = each.row
            before = found[-1] if found else None
            verdict = _verdict(before, row, run) if before and not _is_same(before, run.head[:1]) else False
            if before and run.number_column is not None:
                row = _with_text_moved_up(found, row, run.number_column, is_new=verdict is False)
            if verdict:
                found[-1] = _one_row(found[-1], row, run)
            else:
                found.append(row)
                if verdict is None:
                    text = "\n".join(cell.text for cell in row.cells if not cell.is_blank)
                    self.problems.append(Problem(row.where, text, UNDECIDED))
        return tuple(found)

    def look_at(self, run, rows):
        """Find out which column of a table holds numbers, and whether several rows may share a first cell."""
        rows = [row for row in rows if len(row.cells) > 1 and not _is_same(row, run.head[:1])]
        for column in range(min(NUMBERED_COLUMNS, run.width)):
            places = [row.places[column] for row in rows]
            begun = [place.cell.text for place in places if not place.from_above and not place.cell.is_blank]
            if len(begun) > 1 and sum(bool(_number(text)) for text in begun) >= MOST_NUMBERED * len(begun):
                run.number_column = column
                break
        column = run.number_column or 0
        shared = [row for row in rows if row.places[column].from_above]
        run.has_several_rows_each = bool(shared)
        for column in range(run.width):
            if _has_a_paragraph_each([row.places[column].cell for row in rows]):
                run.columns_of_sentences.add(column)
        run.least_filled = min((_filled(row, column) for row in shared), default=0)


@dataclass(frozen=True)
class _PageTop:
    """A row with which a page begins."""

    row: Row


def _with_page_tops_within(run):
    """Return the rows of a table without the repeated heads in it, those after each marked as the first of a page."""
    found, rows = [], list(run.rows)
    while rows:
        row = rows.pop(0)
        if rows and _is_same(_row(row), run.head[:1]) and _has_data(found, run) and len(_row(found[-1]).cells) > 1:
            rows[0] = _PageTop(_row(rows[0]))
        else:
            found.append(row)
    return found


def _row(row):
    return row.row if isinstance(row, _PageTop) else row


def _has_data(rows, run):
    return any(not _is_same(_row(row), run.head[:1]) for row in rows)


def _verdict(before, row, run):
    """Return whether a row goes on from the one before the end of its page; None where nothing says so."""
    if len(row.cells) < 2 or len(before.cells) < 2:
        return False
    number = _number(row.places[run.number_column].cell.text) if run.number_column is not None else None
    if number:
        return number == _number(before.places[run.number_column].cell.text)
    pairs = [
        (above.cell, below.cell)
        for above, below in zip(before.places, row.places, strict=True)
        if not below.from_left and not below.cell.is_blank
    ]
    if any(above.reaches_foot is False or above.is_blank and above.reaches_foot is not None for above, _ in pairs):
        return False
    if any(_breaks_off(above, below) for above, below in pairs):
        return True
    is_blank = row.places[run.number_column or 0].cell.is_blank
    if run.has_several_rows_each and is_blank and _filled(row, run.number_column or 0) >= run.least_filled:
        return None
    if run.number_column is not None or is_blank:
        return True
    return None


def _has_a_paragraph_each(cells):
    """Whether the sentences in the cells of a column mostly begin paragraphs."""
    texts = [[each.text.strip() for each in cell.paragraphs if not each.is_blank] for cell in cells]
    begun = sum(len(lines) - 1 for lines in texts if lines)
    within = sum(len(re.findall(r"[.;!?]\s+[A-Z]", line)) for lines in texts for line in lines)
    return begun > within


def _filled(row, column):
    """Return how many cells beside that of a recommendation say something in a row."""
    places = [place for index, place in enumerate(row.places) if index != column]
    return sum(not (place.from_above or place.from_left or place.cell.is_blank) for place in places)


def _with_text_moved_up(rows, row, column, *, is_new):
    """Return a row whose words in the column of numbers are put where the recommendation begins that they end."""
    text = row.places[column].cell
    has_begun_above = rows[-1].places[column].cell.is_blank or rows[-1].places[column].from_above
    if text.is_blank or _number(text.text) or not is_new and not has_begun_above:
        return row
    index = next(
        (index for index in range(len(rows) - 1, -1, -1) if _number(rows[index].places[column].cell.text)), None
    )
    if index is None:
        return row
    begun = rows[index].places[column].cell
    if is_new and not _breaks_off(begun, text):
        return row
    whole = _one_cell(begun, text)
    for place in range(index, len(rows)):
        rows[place] = _with_cell(rows[place], begun, whole)
    blank = replace(row.places[column], cell=Cell())
    return replace(row, places=(*row.places[:column], blank, *row.places[column + 1 :]))


def _with_cell(row, cell, other):
    """Return a row with one cell in place of another."""
    places = (replace(place, cell=other) if place.cell is cell else place for place in row.places)
    return replace(row, places=tuple(places))


def _number(text):
    match = NUMBER.match(text.strip())
    return match["number"] if match and not DATE.match(text.strip()) else None


def _breaks_off(above, below):
    """Whether the words of a cell stop in the middle of a sentence that another cell ends."""
    if above.is_blank:
        return False
    last = [each for each in above.paragraphs if not each.is_blank][-1]
    first = next(each for each in below.paragraphs if not each.is_blank)
    if first.is_bullet:
        return False
    text = first.text.strip()
    begins_small = text[0].islower() and not LABEL.match(text)
    return begins_small and not last.text.strip().endswith(ENDS) or bool(GOES_ON.search(last.text.strip()))


def _goes_on_overleaf(before, block):
    """Whether a paragraph goes on from the one before it, at the end of the page before."""
    if not isinstance(before, Paragraph) or not isinstance(block, Paragraph) or before.where == block.where:
        return False
    if (
        not _has_no_room(before, block)
        or block.is_bullet
        or block.is_blank
        or before.is_blank
        or before.bold != block.bold
    ):
        return False
    return _breaks_off(Cell((before,)), Cell((block,)))


def _one_row(before, row, run):
    """Return two parts of a row as one."""
    places = []
    for column, (above, below) in enumerate(zip(before.places, row.places, strict=True)):
        cell = _one_cell(above.cell, below.cell, column in run.columns_of_sentences)
        if above.from_left and places:
            cell = places[-1].cell
        places.append(replace(above, cell=cell))
    return Row(tuple(places), f"{before.where} and {row.where}")


def _one_cell(above, below, has_sentences=False):
    """Return two parts of a cell as one; a sentence that was cut is one again."""
    if below.is_blank:
        return replace(above, reaches_foot=below.reaches_foot)
    if above.is_blank:
        return replace(below, fill=above.fill or below.fill)
    first = list(above.paragraphs)
    while first[-1].is_blank:
        first.pop()
    rest = list(below.paragraphs)
    while rest[0].is_blank:
        rest.pop(0)
    if _is_one_paragraph(first[-1], rest[0], has_sentences):
        first[-1] = _with_text_of(first[-1], rest.pop(0))
    return replace(above, paragraphs=(*first, *rest), reaches_foot=below.reaches_foot)


def _is_one_paragraph(last, first, has_sentences):
    """Whether a paragraph goes on in another; not after a sentence where each has a paragraph of its own."""
    if has_sentences and last.text.rstrip().endswith(ENDS) and not first.text.lstrip()[0].islower():
        return False
    if first.is_bullet or LABEL.match(first.text):
        return False
    if last.room is not None:
        return _has_no_room(last, first)
    return _breaks_off(Cell((last,)), Cell((first,)))


def _has_no_room(last, first):
    """Whether the first word of a paragraph had no room in the last line of another."""
    return last.room is not None and len(first.text.split()[0]) + 1 > last.room


def _with_text_of(paragraph, following):
    text = joined_text(paragraph.text.rstrip(), following.text.lstrip())
    return replace(paragraph, text=text, room=following.room)


def _repeated(rows, head):
    """Return how many rows at the top of a table repeat the head of another."""
    count = 0
    while count < min(len(rows), len(head)) and _texts(rows[count]) == _texts(head[count]):
        count += 1
    return count


def _is_like_a_head(rows, head):
    """Whether a table begins with a head of its own: one that shares words with this one, or none of the sort."""
    if not rows or not head:
        return False
    mine, other = set(_texts(rows[0])) - {""}, set(_texts(head[0])) - {""}
    return len(mine & other) > 1


def _is_same(row, head):
    return any(_texts(row) == _texts(each) for each in head)


def _texts(row):
    """Return the first line of each cell of a row: the list under "Status" need not be repeated with it."""
    return [cell.text.split("\n")[0].lower().strip() for cell in row.cells]
