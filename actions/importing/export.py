"""A review's plan in the database becomes the plan as its document printed it, changes since then included."""

from collections import defaultdict

from actions.importing.leftovers import KEPT_OTHERWISE
from actions.importing.plan import Plan, PlanAction, PlanColumn, PlanKey, PlanRecommendation, PlanSection
from actions.importing.ratings import rating_named
from actions.importing.references import with_references
from actions.importing.vocabulary import plain, vocabulary
from actions.target_dates import describe
from reviews.models import Practice, Source


def plan_of(review):
    """Return the plan of a review, in a few queries whatever its size."""
    printed = review.as_printed
    responses = _responses(review)
    sections = review.sections.select_related("agency").prefetch_related("recommendations__actions")
    keys = tuple(PlanKey(each["heading"], tuple(each["items"])) for each in review.plan_keys)
    plan = Plan(
        plan=review.reference,
        title=printed.get("title") or review.plan_title or None,
        partnership=printed.get("partnership"),
        review_name=printed.get("review_name"),
        columns=tuple(PlanColumn(each["heading"], _field(each)) for each in review.plan_columns),
        keys=keys,
        notes=review.plan_notes or None,
        sections=tuple(_section(section, responses, keys) for section in sections),
    )
    return with_references(plan)


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


def _section(section, responses, keys):
    printed = section.as_printed
    return PlanSection(
        title=printed.get("title") or section.title,
        number=section.number or None,
        header_text=printed.get("heading"),
        agency=_agency(section),
        recommendations=tuple(_recommendation(each, responses, keys) for each in section.recommendations.all()),
    )


def _agency(section):
    """Return the name of a section's agency as printed, if it is still one of that agency's names."""
    if section.agency is None:
        return None
    printed = section.as_printed.get("agency", "")
    is_its_name = plain(printed) in {plain(name) for name in section.agency.names}
    return printed if is_its_name else section.agency.name


def _recommendation(recommendation, responses, keys):
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
        actions=tuple(_action(each, keys) for each in recommendation.actions.all()),
    )


def _action(action, keys):
    printed = action.as_printed
    return PlanAction(
        text=action.text,
        label=action.label or None,
        intended_outcome=action.intended_outcome or None,
        target_date_text=action.target.words or (describe(action.target) if action.target_date else None),
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
    )


def _label(choices, value):
    return choices(value).label if value else None


def _iso(day):
    return day.isoformat() if day else None
