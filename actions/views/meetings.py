"""Meetings: entering them, preparing their agendas, and what they decided. Running them is in meeting_room.py."""

import re
from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.kept import written
from scr_tracker.models import Job
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from ..choices import SAYS_ENOUGH
from ..exporting.files import KINDS
from ..meetings import agenda, forms, minutes, services
from ..models import Meeting, MeetingDecision, Report
from .evidence import SHUT_IN
from .steps import done_by

PER_PAGE = 30

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def meeting_list(request):
    """Show the meetings of one's partnerships, those to come first."""
    seen = Meeting.objects.visible_to(request.user).select_related("partnership")
    context = {
        "coming": seen.coming(),
        "page": Paginator(seen.past(), PER_PAGE).get_page(request.GET.get("page")),
        "runs_for": services.partnerships_of(request.user),
        "section": "meetings",
    }
    return render(request, "actions/meetings/meeting_list.html", context)


@GET_AND_POST
def new_meeting(request):
    """Enter a meeting that reports can be made for, and that can be run from the screen."""
    partnership, choice = _partnership_asked_for(request)
    if partnership is None:
        return render(request, "actions/meetings/choose.html", {"choice": choice, "section": "meetings"})
    form = forms.MeetingForm(written(request), partnership=partnership, by=request.user)
    if request.method == "POST" and done_by(form, services.enter_meeting, partnership=partnership):
        messages.success(request, "The meeting is entered")
        entered = Meeting.objects.visible_to(request.user).filter(partnership=partnership, **_named(form)).first()
        return redirect(entered or "meeting-list")
    context = {"form": form, "partnership": partnership, "section": "meetings"}
    return render(request, "actions/meetings/new.html", context)


@require_safe
def meeting(request, pk):
    """Show a meeting: who was there, the reports made for it, and what it decided."""
    found = get_meeting(request, pk)
    runs, decided = request.user.has_perm(Permission.RUN_MEETING, found), minutes.of(found, request.user)
    has_agenda = (found.has_agenda or decided.items) if runs else found.prepared_at
    context = {
        **about_meeting(found),
        "runs": runs,
        "is_to_come": found.date > timezone.localdate(),
        "agenda": agenda.of(found, request.user) if has_agenda else None,
        "minutes": decided,
        "attended": found.attended.all(),
        "reports": Report.objects.visible_to(request.user).latest_versions().filter(meeting=found).defer("data"),
        "may_report": request.user.has_perm(Permission.MAKE_REPORT, found),
    }
    return render(request, "actions/meetings/meeting.html", context)


@GET_AND_POST
def change_meeting(request, pk):
    """Put right what is known of a meeting."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    form = forms.ChangeMeetingForm(written(request), meeting=found, by=request.user)
    return _ask(request, found, form, services.change_meeting, "The meeting is changed", "Change the meeting")


@GET_AND_POST
def meeting_present(request, pk):
    """Say who is there."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    form = forms.PresentForm(written(request), meeting=found, by=request.user)
    then = reverse("run-meeting", args=[pk]) if "run" in request.GET else found.get_absolute_url()
    return _ask(request, found, form, services.note_present, "Noted who is there", "Who is there?", then)


@GET_AND_POST
def meeting_agenda(request, pk):
    """Show the agenda of a meeting, and put its items in order."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    shown = agenda.of(found, request.user)
    form = forms.ArrangeForm(written(request), meeting=found, shown=shown, by=request.user)
    if request.method == "POST":
        if done_by(form, services.arrange_agenda, meeting=found):
            messages.success(request, "The agenda is saved")
            return redirect("meeting-agenda", pk)
        form.say_if_changed()
    return _agenda_page(request, found, shown, form=form)


@GET_AND_POST
def choose_agenda(request, pk):
    """Choose from which reviews the agenda gathers what."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    counts = agenda.counts_of(found, request.user)
    form = forms.ScopeForm(written(request), meeting=found, counts=counts, by=request.user)
    then, title = reverse("meeting-agenda", args=[pk]), "What belongs on the agenda"
    return _ask(request, found, form, services.choose_agenda, "The agenda is gathered anew", title, then)


@GET_AND_POST
def add_to_agenda(request, pk):
    """Put an action on the agenda by its number."""
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    form = forms.AddForm(written(request), meeting=found, by=request.user)
    then, title = reverse("meeting-agenda", args=[pk]), "Add to the agenda by number"
    return _ask(request, found, form, services.add_items, "Added at the end of the agenda", title, then)


@GET_AND_POST
def prepare_agenda(request, pk):
    """Let an agenda stay as it is now."""
    return _take_agenda_step(request, pk, services.prepare_agenda, "The agenda is prepared, and stays as it is")


@GET_AND_POST
def open_agenda(request, pk):
    """Let a prepared agenda follow the plans again."""
    return _take_agenda_step(request, pk, services.open_agenda, "The agenda follows the plans again")


@require_safe
def minutes_as_word(request, pk):
    """Give the list of what a meeting decided, as far as the person may see it, as a Word document."""
    name, content = minutes.write_word(meeting=get_meeting(request, pk), by=request.user, request=request)
    kind = KINDS["docx"].content_type
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=kind, headers=SHUT_IN)


@GET_AND_POST
def make_minutes(request, pk):
    """Have the list of what a meeting decided made as a PDF."""
    found = get_meeting(request, pk)
    if request.method == "POST":
        return redirect(minutes.begin_pdf(meeting=found, by=request.user))
    return redirect(found)


@require_safe
def made_minutes(request, pk, job_pk):
    """Offer the PDF to who asked for it."""
    found = get_meeting(request, pk)
    context = {**about_meeting(found), "job": _job_of(request, pk, job_pk)}
    return render(request, "actions/meetings/minutes.html", context)


@require_safe
def download_minutes(request, pk, job_pk):
    """Give the PDF to who asked for it, as long as it is kept and still says what holds."""
    found, job = get_meeting(request, pk), _job_of(request, pk, job_pk)
    try:
        name, file = minutes.open_pdf(meeting=found, job=job, by=request.user, request=request)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect(found)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf", headers=SHUT_IN)


@GET_AND_POST
def correct_decision(request, pk):
    """Put right how a decision was recorded."""
    seen = MeetingDecision.objects.visible_to(request.user).with_surroundings()
    found = get_object_or_404(seen.filter(meeting__in=Meeting.objects.visible_to(request.user)), pk=pk)
    if not request.user.has_perm(Permission.RUN_MEETING, found):
        raise PermissionDenied
    form = forms.CorrectForm(written(request), decision=found, by=request.user)
    if request.method == "POST" and done_by(form, services.correct_decision, decision=found):
        messages.success(request, "The record is put right")
        return redirect(found.meeting)
    context = {**about_meeting(found.meeting), "form": form, "decision": found}
    context["says_enough"] = found.outcome in SAYS_ENOUGH
    return render(request, "actions/meetings/correct.html", context)


def _partnership_asked_for(request):
    """Return (the partnership that the address names or the only one there is, those that there are to choose from)."""
    choice, asked = services.partnerships_of(request.user), request.GET.get("partnership")
    if asked is not None:
        return get_object_or_404(choice, pk=int(asked) if re.fullmatch("[0-9]{1,15}", asked) else 0), choice
    if not choice:
        raise PermissionDenied
    return (choice[0] if len(choice) == 1 else None), choice


def _job_of(request, pk, job_pk):
    """Return the job that made a PDF of the meeting's decisions, for who asked for it."""
    made = Job.objects.visible_to(request.user).filter(leads_to=reverse("minutes", args=[pk, job_pk]))
    return get_object_or_404(made, pk=job_pk)


def _named(form):
    return {name: form.cleaned_data[name] for name in ("name", "date")} if hasattr(form, "cleaned_data") else {}


def _ask(request, found, form, service, said, title, then=None):
    """Show a form about a meeting on a page of its own, and do what it says."""
    then = then or found.get_absolute_url()
    if request.method == "POST":
        if done_by(form, service, meeting=found):
            messages.success(request, said)
            return redirect(then)
        form.say_if_changed()
    context = {**about_meeting(found), "form": form, "title": title, "then": then}
    return render(request, "actions/meetings/form.html", context)


def _take_agenda_step(request, pk, service, said):
    found = get_meeting(request, pk, Permission.RUN_MEETING)
    form = forms.MeetingStepForm(written(request), meeting=found, by=request.user)
    if request.method == "POST":
        if done_by(form, service, meeting=found):
            messages.success(request, said)
        else:
            form.say_if_changed()
            messages.error(request, form.non_field_errors()[0])
    return redirect("meeting-agenda", pk)


def _agenda_page(request, found, shown, **context):
    form = context["form"]
    places = [(item, _field(form, "place", item), _field(form, "drop", item)) for item in shown.items]
    dropped = [(item, _field(form, "drop", item)) for item in shown.dropped]
    context |= {
        **about_meeting(found),
        **{"agenda": shown, "places": places, "dropped": dropped},
        "step_form": forms.MeetingStepForm(meeting=found, by=request.user),
        "add_form": forms.AddForm(meeting=found, by=request.user),
    }
    return render(request, "actions/meetings/agenda.html", context)


def _field(form, what, item):
    name = f"{what}_{item.key}"
    return form[name] if name in form.fields else None


def get_meeting(request, pk, permission=None):
    """Return a meeting that the user can see, if they may also do what they ask."""
    seen = Meeting.objects.visible_to(request.user).select_related("partnership", "prepared_by")
    found = get_object_or_404(seen, pk=pk)
    if permission and not request.user.has_perm(permission, found):
        raise PermissionDenied
    return found


def about_meeting(found):
    """Return what every page about a meeting shows."""
    return {
        "meeting": found,
        "partnership": found.partnership,
        "labels": found.partnership.rating_labels,
        "marking": found.partnership.protective_marking,
        "section": "meetings",
    }
