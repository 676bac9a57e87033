"""Themes over all reviews that a person may see: how often each returns, what was done, and whether it held."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q

from reviews.models import Recommendation, RecommendationLink, RecommendationTheme, Theme

from . import rating, summaries
from .choices import ImpactResult
from .models import Action

REPEATS = RecommendationLink.Relation.REPEATS


@dataclass
class Figures:
    """What is counted of some recommendations."""

    recommendations: int = 0
    reviews: int = 0
    repeats: int = 0
    held: int = 0
    not_held: int = 0
    counts: dict = field(default_factory=lambda: dict.fromkeys((*rating.WORST_FIRST, rating.NO_ACTION), 0))

    @property
    def actions(self):
        """How many actions answer them."""
        return sum(number for found, number in self.counts.items() if found != rating.NO_ACTION)

    def add(self, rated, number, held, not_held):
        """Count actions of one rating, and how many of them held."""
        self.counts[rated] += number
        self.held += held
        self.not_held += not_held


#: What is counted of actions, beside their rating.
OF_ACTIONS = {
    "number": Count("pk"),
    "held": Count("pk", filter=Q(impact_result=ImpactResult.HELD)),
    "not_held": Count("pk", filter=Q(impact_result=ImpactResult.NOT_HELD)),
}


@dataclass
class ThemeSummary:
    """A theme with its figures."""

    theme: Theme
    figures: Figures


def summaries_for(user):
    """Return a ThemeSummary of each theme that the person may see, the most frequent first.

    Nothing is counted that the person may not see; it takes the same number of queries whatever there is.
    """
    found, visible = defaultdict(Figures), Recommendation.objects.visible_to(user)
    given = RecommendationTheme.objects.filter(recommendation__in=visible.values("pk")).order_by()
    in_reviews = Count("recommendation__section__review", distinct=True)
    for key, number, reviews in given.values_list("theme").annotate(number=Count("pk"), reviews=in_reviews):
        found[key].recommendations, found[key].reviews = number, reviews
    without = summaries.without_action(visible).values("pk")
    lacking = RecommendationTheme.objects.filter(recommendation__in=without).order_by()
    for key, number in lacking.values_list("theme").annotate(number=Count("pk")):
        found[key].counts[rating.NO_ACTION] = number
    theme = "recommendation__given_themes__theme"
    actions = Action.objects.visible_to(user).with_rating().order_by().filter(**{f"{theme}__isnull": False})
    for key, *numbers in actions.values_list(theme, "rated").annotate(**OF_ACTIONS):
        found[key].add(*numbers)
    links = (
        RecommendationLink.objects.visible_to(user).order_by().filter(relation=REPEATS, **{f"{theme}__isnull": False})
    )
    for key, number in links.values_list(theme).annotate(number=Count("recommendation", distinct=True)):
        found[key].repeats = number
    themes = Theme.objects.visible_to(user).current().select_related("partnership")
    told = [ThemeSummary(each, found[each.pk]) for each in themes]
    return sorted(told, key=lambda each: (-each.figures.recommendations, each.theme.name.casefold()))


def figures_of(recommendations, user):
    """Return the Figures of recommendations that the person may see, in as many queries for one as for many."""
    recommendations = recommendations.order_by()
    keys = recommendations.values("pk")
    figures = Figures(
        **recommendations.aggregate(recommendations=Count("pk"), reviews=Count("section__review", distinct=True))
    )
    figures.counts[rating.NO_ACTION] = summaries.without_action(recommendations).count()
    actions = Action.objects.visible_to(user).with_rating().order_by().filter(recommendation__in=keys)
    for numbers in actions.values_list("rated").annotate(**OF_ACTIONS):
        figures.add(*numbers)
    links = RecommendationLink.objects.visible_to(user).filter(relation=REPEATS, recommendation__in=keys)
    figures.repeats = links.values("recommendation").distinct().count()
    return figures


@dataclass
class Told:
    """A recommendation of a theme: how it is rated, what was done, and what it repeats or is repeated by."""

    recommendation: Recommendation
    rating: str
    outcome: str
    repeats: list
    repeated_by: list


def told(recommendations, user):
    """Return a Told for each of some recommendations, in as many queries for one as for many."""
    answers = summaries.answering(recommendations, user)
    keys = [each.pk for each in recommendations]
    links = (
        RecommendationLink.objects.visible_to(user)
        .filter(Q(recommendation__in=keys) | Q(other__in=keys), relation=REPEATS)
        .select_related("recommendation__section__review", "other__section__review")
        .order_by("pk")
    )
    repeats, repeated_by = defaultdict(list), defaultdict(list)
    for link in links:
        repeats[link.recommendation_id].append(link.other)
        repeated_by[link.other_id].append(link.recommendation)
    return [
        Told(
            recommendation=each,
            rating=rating.worst(action.rated for action in answers[each.pk]),
            outcome=summaries.outcome(answers[each.pk]),
            repeats=repeats[each.pk],
            repeated_by=repeated_by[each.pk],
        )
        for each in recommendations
    ]


def to_look_through(user, permission, *, review=None):
    """Return the recommendations without a theme to which the person may give one, the oldest first."""
    found = Recommendation.objects.visible_to(user).where_granted(user, permission).without_a_theme()
    return (found.filter(section__review=review) if review else found).order_by("pk")
