"""What goes out as files: a plan, the form in which an agency reports, a list of actions."""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from scr_tracker import audit
from scr_tracker.models import DEFAULT_MARKING, Agency, AuditEvent
from scr_tracker.words import day, moment

from .. import plan as plans
from ..exporting import lists
from ..exporting.files import KINDS
from ..exporting.plans import form_for, plan_file
from ..models import Action
from .actions import ActionList
from .plans import forms_for, get_review

#: The kinds of file that pages offer. JSON is for programs: export_plan writes it.
OFFERED = ("docx", "xlsx", "csv")


def offered(kind):
    """Return a kind of file that pages offer, or answer that there is no such page."""
    if kind not in OFFERED:
        raise Http404
    return kind


@require_safe
def export_plan(request, pk, kind):
    """Hand over a review's plan, or as much of it as the person sees, as Word, Excel or CSV."""
    review = get_review(request, pk)
    file = plan_file(review, offered(kind), plans.part_visible_to(request.user, review))
    return _handed_over(request, file, review, kind)


@require_safe
def export_form(request, pk, agency_pk):
    """Hand over the workbook in which an agency fills in where its open actions stand."""
    review = get_review(request, pk)
    agency = get_object_or_404(Agency.objects.visible_to(request.user), pk=agency_pk)
    if agency not in forms_for(request.user, review, [agency]):
        raise PermissionDenied
    actions = Action.objects.visible_to(request.user).of_agency(agency).open()
    file = form_for(review, agency, actions)
    if not file.actions:
        messages.info(request, f"{agency.name} has no open action in this plan.")
        return redirect(review)
    return _handed_over(request, file, review, "xlsx", agency=agency.name)


def _handed_over(request, file, review, kind, **detail):
    detail = {"review": review.pk, "format": kind, "actions": file.actions, **detail}
    audit.record(AuditEvent.Kind.EXPORTED, by=request.user, about=file.name, request=request, **detail)
    return FileResponse(BytesIO(file.content), as_attachment=True, filename=file.name, content_type=file.content_type)


class ActionListExport(ActionList):
    """The actions that the list shows, filtered and sorted as it is, as a file."""

    opens_a_view = False

    def render_to_response(self, context, **kwargs):
        """Hand over the actions of the table rather than the page with it."""
        kind = offered(self.kwargs["kind"])
        actions = context["table"].data.data
        number = actions.count()
        name, said = lists.name_of_list(kind), self.said(context["filter"])
        if number > lists.LONGEST.get(kind, number):
            messages.error(
                self.request,
                f"This list has {number:,} actions, and {KINDS[kind].name} takes at most {lists.LONGEST[kind]:,}: "
                "filter it first, or download it as CSV.",
            )
            return redirect(f"{reverse('action-list')}?{self.request.GET.urlencode()}")
        detail = {"format": kind, "actions": number, "filters": dict(said)}
        audit.record(AuditEvent.Kind.EXPORTED, by=self.request.user, about=name, request=self.request, **detail)
        if kind == "csv":
            response = StreamingHttpResponse(lists.separated_lines(actions), content_type=KINDS[kind].content_type)
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
        write = lists.workbook_of if kind == "xlsx" else lists.document_of
        about = [*said, *self.as_at(number)]
        file = write(actions, title="Actions", about=about, marking=DEFAULT_MARKING)
        return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[kind].content_type)

    def said(self, filterset):
        """Return what was chosen to narrow the list: [(name, choice)]."""
        form = filterset.form
        chosen = ((name, form.cleaned_data.get(name)) for name in form.fields if form.is_valid())
        return [(str(form.fields[name].label), _in_words(form.fields[name], value)) for name, value in chosen if value]

    def as_at(self, number):
        """Return when the list was made, and how long it is."""
        return [("As it stood", moment(timezone.localtime())), ("Actions", f"{number:,}")]


def _in_words(field, value):
    """Return a choice in the words in which it was offered."""
    if isinstance(value, str):
        return dict(getattr(field, "choices", ())).get(value, value)
    return day(value) if hasattr(value, "year") else str(value)
