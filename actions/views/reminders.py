"""Reminders: who has not answered, when a partnership chases, and a manager's own reminder about an action."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.kept import written
from scr_tracker.permissions import Permission
from scr_tracker.rules import AlreadySent, ChangedMeanwhile

from .. import reminding
from ..reminding import by_hand, overview, services
from ..reminding.forms import RemindForm, RulesForm
from .actions import about_action, get_action

SHOWN = 50


@require_safe
def reminders(request):
    """List who answers for something that is due, those who have not answered first or alone."""
    partnerships = list(overview.managed(request.user))
    if not partnerships:
        raise PermissionDenied
    everybody = overview.who_answers(partnerships)
    silent = [each for each in everybody if each.is_silent]
    shows_all = request.GET.get("show") == "everybody"
    context = {
        "page": Paginator(everybody if shows_all else silent, SHOWN).get_page(request.GET.get("page")),
        **{"everybody": len(everybody), "silent": len(silent), "shows_all": shows_all},
        "why_nobody": overview.why_nobody(everybody),
        "partnerships": partnerships,
        "meetings": overview.upcoming_quiet(partnerships),
        "section": "people",
    }
    return render(request, "actions/reminders/reminders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_rules(request, pk):
    """Change when a partnership reminds and chases."""
    partnership = get_object_or_404(overview.managed(request.user), pk=pk)
    form = RulesForm(written(request), partnership=partnership, by=request.user)
    if request.method == "POST" and (form.was_sent() or (form.is_valid() and _changed(form, partnership))):
        messages.success(request, "Saved")
        return redirect("reminders")
    return render(
        request, "actions/reminders/rules.html", {"form": form, "partnership": partnership, "section": "people"}
    )


def _changed(form, partnership):
    """Have the rules changed as a form says; say whether they are."""
    try:
        services.change_rules(partnership=partnership, by=form.by, sent=form.sent, **form.cleaned_data)
    except AlreadySent:
        pass  # and done
    except ChangedMeanwhile:
        form.renew(version=RulesForm(partnership=partnership, by=form.by).initial["version"])
        form.add_error(None, "Somebody else changed this while you were writing. Check it, then save it again.")
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def remind_lead(request, pk):
    """Send a reminder to the people who answer for an action."""
    action = get_action(request, pk, Permission.REMIND)
    form = RemindForm(written(request), by=request.user)
    if request.method == "POST":
        if form.was_sent():
            return redirect(action)
        if form.is_valid():
            _remind(request, action, form)
            return redirect(action)
    people, answering = by_hand.answering([action])
    context = {
        **about_action(action),
        "form": form,
        "people": sorted((people[key] for key in answering[action.pk]), key=str),
        "refusal": by_hand.refusal(action, request.user),
        "reminded": action.reminders.select_related("person").first(),
    }
    return render(request, "actions/reminders/remind.html", context)


def _remind(request, action, form):
    """Send the reminder, and say what came of it."""
    try:
        outcome = reminding.remind([action], by=request.user, note=form.cleaned_data["note"], sent=form.sent)
    except AlreadySent:
        return
    tell(request, outcome)


def tell(request, outcome):
    """Say on the next page who was reminded, and who was not and why."""
    say = messages.success if outcome.told else messages.error
    say(request, outcome.words)
