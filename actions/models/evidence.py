"""Evidence: what shows that an action was done and made a difference."""

from django.db import models
from django.db.models import Q

from scr_tracker.history import History, TrackedQuerySet
from scr_tracker.models import Agency, User

from .action import Action


class Evidence(models.Model):
    """A file, a link or a note that serves one or more actions.

    A newer version names the one that it replaces; the old one is kept.
    """

    class Kind(models.TextChoices):
        """What sort of thing it is."""

        LETTER = "letter", "Letter or e-mail"
        MINUTES = "minutes", "Minutes"
        POLICY = "policy", "Policy or procedure"
        TRAINING = "training", "Training record"
        AUDIT = "audit", "Audit"
        DATA = "data", "Data or dashboard"
        FEEDBACK = "feedback", "Voice of child, family or staff"
        OTHER = "other", "Other"

    class Strength(models.TextChoices):
        """How far it shows that something changed, weakest first."""

        SAID = "said", "Said"
        DISSEMINATED = "disseminated", "Disseminated"
        IN_PLACE = "in_place", "In place"
        AUDITED = "audited", "Audited"
        OUTCOME = "outcome", "Outcome changed"

    class Standing(models.TextChoices):
        """What the partnership made of it."""

        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Returned"
        WITHDRAWN = "withdrawn", "Withdrawn"

    actions = models.ManyToManyField(Action, related_name="evidence")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    strength = models.CharField(max_length=12, choices=Strength, blank=True)
    what_it_shows = models.TextField(blank=True)
    dated = models.DateField("date of the evidence", null=True, blank=True)

    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True, max_length=300)
    file_name = models.CharField("name of the file as uploaded", max_length=255, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    link = models.URLField(max_length=500, blank=True)
    note = models.TextField(blank=True)

    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.OFFERED)
    standing_reason = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evidence")
    uploaded_at = models.DateTimeField()

    objects = TrackedQuerySet.as_manager()
    history = History(m2m_fields=[actions])

    class Meta:
        verbose_name_plural = "evidence"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_is_a_file_a_link_or_a_note",
                condition=(~Q(file="") & Q(link="", note=""))
                | (Q(file="", note="") & ~Q(link=""))
                | (Q(file="", link="") & ~Q(note="")),
                violation_error_message="Give a file, a link or a note: one of the three.",
            ),
            models.CheckConstraint(
                name="evidence_file_has_its_hash", condition=Q(file="") | Q(sha256__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="evidence_turned_down_says_why",
                condition=~Q(standing__in=["returned", "withdrawn"]) | ~Q(standing_reason=""),
                violation_error_message="Say why the evidence is returned or withdrawn.",
            ),
            models.CheckConstraint(
                name="evidence_standing_is_known",
                condition=Q(standing__in=["offered", "accepted", "returned", "withdrawn"]),
            ),
        ]

    def __str__(self):
        return self.title
