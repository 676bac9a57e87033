"""What is kept of each review so that a first page need not count a hundred thousand actions.

All of it can be found anew at any time. standing.py, found_warnings.py, theme_figures.py and theme_sums.py alone
write it.
"""

from datetime import date

from django.db import models
from django.utils import timezone

from reviews.models import Recommendation, Review, Theme
from scr_tracker.history import AppendOnly
from scr_tracker.models import Agency, Partnership, User, one_of

from ..warnings import Kind
from .action import Action


def number():
    """Return a field that counts something."""
    return models.PositiveIntegerField(default=0)


class Ratings(models.Model):
    """How many actions are rated how."""

    red, amber, green, blue, grey = number(), number(), number(), number(), number()

    class Meta:
        abstract = True


class Figures(Ratings):
    """How many actions are rated how, and how many are to do."""

    overdue, due_soon, returned, submitted = number(), number(), number(), number()

    class Meta:
        abstract = True


class Standing(Figures):
    """How the plan of a review stands on a day, in figures.

    ``…_lately`` counts the last seven days, ``…_since`` the days from ``since``, the partnership's last meeting.
    ``first_…`` is the oldest of what waits and ``last_update_at`` the newest of what was said, so that the few that a
    page shows are looked for in a few reviews. ``warnings_are_due`` says that the plan has changed since it was last
    looked through for warnings; ``wordings`` are its recommendations by what they say: {digest: key}; ``without_theme``
    are those that nobody has looked through for themes.
    """

    review = models.OneToOneField(Review, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    day = models.DateField(null=True)
    since = models.DateField(null=True)
    recommendations, no_action, without_theme = number(), number(), number()
    asked, impact_due, challenged, warnings = number(), number(), number(), number()
    signed_off_lately, signed_off_since = number(), number()
    newly_overdue_lately, newly_overdue_since = number(), number()
    moved_lately, moved_since = number(), number()
    updates_lately, updates_since = number(), number()
    first_submitted_at = models.DateTimeField(null=True)
    first_asked_at = models.DateTimeField(null=True)
    first_challenged_at = models.DateTimeField(null=True)
    first_overdue_on = models.DateField(null=True)
    last_update_at = models.DateTimeField(null=True)
    warnings_are_due = models.BooleanField(default=True)
    wordings = models.JSONField(default=dict)

    def __str__(self):
        return f"Standing of {self.review_id} on {self.day}"


class AgencyStanding(Figures):
    """How an agency's part of the plan of a review stands on the day of its Standing.

    The ratings are those of the actions that it leads; what is to do counts those that it supports as well.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="agency_standings")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="standings")
    to_do = number()
    first_due_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "agency"], name="agency_standing_is_kept_once"),
        ]

    def __str__(self):
        return f"Standing of {self.agency_id} in {self.review_id}"


class ThemeFigures(Ratings):
    """What is counted of the recommendations under a theme, and of the actions that answer them.

    ``repeats`` are the recommendations that repeat one which everybody sees who sees the review whole;
    ``repeats_elsewhere`` those that repeat only others: who may know of that is asked of each person.
    """

    recommendations, no_action = number(), number()
    held, not_held = number(), number()
    repeats, repeats_elsewhere = number(), number()

    class Meta:
        abstract = True


class ThemeStanding(ThemeFigures):
    """How what a review recommends under a theme stands on the day of its Standing.

    ``partnership``, ``restricted`` and ``dated`` are those of the review: the day when it was completed or else
    commissioned.
    """

    #: Stands for the day of a review that has none, so that reviews without a day come last.
    NO_DAY = date(1, 1, 1)

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="theme_standings")
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="standings")
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="+")
    restricted = models.BooleanField()
    dated = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["theme", "-dated", "review"], name="theme_standing_by_date"),
            models.Index(
                fields=["review"], name="theme_standing_elsewhere", condition=models.Q(repeats_elsewhere__gt=0)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["review", "theme"], name="theme_standing_is_kept_once"),
        ]

    def __str__(self):
        return f"Standing of theme {self.theme_id} in {self.review_id}"


class ThemeSum(ThemeFigures):
    """The sums of the ThemeStandings of a partnership: of its restricted reviews, and of its others."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="theme_sums")
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="sums")
    restricted = models.BooleanField()
    reviews = number()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "theme", "restricted"], name="theme_sum_is_kept_once"),
        ]

    def __str__(self):
        return f"Sum of theme {self.theme_id} in {self.partnership_id}"


class ThemesSummed(models.Model):
    """The day of which the ThemeSums of a partnership are, and how many of its recommendations have no theme."""

    partnership = models.OneToOneField(
        Partnership, on_delete=models.CASCADE, primary_key=True, related_name="themes_summed"
    )
    day = models.DateField(null=True)
    without_theme = number()

    def __str__(self):
        return f"Themes of {self.partnership_id} on {self.day}"


class ChangedThemes(models.Model):
    """A note, made where the figures of a review's themes came out otherwise, that the sums must be made anew."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="+")

    def __str__(self):
        return f"Themes of {self.partnership_id} have changed"


class ChangedReview(models.Model):
    """A note, made with each change of a review or of what belongs to it, that its figures must be found anew."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="changes_noted")

    def __str__(self):
        return f"Review {self.review_id} has changed"


class StandingSum(models.Model):
    """How the plans of a partnership stand together on a day: of its restricted reviews, or of its others.

    What ``figures`` holds is said in sums.py.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="standing_sums")
    restricted = models.BooleanField()
    day = models.DateField(null=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "restricted"], name="standing_sum_is_kept_once"),
        ]

    def __str__(self):
        return f"Standing of partnership {self.partnership_id} on {self.day}"


class AgencySum(Figures):
    """The sums of the AgencyStandings of a partnership: of its restricted reviews, or of its others."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="agency_sums")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="standing_sums")
    restricted = models.BooleanField()
    to_do = number()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "agency", "restricted"], name="agency_sum_is_kept_once"),
        ]

    def __str__(self):
        return f"Standing of {self.agency_id} in partnership {self.partnership_id}"


class ChangedStanding(models.Model):
    """A note, made when the figures of a review are found anew, that the sums of its partnership must be made anew."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="+")

    def __str__(self):
        return f"Standings of partnership {self.partnership_id} have changed"


class FoundWarningQuerySet(models.QuerySet):
    """Warnings in the domain's words."""

    def holding(self, on):
        """Those that time has not healed by a day, with ``is_settled``: whether somebody found them all right."""
        said = SettledWarning.objects.filter(about=models.OuterRef("about"))
        holds = models.Q(until__isnull=True) | models.Q(until__gt=on)
        return self.filter(holds).annotate(is_settled=models.Exists(said))

    def unsettled(self, on):
        """Those that hold on a day, and that nobody has found all right."""
        return self.holding(on).filter(is_settled=False)

    def counted_by_review(self):
        """How many each review has, as rows with ``review`` and ``warnings``."""
        return self.order_by().values("review").annotate(warnings=models.Count("pk"))


class FoundWarning(models.Model):
    """Something worth a second look in a plan, as it was last looked through.

    About a recommendation, an action, or neither: then about the whole plan. ``about`` is a digest of what the
    warning is about as it stood: the same thing unchanged has the same. ``until`` is the day from which it no longer
    holds, for what time heals.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="warnings")
    kind = models.CharField(max_length=20, choices=Kind)
    recommendation = models.ForeignKey(Recommendation, on_delete=models.CASCADE, null=True, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, null=True, related_name="+")
    place = models.PositiveIntegerField()
    says = models.TextField()
    about = models.CharField(max_length=64)
    until = models.DateField(null=True)

    objects = FoundWarningQuerySet.as_manager()

    class Meta:
        ordering = ["review", "place"]
        indexes = [
            models.Index(fields=["review", "kind"], name="found_warning_of_review"),
            models.Index(fields=["kind", "review", "place", "id"], name="found_warning_of_kind"),
        ]
        constraints = [one_of("kind", Kind, "found_warning_kind_is_known")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.says}"


class SettledWarning(AppendOnly):
    """That somebody looked at a warning and found that all is right, and why. Holds until the thing changes."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="settled_warnings")
    kind = models.CharField(max_length=20, choices=Kind)
    about = models.CharField(max_length=64, db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="settled_warnings")
    at = models.DateTimeField(default=timezone.now)
    why = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", Kind, "settled_warning_kind_is_known"),
            models.CheckConstraint(name="settled_warning_says_why", condition=~models.Q(why="")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.why}"
