"""Reviews, and what they recommend.

Where each field of a printed plan is kept is said on the models; ``as_printed`` holds, keyed by
column, the words of a document beside the values that we read from them.
"""

from functools import lru_cache

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from scr_tracker.history import AppendOnly, History, TrackedQuerySet
from scr_tracker.models import Agency, Partnership, User, one_of
from scr_tracker.permissions import Role, Scope


class Kind(models.TextChoices):
    """The kind of review: it gives the word that every page uses."""

    SCR = "scr", "Serious Case Review"
    LCSPR = "lcspr", "Local Child Safeguarding Practice Review"
    SAR = "sar", "Safeguarding Adults Review"
    DHR = "dhr", "Domestic Homicide Review"
    DARDR = "dardr", "Domestic Abuse Related Death Review"
    RAPID = "rapid", "Rapid review"
    THEMATIC = "thematic", "Thematic review"
    OTHER = "other", "Learning review"

    @property
    def short(self):
        """The abbreviation in common use, or the whole name where there is none."""
        return self.value.upper() if self.value in {"scr", "lcspr", "sar", "dhr", "dardr"} else self.label


class Level(models.TextChoices):
    """For whom a review was made: partnerships report every year on what they did about both."""

    LOCAL = "local", "Local"
    NATIONAL = "national", "National"


class Publication(models.TextChoices):
    """Whether the public may read the report."""

    UNDECIDED = "undecided", "Not decided"
    TO_BE_PUBLISHED = "to_be_published", "To be published"
    PUBLISHED = "published", "Published"
    WITHHELD = "withheld", "Withheld"


class ReviewQuerySet(TrackedQuerySet):
    """Reviews in the domain's words."""

    def wholly_visible_to(self, user):
        """Reviews of which the user sees the whole plan."""
        return self.filter(seen_whole_by(user))

    def visible_to(self, user):
        """Reviews that the user sees whole, or in which an agency of theirs leads or supports an action."""
        if user.is_superuser and user.is_active:
            return self
        if not user.led_agencies:
            return self.wholly_visible_to(user)
        parts = named_or_unrestricted(user) & models.Q(pk__in=of_actions_of(user, "review"))
        if not user.own_partnerships:
            return self.filter(parts)
        return self.filter(models.Q(pk__in=keys_seen_whole_by(user)) | parts)

    def with_wholeness(self, user):
        """Add ``seen_whole``: whether the user sees the whole plan, or only what concerns their agencies."""
        whole = Review.objects.wholly_visible_to(user).filter(pk=models.OuterRef("pk"))
        return self.annotate(seen_whole=models.Exists(whole))


def seen_whole_by(user, to=""):
    """Return the condition that the user sees the whole plan of a review; ``to`` leads to it, such as "review__".

    Those of the partnerships in which the user has a role; restricted ones for their business managers and
    for the members named. The partnerships are asked for by their keys: a database that looks them
    up takes them for far fewer than they are, and then reads large tables row by row.
    """
    if not user.is_active:
        return models.Q(pk__in=[])
    if user.is_superuser:
        return models.Q()
    return _seen_whole_by(user.pk, *partnerships_of(user), to)


def _seen_whole_by(user_pk, managed, others, to=""):
    all_of, open_of = (models.Q(**{f"{to}partnership__in": keys}) for keys in (managed, others))
    if not others:
        return all_of
    open_of &= _named_or_unrestricted(user_pk, to)
    return all_of | open_of if managed else open_of


def partnerships_of(user):
    """Return the keys of the partnerships that the user manages, and of the others in which they have a role."""
    own = [held for held in user.holds if held.agency is None]
    managed = {held.partnership for held in own if held.role == Role.BUSINESS_MANAGER}
    return tuple(sorted(managed)), tuple(sorted({held.partnership for held in own} - managed))


def named_or_unrestricted(user, to=""):
    """Return the condition that a review is open to those who may see it at all, or names the user."""
    return _named_or_unrestricted(user.pk, to)


def _named_or_unrestricted(user_pk, to=""):
    return models.Q(**{f"{to}restricted": False}) | models.Q(**{f"{to}pk__in": _naming(user_pk)})


# What most pages are narrowed by, several times each. The database answers it at once; it is Django that takes its time
# to put it together. So it is kept as text, by all that it depends on.


def as_text(queryset):
    """Return a query of keys as text, to look for a key in."""
    try:
        return RawSQL(*queryset.order_by().query.sql_with_params())
    except EmptyResultSet:
        return ()


@lru_cache(maxsize=1024)
def _naming(user_pk):
    return as_text(Review.named_people.through.objects.filter(user=user_pk).values("review"))


@lru_cache(maxsize=1024)
def _keys_open_to(user_pk):
    return as_text(Review.objects.filter(_named_or_unrestricted(user_pk)).values("pk"))


@lru_cache(maxsize=1024)
def _keys_closed_to(user_pk):
    return as_text(Review.objects.filter(~_named_or_unrestricted(user_pk)).values("pk"))


@lru_cache(maxsize=1024)
def _keys_seen_whole_by(user_pk, managed, others):
    return as_text(Review.objects.filter(_seen_whole_by(user_pk, managed, others)).values("pk"))


def keys_open_to(user):
    """Return the keys of the reviews that are not restricted, or name the user, to look for a key in."""
    return _keys_open_to(user.pk)


def keys_closed_to(user):
    """Return the keys of the reviews that are restricted and do not name the user: few, as a rule."""
    return _keys_closed_to(user.pk)


def keys_seen_whole_by(user):
    """Return the keys of the reviews that the user sees whole, to look for a key in."""
    if user.is_active and not user.is_superuser:
        return _keys_seen_whole_by(user.pk, *partnerships_of(user))
    return Review.objects.wholly_visible_to(user).values("pk")


def of_actions_of(user, *fields):
    """Return the values of some fields of the actions that an agency of the user's leads or supports.

    Each way to an agency is asked by itself: the database then starts from the few agencies, not from everything. They
    are asked for by their keys, which are known.
    """
    return _of_actions_of(tuple(user.led_agencies), fields)


@lru_cache(maxsize=1024)
def _of_actions_of(agencies, fields):
    actions = Review._meta.get_field("actions").related_model._base_manager.order_by()
    first, *others = (
        actions.filter(**{f"{way}__in": agencies, f"{name}__isnull": False}).values(name)
        for name in fields
        for way in ("lead_agency", "supporting_agencies")
    )
    return as_text(first.union(*others, all=True))


class Review(models.Model):
    """A review of a death or of serious harm, and the plan that answers it.

    The plan's own layout is kept so that it can be printed as its board knows it:
    ``plan_title``; ``plan_columns``, a list of ``{"field": …, "heading": …}`` in printed order, where
    field is a field of the plan (recommendation, action, target_date, lead, intended_outcome, status,
    evidence_expected, completion_evidence, progress, response, …); ``plan_keys``, a list of
    ``{"heading": …, "items": […]}``; ``plan_notes``, the text printed before or after the tables.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LCSPR)
    level = models.CharField(
        max_length=10,
        choices=Level,
        default=Level.LOCAL,
        help_text="National: its recommendations come from a national panel or inquiry, and are answered here too.",
    )
    reference = models.CharField(max_length=40, help_text="The partnership's own reference, such as 0319.")
    pseudonym = models.CharField(
        max_length=120,
        blank=True,
        help_text="The name that the review gives the child or adult. Never the real one.",
    )
    commissioned_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    publication = models.CharField(max_length=20, choices=Publication, default=Publication.UNDECIDED)
    publication_reason = models.TextField(blank=True, help_text="Why it is withheld, such as criminal proceedings.")
    report_url = models.URLField("link to the report", blank=True)
    lead_reviewer = models.CharField(max_length=200, blank=True)
    restricted = models.BooleanField(
        default=False, help_text="Only business managers and the people named below may see it."
    )
    named_people = models.ManyToManyField(User, related_name="named_reviews", blank=True)

    plan_title = models.CharField(max_length=300, blank=True)
    plan_columns = models.JSONField(default=list, blank=True)
    plan_keys = models.JSONField(default=list, blank=True)
    plan_notes = models.TextField(blank=True)
    as_printed = models.JSONField(
        default=dict, blank=True, help_text="partnership, review_name: as the imported document gives them."
    )

    objects = ReviewQuerySet.as_manager()
    history = History(m2m_fields=[named_people])

    class Meta:
        ordering = ["-commissioned_on", "reference", "pk"]
        indexes = [
            models.Index(fields=["-commissioned_on", "reference", "id"], name="review_in_order"),
            models.Index(fields=["id"], condition=models.Q(restricted=True), name="review_restricted"),
        ]
        constraints = [
            one_of("kind", Kind, "review_kind_is_known"),
            one_of("level", Level, "review_level_is_known"),
            one_of("publication", Publication, "review_publication_is_known"),
            models.UniqueConstraint(
                fields=["partnership", "reference"],
                name="review_reference_is_unique_in_its_partnership",
                violation_error_message="This partnership already has a review with this reference.",
            ),
            models.CheckConstraint(
                name="review_withheld_says_why",
                condition=~models.Q(publication=Publication.WITHHELD) | ~models.Q(publication_reason=""),
                violation_error_message="Say why the review is withheld from publication.",
            ),
            models.CheckConstraint(
                name="review_is_completed_after_it_is_commissioned",
                condition=models.Q(commissioned_on__isnull=True)
                | models.Q(completed_on__isnull=True)
                | models.Q(completed_on__gte=models.F("commissioned_on")),
                violation_error_message="The review cannot be completed before it was commissioned.",
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.pseudonym}".strip()

    def get_absolute_url(self):
        """Return the address of the review's plan."""
        return reverse("plan", args=[self.pk])

    @property
    def kind_short(self):
        """The abbreviation of the kind of review, such as LCSPR."""
        return Kind(self.kind).short

    def permission_scope(self):
        """Whom the review concerns."""
        return Scope(partnerships=frozenset([self.partnership_id]))


class SectionQuerySet(TrackedQuerySet):
    """Sections in the domain's words."""

    def visible_to(self, user):
        """Sections of the reviews seen whole, and those that hold a recommendation which the user sees."""
        seen = Recommendation.objects.visible_to(user).values("section")
        return self.filter(models.Q(review__in=keys_seen_whole_by(user)) | models.Q(pk__in=seen))

    def with_size(self):
        """Add ``size``: how many recommendations each holds."""
        return self.annotate(size=models.Count("recommendations"))


class Section(models.Model):
    """A part of a plan: an agency's, or a theme's. ``as_printed``: heading, agency."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="sections")
    number = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=300)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="sections")
    order = models.PositiveIntegerField()
    as_printed = models.JSONField(default=dict, blank=True)

    objects = SectionQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["review", "order"]
        constraints = [
            models.UniqueConstraint(fields=["review", "order"], name="section_order_is_unique_in_its_review"),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}" if self.number else self.title


class Source(models.TextChoices):
    """Which report a recommendation comes from."""

    UNKNOWN = "", "Not said"
    OVERVIEW = "overview", "Overview report"
    HEALTH_OVERVIEW = "health_overview", "Health overview report"
    AGENCY_REVIEW = "agency_review", "Agency's own review"


class Practice(models.TextChoices):
    """Whether a recommendation asks for something new."""

    UNKNOWN = "", "Not said"
    NEW = "new", "New practice"
    REMINDER = "reminder", "Reminder of existing practice"


class Acceptance(models.TextChoices):
    """What the partnership decided about a recommendation."""

    UNDECIDED = "", "Not decided"
    ACCEPTED = "accepted", "Accepted"
    NOT_ACCEPTED = "not_accepted", "Not accepted"
    NO_ACTION_NEEDED = "no_action_needed", "No action needed"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: Decisions by which no action is owed; each needs a reason.
NOTHING_OWED = (Acceptance.NOT_ACCEPTED, Acceptance.NO_ACTION_NEEDED, Acceptance.WITHDRAWN)


class RecommendationQuerySet(TrackedQuerySet):
    """Recommendations in the domain's words."""

    def visible_to(self, user):
        """Recommendations of the reviews seen whole, and those that an agency of the user's helps to answer."""
        if user.is_superuser and user.is_active:
            return self
        whole = models.Q(section__review__in=keys_seen_whole_by(user))
        if not user.led_agencies:
            return self.filter(whole)
        of_theirs = of_actions_of(user, "recommendation", "also_answers")
        parts = models.Q(section__review__in=keys_open_to(user), pk__in=of_theirs)
        return self.filter(whole | parts if user.own_partnerships else parts)

    def where_granted(self, user, permission):
        """Recommendations of the partnerships in which the user holds the permission in their own right."""
        if user.is_superuser and user.is_active:
            return self
        return self.filter(section__review__partnership__in=user.partnerships_granting(permission))

    def without_a_theme(self):
        """Those that have no theme, and of which nobody has said that none fits."""
        return self.filter(without_a_theme())

    def by_review(self):
        """Those of the latest reviews first, in the order of each plan."""
        date = Coalesce("section__review__completed_on", "section__review__commissioned_on")
        return self.order_by(date.desc(nulls_last=True), "section__review_id", "section__order", "order", "pk")

    def in_plan_order(self):
        """In the order of the printed plan."""
        return self.order_by("section__review", "section__order", "order", "pk")


def without_a_theme():
    """Return the condition that a recommendation has no theme, and that nobody has said that none fits."""
    given = RecommendationTheme.objects.filter(recommendation=models.OuterRef("pk"))
    none_fits = RefusedTheme.objects.filter(recommendation=models.OuterRef("pk"), theme__isnull=True)
    return models.Q(~models.Exists(given), ~models.Exists(none_fits))


class Recommendation(models.Model):
    """What a review asks for.

    ``action_intro``, ``evidence_expected``, ``completion_evidence`` and ``intended_outcome`` hold the
    text that belongs to no single action. ``as_printed`` may hold: number, source, practice, target_date,
    lead, status, progress (the whole cell where it could not be shared out among the actions).
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="recommendations")
    number = models.CharField(max_length=20, blank=True, help_text="As printed; empty where none is printed.")
    order = models.PositiveIntegerField()
    text = models.TextField()
    source = models.CharField(max_length=20, choices=Source, blank=True, default=Source.UNKNOWN)
    practice = models.CharField(max_length=20, choices=Practice, blank=True, default=Practice.UNKNOWN)
    intended_outcome = models.TextField(blank=True)
    action_intro = models.TextField("lead-in to the actions", blank=True)
    evidence_expected = models.TextField(blank=True)
    completion_evidence = models.TextField("what was done, with evidence", blank=True)
    acceptance = models.CharField(max_length=20, choices=Acceptance, blank=True, default=Acceptance.UNDECIDED)
    acceptance_reason = models.TextField(blank=True)
    as_printed = models.JSONField(default=dict, blank=True)
    source_place = models.CharField(
        "where it was imported from",
        max_length=300,
        blank=True,
        editable=False,
        help_text="Such as: plan.docx, table 3, row 12.",
    )

    objects = RecommendationQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["section", "order"]
        constraints = [
            models.UniqueConstraint(fields=["section", "order"], name="recommendation_order_is_unique_in_its_section"),
            one_of("source", Source, "recommendation_source_is_known"),
            one_of("practice", Practice, "recommendation_practice_is_known"),
            one_of("acceptance", Acceptance, "recommendation_acceptance_is_known"),
            models.CheckConstraint(name="recommendation_says_something", condition=~models.Q(text="")),
            models.CheckConstraint(
                name="recommendation_without_action_says_why",
                condition=~models.Q(acceptance__in=[each.value for each in NOTHING_OWED])
                | ~models.Q(acceptance_reason=""),
                violation_error_message="Say why the recommendation is not accepted, withdrawn or needs no action.",
            ),
        ]

    def __str__(self):
        if self.number:
            return f"Recommendation {self.number}"
        return f"Recommendation “{Truncator(self.text).words(8)}”"

    def get_absolute_url(self):
        """Return the address of the recommendation's page."""
        return reverse("recommendation", args=[self.pk])

    @property
    def needs_action(self):
        """Whether an action is owed: the recommendation was not turned down, withdrawn or found answered."""
        return self.acceptance not in NOTHING_OWED

    def permission_scope(self):
        """Whom the recommendation concerns."""
        return self.section.review.permission_scope()


class ResponseQuerySet(TrackedQuerySet):
    """Responses in the domain's words."""

    def visible_to(self, user):
        """Responses to the recommendations that the user sees."""
        seen = Recommendation.objects.visible_to(user).values("pk")
        answering = Response.recommendations.through.objects.filter(recommendation__in=seen)
        return self.filter(pk__in=answering.values("response"))


class Response(models.Model):
    """What the partnership answered; one response may answer several recommendations.

    ``as_printed`` may hold: heading ("Response to recommendations 5 to 9").
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="responses")
    recommendations = models.ManyToManyField(Recommendation, related_name="responses")
    text = models.TextField()
    order = models.PositiveIntegerField()
    as_printed = models.JSONField(default=dict, blank=True)

    objects = ResponseQuerySet.as_manager()
    history = History(m2m_fields=[recommendations])

    class Meta:
        ordering = ["review", "order"]
        constraints = [
            models.UniqueConstraint(fields=["review", "order"], name="response_order_is_unique_in_its_review"),
            models.CheckConstraint(name="response_says_something", condition=~models.Q(text="")),
        ]

    def __str__(self):
        return self.text[:80]


class ThemeQuerySet(TrackedQuerySet):
    """Themes in the domain's words."""

    def visible_to(self, user):
        """Everybody's themes, those of partnerships in which the user has a role, and those of what they see.

        The last is for agency leads, who see recommendations in partnerships that are not their own.
        """
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        seen = models.Q(partnership__isnull=True) | models.Q(partnership__in=user.own_partnerships)
        if user.led_agencies:
            visible = Recommendation.objects.visible_to(user)
            given = RecommendationTheme.objects.filter(recommendation__in=visible.values("pk"))
            seen |= models.Q(pk__in=given.values("theme"))
        return self.filter(seen)

    def current(self):
        """Those that were not merged into another."""
        return self.filter(merged_into__isnull=True)

    def fitting(self, partnership):
        """Those that may be given to a recommendation of a partnership: everybody's, and its own."""
        return self.current().filter(models.Q(partnership__isnull=True) | models.Q(partnership=partnership))

    def called(self, name):
        """Themes of this name, whatever its capitals."""
        return self.filter(name__iexact=name)


class Theme(models.Model):
    """A subject that returns in review after review, such as "voice of the child".

    It is everybody's, or a partnership's own: then nobody elsewhere learns of it.
    """

    name = models.CharField(max_length=120)
    about = models.TextField("what belongs to it", blank=True)
    words = models.TextField(
        "words that suggest it", blank=True, help_text="One to a line. A * at the end stands for any ending."
    )
    partnership = models.ForeignKey(
        Partnership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="themes",
        help_text="Whose own it is. Empty: everybody's.",
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged_here"
    )
    recommendations = models.ManyToManyField(Recommendation, through="RecommendationTheme", related_name="themes")

    objects = ThemeQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="theme_name_is_unique",
                condition=models.Q(partnership__isnull=True),
                violation_error_message="There is already a theme with this name.",
            ),
            models.UniqueConstraint(
                Lower("name"),
                "partnership",
                name="theme_name_is_unique_in_its_partnership",
                violation_error_message="This partnership already has a theme with this name.",
            ),
            models.CheckConstraint(name="theme_has_a_name", condition=~models.Q(name="")),
            models.CheckConstraint(
                name="theme_is_merged_into_another", condition=~models.Q(merged_into=models.F("pk"))
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address of the theme's page."""
        return reverse("theme", args=[self.pk])

    @property
    def phrases(self):
        """The words that suggest it, as a list."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]

    def permission_scope(self):
        """Whom what is done to the theme concerns: its partnership; of everybody's, no partnership alone."""
        return Scope(partnerships=frozenset({self.partnership_id} - {None}))


class RecommendationTheme(models.Model):
    """That a person gave a recommendation a theme, suggested or not; its history says who and why."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="given_themes")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="given")

    objects = TrackedQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["recommendation", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["theme", "recommendation"], name="theme_is_given_to_a_recommendation_once"),
        ]

    def __str__(self):
        return f"{self.recommendation}: {self.theme}"


class RefusedTheme(AppendOnly):
    """That a person found that a suggested theme does not fit a recommendation; without a theme, that none fits."""

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="refused_themes")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="refused")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["recommendation", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["recommendation", "theme"], name="theme_is_refused_once"),
            models.UniqueConstraint(
                fields=["recommendation"],
                name="no_theme_fits_is_said_once",
                condition=models.Q(theme__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.recommendation}: not {self.theme or 'any theme'}"


class KeptWordings(models.Model):
    """The wordings of all recommendations, taken apart and kept so that a new process need not (similar.py).

    Nothing stands here that could not be made anew from the recommendations.
    """

    made_by = models.CharField("by which rules it was made", max_length=64)
    up_to = models.BigIntegerField("the newest line of history that it knows")
    content = models.BinaryField()

    class Meta:
        verbose_name_plural = "kept wordings"

    def __str__(self):
        return f"Wordings up to {self.up_to}"


class RecommendationLinkQuerySet(TrackedQuerySet):
    """Links in the domain's words."""

    def visible_to(self, user):
        """Links of which the user sees both ends."""
        if not user.led_agencies:
            # The few links lead to their reviews; of a list of all that is seen, the database would make a table.
            whole = keys_seen_whole_by(user)
            return self.filter(recommendation__section__review__in=whole, other__section__review__in=whole)
        seen = Recommendation.objects.visible_to(user).values("pk")
        return self.filter(recommendation__in=seen, other__in=seen)


class RecommendationLink(models.Model):
    """How one recommendation stands to another, across reviews and partnerships."""

    class Relation(models.TextChoices):
        """What the first recommendation does to the second."""

        REPEATS = "repeats", "Repeats"
        ANSWERED_BY = "answered_by", "Is answered by"
        SUPERSEDES = "supersedes", "Supersedes"
        SEE_ALSO = "see_also", "See also"

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="links_here")
    relation = models.CharField(max_length=20, choices=Relation)

    objects = RecommendationLinkQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["recommendation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation", "other", "relation"], name="recommendation_link_is_made_once"
            ),
            models.CheckConstraint(
                name="recommendation_link_is_to_another",
                condition=~models.Q(recommendation=models.F("other")),
                violation_error_message="A recommendation cannot be linked to itself.",
            ),
            models.CheckConstraint(
                name="recommendation_link_relation_is_known",
                condition=models.Q(relation__in=["repeats", "answered_by", "supersedes", "see_also"]),
            ),
        ]

    def __str__(self):
        return f"{self.recommendation} {self.get_relation_display().lower()} {self.other}"
