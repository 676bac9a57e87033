"""What is worth a second look in the plans: the list, and the word that something is all right."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from scr_tracker.kept import written
from scr_tracker.permissions import Permission

from .. import found_warnings
from ..warning_forms import SettleForm, WarningFilterForm
from .steps import done_by

SHOWN = 50


@require_safe
def data_warnings(request):
    """List the warnings about the plans that a person edits, by kind, each with what puts it right."""
    user = request.user
    if not (user.is_superuser or user.partnerships_granting(Permission.EDIT_PLAN)):
        raise PermissionDenied
    reviews = found_warnings.seen_by(user)
    left = found_warnings.look_through_soon(reviews, by=user)
    form = WarningFilterForm(request.GET, reviews=reviews, user=user)
    settled, kind, found = form.narrow(found_warnings.of_reviews(reviews))
    found = found.filter(is_settled=settled)
    counts = found_warnings.counts(found)
    shown = [count for count in counts if not kind or count[0] == kind]
    page = Paginator(found_warnings.InOrder(found, shown), SHOWN).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "left": left,
        "kinds": [(each, number, is_over, form.address(kind=each.value)) for each, number, is_over in counts],
        "kind": kind,
        "total": sum(number for _, number, _ in counts),
        "is_over": any(is_over for *_, is_over in counts),
        "settled": settled,
        "all_kinds": form.address(kind=""),
        "other": form.address(settled="" if settled else "1", kind=""),
        "page": page,
        "groups": found_warnings.grouped(page.object_list),
        "section": "warnings",
    }
    return render(request, "warnings/data_warnings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settle_warning(request, pk):
    """Take a person's word that what a warning is about is all right, and why."""
    reviews = found_warnings.seen_by(request.user)
    found = get_object_or_404(found_warnings.with_surroundings(found_warnings.of_reviews(reviews)), pk=pk)
    form = SettleForm(written(request), by=request.user)
    if request.method == "POST" and done_by(form, found_warnings.settle, warning=found):
        messages.success(request, "Noted: it is all right. The warning comes back if the thing changes")
        return redirect(f"{reverse('data-warnings')}?kind={found.kind}")
    context = {
        "warning": found_warnings.Mendable(found),
        "review": found.review,
        "form": form,
        "section": "warnings",
    }
    return render(request, "warnings/settle.html", context)
