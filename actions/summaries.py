"""How many actions stand how in each review, and what of a recommendation was said before."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q

from reviews import similar
from reviews.models import NOTHING_OWED, Recommendation, RecommendationLink, Review

from . import rating
from .choices import DONE, ImpactResult
from .models import Action


@dataclass
class ReviewSummary:
    """A review with its figures."""

    review: Review
    recommendations: int = 0
    counts: dict = field(default_factory=dict)
    overdue: int = 0

    @property
    def actions(self):
        """How many actions the plan has."""
        return sum(number for found, number in self.counts.items() if found != rating.NO_ACTION)


def of_reviews(reviews, user):
    """Return a ReviewSummary of what the user sees of each review, in as many queries for one as for many."""
    reviews = list(reviews)
    pks = [review.pk for review in reviews]
    counts = defaultdict(dict)
    rated = Action.objects.visible_to(user).filter(review__in=pks).with_rating().order_by()
    for pk, found, number in rated.values_list("review", "rated").annotate(number=Count("pk")):
        counts[pk][found] = number
    overdue = dict(
        Action.objects.visible_to(user)
        .filter(review__in=pks)
        .overdue()
        .order_by()
        .values_list("review")
        .annotate(number=Count("pk"))
    )
    recommendations, without = {}, {}
    of_review = Recommendation.objects.visible_to(user).filter(section__review__in=pks).order_by()
    for pk, number in of_review.values_list("section__review").annotate(number=Count("pk")):
        recommendations[pk] = number
    lacking = without_action(of_review).values_list("section__review").annotate(number=Count("pk"))
    without = dict(lacking)
    return [
        ReviewSummary(
            review=review,
            recommendations=recommendations.get(review.pk, 0),
            counts={
                **{found: counts[review.pk].get(found, 0) for found in rating.WORST_FIRST},
                rating.NO_ACTION: without.get(review.pk, 0),
            },
            overdue=overdue.get(review.pk, 0),
        )
        for review in reviews
    ]


def without_action(recommendations):
    """Recommendations that are owed an action and have none."""
    answering = Action.objects.filter(recommendation=OuterRef("pk"))
    besides = Action.also_answers.through.objects.filter(recommendation=OuterRef("pk"))
    return recommendations.filter(~Exists(answering), ~Exists(besides)).exclude(acceptance__in=NOTHING_OWED)


def links_of(recommendation, user):
    """Return the links of a recommendation to and from others that the person may see."""
    return (
        RecommendationLink.objects.visible_to(user)
        .filter(Q(recommendation=recommendation) | Q(other=recommendation))
        .select_related("recommendation__section__review", "other__section__review")
        .order_by("pk")
    )


@dataclass
class SaidBefore:
    """A recommendation of another review that says much the same, and what came of it."""

    recommendation: Recommendation
    outcome: str


def said_before(recommendation, user):
    """Return what other reviews that the person may see recommended in much the same words, the nearest first."""
    return _with_outcome(similar.said_before(recommendation, user), user)


def said_before_text(text, where, user):
    """Return the same for a text that is not saved yet; ``where`` is the review or partnership that it is meant for."""
    review = where.pk if isinstance(where, Review) else None
    return _with_outcome(similar.said_before_text(text, user, review=review), user)


def _with_outcome(recommendations, user):
    answers = answering(recommendations, user)
    return [SaidBefore(each, outcome(answers[each.pk])) for each in recommendations]


def answering(recommendations, user):
    """Return {key of a recommendation: the actions that answer it, as the person sees them}.

    Of each action is read how it stands; all that answer a recommendation are of its own review.
    """
    keys = [each.pk for each in recommendations]
    also = Action.also_answers.through.objects.filter(recommendation__in=keys).values_list("action", "recommendation")
    also = list(also)  # were the database to look these few up, it would read through all actions
    seen = Action.objects.visible_to(user).filter(Q(recommendation__in=keys) | Q(pk__in={key for key, _ in also}))
    actions = seen.order_by("order", "pk").only("recommendation", *rating.READ, "impact_result").in_bulk()
    found = defaultdict(list)
    for action in actions.values():
        found[action.recommendation_id].append(action)
    for key, recommendation in also:
        if key in actions:
            found[recommendation].append(actions[key])
    return found


def outcome(actions):
    """Say in a few words what was done, and whether it held."""
    if not actions:
        return "No action answers it"
    done = sum(action.status in DONE for action in actions)
    of = f"{len(actions)} action{'s' if len(actions) > 1 else ''}"
    held = sum(action.impact_result == ImpactResult.HELD for action in actions)
    fell = sum(action.impact_result == ImpactResult.NOT_HELD for action in actions)
    said = f"{done} of {of} complete" if done else f"None of {of} complete" if len(actions) > 1 else "Not complete"
    more = [f"{held} made a lasting difference" * bool(held), f"{fell} did not last" * bool(fell)]
    return "; ".join(filter(None, [said, *more]))
