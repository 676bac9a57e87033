"""Many actions at once: choosing them from the list, what to do, what that would change, and what came of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker import audit
from scr_tracker.jobs import nobody_works
from scr_tracker.kept import written
from scr_tracker.models import DEFAULT_MARKING, AuditEvent
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from .. import batches, selecting
from ..changing import Change
from ..exporting import lists
from ..exporting.files import KINDS
from ..list_forms import BatchForm, ConfirmForm, RemindForm
from ..listing import Listing, keys_in
from ..models import Batch
from .actions import ActionList
from .exports import offered
from .reminders import tell
from .steps import done_by

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


class NewBatch(ActionList):
    """The actions that were ticked on whatever page of the list, or all that it shows on all its pages."""

    def get(self, request, *args, **kwargs):
        """Go back to the list, on which actions are chosen."""
        return redirect(self.listing.url)

    def post(self, request, *args, **kwargs):
        """Keep what was chosen, and go on to what to do with it."""
        if "all" in request.POST:
            chosen = self.get_filterset(self.filterset_class).qs
        else:
            selecting.keep(by=request.user, **ticks_of(request.POST))
            chosen = self.get_queryset().selected_by(request.user)
        keys = list(chosen.values_list("pk", flat=True)[: batches.MOST + 1])
        try:
            return redirect(batches.begin(by=request.user, keys=keys, query=self.listing.back))
        except RuleBroken as broken:
            messages.error(request, str(broken))
            return redirect(self.listing.url)


@GET_AND_POST
def select_actions(request):
    """Keep what a page of the list has ticked while its person goes to another page, or take all ticks away."""
    then = request.POST.get("then", request.GET.urlencode()).removeprefix("?")
    ticks, query = ticks_of(request.POST), QueryDict(then, mutable=True)
    if "clear" in request.POST:
        selecting.clear(by=request.user)
        query.pop("selected", None)
    elif request.method == "POST":
        selecting.keep(by=request.user, **ticks)
    listing = Listing(request.user, query)
    if "part" not in request.POST:
        return redirect(listing.url)
    on_page = keys_in(request.POST["part"].split(","))
    context = {"listing": listing, "selection": listing.selection_beside(on_page)}
    response = render(request, "actions/_selection.html", context)
    response["X-Part"] = "selection"
    return response


def ticks_of(data):
    """Return the keys of the actions that a page of the list shows, and of those that are ticked on it."""
    return {"shown": keys_in(data.get("shown", "").split(",")), "ticked": keys_in(data.getlist("chosen"))}


@GET_AND_POST
def batch(request, pk):
    """Say what can be done with the actions chosen, and what came of it once it is done."""
    found = _get_batch(request, pk)
    if found.asked_at:
        return _what_came_of(request, found)
    form = (
        BatchForm(written(request), by=request.user) if request.user.may_somewhere(Permission.UPDATE_ACTION) else None
    )
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if done_by(form, batches.weigh, batch=found):
            return redirect("batch-preview", pk)
    context = {**_about(request, found), "form": form, "export_kinds": ("xlsx", "csv", "docx")}
    context["may_remind"] = request.user.may_somewhere(Permission.REMIND)
    context["may_report"] = request.user.may_somewhere(Permission.MAKE_REPORT)
    return render(request, "actions/batch.html", context)


def _what_came_of(request, found):
    """Say what was done; where the work stopped on the way, go on with the rest."""
    form = ConfirmForm(written(request), by=request.user) if found.has_stopped else None
    if request.method == "POST" and form and done_by(form, batches.go_on, batch=found):
        found = _get_batch(request, found.pk)
        batches.do(found)
        return redirect(found.job or found)
    return render(request, "actions/batch_done.html", {**_outcome(request, found), "form": form})


@GET_AND_POST
def batch_preview(request, pk):
    """Show what would change and what would not and why, and change it."""
    found = _get_batch(request, pk)
    if not (found.wanted or found.asked_at):
        return redirect(found)
    form = ConfirmForm(written(request), by=request.user)
    if request.method == "POST" and (found.asked_at or done_by(form, batches.ask, batch=found)):
        found = _get_batch(request, pk)
        batches.do(found)
        return redirect(found.job if found.job_id else found)
    if found.asked_at:
        return redirect(found)
    context = {**_about(request, found), "form": form, "change": Change.from_json(found.wanted).in_words()}
    context |= {"able": len(found.versions), "refusals": batches.refusals(found.refused, request.user)}
    return render(request, "actions/batch_preview.html", context)


@GET_AND_POST
def undo_batch(request, pk):
    """Say how much of what was done to many actions can be put back, and put it back."""
    found = _get_batch(request, pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and done_by(form, batches.undo, batch=found):
        found = _get_batch(request, pk)
        return redirect(found if found.undone_at else found.job)
    if not found.can_be_undone:
        return redirect(found)
    context = {**_about(request, found), "form": form, "change": Change.from_json(found.wanted).in_words()}
    context["able"] = found.changes.untouched_since().count()
    return render(request, "actions/undo_batch.html", context)


@GET_AND_POST
def batch_remind(request, pk):
    """Remind the people of the open actions among those chosen."""
    found = _get_batch(request, pk)
    if not request.user.may_somewhere(Permission.REMIND):
        raise PermissionDenied
    form = RemindForm(written(request), by=request.user)

    def remind(**about):
        tell(request, batches.remind(**about))

    if request.method == "POST" and done_by(form, remind, batch=found):
        return redirect(found.list_url)
    context = {**_about(request, found), "form": form, "able": batches.remindable(found, request.user).count()}
    return render(request, "actions/batch_remind.html", context)


@require_safe
def batch_report(request, pk):
    """Begin a report on the reviews of the actions chosen, and about their agencies where it is not about all."""
    found = _get_batch(request, pk)
    if not request.user.may_somewhere(Permission.MAKE_REPORT):
        raise PermissionDenied
    seen = batches.actions_of(found, request.user).where_granted(request.user, Permission.MAKE_REPORT)
    of_reviews = seen.order_by("review__partnership", "review").values_list("review__partnership", "review").distinct()
    if not of_reviews:
        messages.error(request, "None of these actions is of a review on which you can make a report.")
        return redirect(found)
    partnership = of_reviews[0][0]
    reviews = [review for place, review in of_reviews if place == partnership]
    agencies = seen.filter(review__in=reviews).order_by("lead_agency").values_list("lead_agency", flat=True).distinct()
    chosen = [("partnership", partnership), *(("reviews", key) for key in reviews)]
    chosen += [("agencies", key) for key in agencies if key]
    selecting.done_with(by=request.user, keys=found.keys)
    return redirect(f"{reverse('new-report')}?{urlencode(chosen)}")


@require_safe
def batch_export(request, pk, kind):
    """Hand over the actions chosen as a file."""
    found = _get_batch(request, pk)
    actions = batches.actions_of(found, request.user).in_plan_order()
    number, name = actions.count(), lists.name_of_list(offered(kind))
    if number > lists.LONGEST.get(kind, number):
        messages.error(request, f"{KINDS[kind].name} takes at most {lists.LONGEST[kind]:,} actions: use CSV.")
        return redirect(found)
    detail = {"format": kind, "actions": number, "batch": found.pk}
    audit.record(AuditEvent.Kind.EXPORTED, by=request.user, about=name, request=request, **detail)
    selecting.done_with(by=request.user, keys=found.keys)
    if kind == "csv":
        response = StreamingHttpResponse(lists.separated_lines(actions), content_type=KINDS[kind].content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    write = lists.workbook_of if kind == "xlsx" else lists.document_of
    file = write(actions, title="Actions", about=[("Actions", f"{number:,} chosen")], marking=DEFAULT_MARKING)
    return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[kind].content_type)


def _get_batch(request, pk):
    """Return a batch of the person's own."""
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("by", "job"), pk=pk)


def _about(request, found):
    """Return what every page about a batch shows: how many actions, and the first of them."""
    seen = batches.actions_of(found, request.user)
    return {"batch": found, "number": len(found.keys), "first": seen.for_list()[:5], "section": "actions"}


def _outcome(request, found):
    context = {**_about(request, found), "change": Change.from_json(found.wanted).in_words(), "job": found.job}
    context["is_under_way"] = bool(found.job) and not (found.undone_at if found.undo_asked_at else found.done_at)
    context["nobody_works"] = bool(found.job) and nobody_works(found.job)
    context["left"] = batches.refusals(found.left, request.user)
    context["left_to_do"] = len(found.left_to_do) if found.has_stopped else 0
    return context | {"refusals": batches.refusals(found.refused, request.user)}
