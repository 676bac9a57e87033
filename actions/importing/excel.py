"""Reads Excel workbooks (.xlsx): one table per sheet, merged cells resolved, dates as precise as shown."""

import io
import re
import zipfile
from datetime import date, datetime, time

import openpyxl
from docx.oxml import parse_xml
from openpyxl.styles.colors import COLOR_INDEX

from actions.exporting.carried import HIDDEN_PAGE
from actions.importing.document import Cell, Document, Heading, Paragraph, Place, Problem, Row, Table
from actions.importing.problems import UnreadableFile
from scr_tracker.words import day

#: What stands for the page's number, the date and the like in a header or footer.
CODE = re.compile(r'&(?:\[[^\]]*\]|"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[A-Za-z])')
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
MOST_ROWS = 50_000
MOST_COLUMNS = 500


def read_workbook(content, name):
    """Return the document in the bytes of an .xlsx file: each page a heading and a table."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    problems, blocks, margins = [], [], []
    results = _results(content) if _has_formulas(book) else None
    for sheet in book.worksheets:
        if sheet.title == HIDDEN_PAGE:
            continue
        if sheet.sheet_state != "visible":
            problems.append(Problem(f"sheet {sheet.title}", "", "this sheet is hidden and was left out"))
            continue
        reader = _Sheet(sheet, results[sheet.title] if results else None, name)
        blocks += [Heading(sheet.title, 1, f"sheet {sheet.title}", is_sheet_name=True), reader.table()]
        problems += reader.problems
        margins += reader.comments
        margins += _headers_and_footers(sheet)
    margins += _text_boxes(content)
    return Document(name, "xlsx", tuple(blocks), tuple(margins), tuple(problems), _carried(book))


def _carried(book):
    """Return what a workbook that went out from here carries on a hidden page."""
    if HIDDEN_PAGE not in book.sheetnames:
        return ""
    cells = book[HIDDEN_PAGE]._cells
    return "".join(str(cells[place].value or "") for place in sorted(cells))


def _headers_and_footers(sheet):
    """Return what is printed above and below each page of a sheet."""
    for name, margin in (("header", sheet.oddHeader), ("footer", sheet.oddFooter)):
        for part in (margin.left, margin.center, margin.right):
            text = CODE.sub("", part.text or "").strip()
            if text:
                yield Paragraph(text, where=name)


def _text_boxes(content):
    """Yield what stands in text boxes over the sheets, which openpyxl leaves out."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
                for paragraph in parse_xml(package.read(name)).iter(f"{{{DRAWING}}}p"):
                    text = "".join(piece.text or "" for piece in paragraph.iter(f"{{{DRAWING}}}t")).strip()
                    if text:
                        yield Paragraph(text, where="text box")


def _has_formulas(book):
    return any(cell.data_type == "f" for sheet in book.worksheets for cell in sheet._cells.values())


def _results(content):
    """Return the workbook again, with what its formulas came to when it was last saved."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


class _Sheet:
    """Reads one page of a workbook.

    Walks `_cells`, the cells that exist: walking rows and columns would create every cell up to a stray one
    in the last row and column that a sheet can have.
    """

    def __init__(self, sheet, results, name):
        self.sheet, self.results, self.name = sheet, results, name
        self.problems, self.comments = [], []
        self.used = {place: cell for place, cell in sheet._cells.items() if cell.value is not None}

    def table(self):
        height = max((row for row, _ in self.used), default=0)
        width = max((column for _, column in self.used), default=0)
        if height > MOST_ROWS or width > MOST_COLUMNS:
            raise UnreadableFile(
                f"{self.name} has cells in row {height} or column {width} of sheet {self.sheet.title}, far "
                "outside any action plan: delete what stands there and import it again."
            )
        cells = {place: self.cell(cell) for place, cell in self.used.items()}
        cells |= {
            place: self.cell(cell)
            for place, cell in self.sheet._cells.items()
            if place not in cells and place[0] <= height and place[1] <= width and cell.fill.fill_type == "solid"
        }
        merged = self.merged(height, width)
        blank = Place(Cell())

        def place(row, column):
            if (row, column) in merged:
                top, left = merged[row, column]
                return Place(cells.get((top, left), Cell()), from_above=row > top, from_left=column > left)
            return Place(cells[row, column]) if (row, column) in cells else blank

        rows = (
            Row(
                tuple(place(row, column) for column in range(1, width + 1)),
                f"sheet {self.sheet.title}, row {row}",
            )
            for row in range(1, height + 1)
        )
        return Table(tuple(rows), f"sheet {self.sheet.title}")

    def merged(self, height, width):
        """Return for each place that a merged range covers where that range begins."""
        return {
            (row, column): (block.min_row, block.min_col)
            for block in self.sheet.merged_cells.ranges
            for row in range(block.min_row, min(block.max_row, height) + 1)
            for column in range(block.min_col, min(block.max_col, width) + 1)
        }

    def cell(self, cell):
        where = f"sheet {self.sheet.title}, cell {cell.coordinate}"
        value = cell.value
        if cell.data_type == "f":
            value = self.results[cell.coordinate].value if self.results else None
            if value is None:
                value = getattr(cell.value, "text", cell.value)
                self.problems.append(Problem(where, str(value), "this formula has no result in the file"))
        if cell.comment:
            text = f"{cell.coordinate}: {cell.comment.text}"
            self.comments.append(Paragraph(text, where=f"comment on {where}"))
        lines = [] if value is None else _shown(value, cell.number_format).splitlines()
        fill = _colour(cell.fill.fgColor) if cell.fill.fill_type == "solid" else None
        is_day = isinstance(value, datetime | date)
        day = value.date() if isinstance(value, datetime) else value
        return Cell(
            tuple(Paragraph.typed(line, bold=bool(cell.font.b)) for line in lines),
            None if fill == "FFFFFF" else fill,
            day if is_day else None,
        )


def _colour(colour):
    """Return a colour as six digits: its own, or that of the old numbered ones; None for one of the theme."""
    if colour.type == "indexed" and colour.indexed < len(COLOR_INDEX):
        return COLOR_INDEX[colour.indexed][-6:].upper()
    return colour.rgb[-6:].upper() if colour.type == "rgb" and isinstance(colour.rgb, str) else None


def _shown(value, number_format):
    """Return a value in words, as precisely as its format shows it: a date without its day is a month."""
    if isinstance(value, datetime | date):
        return _shown_date(value, number_format)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        if number_format.rstrip("0").rstrip(".").endswith("0%") or number_format.endswith("%"):
            return f"{value:.0%}"
        if decimals := re.fullmatch(r"0\.(0+)", number_format):
            return f"{value:.{len(decimals.group(1))}f}"
        return str(int(value)) if float(value).is_integer() else repr(value)
    return str(value)


def _shown_date(value, number_format):
    shown = re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", number_format).lower()
    if "y" in shown and "d" not in shown:
        return f"{value:%B %Y}" if "m" in shown else f"{value:%Y}"
    return day(value)
