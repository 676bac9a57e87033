"""Writes a report as an Excel workbook: a summary to read, and sheets of what was found, of the plans and of the key.

What a sheet lists can be filtered and sorted; dates and numbers are such, and no text is ever a formula.
"""

import io
import re

from openpyxl import Workbook

from actions.exporting.settled import settled
from actions.exporting.sheets import WIDTHS, Pages, SheetColumn, describe
from actions.exporting.table import clipped, fit_for_a_file

from .layout import PlanLayout, spread
from .outline import SIGNS

#: How wide columns are that plans do not have.
OWN_WIDTHS = {"ref": 14, "list": 26, "word": 26, "meaning": 90, "rating": 20, "notes": 26, "name": 44}
#: Columns whose cells are dates, as far as their words are.
DATES = ("target_date", "completed_on")
USUAL_WIDTH = 30
#: What the name of a sheet cannot have, and how long it can be.
NOT_IN_A_NAME, LONGEST_NAME = re.compile(r"[\[\]:*?/\\']"), 31


def as_excel(outline):
    """Return the bytes of an Excel workbook of a report."""
    book = Workbook(write_only=True)
    describe(book, outline.report.title, outline.heading.partnership)
    workbook = _ReportBook(Pages(book), outline)
    workbook.write()
    file = io.BytesIO()
    book.save(file)
    return settled(file.getvalue(), outline.made_at)


class _ReportBook:
    """Writes the sheets of a report."""

    def __init__(self, pages, outline):
        self.pages, self.outline = pages, outline
        self.title, self.marking = outline.report.title, outline.marking

    def write(self):
        self.summary()
        for part in self.outline.parts:
            self.found(part)
        for place, plan in enumerate(self.outline.plans, start=1):
            self.plan(place, plan)
        for part in self.outline.annexes:
            self.found(part)

    # --- The summary ---

    def summary(self):
        """Write what stands over the report, every part that has no sheet of its own, and what the sheets hold."""
        page = self.pages.free("Summary", self.title, self.marking)
        page.title(_fit(self.outline.name))
        for name, text in self.outline.facts[1:]:
            page.named(name, _fit(text))
        for part in self.outline.parts:
            self.summed(page, part)
        for plan in self.outline.plans:
            self.about_plan(page, plan)
        for part in self.outline.annexes:
            self.summed(page, part)

    def summed(self, page, part):
        """Write a part as it stands on the first sheet: its tables, or what its own sheet explains and how many."""
        page.title(_fit(part.heading))
        self.sentences(page, part)
        if part.sheet:
            rows = [(each.caption, len(each.rows), each.about) for each in part.tables if each.about]
            self.small_table(page, (part.sheet, "How many", "Meaning"), rows, is_wide=True)
            return
        for table in part.tables:
            rows = [[_value(cell) for cell in row] for row in table.rows_in_sheets()]
            self.small_table(page, [head.heading for head in table.heads_in_sheets], rows, table.caption)

    def sentences(self, page, part):
        for words in (part.lead, *part.prose, *part.notes):
            if words:
                page.words(_fit(words))
        for heading, items, is_numbered in part.points:
            if heading:
                page.caption(heading)
            for number, item in enumerate(items, start=1):
                page.words(_fit(f"{number}. {item}" if is_numbered else f"• {item}"))

    def small_table(self, page, heads, rows, caption="", *, is_wide=False):
        if not rows:
            return
        if caption:
            page.caption(_fit(caption))
        page.headings([_fit(each) for each in heads], is_wide=is_wide)
        for row in rows:
            page.row([_fit(each) if isinstance(each, str) else each for each in row], is_wide=is_wide)

    def about_plan(self, page, plan):
        page.title(_fit(self.outline.heading_of(plan)))
        for words in (plan.title, *plan.review.dates, *plan.of, *plan.notes.split("\n")):
            if words:
                page.words(_fit(words))
        for key in plan.keys:
            page.caption(_fit(key.heading))
            for item in key.items:
                page.words(_fit(f"• {item}"))
        rows = [
            (_section(section), ". ".join(filter(None, [section.subtitle, section.standing])))
            for section in plan.sections
        ]
        self.small_table(page, ("Section", "Where it stands"), rows, is_wide=True)

    # --- Sheets to filter ---

    def found(self, part):
        """Write all that is listed in a part as one table, if it has a sheet."""
        if not (part.sheet and part.tables):
            return
        heads = part.tables[0].heads_in_sheets
        columns = [_column("list"), *(_column(head.field) for head in heads)]
        page = self.pages.table(part.sheet, columns, self.title, self.marking)
        page.headings([part.tells or part.sheet, *(head.heading for head in heads)])
        for table in part.tables:
            for row in table.rows_in_sheets():
                page.row([_fit(table.caption), *(_value(cell) for cell in row)])
        page.end()

    def plan(self, place, plan):
        """Write a plan: a row for each action, and for what is said of all actions of a recommendation together."""
        layout = PlanLayout(plan.columns, plan.sections)
        dated = [place for place, column in enumerate(plan.columns) if column.field in DATES]
        noted = {place for place in dated if _has_notes(plan, place)}
        columns, headings = [_column("section"), _column("ref")], ["Section of the plan", "Reference"]
        for index, column in enumerate(plan.columns):
            columns.append(_column(column.field))
            headings.append(column.heading)
            if index in noted:
                columns.append(_column("notes"))
                headings.append(f"{column.heading}: notes")
        columns.append(_column("rating"))
        headings.append("Rating")
        page = self.pages.table(self.name_of(place, plan), columns, self.title, self.marking)
        page.headings([_fit(each) for each in headings])
        for section in plan.sections:
            for recommendation in section.recommendations:
                for line, cells in spread(layout.group(recommendation), len(plan.columns)):
                    self.row(page, section, recommendation, line.action, cells, dated, noted)
        page.end()

    def row(self, page, section, recommendation, action, cells, dated, noted):
        """Write a row; what stands beside several actions is repeated quietly."""
        values, quiet = [_section(section), (action or recommendation).reference], set()
        for place, (cell, goes_on) in enumerate(cells):
            lines = [line for line in cell.lines if not line.kind] if place in noted else cell.lines
            text = "\n".join(line.said for line in lines)
            if cell.is_head:
                text = "\n".join(filter(None, [recommendation.number, text]))
            elif cell.is_rated and action and action.status:
                text = "\n".join([action.status, text] if text else [action.status])
            if goes_on:
                quiet.add(len(values))
            values.append(text)
            if place in noted:
                values.append("\n".join(line.said for line in cell.lines if line.kind))
        rating = action.rating if action else recommendation.rating
        said = f"{SIGNS[rating]} {self.outline.words[rating]}" if rating else ""
        values.append(f"{said} (validated)" if action and action.validated else said)
        page.row([_fit(each) for each in values], quiet)

    def name_of(self, place, plan):
        """Return the name of a plan's sheet."""
        if len(self.outline.plans) == 1:
            return "Plan"
        return NOT_IN_A_NAME.sub(" ", f"Plan {place} {plan.review.short}")[:LONGEST_NAME].strip()


def _has_notes(plan, place):
    rows = (row for section in plan.sections for each in section.recommendations for row in (each, *each.actions))
    return any(line.kind for row in rows for line in row.cells[place])


def _section(section):
    return f"{section.number} {section.title}".strip()


def _column(field):
    return SheetColumn(field, OWN_WIDTHS.get(field) or WIDTHS.get(field, USUAL_WIDTH))


def _value(cell):
    return cell.value if isinstance(cell.value, int) else _fit(cell.text if cell.value is None else cell.value)


def _fit(text):
    return clipped(fit_for_a_file(text))
