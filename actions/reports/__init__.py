"""Reports: what a board is given, as data first and then as pages."""

import unicodedata

from django.utils import timezone

from .heading import Edition, Order
from .monitoring import MonitoringReport
from .pages import as_pdf

__all__ = ["Edition", "MonitoringReport", "Order", "as_pdf", "file_name", "monitoring_pdf", "plain", "working_copy"]

#: Letters that do not come apart into a plain letter and its accent, and signs that some systems refuse.
PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D"})


def working_copy(*reviews, as_at=None):
    """Return the monitoring report of reviews of one partnership, now or as at a past moment."""
    return MonitoringReport.of(Order(partnership=reviews[0].partnership, reviews=reviews, as_at=as_at))


def monitoring_pdf(review, as_at=None):
    """Return the file name and the bytes of the monitoring report of a review, now or as at a past moment."""
    report = working_copy(review, as_at=as_at)
    return file_name(report), as_pdf(report, Edition(made_at=timezone.now()))


def file_name(report):
    """Return a name for the report's file that every system can keep, in plain letters."""
    return f"{plain(report.title)}.pdf"


def plain(title):
    """Return a title in plain letters, without the signs that some systems refuse."""
    decomposed = unicodedata.normalize("NFKD", title.translate(PLAIN))
    return "".join(each for each in decomposed if each.isascii() and each not in '\\/:*?"<>|')
