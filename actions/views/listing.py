"""What belongs to the list of actions: jumping to one, saved views, columns, keys."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.forms import OnceForm
from scr_tracker.kept import written

from .. import arranging
from ..list_forms import SaveViewForm
from ..listing import KEYS, Listing, address_of, state_of
from ..models import Action, SavedView
from ..tables import CHOICE
from .steps import done_by

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])

#: How many actions are offered where a number may mean several.
MOST_CANDIDATES = 50


@require_safe
def jump(request):
    """Lead to the action that people call by a number, or offer those that it may mean."""
    number = request.GET.get("number", "").strip()[:60]
    seen = Action.objects.visible_to(request.user)
    keys = (
        list(seen.numbered(number).order_by("pk").values_list("pk", flat=True)[: MOST_CANDIDATES + 1]) if number else []
    )
    if len(keys) == 1:
        return redirect("action", keys[0])
    found = seen.filter(pk__in=keys[:MOST_CANDIDATES]).for_list().in_plan_order()
    context = {"number": number, "found": found, "has_more": len(keys) > MOST_CANDIDATES, "section": "actions"}
    return render(request, "actions/jump.html", context)


@GET_AND_POST
def list_columns(request):
    """Choose which columns the list shows, and in which order."""
    listing = Listing(request.user, request.GET)
    form = OnceForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():
        shown = _rearranged(request.POST)
        arranging.keep(by=request.user, columns=shown)
        query = request.GET.copy()
        query["columns"] = ",".join(shown)
        if "done" not in request.POST:
            return redirect(f"{reverse('list-columns')}?{address_of(query)}")
        return redirect(f"{reverse('action-list')}?{address_of(query)}")
    hidden = [name for name in CHOICE if name not in listing.columns]
    context = {
        "form": form,
        "columns": [(name, CHOICE[name], name in listing.columns) for name in [*listing.columns, *hidden]],
        "list_url": listing.url,
        "section": "actions",
    }
    return render(request, "actions/list_columns.html", context)


def _rearranged(data):
    """Return the columns that were ticked in their order, one of them moved up or down where that was asked for."""
    order = [name for name in data.getlist("order") if name in CHOICE]
    shown = [name for name in order if name in data.getlist("shown")]
    for way, name in ((-1, data.get("up")), (1, data.get("down"))):
        if name in shown:
            place = shown.index(name)
            shown.insert(max(place + way, 0), shown.pop(place))
    return shown


@GET_AND_POST
def list_keys(request):
    """Say what the keys do, and switch them off or on."""
    listing = Listing(request.user, request.GET)
    form = OnceForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():
        arranging.keep(by=request.user, has_keys="on" in request.POST)
        messages.success(request, f"Single keys are switched {'on' if 'on' in request.POST else 'off'}")
        return redirect(listing.url)
    context = {"form": form, "keys": KEYS, "listing": listing, "section": "actions"}
    return render(request, "actions/list_keys.html", context)


@require_safe
def saved_views(request):
    """Show the views that the person can open, and what they can do with each."""
    listing = Listing(request.user, request.GET)
    views = [(view, view.may_be_changed_by(request.user)) for view in listing.views]
    return render(request, "actions/saved_views.html", {"listing": listing, "views": views, "section": "actions"})


@GET_AND_POST
def save_view(request):
    """Keep the list that the address describes under a name."""
    listing = Listing(request.user, request.GET)
    form = SaveViewForm(written(request), by=request.user)
    about = {"query": state_of(request.GET), "columns": listing.columns}
    if request.method == "POST" and done_by(form, arranging.save_view, **about):
        return _kept(request, SavedView.objects.visible_to(request.user).filter(owner=request.user).latest("pk"))
    return render(request, "actions/save_view.html", {"form": form, "listing": listing, "section": "actions"})


@GET_AND_POST
def change_view(request, pk):
    """Rename a view, share it or not, and let it stand for the list that the address describes, if it describes one."""
    view, listing = _view_to_change(request, pk), Listing(request.user, request.GET)
    initial = {"name": view.name, "opens_first": listing.settings.opens_with_id == view.pk}
    initial["team"] = next((f"{kind}-{team}" for kind, team in _team_of(view)), "")
    form = SaveViewForm(written(request), by=request.user, view=view, initial=initial)
    about = {"query": state_of(request.GET), "columns": listing.columns} if request.GET else {}
    if request.method == "POST" and done_by(form, arranging.change_view, view=view, **about):
        return _kept(request, get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk))
    context = {"form": form, "listing": listing, "view": view, "section": "actions"}
    return render(request, "actions/save_view.html", context)


@GET_AND_POST
def delete_view(request, pk):
    """Delete a view, after asking."""
    view = _view_to_change(request, pk)
    form = OnceForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and done_by(form, arranging.delete_view, view=view):
        messages.success(request, f"The view “{view}” is deleted")
        return redirect("saved-views")
    return render(request, "actions/delete_view.html", {"form": form, "view": view, "section": "actions"})


def _team_of(view):
    return [(kind, getattr(view, f"{kind}_id")) for kind in ("partnership", "agency") if getattr(view, f"{kind}_id")]


def _view_to_change(request, pk):
    """Return a view that the person can open, if they may also change it."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    if not view.may_be_changed_by(request.user):
        raise PermissionDenied
    return view


def _kept(request, view):
    messages.success(request, f"The view “{view}” is saved")
    return redirect(view)
