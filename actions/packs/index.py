"""The index of a pack: as pages to read, and as a table for spreadsheets."""

import csv
import io
from datetime import datetime

from django.utils import timezone

from scr_tracker import pdf
from scr_tracker.spreadsheets import harmless

COLUMNS = (
    *("No.", "Where it is", "Review", "Recommendation or action", "Title", "Kind", "Strength", "What it shows"),
    *("Date of the evidence", "Added", "Added by", "Agency", "Standing", "Link", "Note"),
    *("Name as uploaded", "Bytes", "SHA-256"),
)

#: With more letters than this, a row may go over to the next page.
TALL = 1500


def as_pdf(contents):
    """Return the index as the bytes of a PDF."""
    made_at = timezone.localtime(datetime.fromisoformat(contents.made_at))
    reviews = [
        (review, [(line, len(line.note) + len(line.what_it_shows) + len(line.standing) > TALL) for line in lines])
        for review, lines in contents.by_review()
    ]
    context = {"contents": contents, "made_at": made_at, "reviews": reviews}
    return pdf.render("reports/evidence_index.html", context)


def as_csv(lines):
    """Return the index as the bytes of a CSV file in which nothing is a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(map(harmless, _cells(line)))
    return "\ufeff".encode() + file.getvalue().encode()


def _cells(line):
    return (
        *(str(line.number), line.where, line.review, line.references, line.title, line.kind, line.strength),
        *(line.what_it_shows, line.dated, line.added, line.added_by, line.agency, line.standing),
        *(line.link, line.note, line.file_name, str(line.size) if line.file_name else "", line.sha256),
    )
