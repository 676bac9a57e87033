"""Pages of workbooks in Excel as this site makes them: in its letters, their heads frozen, their tables to filter.

Texts are texts, whatever they begin with; dates are dates, shown as exactly as they are known.
"""

import math
from dataclasses import dataclass

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.page import PageMargins

from actions.choices import TargetKind
from actions.exporting import carried
from actions.exporting.table import TO_FILL_IN, fit_for_a_file
from actions.importing.vocabulary import plain
from actions.target_dates import find_dates, parse_target_date

WIDTHS = {
    "section": 24,
    "number": 9,
    "label": 8,
    "recommendation": 50,
    "response": 50,
    "action": 50,
    "target_date": 17,
    "completed_on": 17,
    "lead": 26,
    "intended_outcome": 36,
    "evidence_expected": 36,
    "completion_evidence": 50,
    "progress": 45,
    "status": 26,
    "status_now": 20,
    "rating": 13,
    "source": 20,
    "reference": 12,
    "review": 18,
    "agency": 26,
    "count": 13,
}
USUAL_WIDTH = 30
#: How a date is shown that is known to the day, the month or the year.
FORMATS = {TargetKind.DAY: "d mmmm yyyy", TargetKind.MONTH: "mmmm yyyy", TargetKind.YEAR: "yyyy"}

INK, QUIET, LINE, HEAD, HEAD_TO_FILL_IN, TO_FILL = "0B0C0C", "505A5F", "B1B4B6", "1D3557", "00703C", "F1F8F4"
SIDE = Side("thin", LINE)
BORDER = Border(SIDE, SIDE, SIDE, SIDE)
WRAPPED = Alignment(horizontal="left", vertical="top", wrap_text=True)
HEIGHT_OF_HEADINGS, HEIGHT_OF_TITLE, HEIGHT_OF_LINE, TALLEST = 36, 34, 13, 400
WIDTH_OF_NAMES, WIDTH_OF_LINES = 16, 110
A3, A4 = 8, 9
#: The columns of a page of sentences and small tables.
WIDTHS_OF_FREE_PAGE = (40, 14, 14, 14, 14, 14, 14, 14, 14)
#: How many signs of ours stand in one unit of a column's width.
SIGNS_IN_WIDTH = 1.12


@dataclass(frozen=True)
class Line:
    """A line of the page that says what a workbook is: a name and what stands beside it."""

    name: str
    text: str = ""
    is_heading: bool = False


@dataclass(frozen=True)
class SheetColumn:
    """A column of a page: what it holds, how wide it is, and whether it is for the reader to fill in."""

    field: str | None
    width: int
    to_fill_in: bool = False

    @classmethod
    def of(cls, column):
        """Return how a column of a plan is set."""
        return cls(column.field, WIDTHS.get(column.field, USUAL_WIDTH), column in TO_FILL_IN)


def describe(book, title, author):
    """Say of a workbook what it is and in which language."""
    book.properties.title = fit_for_a_file(title)[:255]
    book.properties.creator = book.properties.lastModifiedBy = fit_for_a_file(author)[:255] or "SCR Tracker"
    book.properties.language = "en-GB"


class _Fitted(RowDimension):
    """A row as high as its words need, which grows with them when they are changed."""

    customHeight = False


class Pages:
    """The pages of a workbook, and the few ways in which their cells look."""

    def __init__(self, book):
        self.book = book
        self.styles = {}

    def cell(self, sheet, value, **look):
        """Return a cell. A text is a text, even if it begins as a formula does."""
        cell = WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            cell.data_type = "s"
        key = tuple(sorted(look.items()))
        if key not in self.styles:
            _dress(cell, **look)
            self.styles[key] = cell._style
        cell._style = self.styles[key]
        return cell

    def table(self, name, columns, title, marking):
        return _TablePage(self, name, columns, title, marking)

    def free(self, name, title, marking):
        """Return a page on which sentences and small tables stand below each other."""
        return FreePage(self, name, title, marking)

    def lines(self, name, lines):
        """Write a page of names with what stands beside them."""
        sheet = self.book.create_sheet(name)
        sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = WIDTH_OF_NAMES, WIDTH_OF_LINES
        sheet.sheet_view.showGridLines = False
        set_for_paper(sheet, A4)
        for number, line in enumerate(lines, start=1):
            lines_needed = height_of([line.text], [WIDTH_OF_LINES])
            sheet.row_dimensions[number] = _Fitted(
                sheet, number, ht=HEIGHT_OF_TITLE if line.is_heading else lines_needed + 3
            )
            if line.is_heading:
                sheet.append([self.cell(sheet, line.name, look="title")])
            else:
                beside = self.cell(sheet, line.text, look="words")
                sheet.append([self.cell(sheet, line.name, look="name"), beside])

    def hidden(self, text):
        """Write a page that nobody sees, with a long text in pieces."""
        sheet = self.book.create_sheet(carried.HIDDEN_PAGE)
        sheet.sheet_state = "veryHidden"
        for start in range(0, len(text), carried.PIECE):
            sheet.append([self.cell(sheet, text[start : start + carried.PIECE], look="text")])


class _TablePage:
    """A page with a table, written from top to bottom."""

    def __init__(self, pages, name, columns, title, marking):
        self.pages, self.columns = pages, columns
        self.sheet = sheet = pages.book.create_sheet(name)
        self.height = 0
        self.validations = []
        for place, column in enumerate(columns, start=1):
            dimension = sheet.column_dimensions[get_column_letter(place)]
            dimension.width, dimension.hidden = column.width, column.field == "reference"
        sheet.freeze_panes = "A2"
        sheet.sheet_view.zoomScale = 90
        sheet.print_title_rows = "1:1"
        set_for_paper(sheet, A3)
        _set_heads(sheet, title, marking)

    def choices(self, field, choices):
        """Offer a list to choose from in the cells of a column."""
        validation = DataValidation(
            type="list",
            formula1=f'"{",".join(choices)}"',
            allow_blank=True,
            errorTitle="Choose from the list",
            error=f"Choose one of: {', '.join(choices)}.",
        )
        self.validations.append((field, validation))

    def headings(self, headings):
        self.sheet.row_dimensions[1].height = HEIGHT_OF_HEADINGS
        looks = ("head to fill in" if column.to_fill_in else "head" for column in self.columns)
        cells = [self.pages.cell(self.sheet, text, look=look) for text, look in zip(headings, looks, strict=True)]
        self.sheet.append(cells)
        self.height += 1

    def row(self, texts, quiet=()):
        """Write a row; the cells in quiet places only repeat those above."""
        cells = []
        for place, (column, text) in enumerate(zip(self.columns, texts, strict=True)):
            look = "to fill in" if column.to_fill_in else "quiet" if place in quiet else "text"
            value, number_format = _typed(column.field, text)
            cells.append(self.pages.cell(self.sheet, value, look=look, number_format=number_format))
        self.height += 1
        shown = [str(text) for text in texts]
        height = height_of(shown, [column.width if column.field != "reference" else 999 for column in self.columns])
        self.sheet.row_dimensions[self.height] = _Fitted(self.sheet, self.height, ht=height)
        self.sheet.append(cells)

    def end(self):
        """Filter and validate what was written, with room for more."""
        last = get_column_letter(len(self.columns))
        self.sheet.auto_filter.ref = f"A1:{last}{max(self.height, 2)}"
        for field, validation in self.validations:
            for place, column in enumerate(self.columns, start=1):
                if column.field == field:
                    letter = get_column_letter(place)
                    validation.add(f"{letter}2:{letter}{self.height + 500}")
                    self.sheet.data_validations.append(validation)


class FreePage:
    """A page on which sentences and small tables stand below each other, written from top to bottom."""

    def __init__(self, pages, name, title, marking):
        self.pages, self.height = pages, 0
        self.sheet = sheet = pages.book.create_sheet(name)
        for place, width in enumerate(WIDTHS_OF_FREE_PAGE, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.sheet_view.showGridLines = False
        set_for_paper(sheet, A4)
        _set_heads(sheet, title, marking)

    def title(self, text):
        """Write a heading over what follows."""
        self._write([self._cell(text, "title")], HEIGHT_OF_TITLE)

    def caption(self, text):
        """Write a heading over a list or a table."""
        self._write([self._cell(text, "caption")], HEIGHT_OF_LINE + 14)

    def words(self, text):
        """Write a sentence across the page."""
        self._spanning([text], 0)

    def named(self, name, text):
        """Write a name and what stands beside it."""
        self._spanning([name, text], 1)

    def headings(self, headings, *, is_wide=False):
        """Write the head of a table; where it is wide, its last column takes the rest of the page's width."""
        self._merge(len(headings) - 1, is_wide)
        self._write([self._cell(each, "head") for each in headings], HEIGHT_OF_LINE + 10)

    def row(self, values, *, is_wide=False):
        """Write a row of a table, as wide as its head."""
        place, widths = len(values) - 1, list(WIDTHS_OF_FREE_PAGE)
        self._merge(place, is_wide)
        if is_wide:
            widths[place] = sum(widths[place:])
        cells = [self._cell(value, "text", "#,##0" if isinstance(value, int) else "@") for value in values]
        texts = ["" if value is None else str(value) for value in values]
        self._write(cells, height_of(texts, widths[: len(texts)]))

    def _spanning(self, texts, place):
        """Write texts, the last of which takes the rest of the page's width."""
        widths = WIDTHS_OF_FREE_PAGE
        self._merge(place, is_wide=True)
        looks = ["name"] * place + ["words"]
        cells = [self._cell(text, look) for text, look in zip(texts, looks, strict=True)]
        self._write(cells, height_of([texts[-1]], [sum(widths[place:])]) + 3)

    def _merge(self, place, is_wide):
        """Have the cell in a place of the next row take the rest of the page's width."""
        if is_wide:
            number, first, last = self.height + 1, place + 1, len(WIDTHS_OF_FREE_PAGE)
            self.sheet.merged_cells.add(f"{get_column_letter(first)}{number}:{get_column_letter(last)}{number}")

    def _cell(self, value, look, number_format="General"):
        return self.pages.cell(self.sheet, value, look=look, number_format=number_format)

    def _write(self, cells, height):
        self.height += 1
        self.sheet.row_dimensions[self.height].height = height
        self.sheet.append(cells)


def _set_heads(sheet, title, marking):
    """Set what stands over each page on paper."""
    sheet.oddHeader.left.text = title.replace("&", "&&")[:100]
    sheet.oddHeader.right.text = marking.replace("&", "&&")[:60]


def height_of(texts, widths):
    """Return how high a row must be for its cells to show these texts in these widths."""
    lines = (
        sum(max(1, math.ceil(len(line) / (width * SIGNS_IN_WIDTH))) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    return min(max(lines, default=1) * HEIGHT_OF_LINE + 4, TALLEST)


def set_for_paper(sheet, size):
    """Have a page print in landscape, as wide as the paper."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", size
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.6, bottom=0.6, header=0.3, footer=0.3)
    sheet.oddFooter.right.text = "Page &P of &N"


def _typed(field, text):
    """Return a text as the value of a cell, and how that is shown: a date for words that are just a date."""
    if isinstance(text, int):
        return text, "#,##0"
    if not text:
        return None, "General"
    if field in ("target_date", "completed_on"):
        target = parse_target_date(text)
        if target.kind in FORMATS and target.date.year > 1900 and _is_only_a_date(text):
            return target.date, FORMATS[target.kind]
    if field in ("number", "count") and text.isascii() and text.isdigit() and str(int(text)) == text and len(text) < 10:
        return int(text), "0"
    return text, "@"


def _is_only_a_date(text):
    dates = find_dates(text)
    return len(dates) == 1 and not plain(text.replace(dates[0].words, "", 1))


def _dress(cell, look, number_format="General"):
    """Give a cell its look."""
    cell.number_format = number_format
    cell.font = Font(name="Arial", size=10, color=QUIET if look == "quiet" else INK, bold=look == "name")
    cell.alignment = WRAPPED
    if look == "title":
        cell.font, cell.alignment = Font(name="Arial", size=14, bold=True, color=INK), Alignment(vertical="bottom")
    elif look == "caption":
        cell.font, cell.alignment = Font(name="Arial", size=11, bold=True, color=INK), Alignment(vertical="bottom")
    elif look.startswith("head"):
        fill = HEAD_TO_FILL_IN if look == "head to fill in" else HEAD
        cell.font, cell.fill = Font(name="Arial", size=10, bold=True, color="FFFFFF"), PatternFill("solid", fill)
        cell.alignment, cell.border = Alignment(vertical="center", wrap_text=True), BORDER
    elif look not in ("name", "words"):
        cell.border = BORDER
        if look == "to fill in":
            cell.fill = PatternFill("solid", TO_FILL)
