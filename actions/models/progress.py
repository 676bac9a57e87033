"""What is said about an action as it goes: updates, later dates asked for, comments."""

from django.db import models
from django.db.models import F, Q

from scr_tracker.history import AppendOnly, AppendOnlyQuerySet, History, TrackedQuerySet
from scr_tracker.models import User, one_of
from scr_tracker.words import day

from ..choices import OwnRating, Status
from .action import Action


class Update(AppendOnly):
    """What somebody reported on an action. Only ever added, never changed."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="updates", db_index=False)
    at = models.DateTimeField(db_index=True)
    what_was_done = models.TextField(blank=True)
    own_rating = models.CharField(max_length=6, choices=OwnRating, blank=True)
    status_before = models.CharField(max_length=12, choices=Status)
    status_after = models.CharField(max_length=12, choices=Status)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "at"], name="update_by_whom_and_when")]
        constraints = [
            one_of("status_before", Status, "update_status_before_is_known"),
            one_of("status_after", Status, "update_status_after_is_known"),
            models.CheckConstraint(
                name="update_own_rating_is_known", condition=Q(own_rating__in=["", *OwnRating.values])
            ),
        ]

    def __str__(self):
        return f"Update of {day(self.at)} on {self.action}"


class Extension(models.Model):
    """A later target date, asked for with a reason, and what was decided."""

    class Decision(models.TextChoices):
        """What became of the request."""

        WAITING = "waiting", "Waiting for a decision"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="extensions")
    old_date = models.DateField(null=True, blank=True)
    asked_for_date = models.DateField()
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="extensions_asked_for", db_index=False)
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.WAITING)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="extensions_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    objects = TrackedQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["asked_by", "asked_at"], name="extension_by_whom_and_when")]
        constraints = [
            models.CheckConstraint(
                name="extension_decision_says_who_and_when",
                condition=Q(decision="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    decision__in=["agreed", "refused", "withdrawn"], decided_at__isnull=False, decided_by__isnull=False
                ),
            ),
            models.CheckConstraint(
                name="extension_is_withdrawn_by_who_asked",
                condition=~Q(decision="withdrawn") | Q(decided_by=F("asked_by")),
                violation_error_message="Only the person who asked for the later date can withdraw the request.",
            ),
            models.CheckConstraint(name="extension_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="extension_refusal_says_why", condition=~Q(decision="refused") | ~Q(decision_note="")
            ),
            models.CheckConstraint(
                name="extension_is_to_a_later_date",
                condition=Q(old_date__isnull=True) | Q(asked_for_date__gt=F("old_date")),
                violation_error_message="Ask for a date after the present target date.",
            ),
            models.UniqueConstraint(
                fields=["action"],
                name="extension_waits_once_for_an_action",
                condition=Q(decision="waiting"),
                violation_error_message="A later date has already been asked for and waits for a decision.",
            ),
        ]

    def __str__(self):
        return f"Extension to {day(self.asked_for_date)} of {self.action}"


class CommentQuerySet(AppendOnlyQuerySet):
    """Comments in the domain's words."""

    def open_challenges(self):
        """Challenges that nobody has answered."""
        return self.filter(kind="challenge", in_reply_to__isnull=True, replies__isnull=True)


class Comment(AppendOnly):
    """A remark or a challenge on an action, or a reply to one. Only ever added, never changed."""

    class Kind(models.TextChoices):
        """How it is meant."""

        COMMENT = "comment", "Comment"
        CHALLENGE = "challenge", "Challenge"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.COMMENT)
    in_reply_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="comments")
    at = models.DateTimeField()
    text = models.TextField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="comment_kind_is_known", condition=Q(kind__in=["comment", "challenge"])),
            models.CheckConstraint(name="comment_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="comment_does_not_reply_to_itself",
                condition=Q(in_reply_to__isnull=True) | ~Q(in_reply_to=F("pk")),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} by {self.by}"
