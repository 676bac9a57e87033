"""The kinds of report that can be made: the one place that knows what makes each.

A kind turns an Order into frozen data, and that data into a PDF. Whatever else is made of a report (a page, Word,
Excel) is made from the same data and is entered here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_type_hints

from ..exporting import files
from ..models import ReportKind
from .excel import as_excel
from .exceptions_outline import ExceptionsOutline
from .extracts import AgencyPack, ExceptionsReport
from .monitoring import MonitoringReport
from .outline import Outline
from .pages import as_pdf, exceptions_pdf, one_review_pdf, public_pdf, yearly_pdf
from .public import PublicResponse
from .public_outline import PublicOutline
from .story import OneReviewReport
from .story_outline import StoryOutline
from .word import as_word
from .yearly import YearlyExtract
from .yearly_outline import YearlyOutline


@dataclass(frozen=True)
class Form:
    """A form in which a report goes out beside its PDF: what people and browsers call it, and what writes it."""

    name: str
    content_type: str
    write: Callable


FORMS = {
    "docx": Form("Word", files.KINDS["docx"].content_type, as_word),
    "xlsx": Form("Excel", files.KINDS["xlsx"].content_type, as_excel),
}


@dataclass(frozen=True)
class Kind:
    """How a kind of report is made.

    ``data`` is its frozen dataclass, which has ``heading`` and ``title`` and is made by ``data.of(order)``;
    ``as_pdf`` takes it and its Edition; ``outline`` takes both too, and is what Word, Excel and the page are written
    from. What ``is_public`` is cleared and approved before it is issued (publishing.py).
    """

    key: str
    data: type
    as_pdf: Callable
    outline: Callable
    is_public: bool = False

    def written(self, form, report, edition):
        """Return the bytes of a report in another form."""
        return FORMS[form].write(self.outline(report, edition))

    @property
    def name(self):
        """What people call it."""
        return ReportKind(self.key).label

    def of(self, order):
        """Return the report that is ordered."""
        return self.data.of(order)

    def heading(self, kept):
        """Return the heading of a report, of which that alone was read from where it is kept as JSON."""
        return get_type_hints(self.data)["heading"].from_dict(kept)

    def restored(self, kept):
        """Return the report that was kept as JSON."""
        return self.data.from_dict(kept)


KINDS = {
    kind.key: kind
    for kind in (
        Kind(ReportKind.MONITORING, MonitoringReport, as_pdf, Outline),
        Kind(ReportKind.EXCEPTIONS, ExceptionsReport, exceptions_pdf, ExceptionsOutline),
        Kind(ReportKind.AGENCY_PACK, AgencyPack, as_pdf, Outline),
        Kind(ReportKind.ONE_REVIEW, OneReviewReport, one_review_pdf, StoryOutline),
        Kind(ReportKind.YEARLY, YearlyExtract, yearly_pdf, YearlyOutline),
        Kind(ReportKind.PUBLIC_RESPONSE, PublicResponse, public_pdf, PublicOutline, is_public=True),
    )
}
