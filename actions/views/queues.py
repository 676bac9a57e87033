"""What waits for a business manager: submissions to sign off, later dates to decide on, impact checks."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from scr_tracker.paging import LongPaginator
from scr_tracker.permissions import Permission

from ..models import Action
from ..models.action import ActionQuerySet

SHOWN = 50


@require_safe
def sign_off_queue(request):
    """List what was submitted as complete, the longest waiting first."""
    waiting = those_one_may(request.user, Permission.SIGN_OFF_ACTION).waiting_for_sign_off().with_submission()
    page = LongPaginator(waiting, SHOWN).get_page(request.GET.get("page"))
    return render(request, "actions/sign_off_queue.html", {"page": page, "section": "sign-off"})


@require_safe
def extension_queue(request):
    """List the later dates asked for, the longest waiting first."""
    waiting = those_one_may(request.user, Permission.DECIDE_EXTENSION).waiting_for_a_later_date().with_request()
    page = LongPaginator(waiting, SHOWN).get_page(request.GET.get("page"))
    return render(request, "actions/extension_queue.html", {"page": page, "section": "extensions"})


@require_safe
def impact_queue(request):
    """List the complete actions of which it is time to ask whether they made a difference, the longest due first."""
    waiting = those_one_may(request.user, Permission.CHECK_IMPACT).waiting_for_an_impact_check().with_sign_off()
    page = LongPaginator(waiting, SHOWN).get_page(request.GET.get("page"))
    return render(request, "actions/impact_queue.html", {"page": page, "section": "impact"})


@dataclass(frozen=True)
class Queue:
    """What waits for a decision of one kind: who decides, which actions wait, and how many are said to."""

    permission: Permission
    waiting: Callable
    page: str
    one: str
    several: str


SIGN_OFFS = Queue(
    Permission.SIGN_OFF_ACTION,
    ActionQuerySet.waiting_for_sign_off,
    "sign-off-queue",
    "1 more action waits for sign-off",
    "{} more actions wait for sign-off",
)
LATER_DATES = Queue(
    Permission.DECIDE_EXTENSION,
    ActionQuerySet.waiting_for_a_later_date,
    "extension-queue",
    "1 more later date is asked for",
    "{} more later dates are asked for",
)
IMPACT_CHECKS = Queue(
    Permission.CHECK_IMPACT,
    ActionQuerySet.waiting_for_an_impact_check,
    "impact-queue",
    "1 more impact check is due",
    "{} more impact checks are due",
)
#: The queue from which each decision is taken, by the name of its step.
QUEUES = {
    **dict.fromkeys(("sign-off", "return-action"), SIGN_OFFS),
    **dict.fromkeys(("agree-extension", "refuse-extension"), LATER_DATES),
    "check-impact": IMPACT_CHECKS,
}


def said_with_what_waits(said, step, user):
    """Return what is said of a step that is done, with a link to what else waits for the same decision."""
    queue = QUEUES.get(step.name)
    left = queue.waiting(those_one_may(user, queue.permission)).count() if queue else 0
    if not left:
        return said
    words = queue.one if left == 1 else queue.several.format(left)
    link = '{}. <a class="govuk-notification-banner__link" href="{}">{}</a>'
    return format_html(link, said, reverse(queue.page), words)


def those_one_may(user, permission):
    """Return the actions for which a person holds a permission; refuse somebody who holds it nowhere."""
    if not (user.is_superuser or user.partnerships_granting(permission)):
        raise PermissionDenied
    return Action.objects.visible_to(user).where_granted(user, permission)
