"""The one thing that a lead agency does next with an action, as its state asks for."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from . import steps
from .choices import Status
from .models import Action, Comment, Evidence
from .standing import SOON


@dataclass(frozen=True)
class NextStep:
    """What to do with an action: a sentence, and the page to do it on with what its link says. Perhaps neither."""

    action: Action
    says: str
    link: str = ""
    url: str = ""
    because: str = ""

    @property
    def waits(self):
        """Whether somebody else must do something first."""
        return not self.url


def of(actions, on=None):
    """Return the NextStep of each of a few actions; takes two queries, however many there are."""
    on = on or timezone.localdate()
    actions = list(actions)
    keys = [action.pk for action in actions]
    facts = {
        pk: {"evidence": evidence, "turned_down": turned_down, "challenged": challenged}
        for pk, evidence, turned_down, challenged in _facts(keys)
    }
    returned = _reasons([action.pk for action in actions if _came_back(action)])
    return [_next(action, on, reason=returned.get(action.pk, ""), **facts[action.pk]) for action in actions]


def _facts(keys):
    """Return (key, pieces of evidence that count, pieces returned, whether a challenge is unanswered) of actions."""
    current = Q(evidence__replaced_by=None)
    counts = Q(evidence__in=Evidence.objects.filter(actions__in=keys).counting().values("pk"))
    challenges = Comment.objects.filter(action=OuterRef("pk")).open_challenges()
    return (
        Action.objects.filter(pk__in=keys)
        .order_by()
        .values_list("pk")
        .annotate(
            counting=Count("evidence", filter=counts, distinct=True),
            turned_down=Count(
                "evidence", filter=current & Q(evidence__standing=Evidence.Standing.RETURNED), distinct=True
            ),
            challenged=Exists(challenges),
        )
    )


def _reasons(keys):
    """Return {key: why it was returned last}."""
    lines = Action.history.filter(id__in=keys, history_change_reason__startswith=steps.RETURN.done)
    told = lines.order_by("history_date", "history_id").values_list("id", "history_change_reason")
    return {pk: why.removeprefix(steps.RETURN.done).removeprefix(": ") for pk, why in told}


def _came_back(action):
    return action.status in steps.AT_WORK and action.returned_at is not None


def _next(action, on, *, evidence, turned_down, challenged, reason):
    """Return the first that applies, the most pressing first."""

    def step(says, link, name, because="", place=""):
        return NextStep(action, says, link, reverse(name, args=[action.pk]) + place, because)

    if action.status == Status.SUBMITTED:
        return NextStep(action, "Wait for sign-off")
    if _came_back(action):
        because = f"“{Truncator(reason).words(40)}”" if reason else ""
        return step("Answer the return", "Answer and submit again", "submit-action", because)
    if challenged:
        return step("Answer the challenge", "Read and reply", "action", place="#comments")
    if turned_down:
        return step("Replace the evidence that was returned", "See the evidence", "action", place="#evidence")
    if action.status == Status.UNKNOWN or action.last_update_on is None:
        return step("Say how far it is", "Report progress", "update-action", "Nobody has reported on it yet.")
    if action.extension_pending:
        return step("Wait for a decision on the later date", "Report progress meanwhile", "update-action")
    silent = (on - action.last_update_on).days
    is_soon = action.target_date is not None and action.target_date <= on + timedelta(SOON)
    if is_soon and evidence:
        return step("Submit it, if it is done", "Submit as complete", "submit-action", "Its evidence is attached.")
    if is_soon:
        return step("Add evidence and submit", "Add evidence", "add-evidence")
    if silent > action.review.partnership.stale_days:
        return step("Say how far it is", "Report progress", "update-action", f"The last word is {silent} days old.")
    return step("Nothing presses", "Report progress", "update-action")
