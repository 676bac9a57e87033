"""A list of actions goes out as it is filtered and sorted on screen: as Excel, CSV or Word."""

import csv
import io
import tempfile
from dataclasses import dataclass

from django.utils import timezone

from actions.choices import OwnRating, Rating
from actions.exporting.excel import list_workbook
from actions.exporting.word import list_document
from actions.importing.identities import identity_of
from actions.importing.plan import PlanColumn
from reviews.models import Recommendation
from scr_tracker.spreadsheets import harmless
from scr_tracker.words import day

#: How many actions are read from the database at a time.
AT_ONCE = 1000
#: How many actions a file of a kind takes at most; what is longer would take too long to make, or to open.
LONGEST = {"docx": 2_000, "xlsx": 20_000}


@dataclass(frozen=True)
class ListColumn(PlanColumn):
    """A column of a list; ``on_paper`` says whether there is room for it in Word."""

    on_paper: bool = True


COLUMNS = (
    ListColumn("Review", "review"),
    ListColumn("Section of the plan", "section", on_paper=False),
    ListColumn("No.", "number"),
    ListColumn("Recommendation", "recommendation"),
    ListColumn("Action", "action"),
    ListColumn("Lead agency", "agency"),
    ListColumn("Supporting agencies", "agency", on_paper=False),
    ListColumn("Lead officers", "lead", on_paper=False),
    ListColumn("Target date", "target_date"),
    ListColumn("Status", "status_now"),
    ListColumn("Rating", "rating"),
    ListColumn("Rating by the lead", "rating", on_paper=False),
    ListColumn("Last update", "completed_on"),
    ListColumn("Times its date was moved", "count", on_paper=False),
    ListColumn("Tracker row", "reference", on_paper=False),
)


def rows_of(actions):
    """Yield the cells of each action, a thousand of them read at a time."""
    with_all = actions.select_related("review__partnership", "recommendation__section", "lead_agency")
    for action in with_all.prefetch_related("supporting_agencies").iterator(chunk_size=AT_ONCE):
        yield _cells(action)


def separated_lines(actions):
    """Yield the pieces of a CSV file of actions, to be sent while it is made."""
    yield "\ufeff".encode() + _line(column.heading for column in COLUMNS)
    for cells in rows_of(actions):
        yield _line(map(harmless, cells))


def workbook_of(actions, **said):
    """Return an open file with a workbook of actions; ``said``: its title, marking, and (name, text) about it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  who sends it closes it
    list_workbook(file, COLUMNS, rows_of(actions), **said)
    file.seek(0)
    return file


def document_of(actions, **said):
    """Return an open file with a Word document of actions, with the columns for which there is room."""
    places = [place for place, column in enumerate(COLUMNS) if column.on_paper]
    rows = ([cells[place] for place in places] for cells in rows_of(actions))
    return io.BytesIO(list_document([COLUMNS[place] for place in places], rows, **said))


def _cells(action):
    recommendation: Recommendation = action.recommendation
    labels = action.review.partnership.rating_labels
    rating = action.rating()
    updated = action.last_update_on
    return (
        str(action.review),
        str(recommendation.section),
        recommendation.number,
        recommendation.text,
        f"{action.label}) {action.text}" if action.label else action.text,
        action.lead_agency.name if action.lead_agency else "",
        "; ".join(agency.name for agency in action.supporting_agencies.all()),
        "; ".join(action.lead_officers),
        action.due,
        action.get_status_display(),
        labels.get(rating) or Rating(rating).label,
        OwnRating(action.own_rating).label if action.own_rating else "",
        day(updated) if updated else "",
        str(action.times_moved),
        identity_of(action),
    )


def _line(cells):
    file = io.StringIO(newline="")
    csv.writer(file).writerow(cells)
    return file.getvalue().encode()


def name_of_list(kind):
    """Return the name of a file with a list of actions, with the day on which it is made."""
    return f"actions-{timezone.localdate().isoformat()}.{kind}"
