"""The kinds of report that can be made: the one place that knows what makes each.

A kind turns an Order into frozen data, and that data into a PDF. Whatever else is made of a report (a page, Word,
Excel) is made from the same data and is entered here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..models import ReportKind
from .extracts import AgencyPack, ExceptionsReport
from .monitoring import MonitoringReport
from .pages import as_pdf, exceptions_pdf, public_pdf, yearly_pdf
from .public import PublicResponse
from .yearly import YearlyExtract


@dataclass(frozen=True)
class Kind:
    """How a kind of report is made.

    ``data`` is its frozen dataclass, which has ``heading`` and ``title`` and is made by ``data.of(order)``;
    ``as_pdf`` takes it and its Edition; ``page`` is the template that shows it on the screen as ``report``.
    What ``is_public`` is cleared and approved before it is issued (publishing.py).
    """

    key: str
    data: type
    as_pdf: Callable
    page: str
    is_public: bool = False

    @property
    def name(self):
        """What people call it."""
        return ReportKind(self.key).label

    def of(self, order):
        """Return the report that is ordered."""
        return self.data.of(order)

    def restored(self, kept):
        """Return the report that was kept as JSON."""
        return self.data.from_dict(kept)


KINDS = {
    kind.key: kind
    for kind in (
        Kind(ReportKind.MONITORING, MonitoringReport, as_pdf, "actions/reports/_monitoring.html"),
        Kind(ReportKind.EXCEPTIONS, ExceptionsReport, exceptions_pdf, "actions/reports/_exceptions_only.html"),
        Kind(ReportKind.AGENCY_PACK, AgencyPack, as_pdf, "actions/reports/_monitoring.html"),
        Kind(ReportKind.YEARLY, YearlyExtract, yearly_pdf, "actions/reports/_yearly.html"),
        Kind(ReportKind.PUBLIC_RESPONSE, PublicResponse, public_pdf, "actions/reports/_public.html", is_public=True),
    )
}
