"""Makes the documents of the layouts from short descriptions."""

from dataclasses import dataclass

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import Font, PatternFill

from ..documents import fill_word_cell, saved


@dataclass(frozen=True)
class C:
    """A cell: its text or value, the colour behind it, how many columns it spans, and how it is shown."""

    text: object = ""
    fill: str | None = None
    across: int = 1
    bold: bool = False
    shown: str | None = None


def cell(value):
    """Return what was described as a cell."""
    return value if isinstance(value, C) else C(value)


def word(*blocks, footer=None):
    """Return the bytes of a Word document. A block is a table (a list of rows), "# Heading", "**bold**" or text.

    A line of text that begins with "* " is a bullet.
    """
    document = docx.Document()
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    for block in blocks:
        if isinstance(block, list):
            _word_table(document, block)
        elif block.startswith("#"):
            signs, _, text = block.partition(" ")
            document.add_heading(text, level=len(signs))
        elif block.startswith("**"):
            document.add_paragraph().add_run(block.strip("*")).bold = True
        elif block.startswith("* "):
            document.add_paragraph(block[2:], style="List Bullet")
        else:
            document.add_paragraph(block)
    return saved(document)


def _word_table(document, rows):
    rows = [[cell(value) for value in row] for row in rows]
    width = max(sum(each.across for each in row) for row in rows)
    table = document.add_table(len(rows), width)
    for number, row in enumerate(rows):
        column = 0
        for each in row:
            if each.text == "^":
                merged = table.cell(number - 1, column).merge(table.cell(number, column))
                for paragraph in [one for one in merged.paragraphs[1:] if not one.text]:
                    paragraph._p.getparent().remove(paragraph._p)
            else:
                place = table.cell(number, column)
                if each.across > 1:
                    place = place.merge(table.cell(number, column + each.across - 1))
                fill_word_cell(place, str(each.text))
                _shade(place, each)
            column += each.across


def _shade(place, each):
    if each.fill:
        place._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{each.fill}"/>'))
    if each.bold:
        for paragraph in place.paragraphs:
            for run in paragraph.runs:
                run.bold = True


def workbook(**sheets):
    """Return the bytes of an Excel workbook with these sheets of rows; "_" in a name stands for a space."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for number, row in enumerate(rows, start=1):
            column = 1
            for each in map(cell, row):
                if each.text == "^":
                    _merge_up(sheet, number, column)
                else:
                    _write(sheet, number, column, each)
                column += each.across
    return saved(book)


def _write(sheet, row, column, each):
    place = sheet.cell(row, column, None if each.text == "" else each.text)
    if each.fill:
        place.fill = PatternFill("solid", fgColor=each.fill)
    if each.shown:
        place.number_format = each.shown
    if each.bold:
        place.font = Font(bold=True)
    if each.across > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + each.across - 1)


def _merge_up(sheet, row, column):
    for block in sheet.merged_cells.ranges:
        if block.min_col == column and block.max_row == row - 1:
            block.expand(down=1)
            return
    sheet.merge_cells(start_row=row - 1, end_row=row, start_column=column, end_column=column)
