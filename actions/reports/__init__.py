"""Reports: what a board is given, as data first and then as pages."""

import unicodedata

from .monitoring import MonitoringReport
from .pages import as_pdf

__all__ = ["MonitoringReport", "as_pdf", "monitoring_pdf"]

#: Letters that do not come apart into a plain letter and its accent, and signs that some systems refuse.
PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"})


def monitoring_pdf(review, as_at=None):
    """Return the file name and the bytes of the monitoring report of a review, now or as at a past moment."""
    report = MonitoringReport.of(review, as_at=as_at)
    return file_name(report), as_pdf(report)


def file_name(report):
    """Return a name for the report's file that every system can keep, in plain letters."""
    plain = unicodedata.normalize("NFKD", report.title.translate(PLAIN))
    kept = "".join(each for each in plain if each.isascii() and each not in '\\/:*?"<>|')
    return f"{kept}.pdf"
