"""What is read in Excel workbooks."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from actions.importing.document import Heading
from actions.importing.problems import UnreadableFile

from .documents import document_in, saved, workbook


@pytest.fixture
def book():
    return openpyxl.Workbook()


def read(book):
    return document_in(saved(book), "plan.xlsx")


def texts_in(book):
    """Return the texts of the first sheet's rows."""
    table = read(book).tables[0]
    return [[place.cell.text for place in row.places] for row in table.rows]


def test_each_sheet_is_a_heading_and_a_table_and_rows_say_where_they_are():
    document = document_in(workbook(Police=[["a"], ["b"]], Health=[["c"]]), "plan.xlsx")
    assert document.blocks[0] == Heading("Police", 1, "sheet Police", is_sheet_name=True)
    assert [row.where for row in document.blocks[1].rows] == ["sheet Police, row 1", "sheet Police, row 2"]
    assert [table.where for table in document.tables] == ["sheet Police", "sheet Health"]


def test_merged_cells_hold_the_cell_in_which_they_begin(book):
    sheet = book.active
    sheet["A1"], sheet["C3"] = "wide and tall", "end"
    sheet.merge_cells("A1:B2")
    table = read(book).tables[0]
    places = [table.rows[row].places[column] for row, column in ((0, 0), (0, 1), (1, 0))]
    assert [place.cell.text for place in places] == ["wide and tall"] * 3
    assert [(place.from_above, place.from_left) for place in places] == [
        (False, False),
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (datetime(2013, 3, 31), "dd/mm/yyyy", "31 March 2013"),  # noqa: DTZ001 (a spreadsheet's date has no zone)
        (date(2013, 3, 1), "mmm-yy", "March 2013"),
        (date(2013, 1, 1), "yyyy", "2013"),
        (7.0, "General", "7"),
        (1.1, "General", "1.1"),
        (1.1, "0.00", "1.10"),
        (0.5, "0%", "50%"),
        (True, "General", "Yes"),
    ],
)
def test_values_are_as_precise_as_they_are_shown(book, value, number_format, shown):
    cell = book.active["A1"]
    cell.value, cell.number_format = value, number_format
    assert texts_in(book) == [[shown]]


def test_real_dates_are_kept_as_dates_too(book):
    book.active["A1"] = date(2013, 3, 31)
    assert read(book).tables[0].rows[0].places[0].cell.day == date(2013, 3, 31)


def test_the_lines_of_a_cell_are_paragraphs_and_typed_bullets_points(book):
    book.active["A1"] = "To consider:\n• clinics\n• records"
    [paragraphs] = [place.cell.paragraphs for place in read(book).tables[0].rows[0].places]
    assert [(each.text, each.level) for each in paragraphs] == [
        ("To consider:", None),
        ("clinics", 0),
        ("records", 0),
    ]


def test_a_formula_that_was_never_worked_out_is_shown_and_pointed_at(book):
    book.active["B2"] = "=TODAY()"
    document = read(book)
    assert document.tables[0].rows[1].places[1].cell.text == "=TODAY()"
    [problem] = document.problems
    assert problem.where == "sheet Sheet, cell B2"
    assert "no result" in problem.what


def test_colours_bold_and_comments_are_kept(book):
    cell = book.active["A1"]
    cell.value, cell.font, cell.fill = "x", Font(bold=True), PatternFill("solid", fgColor="FFCC99")
    cell.comment = Comment("ask the chair", "A. Nother")
    document = read(book)
    read_cell = document.tables[0].rows[0].places[0].cell
    assert (read_cell.fill, read_cell.paragraphs[0].bold) == ("FFCC99", True)
    assert [each.text for each in document.margins] == ["A1: ask the chair"]


def test_a_hidden_sheet_is_left_out_and_pointed_at(book):
    book.active["A1"] = "seen"
    hidden = book.create_sheet("Lists")
    hidden["A1"], hidden.sheet_state = "not seen", "hidden"
    document = read(book)
    assert len(document.tables) == 1
    assert [problem.where for problem in document.problems] == ["sheet Lists"]


def test_a_cell_far_outside_the_plan_is_refused_at_once(book):
    book.active["XFD1048576"] = "stray"
    with pytest.raises(UnreadableFile, match="far outside any action plan"):
        read(book)


def test_headers_footers_and_text_boxes_of_sheets_are_kept():
    book = openpyxl.Workbook()
    book.active.append(["Recommendation", "Action"])
    book.active.oddHeader.center.text = 'Restricted &"Arial,Bold"plan'
    book.active.oddFooter.right.text = "Page &P of &N"
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody><a:p><a:r><a:t>Read '
        "this</a:t></a:r><a:r><a:t> first</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    file = io.BytesIO(saved(book))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("xl/drawings/drawing1.xml", drawing)
    margins = document_in(file.getvalue(), "plan.xlsx").margins
    assert [(each.where, each.text) for each in margins] == [
        ("header", "Restricted plan"),
        ("footer", "Page  of"),
        ("text box", "Read this first"),
    ]


def test_a_cell_of_colour_alone_is_kept_where_the_sheet_is_used():
    book = openpyxl.Workbook()
    book.active.append(["Action", "RAG", "Lead"])
    book.active.append(["Train", None, "Nurse"])
    book.active.cell(2, 2).fill = PatternFill("solid", fgColor="FF0000")
    book.active.cell(900, 90).fill = PatternFill("solid", fgColor="FF0000")
    [table] = document_in(saved(book), "plan.xlsx").tables
    assert (len(table.rows), len(table.rows[0].places), table.rows[1].places[1].cell.fill) == (2, 3, "FF0000")
