"""What waits for a business manager: submissions to sign off, later dates to decide on, impact checks."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scr_tracker.paging import LongPaginator
from scr_tracker.permissions import Permission

from ..models import Action

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


def those_one_may(user, permission):
    """Return the actions for which a person holds a permission; refuse somebody who holds it nowhere."""
    if not (user.is_superuser or user.partnerships_granting(permission)):
        raise PermissionDenied
    return Action.objects.visible_to(user).where_granted(user, permission)
