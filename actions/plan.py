"""A review's plan as a whole: its sections, recommendations and actions, rated, now or at a past moment.

The plan page and every report read a plan through here, so that they cannot disagree.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from reviews.models import Recommendation, Response, Review, Section

from . import rating
from .choices import DONE
from .models import Action, Evidence, Update
from .target_dates import describe_delay


@dataclass
class RatedAction:
    """An action with what a plan shows beside it."""

    action: Action
    rating: str
    computed: str
    days_overdue: int
    supporting_agencies: list = field(default_factory=list)
    last_update: Update | None = None
    evidence: list = field(default_factory=list)

    @property
    def is_overdue(self):
        """Whether it is past its target date."""
        return self.days_overdue > 0

    @property
    def delay(self):
        """How long it is overdue, as a person would say it."""
        return describe_delay(self.days_overdue)

    @property
    def printed_status(self):
        """The status in the words of the document, where they say more than its label."""
        printed = self.action.as_printed.get("status", "")
        return "" if printed.casefold() == self.action.get_status_display().casefold() else printed

    @property
    def is_validated(self):
        """Whether the rating is the partnership's own."""
        return bool(self.action.validated_rating)

    @property
    def lacks_evidence(self):
        """Whether it is complete, and nothing shows it."""
        action = self.action
        return action.status in DONE and not (
            self.evidence
            or action.completion_evidence
            or action.recommendation.completion_evidence
            or action.no_evidence_reason
        )


@dataclass
class PlannedRecommendation:
    """A recommendation with its actions. ``also_answered_by`` are actions of other recommendations.

    ``is_whole`` says that all its actions are here, and not only those that somebody sees.
    """

    recommendation: Recommendation
    actions: list[RatedAction]
    also_answered_by: list[RatedAction]
    responses: list[Response]
    is_whole: bool = True

    @property
    def rating(self):
        """The worst rating of its actions, or NO_ACTION."""
        return rating.worst(rated.rating for rated in (*self.actions, *self.also_answered_by))

    @property
    def printed_together(self):
        """What the document prints for all its actions together, and no single action repeats: [(name, text)].

        Nothing for who sees only some of its actions: it would tell of the others.
        """
        if not self.is_whole:
            return []
        printed = self.recommendation.as_printed
        names = {"target_date": "By when", "lead": "Lead", "status": "Status", "progress": "Progress"}
        shared_out = {
            word for rated in self.actions for text in rated.action.as_printed.values() for word in text.split()
        }
        return [
            (name, printed[key])
            for key, name in names.items()
            if printed.get(key) and not shared_out.issuperset(printed[key].split())
        ]

    @property
    def lacks_action(self):
        """Whether an action is owed and there is none."""
        return self.recommendation.needs_action and not (self.actions or self.also_answered_by)


@dataclass
class PlannedSection:
    """A section with its recommendations."""

    section: Section
    recommendations: list[PlannedRecommendation]

    @property
    def actions(self):
        """All actions of the section, in the order of the plan."""
        return [rated for planned in self.recommendations for rated in planned.actions]

    @property
    def counts(self):
        """How many actions have each rating (and how many recommendations have no action)."""
        return count_ratings(self.recommendations)


@dataclass(frozen=True)
class Only:
    """The part of a plan that somebody sees, by keys."""

    recommendations: set
    actions: set


@dataclass
class Plan:
    """The plan of a review on a day."""

    review: Review
    on: date
    sections: list[PlannedSection]

    @property
    def recommendations(self):
        """All recommendations, in the order of the plan."""
        return [planned for section in self.sections for planned in section.recommendations]

    @property
    def actions(self):
        """All actions, in the order of the plan."""
        return [rated for section in self.sections for rated in section.actions]

    @property
    def counts(self):
        """How many actions have each rating (and how many recommendations have no action)."""
        return count_ratings(self.recommendations)

    @property
    def has(self):
        """Which columns the plan fills, so that a page leaves out those that stand empty."""
        planned = self.recommendations
        return {
            "actions": bool(self.actions),
            "outcome": any(
                each.recommendation.intended_outcome or any(r.action.intended_outcome for r in each.actions)
                for each in planned
            ),
            "responses": any(each.responses for each in planned),
        }

    def around(self, recommendation):
        """Return a recommendation of the plan between its neighbours: (before or None, itself, after or None)."""
        planned = self.recommendations
        place = [each.recommendation for each in planned].index(recommendation)
        return (
            planned[place - 1] if place else None,
            planned[place],
            planned[place + 1] if place + 1 < len(planned) else None,
        )


def count_ratings(recommendations):
    """Count the ratings of the actions of these recommendations, and one NO_ACTION for each that lacks any."""
    ratings = [rated.rating for planned in recommendations for rated in planned.actions]
    return rating.count(ratings + [rating.NO_ACTION for planned in recommendations if planned.lacks_action])


def visible_to(user, review, *, as_at=None):
    """Return as much of a review's plan as the user sees: all of it, or what concerns the user's agencies.

    ``review`` comes from ``Review.objects.visible_to(user).with_wholeness(user)``.
    """
    if review.seen_whole:
        return read(review, as_at=as_at)
    only = Only(
        recommendations=set(
            Recommendation.objects.visible_to(user).filter(section__review=review).values_list("pk", flat=True)
        ),
        actions=set(Action.objects.visible_to(user).filter(review=review).values_list("pk", flat=True)),
    )
    return read(review, as_at=as_at, only=only)


def read(review, *, as_at=None, only=None):
    """Return the plan of a review, or only a part: as it stands, or as it stood at a past moment.

    ``as_at`` is an aware datetime; the past is read from the history, names of agencies and people are
    today's. Takes the same number of queries whatever the size of the plan.
    """
    on = timezone.localdate(as_at) if as_at else timezone.localdate()
    source = _History(as_at) if as_at else _Present()
    review = next(iter(source.all(Review, "partnership", id=review.pk)), review) if as_at else review
    sections = source.all(Section, "agency", review_id=review.pk)
    sections.sort(key=lambda section: section.order)
    recommendations = source.all(Recommendation, section_id__in=[section.pk for section in sections])
    if only:
        recommendations = [each for each in recommendations if each.pk in only.recommendations]
        shown = {each.section_id for each in recommendations}
        sections = [section for section in sections if section.pk in shown]
    recommendations.sort(key=lambda recommendation: (recommendation.order, recommendation.pk))
    actions = source.all(Action, "lead_agency", recommendation_id__in=[each.pk for each in recommendations])
    if only:
        actions = [each for each in actions if each.pk in only.actions]
    actions.sort(key=lambda action: (action.order, action.pk))
    by_key = {recommendation.pk: recommendation for recommendation in recommendations}
    for action in actions:
        action.recommendation = by_key[action.recommendation_id]
    rated = _rate(review, actions, on, source, as_at)

    own, also = defaultdict(list), defaultdict(list)
    for action in actions:
        own[action.recommendation_id].append(rated[action.pk])
    for action_pk, recommendation in source.linked(Action, "also_answers", actions):
        also[recommendation.pk].append(rated[action_pk])
    responses = defaultdict(list)
    for recommendation_pk, response in source.responses(review):
        responses[recommendation_pk].append(response)

    of_section = defaultdict(list)
    for recommendation in recommendations:
        pk = recommendation.pk
        of_section[recommendation.section_id].append(
            PlannedRecommendation(recommendation, own[pk], also[pk], responses[pk], is_whole=only is None)
        )
    return Plan(review, on, [PlannedSection(section, of_section[section.pk]) for section in sections])


def _rate(review, actions, on, source, as_at):
    """Return {pk: RatedAction} for the actions of a review."""
    updates = Update.objects.filter(action__review=review).select_related("by").order_by("at", "pk")
    if as_at:
        updates = updates.filter(at__lte=as_at)
    last_update = {update.action_id: update for update in updates}
    evidence = defaultdict(list)
    for action_pk, item in source.evidence(review):
        if item.standing not in (Evidence.Standing.WITHDRAWN, Evidence.Standing.RETURNED):
            evidence[action_pk].append(item)
    supporting = defaultdict(list)
    for action_pk, agency in source.linked(Action, "supporting_agencies", actions):
        supporting[action_pk].append(agency)

    rated = {}
    for action in actions:
        rated[action.pk] = RatedAction(
            action=action,
            rating=rating.of(action, on, review.partnership),
            computed=rating.computed(action, on, review.partnership),
            days_overdue=action.days_overdue(on),
            supporting_agencies=supporting[action.pk],
            last_update=last_update.get(action.pk),
            evidence=evidence[action.pk],
        )
    return rated


class _Present:
    """Reads things as they stand."""

    def all(self, model, *related, **filters):
        """Return the instances that match."""
        return list(model.objects.filter(**filters).select_related(*related))

    def linking(self, model, name, **filters):
        """Return the links of a many-to-many field that match."""
        return model._meta.get_field(name).remote_field.through.objects.filter(**filters)

    def linked(self, model, name, instances):
        """Yield (pk, other) for each link of a many-to-many field of the instances."""
        field = model._meta.get_field(name)
        here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
        links = self.linking(model, name, **{f"{here}__in": [instance.pk for instance in instances]})
        for link in links.select_related(there).order_by("pk"):
            yield getattr(link, f"{here}_id"), getattr(link, there)

    def responses(self, review):
        """Yield (pk of a recommendation, a response to it), in the order of the responses."""
        links = Response.recommendations.through.objects.filter(response__review=review)
        for link in links.select_related("response").order_by("response__order", "pk"):
            yield link.recommendation_id, link.response

    def evidence(self, review):
        """Yield (pk of an action, a piece of evidence that it has)."""
        links = self.linking(Evidence, "actions", action__review=review)
        for link in links.select_related("evidence__uploaded_by").order_by("pk"):
            yield link.action_id, link.evidence


class _History:
    """Reads things as they stood at a past moment."""

    def __init__(self, as_at: datetime):
        self.as_at = as_at

    def all(self, model, *related, **filters):
        """Return the instances as they were, the later of two changes made at the same instant."""
        records = model.history.filter(history_date__lte=self.as_at, **filters).order_by("history_date", "history_id")
        latest = {record.id: record for record in records}
        found = []
        for record in latest.values():
            if record.history_type != "-":
                instance = record.instance
                instance.history_id = record.history_id
                found.append(instance)
        for name in related:
            field = model._meta.get_field(name)
            others = field.related_model._base_manager.in_bulk(
                {getattr(instance, field.attname) for instance in found} - {None}
            )
            for instance in found:
                field.set_cached_value(instance, others.get(getattr(instance, field.attname)))
        return found

    def linking(self, model, name, **filters):
        """Return the links of a many-to-many field, of any moment, that match."""
        return _historical_through(model, model._meta.get_field(name)).objects.filter(**filters)

    def linked(self, model, name, instances):
        """Yield (pk, other) for each link of a many-to-many field of the instances as it was."""
        field = model._meta.get_field(name)
        here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
        links = self.linking(model, name, history__in=[instance.history_id for instance in instances])
        for link in links.select_related(there).order_by("m2m_history_id"):
            yield getattr(link, f"{here}_id"), getattr(link, there)

    def evidence(self, review):
        """Yield (pk of an action, a piece of evidence that it had)."""
        serving = self.linking(Evidence, "actions", action__review=review).values("evidence")
        found = {each.pk: each for each in self.all(Evidence, id__in=serving)}
        for evidence_pk, action in self.linked(Evidence, "actions", found.values()):
            yield action.pk, found[evidence_pk]

    def responses(self, review):
        """Yield (pk of a recommendation, a response to it), in the order of the responses."""
        found = sorted(self.all(Response, review_id=review.pk), key=lambda response: response.order)
        answered = defaultdict(list)
        for response_pk, recommendation in self.linked(Response, "recommendations", found):
            answered[response_pk].append(recommendation.pk)
        for response in found:
            for recommendation_pk in answered[response.pk]:
                yield recommendation_pk, response


def _historical_through(model, field):
    """Return the model that keeps the history of a many-to-many field."""
    return model.history.model._meta.apps.get_model(
        model._meta.app_label, f"Historical{field.remote_field.through._meta.object_name}"
    )
