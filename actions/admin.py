"""Actions and what belongs to them in the admin, for set-up and support."""

from django.contrib import admin

from reviews.admin import RecommendationAdmin
from scr_tracker.admin import ReadOnlyAdmin, TrackedAdmin, TrackedForm

from .models import (
    Action,
    Comment,
    Digest,
    Evidence,
    Extension,
    Meeting,
    MeetingDecision,
    PlanImport,
    Reminder,
    Report,
    ReportDraft,
    Update,
)


class ReadOnlyInline(admin.TabularInline):
    """Lines to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        """Refuse to everybody."""
        return False

    def has_change_permission(self, request, obj=None):
        """Refuse to everybody."""
        return False


class UpdateInline(ReadOnlyInline):
    """The progress updates of an action."""

    model = Update
    fields = ["at", "by", "what_was_done", "status_before", "status_after", "own_rating"]


class ExtensionInline(ReadOnlyInline):
    """The later dates asked for."""

    model = Extension
    fields = ["asked_at", "asked_by", "old_date", "asked_for_date", "reason", "decision", "decided_by"]


class ActionInline(admin.StackedInline):
    """The actions of a recommendation."""

    model = Action
    form = TrackedForm
    fk_name = "recommendation"
    extra = 0
    can_delete = False
    show_change_link = True
    fields = [("order", "label"), "text", ("lead_agency", "lead_officers"), ("target_date", "target_kind")]
    autocomplete_fields = ["lead_agency"]


RecommendationAdmin.inlines = [ActionInline, *RecommendationAdmin.inlines]


@admin.register(Action)
class ActionAdmin(TrackedAdmin):
    """Actions. Status and sign-off belong to the pages, where the rules are; here they are to be looked at."""

    list_display = ["text_begins", "review", "lead_agency", "target_date", "status", "rated"]
    list_filter = ["status", "own_rating", "validated_rating", "review__partnership", "target_kind"]
    list_select_related = ["review", "lead_agency"]
    search_fields = ["text", "review__reference", "review__pseudonym", "lead_agency__name", "lead_officers"]
    date_hierarchy = "target_date"
    autocomplete_fields = ["recommendation", "also_answers", "lead_agency", "supporting_agencies", "people"]
    readonly_fields = [
        *(
            "review",
            "status",
            "status_reason",
            "superseded_by",
            "original_target_date",
            "original_target_kind",
        ),
        *("times_moved", "extension_pending", "last_update_on", "own_rating"),
        *("validated_rating", "validated_reason", "validated_by", "validated_at"),
        *("submitted_at", "submitted_by", "signed_off_at", "signed_off_by", "no_evidence_reason"),
        *("impact_check_due", "impact_result", "impact_note", "impact_checked_by", "impact_checked_at"),
    ]
    inlines = [UpdateInline, ExtensionInline]

    def get_queryset(self, request):
        """Add the rating that the list shows."""
        return super().get_queryset(request).with_rating()

    @admin.display(description="action", ordering="text")
    def text_begins(self, action):
        """The first words."""
        return action.text[:90]

    @admin.display(description="rating")
    def rated(self, action):
        """The rating of today."""
        return action.rated.capitalize()


@admin.register(Evidence)
class EvidenceAdmin(TrackedAdmin):
    """Evidence. What it is said to be can be put right here; the rest belongs to the pages, where the rules are.

    The file itself is left out: it is given out by its page alone, which enters that in the audit log.
    """

    list_display = ["title", "kind", "strength", "standing", "agency", "uploaded_by", "uploaded_at"]
    list_filter = ["standing", "kind", "strength"]
    list_select_related = ["agency", "uploaded_by"]
    search_fields = ["title", "what_it_shows", "note", "file_name"]
    date_hierarchy = "uploaded_at"
    autocomplete_fields = ["agency"]
    exclude = ["file"]
    readonly_fields = [
        *("actions", "file_name", "content_type", "size", "sha256", "link", "note", "replaces"),
        *("scan", "scanned_at", "scan_found", "standing", "standing_reason", "uploaded_by", "uploaded_at"),
    ]

    def has_add_permission(self, request):
        """Refuse to everybody: evidence comes in through its page, where it is checked."""
        return False


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    """Later dates asked for, and what was decided."""

    list_display = ["action", "old_date", "asked_for_date", "decision", "asked_by", "decided_by"]
    list_filter = ["decision"]
    list_select_related = ["action__recommendation", "asked_by", "decided_by"]
    search_fields = ["reason", "action__text"]


@admin.register(Update)
class UpdateAdmin(ReadOnlyAdmin):
    """Progress updates, which are only ever added, on the pages."""

    list_display = ["at", "by", "action", "status_after", "own_rating"]
    list_filter = ["status_after", "own_rating"]
    list_select_related = ["action__recommendation", "by"]
    search_fields = ["what_was_done", "action__text", "by__name"]
    date_hierarchy = "at"


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """Comments and challenges."""

    list_display = ["at", "by", "kind", "action"]
    list_filter = ["kind"]
    list_select_related = ["action__recommendation", "by"]
    search_fields = ["text", "by__name"]


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    """Who was asked for an answer, or reminded by a manager, and when."""

    list_display = ["at", "kind", "person", "action", "by"]
    list_filter = ["kind"]
    list_select_related = ["action__recommendation", "person", "by"]
    search_fields = ["person__name", "person__email", "note"]
    date_hierarchy = "at"


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    """The one message that somebody is sent on a day, and why it was not sent where it was not."""

    list_display = ["day", "person", "sent_at", "whole", "problem"]
    list_filter = ["whole"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email", "message_id"]
    date_hierarchy = "day"


@admin.register(Meeting)
class MeetingAdmin(TrackedAdmin):
    """Meetings of boards and sub-groups. Their agendas belong to the pages."""

    list_display = ["name", "date", "papers_close_on", "partnership"]
    list_filter = ["partnership"]
    list_select_related = ["partnership"]
    search_fields = ["name"]
    date_hierarchy = "date"
    autocomplete_fields = ["partnership", "attended"]
    exclude = ["agenda_reviews", "agenda_kinds"]
    readonly_fields = ["prepared_at", "prepared_by"]


@admin.register(MeetingDecision)
class MeetingDecisionAdmin(ReadOnlyAdmin):
    """What meetings decided on single items, which is only ever added to, on the pages."""

    list_display = ["at", "meeting", "outcome", "about", "who", "by_when", "by"]
    list_filter = ["outcome", "meeting__partnership"]
    list_select_related = ["meeting", "by", "action__recommendation", "recommendation"]
    search_fields = ["text", "who", "action__text"]
    date_hierarchy = "at"


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Issued reports, which nobody changes."""

    list_display = ["title", "kind", "as_at", "version", "issued_by", "issued_at"]
    list_filter = ["kind", "partnership"]
    list_select_related = ["issued_by"]
    search_fields = ["title", "sha256"]
    exclude = ["pdf"]


@admin.register(ReportDraft)
class ReportDraftAdmin(ReadOnlyAdmin):
    """Reports that are not issued yet, and what became of their making."""

    list_display = ["__str__", "partnership", "begun_by", "begun_at", "job", "discarded_at"]
    list_filter = ["kind", "partnership"]
    list_select_related = ["partnership", "begun_by", "job"]


@admin.register(PlanImport)
class PlanImportAdmin(ReadOnlyAdmin):
    """Documents that were brought in."""

    list_display = ["file_name", "review", "state", "by", "at"]
    list_filter = ["state", "partnership"]
    list_select_related = ["review", "by"]
    search_fields = ["file_name", "review__reference", "sha256"]
    exclude = ["file"]
