"""A review's plan in the database becomes the plan as its document printed it, changes since then included."""

from collections import defaultdict

from actions import plan as plans
from actions.importing.identities import identity_of
from actions.importing.leftovers import KEPT_OTHERWISE
from actions.importing.plan import Plan, PlanAction, PlanColumn, PlanKey, PlanRecommendation, PlanSection
from actions.importing.ratings import rating_named
from actions.importing.references import with_references
from actions.importing.vocabulary import plain, vocabulary
from actions.models import Action
from actions.target_dates import describe
from reviews.models import Practice, Recommendation, Section, Source


def plan_of(review, only=None, *, as_at=None):
    """Return the plan of a review, in a few queries whatever its size; or only a part of it, by ``actions.plan.Only``.

    With a moment as ``as_at`` it is the plan as it stood then. The notes printed with a plan are about all of it, and
    so no part has them.
    """
    sections, responses = _as_it_stood(review, as_at) if as_at else _as_it_stands(review)
    printed = review.as_printed
    keys = _keys(review)
    plan = Plan(
        plan=review.reference,
        title=printed.get("title") or review.plan_title or None,
        partnership=printed.get("partnership"),
        review_name=printed.get("review_name"),
        columns=tuple(PlanColumn(each["heading"], _field(each)) for each in review.plan_columns),
        keys=keys,
        notes=(review.plan_notes or None) if only is None else None,
        sections=tuple(_sections(sections, responses, keys, only)),
    )
    return with_references(plan)


def part_of(thing):
    """Return a saved section, recommendation or action by itself, without what stands beneath it."""
    keys = _keys(thing.review if isinstance(thing, Section | Action) else thing.section.review)
    if isinstance(thing, Section):
        return _section(thing, (), {}, keys)
    return _recommendation(thing, (), {}, keys) if isinstance(thing, Recommendation) else _action(thing, keys)


def _keys(review):
    """Return the keys printed with a review's plan."""
    return tuple(PlanKey(each["heading"], tuple(each["items"])) for each in review.plan_keys)


def _as_it_stands(review):
    """Return [(section, [(recommendation, actions)])], and the responses."""
    sections = review.sections.select_related("agency").prefetch_related("recommendations__actions")
    within = [(section, [(each, each.actions.all()) for each in section.recommendations.all()]) for section in sections]
    return within, _responses(review)


def _as_it_stood(review, moment):
    """Return the same, as it was at a past moment."""
    plan = plans.read(review, as_at=moment)
    responses, seen = {}, set()
    for planned in plan.recommendations:
        if planned.responses:
            are_shared = all(each.pk in seen for each in planned.responses)
            responses[planned.recommendation.pk] = ("\n".join(each.text for each in planned.responses), are_shared)
            seen.update(each.pk for each in planned.responses)
    actions = {each.recommendation.pk: [rated.action for rated in each.actions] for each in plan.recommendations}
    within = [
        (part.section, [(each.recommendation, actions[each.recommendation.pk]) for each in part.recommendations])
        for part in plan.sections
    ]
    return within, responses


def _field(column):
    """Return the field of a column; one whose heading is not known is kept as a field of that name."""
    return column["field"] if column["field"] in vocabulary()["columns"] else None


def _cells(as_printed):
    """Return what is kept by column heading, because no field holds it."""
    return {name: text for name, text in as_printed.items() if name not in KEPT_OTHERWISE}


def _responses(review):
    """Return {recommendation: (text, is shared with the one before)}; several responses to one are joined."""
    found = defaultdict(list)
    for response in review.responses.prefetch_related("recommendations"):
        answered = sorted(response.recommendations.all(), key=lambda each: (each.section_id, each.order))
        for index, recommendation in enumerate(answered):
            found[recommendation.pk].append((response.text, index > 0))
    return {
        pk: ("\n".join(text for text, _ in texts), all(shared for _, shared in texts)) for pk, texts in found.items()
    }


def _sections(sections, responses, keys, only):
    """Yield each section; of a part of the plan, those that have something in that part."""
    for section, within in sections:
        if only is not None:
            within = [
                (each, [action for action in actions if action.pk in only.actions])
                for each, actions in within
                if each.pk in only.recommendations
            ]
        if only is None or within:
            yield _section(section, within, responses, keys)


def _section(section, within, responses, keys):
    printed = section.as_printed
    return PlanSection(
        title=printed.get("title") or section.title,
        number=section.number or None,
        header_text=printed.get("heading"),
        agency=_agency(section),
        recommendations=tuple(_recommendation(each, actions, responses, keys) for each, actions in within),
        identity=identity_of(section),
    )


def _agency(section):
    """Return the name of a section's agency as printed, if it is still one of that agency's names."""
    if section.agency is None:
        return None
    printed = section.as_printed.get("agency", "")
    is_its_name = plain(printed) in {plain(name) for name in section.agency.names}
    return printed if is_its_name else section.agency.name


def _recommendation(recommendation, actions, responses, keys):
    printed = recommendation.as_printed
    response, is_shared = responses.get(recommendation.pk, (None, False))
    return PlanRecommendation(
        text=recommendation.text,
        number=recommendation.number or None,
        number_printed=printed.get("number"),
        source_or_type=printed.get("source") or _label(Source, recommendation.source),
        practice_type=printed.get("practice") or _label(Practice, recommendation.practice),
        intended_outcome=recommendation.intended_outcome or None,
        response=response,
        shares_response=is_shared,
        action_intro=recommendation.action_intro or None,
        target_date_text=printed.get("target_date"),
        lead_text=printed.get("lead"),
        evidence_expected=recommendation.evidence_expected or None,
        status_text=printed.get("status"),
        progress_text=printed.get("progress"),
        completion_evidence=recommendation.completion_evidence or None,
        as_printed=_cells(printed),
        actions=tuple(_action(each, keys) for each in actions),
        identity=identity_of(recommendation),
    )


def _action(action, keys):
    printed = action.as_printed
    return PlanAction(
        text=action.text,
        label=action.label or None,
        intended_outcome=action.intended_outcome or None,
        target_date_text=action.target.words or describe(action.target) or None,
        target_date_iso=_iso(action.target_date),
        date_kind=action.target_kind,
        lead_text=printed.get("lead"),
        leads=tuple(action.lead_officers),
        evidence_expected=action.evidence_expected or None,
        status_text=printed.get("status"),
        status=action.status,
        completed_on_text=printed.get("completed_on"),
        completed_on_iso=_iso(action.completed_on),
        completion_evidence=action.completion_evidence or None,
        rating_text=printed.get("rating"),
        rating=action.own_rating or rating_named(printed.get("rating"), keys),
        as_printed=_cells(printed),
        identity=identity_of(action),
    )


def _label(choices, value):
    return choices(value).label if value else None


def _iso(day):
    return day.isoformat() if day else None
