"""Writes a plan as an Excel workbook: a page to filter, edit and send back, and one that says what it is.

Texts are texts, whatever they begin with; dates are dates, shown as exactly as they are known. The references of
the rows stand in a hidden column. Rows are written as they come, so that a long plan needs little memory.
"""

import io

from django.utils import timezone
from openpyxl import Workbook

from actions.choices import OwnRating, Status
from actions.exporting import carried
from actions.exporting.sheets import Line, Pages, SheetColumn, describe
from actions.exporting.table import TO_FILL_IN, clipped, fit_for_a_file, laid_out
from scr_tracker.words import moment

STATUSES = [status.label for status in Status]
#: What an agency may say of its own actions: that one is complete is for the partnership to say.
STATUSES_OF_AGENCY = [
    status.label
    for status in (Status.UNKNOWN, Status.NOT_STARTED, Status.IN_PROGRESS, Status.ONGOING, Status.SUBMITTED)
]
RATINGS = [rating.label for rating in OwnRating]

HOW_TO_EDIT = [
    "Change, add or delete rows on the page “Plan”, then import this workbook again: you will be shown each change "
    "before anything is saved.",
    "Each row is known by its reference in a hidden column. A new row needs none: leave it empty.",
    "Choose a status or a rating from the list in its cell. Type dates such as 31/05/2026; "
    "words such as “Ongoing” are understood too.",
]
HOW_TO_FILL_IN = [
    "Go to the page “Your actions”. It lists the actions that your agency leads or supports.",
    "Fill in the columns with a green heading, marked “fill in”, as far as there is something new to say: "
    "the status now, your own rating, what was done since the last update, the evidence, and the date it was done.",
    "Choose the status and the rating from the list in the cell. Type a date such as 31/05/2026.",
    "“Submitted as complete” asks the partnership to sign the action off. Name the evidence that shows it.",
    "Leave the other columns as they are. If something in them is wrong, say so in the update.",
    "Save the workbook as .xlsx, not as CSV or PDF, and send it back to the person who sent it to you.",
]


def workbook(plan, about):
    """Return the bytes of a workbook of a plan, or of the form in which an agency reports on its actions."""
    plan = carried.identified(plan)
    is_form = about.form == "return"
    table = laid_out(plan, is_flat=True, is_form=is_form)
    book = Workbook(write_only=True)
    describe(book, plan.title or f"Action plan {about.review}", about.partnership)
    pages = Pages(book)
    first, second = (_about, _plan) if is_form else (_plan, _about)
    first(pages, table, about)
    second(pages, table, about)
    pages.hidden(carried.written(plan, about))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def list_workbook(file, columns, rows, *, title, about, marking):
    """Write a workbook of rows into an open file, and a page with what is said about it: (name, text)."""
    book = Workbook(write_only=True)
    describe(book, title, "")
    pages = Pages(book)
    page = pages.table("Actions", [SheetColumn.of(each) for each in columns], title, marking)
    page.headings([each.heading for each in columns])
    for cells in rows:
        page.row([clipped(fit_for_a_file(cell)) for cell in cells])
    page.end()
    pages.lines(carried.PAGE_ABOUT, [Line(title, is_heading=True), *(Line(name, text) for name, text in about)])
    book.save(file)


def _plan(pages, table, about):
    """Write the page of the plan."""
    is_form = about.form == "return"
    title = f"{about.review} {table.plan.title or ''}".strip()
    page = pages.table(
        "Your actions" if is_form else "Plan", [SheetColumn.of(each) for each in table.columns], title, about.marking
    )
    page.choices("status_now", STATUSES_OF_AGENCY if is_form else STATUSES)
    page.choices("rating", RATINGS)
    page.headings([f"{each.heading} (fill in)" if each in TO_FILL_IN else each.heading for each in table.columns])
    for section in table.sections:
        for block in section.blocks:
            for index, row in enumerate(block.rows):
                page.row(row.cells, quiet=block.whole if index else ())
    page.end()


def _about(pages, table, about):
    """Write the page that says what the workbook is, with the keys and notes of the plan."""
    plan, is_form = table.plan, about.form == "return"
    made = timezone.localtime(about.moment) if about.moment else None
    lines = [
        Line(f"Actions of {about.agency}" if is_form else plan.title or "Action plan", is_heading=True),
        Line("Title", plan.title or ""),
        Line("Partnership", plan.partnership or about.partnership),
        Line("Review", about.review or plan.plan or ""),
        *([Line("Marking", about.marking)] if about.marking else []),
        *([Line("Agency", about.agency)] if about.agency else []),
        *([Line("As it stood", moment(made))] if made else []),
        Line("How to fill in this workbook" if is_form else "How to use this workbook", is_heading=True),
        *(Line(str(number), text) for number, text in enumerate(HOW_TO_FILL_IN if is_form else HOW_TO_EDIT, start=1)),
    ]
    for key in () if is_form else plan.keys:
        lines += [Line(key.heading, is_heading=True), *(Line("", item) for item in key.items)]
    if plan.notes:
        lines += [Line(carried.NOTES, is_heading=True), Line("", plan.notes)]
    pages.lines("Instructions" if is_form else carried.PAGE_ABOUT, lines)
