"""What people have said of a response before it is published: that a finding may stand, and that it may go out."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from scr_tracker.history import AppendOnly
from scr_tracker.models import User

from .board import ReportDraft


class Clearance(AppendOnly):
    """That words which might identify somebody may be published, and why; it holds until the text changes."""

    draft = models.ForeignKey(ReportDraft, on_delete=models.PROTECT, related_name="clearances")
    fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=20)
    words = models.TextField()
    place = models.TextField()
    around = models.TextField()
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="clearances")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "fingerprint"], name="clearance_is_given_once"),
            models.CheckConstraint(name="clearance_says_why", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"“{self.words}” may stand"


class Approval(AppendOnly):
    """That a response may be published as it read then; ``fingerprint`` is that of what it said."""

    draft = models.ForeignKey(ReportDraft, on_delete=models.PROTECT, related_name="approvals")
    fingerprint = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"Approved by {self.by}"
