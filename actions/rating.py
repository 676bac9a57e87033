"""The rating of an action, computed and never typed: the same rules in Python and in SQL.

The rules (design, "Rating"), first match wins:

1. The partnership's validated rating, where there is one.
2. Blue: complete or embedded. Grey: paused or superseded.
3. Red: open and past its target date, unless it was submitted in time; or its lead rates it red.
4. Amber: its lead rates it amber; or its date was moved, or a move is asked for; or it is due soon, or
   not yet reported on, and nobody has written an update inside the stale period.
5. Green: the rest.

``of`` and ``in_sql`` say this twice; tests/actions/test_rating.py proves over generated actions and dates
that they agree. "On a day" means at the end of that day: an action due on 31 May is overdue on 1 June.
"""

from collections import Counter
from datetime import timedelta

from django.db.models import Case, CharField, F, Q, Value, When

from .choices import CLOSED, DONE, SET_ASIDE, OwnRating, Rating, Status

#: A recommendation without any action: not a rating, but shown where ratings are.
NO_ACTION = "no_action"

#: From what the board must look at first to what it need not look at.
WORST_FIRST = (Rating.RED, Rating.AMBER, Rating.GREEN, Rating.GREY, Rating.BLUE)

#: What is read of an action to rate it.
READ = (
    *("status", "target_date", "submitted_at", "last_update_on", "own_rating", "validated_rating"),
    *("times_moved", "extension_pending"),
)


def is_overdue(action, on):
    """Whether an action is open and past its target date on a day, and was not submitted in time."""
    if action.status in CLOSED or action.target_date is None or action.target_date >= on:
        return False
    return not (action.status == Status.SUBMITTED and action.submitted_on <= action.target_date)


def is_overdue_in_sql(on):
    """Return the condition that ``is_overdue`` tests, for open actions."""
    return Q(target_date__lt=on) & ~Q(status=Status.SUBMITTED, submitted_at__date__lte=F("target_date"))


def of(action, on, partnership):
    """Return the rating of an action on a day, by the days that its partnership counts with."""
    return judged(action, computed(action, on, partnership))


def judged(action, computed):
    """Return the partnership's own rating of an action, or what was computed where it has given none."""
    return Rating(action.validated_rating) if action.validated_rating else computed


def computed(action, on, partnership):
    """Return the rating before the partnership's own judgement: what the rules and the lead say."""
    if action.status in DONE:
        return Rating.BLUE
    if action.status in SET_ASIDE:
        return Rating.GREY
    if is_overdue(action, on) or action.own_rating == OwnRating.RED:
        return Rating.RED
    if action.own_rating == OwnRating.AMBER or action.times_moved or action.extension_pending:
        return Rating.AMBER
    due_soon = action.target_date is not None and action.target_date <= on + timedelta(partnership.due_soon_days)
    silent = action.last_update_on is None or action.last_update_on < on - timedelta(partnership.stale_days)
    if (due_soon or action.status == Status.UNKNOWN) and silent:
        return Rating.AMBER
    return Rating.GREEN


def in_sql(on, partnerships):
    """Return the rating on a day as an expression over actions.

    The days are compared as dates computed here, one pair for each distinct house rule among the
    partnerships, so that the database compares plain columns with plain values.
    """
    return Case(
        When(~Q(validated_rating=""), then=F("validated_rating")),
        When(status__in=DONE, then=Value(Rating.BLUE.value)),
        When(status__in=SET_ASIDE, then=Value(Rating.GREY.value)),
        When(is_overdue_in_sql(on) | Q(own_rating=OwnRating.RED), then=Value(Rating.RED.value)),
        When(
            Q(own_rating=OwnRating.AMBER) | Q(times_moved__gt=0) | Q(extension_pending=True),
            then=Value(Rating.AMBER.value),
        ),
        When(_needs_word_in_sql(on, partnerships), then=Value(Rating.AMBER.value)),
        default=Value(Rating.GREEN.value),
        output_field=CharField(),
    )


def _needs_word_in_sql(on, partnerships):
    """Return the condition: due soon or not yet reported on, and nothing written inside the stale period."""

    def needs_word(due_soon_days, stale_days):
        due_soon = Q(target_date__lte=on + timedelta(due_soon_days))
        return (due_soon | Q(status=Status.UNKNOWN)) & _silent_for(stale_days, on)

    return _by_house(partnerships, needs_word, "due_soon_days", "stale_days")


def is_silent_in_sql(on, partnerships):
    """Return the condition that nobody has written an update inside the stale period."""
    return _by_house(partnerships, lambda stale_days: _silent_for(stale_days, on), "stale_days")


def _silent_for(stale_days, on):
    return Q(last_update_on__isnull=True) | Q(last_update_on__lt=on - timedelta(stale_days))


def _by_house(partnerships, condition_of, *rules):
    """Return the condition that holds in each partnership by its own rules of the house."""
    houses = {}
    for pk, *days in partnerships.values_list("pk", *rules):
        houses.setdefault(tuple(days), []).append(pk)
    condition = Q(pk__in=[])
    for days, pks in houses.items():
        here = Q() if len(houses) == 1 else Q(review__partnership__in=pks)
        condition |= here & condition_of(*days)
    return condition


def worst(ratings):
    """Return the rating of a recommendation from those of its actions, or NO_ACTION where it has none."""
    found = set(ratings)
    return next((rating for rating in WORST_FIRST if rating in found), NO_ACTION)


def count(ratings):
    """Count ratings, worst first: a dict with every rating, and NO_ACTION last, zeros included."""
    counted = Counter(ratings)
    return {rating: counted[rating] for rating in (*WORST_FIRST, NO_ACTION)}
