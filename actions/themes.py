"""Themes over all reviews that a person may see: how often each returns, what was done, and whether it held.

Of the reviews that somebody sees whole, the figures are kept (theme_sums.py, theme_figures.py). Of the actions of their
agencies in other reviews, agency leads have them counted.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from reviews.models import Recommendation, RecommendationLink, Theme, keys_seen_whole_by

from . import rating, summaries, theme_figures, theme_sums
from .models import Action, ThemesSummed, ThemeStanding, ThemeSum
from .theme_figures import OF_ACTIONS, REPEATS, REVIEW, THEME
from .theme_sums import NUMBERS


@dataclass
class Figures:
    """What is counted of some recommendations."""

    recommendations: int = 0
    reviews: int = 0
    repeats: int = 0
    repeats_elsewhere: int = field(default=0, compare=False)
    held: int = 0
    not_held: int = 0
    counts: dict = field(default_factory=lambda: dict.fromkeys((*rating.WORST_FIRST, rating.NO_ACTION), 0))

    @property
    def actions(self):
        """How many actions answer them."""
        return sum(number for found, number in self.counts.items() if found != rating.NO_ACTION)

    def add_kept(self, reviews, **numbers):
        """Add what is kept of so many reviews."""
        self.reviews += reviews
        for name, number in numbers.items():
            if name in self.counts:
                self.counts[name] += number
            else:
                setattr(self, name, getattr(self, name) + number)

    def add(self, rated, number, held, not_held):
        """Count actions of one rating, and how many of them held."""
        self.counts[rated] += number
        self.held += held
        self.not_held += not_held


@dataclass
class ThemeSummary:
    """A theme with its figures."""

    theme: Theme
    figures: Figures


def summaries_for(user):
    """Return a ThemeSummary of each theme that the person may see, the most frequent first.

    Nothing is counted that the person may not see; it takes the same number of queries whatever there is.
    """
    found = _figures_by_theme(user)
    themes = Theme.objects.visible_to(user).current().select_related("partnership")
    told = [ThemeSummary(each, found[each.pk]) for each in themes]
    return sorted(told, key=lambda each: (-each.figures.recommendations, each.theme.name.casefold()))


def _figures_by_theme(user):
    """Return {key of a theme: Figures} of all that the person may see."""
    theme_sums.refresh(theme_sums.of_user(user))
    found, sight = defaultdict(Figures), theme_sums.Sight(user)
    _add_sums(found, ThemeSum.objects.filter(sight.summed), Sum("reviews"))
    if sight.named:
        _add_sums(found, ThemeStanding.objects.filter(sight.named), Count("pk"))
    _add_repeats_elsewhere(found, user, ThemeStanding.objects.filter(sight.whole))
    if leads(user):
        _add_parts(found, user)
    return found


def _add_sums(found, rows, reviews):
    """Add the sums of what is kept to the Figures of each theme."""
    summed = rows.order_by().values_list("theme").annotate(reviews_=reviews, **{f"{n}_": Sum(n) for n in NUMBERS})
    for theme, in_reviews, *numbers in summed:
        found[theme].add_kept(in_reviews, **dict(zip(NUMBERS, numbers, strict=True)))


def _add_repeats_elsewhere(found, user, rows):
    """Add the recommendations that repeat only such as not everybody sees, but this person does.

    ``rows`` are the ThemeStandings of which the Figures are: the person sees their reviews whole.
    """
    if not any(figures.repeats_elsewhere for figures in found.values()):
        return
    doubtful = rows.filter(repeats_elsewhere__gt=0)
    reviews = set(doubtful.order_by().values_list("review", flat=True))
    plain = RecommendationLink.objects.filter(
        theme_figures.seen_with_the_review(), relation=REPEATS, recommendation=OuterRef("recommendation")
    )
    links = RecommendationLink.objects.visible_to(user).filter(
        ~Exists(plain),
        relation=REPEATS,
        **{f"{REVIEW}__in": reviews, f"{THEME}__isnull": False},
    )
    counted = links.order_by().values_list(THEME).annotate(number=Count("recommendation", distinct=True))
    for theme, number in counted:
        if theme in found:
            found[theme].repeats += number


def leads(user):
    """Whether the person leads for an agency, and so sees parts of reviews."""
    return bool(user.led_agencies)


def _add_parts(found, user):
    """Count what the person sees of reviews that they do not see whole. All of it has an action."""
    whole = keys_seen_whole_by(user)
    parts = Recommendation.objects.visible_to(user).exclude(section__review__in=whole).order_by()
    given = parts.filter(given_themes__isnull=False).values_list("given_themes__theme")
    in_reviews = Count("section__review", distinct=True)
    for theme, number, reviews in given.annotate(number=Count("pk"), reviews=in_reviews):
        found[theme].recommendations += number
        found[theme].reviews += reviews
    actions = Action.objects.visible_to(user).exclude(review__in=whole).filter(**{f"{THEME}__isnull": False})
    for theme, *numbers in actions.with_rating().order_by().values_list(THEME, "rated").annotate(**OF_ACTIONS):
        found[theme].add(*numbers)
    repeats = _repeating(parts, user).order_by().filter(**{f"{THEME}__isnull": False}).values_list(THEME)
    for theme, number in repeats.annotate(number=Count("recommendation", distinct=True)):
        found[theme].repeats += number


def _repeating(recommendations, user):
    """Return the links by which some recommendations that the person sees repeat others that they see."""
    if not leads(user):
        links = RecommendationLink.objects.visible_to(user)
    else:
        # What somebody leads takes long to find: it is found once for each end.
        links = RecommendationLink.objects.filter(other__in=Recommendation.objects.visible_to(user).values("pk"))
    return links.filter(relation=REPEATS, recommendation__in=recommendations.values("pk"))


def under(theme, filtered, user):
    """Return the Figures of what a ThemeFilter leaves of a theme, and its recommendations, to be read by parts."""
    if "agency" in filtered.asked or leads(user):
        seen = Recommendation.objects.filter(pk__in=_keys_of(filtered.qs.filter(themes=theme)))
        return figures_of(seen, user), _shown(seen)
    theme_sums.refresh(theme_sums.of_user(user))
    found, sight = defaultdict(Figures), theme_sums.Sight(user)
    rows = filtered.of_reviews(ThemeStanding.objects.filter(sight.whole, theme=theme))
    if filtered.asked:
        _add_sums(found, rows, Count("pk"))
    else:
        for reviews, *numbers in theme.sums.filter(sight.summed).values_list("reviews", *NUMBERS):
            found[theme.pk].add_kept(reviews, **dict(zip(NUMBERS, numbers, strict=True)))
        if sight.named:
            _add_sums(found, ThemeStanding.objects.filter(sight.named, theme=theme), Count("pk"))
    _add_repeats_elsewhere(found, user, rows)
    return found[theme.pk], Under(theme, rows)


#: Up to so many keys of recommendations are given to a statement. Looking for them anew takes the database longer.
MOST_RECOMMENDATIONS = 5_000


def _keys_of(recommendations):
    """Return the keys of some recommendations, or where these are very many what the database finds them by.

    Who sees parts of reviews is asked for once so, and not by each thing that is counted.
    """
    keys = recommendations.order_by().values_list("pk", flat=True)
    few = list(keys[: MOST_RECOMMENDATIONS + 1])
    return few if len(few) <= MOST_RECOMMENDATIONS else keys


#: What a theme's page says of a recommendation.
SHOWN = (
    *("number", "text", "section__review__reference", "section__review__pseudonym", "section__review__kind"),
    *("section__review__completed_on", "section__review__commissioned_on"),
    *(f"section__review__partnership__{name}" for name in ("name", "rating_labels", "due_soon_days", "stale_days")),
)


def _shown(recommendations):
    """Return recommendations with their reviews in the order of a theme's page."""
    return recommendations.select_related("section__review__partnership").only(*SHOWN).by_review()


class Under:
    """The recommendations under a theme of the reviews of some ThemeStandings, as RecommendationQuerySet.by_review.

    A part of them is found through the few reviews that hold it, however many there are before and after.
    """

    def __init__(self, theme, rows):
        self.theme, self.rows = theme, rows.order_by("-dated", "review_id")

    def __getitem__(self, part):
        """Return the recommendations of a slice; each review before its end holds at least one."""
        reviews, passed, before = [], 0, 0
        for review, number in self.rows.values_list("review", "recommendations")[: part.stop]:
            if passed + number <= part.start:
                before += number
            elif passed < part.stop:
                reviews.append(review)
            passed += number
        found = Recommendation.objects.filter(section__review__in=reviews, themes=self.theme)
        return list(_shown(found)[part.start - before : part.stop - before])


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
    figures.repeats = _repeating(recommendations, user).values("recommendation").distinct().count()
    return figures


#: What is read of a recommendation that is only named beside another.
NAMED = ("number", "text", "section__review__reference", "section__review__pseudonym")


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
    on = timezone.localdate()
    answers = summaries.answering(recommendations, user)
    keys = [each.pk for each in recommendations]
    links = (
        RecommendationLink.objects.visible_to(user)
        .filter(Q(recommendation__in=keys) | Q(other__in=keys), relation=REPEATS)
        .select_related("recommendation__section__review", "other__section__review")
        .only(*(f"{end}__{name}" for end in ("recommendation", "other") for name in NAMED))
        .order_by("pk")
    )
    repeats, repeated_by = defaultdict(list), defaultdict(list)
    for link in links:
        repeats[link.recommendation_id].append(link.other)
        repeated_by[link.other_id].append(link.recommendation)
    return [
        Told(
            recommendation=each,
            rating=rating.worst(rating.of(action, on, each.section.review.partnership) for action in answers[each.pk]),
            outcome=summaries.outcome(answers[each.pk]),
            repeats=repeats[each.pk],
            repeated_by=repeated_by[each.pk],
        )
        for each in recommendations
    ]


def to_look_through(user, permission, *, review=None):
    """Return the recommendations without a theme to which the person may give one, the oldest first."""
    return may_be_given_themes(user, permission, review=review).without_a_theme().order_by("pk")


def may_be_given_themes(user, permission, *, review=None):
    """Return the recommendations, of a review or of all, to which the person may give themes."""
    found = Recommendation.objects.visible_to(user).where_granted(user, permission)
    return found.filter(section__review=review) if review else found


def number_to_look_through(user, permission):
    """Return how many they are, from the sums, which whoever calls this has seen to (theme_sums.refresh)."""
    kept = ThemesSummed.objects
    if not user.is_superuser:
        kept = kept.filter(partnership__in=user.partnerships_granting(permission))
    return kept.aggregate(number=Sum("without_theme"))["number"] or 0
