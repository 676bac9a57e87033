"""Pages on which a business manager makes a plan and changes it: review, sections, recommendations, actions.

Each view finds and permits; ``ask`` shows the form, has the service do what it says, and answers.
"""

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews import services
from reviews.models import Recommendation, Response, Section
from scr_tracker.kept import written
from scr_tracker.models import Partnership
from scr_tracker.permissions import Permission

from .. import editing, summaries
from .. import editing_forms as forms
from .actions import get_action
from .plans import about_review, get_review
from .steps import done_by

FORM = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Asking:
    """A page that asks for something: what stands over its form, where it is come from, and what its button says.

    ``another`` is what a second button says that saves and asks the same again.
    """

    title: str
    trail: list
    back: str
    caption: str = ""
    button: str = "Save"
    another: str = ""
    template: str = "editing/form.html"
    context: dict = field(default_factory=dict)

    @property
    def crumbs(self):
        """The way from the home page to this one."""
        return [("Home", reverse("home")), *self.trail, (self.title, "")]

    @property
    def about(self):
        """What the page is about, and the review of it, for the title of its window."""
        return ", ".join(dict.fromkeys(str(each) for each in (self.caption, self.context.get("review")) if each))


def ask(request, asking, form_of, service, said, **about):
    """Show a form and do what it says, once, keeping what was typed whatever comes between.

    ``form_of(data)`` makes the form about its thing as that now stands. ``said`` is the message, or makes it from
    what the service returned.
    """
    form = form_of(written(request))
    looks_up = request.method == "POST" and "look-up" in request.POST
    form.is_judged = not looks_up
    if request.method == "POST" and not looks_up:
        made = []
        if done_by(form, lambda **values: made.append(service(**values)), **about):
            messages.success(request, _message(said, made))
            return redirect(_next(request, asking, made))
        form = asked_again(form_of, form)
    context = {**asking.context, "asking": asking, "form": form, "looks_up": looks_up}
    return render(request, asking.template, context, status=409 if form.meanwhile else 200)


def _message(said, made):
    """Return what is said when it is done; of what was made by the same form before, only that it is there."""
    if not callable(said):
        return said
    return said(made[0]) if made else "This was already saved"


def _next(request, asking, made):
    """Return where somebody goes after saving: to ask the same again, to what was made, or back."""
    if asking.another and "another" in request.POST:
        return request.get_full_path()
    return made[0] if made and hasattr(made[0], "get_absolute_url") else asking.back


def asked_again(form_of, form):
    """Return a form that could not do what it says, as it was typed, about its thing as that now stands."""
    again = form_of(form.data)
    if again.thing is None or again.started_from == again.initial["version"]:
        return form
    again.renew(version=again.initial["version"])
    again.meanwhile = editing.since(again.thing, form.started_from, form.by)
    return again


# Reviews


@FORM
def new_review(request):
    """Add a review."""
    partnerships = Partnership.objects.visible_to(request.user).where(request.user, may=Permission.EDIT_PLAN)
    if not partnerships:
        raise PermissionDenied
    trail = [all_reviews()]
    asking = Asking("Add a review", trail, trail[-1][1], button="Add the review", context={"section": "reviews"})
    return ask(
        request,
        asking,
        lambda data: forms.ReviewForm(data, partnerships=partnerships, by=request.user),
        services.create_review,
        lambda review: f"{review} is added. Now import its plan, or add the first recommendation",
    )


@FORM
def change_review(request, pk):
    """Change what is known of a review, and who may see it."""
    found = get_review(request, pk, Permission.EDIT_PLAN)
    asking = Asking("Change the review", *way_to(found), caption=str(found), context=about_review(found))
    return ask(
        request,
        asking,
        lambda data: forms.ReviewForm(
            data,
            partnerships=[found.partnership],
            review=get_review(request, pk, Permission.EDIT_PLAN),
            by=request.user,
        ),
        services.change_review,
        "The review is changed",
        review=found,
    )


def all_reviews():
    """Return the breadcrumb of the list of reviews."""
    return "Reviews", reverse("review-list")


def way_to(review, *more):
    """Return the breadcrumbs that lead below a review or a part of it, and where one goes back to."""
    trail = [all_reviews(), *((str(each), each.get_absolute_url()) for each in (review, *more))]
    return trail, trail[-1][1]


# Sections


@require_safe
def section_list(request, pk):
    """Show the sections of a plan, to add, rename and put in order."""
    found = get_review(request, pk, Permission.EDIT_PLAN)
    sections = found.sections.select_related("agency").with_size().order_by("order")
    return render(request, "reviews/section_list.html", {**about_review(found), "sections": sections})


@FORM
def new_section(request, pk):
    """Add a section to a plan."""
    found = get_review(request, pk, Permission.EDIT_PLAN)
    asking = Asking(
        "Add a section",
        *below_sections(found),
        caption=str(found),
        button="Add the section",
        another="Save and add another",
        context=about_review(found),
    )
    return ask(
        request,
        asking,
        lambda data: forms.SectionForm(data, review=found, by=request.user),
        services.add_section,
        "The section is added",
        review=found,
    )


@FORM
def change_section(request, pk):
    """Change a section's number, title or agency."""
    found, review = get_section(request, pk)
    asking = Asking("Change the section", *below_sections(review), caption=str(found), context=about_review(review))
    return ask(
        request,
        asking,
        lambda data: forms.SectionForm(data, review=review, section=get_section(request, pk)[0], by=request.user),
        services.change_section,
        "The section is changed",
        section=found,
    )


@require_POST
def move_section(request, pk, up):
    """Let a section change places with its neighbour."""
    found, review = get_section(request, pk)
    services.move_section(section=found, by=request.user, up=up)
    return redirect(f"{reverse('section-list', args=[review.pk])}#section-{found.pk}")


@require_POST
def remove_section(request, pk):
    """Take an empty section away."""
    found, review = get_section(request, pk)
    if found.recommendations.exists():
        messages.error(request, "This section has recommendations. Move them to another section first")
    else:
        services.remove_section(section=found, by=request.user)
        messages.success(request, f"The section {found} is removed")
    return redirect("section-list", review.pk)


def below_sections(review):
    """Return the breadcrumbs that lead below the list of sections, and the address of that list."""
    back = reverse("section-list", args=[review.pk])
    return [*way_to(review)[0], ("Sections", back)], back


def get_section(request, pk):
    """Return a section and its review, if the user may change the plan."""
    found = get_object_or_404(Section.objects.visible_to(request.user).select_related("agency"), pk=pk)
    return found, get_review(request, found.review_id, Permission.EDIT_PLAN)


# Recommendations


@FORM
def new_recommendation(request, pk):
    """Add a recommendation to a plan; on the way, look up what earlier reviews said in much the same words."""
    found = get_review(request, pk, Permission.EDIT_PLAN)
    asking = Asking(
        "Add a recommendation",
        *way_to(found),
        caption=str(found),
        button="Add the recommendation",
        another="Save and add the next",
        template="editing/recommendation.html",
        context={**about_review(found), "said_before": looked_up(request, found)},
    )
    section = found.sections.filter(pk=_key(request.GET.get("section"))).first()
    return ask(
        request,
        asking,
        lambda data: forms.RecommendationForm(data, review=found, section=section, by=request.user),
        services.add_recommendation,
        lambda made: f"{made} is added",
        review=found,
    )


@FORM
def change_recommendation(request, pk):
    """Change a recommendation, saying why."""
    found, review = get_recommendation(request, pk)
    asking = Asking(
        "Change the recommendation",
        *way_to(review, found),
        caption=f"{found}",
        template="editing/recommendation.html",
        context={**about_review(review), "said_before": looked_up(request, review)},
    )
    return ask(
        request,
        asking,
        lambda data: forms.RecommendationForm(
            data, review=review, recommendation=get_recommendation(request, pk)[0], by=request.user
        ),
        services.change_recommendation,
        "The recommendation is changed",
        recommendation=found,
    )


def looked_up(request, review):
    """Return what earlier reviews said in much the same words as somebody is typing, where they ask for it."""
    text = request.POST.get("text", "").strip()
    return summaries.said_before_text(text, review, request.user) if "look-up" in request.POST and text else []


@FORM
def withdraw_recommendation(request, pk):
    """Withdraw a recommendation, saying why."""
    found, review = get_recommendation(request, pk)
    asking = Asking(
        "Withdraw the recommendation",
        *way_to(review, found),
        caption=f"{found}",
        button="Withdraw it",
        template="editing/withdraw.html",
        context={**about_review(review), "recommendation": found, "open_actions": found.actions.open().count()},
    )
    return ask(
        request,
        asking,
        lambda data: forms.WithdrawForm(data, recommendation=get_recommendation(request, pk)[0], by=request.user),
        services.withdraw_recommendation,
        "The recommendation is withdrawn",
        recommendation=found,
    )


@require_POST
def move_recommendation(request, pk, up):
    """Let a recommendation change places with its neighbour in the section."""
    found, _ = get_recommendation(request, pk)
    services.move_recommendation(recommendation=found, by=request.user, up=up)
    messages.success(request, f"{found} is moved {'up' if up else 'down'}")
    return redirect(found)


def get_recommendation(request, pk):
    """Return a recommendation and its review, if the user may change the plan."""
    seen = Recommendation.objects.visible_to(request.user).select_related("section__review", "section__agency")
    found = get_object_or_404(seen, pk=pk)
    return found, get_review(request, found.section.review_id, Permission.EDIT_PLAN)


def _key(text):
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


# Responses


@FORM
def new_response(request, pk):
    """Add what the partnership answers to a recommendation, and perhaps to others with it."""
    found, review = get_recommendation(request, pk)
    asking = Asking(
        "Add a response",
        *way_to(review, found),
        caption=f"{found}",
        button="Add the response",
        template="editing/response.html",
        context={**about_review(review), "recommendation": found},
    )
    return ask(
        request,
        asking,
        lambda data: forms.ResponseForm(data, review=review, recommendation=found, by=request.user),
        services.add_response,
        "The response is added",
        review=review,
    )


@FORM
def change_response(request, pk):
    """Change a response, or what it answers, saying why."""
    found, review = get_response(request, pk)
    answered = found.recommendations.select_related("section").in_plan_order().first()
    asking = Asking("Change the response", *way_to(review, answered), caption=str(review), context=about_review(review))
    return ask(
        request,
        asking,
        lambda data: forms.ResponseForm(data, review=review, response=get_response(request, pk)[0], by=request.user),
        services.change_response,
        "The response is changed",
        response=found,
    )


def get_response(request, pk):
    """Return a response and its review, if the user may change the plan."""
    found = get_object_or_404(Response.objects.visible_to(request.user), pk=pk)
    return found, get_review(request, found.review_id, Permission.EDIT_PLAN)


# Actions


@FORM
def new_action(request, pk):
    """Add an action that answers a recommendation."""
    found, review = get_recommendation(request, pk)
    asking = Asking(
        "Add an action",
        *way_to(review, found),
        caption=f"{found}",
        button="Add the action",
        another="Save and add another",
        template="editing/action.html",
        context={**about_review(review), "recommendation": found},
    )
    return ask(
        request,
        asking,
        lambda data: forms.NewActionForm(data, recommendation=found, by=request.user),
        editing.add_action,
        lambda action: f"The action is added. {editing.said_of(action)}",
        recommendation=found,
    )


@FORM
def change_action(request, pk):
    """Change the words of an action, or what it answers, saying why."""
    found = get_action(request, pk, Permission.EDIT_PLAN)
    trail, _ = way_to(found.review, found.recommendation)
    asking = Asking(
        "Change the action",
        [*trail, ("Action", found.get_absolute_url())],
        found.get_absolute_url(),
        caption=Truncator(found.text).chars(60),
        context=about_review(found.review),
    )
    return ask(
        request,
        asking,
        lambda data: forms.ChangeActionForm(
            data, action=get_action(request, pk, Permission.EDIT_PLAN), by=request.user
        ),
        editing.change_action,
        "The action is changed",
        action=found,
    )


@require_POST
def move_action(request, pk, up):
    """Let an action change places with its neighbour under the same recommendation."""
    found = get_action(request, pk, Permission.EDIT_PLAN)
    editing.move_action(action=found, by=request.user, up=up)
    messages.success(request, f"{found} is moved {'up' if up else 'down'}")
    return redirect(found.recommendation)


#: What may change places with its neighbour, and the page that does it.
MOVES = {"section": move_section, "recommendation": move_recommendation, "action": move_action}
