"""What a report calls each recommendation and action, and where in the report each stands."""

from collections import Counter


class References:
    """The names of the recommendations and actions of a plan, each unlike every other in it.

    A recommendation goes by its printed number. Where none is printed, or two have the same, it goes by
    its place: §3.2 is the second recommendation of the third section. An action has its recommendation's
    name and its own letter, or its place in brackets: 12 a, 12 (2).
    """

    def __init__(self, plan):
        self._of_recommendation, self._of_action = {}, {}
        self._sections = {}
        printed = Counter(planned.recommendation.number for planned in plan.recommendations)
        for place, section in enumerate(plan.sections, start=1):
            for within, planned in enumerate(section.recommendations, start=1):
                number = planned.recommendation.number
                name = number if number and printed[number] == 1 else f"§{place}.{within}"
                self._add(planned, name, section)

    def _add(self, planned, name, section):
        self._of_recommendation[planned.recommendation.pk] = name
        self._sections[planned.recommendation.pk] = section
        labels = Counter(rated.action.label for rated in planned.actions)
        for place, rated in enumerate(planned.actions, start=1):
            label = rated.action.label.strip(" .()")
            own = f" {label}" if label and labels[rated.action.label] == 1 else f" ({place})"
            alone = len(planned.actions) == 1 and not label
            self._of_action[rated.action.pk] = name if alone else name + own

    @property
    def by_place(self):
        """Whether any recommendation goes by its place, which the key must then explain."""
        return any(name.startswith("§") for name in self._of_recommendation.values())

    def recommendation(self, pk):
        """Return the name of a recommendation, or "" if it is not of this plan."""
        return self._of_recommendation.get(pk, "")

    def action(self, pk):
        """Return the name of an action, or "" if it is not of this plan."""
        return self._of_action.get(pk, "")

    def section(self, recommendation_pk):
        """Return the planned section in which a recommendation stands."""
        return self._sections[recommendation_pk]


def anchor(pk):
    """Return the place of a recommendation in the report, for links to it."""
    return f"recommendation-{pk}"
