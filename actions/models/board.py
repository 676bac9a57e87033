"""What the board meets for, and what it was given."""

from functools import lru_cache

from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone

from reviews.models import Review, as_text, keys_open_to, keys_seen_whole_by
from scr_tracker.history import AppendOnly, AppendOnlyQuerySet, History, TrackedQuerySet
from scr_tracker.models import Agency, Job, Partnership, User, one_of, together
from scr_tracker.permissions import Permission, Scope
from scr_tracker.words import day

from ..choices import every_agenda_kind


class MeetingQuerySet(TrackedQuerySet):
    """Meetings in the domain's words."""

    def visible_to(self, user):
        """Meetings of the partnerships in which the user is somebody in their own right."""
        if user.is_superuser and user.is_active:
            return self
        return self.filter(partnership__in=Partnership.objects.where(user, may=Permission.SEE_MEETINGS))

    def coming(self, on=None):
        """Those of today and later, the next one first."""
        return self.filter(date__gte=on or timezone.localdate()).order_by("date", "name", "pk")

    def past(self, on=None):
        """Those that have been, the last one first."""
        return self.filter(date__lt=on or timezone.localdate())

    def before(self, meeting):
        """Earlier meetings of the same series, the last one first."""
        return self.filter(partnership=meeting.partnership_id, name__iexact=meeting.name, date__lt=meeting.date)

    def version_of(self, meeting):
        """Return the number of the latest line in a meeting's history; every change adds one."""
        return self.model.history.filter(id=meeting.pk).aggregate(latest=Max("history_id"))["latest"] or 0


class Meeting(models.Model):
    """A meeting of a board or sub-group: when its papers close, its agenda, who came, what it decided.

    ``attended`` are the people of the partnership who were there, ``present`` says who else was; ``decisions`` are
    notes beside the decisions on single items (MeetingDecision). The agenda is about ``agenda_reviews``, or all
    reviews where none is chosen, and gathers ``agenda_kinds``; once it is prepared, it stays as it is.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="meetings")
    name = models.CharField(max_length=200)
    date = models.DateField()
    papers_close_on = models.DateField(null=True, blank=True)
    attended = models.ManyToManyField(User, related_name="meetings_attended", blank=True)
    present = models.TextField("who was present", blank=True)
    decisions = models.TextField(blank=True)
    agenda_reviews = models.ManyToManyField(Review, related_name="on_agendas", blank=True)
    agenda_kinds = models.JSONField(default=every_agenda_kind, blank=True)
    prepared_at = models.DateTimeField(null=True, blank=True)
    prepared_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="agendas_prepared"
    )

    objects = MeetingQuerySet.as_manager()
    history = History(m2m_fields=[attended, agenda_reviews])

    class Meta:
        ordering = ["-date", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "name", "date"], name="meeting_is_entered_once"),
            models.CheckConstraint(
                name="meeting_papers_close_before_it",
                condition=Q(papers_close_on__isnull=True) | Q(papers_close_on__lte=F("date")),
                violation_error_message="Papers cannot close after the meeting.",
            ),
            models.CheckConstraint(
                name="meeting_agenda_says_who_prepared_it_when", condition=together("prepared_at", "prepared_by")
            ),
        ]

    def __str__(self):
        return f"{self.name}, {day(self.date)}"

    @property
    def has_agenda(self):
        """Whether there is still something to talk about: it is to come, or its agenda was prepared."""
        return self.prepared_at is not None or self.date >= timezone.localdate()

    def get_absolute_url(self):
        """Return the page of the meeting."""
        return reverse("meeting", args=[self.pk])

    def permission_scope(self):
        """Whom the meeting concerns."""
        return Scope(partnerships=frozenset([self.partnership_id]))


class ReportKind(models.TextChoices):
    """What sort of report it is; actions/reports/kinds.py has what makes each."""

    MONITORING = "monitoring", "Monitoring report"
    EXCEPTIONS = "exceptions", "Exceptions"
    AGENCY_PACK = "agency_pack", "Agency’s pack"
    ONE_REVIEW = "one_review", "Report on one review"
    YEARLY = "yearly", "Yearly extract"
    PUBLIC_RESPONSE = "public_response", "Public response"


class ReportDraftQuerySet(models.QuerySet):
    """Drafts in the domain's words."""

    def visible_to(self, user):
        """Drafts of the partnerships whose reports the user makes."""
        if user.is_superuser and user.is_active:
            return self
        return self.filter(partnership__in=Partnership.objects.where(user, may=Permission.MAKE_REPORT))

    def open(self):
        """Neither issued nor discarded."""
        return self.filter(report__isnull=True, discarded_at__isnull=True)


class ReportDraft(models.Model):
    """What somebody chose for a report that is not issued yet.

    ``as_at`` empty means: as things stand when it is issued. ``pinned_as_at`` is the moment that counts, from when
    the button was pressed, however often the work has to be begun again. ``authors`` are all who
    chose or wrote something of it.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="report_drafts")
    kind = models.CharField(max_length=20, choices=ReportKind, default=ReportKind.MONITORING)
    reviews = models.ManyToManyField(Review, related_name="report_drafts")
    agencies = models.ManyToManyField(Agency, related_name="report_drafts", blank=True)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="report_drafts")
    as_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    supersedes = models.ForeignKey(
        "Report", on_delete=models.PROTECT, null=True, blank=True, related_name="drafts_of_next"
    )
    protective_marking = models.CharField(max_length=60)
    introduction = models.TextField(blank=True)
    decisions_asked = models.TextField("decisions asked for", blank=True)
    embargo_until = models.DateTimeField(null=True, blank=True)
    authors = models.ManyToManyField(User, related_name="reports_written", blank=True)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="report_drafts")
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    discarded_at = models.DateTimeField(null=True, blank=True)

    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="report_draft")
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="report_drafts_issued"
    )
    pinned_as_at = models.DateTimeField(null=True, blank=True)

    objects = ReportDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            one_of("kind", ReportKind, "report_draft_kind_is_known"),
            models.CheckConstraint(name="report_draft_version_counts_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="report_draft_issue_says_who_and_as_at", condition=together("issued_by", "pinned_as_at")
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, version {self.version}"

    def get_absolute_url(self):
        """Return the page on which the draft is looked over and issued."""
        return reverse("report-draft", args=[self.pk])

    @property
    def is_open(self):
        """Whether it can still be changed."""
        return not (hasattr(self, "report") or self.discarded_at or self.is_being_made)

    @property
    def is_being_made(self):
        """Whether a worker has it, or is to have it."""
        return self.job is not None and not self.job.has_ended

    def permission_scope(self):
        """Whom the draft concerns."""
        return Scope(partnerships=frozenset([self.partnership_id]))


@lru_cache(maxsize=1024)
def _telling_of_others_than(reviews):
    """Return the keys of the reports that tell of another review than these, to look for a key in."""
    return as_text(Report.reviews.through.objects.exclude(review__in=reviews).values("report"))


class ReportQuerySet(AppendOnlyQuerySet):
    """Issued reports in the domain's words."""

    def visible_to(self, user):
        """Reports of the user's partnerships, and those about nobody but the user's agencies.

        None that tells of a review which the user may not see; under an embargo only for who makes reports.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        concerns = Report.agencies.through.objects
        of_all_seen = ~Q(pk__in=_telling_of_others_than(keys_seen_whole_by(user)))
        seen = Q(partnership__in=user.partnerships_granting(Permission.SEE_REPORTS)) & of_all_seen
        if theirs := user.led_agencies:
            seen |= (
                Q(pk__in=concerns.filter(agency__in=theirs).values("report"))
                & ~Q(pk__in=concerns.exclude(agency__in=theirs).values("report"))
                & ~Q(pk__in=_telling_of_others_than(keys_open_to(user)))
            )
        makes = Q(partnership__in=user.partnerships_granting(Permission.MAKE_REPORT))
        is_out = Q(embargo_until__isnull=True) | Q(embargo_until__lte=timezone.now())
        return self.filter(seen).filter(is_out | makes)

    def with_successor(self, user):
        """Add ``successor``: the key of the version that has superseded it, or None where the user sees none."""
        later = Report.objects.visible_to(user).filter(supersedes=models.OuterRef("pk")).values("pk")
        return self.annotate(successor=models.Subquery(later))

    def latest_versions(self):
        """Those that no later version has superseded."""
        return self.filter(superseded_by__isnull=True)


class Report(AppendOnly):
    """What was issued to a board, frozen: the data it was made from, the PDF, and the PDF's SHA-256.

    Never changed or removed; a later version names the one that it supersedes.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=ReportKind, default=ReportKind.MONITORING)
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
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    embargo_until = models.DateTimeField(null=True, blank=True)
    draft = models.OneToOneField(ReportDraft, on_delete=models.PROTECT, related_name="report")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="issued_reports")
    issued_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            one_of("kind", ReportKind, "report_kind_is_known"),
            models.CheckConstraint(name="report_has_its_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="report_is_not_about_the_future", condition=Q(as_at__lte=F("issued_at"))),
            models.CheckConstraint(name="report_version_counts_from_1", condition=Q(version__gte=1)),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page of the report."""
        return reverse("report", args=[self.pk])

    @property
    def is_under_embargo(self):
        """Whether only business managers may see it yet."""
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    def permission_scope(self):
        """Whom the report concerns."""
        return Scope(partnerships=frozenset([self.partnership_id]))


class ReportFile(AppendOnly):
    """An issued report as Word or Excel, written when it was issued: ``form`` is the ending of its file."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    form = models.CharField(max_length=10)
    file = models.FileField(max_length=300)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["report", "form"]
        constraints = [
            models.UniqueConstraint(fields=["report", "form"], name="report_file_is_kept_once_in_each_form"),
            models.CheckConstraint(name="report_file_has_its_hash", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
        ]

    def __str__(self):
        return f"{self.report} ({self.form})"
