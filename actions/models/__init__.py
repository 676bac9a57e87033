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
    AgencySum,
    ChangedReview,
    ChangedStanding,
    ChangedThemes,
    FoundWarning,
    SettledWarning,
    Standing,
    StandingSum,
    ThemesSummed,
    ThemeStanding,
    ThemeSum,
)
from .working import Batch, BatchedChange, ListSettings, SavedView, Selected

__all__ = [
    "Action",
    "AgencyStanding",
    "AgencySum",
    "AgendaItem",
    "Approval",
    "Batch",
    "BatchedChange",
    "CalendarFeed",
    "ChangedReview",
    "ChangedThemes",
    "ChangedStanding",
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
    "StandingSum",
    "Update",
    "of_reviews_seen_whole",
]
