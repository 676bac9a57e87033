"""Actions: the list of them, each of them, and reporting on them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_safe
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from reviews.models import Recommendation, Review
from scr_tracker.permissions import Permission

from .. import services, timeline
from ..filters import ActionFilter
from ..forms import ProgressForm
from ..models import Action
from ..tables import ActionTable, KeysFirst


class ActionList(SingleTableMixin, FilterView):
    """Every action that a person may see, to filter and sort."""

    table_class = ActionTable
    filterset_class = ActionFilter
    template_name = "actions/action_list.html"
    table_pagination = {"per_page": 50}
    extra_context = {"section": "actions"}

    @cached_property
    def reviews(self):
        """The reviews that the user may see, read once: (key, reference, pseudonym, whether seen whole)."""
        user = self.request.user
        visible = Review.objects.visible_to(user).with_wholeness(user).order_by("reference", "pk")
        return list(visible.values_list("pk", "reference", "pseudonym", "seen_whole"))

    def get_queryset(self):
        """Start from what the user may see, soonest first."""
        whole = [pk for pk, _, _, seen_whole in self.reviews if seen_whole]
        return Action.objects.visible_to(self.request.user, whole=whole).by_target_date()

    def get_filterset_kwargs(self, filterset_class):
        """Offer the reviews to choose from."""
        names = {pk: f"{reference} {pseudonym}".strip() for pk, reference, pseudonym, _ in self.reviews}
        return {**super().get_filterset_kwargs(filterset_class), "reviews": names}

    def get_table_data(self):
        """Find the keys of a page first, and only then the rest of its fifty actions."""
        return KeysFirst(self.object_list)


@require_safe
def action(request, pk):
    """Show everything known about an action, and the form to report on it."""
    found = get_action(request, pk)
    form = ProgressForm(action=found) if may_update(request, found) else None
    return render(request, "actions/action.html", action_context(request.user, found, form))


@require_http_methods(["GET", "HEAD", "POST"])
def update_action(request, pk):
    """Take a progress update: status, what was done, own rating."""
    found = get_action(request, pk, Permission.UPDATE_ACTION)
    form = ProgressForm(request.POST if request.method == "POST" else None, action=found)
    if form.is_valid():
        services.report_progress(action=found, by=request.user, **form.cleaned_data)
        messages.success(request, "Update saved")
        return redirect(found)
    return render(request, "actions/action.html", action_context(request.user, found, form))


def action_context(user, action, form):
    """Return what the page of an action shows to a person."""
    partnership = action.review.partnership
    return {
        "action": action,
        "form": form,
        "also_answers": Recommendation.objects.visible_to(user).filter(also_answered_by=action),
        "superseded_by": Action.objects.visible_to(user).filter(pk=action.superseded_by_id).first(),
        "review": action.review,
        "rating": action.rating(),
        "computed": action.computed_rating(),
        "events": timeline.of_action(action),
        "evidence": action.evidence.select_related("uploaded_by", "agency"),
        "labels": partnership.rating_labels,
        "marking": partnership.protective_marking,
        "section": "actions",
    }


def may_update(request, action):
    """Whether the person may report on the action."""
    return request.user.has_perm(Permission.UPDATE_ACTION, action)


def get_action(request, pk, permission=None):
    """Return an action that the user can see, if they may also do what they ask."""
    found = get_object_or_404(Action.objects.visible_to(request.user).with_surroundings(), pk=pk)
    if permission and not request.user.has_perm(permission, found):
        raise PermissionDenied
    return found
