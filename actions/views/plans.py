"""Reviews and their plans."""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from reviews.models import Recommendation, Review
from scr_tracker import audit
from scr_tracker.models import AuditEvent
from scr_tracker.pdf import PdfError
from scr_tracker.permissions import Permission

from .. import plan as plans
from .. import reports, summaries
from ..forms import AsAtForm
from ..review_history import ReviewHistory

REVIEWS_PER_PAGE = 50
EVENTS_PER_PAGE = 50


@require_safe
def review_list(request):
    """Show the reviews that a person may see, each with how its plan stands."""
    reviews = Review.objects.visible_to(request.user).select_related("partnership")
    page = Paginator(reviews, REVIEWS_PER_PAGE).get_page(request.GET.get("page"))
    summarised = summaries.of_reviews(page.object_list, request.user)
    return render(request, "reviews/review_list.html", {"page": page, "reviews": summarised, "section": "reviews"})


@require_safe
def plan(request, pk):
    """Show a review's plan: sections, recommendations and actions with their ratings, now or on a past day."""
    review = get_review(request, pk)
    form = AsAtForm(request.GET if request.GET.get("as_at") else None)
    as_at = form.moment() if form.is_valid() else None
    context = {
        **about_review(review),
        "plan": plans.visible_to(request.user, review, as_at=as_at),
        "as_at": as_at,
        "form": form,
        "may_report": not as_at and request.user.has_perm(Permission.SEE_REPORTS, review),
    }
    return render(request, "reviews/plan.html", context)


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


@require_safe
def plan_report(request, pk):
    """Hand over the monitoring report of a review, as it stands now, as a PDF."""
    review = get_review(request, pk, Permission.SEE_REPORTS)
    try:
        filename, pdf = reports.monitoring_pdf(review)
    except PdfError as error:
        messages.error(request, str(error))
        return redirect(review)
    downloaded = AuditEvent.Kind.DOWNLOADED
    audit.record(downloaded, by=request.user, about=filename, request=request, review=review.pk, size=len(pdf))
    return FileResponse(BytesIO(pdf), as_attachment=True, filename=filename, content_type="application/pdf")


@require_safe
def recommendation(request, pk):
    """Show one recommendation: what is asked, what was answered, and its actions."""
    found = get_object_or_404(Recommendation.objects.visible_to(request.user).select_related("section"), pk=pk)
    review = get_review(request, found.section.review_id)
    before, planned, after = plans.visible_to(request.user, review).around(found)
    links = summaries.links_of(found, request.user)
    context = {**about_review(review), "planned": planned, "before": before, "after": after, "links": links}
    return render(request, "reviews/recommendation.html", context)


def get_review(request, pk, permission=None):
    """Return a review that the user can see, if they may also do what they ask."""
    visible = Review.objects.visible_to(request.user).with_wholeness(request.user)
    review = get_object_or_404(visible.select_related("partnership"), pk=pk)
    if permission and not request.user.has_perm(permission, review):
        raise PermissionDenied
    return review
