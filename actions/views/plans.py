"""Reviews and their plans."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from reviews import themes as theming
from reviews.models import Recommendation, RecommendationLink, Review
from scr_tracker.permissions import Permission

from .. import issuing, summaries, themes
from .. import plan as plans
from ..forms import AsAtForm
from ..importing.sources import documents_of, source_of
from ..models import PlanImport
from ..review_history import ReviewHistory

REVIEWS_PER_PAGE = 50
EVENTS_PER_PAGE = 50


@require_safe
def review_list(request):
    """Show the reviews that a person may see, each with how its plan stands."""
    reviews = Review.objects.visible_to(request.user).select_related("partnership")
    page = Paginator(reviews, REVIEWS_PER_PAGE).get_page(request.GET.get("page"))
    summarised = summaries.of_reviews(page.object_list, request.user)
    context = {
        "page": page,
        "reviews": summarised,
        "may_import": request.user.may_somewhere(Permission.EDIT_PLAN),
        "under_way": PlanImport.objects.visible_to(request.user).unfinished().count(),
        "section": "reviews",
    }
    return render(request, "reviews/review_list.html", context)


@require_safe
def plan(request, pk):
    """Show a review's plan: sections, recommendations and actions with their ratings, now or on a past day."""
    review = get_review(request, pk)
    form = AsAtForm(request.GET if request.GET.get("as_at") else None)
    as_at = form.moment() if form.is_valid() else None
    seen = plans.visible_to(request.user, review, as_at=as_at)
    context = {
        **about_review(review),
        "plan": seen,
        "forms_for": [] if as_at else forms_for(request.user, review, seen.agencies_at_work),
        "as_at": as_at,
        "form": form,
        "documents": documents_of(review, request.user),
        "may_report": not as_at and request.user.has_perm(Permission.SEE_REPORTS, review),
        "may_import": not as_at and request.user.has_perm(Permission.EDIT_PLAN, review),
        "may_pack": not as_at and review.seen_whole and request.user.has_perm(Permission.PACK_REVIEW, review),
        "may_issue": request.user.has_perm(Permission.MAKE_REPORT, review),
    }
    if context["may_import"]:
        context["without_theme"] = themes.to_look_through(request.user, Permission.EDIT_PLAN, review=review).count()
    return render(request, "reviews/plan.html", context)


def forms_for(user, review, agencies):
    """Return those of the agencies for which a person may download the form to report on their actions."""
    if user.has_perm(Permission.EDIT_PLAN, review):
        return agencies
    own = {held.agency for held in user.holds}
    return [agency for agency in agencies if agency.pk in own]


@require_safe
def review_history(request, pk):
    """Show everything that happened to a review and its plan, newest first."""
    review = get_review(request, pk)
    page = Paginator(ReviewHistory(review, request.user), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reviews/history.html", {**about_review(review), "page": page})


def about_review(review):
    """Return what every page about one review shows."""
    return {
        "review": review,
        "labels": review.partnership.rating_labels,
        "marking": review.partnership.protective_marking,
        "section": "reviews",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def plan_report(request, pk):
    """Have a working copy of a review's monitoring report made, as the review stands now."""
    review = get_review(request, pk, Permission.SEE_REPORTS)
    if request.method == "POST":
        return redirect(issuing.begin_working_copy(review=review, by=request.user))
    return redirect(review)


@require_safe
def recommendation(request, pk):
    """Show one recommendation: what is asked, what was answered, and its actions."""
    found = get_object_or_404(Recommendation.objects.visible_to(request.user).select_related("section__review"), pk=pk)
    review = get_review(request, found.section.review_id)
    before, planned, after = plans.visible_to(request.user, review).around(found)
    links = list(summaries.links_of(found, request.user))
    linked = {link.other_id for link in links} | {link.recommendation_id for link in links}
    may_edit = request.user.has_perm(Permission.EDIT_PLAN, review)
    context = {
        **about_review(review),
        "planned": planned,
        "before": before,
        "after": after,
        "links": links,
        "decisions": found.meeting_decisions.standing().select_related("meeting"),
        "said_before": [
            each for each in summaries.said_before(found, request.user) if each.recommendation.pk not in linked
        ],
        "source": source_of(found, review, request.user),
        "may_edit": may_edit,
        "relations": RecommendationLink.Relation.choices,
        "suggested": theming.suggested_for([found])[found.pk] if may_edit else [],
    }
    return render(request, "reviews/recommendation.html", context)


def get_review(request, pk, permission=None):
    """Return a review that the user can see, if they may also do what they ask."""
    visible = Review.objects.visible_to(request.user).with_wholeness(request.user)
    review = get_object_or_404(visible.select_related("partnership"), pk=pk)
    if permission and not request.user.has_perm(permission, review):
        raise PermissionDenied
    return review
