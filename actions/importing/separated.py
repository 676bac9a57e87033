"""Reads text files of separated values (.csv), whatever separates them and however they are encoded."""

import csv
import io
import re
from collections import Counter

from actions.importing.document import Cell, Document, Paragraph, Place, Row, Table
from actions.importing.problems import UnreadableFile

SEPARATORS = ",;\t|"
MOST_ROWS, MOST_COLUMNS = 50_000, 500
TOO_LARGE = (
    "{name} has more than {rows:,} rows or {columns} columns, far more than any action plan: "
    "keep the plan and delete the rest, and import it again."
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def looks_like_text(content):
    """Whether the bytes of a file are text that can be read."""
    text = _decoded(content[:100_000])
    return text is not None and len(CONTROL.findall(text)) <= len(text) // 1000


def read_separated(content, name):
    """Return the document in the bytes of a .csv file: one table."""
    text = _decoded(content)
    try:
        rows = _rows(text, _separator(text), name)
    except csv.Error as error:
        raise UnreadableFile(
            f"{name} is not a CSV file that can be read ({error}): save the plan again as CSV or Excel."
        ) from error
    return Document(name, "csv", (Table(tuple(rows), "the file"),))


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


def _rows(text, separator, name):
    """Return the rows, as wide as the widest, each with the line of the file on which it begins."""
    reader, line, found = _reader(text, separator), 1, []
    width = 0
    for values in reader:
        found.append((values, f"line {line}"))
        line = reader.line_num + 1
        width = max(width, len(values))
        if width > MOST_COLUMNS or len(found) > MOST_ROWS:
            raise UnreadableFile(TOO_LARGE.format(name=name, rows=MOST_ROWS, columns=MOST_COLUMNS))
    blank = Place(Cell())
    return [
        Row((*(Place(_cell(value)) for value in values), *[blank] * (width - len(values))), where)
        for values, where in found
    ]


def _cell(value):
    return Cell(tuple(Paragraph.typed(line) for line in value.splitlines()))
