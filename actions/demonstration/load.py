"""Puts the demonstration into the database."""

from django.db import transaction
from django.utils import timezone

from scr_tracker.models import Partnership

from . import told
from .evidence import add_comments, add_evidence
from .life import Lives
from .meetings import add_agendas_and_decisions
from .plans import Plans
from .working import add_digests, add_reminders, add_views
from .world import World


@transaction.atomic
def load():
    """Load the demonstration and return its reviews; where it is there already, none, and nothing changes."""
    today = timezone.localdate()
    partnerships, plans = told.partnerships(today), told.plans(today)
    if any(Partnership.objects.known_as(each["name"]).exists() for each in partnerships["partnerships"]):
        return []

    clock = told.Clock(today)
    world = World(partnerships, clock)
    saved = Plans(plans, world, clock)
    Lives(saved, world, clock)
    saved.join_actions()
    add_evidence(plans, saved, world, clock)
    add_comments(saved, world, clock)
    add_agendas_and_decisions(partnerships, saved, world, clock)
    add_views(partnerships["views"], world)
    add_reminders(partnerships["reminders"], saved, world, clock)
    add_digests(clock)
    return saved.reviews
