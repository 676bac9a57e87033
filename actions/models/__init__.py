"""Actions, what is reported on them, and what the board is given."""

from .action import Action, of_reviews_seen_whole
from .board import Meeting, Report, ReportDraft, ReportFile, ReportKind
from .evidence import Evidence
from .meeting import AgendaItem, MeetingDecision
from .plan_import import PlanImport
from .progress import Comment, Extension, Update
from .publication import Approval, Clearance
from .reminder import CalendarFeed, Digest, Reminder
from .search import SearchEntry, SearchKind
from .standing import (
    AgencyStanding,
    ChangedReview,
    ChangedThemes,
    FoundWarning,
    SettledWarning,
    Standing,
    ThemesSummed,
    ThemeStanding,
    ThemeSum,
)
from .working import Batch, BatchedChange, ListSettings, SavedView, Selected

__all__ = [
    "Action",
    "AgencyStanding",
    "AgendaItem",
    "Approval",
    "Batch",
    "BatchedChange",
    "CalendarFeed",
    "ChangedReview",
    "ChangedThemes",
    "Clearance",
    "Comment",
    "Digest",
    "Evidence",
    "Extension",
    "FoundWarning",
    "ListSettings",
    "Meeting",
    "MeetingDecision",
    "PlanImport",
    "Reminder",
    "Report",
    "ReportDraft",
    "ReportFile",
    "ReportKind",
    "SavedView",
    "SearchEntry",
    "SearchKind",
    "Selected",
    "SettledWarning",
    "Standing",
    "ThemeStanding",
    "ThemeSum",
    "ThemesSummed",
    "Update",
    "of_reviews_seen_whole",
]
