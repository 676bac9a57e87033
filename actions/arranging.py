"""What people keep about the list of actions: views, columns, and whether single keys do something."""

from django.db import transaction

from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from .models import ListSettings, SavedView


@transaction.atomic
def save_view(*, by, name, query, columns, team=None, opens_first=False, sent=None):
    """Keep a view under a name: private, or shared with a team of one's own."""
    if sent:
        sent.take_once(by=by)
    view = SavedView(owner=by, name=name, query=query, columns=columns, **(team or {}))
    _may_share(view, by)
    view.save()
    if opens_first:
        keep(by=by, opens_with=view)
    return view


@transaction.atomic
def change_view(*, view, by, name, query=None, columns=None, team=None, opens_first=False, sent=None):
    """Rename a view, share it or not, and let it stand for another list where one is given."""
    if sent:
        sent.take_once(by=by)
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    shared_before = view.team
    view.name, view.partnership, view.agency = name, None, None
    for kind, place in (team or {}).items():
        setattr(view, kind, place)
    if view.team != shared_before:
        if view.owner_id != by.pk and view.team is None:
            raise RuleBroken("This is the team’s view. Only the person who made it can make it private.")
        _may_share(view, by)
    if query is not None:
        view.query, view.columns = query, columns
    view.save()
    settings = ListSettings.objects.filter(user=by).first()
    if opens_first or (settings and settings.opens_with_id == view.pk):
        keep(by=by, opens_with=view if opens_first else None)
    return view


@transaction.atomic
def delete_view(*, view, by, sent=None):
    """Delete a view. No action is touched; who began with it begins with all actions again."""
    if sent:
        sent.take_once(by=by)
    view.delete()


def keep(*, by, **settings):
    """Keep how a person likes the list: ``columns``, ``opens_with``, ``has_keys``."""
    ListSettings.objects.update_or_create(user=by, defaults=settings)


def _may_share(view, by):
    if view.team and not view.may_be_changed_by(by):
        raise RuleBroken("You can share a view with your own team only.")
    if view.team and not (by.is_superuser or by.has_perm(Permission.SHARE_VIEW, view)):
        raise RuleBroken("You can share a view with your own team only.")
