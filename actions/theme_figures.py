"""What is kept of each theme in each review; found with the other figures of the review (standing.py)."""

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from reviews.models import Recommendation, RecommendationLink, RecommendationTheme

from . import summaries
from .choices import ImpactResult
from .models import Action, ThemeStanding

REPEATS = RecommendationLink.Relation.REPEATS
#: Where a review is reached from a recommendation under a theme, and from one that is answered, repeats or is repeated.
REVIEW, THEME = "recommendation__section__review", "recommendation__given_themes__theme"

#: What is counted of actions, beside their rating.
OF_ACTIONS = {
    "number": Count("pk"),
    "held": Count("pk", filter=Q(impact_result=ImpactResult.HELD)),
    "not_held": Count("pk", filter=Q(impact_result=ImpactResult.NOT_HELD)),
}
FIELDS = [field.name for field in ThemeStanding._meta.fields if field.name not in ("id", "review", "theme")]


def seen_with_the_review():
    """Return the condition that everybody sees both ends of a link who sees the review of its first end whole.

    Its other end is in the same review, or in one of the same partnership that is not restricted.
    """
    same_house = Q(**{"other__section__review__partnership": F(f"{REVIEW}__partnership")})
    return Q(other__section__review=F(REVIEW)) | (same_house & Q(other__section__review__restricted=False))


def repeating(reviews):
    """Return the keys of the reviews of which a recommendation repeats one of these reviews."""
    links = RecommendationLink.objects.filter(relation=REPEATS, other__section__review__in=reviews)
    return links.order_by().values_list(REVIEW, flat=True)


def find_anew(pks, on):
    """Keep the figures of the themes of some reviews; return the keys of the partnerships where they were otherwise.

    Whoever calls this holds the Standings of the reviews.
    """
    found = _figures(pks, on)
    kept = {(row.review_id, row.theme_id): row for row in ThemeStanding.objects.filter(review__in=pks)}
    changed = [row for key, row in found.items() if key not in kept or _differ(kept[key], row)]
    gone = [row for key, row in kept.items() if key not in found]
    ThemeStanding.objects.filter(pk__in=[row.pk for row in gone]).delete()
    ThemeStanding.objects.bulk_create(
        changed,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["review", "theme"],
        update_fields=FIELDS,
    )
    before = [kept[row.review_id, row.theme_id] for row in changed if (row.review_id, row.theme_id) in kept]
    return {row.partnership_id for row in (*changed, *gone, *before)}


def _differ(one, other):
    return any(getattr(one, name) != getattr(other, name) for name in ATTRIBUTES)


ATTRIBUTES = [ThemeStanding._meta.get_field(name).attname for name in FIELDS]


def _figures(pks, on):
    """Return {(review, theme): a ThemeStanding that is not saved yet}."""
    given = RecommendationTheme.objects.filter(**{f"{REVIEW}__in": pks}).order_by()
    rows = given.values(
        "theme_id",
        review_id=F(REVIEW),
        partnership_id=F(f"{REVIEW}__partnership"),
        restricted=F(f"{REVIEW}__restricted"),
        dated=Coalesce(f"{REVIEW}__completed_on", f"{REVIEW}__commissioned_on"),
    ).annotate(recommendations=Count("pk"))
    found = {}
    for row in rows:
        row["dated"] = row["dated"] or ThemeStanding.NO_DAY
        found[row["review_id"], row["theme_id"]] = ThemeStanding(**row)
    without = summaries.without_action(Recommendation.objects.filter(section__review__in=pks))
    lacking = given.filter(recommendation__in=without.values("pk")).values_list(REVIEW, "theme")
    for row, number in _rows(found, lacking.annotate(number=Count("pk"))):
        row.no_action = number
    actions = Action.objects.filter(review__in=pks, **{f"{THEME}__isnull": False}).with_rating(on).order_by()
    rated = actions.values_list("review", THEME, "rated").annotate(**OF_ACTIONS)
    for row, rated_as, number, held, not_held in _rows(found, rated):
        setattr(row, rated_as, number)
        row.held += held
        row.not_held += not_held
    links = RecommendationLink.objects.filter(relation=REPEATS, **{f"{REVIEW}__in": pks, f"{THEME}__isnull": False})
    repeated = Count("recommendation", distinct=True)
    plain = Count("recommendation", distinct=True, filter=seen_with_the_review())
    for row, number, here in _rows(
        found, links.order_by().values_list(REVIEW, THEME).annotate(all=repeated, here=plain)
    ):
        row.repeats, row.repeats_elsewhere = here, number - here
    return found


def _rows(found, counted):
    """Yield the ThemeStanding that each row of numbers is about. A theme given just now is found the next time."""
    for review, theme, *numbers in counted:
        if (review, theme) in found:
            yield found[review, theme], *numbers
