"""Changing a plan by hand: its actions, and what helps with its recommendations.

Reviews, sections, recommendations and responses are changed in reviews/services.py. Who leads an action and by when
it is due are said here only when it is added; later they are steps of their own, with their own rules.
"""

from itertools import pairwise

from django.db import transaction
from django.db.models import Max

from reviews import numbering
from reviews.models import Acceptance
from reviews.services import CHANGED, because, lock_plan, move
from scr_tracker.history import relate, remember, remember_joined, version_of
from scr_tracker.models import Agency, Membership, User
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from scr_tracker.words import day

from . import lines, timeline
from .models import Action
from .target_dates import describe, parse_target_date

#: What to write where a target date was not understood.
HOW_TO_SAY_WHEN = (
    "Enter a date such as 31 May 2027, May 2027 or Q2 2027, or words such as “immediately”, “ongoing”, "
    "“to be confirmed” or “3 months after publication”"
)


@transaction.atomic
def add_action(
    *,
    recommendation,
    by,
    text,
    label="",
    due="",
    lead_agency=None,
    lead_officers=(),
    supporting_agencies=(),
    people=(),
    also_answers=(),
    intended_outcome="",
    evidence_expected="",
    sent=None,
):
    """Add an action that answers a recommendation, and perhaps others of its plan; ``due`` is in people's words."""
    review = recommendation.section.review
    lock_plan(review)
    if sent:
        sent.take_once(by=by)
    _check_needed(recommendation)
    _check_others(review, also_answers)
    _check_agencies(review, [lead_agency, *supporting_agencies])
    _check_people(people, [lead_agency, *supporting_agencies])
    target = understood(due)
    action = Action(
        recommendation=recommendation,
        order=_last(recommendation) + 1,
        text=text,
        label=label,
        lead_agency=lead_agency,
        lead_officers=list(lead_officers),
        intended_outcome=intended_outcome,
        evidence_expected=evidence_expected,
        target_date=target.date,
        target_kind=target.kind,
        as_printed={"target_date": target.words} if target.words else {},
    )
    remember(action, by=by, why="Action added")
    supporting = [each for each in supporting_agencies if each != lead_agency]
    for name, others in (("supporting_agencies", supporting), ("people", people), ("also_answers", also_answers)):
        remember_joined(Action, name, [(action, other) for other in others])
    return action


@transaction.atomic
def change_action(*, action, by, reason, recommendation, also_answers, sent=None, **texts):
    """Change the words of an action, its label, the day it was done or which recommendations it answers, saying why."""
    review = action.review
    lock_plan(review)
    action = Action.objects.select_for_update().get(pk=action.pk)
    if sent:
        sent.take_once(by=by)
        sent.check_version(version_of(action))
    _check_others(review, [recommendation, *also_answers])
    if recommendation.pk != action.recommendation_id:
        _check_needed(recommendation)
        action.recommendation, action.order = recommendation, _last(recommendation) + 1
    if texts.get("completed_on", action.completed_on) != action.completed_on:
        action.as_printed.pop("completed_on", None)
    for name, text in texts.items():
        setattr(action, name, text)
    relate(action, "also_answers", [each for each in also_answers if each.pk != recommendation.pk])
    return remember(action, by=by, why=because(CHANGED, reason))


@transaction.atomic
def move_action(*, action, by, up):
    """Let an action change places with its neighbour under the same recommendation."""
    lock_plan(action.review)
    action = Action.objects.select_related("recommendation").get(pk=action.pk)
    move(action, action.recommendation.actions.all(), by=by, up=up)


def understood(words):
    """Return the target that somebody's words name; raise RuleBroken where they name none."""
    target = parse_target_date(words)
    if not target.understood:
        raise RuleBroken(f"“{target.words}” was not understood as a target date. {HOW_TO_SAY_WHEN}.")
    return target


def said_of(action):
    """Return in a sentence how the target date of a new action was understood."""
    if not action.target_date:
        return f"Due: {action.due}." if action.due else "It has no target date yet."
    last, due = day(action.target_date), describe(action.target)
    return f"Due {due}." if due == last else f"Due {due}: overdue after {last}."


def _check_needed(recommendation):
    if recommendation.acceptance == Acceptance.WITHDRAWN:
        raise RuleBroken("This recommendation is withdrawn. Change its decision before you add actions to it.")


def _check_others(review, recommendations):
    if any(each.section.review_id != review.pk for each in recommendations):
        raise RuleBroken("An action answers recommendations of its own plan only.")


def _check_agencies(review, agencies):
    serving = set(Agency.objects.of(review.partnership_id).values_list("pk", flat=True))
    if any(agency and agency.pk not in serving for agency in agencies):
        raise RuleBroken("Choose agencies that belong to the partnership of the review.")


def _check_people(people, agencies):
    """Refuse people who are not leads of an agency that leads or supports the action: they would not see it."""
    leads = set(leads_of(filter(None, agencies)).values_list("pk", flat=True))
    if strangers := [str(person) for person in people if person.pk not in leads]:
        raise RuleBroken(
            f"{' and '.join(strangers)} cannot be assigned: choose people who are leads of the lead agency or of an "
            "agency that supports the action."
        )


def leads_of(agencies):
    """Return the people who are leads of agencies, and still here."""
    held = Membership.objects.filter(role=Role.AGENCY_LEAD, agency__in=[agency.pk for agency in agencies])
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def _last(recommendation):
    return recommendation.actions.aggregate(last=Max("order"))["last"] or 0


def next_label(recommendation):
    """Return the label that a further action of a recommendation would have; empty in a plan that has none."""
    labels = [label for label in recommendation.actions.order_by("order").values_list("label", flat=True) if label]
    if labels:
        return numbering.after(labels[-1])[:10]
    plan = Action.objects.filter(review=recommendation.section.review_id)
    return "a" if plan.exclude(label="").exists() or not plan.exists() else ""


def people_who_may_be_named(partnerships):
    """Return who can be named in a restricted review: those who take part, but for who manages and sees it anyway."""
    held = Membership.objects.of(partnerships).exclude(role=Role.BUSINESS_MANAGER)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name", "pk")


def as_what(partnerships):
    """Return a function that names a person with what they are in these partnerships: "Kim Osei, board member"."""
    roles = {}
    for held in Membership.objects.of(partnerships).select_related("agency").order_by("pk"):
        role = str(held.agency or held.get_role_display().lower())
        roles.setdefault(held.user_id, dict.fromkeys([role]))[role] = None
    return lambda person: ", ".join([str(person), *roles.get(person.pk, ())])


def since(thing, version, user):
    """Return the events of something after a version of it, newest first: every change, if only that there was one.

    An agency may be changed by people of whom the user knows nothing: that it was is all that is told.
    """
    found = thing.history.filter(history_id__gte=version).select_related("history_user").order_by("history_id")
    records = list(found)
    told = [record for record in reversed(records) if record.history_id != version]
    if isinstance(thing, Agency):
        return [timeline.Event(CHANGED, record.history_date) for record in told[:1]]
    changed = lines.changes(type(thing), [(after, before) for before, after in pairwise(records)], user)
    return [timeline.of_line(record, changed.get(record.pk, [])) or _moved(record) for record in told]


def _moved(line):
    """Return the event of a change that shows on no page, such as of the order."""
    who = str(line.history_user) if line.history_user else ""
    return timeline.Event(line.history_change_reason or CHANGED, line.history_date, who=who)
