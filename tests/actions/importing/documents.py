"""Makes documents of our own for the tests: Word, Excel and CSV, from the same short description."""

import csv
import io

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from actions.importing.read import read
from actions.importing.recognise import recognise

HEADINGS = ["Recommendation", "Action required", "By when", "Lead officer", "Outcome", "Status", "Evidence"]


def word(*blocks):
    """Return the bytes of a Word document. A block is a table (a list of rows), "# Heading", "**bold**" or text.

    A cell is a text of lines; a line that begins with "* " is a bullet, and "^" is merged with the cell above.
    """
    document = docx.Document()
    for block in blocks:
        if isinstance(block, list):
            _add_word_table(document, block)
        elif block.startswith("# "):
            document.add_heading(block[2:], level=1)
        elif block.startswith("**"):
            document.add_paragraph().add_run(block.strip("*")).bold = True
        else:
            document.add_paragraph(block)
    return saved(document)


def _add_word_table(document, rows):
    table = document.add_table(len(rows), max(map(len, rows)))
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if value == "^":
                merged = table.cell(row - 1, column).merge(table.cell(row, column))
                for paragraph in [each for each in merged.paragraphs[1:] if not each.text]:
                    paragraph._p.getparent().remove(paragraph._p)
            else:
                fill_word_cell(table.cell(row, column), value)


def fill_word_cell(cell, text):
    """Write lines into a cell of a Word table."""
    for number, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        if line.startswith("* "):
            paragraph.style = "List Bullet"
        paragraph.add_run(line.removeprefix("* "))


def xml(text):
    """Return a piece of Word's XML, in which w: is known."""
    end = min(text.index(sign) for sign in " />" if sign in text)
    return parse_xml(f"{text[:end]} {nsdecls('w')}{text[end:]}")


def workbook(**sheets):
    """Return the bytes of an Excel workbook with these sheets of rows; "^" is merged with the cell above."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append([None if value in ("^", "") else value for value in row])
        for row, values in enumerate(rows, start=1):
            for column, value in enumerate(values, start=1):
                if value == "^":
                    _merge_up(sheet, row, column)
    return saved(book)


def _merge_up(sheet, row, column):
    for block in sheet.merged_cells.ranges:
        if block.min_col == column and block.max_row == row - 1:
            block.expand(down=1)
            return
    sheet.merge_cells(start_row=row - 1, end_row=row, start_column=column, end_column=column)


def separated(rows, delimiter=",", encoding="utf-8"):
    """Return the bytes of a CSV file."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def saved(document):
    """Return the bytes of a document that a library has open."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def document_in(content, name="plan.docx"):
    """Return what the first step reads in a file with this content."""
    return read(io.BytesIO(content), name)


def recognised(content, name="plan.docx"):
    """Return what the first two steps make of a file."""
    return recognise(document_in(content, name))


def plan_in(*blocks):
    """Return the plan recognised in a Word document made of these blocks."""
    return recognised(word(*blocks)).plan


def found_in_row(*values, headings=HEADINGS):
    """Return (recommendation, problems) recognised in a table of one row."""
    padded = [*values, *[""] * (len(headings) - len(values))]
    found = recognised(word("# Northshire Police Actions", [headings, padded]))
    [recommendation] = found.plan.recommendations
    return recommendation, found.problems


def row(*values, headings=HEADINGS):
    """Return the one recommendation recognised in a table of one row."""
    return found_in_row(*values, headings=headings)[0]


def texts(things, name="text"):
    """Return one field of each of several things."""
    return [getattr(each, name) for each in things]
