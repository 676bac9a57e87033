"""A document that was brought in, and what was made of it."""

from django.db import models
from django.db.models import Q

from reviews.models import Review
from scr_tracker.models import Partnership, User


class PlanImport(models.Model):
    """One document on its way into a plan: the file, what was recognised in it, what was corrected."""

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", "Being checked"
        IMPORTED = "imported", "Imported"
        DROPPED = "dropped", "Dropped"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="plan_imports")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_imports")
    file = models.FileField(upload_to="imports/%Y/", max_length=300)
    file_name = models.CharField("name of the file as uploaded", max_length=255)
    sha256 = models.CharField(max_length=64)
    recognised = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    corrections = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_imports",
        help_text="Empty when it was imported from the command line.",
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_import_state_is_known", condition=Q(state__in=["draft", "imported", "dropped"])
            ),
            models.CheckConstraint(
                name="plan_import_when_imported_has_a_review",
                condition=~Q(state="imported") | Q(review__isnull=False),
            ),
        ]

    def __str__(self):
        return self.file_name
