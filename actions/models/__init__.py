"""Actions, what is reported on them, and what the board is given."""

from .action import Action
from .board import Meeting, Report, ReportDraft, ReportFile, ReportKind
from .evidence import Evidence
from .meeting import AgendaItem, MeetingDecision
from .plan_import import PlanImport
from .progress import Comment, Extension, Update
from .publication import Approval, Clearance
from .search import SearchEntry, SearchKind

__all__ = [
    "Action",
    "AgendaItem",
    "Approval",
    "Clearance",
    "Comment",
    "Evidence",
    "Extension",
    "Meeting",
    "MeetingDecision",
    "PlanImport",
    "Report",
    "ReportDraft",
    "ReportFile",
    "ReportKind",
    "SearchEntry",
    "SearchKind",
    "Update",
]
