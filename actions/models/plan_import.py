"""A document that was brought in, and what was made of it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from reviews.models import Review
from scr_tracker.models import Job, Partnership, User
from scr_tracker.permissions import Permission, Scope

#: What is long, and not needed where imports are listed.
LONG_TEXTS = ("recognised", "problems", "losses", "headings", "sent", "choices", "outcome")


class PlanImportQuerySet(models.QuerySet):
    """Imports in the domain's words."""

    def visible_to(self, user, *, document=False):
        """Imports of the partnerships whose plans the user edits.

        With ``document`` those whose document the user may have: also what is kept with a plan that they see whole.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        theirs = Q(partnership__in=user.partnerships_granting(Permission.EDIT_PLAN))
        kept = Q(state=PlanImport.State.IMPORTED, review__in=Review.objects.wholly_visible_to(user).values("pk"))
        return self.filter(theirs | kept if document else theirs)

    def unfinished(self):
        """Imports on which something is still to be done."""
        return self.exclude(state__in=[PlanImport.State.IMPORTED, PlanImport.State.DROPPED])

    def for_list(self):
        """With what a list shows of each, without its long texts."""
        return self.select_related("partnership", "review", "by", "checked_by", "closed_by", "job").defer(*LONG_TEXTS)


class PlanImport(models.Model):
    """One document on its way into a plan: the file, what was recognised in it, what was corrected.

    ``recognised`` is the plan as it was recognised, with the place of everything in the document; ``problems``,
    ``losses`` and ``headings`` are what was not understood, which words ended up nowhere, and what each column was
    taken for. ``corrections`` is the list of operations of importing/corrections.py, each with who and when; it is
    only ever added to, so its length is the version of the draft. ``details`` are those of a review that the import
    creates. ``sent`` is what a document says of itself that went out from here: when, for which agency, with what in
    it. ``choices`` are what is accepted of it and what is not where the review has a plan already
    (importing/again/choosing.py), ``outcome`` what was done then, in sentences.
    """

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", "Waiting to be read"
        READING = "reading", "Being read"
        FAILED = "failed", "Could not be read"
        DRAFT = "draft", "Ready to check"
        IMPORTED = "imported", "Imported"
        DROPPED = "dropped", "Dropped"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="plan_imports")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="plan_imports")
    file = models.FileField(upload_to="imports/%Y/", max_length=300)
    file_name = models.CharField("name of the file as uploaded", max_length=255)
    sha256 = models.CharField(max_length=64)
    recognised = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)
    losses = models.JSONField(default=list, blank=True)
    headings = models.JSONField(default=list, blank=True)
    corrections = models.JSONField(default=list, blank=True)
    details = models.JSONField(default=dict, blank=True)
    sent = models.JSONField(default=dict, blank=True)
    choices = models.JSONField(default=dict, blank=True)
    outcome = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    job = models.ForeignKey(
        Job,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_imports",
        help_text="Reads the document in the background, where it is large.",
    )
    failure = models.CharField("why it could not be read", max_length=500, blank=True)
    by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plan_imports",
        help_text="Empty when it was imported from the command line.",
    )
    at = models.DateTimeField()
    checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="imports_to_check"
    )
    closed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="imports_closed",
        help_text="Who imported or dropped it.",
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PlanImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_import_state_is_known",
                condition=Q(state__in=["waiting", "reading", "failed", "draft", "imported", "dropped"]),
            ),
            models.CheckConstraint(
                name="plan_import_when_imported_has_a_review",
                condition=~Q(state="imported") | Q(review__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_import_when_failed_says_why", condition=~Q(state="failed") | ~Q(failure="")
            ),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        """Return the address of the import's page."""
        return reverse("plan-import", args=[self.pk])

    @property
    def version(self):
        """The number of corrections made so far; every correction adds one."""
        return len(self.corrections)

    @property
    def is_open(self):
        """Whether it can be corrected and imported."""
        return self.state == self.State.DRAFT

    @property
    def is_on_its_way(self):
        """Whether it waits to be read, or is being read."""
        return self.state in (self.State.WAITING, self.State.READING)

    @property
    def why_unread(self):
        """Why it could not be read, in a sentence, or nothing."""
        stopped = self.is_on_its_way and self.job and self.job.state == Job.State.FAILED
        return self.job.problem if stopped else self.failure

    @property
    def plan_name(self):
        """What the plan is of, as far as is known."""
        if self.review:
            return str(self.review)
        named = f"{self.details.get('reference', '')} {self.details.get('pseudonym', '')}".strip()
        return named or "A new review"

    def permission_scope(self):
        """Whom the import concerns."""
        return Scope(partnerships=frozenset([self.partnership_id]))
