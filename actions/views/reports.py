"""Reports: drafting and issuing them, and giving them out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from reviews.models import Review
from scr_tracker.jobs import nobody_works
from scr_tracker.kept import written
from scr_tracker.models import Agency, Job
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from .. import issuing, pre_issue, publishing, reports
from ..models import Report, ReportDraft
from ..report_forms import ClearForm, DraftStepForm, ReportForm, initial_of
from ..reports.kinds import FORMS, KINDS
from .evidence import SHUT_IN
from .plans import get_review
from .steps import done_by

PER_PAGE = 30

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def report_list(request):
    """Show the issued reports that a person may have, and the drafts of who makes them."""
    found = Report.objects.visible_to(request.user).select_related("partnership", "meeting", "issued_by")
    drafts = ReportDraft.objects.visible_to(request.user).open().select_related("partnership", "meeting", "begun_by")
    context = {
        "page": Paginator(found.defer("data").with_successor(request.user), PER_PAGE).get_page(request.GET.get("page")),
        "drafts": drafts.select_related("job").prefetch_related("reviews"),
        "makes_for": issuing.partnerships_of(request.user),
        "may_pack": any(map(request.user.may_somewhere, (Permission.PACK_REVIEW, Permission.PACK_AGENCY))),
        "section": "reports",
    }
    return render(request, "actions/reports/report_list.html", context)


@require_safe
def report(request, pk):
    """Show what is known of an issued report, and offer its file."""
    found = get_report(request, pk)
    kept = Report.objects.visible_to(request.user).filter(pk=found.pk).values_list("data__heading", flat=True).get()
    context = {
        **about_report(found),
        "heading": KINDS[found.kind].heading(kept),
        "files": [(each, FORMS[each.form].name) for each in found.files.all()],
        "may_supersede": not found.successor and request.user.has_perm(Permission.MAKE_REPORT, found),
    }
    return render(request, "actions/reports/report.html", context)


@require_safe
def download_report(request, pk):
    """Give the file of an issued report, piece by piece as it is kept."""
    found = get_report(request, pk)
    file = issuing.give_out(report=found, by=request.user, request=request)
    name = reports.file_name(found)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf", headers=SHUT_IN)


@require_safe
def download_report_as(request, pk, form):
    """Give an issued report as Word or Excel, piece by piece as it is kept."""
    found = get_report(request, pk)
    kept = get_object_or_404(found.files.select_related("report").defer("report__data"), form=form)
    file = issuing.give_out_as(file=kept, by=request.user, request=request)
    return _handed_over(file, found.title, form)


@require_safe
def read_report(request, pk):
    """Show an issued report as a page."""
    found = get_report(request, pk)
    kind = KINDS[found.kind]
    shown = on_screen(kind, kind.restored(found.data), issuing.edition_of(found))
    context = {**about_report(found), "title": found.title, "issued": found, **shown}
    return render(request, "actions/reports/read.html", context)


@require_safe
def working_copy(request, pk, job_pk):
    """Offer a working copy to who asked for it."""
    job = get_working_copy(request, pk, job_pk)
    context = {"job": job, "review_pk": pk, "forms": FORMS, "section": "reports"}
    return render(request, "actions/reports/working_copy.html", context)


@require_safe
def download_working_copy_as(request, pk, job_pk, form):
    """Give a working copy as Word or Excel to who asked for it, as long as it is kept."""
    job = get_working_copy(request, pk, job_pk)
    if form not in FORMS:
        raise Http404
    file = issuing.open_working_copy(job=job, form=form, by=request.user, request=request)
    return _gone(request) if file is None else _handed_over(file, job.title, form)


@require_safe
def read_working_copy(request, pk, job_pk):
    """Show a working copy as a page to who asked for it, as long as it is kept."""
    job = get_working_copy(request, pk, job_pk)
    made = issuing.read_working_copy(job)
    if made is None:
        return _gone(request)
    kind, report, edition = made
    context = {"title": job.title, "marking": report.heading.marking, "section": "reports"}
    return render(request, "actions/reports/read.html", {**context, **on_screen(kind, report, edition)})


def _handed_over(file, title, form):
    """Hand over the file of a report in a form."""
    name, content_type = f"{reports.plain(title)}.{form}", FORMS[form].content_type
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type, headers=SHUT_IN)


def _gone(request):
    messages.error(request, "This working copy has been cleared away. Make another.")
    return redirect("report-list")


@require_safe
def download_working_copy(request, pk, job_pk):
    """Give the file of a working copy to who asked for it, as long as it is kept."""
    job = get_working_copy(request, pk, job_pk)
    file = issuing.open_working_copy(job=job, by=request.user, request=request)
    if file is None:
        return _gone(request)
    name = f"{reports.plain(job.title)}.pdf"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf", headers=SHUT_IN)


@GET_AND_POST
def new_report(request):
    """Begin a report: of a partnership, on one of its reviews, or a new version of one that was issued."""
    begun = _begin_with(request)
    if begun is None:
        return redirect("report-list")
    partnership, chosen = begun
    form = _form(request, partnership, chosen, superseded=chosen.get("supersedes"))
    if request.method == "POST" and done_by(form, issuing.begin_draft, partnership=partnership):
        return redirect(_drafted_by(form, request.user) or "report-list")
    context = {"form": form, "partnership": partnership, "superseded": chosen.get("supersedes"), "section": "reports"}
    return render(request, "actions/reports/edit.html", context)


@GET_AND_POST
def change_report_draft(request, pk):
    """Choose otherwise for a draft."""
    draft = get_draft(request, pk)
    form = _form(request, draft.partnership, draft, superseded=draft.supersedes, draft=draft)
    if request.method == "POST":
        if done_by(form, issuing.change_draft, draft=draft):
            return redirect(draft)
        form.say_if_changed(draft)
    context = {**about_draft(draft), "form": form, "superseded": draft.supersedes}
    return render(request, "actions/reports/edit.html", context)


@require_safe
def report_draft(request, pk):
    """Show a draft as it would be issued now, with what is worth mending before; or how far its making is."""
    draft = get_draft(request, pk)
    if hasattr(draft, "report"):
        return redirect(draft.report)
    context = {**about_draft(draft), "nobody_works": draft.job is not None and nobody_works(draft.job)}
    if not draft.is_being_made and not draft.discarded_at:
        context |= _as_it_would_be(draft, request.user)
    return render(request, "actions/reports/draft.html", context)


@GET_AND_POST
def issue_report(request, pk):
    """Issue a draft."""
    return _take_draft_step(request, pk, issuing.issue)


@GET_AND_POST
def approve_report(request, pk):
    """Approve a response to the public that somebody else has written."""
    return _take_draft_step(request, pk, issuing.approve_draft, "The response is approved as it reads now")


@GET_AND_POST
def clear_finding(request, pk, finding):
    """Say why words that might identify somebody may be published."""
    draft = get_draft(request, pk)
    if not draft.is_open or not KINDS[draft.kind].is_public:
        return redirect(draft)
    standing = publishing.Standing(draft, issuing.would_be(draft))
    found = next((each for each in standing.uncleared if each.fingerprint == finding), None)
    form = ClearForm(written(request), by=request.user)
    if request.method == "POST" and done_by(form, issuing.clear_finding, draft=draft, finding=finding):
        return redirect(f"{draft.get_absolute_url()}#personal")
    if found is None:
        return redirect(draft)
    return render(request, "actions/reports/clear.html", {**about_draft(draft), "form": form, "found": found})


@GET_AND_POST
def discard_report_draft(request, pk):
    """Put a draft away."""
    return _take_draft_step(request, pk, issuing.discard_draft, "The draft is discarded", "report-list")


def _take_draft_step(request, pk, service, said="", then=None):
    draft = get_draft(request, pk)
    form = DraftStepForm(request.POST or None, draft=draft, by=request.user)
    if request.method == "POST":
        if done_by(form, service, draft=draft):
            if said:
                messages.success(request, said)
            return redirect(then or draft)
        for error in form.non_field_errors() or ["Somebody changed this draft meanwhile. Look it over again."]:
            messages.error(request, error)
    return redirect(draft)


def _as_it_would_be(draft, user):
    """Return the report of a draft for the screen, the warnings about it, and the buttons."""
    try:
        shown = issuing.would_be(draft)
    except RuleBroken as broken:
        return {"broken": str(broken)}
    standing = publishing.Standing(draft, shown) if KINDS[draft.kind].is_public else None
    return {
        **on_screen(KINDS[draft.kind], shown),
        "standing": standing,
        "may_approve": standing and standing.may_be_approved_by(user),
        "warnings": pre_issue.warnings_of(draft),
        "form": DraftStepForm(draft=draft, by=user),
    }


def _begin_with(request):
    """Return the partnership of a new report and what is chosen already; None where nothing says which."""
    makes_for = issuing.partnerships_of(request.user)
    if old := _number(request.GET.get("supersedes")):
        found = get_report(request, old, Permission.MAKE_REPORT)
        return found.partnership, issuing.next_version_of(found)
    if review := _number(request.GET.get("review")):
        found = get_object_or_404(Review.objects.visible_to(request.user).filter(partnership__in=makes_for), pk=review)
        return found.partnership, {"reviews": [found], "protective_marking": found.partnership.protective_marking}
    if not makes_for:
        raise PermissionDenied
    asked = _number(request.GET.get("partnership"))
    if not asked and len(makes_for) > 1:
        return None
    partnership = get_object_or_404(makes_for, pk=asked or makes_for[0].pk)
    chosen = {"protective_marking": partnership.protective_marking}
    if reviews := [_number(key) for key in request.GET.getlist("reviews")]:
        chosen["reviews"] = Review.objects.visible_to(request.user).filter(partnership=partnership, pk__in=reviews)
    if agencies := [_number(key) for key in request.GET.getlist("agencies")]:
        chosen["agencies"] = Agency.objects.visible_to(request.user).of(partnership).filter(pk__in=agencies)
    return partnership, chosen


def _form(request, partnership, chosen, **about):
    reviews = Review.objects.visible_to(request.user).filter(partnership=partnership).order_by("reference", "pk")
    initial = initial_of(chosen, reviews)
    return ReportForm(
        written(request), partnership=partnership, reviews=reviews, by=request.user, initial=initial, **about
    )


def _drafted_by(form, user):
    """Return the draft that a form, sent once or twice, has begun."""
    return ReportDraft.objects.visible_to(user).filter(begun_by=user).open().first()


def _number(text):
    return int(text) if text and text.isdecimal() else 0


def get_report(request, pk, permission=None):
    """Return an issued report that the user may have, if they may also do what they ask; without its data."""
    seen = Report.objects.visible_to(request.user).select_related("partnership", "meeting", "issued_by", "supersedes")
    found = get_object_or_404(seen.defer("data", "supersedes__data").with_successor(request.user), pk=pk)
    if permission and not request.user.has_perm(permission, found):
        raise PermissionDenied
    return found


def get_working_copy(request, pk, job_pk):
    """Return the job that made a working copy, for who asked for it and may still have reports of its review."""
    get_review(request, pk, Permission.SEE_REPORTS)
    made = Job.objects.visible_to(request.user).filter(leads_to=reverse("working-copy", args=[pk, job_pk]))
    return get_object_or_404(made, pk=job_pk)


def get_draft(request, pk):
    """Return a draft that the user may work on."""
    seen = ReportDraft.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("partnership", "meeting", "job", "report", "supersedes"), pk=pk)


def on_screen(kind, report, edition=None):
    """Return what the page of a report of a kind is made of; of a draft there is no edition yet."""
    outline = kind.outline(report, edition)
    return {"report": report, "outline": outline, "words": outline.words}


def about_report(found):
    """Return what every page about a report shows."""
    return {"report": found, "marking": found.protective_marking, "section": "reports"}


def about_draft(draft):
    """Return what every page about a draft shows."""
    return {
        "draft": draft,
        "partnership": draft.partnership,
        "marking": draft.protective_marking,
        "job": draft.job,
        "section": "reports",
    }
