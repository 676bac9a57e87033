"""A meeting as it is run from the screen: one item after the other, and what was decided at the end."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.kept import written
from scr_tracker.permissions import Permission

from .. import timeline
from ..meetings import agenda, minutes, room, services
from .meetings import about_meeting, get_meeting
from .steps import done_by


@require_safe
def run_meeting(request, pk):
    """Begin a meeting, or go on where it was left: with the first item that is not dealt with."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    item = agenda.of(found, request.user).next_item
    return redirect("meeting-item", pk, item.key) if item else redirect("end-meeting", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_item(request, pk, key):
    """Show one item of a meeting to the room, and record what the meeting makes of it."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    screen = _screen(request, found, key)
    form = _form_sent(request, screen)
    if request.method == "POST" and form:
        if done_by(form, services.record, meeting=found, about=screen.item.about):
            return redirect(f"{reverse('meeting-item', args=[pk, key])}#recorded")  # which the page then says and keeps
        screen = _screen(request, found, key)
        _say_what_happened_meanwhile(form, screen.item, request.user)
    context = {**about_meeting(found), "screen": screen, "form": form, "panels": screen.panels(request.user, form)}
    return render(request, "actions/meetings/item.html", context, status=409 if form and form.meanwhile else 200)


@require_safe
def end_meeting(request, pk):
    """Show the room what was decided, and what was not dealt with."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    shown = agenda.of(found, request.user)
    context = {**about_meeting(found), "agenda": shown, "minutes": minutes.of(found, request.user)}
    return render(request, "actions/meetings/end.html", context)


def _screen(request, found, key):
    """Return the screen of an item as it stands now."""
    place = agenda.of(found, request.user).place_of(key)
    if place is None:
        raise Http404
    return room.Screen.of(place, found, request.user)


def _form_sent(request, screen):
    """Return the form that was sent or kept, if it is one of those that the item has and the person may send it."""
    data = written(request)
    way = data and screen.way_sent(data.get("form"))
    if not way:
        return None
    if not way.is_allowed(screen.item, request.user):
        raise PermissionDenied
    return way.form(data, item=screen.item, by=request.user)


def _say_what_happened_meanwhile(form, item, user):
    """Where somebody else was quicker, let the form be sent once more, and show what they did."""
    form.item = item
    if not form.was_overtaken():
        return
    form.renew(version=item.about.version if item.is_action else 0, heard=item.heard)
    if item.is_action:
        form.meanwhile = timeline.since(item.about, form.started_from, user)
    else:
        form.meanwhile = [timeline.of_meeting_decision(each) for each in reversed(item.decisions)]
