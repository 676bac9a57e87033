"""Reporting on an action, with the files that show it, from one form.

Files are taken in first, each by itself, then the update is saved. Should it not be saved, because somebody else has
changed the action meanwhile, the files are there already; sent again, they are stored once.
"""

from functools import partial

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from scr_tracker.kept import written
from scr_tracker.permissions import Permission

from .. import services, steps
from ..evidence import intake
from ..evidence import services as evidence_services
from ..models import Evidence
from ..update_forms import UpdateForm
from .actions import get_action
from .steps import asked_again, done_by, show_step


@require_http_methods(["GET", "HEAD", "POST"])
def update_action(request, pk):
    """Take a progress update and its files; or, for the page's script, check it first, or take one file."""
    found = get_action(request, pk, steps.UPDATE.permission)
    asked = request.POST.get("script", "")
    form = UpdateForm(
        written(request),
        files=request.FILES or None,
        action=found,
        by=request.user,
        files_follow=asked == "check",
        takes_evidence=request.user.has_perm(Permission.ADD_EVIDENCE, found),
    )
    if asked:
        return _answer_script(asked, form, found)
    if request.method == "POST":
        if _taken_in(form, found) and done_by(form, _report, action=found):
            messages.success(request, _said(form))
            return redirect(found)
        found = get_action(request, pk, steps.UPDATE.permission)
        form = asked_again(form, found)
    return show_step(request, found, steps.UPDATE, form)


def _report(*, files=None, kind="", strength="", **said):
    """Save the update that a form holds; its files are taken in already."""
    return services.report_progress(**said)


def _take_in(form, action):
    return intake.take_in(form, partial(evidence_services.add, action=action, by=form.by))


def _taken_in(form, action):
    """Take the files of a form in; say whether none of them was refused."""
    if form.was_sent() or not form.is_valid() or not form.content:
        return True
    taken = _take_in(form, action)
    for sentence in taken.refused:
        form.add_error("files", sentence)
    return not taken.refused


def _said(form):
    """Say that the update is saved, and with how many files."""
    if not form.sent:
        return "Update saved"
    added = Evidence.objects.visible_to(form.by).filter(submission=form.submission)
    count, waiting = added.count(), added.waiting_for_a_scan().count()
    return f"Update saved. {intake.said(count, waiting)}" if count else "Update saved"


def _answer_script(asked, form, action):
    """Answer the page's script: whether all but the files is right, or what became of one file."""
    if not form.is_valid():
        return JsonResponse({"errors": form.errors_by_id()}, status=422)
    if asked == "check":
        return JsonResponse({})
    taken = _take_in(form, action)
    return JsonResponse({"added": len(taken.added), "refused": taken.refused})
