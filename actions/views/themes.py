"""Themes over all reviews, and giving recommendations their themes."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import services
from reviews.models import Recommendation, RecommendationLink, Review, Theme
from scr_tracker.kept import written
from scr_tracker.permissions import Permission

from .. import theme_forms as forms
from .. import theme_sums, themes
from ..filters import ThemeFilter
from .plans import about_review, get_review
from .steps import done_by

GET_AND_POST = require_http_methods(["GET", "HEAD", "POST"])

#: How many recommendations a page of a theme shows, and a page of the run-through.
SHOWN, AT_ONCE = 50, 10


@require_safe
def theme_list(request):
    """Show the themes, how often each returns, what was done and whether it held."""
    context = {
        "summaries": themes.summaries_for(request.user),
        "may_manage": request.user.may_somewhere(Permission.MANAGE_THEMES),
        "section": "themes",
    }
    if request.user.may_somewhere(Permission.EDIT_PLAN):
        context["to_look_through"] = themes.number_to_look_through(request.user, Permission.EDIT_PLAN)
    return render(request, "themes/theme_list.html", context)


@require_safe
def theme(request, pk):
    """Show what was recommended under a theme, in all reviews that the person may see."""
    themes_here = Theme.objects.visible_to(request.user).filter(Q(pk=pk) | Q(merged_into=pk))
    merged_here = list(themes_here.select_related("partnership"))
    found = next((each for each in merged_here if each.pk == pk), None)
    if found is None:
        raise Http404
    if found.merged_into_id:
        return redirect(get_theme(request, found.merged_into_id))
    merged_here.remove(found)
    filtered = ThemeFilter(request.GET, queryset=Recommendation.objects.visible_to(request.user), request=request)
    figures, recommendations = themes.under(found, filtered, request.user)
    paginator = Paginator(recommendations, SHOWN)
    paginator.count = figures.recommendations
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "theme": found,
        "filter": filtered,
        "figures": figures,
        "page": page,
        "told": themes.told(list(page.object_list), request.user),
        "may_manage": may_manage(request.user, found),
        "merged_here": merged_here,
        "lines": found.history.select_related("history_user") if may_manage(request.user, found) else (),
        "section": "themes",
    }
    return render(request, "themes/theme.html", context)


@GET_AND_POST
def add_theme(request):
    """Add a theme of a partnership's own."""
    if not request.user.may_somewhere(Permission.MANAGE_THEMES):
        raise PermissionDenied
    form = forms.AddThemeForm(written(request), by=request.user)
    if request.method == "POST" and done_by(form, services.add_theme):
        messages.success(request, "The theme is added")
        return redirect("theme-list")
    return render(request, "themes/add_theme.html", {"form": form, "section": "themes"})


@GET_AND_POST
def change_theme(request, pk):
    """Rename a theme, or say otherwise what suggests it."""
    found = get_theme(request, pk, may_manage)
    form = forms.ChangeThemeForm(written(request), theme=found, by=request.user)
    if request.method == "POST":
        if done_by(form, services.change_theme, theme=found):
            messages.success(request, "The theme is changed")
            return redirect(found)
        found = get_theme(request, pk, may_manage)
        form = asked_again(form, found)
    return render(request, "themes/change_theme.html", {"form": form, "theme": found, "section": "themes"})


@GET_AND_POST
def merge_theme(request, pk):
    """Let a theme become part of another."""
    found = get_theme(request, pk, may_manage)
    form = forms.MergeThemeForm(written(request), theme=found, by=request.user)
    if request.method == "POST" and done_by(form, services.merge_theme, theme=found):
        messages.success(request, f"“{found}” is merged")
        return redirect(found)
    return render(request, "themes/merge_theme.html", {"form": form, "theme": found, "section": "themes"})


@GET_AND_POST
def run_through(request):
    """Give themes to several recommendations at once: those that have none, of one review or of all."""
    if not request.user.may_somewhere(Permission.EDIT_PLAN):
        raise PermissionDenied
    review = _review_asked_for(request)
    waiting = themes.to_look_through(request.user, Permission.EDIT_PLAN, review=review)
    with_review = waiting.select_related("section__review__partnership")
    after = request.GET.get("after", "")
    shown = request.POST.getlist("shown")[:AT_ONCE]
    if request.method == "POST":
        recommendations = list(with_review.filter(pk__in=[key for key in shown if key.isdecimal()]))
    else:
        recommendations = list(with_review.filter(pk__gt=int(after) if after.isdecimal() else 0)[:AT_ONCE])
    form = forms.RunThroughForm(written(request), recommendations=recommendations, by=request.user)
    if request.method == "POST" and done_by(form, partial(_settle, form)):
        settled = len(form.answers) if form.is_valid() else 0
        messages.success(request, f"{settled} recommendation{'' if settled == 1 else 's'} looked through")
        return redirect(_further(review, shown))
    if review:
        number = waiting.count()
    else:
        theme_sums.refresh(theme_sums.of_user(request.user))
        number = themes.number_to_look_through(request.user, Permission.EDIT_PLAN)
    context = {
        "form": form,
        "review": review,
        "waiting": {"themes": number},
        "number": number,
        "has_any": bool(number)
        or themes.may_be_given_themes(request.user, Permission.EDIT_PLAN, review=review).exists(),
        "beginning": _further(review, ()),
        "further": _further(review, [each.pk for each in recommendations]),
        "after": after,
        "section": "themes",
    }
    return render(request, "themes/run_through.html", context)


@GET_AND_POST
def recommendation_themes(request, pk):
    """Give a recommendation themes, or take some away with a reason."""
    found = get_recommendation(request, pk)
    form = forms.ThemesForm(written(request), recommendation=found, by=request.user)
    if request.method == "POST" and done_by(form, services.settle_themes, recommendation=found):
        messages.success(request, "The themes are saved")
        return redirect(found)
    review = get_review(request, found.section.review_id)
    context = {**about_review(review), "recommendation": found, "form": form}
    return render(request, "themes/recommendation_themes.html", context)


@require_POST
def answer_theme(request, pk):
    """Confirm or refuse a suggested theme."""
    found = get_recommendation(request, pk)
    key = request.POST.get("theme", "")
    fitting = Theme.objects.visible_to(request.user).fitting(found.section.review.partnership)
    chosen = get_object_or_404(fitting, pk=key if key.isdecimal() else 0)
    if request.POST.get("answer") == "give":
        services.settle_themes(recommendation=found, by=request.user, give=[chosen], why="Confirmed as suggested")
        messages.success(request, f"Its theme is now “{chosen}”")
    else:
        services.settle_themes(recommendation=found, by=request.user, refuse=[chosen])
        messages.success(request, f"“{chosen}” will not be suggested for this recommendation again")
    return redirect(f"{found.get_absolute_url()}#themes")


@require_POST
def link_recommendation(request, pk):
    """Say how a recommendation stands to another one."""
    found = get_recommendation(request, pk)
    key, relation = request.POST.get("other", ""), request.POST.get("relation", "")
    others = Recommendation.objects.visible_to(request.user).exclude(pk=pk).select_related("section__review")
    other = get_object_or_404(others, pk=key if key.isdecimal() else 0)
    if relation not in RecommendationLink.Relation.values:
        raise Http404
    link = services.link(recommendation=found, other=other, relation=relation, by=request.user)
    messages.success(request, f"Linked: {link.get_relation_display().lower()} {other} of {other.section.review}")
    return redirect(f"{found.get_absolute_url()}#links")


@GET_AND_POST
def unlink_recommendation(request, pk, link_pk):
    """Undo a link between two recommendations, with a reason."""
    found = get_recommendation(request, pk)
    links = RecommendationLink.objects.visible_to(request.user).select_related("other__section__review")
    link = get_object_or_404(links, pk=link_pk, recommendation=found)
    form = forms.UnlinkForm(written(request), by=request.user)
    if request.method == "POST" and done_by(form, services.unlink, link=link):
        messages.success(request, "The link is undone")
        return redirect(found)
    context = {**about_review(found.section.review), "recommendation": found, "link": link, "form": form}
    return render(request, "themes/unlink_recommendation.html", context)


def may_manage(user, found):
    """Whether a person may rename or merge a theme: everybody's belong to administrators."""
    return found.merged_into_id is None and (user.is_superuser or user.has_perm(Permission.MANAGE_THEMES, found))


def get_theme(request, pk, may=None):
    """Return a theme that the user can see, if they may also do what they ask."""
    found = get_object_or_404(Theme.objects.visible_to(request.user).select_related("partnership"), pk=pk)
    if may and not may(request.user, found):
        raise PermissionDenied
    return found


def get_recommendation(request, pk):
    """Return a recommendation that the user can see, if they may also edit its plan."""
    visible = Recommendation.objects.visible_to(request.user).select_related("section__review__partnership")
    found = get_object_or_404(visible, pk=pk)
    if not request.user.has_perm(Permission.EDIT_PLAN, found):
        raise PermissionDenied
    return found


def asked_again(form, theme):
    """Return a form about a theme that somebody else changed meanwhile as it was typed, to be saved over that."""
    again = type(form)(form.data, theme=theme, by=form.by)
    if form.started_from == again.initial["version"]:
        return form
    again.is_valid()
    again.renew(version=again.initial["version"])
    again.add_error(
        None, f"Somebody else changed “{theme}” meanwhile. Compare it with what you wrote, then save again."
    )
    return again


def _settle(form, *, by, sent, **typed):
    services.settle_themes_of(answers=form.answers, by=by, sent=sent)


def _review_asked_for(request):
    """Return the review to which the run-through is limited, or None for all."""
    key = request.GET.get("review", "")
    return get_object_or_404(Review.objects.visible_to(request.user), pk=key) if key.isdecimal() else None


def _further(review, shown):
    """Return the address of the run-through after what was shown."""
    limits = [f"review={review.pk}"] if review else []
    limits += [f"after={max(int(key) for key in shown)}"] if shown else []
    return f"{reverse('themes-to-give')}{'?' if limits else ''}{'&'.join(limits)}"
