"""Actions, what is reported on them, and what the board is given."""

from .action import Action
from .board import Meeting, Report, ReportDraft, ReportKind
from .evidence import Evidence
from .plan_import import PlanImport
from .progress import Comment, Extension, Update
from .publication import Approval, Clearance
from .search import SearchEntry, SearchKind

__all__ = [
    "Action",
    "Approval",
    "Clearance",
    "Comment",
    "Evidence",
    "Extension",
    "Meeting",
    "PlanImport",
    "Report",
    "ReportDraft",
    "ReportKind",
    "SearchEntry",
    "SearchKind",
    "Update",
]
