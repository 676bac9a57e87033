"""A person's target dates in their own calendar: the page that gives the address, and the address itself."""

from functools import partial

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.forms import OnceForm
from scr_tracker.rules import AlreadySent

from .. import calendars
from ..reminding.digests import link_to


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_feed(request):
    """Make, replace or take away the address of one's calendar; a new one is shown once."""
    form = OnceForm(request.POST if request.method == "POST" else None, by=request.user)
    address = ""
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "revoke":
            calendars.revoke_feed(user=request.user, request=request)
            messages.success(request, "The address is taken away. Nothing is given out there any more")
            return redirect("calendar-feed")
        try:
            secret = calendars.make_feed(user=request.user, request=request, sent=form.sent)
        except AlreadySent:
            return redirect("calendar-feed")
        address = link_to(reverse("calendar", args=[secret]))
        form = OnceForm(by=request.user)
    feed = getattr(request.user, "calendar_feed", None)
    return render(request, "actions/reminders/calendar.html", {"form": form, "address": address, "feed": feed})


@require_safe
@login_not_required
def calendar(request, secret):
    """Give a calendar program the target dates of the person whose secret it knows."""
    limits = {"app": "calendar", "config": settings.CALENDAR_RATE_LIMITS, "limit_get": True}
    allowed = partial(ratelimit.consume, request, **limits)
    feed = calendars.feed_with(secret)
    if feed is None:
        if not allowed(action="guessed"):
            return HttpResponse(status=429)
        raise Http404
    if not allowed(action="read", key=feed.secret_hash):
        return HttpResponse(status=429, headers={"Retry-After": "3600"})
    calendars.note_reading(feed, request)
    return HttpResponse(
        calendars.of(feed.user),
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-cache", "Content-Disposition": 'inline; filename="target-dates.ics"'},
    )
