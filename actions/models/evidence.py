"""Evidence: what shows that an action was done and made a difference."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from scr_tracker.history import History, TrackedQuerySet
from scr_tracker.models import Agency, User

from .action import Action

#: The standings, and the results of the virus scan, with which a piece counts as evidence.
COUNTING = ("offered", "accepted")
OUT_OF_QUARANTINE = ("not_needed", "clean")


class EvidenceQuerySet(TrackedQuerySet):
    """Evidence in the domain's words."""

    def visible_to(self, user):
        """Evidence of actions that the user sees."""
        if user.is_superuser and user.is_active:
            return self
        serves = Evidence.actions.through.objects
        return self.filter(pk__in=serves.filter(action__in=Action.objects.visible_to(user)).values("evidence"))

    def current(self):
        """The newest version of each piece."""
        return self.filter(replaced_by__isnull=True)

    def counting(self):
        """What shows that an action was done: neither turned down, nor replaced, nor in quarantine."""
        return self.current().filter(standing__in=COUNTING, scan__in=OUT_OF_QUARANTINE)

    def with_a_file(self):
        """Pieces that are files, whatever became of them."""
        return self.exclude(file="")

    def waiting_for_a_scan(self):
        """Files that no scanner has looked at yet, though one should."""
        return self.with_a_file().filter(scan=Evidence.Scan.WAITING)

    def for_list(self):
        """With what a list shows of each piece, in one query."""
        return self.select_related("uploaded_by", "agency", "replaced_by")


class Evidence(models.Model):
    """A file, a link or a note that serves one or more actions.

    A newer version names the one that it replaces; the old one is kept. All the actions that a piece serves
    are of one partnership, because its standing is that partnership's judgement: evidence/services.py sees
    to it. ``submission`` names the form that it came with, so that a form sent twice is stored once.
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

    class Scan(models.TextChoices):
        """What the virus scanner says of the file."""

        NOT_NEEDED = "not_needed", "No scanner is set up"
        WAITING = "waiting", "Waiting for a virus scan"
        CLEAN = "clean", "No virus found"
        INFECTED = "infected", "Virus found"

    actions = models.ManyToManyField(Action, related_name="evidence")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    strength = models.CharField(max_length=12, choices=Strength, blank=True)
    what_it_shows = models.TextField(blank=True)
    dated = models.DateField("date of the evidence", null=True, blank=True)

    file = models.FileField(upload_to="evidence/", blank=True, max_length=300)
    file_name = models.CharField("name of the file as uploaded", max_length=255, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField("bytes", null=True, blank=True)
    sha256 = models.CharField(
        "SHA-256", max_length=64, blank=True, help_text="Of the file, or of the words of a link or note."
    )
    scan = models.CharField("virus scan", max_length=10, choices=Scan, default=Scan.NOT_NEEDED)
    scanned_at = models.DateTimeField(null=True, blank=True)
    scan_found = models.CharField("what the scanner found", max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    note = models.TextField(blank=True)

    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.OFFERED)
    standing_reason = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evidence")
    uploaded_at = models.DateTimeField()
    submission = models.UUIDField(null=True, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()
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
            models.CheckConstraint(
                name="evidence_scan_is_known",
                condition=Q(scan__in=["not_needed", "waiting", "clean", "infected"]),
            ),
            models.CheckConstraint(name="evidence_scan_is_of_a_file", condition=Q(scan="not_needed") | ~Q(file="")),
            models.CheckConstraint(
                name="evidence_scan_says_when",
                condition=Q(scan__in=["not_needed", "waiting"], scanned_at__isnull=True)
                | Q(scan__in=["clean", "infected"], scanned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="evidence_infected_says_with_what", condition=~Q(scan="infected") | ~Q(scan_found="")
            ),
            models.CheckConstraint(
                name="evidence_accepted_is_not_in_quarantine",
                condition=~Q(standing="accepted") | Q(scan__in=["not_needed", "clean"]),
                violation_error_message="Wait for the virus scan before you accept this evidence.",
            ),
            models.CheckConstraint(
                name="evidence_infected_does_not_count",
                condition=~Q(scan="infected") | Q(standing__in=["returned", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="evidence_file_has_its_name_and_size",
                condition=Q(file="") | (~Q(file_name="") & Q(size__isnull=False) & ~Q(content_type="")),
            ),
            models.CheckConstraint(
                name="evidence_does_not_replace_itself",
                condition=Q(replaces__isnull=True) | ~Q(replaces=models.F("pk")),
            ),
            models.UniqueConstraint(
                fields=["submission", "sha256"],
                name="evidence_of_one_form_is_stored_once",
                condition=Q(submission__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the address of the piece's page."""
        return reverse("evidence", args=[self.pk])

    @property
    def newer(self):
        """The version that replaces this one, or None."""
        return getattr(self, "replaced_by", None)

    @property
    def is_in_quarantine(self):
        """Whether nobody may open the file: it waits for the scanner, or the scanner found something."""
        return self.scan not in OUT_OF_QUARANTINE

    @property
    def counts_until_replaced(self):
        """Whether it shows that an action was done, as long as no newer version takes its place."""
        return self.standing in COUNTING and not self.is_in_quarantine

    @property
    def is_withdrawn(self):
        """Whether it was taken back."""
        return self.standing == self.Standing.WITHDRAWN

    @property
    def can_be_judged(self):
        """Whether the partnership can still say what it makes of it."""
        return not (self.is_withdrawn or self.newer or self.is_in_quarantine)
