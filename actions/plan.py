"""A review's plan as a whole: its sections, recommendations and actions, rated, now or at a past moment.

The plan page and every report read a plan through here, so that they cannot disagree.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils import timezone

from reviews.models import Recommendation, RecommendationLink, RecommendationTheme, Response, Review, Section
from scr_tracker.models import Agency, User

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
    evidence: list = field(default_factory=list)  # what counts: see Evidence.objects.counting()
    offered: list = field(default_factory=list)  # whatever was brought, unless withdrawn or replaced

    def concerns(self, agencies):
        """Whether one of the agencies, by their keys, leads or supports it."""
        return self.action.lead_agency_id in agencies or any(each.pk in agencies for each in self.supporting_agencies)

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


#: What a document may print for all actions of a recommendation together, and what pages call it.
PRINTED_TOGETHER = {"target_date": "By when", "lead": "Lead", "status": "Status", "progress": "Progress"}


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
    owes_action: bool = True

    def concerning(self, agencies):
        """Return the recommendation with those of its actions that agencies lead or support, by their keys."""
        return replace(
            self,
            actions=[rated for rated in self.actions if rated.concerns(agencies)],
            also_answered_by=[rated for rated in self.also_answered_by if rated.concerns(agencies)],
            owes_action=self.lacks_action,
            is_whole=False,
        )

    @property
    def rating(self):
        """The worst rating of its actions, or NO_ACTION."""
        return rating.worst(rated.rating for rated in (*self.actions, *self.also_answered_by))

    @property
    def printed(self):
        """The words of the document beside what was read from them.

        Without what it prints for all the actions together, for who sees only some of them: it would tell of the
        others.
        """
        printed = self.recommendation.as_printed
        return printed if self.is_whole else {key: printed[key] for key in printed if key not in PRINTED_TOGETHER}

    @property
    def printed_together(self):
        """What the document prints for all its actions together, and no single action repeats: [(name, text)]."""
        printed = self.printed
        shared_out = {
            word for rated in self.actions for text in rated.action.as_printed.values() for word in text.split()
        }
        return [
            (name, printed[key])
            for key, name in PRINTED_TOGETHER.items()
            if printed.get(key) and not shared_out.issuperset(printed[key].split())
        ]

    @property
    def lacks_action(self):
        """Whether an action is owed and there is none."""
        return self.owes_action and self.recommendation.needs_action and not (self.actions or self.also_answered_by)


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

    def concerning(self, agencies):
        """Return as much of the plan as concerns agencies, by their keys: what they lead or support."""
        sections = []
        for section in self.sections:
            found = [planned.concerning(agencies) for planned in section.recommendations]
            kept = [
                planned
                for planned in found
                if planned.actions
                or planned.also_answered_by
                or (planned.lacks_action and section.section.agency_id in agencies)
            ]
            if kept:
                sections.append(PlannedSection(section.section, kept))
        return replace(self, sections=sections)

    @property
    def agencies_at_work(self):
        """The agencies that lead or support an open action, by name."""
        open_ones = [rated for rated in self.actions if rated.action.is_open]
        leading = {rated.action.lead_agency for rated in open_ones} - {None}
        supporting = {agency for rated in open_ones for agency in rated.supporting_agencies}
        return sorted(leading | supporting, key=lambda agency: agency.name)

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


def together(several):
    """Return several plans of one day and partnership as one; its review is the first."""
    first = several[0]
    return Plan(first.review, first.on, [section for plan in several for section in plan.sections])


def as_known(instances, as_at):
    """Return partnerships, agencies or people as they were known at a past moment, or as they are for None."""
    if as_at is None or not instances:
        return list(instances)
    known = _History(as_at).those(type(instances[0]), {each.pk for each in instances})
    return [known[each.pk] for each in instances]


def visible_to(user, review, *, as_at=None):
    """Return as much of a review's plan as the user sees: all of it, or what concerns the user's agencies.

    ``review`` comes from ``Review.objects.visible_to(user).with_wholeness(user)``.
    """
    return read(review, as_at=as_at, only=part_visible_to(user, review))


def part_visible_to(user, review):
    """Return the part of a review's plan that the user sees, or None for all of it."""
    if review.seen_whole:
        return None
    return Only(
        recommendations=set(
            Recommendation.objects.visible_to(user).filter(section__review=review).values_list("pk", flat=True)
        ),
        actions=set(Action.objects.visible_to(user).filter(review=review).values_list("pk", flat=True)),
    )


def read(review, *, as_at=None, only=None):
    """Return the plan of a review, or only a part: as it stands, or as it stood at a past moment.

    ``as_at`` is an aware datetime; everything of the past is read from the history, names of agencies and
    people and the rules of the house with it, so that the plan of a moment is the same whenever it is read.
    Takes the same number of queries whatever the size of the plan.
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
    rated = _rate(review, actions, on, source)

    own, also = defaultdict(list), defaultdict(list)
    for action in actions:
        own[action.recommendation_id].append(rated[action.pk])
    for action_pk, recommendation_pk in source.linked(Action, "also_answers", actions):
        also[recommendation_pk].append(rated[action_pk])
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


def repeats_among(recommendations, *, as_at=None):
    """Return the links by which some recommendations, by their keys, repeat others of them, now or at a past moment."""
    return _repeats(as_at, recommendation_id__in=recommendations, other_id__in=recommendations)


def repeats_of(recommendations, *, as_at=None):
    """Return the links by which some recommendations, by their keys, repeat any other, now or at a past moment."""
    return _repeats(as_at, recommendation_id__in=recommendations)


def repeated_by(recommendations, *, as_at=None):
    """Return the links by which any recommendation repeats some of them, by their keys, now or at a past moment."""
    return _repeats(as_at, other_id__in=recommendations)


def _repeats(as_at, **filters):
    source = _History(as_at) if as_at else _Present()
    links = source.all(RecommendationLink, relation=RecommendationLink.Relation.REPEATS, **filters)
    return sorted(links, key=lambda link: link.pk)


def themes_of(recommendations, *, as_at=None):
    """Return {key of a recommendation: its themes} of some by their keys, now or at a past moment."""
    source = _History(as_at) if as_at else _Present()
    found = defaultdict(list)
    given = source.all(RecommendationTheme, "theme", recommendation_id__in=recommendations)
    for each in sorted(given, key=lambda each: each.pk):
        found[each.recommendation_id].append(each.theme)
    return found


def _rate(review, actions, on, source):
    """Return {pk: RatedAction} for the actions of a review."""
    last_update = {update.action_id: update for update in source.updates(review)}
    people = source.those(User, {update.by_id for update in last_update.values()})
    for update in last_update.values():
        update.by = people[update.by_id]
    evidence, offered = defaultdict(list), defaultdict(list)
    pieces = list(source.evidence(review))
    replaced = {item.replaces_id for _, item in pieces}
    for action_pk, item in pieces:
        if not item.is_withdrawn and item.pk not in replaced:
            offered[action_pk].append(item)
        if item.counts_until_replaced and item.pk not in replaced:
            evidence[action_pk].append(item)
    supporting, supports = defaultdict(list), list(source.linked(Action, "supporting_agencies", actions))
    agencies = source.those(Agency, {agency_pk for _, agency_pk in supports})
    for action_pk, agency_pk in supports:
        supporting[action_pk].append(agencies[agency_pk])

    rated = {}
    for action in actions:
        computed = rating.computed(action, on, review.partnership)
        rated[action.pk] = RatedAction(
            action=action,
            rating=rating.judged(action, computed),
            computed=computed,
            days_overdue=action.days_overdue(on),
            supporting_agencies=supporting[action.pk],
            last_update=last_update.get(action.pk),
            evidence=evidence[action.pk],
            offered=offered[action.pk],
        )
    return rated


class _Present:
    """Reads things as they stand."""

    def updates(self, review):
        """Return what was reported on the actions of a review, in its order."""
        return Update.objects.filter(action__review=review).order_by("at", "pk")

    def all(self, model, *related, **filters):
        """Return the instances that match."""
        return list(model.objects.filter(**filters).select_related(*related))

    def linking(self, model, name, **filters):
        """Return the links of a many-to-many field that match."""
        return model._meta.get_field(name).remote_field.through.objects.filter(**filters)

    def those(self, model, keys):
        """Return {pk: instance} of what has these keys."""
        return model._base_manager.in_bulk(keys)

    def linked(self, model, name, instances):
        """Yield (pk, pk of the other) for each link of a many-to-many field of the instances."""
        field = model._meta.get_field(name)
        here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
        links = self.linking(model, name, **{f"{here}__in": [instance.pk for instance in instances]})
        return links.order_by("pk").values_list(f"{here}_id", f"{there}_id")

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
            others = self.those(field.related_model, {getattr(instance, field.attname) for instance in found})
            for instance in found:
                field.set_cached_value(instance, others.get(getattr(instance, field.attname)))
        return found

    def those(self, model, keys):
        """Return {pk: instance} of partnerships, agencies or people as they were.

        What is older than its history is taken as its history first knows it.
        """
        others = model._base_manager.in_bulk(keys - {None})
        if model is User:
            for user in others.values():
                user.name = user.name_at(self.as_at)
            return others
        known = {}
        for record in model.history.filter(id__in=others).order_by("history_date", "history_id"):
            if record.history_date <= self.as_at or record.id not in known:
                known[record.id] = record
        return others | {pk: record.instance for pk, record in known.items()}

    def updates(self, review):
        """Return what had been reported on the actions of a review, in its order."""
        return Update.objects.filter(action__review=review, at__lte=self.as_at).order_by("at", "pk")

    def linking(self, model, name, **filters):
        """Return the links of a many-to-many field, of any moment, that match."""
        return _historical_through(model, model._meta.get_field(name)).objects.filter(**filters)

    def linked(self, model, name, instances):
        """Yield (pk, pk of the other) for each link of a many-to-many field of the instances as it was."""
        field = model._meta.get_field(name)
        here, there = field.m2m_field_name(), field.m2m_reverse_field_name()
        links = self.linking(model, name, history__in=[instance.history_id for instance in instances])
        return links.order_by("m2m_history_id").values_list(f"{here}_id", f"{there}_id")

    def evidence(self, review):
        """Yield (pk of an action, a piece of evidence that it had)."""
        serving = self.linking(Evidence, "actions", action__review=review).values("evidence")
        found = {each.pk: each for each in self.all(Evidence, id__in=serving)}
        for evidence_pk, action_pk in self.linked(Evidence, "actions", found.values()):
            yield action_pk, found[evidence_pk]

    def responses(self, review):
        """Yield (pk of a recommendation, a response to it), in the order of the responses."""
        found = sorted(self.all(Response, review_id=review.pk), key=lambda response: response.order)
        answered = defaultdict(list)
        for response_pk, recommendation_pk in self.linked(Response, "recommendations", found):
            answered[response_pk].append(recommendation_pk)
        for response in found:
            for recommendation_pk in answered[response.pk]:
                yield recommendation_pk, response


def _historical_through(model, field):
    """Return the model that keeps the history of a many-to-many field."""
    return model.history.model._meta.apps.get_model(
        model._meta.app_label, f"Historical{field.remote_field.through._meta.object_name}"
    )
