"""Sets a report as the pages of a PDF."""

from scr_tracker import pdf

from . import pictures
from .layout import PlanLayout
from .words import listed

#: Millimetres: the picture on the cover, the longest bar of the summary, and a piece of it for the key.
MOSAIC = {"width": 138, "height": 118}
BAR = {"width": 46, "height": 3.4}
SWATCH = {"width": 8, "height": 2.4}


def as_pdf(report):
    """Return a monitoring report as the bytes of a PDF."""
    return pdf.render("reports/monitoring.html", context(report))


def context(report):
    """Return what the template of a report needs beside the report: how things are drawn and shared out."""
    layout = PlanLayout(report.columns, report.sections)
    return {
        "report": report,
        "words": {each.key: each.word for each in report.ratings},
        "mosaic": pictures.mosaic(
            report.sections,
            says=f"One mark for each action, in the order of the plan: {pictures.said(report.summary.ratings)}.",
            **MOSAIC,
        ),
        **_agencies(report.agencies),
        "exceptions": [each for each in report.exceptions if each.entries],
        "empty": listed([each.heading.lower() for each in report.exceptions if not each.entries]),
        "columns": layout.headed,
        "rated": layout.rated,
        "sections": [(section, layout.groups(section)) for section in report.sections],
    }


def _agencies(agencies):
    """Return the rows of the table of agencies, each with its bar, and the heads of its columns."""
    ratings = agencies[0].ratings if agencies else ()
    heads = [head for place, head in enumerate(ratings) if any(row.ratings[place].count for row in agencies)]
    used = {head.key for head in heads}
    longest = max((row.total for row in agencies), default=1)
    return {
        "agency_heads": [
            (pictures.swatch(head.key, says=f"{head.word} in the bars", **SWATCH), head.word) for head in heads
        ],
        "agencies": [
            {
                "name": row.agency,
                "picture": pictures.bar(
                    row.ratings, whole=longest, says=f"{row.agency}: {pictures.said(row.ratings)}", **BAR
                ),
                "numbers": [each.count for each in row.ratings if each.key in used],
                "total": row.total,
            }
            for row in agencies
        ],
    }
