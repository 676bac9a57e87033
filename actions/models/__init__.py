"""Actions, what is reported on them, and what the board is given."""

from .action import Action
from .board import Meeting, Report, ReportDraft, ReportKind
from .evidence import Evidence
from .plan_import import PlanImport
from .progress import Comment, Extension, Update
from .publication import Approval, Clearance
from .standing import AgencyStanding, ChangedReview, FoundWarning, SettledWarning, Standing

__all__ = [
    "Action",
    "AgencyStanding",
    "Approval",
    "ChangedReview",
    "Clearance",
    "Comment",
    "Evidence",
    "Extension",
    "FoundWarning",
    "Meeting",
    "PlanImport",
    "Report",
    "ReportDraft",
    "ReportKind",
    "SettledWarning",
    "Standing",
    "Update",
]
