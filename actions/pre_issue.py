"""What is worth mending before a report is issued, each with the page where it can be mended."""

from dataclasses import dataclass

from django.urls import reverse

from reviews.models import Recommendation, Review

from . import plan as plans
from . import warnings
from .importing.vocabulary import plain
from .models import Action
from .warnings import Kind


@dataclass(frozen=True)
class Mendable:
    """A warning: what it is about, what it says, and the page to mend it on."""

    about: str
    says: str
    url: str


def warnings_of(draft, user):
    """Return [(heading, [Mendable])] for the plans of a draft as they stand now, empty kinds left out."""
    found = {}
    reviews = draft.reviews.select_related("partnership").order_by("reference", "pk")
    before = _said_before(draft.partnership, user)
    agencies = {agency.pk for agency in draft.agencies.all()}
    for review in reviews:
        plan = plans.read(review)
        plan = plan.concerning(agencies) if agencies else plan
        earlier = {text: said for text, (said, entered) in before.items() if entered < review.pk}
        around = warnings.Surroundings(on=plan.on, report_on=review.completed_on, before=earlier)
        for each in warnings.of_saved(plan, around):
            found.setdefault(each.kind, []).append(_mendable(each, review))
    return [(kind.label, found[kind]) for kind in Kind if kind in found]


def _mendable(warning, review):
    about = warning.about
    if isinstance(about, Action):
        name = f"{review}, action {about.label} of {about.recommendation}" if about.label else f"{review}, {about}"
        return Mendable(name, warning.says, about.get_absolute_url())
    if isinstance(about, Recommendation):
        return Mendable(f"{review}, {about}", warning.says, reverse("recommendation", args=[about.pk]))
    return Mendable(str(review), warning.says, review.get_absolute_url())


def _said_before(partnership, user):
    """Return {text: (where, key of its review)} for what earlier reviews of the partnership have recommended."""
    reviews = Review.objects.visible_to(user).filter(partnership=partnership)
    said = Recommendation.objects.filter(section__review__in=reviews).select_related("section__review")
    found = {}
    for recommendation in said.order_by("section__review", "pk"):
        review = recommendation.section.review
        found.setdefault(plain(recommendation.text), (f"{recommendation} of {review}", review.pk))
    return found
