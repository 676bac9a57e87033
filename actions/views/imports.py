"""Bringing a plan in: upload, see what was found, put right what is not, import."""

import tempfile
from dataclasses import dataclass
from functools import partial, wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from reviews.models import Review
from scr_tracker.forms import token_for
from scr_tracker.kept import written
from scr_tracker.rules import AlreadySent, ChangedMeanwhile, RuleBroken

from .. import summaries
from ..evidence import naming, storing
from ..importing import corrections, drafts, preview
from ..importing import draft_forms as forms
from ..importing.drafts import Draft
from ..importing.plan import PlanAction
from ..importing.problems import CannotImport
from ..models import PlanImport
from .evidence import SHUT_IN

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])
IMPORTS_PER_PAGE = 25


def while_open(view):
    """Let a view work on an import that is being checked; lead to the import's page where it no longer is."""

    @wraps(view)
    def of_import(request, pk, **kwargs):
        record = get_import(request, pk)
        if not record.is_open:
            messages.info(request, f"{record.file_name} is not being checked: {record.get_state_display().lower()}")
            return redirect(record)
        return view(request, record, **kwargs)

    return of_import


@require_safe
def import_list(request):
    """Show the imports under way, and what was imported or dropped before."""
    _may_import(request)
    records = PlanImport.objects.visible_to(request.user).for_list()
    finished = records.exclude(pk__in=records.unfinished().values("pk"))
    context = {
        "unfinished": records.unfinished(),
        "page": Paginator(finished, IMPORTS_PER_PAGE).get_page(request.GET.get("page")),
        "section": "reviews",
    }
    return render(request, "imports/import_list.html", context)


@GET_AND_POST
def import_plan(request):
    """Take in the document of a plan, and read it."""
    partnerships = _may_import(request)
    reviews = Review.objects.visible_to(request.user).filter(partnership__in=partnerships).select_related("partnership")
    form = forms.UploadForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        by=request.user,
        partnerships=partnerships,
        reviews=reviews.order_by("reference", "pk"),
        initial={"review": request.GET.get("review", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            record = drafts.upload(by=request.user, sent=form.sent, **form.cleaned_data)
        except AlreadySent:
            return redirect("import-list")
        except CannotImport as error:
            form.add_error("file", str(error))
        else:
            return redirect(record)
    return render(request, "imports/import_plan.html", {"form": form, "section": "reviews"})


@require_safe
def plan_import(request, pk):
    """Show what was found in a document, and what a person should look at before it is imported."""
    record = get_import(request, pk)
    context = about_import(request, record)
    if record.is_open:
        context |= preview.overview(Draft(record), request.user)
    return render(request, "imports/plan_import.html", context)


@require_safe
@while_open
def import_section(request, record, key):
    """Show a section of the plan as it would be saved, some recommendations at a time."""
    draft = Draft(record)
    section = _found(each for each in draft.corrected.sections if each.key == key)
    page = Paginator(section.below, preview.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **about_import(request, record),
        "part": section,
        "page": page,
        "shown": preview.cards(draft, page.object_list),
        "around": preview.around(draft.corrected.sections, section),
    }
    return render(request, "imports/import_section.html", context)


@require_safe
@while_open
def import_row(request, record, key):
    """Show a recommendation with its actions, and everything that can be put right in them."""
    draft = Draft(record)
    row = _found(each for each in draft.corrected.recommendations if each.key == key)
    [card] = preview.cards(draft, [row], draft.warnings(request.user))
    context = {
        **about_import(request, record),
        "card": card,
        "part": draft.part_of(row),
        "around": preview.around(draft.corrected.recommendations, row),
        "open_problems": sum(not looked_at for _, _, looked_at in draft.problems),
        "said_before": summaries.said_before_text(row.made.text, record.review or record.partnership, request.user),
    }
    return render(request, "imports/import_row.html", context)


@dataclass(frozen=True)
class CorrectionPage:
    """What the page of a correction asks, and where it leads."""

    title: str
    form: forms.CorrectionForm
    after: str
    said: str
    button: str = "Save"
    text: str = ""
    where: str = ""
    hint: str = ""
    is_drastic: bool = False


def _edit(request, draft, key, posted):
    row, recommendation = _row(draft, key)
    form = forms.EditForm(posted, draft=draft, row=row, by=request.user)
    return _about_row(draft, row, recommendation, "Edit", form, "Saved", button="Save")


def _split(request, draft, key, posted):
    row, recommendation = _row(draft, key)
    form = forms.SplitForm(posted, draft=draft, row=row, by=request.user)
    return _about_row(draft, row, recommendation, "Split", form, "Split", button="Split")


def _merge(request, draft, key, posted):
    row, recommendation = _row(draft, key)
    others = recommendation.below if row is not recommendation else draft.corrected.recommendations
    place = others.index(row)
    close = (*others[max(0, place - 3) : place], *others[place + 1 : place + 4])
    into = [(each.key, preview.called(each, 200)) for each in close]
    form = forms.MergeForm(posted, draft=draft, row=row, nearby=into, by=request.user)
    after = recommendation if row is not recommendation else None
    return _about_row(draft, row, after, "Merge", form, "Merged", button="Merge", text=row.made.text)


def _move(request, draft, key, posted):
    row, recommendation = _row(draft, key)
    field = request.GET.get("field", "text")
    if field not in {name for name, _, _ in corrections.texts_of(row.made)}:
        raise Http404
    choices = preview.nearby(draft, recommendation)
    form = forms.MoveForm(posted, draft=draft, row=row, field=field, nearby=choices, by=request.user)
    return _about_row(draft, row, recommendation, "Move words", form, "Moved", button="Move")


def _share(request, draft, key, posted):
    row, recommendation = _row(draft, key)
    field = request.GET.get("field", "")
    if field not in corrections.FOR_ACTIONS or row is not recommendation or not row.below:
        raise Http404
    form = forms.ShareForm(posted, draft=draft, row=row, field=field, by=request.user)
    said = corrections.RECOMMENDATION_TEXTS[field].lower()
    hint = "They are filled in by their order, which may be wrong: check each. What you give to none stays here."
    more = {"button": "Share out", "text": corrections.text_of(row.made, field), "hint": hint}
    return _about_row(draft, row, row, f"Share out “{said}” among the actions of", form, "Shared out", **more)


def _drop(request, draft, key, posted):
    row, recommendation = _row(draft, key)
    form = forms.DropForm(posted, draft=draft, row=row, by=request.user)
    after = recommendation if row is not recommendation else None
    more = {"button": "Leave it out", "is_drastic": True, "text": row.made.text}
    return _about_row(draft, row, after, "Leave out", form, "Left out. You can undo this", **more)


def _rescue(request, draft, key, posted):
    [problem] = [each for n, each, _ in draft.problems if str(n) == key] or _missing()
    close = preview.near(draft, problem.where)
    form = forms.RescueForm(posted, draft=draft, problem=problem, nearby=close, by=request.user)
    after = reverse("import-problems", args=[draft.record.pk])
    more = {"button": "Add to the plan", "text": problem.text, "where": problem.where}
    return CorrectionPage("Add to the plan", form, after, "Added to the plan", **more)


def _rescue_lost(request, draft, key, posted):
    [loss] = [each for n, each in enumerate(draft.losses) if str(n) == key] or _missing()
    form = forms.RescueForm(posted, draft=draft, problem=loss, nearby=preview.near(draft, loss.where), by=request.user)
    after = reverse("import-problems", args=[draft.record.pk])
    more = {"button": "Add to the plan", "text": loss.text, "where": loss.where}
    return CorrectionPage("Add to the plan", form, after, "Added to the plan", **more)


def _column(request, draft, key, posted):
    [heading] = [each for n, each in enumerate(draft.headings) if str(n) == key] or _missing()
    form = forms.HeadingForm(posted, draft=draft, heading=heading, by=request.user)
    after = reverse("import-columns", args=[draft.record.pk])
    more = {"button": "Read the document again", "text": "\n".join(heading.examples), "where": heading.where}
    return CorrectionPage(f"Column “{heading.heading}”", form, after, "The document was read again", **more)


def _agency(request, draft, key, posted):
    [named] = [each for n, each in enumerate(draft.agencies) if str(n) == key] or _missing()
    form = forms.AgencyForm(posted, draft=draft, named=named, agencies=draft.known_agencies, by=request.user)
    after = reverse("import-agencies", args=[draft.record.pk])
    return CorrectionPage(f"Which agency is “{named.name}”?", form, after, "Saved")


CORRECTIONS = {
    "edit": _edit,
    "split": _split,
    "merge": _merge,
    "move": _move,
    "share": _share,
    "drop": _drop,
    "rescue": _rescue,
    "rescue-lost": _rescue_lost,
    "column": _column,
    "agency": _agency,
}


def _row(draft, key):
    """Return a recommendation or action with a key, and the recommendation it belongs to."""
    return draft.row(key) or _missing()


def _missing():
    raise Http404


def _about_row(draft, row, after, title, form, said, **more):
    """Return the page of a correction of a row, which leads to that of its recommendation, or of its section."""
    record, made = draft.record, row.made
    if after:
        address = f"{reverse('import-row', args=[record.pk, after.key])}#{row.key}"
    else:
        part = draft.part_of(row)
        is_last = len(part.below) == 1
        address = record.get_absolute_url() if is_last else reverse("import-section", args=[record.pk, part.key])
    called = "action" if isinstance(made, PlanAction) else "recommendation"
    title = f"{title} in this {called}" if title == "Move words" else f"{title} this {called}"
    return CorrectionPage(title, form, address, said, where=made.where, **more)


@GET_AND_POST
@while_open
def correct_import(request, record, step, key):
    """Ask for a correction, and make it."""
    draft = Draft(record)
    page = CORRECTIONS[step](request, draft, key, written(request))
    if request.method == "POST":
        if page.form.was_sent():
            return redirect(page.after)
        if page.form.is_valid() and _corrected(request, record, page):
            return redirect(page.after)
    context = {**about_import(request, record), "form": page.form, "page": page}
    return render(request, "imports/correct_import.html", context)


def _corrected(request, record, page):
    """Have a correction made; say whether it was, or nothing was to be done."""
    operation = page.form.operation()
    if not operation:
        return True
    try:
        drafts.correct(draft=record, operation=operation, by=request.user, sent=page.form.sent)
        messages.success(request, page.said)
    except AlreadySent:
        pass  # and done
    except ChangedMeanwhile:
        page.form.renew(version=drafts.version_of(record), token=token_for(request.user))
        page.form.add_error(None, preview.what_changed(record, page.form.started_from))
        return False
    except RuleBroken as broken:
        page.form.add_error(None, str(broken))
        return False
    return True


@require_safe
@while_open
def import_problems(request, record):
    """Show every place that was not understood, every warning, and the words that ended up nowhere."""
    context = {
        **about_import(request, record),
        **preview.to_look_at(Draft(record), request.user, request.GET.get("page")),
    }
    return render(request, "imports/import_problems.html", context)


@require_safe
@while_open
def import_columns(request, record):
    """Show what each column of the document was taken for."""
    context = {**about_import(request, record), "headings": preview.headings(Draft(record))}
    return render(request, "imports/import_columns.html", context)


@require_safe
@while_open
def import_agencies(request, record):
    """Show which agencies the names in the document stand for."""
    context = {**about_import(request, record), "named": list(enumerate(Draft(record).agencies))}
    return render(request, "imports/import_agencies.html", context)


@require_safe
def import_corrections(request, pk):
    """Show what was corrected, by whom and when, and offer to undo it."""
    record = get_import(request, pk)
    context = {**about_import(request, record), "corrections": preview.corrections_made(Draft(record))}
    return render(request, "imports/import_corrections.html", context)


@require_POST
@while_open
def undo_correction(request, record, number):
    """Take back a correction."""
    try:
        drafts.undo(draft=record, number=number, by=request.user)
        messages.success(request, "Undone")
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("import-corrections" if "list" in request.POST else "plan-import", record.pk)


@require_POST
@while_open
def settle_problem(request, record, number):
    """Note that a place that was not understood is right as it is."""
    try:
        drafts.settle(draft=record, number=number, by=request.user)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect(f"{reverse('import-problems', args=[record.pk])}#places")


@GET_AND_POST
@while_open
def import_review(request, record):
    """Ask of which new review the plan is."""
    if record.review_id:
        return redirect(record)
    initial = preview.details_suggested(Draft(record))
    form = forms.ReviewForm(written(request), by=request.user, initial=initial)
    service = partial(drafts.describe_review, draft=record)
    if request.method == "POST" and _done_by(form, service):
        messages.success(request, "Saved")
        return redirect(record)
    return render(request, "imports/import_review.html", {**about_import(request, record), "form": form})


@GET_AND_POST
@while_open
def bring_in(request, record):
    """Save the checked plan, once the person has said so."""
    draft = Draft(record)
    if draft.has_plan_already:
        return redirect("import-differences", record.pk)
    if not draft.is_ready:
        return redirect("import-review", record.pk)
    form = forms.BringInForm(request.POST if request.method == "POST" else None, draft=record, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            saved = drafts.bring_in(draft=record, by=request.user, sent=form.sent)
            messages.success(request, f"Imported from {record.file_name}")
            return redirect(saved.review)
        except AlreadySent:
            return redirect(record)
        except ChangedMeanwhile:
            form.renew(version=drafts.version_of(record))
            form.add_error(None, preview.what_changed(record, form.started_from))
        except RuleBroken as broken:
            form.add_error(None, str(broken))
    context = {**about_import(request, record), **preview.overview(draft, request.user), "form": form}
    return render(request, "imports/bring_in.html", context)


@GET_AND_POST
@while_open
def hand_over_import(request, record):
    """Give a draft to a colleague, or take it over."""
    people = drafts.people_for(record)
    form = forms.HandOverForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        drafts.hand_over(draft=record, to=form.cleaned_data["to"], by=request.user)
        messages.success(request, f"Being checked by {form.cleaned_data['to']}")
        return redirect(record)
    return render(request, "imports/hand_over_import.html", {**about_import(request, record), "form": form})


@GET_AND_POST
def drop_import(request, pk):
    """Give an import up."""
    record = get_import(request, pk)
    if request.method == "POST":
        drafts.drop(draft=record, by=request.user)
        messages.success(request, f"{record.file_name} was dropped. The file is kept")
        return redirect("import-list")
    return render(request, "imports/drop_import.html", about_import(request, record))


@require_GET
def import_document(request, pk):
    """Give the document of an import as it was uploaded, to be saved."""
    seen = PlanImport.objects.visible_to(request.user, document=True).for_list()
    record = get_object_or_404(seen, pk=pk)
    copy = tempfile.SpooledTemporaryFile(max_size=5_000_000)  # noqa: SIM115 (the response closes it)
    try:
        drafts.open_document(record=record, by=request.user, into=copy, request=request)
    except storing.FileChanged:
        copy.close()
        messages.error(request, "This file is not the one that was uploaded any more, and is not given out.")
        return redirect(record.review or record)
    name = naming.saved(record.file_name, naming.ending_of(record.file_name) or ".bin")
    return FileResponse(
        copy, as_attachment=True, filename=name, content_type="application/octet-stream", headers=SHUT_IN
    )


def about_import(request, record):
    """Return what every page about one import shows."""
    return {
        "record": record,
        "job": record.job,
        "nobody_works": drafts.nobody_works(record),
        "last": preview.last_correction(record) if record.is_open else None,
        "marking": record.partnership.protective_marking,
        "section": "reviews",
    }


def get_import(request, pk):
    """Return an import that the user can see, which is one that they may work on."""
    visible = PlanImport.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("partnership", "review", "by", "checked_by", "closed_by", "job"), pk=pk
    )


def _may_import(request):
    """Return the partnerships into which the user may import plans; there must be one."""
    partnerships = drafts.partnerships_of(request.user)
    if not partnerships:
        raise PermissionDenied
    return partnerships


def _found(rows):
    """Return the first of some rows, or answer that there is none."""
    found = next(iter(rows), None)
    if found is None:
        raise Http404
    return found


def _done_by(form, service):
    """Have a service do what a form says, once; say whether it is done."""
    if form.was_sent():
        return True
    if not form.is_valid():
        return False
    try:
        service(by=form.by, sent=form.sent, **form.cleaned_data)
    except AlreadySent:
        pass  # and done
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return False
    return True
