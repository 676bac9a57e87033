"""What a person may see of everything that can be found, as keys and as the conditions made of them.

The keys come from each model's ``visible_to``, which alone says who sees what.
"""

from dataclasses import dataclass

from django.db.models import Q

from actions.models import Action, SearchKind
from actions.models.action import MOST_KEYS
from reviews.models import Recommendation, Review

LISTS = ("whole", "reviews", "recommendations", "actions")

#: Of these the recommendations are looked up for an entry, by its key; {} is the condition on them.
LOOKED_UP = {
    "the recommendations of a response": (
        "EXISTS (SELECT 1 FROM reviews_response_recommendations p WHERE p.response_id = e.key AND {})",
        "p.recommendation_id",
    ),
    "the recommendation of a decision": (
        "EXISTS (SELECT 1 FROM actions_meetingdecision d WHERE d.id = e.key AND {})",
        "d.recommendation_id",
    ),
}

#: What of an entry of each kind stands in which list where somebody sees it for the sake of an agency.
OF_ACTION = ("actions", "e.action_id")
WAYS = {
    SearchKind.REVIEW: [("reviews", "e.key")],
    SearchKind.RECOMMENDATION: [("recommendations", "e.key")],
    SearchKind.RESPONSE: [("recommendations", "the recommendations of a response")],
    SearchKind.ACTION: [OF_ACTION],
    SearchKind.UPDATE: [OF_ACTION],
    SearchKind.COMMENT: [OF_ACTION],
    SearchKind.DECISION: [OF_ACTION, ("recommendations", "the recommendation of a decision")],
}


@dataclass(frozen=True)
class Query:
    """Keys that are so many that the database looks each up where it needs it, and never makes a list of them."""

    sql: str
    values: tuple


@dataclass(frozen=True)
class Sight:
    """The reviews that a person sees whole, and what they see besides for the sake of their agencies."""

    everything: bool
    whole: tuple | Query = ()
    reviews: tuple = ()
    recommendations: tuple = ()
    actions: tuple = ()

    @classmethod
    def of(cls, user):
        """Return what a person may see now."""
        if user.is_superuser and user.is_active:
            return cls(everything=True)
        if not user.is_active:
            return cls(everything=False)
        whole = _keys_or_query(Review.objects.wholly_visible_to(user))
        if not any(held.agency for held in user.holds):
            return cls(everything=False, whole=whole)
        return cls(
            everything=False,
            whole=whole,
            reviews=_keys(Review.objects.visible_to(user)),
            recommendations=_keys(Recommendation.objects.visible_to(user)),
            actions=_keys(Action.objects.visible_to(user, whole=Q(pk__in=[]))),
        )

    def tables(self):
        """Return {name: keys or a query} of the lists that conditions speak of, as tables with a column ``key``."""
        return {} if self.everything else {f"seen_{name}": getattr(self, name) for name in LISTS if getattr(self, name)}

    def condition(self, kind, review=None):
        """Return the condition that an entry ``e`` of a kind is in sight, and of a review where one is given."""
        of_review = [] if review is None else [f"%s.review_id = {review:d}"]
        if kind == SearchKind.EVIDENCE:
            seen = self._any_of(("whole", "a.review_id"), ("actions", "a.id"))
            return self._evidence(_all_of([*(each % "a" for each in of_review), *seen]))
        return _all_of([*(each % "e" for each in of_review), *self._any_of(("whole", "e.review_id"), *WAYS[kind])])

    def _any_of(self, *ways):
        """Yield the condition that one of some columns is in its list; none where everything is seen."""
        if self.everything:
            return
        found = [self._in(name, column) for name, column in ways if getattr(self, name)]
        yield " OR ".join(found) or "FALSE"

    def _in(self, name, column):
        if column in LOOKED_UP:
            looked_up, column = LOOKED_UP[column]
            return looked_up.format(self._in(name, column))
        if isinstance(getattr(self, name), Query):
            return f"COALESCE((SELECT TRUE FROM seen_{name} WHERE key = {column}), FALSE)"
        condition = f"{column} IN (SELECT key FROM seen_{name})"
        # Written so, it is looked up for each row that has the words, and never joined: whoever sees a review whole
        # sees most of them, and a join would look at every row before it gave the first.
        return f"({condition} OR FALSE)" if name == "whole" else condition

    def _evidence(self, seen):
        """Return the condition that evidence serves an action in sight."""
        if seen == "TRUE":
            return seen
        serves = "SELECT 1 FROM actions_evidence_actions s JOIN actions_action a ON a.id = s.action_id"
        return f"EXISTS ({serves} WHERE s.evidence_id = e.key AND {seen})"


def _keys(found):
    return tuple(found.order_by().values_list("pk", flat=True))


def _keys_or_query(found):
    keys = found.order_by().values_list("pk", flat=True)
    first = tuple(keys[: MOST_KEYS + 1])
    return first if len(first) <= MOST_KEYS else Query(*keys.query.sql_with_params())


def _all_of(conditions):
    return " AND ".join(f"({each})" for each in conditions) or "TRUE"
