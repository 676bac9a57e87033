"""Evidence: adding it, looking at it, using it again, judging it, taking it back."""

import tempfile
from functools import partial, reduce
from operator import or_

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from scr_tracker.permissions import Permission

from ..evidence import events, intake, naming, pictures, rights, services, storing
from ..evidence.checking import BY_CONTENT_TYPE
from ..evidence.forms import AcceptForm, ChooseForm, EvidenceForm, ReasonForm, SearchForm
from ..models import Evidence
from .actions import get_action

#: How many things a page offers to choose from; more are found by words.
MOST_OFFERED = 25

#: What the browser may do with a file that it shows: nothing at all.
SHUT_IN = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_AND_POST
def add_evidence(request, pk):
    """Take files, a link or a note as evidence for an action."""
    action = get_action(request, pk, Permission.ADD_EVIDENCE)
    add = partial(services.add, action=action, by=request.user)
    context = {"action": action, "after": f"{action.get_absolute_url()}#evidence"}
    return _take_in(request, action, add, "actions/evidence/add.html", context)


@GET_AND_POST
def replace_evidence(request, pk):
    """Take a newer version of a piece of evidence; the old one is kept."""
    evidence, rights_here = get_evidence(request, pk, "change")
    add = partial(services.add_version, evidence=evidence, by=request.user)
    context = {"evidence": evidence, "actions": rights_here.actions, "after": evidence.get_absolute_url()}
    return _take_in(request, evidence, add, "actions/evidence/replace.html", context, single=True)


def _take_in(request, about, add, template, context, single=False):
    """Show a form for evidence, or take in what it brings: for a page, or piece by piece for its script."""
    asked = request.POST.get("script", "")
    form = EvidenceForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        by=request.user,
        about=about,
        single=single,
        files_follow=asked in {"check", "done"},
        initial=_said_before(about) if single else {},
    )
    if asked:
        return _answer_script(request, asked, form, add, context["after"])
    if form.is_valid():
        taken = intake.take_in(form, add)
        if taken.added:
            messages.success(request, taken.words)
        if not taken.refused:
            return redirect(taken.added[-1] if single else context["after"])
        for sentence in taken.refused:
            form.add_error("files", sentence)
    context = {**context, "form": form, "largest": settings.EVIDENCE_MAX_BYTES, "section": "actions"}
    return render(request, template, context)


def _answer_script(request, asked, form, add, after):
    """Answer the page's script: whether all but the files is right, what became of one file, where to go at the end."""
    if not form.is_valid():
        return JsonResponse({"errors": form.errors_by_id()}, status=422)
    if asked == "check":
        return JsonResponse({})
    if asked == "done":
        sent = Evidence.objects.visible_to(request.user).filter(submission=form.submission)
        if count := sent.count():
            messages.success(request, intake.said(count, sent.waiting_for_a_scan().count()))
        return JsonResponse({"next": sent[0].get_absolute_url() if form.single and count else after})
    taken = intake.take_in(form, add)
    return JsonResponse({"added": len(taken.added), "refused": taken.refused})


def _said_before(evidence):
    """Return what a form for a newer version begins with."""
    source = next((name for name in ("link", "note") if getattr(evidence, name)), "files")
    names = ("title", "kind", "strength", "what_it_shows", "link", "note")
    return {"source": source, **{name: getattr(evidence, name) for name in names}}


@require_safe
def evidence(request, pk):
    """Show a piece of evidence: what it is, what it shows, its versions, the actions it serves, its history."""
    found, rights_here = get_evidence(request, pk)
    context = {
        "evidence": found,
        "rights": rights_here,
        "may_share": rights.evidence_to_reuse(request.user).filter(pk=found.pk).exists(),
        "versions": events.versions(found, Evidence.objects.visible_to(request.user)),
        "events": events.of_evidence(found, request.user),
        "file_type": BY_CONTENT_TYPE.get(found.content_type),
        "section": "actions",
    }
    return render(request, "actions/evidence/evidence.html", context)


@require_GET
def download_evidence(request, pk):
    """Give the file as it was uploaded, to be saved."""
    found = _get_file(request, pk)
    file_type = BY_CONTENT_TYPE.get(found.content_type)
    name = naming.saved(found.file_name, file_type.ending if file_type else ".bin")
    return _give(request, found, form="download", as_attachment=True, filename=name)


@require_GET
def open_evidence(request, pk):
    """Show a PDF in the browser, shut in so that it can do nothing but be read."""
    found = _get_file(request, pk)
    if found.content_type != "application/pdf":
        raise Http404
    return _give(request, found, form="page", filename=naming.saved(found.file_name, ".pdf"))


def _give(request, found, *, form, **how):
    """Answer with the file of a piece of evidence, or with the sentence why not."""
    if found.is_in_quarantine:
        messages.error(request, f"This file cannot be opened: {found.get_scan_display().lower()}.")
        return redirect(found)
    copy = tempfile.SpooledTemporaryFile(max_size=5_000_000)  # noqa: SIM115 (the response closes it)
    try:
        services.open_file(evidence=found, by=request.user, into=copy, form=form, request=request)
    except storing.FileChanged:
        copy.close()
        messages.error(
            request,
            "This file is not the one that was uploaded any more, and is not given out. Tell your administrator: "
            "manage.py verify_evidence says more.",
        )
        return redirect(found)
    response = FileResponse(copy, content_type=found.content_type, headers=SHUT_IN, **how)
    response["Content-Length"] = found.size
    return response


@require_GET
def evidence_picture(request, pk):
    """Show a small copy of a picture, drawn anew."""
    found = _get_file(request, pk)
    if found.is_in_quarantine or not found.content_type.startswith("image/"):
        raise Http404
    with tempfile.SpooledTemporaryFile(max_size=5_000_000) as copy:
        try:
            services.open_file(evidence=found, by=request.user, into=copy, form="picture", request=request)
        except storing.FileChanged:
            return HttpResponse(status=409, headers=SHUT_IN)
        drawn, content_type = pictures.preview(copy)
    return HttpResponse(drawn, content_type=content_type, headers=SHUT_IN)


@GET_AND_POST
def reuse_evidence(request, pk):
    """Choose pieces of evidence that serve other actions already, for this action too."""
    action = get_action(request, pk, Permission.ADD_EVIDENCE)
    among = rights.evidence_to_reuse(request.user).exclude(actions=action)
    form, search, offered = _choice(request, among, "Choose at least one piece of evidence", "title", "what_it_shows")
    if form.is_valid():
        for each in form.cleaned_data["chosen"]:
            services.reuse(evidence=each, actions=[action], by=request.user)
        messages.success(request, intake.said(len(form.cleaned_data["chosen"])))
        return redirect(f"{action.get_absolute_url()}#evidence")
    context = {"action": action, "form": form, "search": search, "section": "actions"}
    return render(request, "actions/evidence/reuse.html", {**context, **offered})


@GET_AND_POST
def share_evidence(request, pk):
    """Choose further actions for which a piece of evidence shows something."""
    found, rights_here = get_evidence(request, pk)
    if not rights.evidence_to_reuse(request.user).filter(pk=found.pk).exists():
        raise PermissionDenied
    among = rights.actions_to_serve(request.user).exclude(evidence=found).in_plan_order()
    among = among.select_related("review__partnership", "recommendation", "lead_agency")
    form, search, offered = _choice(request, among, "Choose at least one action", "text", "recommendation__text")
    if form.is_valid():
        count = services.reuse(evidence=found, actions=form.cleaned_data["chosen"], by=request.user)
        messages.success(request, f"Used for {count} more action{'' if count == 1 else 's'}")
        return redirect(found)
    context = {"evidence": found, "actions": rights_here.actions, "form": form, "search": search}
    return render(request, "actions/evidence/share.html", {**context, **offered, "section": "actions"})


def _choice(request, among, sentence, *fields):
    """Return a form to choose with, one to search with, and what is offered: some of it, found by words."""
    form = ChooseForm(request.POST if request.method == "POST" else None, among=among, sentence=sentence)
    search = SearchForm(request.GET)
    for word in (search.cleaned_data["text"] if search.is_valid() else "").split():
        among = among.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in fields)))
    offered = list(among[: MOST_OFFERED + 1])
    return form, search, {"offered": offered[:MOST_OFFERED], "there_are_more": len(offered) > MOST_OFFERED}


@GET_AND_POST
def accept_evidence(request, pk):
    """Accept a piece of evidence."""
    return _say(request, pk, "judge", "accept", services.accept, AcceptForm, "Evidence accepted")


@GET_AND_POST
def return_evidence(request, pk):
    """Return a piece of evidence with a reason."""
    hint = "Say what is missing, so that the agency can put it right. The agency sees this."
    return _say(request, pk, "judge", "return", services.return_, partial(ReasonForm, hint=hint), "Evidence returned")


@GET_AND_POST
def withdraw_evidence(request, pk):
    """Take a piece of evidence back."""
    hint = "It stays on record with your reason, no longer counts, and only you and the partnership can open it."
    return _say(
        request, pk, "change", "withdraw", services.withdraw, partial(ReasonForm, hint=hint), "Evidence withdrawn"
    )


def _say(request, pk, right, name, service, form_class, done):
    """Ask for a reason or note, and do what it is for."""
    found, rights_here = get_evidence(request, pk, right)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        service(evidence=found, by=request.user, **form.cleaned_data)
        messages.success(request, done)
        return redirect(found)
    context = {"evidence": found, "actions": rights_here.actions, "form": form, "section": "actions"}
    return render(request, f"actions/evidence/{name}.html", context)


def get_evidence(request, pk, right=None):
    """Return a piece of evidence that the user can see, with their rights, if they have the one they ask for."""
    found = get_object_or_404(Evidence.objects.visible_to(request.user).for_list(), pk=pk)
    rights_here = rights.of(request.user, found)
    if right and not getattr(rights_here, right):
        raise PermissionDenied
    return found, rights_here


def _get_file(request, pk):
    """Return a piece of evidence whose file the user may open, unless it is in quarantine."""
    found, rights_here = get_evidence(request, pk)
    if not found.file:
        raise Http404
    if not (rights_here.open or found.is_in_quarantine):
        raise PermissionDenied
    return found
