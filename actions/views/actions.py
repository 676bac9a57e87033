"""Actions: the list of them, and each of them."""

from collections import defaultdict
from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from scr_tracker import paging
from scr_tracker.permissions import Permission

from .. import one_action, steps, timeline
from ..filters import ActionFilter
from ..forms import CommentForm
from ..importing.sources import source_of
from ..listing import Listing
from ..models import Action, of_reviews_seen_whole
from ..tables import ActionTable, KeysFirst
from ..update_forms import UpdateForm


class ActionList(SingleTableMixin, FilterView):
    """Every action that a person may see, to filter and sort, choose and change."""

    table_class = ActionTable
    filterset_class = ActionFilter
    template_name = "actions/action_list.html"
    table_pagination = {"per_page": 50}
    extra_context = {"section": "actions"}

    def get(self, request, *args, **kwargs):
        """Show the list; where the address asks for nothing, the view with which the person begins."""
        if self.opens_a_view and (not request.GET or request.GET.get("view") == "first"):
            if self.listing.first_view:
                return redirect(self.listing.first_view)
            if request.GET:
                return redirect(f"{reverse('action-list')}?status=open")
        return super().get(request, *args, **kwargs)

    #: Whether the address alone stands for the view with which the person begins.
    opens_a_view = True

    @cached_property
    def listing(self):
        """The list as the person sees it."""
        return Listing(self.request.user, self.request.GET)

    def get_queryset(self):
        """Start from what the user may see, the most urgent first."""
        return Action.objects.visible_to(self.request.user, whole=self.seen_whole).by_urgency()

    @cached_property
    def seen_whole(self):
        """The condition that the person sees the review of an action whole."""
        return of_reviews_seen_whole(self.request.user)

    def get_table_data(self):
        """Find the keys of a page first, and only then the rest of its fifty actions."""
        is_slow = self.request.GET.get("text") or self.filterset.is_over_very_many
        ways = self.listing.ways(self.seen_whole)
        return KeysFirst(
            self.object_list,
            self.listing.related,
            most=paging.FEWER if is_slow else paging.MOST,
            ways=[self.filterset.narrow(way) for way in ways] if len(ways) > 1 else (),
        )

    def get_table_kwargs(self):
        """Show the columns that the person has chosen."""
        return {"chosen": self.listing.columns, "worker": self.listing, "back": self.listing.back}

    def get_context_data(self, **kwargs):
        """Add the views that were kept, what an address keeps beside the filters, and what is ticked."""
        context = super().get_context_data(**kwargs, listing=self.listing)
        context["selection"] = partial(self.selection, context["table"])
        context["sees_none"] = self.sees_none
        context["may_plan"] = self.request.user.may_somewhere(Permission.EDIT_PLAN)
        return context

    def sees_none(self):
        """Whether the person sees no action at all, whatever the filters."""
        return not self.get_queryset().exists()

    def selection(self, table):
        """Return what is said of the ticks on this page of the list and on others."""
        return self.listing.selection_beside([row.record.pk for row in table.paginated_rows])


@require_safe
def action(request, pk):
    """Show everything known about an action, and what the person can do with it now."""
    found = get_action(request, pk)
    comments, evidence = one_action.COMMENTS.of(pk), one_action.EVIDENCE.of(pk)
    may = request.user.permissions_on(found)
    context = {
        **about_action(found),
        "rating": found.rating(),
        "computed": found.computed_rating(),
        "source": source_of(found, found.review, request.user),
        "may_edit": Permission.EDIT_PLAN in may,
        "may_add": Permission.ADD_EVIDENCE in may,
        "events": timeline.of_action(found, request.user, comments=comments, evidence=evidence),
        "conversations": _conversations(comments),
        "evidence": evidence,
        "people": one_action.PEOPLE.of(pk),
        "also_answers": _also_answered(found, request.user),
        "successor": _successor(found, request.user),
    }
    return render(request, "actions/action.html", {**context, **possible_steps(request, found, may)})


def _conversations(comments):
    """Return [(comment or challenge, its replies)], the oldest first."""
    by_first = defaultdict(list)
    for comment in comments:
        by_first[comment.in_reply_to_id].append(comment)
    return [(comment, by_first[comment.pk]) for comment in by_first[None]]


def _also_answered(action, user):
    """Return the further recommendations that an action answers and the user may see. Few actions answer any."""
    return action.also_answers.visible_to(user) if one_action.ALSO_ANSWERS.of(action.pk) else ()


def _successor(action, user):
    """Return the action by which another was superseded, if there is one that the user may see."""
    if not action.superseded_by_id:
        return None
    return Action.objects.visible_to(user).filter(pk=action.superseded_by_id).first()


def about_action(action):
    """Return what every page about one action shows."""
    partnership = action.review.partnership
    return {
        "action": action,
        "review": action.review,
        "labels": partnership.rating_labels,
        "marking": partnership.protective_marking,
        "section": "actions",
        "largest": settings.EVIDENCE_MAX_BYTES,
    }


def possible_steps(request, action, may):
    """Return what the person can do with the action now: the steps, and the forms that stand on its page."""
    possible = steps.open_to(request.user, action)
    about = {"action": action, "by": request.user}
    adds = Permission.ADD_EVIDENCE in may
    elsewhere = sorted(
        (step for step in possible if step not in steps.ON_THE_PAGE), key=lambda step: step not in steps.DECISIONS
    )
    return {
        "steps": elsewhere,
        "buttons": [(step.label, reverse(step.name, args=[action.pk])) for step in elsewhere],
        "decides": any(step in steps.DECISIONS for step in possible),
        "form": UpdateForm(**about, takes_evidence=adds) if steps.UPDATE in possible else None,
        "comment_form": CommentForm(**about) if steps.COMMENT in possible else None,
        "may_reply": steps.REPLY in possible,
        "may_remind": action.status in steps.AT_WORK and Permission.REMIND in may,
    }


def get_action(request, pk, permission=None):
    """Return an action that the user can see, if they may also do what they ask."""
    found = one_action.seen_by(request.user, pk)
    if found is None:
        raise Http404
    if permission and not request.user.has_perm(permission, found):
        raise PermissionDenied
    return found
