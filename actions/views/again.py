"""A plan comes in again: what differs from the saved one, what is accepted of it, and what that does."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse

from scr_tracker.rules import AlreadySent, RuleBroken

from ..importing.again import ChangedHere, choosing
from ..importing.again.choosing import Choosing
from ..importing.again.forms import AcceptForm, ReturnForm, choices_in
from ..importing.again.page import Page, waiting
from .imports import GET_AND_POST, about_import, while_open

CHANGED_HERE = "The plan was changed here after you looked. Nothing was accepted. Look at what is marked."


@GET_AND_POST
@while_open
def import_differences(request, record):
    """Show what a newer version of a plan would change, and keep what is chosen of it."""
    if not record.review_id:
        return redirect("bring-in", record.pk)
    found = Choosing(record)
    if request.method == "POST":
        return _keep_choices(request, found)
    context = {
        **about_import(request, record),
        "choosing": found,
        "found": Page(found, request.GET.get("show", ""), request.GET.get("page")),
        "show": request.GET.get("show", ""),
        "whose": ReturnForm(agencies=found.agencies, initial={"agency": found.agency and found.agency.pk}),
    }
    return render(request, "imports/import_differences.html", context)


def _keep_choices(request, found):
    """Keep the choices of a page, do what its button says besides, and lead on."""
    record, (do, _, what) = found.record, request.POST.get("do", "").partition(":")
    take, same = choices_in(request.POST)
    if do == "whose":
        form = ReturnForm(request.POST, agencies=found.agencies)
        if form.is_valid():
            choosing.say_whose_return(record=record, agency=form.chosen)
    if do in ("accept", "keep"):
        group = next((each for each in found.differences.groups if each.key == what), None)
        taken = found.taken | {key: chosen for key, (chosen, _) in take.items()}
        rest = waiting(group, taken) if group else {}
        take |= {key: (do == "accept", about) for key, about in rest.items()}
    choosing.choose(record=record, take=take, same=same)
    if do == "next":
        return redirect("accept-differences", record.pk)
    messages.success(request, "Your choices are saved. Nothing in the plan has changed yet")
    query = request.GET.urlencode()
    address = reverse("import-differences", args=[record.pk])
    return redirect(f"{address}{f'?{query}' if query else ''}{f'#{what}' if what else ''}")


@GET_AND_POST
@while_open
def accept_differences(request, record):
    """Say what accepting does, and do it."""
    if not record.review_id:
        return redirect("bring-in", record.pk)
    found = Choosing(record)
    accepted = found.to_accept
    form = AcceptForm(request.POST if request.method == "POST" else None, by=request.user, choosing=found)
    if request.method == "POST" and _accepted(request, form, accepted, record):
        return redirect(record)
    context = {
        **about_import(request, record),
        "choosing": found,
        "form": form,
        "sentences": choosing.outcome(found.differences, accepted),
    }
    return render(request, "imports/accept_differences.html", context)


def _accepted(request, form, accepted, record):
    """Accept what was confirmed; say whether it is done."""
    if form.was_sent():
        return True
    if not form.is_valid():
        return False
    try:
        choosing.accept(
            record=record, accepted=accepted, by=request.user, reason=form.cleaned_data["reason"], sent=form.sent
        )
        messages.success(request, f"Accepted from {record.file_name}")
    except AlreadySent:
        pass  # and done
    except ChangedHere:
        form.add_error(None, CHANGED_HERE)
        return False
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return False
    return True
