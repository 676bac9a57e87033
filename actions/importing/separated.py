"""Reads text files of separated values (.csv), whatever separates them and however they are encoded."""

import csv
import io
import re
from collections import Counter

from actions.exporting.carried import HEADING, unpacked
from actions.importing.document import Cell, Document, Paragraph, Place, Row, Table
from actions.importing.problems import UnreadableFile
from scr_tracker.spreadsheets import without_apostrophe

SEPARATORS = ",;\t|"
ROWS_ABOVE_A_HEADER = 25
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def looks_like_text(content):
    """Whether the bytes of a file are text that can be read."""
    text = _decoded(content[:100_000])
    return text is not None and len(CONTROL.findall(text)) <= len(text) // 1000


def read_separated(content, name):
    """Return the document in the bytes of a .csv file: one table."""
    text = _decoded(content)
    try:
        rows = _rows(text, _separator(text))
    except csv.Error as error:
        raise UnreadableFile(
            f"{name} is not a CSV file that can be read ({error}): save the plan again as CSV or Excel."
        ) from error
    return Document(name, "csv", (Table(tuple(rows), "the file"),), carried=_carried(rows))


def _carried(rows):
    """Return what a file that went out from here carries in its last column, which is then no more than that."""
    head = next((row for row in rows[:ROWS_ABOVE_A_HEADER] if any(_is_head(place) for place in row.places)), None)
    if head is None:
        return ""
    place = next(place for place, each in enumerate(head.places) if _is_head(each))
    pieces = [row.places[place].cell.text for row in rows[rows.index(head) + 1 :]]
    return unpacked(filter(None, pieces)) or ""


def _is_head(place):
    return place.cell.text == HEADING


def _decoded(content):
    """Return the text of a file in UTF-8, in Excel's “Unicode text”, or else in Windows's own encoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.end >= len(content) and error.reason == "unexpected end of data":
            return content[: error.start].decode("utf-8-sig")
    return content.decode("cp1252", "replace")


def _separator(text):
    """Return the sign that gives most rows the same number of cells, and more than one."""

    def agreement(sign):
        sample = (row for row, _ in zip(_reader(text, sign), range(200), strict=False))
        widths = Counter(len(row) for row in sample if any(row))
        (width, rows), *_ = widths.most_common(1) or [(1, 0)]
        return (width > 1, rows * min(width, 12))

    return max(SEPARATORS, key=agreement)


def _reader(text, separator):
    csv.field_size_limit(10_000_000)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _rows(text, separator):
    """Return the rows, as wide as the widest, each with the line of the file on which it begins."""
    reader, line, found = _reader(text, separator), 1, []
    for values in reader:
        found.append((values, f"line {line}"))
        line = reader.line_num + 1
    width = max((len(values) for values, _ in found), default=0)
    blank = Place(Cell())
    return [
        Row((*(Place(_cell(value)) for value in values), *[blank] * (width - len(values))), where)
        for values, where in found
    ]


def _cell(value):
    value = without_apostrophe(value)
    return Cell(tuple(Paragraph.typed(line) for line in value.splitlines()))
