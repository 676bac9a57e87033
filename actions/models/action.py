"""An action: what an agency will do to answer a recommendation, by when, and where that stands."""

import re
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Count, F, Func, Max, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone

from reviews.models import (
    Recommendation,
    Review,
    keys_closed_to,
    keys_open_to,
    keys_seen_whole_by,
    named_or_unrestricted,
    of_actions_of,
    seen_whole_by,
)
from scr_tracker.history import History, TrackedQuerySet
from scr_tracker.models import Agency, Partnership, User, one_of, together
from scr_tracker.permissions import Scope

from .. import rating
from ..choices import (
    AT_WORK,
    CLOSED,
    DATED_KINDS,
    DONE,
    OPEN,
    ImpactResult,
    OwnRating,
    Status,
    TargetKind,
    ValidatedRating,
)
from ..steps import RETURN, SUBMIT
from ..target_dates import TargetDate, describe, describe_delay

#: Up to how many reviews are handed to the database by their keys. It looks up more of them itself.
MOST_KEYS = 500
#: Of how many agencies somebody's actions are found one after the other. Hardly anybody leads for more than one.
MOST_WAYS = 5
#: Whether an action is done or set aside, to sort by. The statuses stand in its text and not beside it: SQLite knows
#: an expression of an index again only by its text.
_CLOSED = ", ".join(f"'{status.value}'" for status in CLOSED)
IS_CLOSED = Func(F("status"), template=f"(%(expressions)s IN ({_CLOSED}))", output_field=models.BooleanField())
#: What lists are narrowed by most: by review, being open or overdue, and rating. Behind the order of a list in its
#: index, a page is cut without reading its rows.
NARROWED_BY = (
    *("id", "review", "status", "own_rating", "validated_rating", "times_moved", "extension_pending"),
    *("last_update_on", "submitted_at"),
)


def of_reviews_seen_whole(user):
    """Return the condition that a person sees an action's review whole, so that the database walks an index.

    So it does, and stops after a page, where it compares keys of reviews, and where these are very many, if it looks
    each up in the set of them: it joins nothing that stands beside an "or". Where it joins, it sorts everything.
    """
    whole = Review.objects.wholly_visible_to(user).order_by().values_list("pk", flat=True)
    keys = list(whole[: MOST_KEYS + 1])
    return Q(review__in=keys) if len(keys) <= MOST_KEYS else Q(review__in=whole) | Q(pk__isnull=True)


def _has_key_of(keys):
    """Return the condition that the key of an action is in a query of keys, which are few among all.

    PostgreSQL makes a list of them first, and looks these up. Else it may look through all actions for those in it.
    """
    if connection.vendor != "postgresql":
        return Q(pk__in=keys)
    one_of_them = Func(ArraySubquery(keys), function="ANY")
    return Q(
        Func(F("pk"), one_of_them, template="%(expressions)s", arg_joiner=" = ", output_field=models.BooleanField())
    )


def _of_agencies(agencies):
    """Return the condition that one of the agencies leads or supports an action."""
    supported = Action.supporting_agencies.through.objects.filter(agency__in=agencies).values("action")
    return Q(lead_agency__in=agencies) | Q(pk__in=supported)


class ActionQuerySet(TrackedQuerySet):
    """Actions in the domain's words. ``on`` is the day from which they are looked at, today unless given."""

    def visible_to(self, user, *, whole=None):
        """Actions of the reviews seen whole, and those that an agency of the user's leads or supports.

        ``whole`` is the condition that a review is seen whole; who lists many gives that of ``of_reviews_seen_whole``.
        """
        if user.is_superuser and user.is_active:
            return self
        if whole is None:
            whole = Q(review__in=keys_seen_whole_by(user))
        if not user.led_agencies:
            return self.filter(whole)
        parts = Q(review__in=keys_open_to(user), pk__in=of_actions_of(user, "pk"))
        return self.filter(whole | parts if user.own_partnerships else parts)

    def each_visible_to(self, user):
        """The same as ``visible_to``, for those that are looked up by their keys, not walked through.

        It joins the review, which stands beside an action anyway.
        """
        if user.is_superuser and user.is_active:
            return self
        whole = seen_whole_by(user, "review__")
        if not user.led_agencies:
            return self.filter(whole)
        parts = named_or_unrestricted(user, "review__") & _of_agencies(user.led_agencies)
        return self.filter(whole | parts if user.own_partnerships else parts)

    def ways_to_see(self, user, *, whole):
        """Return what ``visible_to`` does in parts, one for each way to an action; each action is in one of them.

        Of each part the database walks along an index and stops after a page. Of all of them at once, beside an "or",
        it would look up and sort everything.
        """
        agencies = user.led_agencies
        if not agencies or (user.is_superuser and user.is_active):
            return [self.visible_to(user, whole=whole)]
        supported = Action.supporting_agencies.through.objects.filter(agency__in=agencies).values("action")
        led = [[agency] for agency in agencies] if len(agencies) <= MOST_WAYS else [agencies]
        ways = [*(Q(lead_agency__in=some) for some in led), _has_key_of(supported)]
        # Of the few that are closed to somebody the database makes a list. The many others it would look up one by one.
        closed = keys_closed_to(user)
        parts, before = [self.filter(whole)], whole
        for way in ways:
            parts.append(self.filter(way, ~before, ~Q(review__in=closed)))
            before |= way
        return parts

    def of_agency(self, agency):
        """Actions that the agency leads or supports."""
        return self.of_agencies([agency])

    def of_agencies(self, agencies):
        """Actions that one of the agencies leads or supports."""
        return self.filter(_of_agencies(agencies))

    def assigned_to(self, user):
        """Actions assigned to a person."""
        return self.filter(pk__in=Action.people.through.objects.filter(user=user).values("action"))

    def led_by(self, name):
        """Actions whose lead officers, or the people assigned to them, have these words in their names."""
        assigned = Action.people.through.objects.filter(user__name__icontains=name).values("action")
        return self.filter(Q(lead_officers__icontains=name) | Q(pk__in=assigned))

    def open(self):
        """Actions that still need doing."""
        return self.filter(status__in=OPEN)

    def overdue(self, on=None):
        """Open actions past their target date, unless they were submitted in time and wait for sign-off."""
        return self.open().filter(rating.is_overdue_in_sql(on or timezone.localdate()))

    def silent(self, on=None):
        """Open actions on which nobody has reported inside the stale period of their partnership."""
        return self.open().filter(rating.is_silent_in_sql(on or timezone.localdate(), Partnership.objects.all()))

    def returned(self):
        """Open actions that were submitted as complete and sent back, and not submitted again."""
        told = Q(history_change_reason__startswith=RETURN.done) | Q(history_change_reason__startswith=SUBMIT.done)
        lines = self.model.history.filter(told, id=OuterRef("pk")).order_by("-history_date", "-history_id")
        last = Subquery(lines.values("history_change_reason")[:1])
        return self.open().annotate(last_judged=last).filter(last_judged__startswith=RETURN.done)

    def due_within(self, days, on=None):
        """Open actions whose target date lies within so many days from now."""
        on = on or timezone.localdate()
        return self.open().filter(target_date__range=(on, on + timedelta(days=days)))

    def with_rating(self, on=None):
        """Add ``rated``: the rating, one of Rating, computed by the database."""
        return self.annotate(rated=rating.in_sql(on or timezone.localdate(), Partnership.objects.all()))

    def without_evidence(self):
        """Complete actions beside which neither evidence nor a reason for none stands."""
        said_nowhere = {"completion_evidence": "", "recommendation__completion_evidence": "", "no_evidence_reason": ""}
        bare = self.filter(status__in=DONE, **said_nowhere)
        return bare.exclude(evidence__in=self._evidence_that_counts())

    def bare_of_evidence(self, bare=True):
        """Actions beside which no evidence that counts stands; if not ``bare``, those beside which some does."""
        links = self.model.evidence.through.objects.filter(evidence__in=self._evidence_that_counts())
        return self.exclude(pk__in=links.values("action")) if bare else self.filter(pk__in=links.values("action"))

    def _evidence_that_counts(self):
        return self.model._meta.get_field("evidence").related_model.objects.counting()

    def waiting_for_sign_off(self):
        """Actions that were submitted as complete and that nobody has signed off or returned."""
        return self.filter(status=Status.SUBMITTED)

    def waiting_for_a_later_date(self):
        """Actions for which a later date was asked and not decided on."""
        return self.filter(extension_pending=True)

    def waiting_for_an_impact_check(self, on=None):
        """Actions that are done, of which somebody ought to have found out whether they made a lasting difference."""
        return self.filter(status__in=DONE, impact_check_due__lte=on or timezone.localdate())

    def came_back(self):
        """Actions whose submission was returned, and that were not submitted again."""
        return self.filter(status__in=AT_WORK, returned_at__isnull=False)

    def with_sign_off(self):
        """With who signed each off, the impact check that was due first at the top."""
        surroundings = ("review__partnership", "recommendation", "lead_agency", "signed_off_by")
        return self.select_related(*surroundings).order_by("impact_check_due", "pk")

    def with_submission(self):
        """With who submitted each and how much evidence there is, the longest waiting first."""
        links = self.model.evidence.through.objects.filter(evidence__in=self._evidence_that_counts())
        of_each = links.filter(action=OuterRef("pk")).order_by().values("action").values(number=Count("pk"))
        return (
            self.select_related("review", "recommendation", "lead_agency", "submitted_by")
            .only(
                *("text", "target_date", "target_kind", "times_moved", "as_printed", "submitted_at"),
                *("review__reference", "review__pseudonym", "recommendation__number", "recommendation__text"),
                *("lead_agency__name", "submitted_by__name", "submitted_by__email"),
            )
            .annotate(pieces_of_evidence=Coalesce(Subquery(of_each), 0))
            .order_by("submitted_at", "pk")
        )

    def with_request(self):
        """With the request for a later date that waits (``requests``), the longest waiting first."""
        waiting = self.model._meta.get_field("extensions").related_model.objects.filter(decision="waiting")
        return (
            self.select_related("review__partnership", "recommendation", "lead_agency")
            .prefetch_related(Prefetch("extensions", waiting.select_related("asked_by"), to_attr="requests"))
            .order_by(Subquery(waiting.filter(action=OuterRef("pk")).values("asked_at")[:1]), "pk")
        )

    def where_granted(self, user, permission):
        """Actions of the partnerships in which the user holds the permission in their own right."""
        if user.is_superuser and user.is_active:
            return self
        return self.filter(review__partnership__in=user.partnerships_granting(permission))

    def version_of(self, action):
        """Return the number of the latest line in an action's history; every change adds one."""
        return self.model.history.filter(id=action.pk).aggregate(latest=Max("history_id"))["latest"]

    def versions_of(self, keys):
        """Return the same for many, {key: number}."""
        lines = self.model.history.filter(id__in=keys).order_by()
        return dict(lines.values_list("id").annotate(latest=Max("history_id")))

    def with_version(self):
        """Add ``version``: the number of the latest line in the history of each."""
        lines = self.model.history.filter(id=OuterRef("pk")).order_by("-history_id")
        return self.annotate(version=Subquery(lines.values("history_id")[:1]))

    def numbered(self, number):
        """Actions that people call by this number: "58a", "0319/58a", the number of a recommendation, or "#1234".

        A number without # may be the key of an action as well as its place in a plan.
        """
        number = number.strip()
        if key := re.fullmatch(r"#\s*(\d{1,15})", number):
            return self.filter(pk=int(key[1]))
        reference, _, place = number.rpartition("/")
        place = place.strip().rstrip(")")
        called = Q(recommendation__number__iexact=place)
        if parts := re.fullmatch(r"(.*[^a-z\s.,(])[\s.,(]*([a-z]{1,4})", place, re.IGNORECASE):
            labels = Q(label__iexact=parts[2]) | Q(label__iexact=f"{parts[2]})") | Q(label__iexact=f"({parts[2]})")
            called |= Q(recommendation__number__iexact=parts[1]) & labels
        if reference:
            return self.filter(called, review__reference__iexact=reference.strip())
        return self.filter(called | Q(pk=int(place))) if re.fullmatch(r"[0-9]{1,15}", place) else self.filter(called)

    def for_list(self):
        """With what a list shows of each action, in one query and without its longest texts."""
        return self.select_related("review__partnership", "recommendation", "lead_agency").only(
            *(
                "text",
                "label",
                "order",
                "status",
                "lead_officers",
                "target_date",
                "target_kind",
                "as_printed",
                "original_target_date",
                "original_target_kind",
            ),
            *("times_moved", "extension_pending", "last_update_on", "submitted_at"),
            *("own_rating", "validated_rating", "review__reference", "review__pseudonym"),
            *(f"review__partnership__{name}" for name in ("rating_labels", "due_soon_days", "stale_days")),
            *("recommendation__number", "lead_agency__name", "lead_agency__short_name"),
        )

    def with_surroundings(self):
        """With what pages about one action show around it, but for the people whom it names."""
        around = ("review__partnership", "recommendation__section", "lead_agency")
        return self.select_related(*around).prefetch_related("supporting_agencies")

    def by_target_date(self):
        """Soonest first, those without a date last."""
        return self.order_by(IsNull(F("target_date"), True), "target_date", "pk")

    def by_last_update(self, *, latest=False):
        """Those on which nobody has reported first, then the longest ago; or the other way round."""
        order = (IsNull(F("last_update_on"), False), F("last_update_on"), F("pk"))
        return self.order_by(*(each.desc() if latest else each.asc() for each in order))

    def by_urgency(self):
        """The open ones, soonest first; then those done or set aside. Those without a date come last in each."""
        return self.order_by(IS_CLOSED, IsNull(F("target_date"), True), "target_date", "pk")

    def selected_by(self, user):
        """Actions that a person has ticked in the list."""
        return self.filter(selections__by=user)

    def in_plan_order(self):
        """In the order of the printed plan."""
        return self.order_by("review", "recommendation__section__order", "recommendation__order", "order", "pk")


class Action(models.Model):
    """A key task of the plan.

    ``as_printed`` may hold: target_date, lead, status, completed_on (the words of the document beside what
    we read from them), and target_date_now, the words of a later document where those are others.
    ``lead_officers`` is a list of posts. On import ``lead_agency`` is the agency that the plan names as lead
    where it is one we know, else the agency of the section.

    ``returned_at`` says that the last submission was sent back, until it is submitted again.

    ``times_moved``, ``extension_pending`` and ``last_update_on`` repeat what the extensions and updates
    say, so that the rating of a hundred thousand actions is one pass over one table; services.py alone
    writes them. ``review`` repeats the recommendation's review, for the same reason.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="actions", editable=False)
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="actions")
    also_answers = models.ManyToManyField(Recommendation, related_name="also_answered_by", blank=True)
    label = models.CharField(max_length=10, blank=True, help_text="As printed, such as a.")
    order = models.PositiveIntegerField()
    text = models.TextField()
    intended_outcome = models.TextField(blank=True)
    evidence_expected = models.TextField(blank=True)
    completion_evidence = models.TextField("what was done, with evidence, as the plan says", blank=True)

    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="led_actions")
    supporting_agencies = models.ManyToManyField(Agency, related_name="supported_actions", blank=True)
    lead_officers = models.JSONField(default=list, blank=True, help_text='Posts, such as ["Named nurse"].')
    people = models.ManyToManyField(User, related_name="assigned_actions", blank=True)

    target_date = models.DateField(
        null=True, blank=True, help_text="The last day of the period named: May 2012 is 31 May 2012."
    )
    target_kind = models.CharField(max_length=10, choices=TargetKind, default=TargetKind.NONE)
    original_target_date = models.DateField(null=True, blank=True, editable=False)
    original_target_kind = models.CharField(max_length=10, choices=TargetKind, default=TargetKind.NONE, editable=False)
    times_moved = models.PositiveSmallIntegerField(default=0, editable=False)
    extension_pending = models.BooleanField(default=False, editable=False)

    status = models.CharField(max_length=12, choices=Status, default=Status.UNKNOWN)
    status_reason = models.TextField(blank=True, help_text="Needed when the action is paused or superseded.")
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    completed_on = models.DateField(null=True, blank=True, help_text="When the lead agency says it was done.")
    last_update_on = models.DateField(null=True, blank=True, editable=False)

    own_rating = models.CharField("lead's own rating", max_length=6, choices=OwnRating, blank=True)
    validated_rating = models.CharField("partnership's rating", max_length=6, choices=ValidatedRating, blank=True)
    validated_reason = models.TextField(blank=True)
    validated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="validated_actions"
    )
    validated_at = models.DateTimeField(null=True, blank=True)

    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="submitted_actions"
    )
    returned_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="signed_off_actions"
    )
    no_evidence_reason = models.TextField("why there is no evidence", blank=True)

    impact_check_due = models.DateField(null=True, blank=True)
    impact_result = models.CharField(max_length=10, choices=ImpactResult, blank=True)
    impact_note = models.TextField(blank=True)
    impact_checked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="impact_checks"
    )
    impact_checked_at = models.DateTimeField(null=True, blank=True)

    as_printed = models.JSONField(default=dict, blank=True)
    source_place = models.CharField(
        "where it was imported from",
        max_length=300,
        blank=True,
        editable=False,
        help_text="Such as: plan.docx, table 3, row 12.",
    )

    objects = ActionQuerySet.as_manager()
    history = History(m2m_fields=[also_answers, supporting_agencies, people])

    class Meta:
        ordering = ["recommendation", "order"]
        indexes = [
            models.Index(IsNull(F("target_date"), True), "target_date", *NARROWED_BY, name="action_by_target_date"),
            models.Index(
                *(IS_CLOSED, IsNull(F("target_date"), True), "target_date"), *NARROWED_BY, name="action_by_urgency"
            ),
            models.Index(
                *(IsNull(F("last_update_on"), False), "last_update_on", "id", "review", "status"),
                *("own_rating", "validated_rating", "times_moved", "extension_pending"),
                *("target_date", "submitted_at"),
                name="action_by_last_update",
            ),
            models.Index(
                *(IsNull(F("target_date"), True), "target_date", *NARROWED_BY),
                condition=Q(status__in=[status.value for status in OPEN]),
                name="action_open",
            ),
            models.Index(fields=["review", "status"], name="action_review_status"),
            models.Index(
                *("lead_agency", IS_CLOSED, IsNull(F("target_date"), True), "target_date"),
                *NARROWED_BY,
                name="action_of_agency_by_urgency",
            ),
            models.Index(
                fields=["submitted_at", "id", "review"],
                condition=Q(status=Status.SUBMITTED),
                name="action_waiting_for_sign_off",
            ),
            models.Index(fields=["review"], condition=Q(extension_pending=True), name="action_for_later_date"),
            models.Index(
                fields=["review", "impact_check_due"],
                condition=Q(status__in=[status.value for status in DONE], impact_check_due__isnull=False),
                name="action_for_impact_check",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "order"], name="action_order_is_unique_in_its_recommendation"
            ),
            models.CheckConstraint(name="action_says_something", condition=~Q(text="")),
            one_of("status", Status, "action_status_is_known"),
            one_of("target_kind", TargetKind, "action_target_kind_is_known"),
            one_of("original_target_kind", TargetKind, "action_original_target_kind_is_known"),
            models.CheckConstraint(
                name="action_has_a_target_date_when_its_kind_is_dated",
                condition=Q(target_date__isnull=False, target_kind__in=[kind.value for kind in DATED_KINDS])
                | (Q(target_date__isnull=True) & ~Q(target_kind__in=[kind.value for kind in DATED_KINDS])),
                violation_error_message="Give a target date, or choose a kind of target that has none.",
            ),
            models.CheckConstraint(
                name="action_own_rating_is_known", condition=Q(own_rating__in=["", *OwnRating.values])
            ),
            models.CheckConstraint(
                name="action_validated_rating_is_known",
                condition=Q(validated_rating__in=["", *ValidatedRating.values]),
            ),
            models.CheckConstraint(
                name="action_validated_rating_says_why_who_and_when",
                condition=Q(validated_rating="", validated_at__isnull=True, validated_by__isnull=True)
                | (
                    ~Q(validated_rating="")
                    & ~Q(validated_reason="")
                    & Q(validated_at__isnull=False, validated_by__isnull=False)
                ),
                violation_error_message="A partnership's rating needs a reason, and who gave it when.",
            ),
            models.CheckConstraint(
                name="action_set_aside_says_why",
                condition=~Q(status__in=[Status.PAUSED, Status.SUPERSEDED]) | ~Q(status_reason=""),
                violation_error_message="Say why the action is paused or superseded.",
            ),
            models.CheckConstraint(
                name="action_is_not_superseded_by_itself",
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("pk")),
            ),
            models.CheckConstraint(
                name="action_submission_says_who_and_when", condition=together("submitted_at", "submitted_by")
            ),
            models.CheckConstraint(
                name="action_submitted_has_a_submission",
                condition=~Q(status=Status.SUBMITTED) | Q(submitted_at__isnull=False),
                violation_error_message="A submitted action needs who submitted it and when.",
            ),
            models.CheckConstraint(
                name="action_sign_off_says_who_and_when", condition=together("signed_off_at", "signed_off_by")
            ),
            models.CheckConstraint(
                name="action_is_not_signed_off_by_its_submitter",
                condition=Q(signed_off_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(signed_off_by=F("submitted_by")),
                violation_error_message="Somebody other than the person who submitted it must sign it off.",
            ),
            models.CheckConstraint(
                name="action_impact_result_says_who_and_when",
                condition=Q(impact_result="", impact_checked_at__isnull=True, impact_checked_by__isnull=True)
                | Q(
                    impact_result__in=ImpactResult.values,
                    impact_checked_at__isnull=False,
                    impact_checked_by__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return f"Action {self.label or self.order} of {self.recommendation}"

    def save(self, *args, **kwargs):
        """Save, keeping the review that of the recommendation and the first target date for good."""
        self.review_id = self.recommendation.section.review_id
        if self._state.adding:
            self.original_target_date = self.original_target_date or self.target_date
            if self.original_target_kind == TargetKind.NONE:
                self.original_target_kind = self.target_kind
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the address of the action's page."""
        return reverse("action", args=[self.pk])

    @property
    def target(self):
        """The target date with its kind and its words."""
        first = "" if self.times_moved else self.as_printed.get("target_date", "")
        words = self.as_printed.get("target_date_now", first)
        return TargetDate(self.target_date, TargetKind(self.target_kind), words)

    @property
    def due(self):
        """When it is due, as exactly as that is known: "31 May 2012", "May 2012", or the words of the plan."""
        return describe(self.target)

    @property
    def due_in_words(self):
        """When it is due, within a sentence."""
        if not self.due:
            return "no target date"
        return f"due {self.due}" if self.target_date else f"due: {self.due}"

    @property
    def originally_due(self):
        """When it was first due, in the same words."""
        kind = TargetKind(self.original_target_kind)
        return describe(TargetDate(self.original_target_date, kind, self.as_printed.get("target_date", "")))

    @property
    def is_open(self):
        """Whether it still needs doing."""
        return self.status not in CLOSED

    @property
    def days_moved(self):
        """How many days its target date now lies after the first one; 0 where either is missing."""
        if not (self.times_moved and self.target_date and self.original_target_date):
            return 0
        return (self.target_date - self.original_target_date).days

    @property
    def submitted_on(self):
        """The day of submission, or None."""
        return timezone.localdate(self.submitted_at) if self.submitted_at else None

    def is_overdue(self, on=None):
        """Whether it is past its target date on that day (today unless given)."""
        return rating.is_overdue(self, on or timezone.localdate())

    def days_overdue(self, on=None):
        """How many days it is past its target date on that day (today unless given); 0 when not overdue."""
        on = on or timezone.localdate()
        return (on - self.target_date).days if self.is_overdue(on) else 0

    def has_evidence(self):
        """Whether evidence that counts stands beside it."""
        return self.evidence.counting().exists()

    @property
    def last_submission(self):
        """The update by which it was last submitted as complete, or None."""
        return self.updates.filter(status_after=Status.SUBMITTED).exclude(status_before=Status.SUBMITTED).first()

    @property
    def request_that_waits(self):
        """The request for a later date that nobody has decided on, or None."""
        return self.extensions.filter(decision="waiting").select_related("asked_by").first()

    @property
    def agency_says(self):
        """The lead's own rating where it still counts; nothing once the action is done or set aside."""
        return self.own_rating if self.is_open else ""

    @property
    def delay(self):
        """How long it is overdue today, as a person would say it; empty when it is not."""
        return describe_delay(self.days_overdue())

    @property
    def impact_check_delay(self):
        """For how long its impact check has been due, as a person would say it; empty on the day itself."""
        days = (timezone.localdate() - self.impact_check_due).days if self.impact_check_due else 0
        return describe_delay(max(days, 0))

    def rating(self, on=None):
        """The rating on that day (today unless given): one of Rating."""
        return rating.of(self, on or timezone.localdate(), self.review.partnership)

    def computed_rating(self, on=None):
        """The rating without the partnership's own judgement, on that day (today unless given)."""
        return rating.computed(self, on or timezone.localdate(), self.review.partnership)

    @property
    def called(self):
        """What people call it: "58a", or the number of its recommendation where it has no label."""
        return f"{self.recommendation.number}{self.label.strip('().')}" or f"#{self.pk}"

    def permission_scope(self):
        """Whom the action concerns."""
        agencies = {self.lead_agency_id} | {agency.pk for agency in self.supporting_agencies.all()}
        return Scope(partnerships=frozenset([self.review.partnership_id]), agencies=frozenset(agencies - {None}))
