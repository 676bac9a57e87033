"""What the board meets for, and what it was given."""

from django.db import models
from django.db.models import F, Q

from reviews.models import Review
from scr_tracker.models import Agency, Partnership, User


class Meeting(models.Model):
    """A meeting of a board or sub-group: when its papers close, who came, what it decided."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="meetings")
    name = models.CharField(max_length=200)
    date = models.DateField()
    papers_close_on = models.DateField(null=True, blank=True)
    present = models.TextField("who was present", blank=True)
    decisions = models.TextField(blank=True)

    class Meta:
        ordering = ["-date", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "name", "date"], name="meeting_is_entered_once"),
            models.CheckConstraint(
                name="meeting_papers_close_before_it",
                condition=Q(papers_close_on__isnull=True) | Q(papers_close_on__lte=F("date")),
                violation_error_message="Papers cannot close after the meeting.",
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.date:%d %B %Y}".replace(" 0", " ")


class Report(models.Model):
    """What was issued to a board, frozen: the data it was made from, the PDF, and the PDF's SHA-256."""

    class Kind(models.TextChoices):
        """What sort of report it is."""

        MONITORING = "monitoring", "Monitoring report"
        EXCEPTIONS = "exceptions", "Exceptions"
        AGENCY_PACK = "agency_pack", "Agency's pack"
        PUBLIC_RESPONSE = "public_response", "Public response"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.MONITORING)
    reviews = models.ManyToManyField(Review, related_name="reports", blank=True)
    agencies = models.ManyToManyField(Agency, related_name="reports", blank=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    title = models.CharField(max_length=300)
    as_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    protective_marking = models.CharField(max_length=60)
    data = models.JSONField()
    pdf = models.FileField(upload_to="reports/%Y/", max_length=300)
    sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="issued_reports")
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="report_has_its_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="report_is_not_about_the_future", condition=Q(as_at__lte=F("issued_at"))),
            models.CheckConstraint(name="report_version_counts_from_1", condition=Q(version__gte=1)),
        ]

    def __str__(self):
        return self.title
