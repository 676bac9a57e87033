"""Changing actions without leaving the list: one in its row, many on a sheet, and taking back what was just changed.

Each address answers a whole page by itself; only where the list's own script asks does it answer a row.
"""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.forms import OnceForm
from scr_tracker.kept import written
from scr_tracker.permissions import Permission

from .. import batches, changing, services, timeline
from ..list_forms import QuickForm, SheetRowForm, UndoForm
from ..listing import Listing, address_of, keys_in
from ..models import Action
from ..tables import ActionTable
from .actions import ActionList, about_action, get_action
from .steps import asked_again, done_by

#: How many actions a sheet takes.
LONGEST_SHEET = 100

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_AND_POST
def quick_change(request, pk):
    """Change an action in its row: status, own rating, target date, who is responsible, a note."""
    found = get_action(request, pk, Permission.UPDATE_ACTION)
    form = _quick_form(written(request), found, request.user)
    if request.method == "POST":
        if done_by(form, changing.change_action, action=found):
            return _changed(request, found, form.started_from)
        found = get_action(request, pk, Permission.UPDATE_ACTION)
        form = asked_again(form, found)
        form.auto_id = f"a{pk}_%s"
    template = "actions/_quick_row.html" if request.htmx else "actions/quick_change.html"
    context = {**about_action(found), **_place(request, found), "form": form}
    return _answer(request, template, context, status=409 if form.meanwhile else 200)


@require_safe
def list_row(request, pk):
    """Show an action as a row of the list again; by itself, its page."""
    found = get_action(request, pk)
    return _row(request, found) if request.htmx else redirect(found)


@GET_AND_POST
def undo_change(request, pk):
    """Take back what the person has just changed of an action, as long as nothing else has happened to it."""
    found = get_action(request, pk, Permission.UPDATE_ACTION)
    form = UndoForm(request.POST if request.method == "POST" else request.GET.copy(), by=request.user)
    if request.method == "POST" and done_by(form, services.undo, action=found):
        if request.htmx:
            return _row(request, found, mark_safe('<span class="app-said" data-said role="status">Undone</span>'))
        messages.success(request, f"Undone: action {found.called} is as it was")
        return redirect(_place(request, found)["list_url"])
    if set(form.errors) - {"__all__"}:
        return redirect(found)
    if request.method == "GET":
        form = UndoForm(by=request.user, initial={name: form.data[name] for name in ("before", "after")})
        form.initial["token"] = OnceForm(by=request.user).initial["token"]
    elif request.htmx:
        said = format_html('<span class="app-said app-said--bad" data-said role="alert">{}</span>', _first_error(form))
        return _row(request, found, said)
    events = timeline.since(found, form["before"].value(), request.user)
    context = {**about_action(found), **_place(request, found), "form": form, "events": events}
    return render(request, "actions/undo_change.html", context)


def _quick_form(data, action, user):
    return QuickForm(data, action=action, by=user, auto_id=f"a{action.pk}_%s")


def _place(request, action):
    """Return where in the list an action stands, and how to come back to it."""
    query = QueryDict(request.GET.get("back", ""))
    back = address_of(query)
    return {
        "listing": Listing(request.user, query),
        "back": back,
        "here": urlencode({"back": back}),
        "list_url": f"{reverse('action-list')}?{back or 'view=all'}#action-{action.pk}",
    }


def _changed(request, action, before):
    """Answer that an action is changed, and how to take that back."""
    after = Action.objects.visible_to(request.user).version_of(action)
    undo = UndoForm(by=request.user, initial={"before": before, "after": after}, auto_id=False)
    place = _place(request, action)
    if request.htmx:
        context = {**place, "action": action, "form": undo}
        return _row(request, action, render_to_string("actions/_changed.html", context, request))
    address = f"{reverse('undo-change', args=[action.pk])}?{place['here']}&before={before}&after={after}"
    said = format_html('Action {} is saved. <a class="govuk-link" href="{}">Undo</a>', action.called, address)
    messages.success(request, said)
    return redirect(place["list_url"])


def _row(request, action, said=""):
    """Answer the row of an action in the list that the person looks at, with words beside it."""
    place = _place(request, action)
    listing = place["listing"]
    seen = Action.objects.visible_to(request.user).for_list().prefetch_related(*listing.related)
    columns = {"chosen": listing.columns, "worker": listing, "back": place["back"]}
    table = ActionTable([seen.get(pk=action.pk)], **columns, said={action.pk: said})
    return _answer(request, "actions/_list_row.html", {"table": table})


def _answer(request, template, context, status=200):
    """Answer a page, or the part of one that the list's script asked for, marked as such."""
    response = render(request, template, context, status=status)
    if request.htmx:
        response["X-Part"] = "row"
    return response


def _first_error(form):
    return next(str(error) for errors in form.errors.values() for error in errors)


class Sheet(ActionList):
    """The actions of one page of the list, all open to be changed at once."""

    template_name = "actions/sheet.html"
    opens_a_view = False

    def get_context_data(self, **kwargs):
        """Show a line for each action of the page, or the lines that were kept while a sign-in ended."""
        context = super().get_context_data(**kwargs)
        data = written(self.request)
        keys = [row.record.pk for row in context["table"].page.object_list] if data is None else data.getlist("row")
        return context | self.about(lines_of(self.request.user, keys, data))

    def about(self, lines):
        """Return what the page shows: the lines, and how to leave it."""
        list_url = self.listing.url
        return {"lines": lines, "once": OnceForm(by=self.request.user), "list_url": list_url, "section": "actions"}

    def post(self, request, *args, **kwargs):
        """Save the lines that say something new, each by itself; show those again that could not be saved."""
        data = written(request)
        lines = [form for form in lines_of(request.user, data.getlist("row"), data) if form.says_something]
        versions = {}

        def change(*, action, **about):
            versions[action.pk] = changing.change_action(action=action, **about)

        left = [form for form in lines if not done_by(form, change, action=form.action)]
        if saved := len(lines) - len(left):
            messages.success(request, self.said(saved, versions))
        about = self.about([asked_again(form, get_action(request, form.action.pk)) for form in left])
        if not left:
            return redirect(about["list_url"])
        return render(request, self.template_name, {**about, "left": True})

    def said(self, saved, versions):
        """Return that so many actions are saved, and how to take that back."""
        said = f"{saved} action{'' if saved == 1 else 's'} saved"
        if not versions:
            return said
        sheet = batches.keep_sheet(by=self.request.user, versions=versions, query=self.listing.back)
        address = reverse("undo-batch", args=[sheet.pk])
        return format_html('{}. <a class="govuk-link" href="{}">Undo</a>', said, address)


def lines_of(user, keys, data=None):
    """Return a form for each of these actions that the user may change, in the order of the keys."""
    keys = keys_in(keys)[:LONGEST_SHEET]
    seen = Action.objects.visible_to(user).with_surroundings().with_version().in_bulk(keys)
    may = [seen[key] for key in keys if key in seen and user.has_perm(Permission.UPDATE_ACTION, seen[key])]
    return [SheetRowForm(data, action=action, by=user, prefix=f"a{action.pk}") for action in may]
