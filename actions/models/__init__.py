"""Actions, what is reported on them, and what the board is given."""

from .action import Action
from .board import Meeting, Report, ReportDraft, ReportKind
from .evidence import Evidence
from .plan_import import PlanImport
from .progress import Comment, Extension, Update
from .publication import Approval, Clearance
from .reminder import CalendarFeed, Digest, Reminder

__all__ = [
    "Action",
    "Approval",
    "CalendarFeed",
    "Clearance",
    "Comment",
    "Digest",
    "Evidence",
    "Extension",
    "Meeting",
    "PlanImport",
    "Reminder",
    "Report",
    "ReportDraft",
    "ReportKind",
    "Update",
]
