"""People, partnerships and agencies in the admin, for set-up and support. History is for reading."""

from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import transaction
from simple_history.admin import SimpleHistoryAdmin

from . import notifications
from .audit import record
from .models import Agency, AuditEvent, Job, Membership, Partnership, User, Worker

# An e-mail stands in one place only, Microsoft is set up by variables, and nobody looks into others' sessions.
admin.site.unregister([Authenticator, EmailAddress, SocialApp, SocialToken, UserSession])


class KeptAdmin:
    """For what is never deleted: it is withdrawn, closed or made inactive instead."""

    def has_delete_permission(self, request, obj=None):
        """Refuse to everybody."""
        return False


class VersionField(forms.IntegerField):
    """The version that a form started from: hidden, and no change by itself."""

    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        """Return False: a later version is no change that this person made."""
        return False


class TrackedForm(forms.ModelForm):
    """A form over something with a history, which does not save over somebody else's change unseen."""

    version = VersionField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.latest = self.instance.history.order_by("-history_id").first() if self.instance.pk else None
        if self.latest:
            self.initial["version"] = self.latest.pk

    def clean(self):
        """Say who changed it since the form was opened; saving once more keeps what stands in the form."""
        cleaned = super().clean()
        if self.latest and self.has_changed() and cleaned.get("version") != self.latest.pk:
            self.data = self.data.copy()
            self.data[self.add_prefix("version")] = self.latest.pk
            raise forms.ValidationError(
                f"{self.latest.history_user or 'Somebody'} changed this while you were writing"
                f" ({self.latest.history_change_reason or 'no reason given'}). Nothing is saved yet: compare with the"
                " history, then save again to keep what stands here."
            )
        return cleaned


class TrackedAdmin(KeptAdmin, SimpleHistoryAdmin):
    """For models with a history: every change says who, and the history is for reading."""

    form = TrackedForm
    history_list_per_page = 50

    def save_model(self, request, obj, form, change):
        """Save, and say in the history that it was done here."""
        changed = ", ".join(str(form.fields[name].label or name) for name in form.changed_data)
        obj._change_reason = f"Changed in the admin: {changed}" if change else "Added in the admin"
        super().save_model(request, obj, form, change)


class MembershipInline(admin.TabularInline):
    """A person's roles."""

    model = Membership
    extra = 0
    can_delete = True
    autocomplete_fields = ["partnership", "agency"]


class UserCreation(AdminUserCreationForm):
    """Adds a person by e-mail and name."""

    class Meta:
        model = User
        fields = ["email", "name"]


@admin.register(User)
class PersonAdmin(KeptAdmin, UserAdmin):
    """People, who sign in by e-mail."""

    list_display = ["name", "email", "job_title", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["name", "email", "job_title"]
    ordering = ["name"]
    inlines = [MembershipInline]
    add_form = UserCreation
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["name", "job_title"]}),
        ("Access", {"fields": ["is_active", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (
            None,
            {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]},
        )
    ]

    def log_addition(self, request, obj, message):
        """Keep in the audit log too that somebody was added here."""
        self._record(request, obj, "Added in the admin", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        """Keep in the audit log too what was changed here, a password included: the names of the fields alone."""
        self._record(request, obj, "Changed in the admin", message)
        return super().log_change(request, obj, message)

    def _record(self, request, person, what, message):
        kind = AuditEvent.Kind.ACCOUNT_CHANGED
        record(kind, by=request.user, about=person.email, request=request, what=what, fields=message)


@admin.register(Partnership)
class PartnershipAdmin(TrackedAdmin):
    """Partnerships and the rules of their houses."""

    list_display = ["name", "short_name", "protective_marking", "due_soon_days", "stale_days"]
    list_filter = ["protective_marking"]
    search_fields = ["name", "short_name"]


@admin.register(Agency)
class AgencyAdmin(TrackedAdmin):
    """Agencies, their other names and the partnerships they serve."""

    list_display = ["name", "short_name", "successor"]
    list_filter = ["partnerships"]
    search_fields = ["name", "short_name", "other_names"]
    autocomplete_fields = ["successor", "partnerships"]


@admin.register(Membership)
class MembershipAdmin(SimpleHistoryAdmin):
    """Who is what to whom."""

    form = TrackedForm

    list_display = ["user", "role", "partnership", "agency"]
    list_filter = ["role", "partnership"]
    list_select_related = ["user", "partnership", "agency"]
    search_fields = ["user__name", "user__email", "partnership__name", "agency__name"]
    autocomplete_fields = ["user", "partnership", "agency"]


class ReadOnlyAdmin(KeptAdmin, admin.ModelAdmin):
    """For what is written by the site alone: to look at, not to change."""

    def has_add_permission(self, request):
        """Refuse to everybody."""
        return False

    def has_change_permission(self, request, obj=None):
        """Refuse to everybody."""
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit log, to read."""

    list_display = ["at", "kind", "by", "about", "from_address"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["about", "by__name", "by__email"]
    date_hierarchy = "at"


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Second factors, to take away from somebody who has lost theirs. Their secrets are not shown."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
    fields = list_display

    def has_add_permission(self, request):
        """Refuse: people set up their own."""
        return False

    def has_change_permission(self, request, obj=None):
        """Refuse: people change their own."""
        return False

    def delete_model(self, request, obj):
        """Take one away, and keep that in the audit log."""
        kind, what = AuditEvent.Kind.ACCOUNT_CHANGED, f"Second factor taken away: {obj.get_type_display()}"
        record(kind, by=request.user, about=obj.user.email, request=request, what=what)
        told = partial(notifications.account_changed, obj.user, f"{what}, by an administrator")
        transaction.on_commit(told, robust=True)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        """Take several away, one by one."""
        for each in queryset.select_related("user"):
            self.delete_model(request, each)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Slow work: what waits, what runs, what went wrong."""

    list_display = ["title", "state", "step", "by", "asked_at", "ended_at", "attempt"]
    list_filter = ["state", "asked_at"]
    search_fields = ["title", "by__name"]
    list_select_related = ["by"]


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    """The processes that do slow work."""

    list_display = ["id", "on_machine", "since", "seen_at"]
