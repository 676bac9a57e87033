"""Somebody's target dates as a calendar that their own calendar program reads (RFC 5545).

A calendar is read by machines outside, so it is discreet: of each action it has the reference, the number, the agency
and the link, never its words. It has what the person may see at the moment of reading, and nothing once they have left.
"""

import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone
from icalendar import Calendar, Event

from scr_tracker.audit import record
from scr_tracker.models import Agency, AuditEvent

from .models import Action, CalendarFeed
from .reminding.digests import link_to

Kind = AuditEvent.Kind

#: How often calendar programs are asked to read it again.
EVERY = timedelta(hours=6)


@transaction.atomic
def make_feed(*, user, request=None, sent=None):
    """Make the address of somebody's calendar, in place of any before; return its secret, which is kept nowhere."""
    if sent:
        sent.take_once(by=user)
    secret = secrets.token_urlsafe(32)
    fields = {"secret_hash": CalendarFeed.hash_of(secret), "made_at": timezone.now(), "read_at": None}
    _, is_new = CalendarFeed.objects.update_or_create(user=user, defaults=fields)
    what = "Calendar address made" if is_new else "Calendar address replaced"
    record(Kind.ACCOUNT_CHANGED, by=user, about=user.email, request=request, what=what)
    return secret


@transaction.atomic
def revoke_feed(*, user, request=None):
    """Take the address of somebody's calendar away."""
    gone, _ = CalendarFeed.objects.filter(user=user).delete()
    if gone:
        record(Kind.ACCOUNT_CHANGED, by=user, about=user.email, request=request, what="Calendar address revoked")


def feed_with(secret):
    """Return the feed that a secret opens now, or None: not that of somebody who has left."""
    feeds = CalendarFeed.objects.filter(secret_hash=CalendarFeed.hash_of(secret), user__is_active=True)
    return feeds.select_related("user").first()


def note_reading(feed, request):
    """Keep that a calendar was read: in the audit log once a day, on the account's page to the hour."""
    now = timezone.now()
    if feed.read_at and now - feed.read_at < timedelta(hours=1):
        return
    if not feed.read_at or timezone.localdate(feed.read_at) != timezone.localdate(now):
        record(Kind.DOWNLOADED, by=feed.user, about="Calendar of target dates", request=request)
    CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)


def actions_of(user):
    """The open actions with a date for which somebody answers: assigned to them, or to nobody in their agency."""
    assigned = Action.people.through.objects.filter(action=OuterRef("pk"), user__is_active=True)
    theirs = Q(Exists(assigned.filter(user=user))) | Q(~Exists(assigned), lead_agency__in=Agency.objects.led_by(user))
    seen = Action.objects.visible_to(user).open().filter(theirs, target_date__isnull=False)
    return seen.select_related("review", "recommendation", "lead_agency").by_target_date()


def of(user):
    """Return the calendar of a person as bytes, in a constant number of queries."""
    actions = list(actions_of(user))
    lines = Action.history.filter(id__in=[action.pk for action in actions]).order_by().values_list("id")
    changes = {key: (count, at) for key, count, at in lines.annotate(count=Count("pk"), at=Max("history_date"))}
    calendar = Calendar()
    calendar.add("prodid", "-//SCR Tracker//Target dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "SCR Tracker: my target dates")
    calendar.add("refresh-interval", EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", EVERY)
    for action in actions:
        calendar.add_component(_event(action, *changes.get(action.pk, (0, timezone.now()))))
    return calendar.to_ical()


def _event(action, sequence, changed_at):
    """Return the event of an action's target date, all of that day; each change of the action raises its sequence."""
    url = link_to(action.get_absolute_url())
    event = Event()
    event.add("uid", f"action-{action.pk}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", sequence)
    event.add("summary", summary_of(action))
    event.add("dtstart", action.target_date)
    event.add("dtend", action.target_date + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    event.add("url", url)
    event.add("description", f"Due {action.due}.\n{url}")
    return event


def summary_of(action):
    """Return how a calendar names an action: by its number and agency; of a restricted review by its number alone."""
    if action.review.restricted:
        return f"Due: action {action.pk}"
    numbers = [f"recommendation {action.recommendation.number}" * bool(action.recommendation.number), action.label]
    number = " ".join(filter(None, numbers)) or f"action {action.pk}"
    agency = action.lead_agency and (action.lead_agency.short_name or action.lead_agency.name)
    return f"Due: {action.review.reference}, {number}{f' ({agency})' if agency else ''}"
