"""What is done to reviews and what they recommend, each in one transaction, with who and why.

``sent`` is the form that a person sent (scr_tracker.forms.Sent): what it says is done once, and not over somebody
else's head. Whatever changes the order of a plan first locks its review.
"""

from django.db import transaction
from django.db.models import Max

from scr_tracker.history import (
    relate,
    remember,
    remember_end,
    remember_joined,
    remember_order,
    version_of,
)
from scr_tracker.models import Partnership
from scr_tracker.rules import RuleBroken

from .models import NOTHING_OWED, Acceptance, Recommendation, RecommendationLink, Response, Review, Section

#: How the history begins to tell of a change that somebody gave a reason for.
CHANGED, WITHDRAWN = "Changed", "Withdrawn"
MOVED = "Moved within the plan"

#: What stands beside the words of a document, and gives way to them no longer once a person changes it.
SAID_ANEW = ("number", "source", "practice")


@transaction.atomic
def link_repeat(*, recommendation, earlier, by):
    """Say that a recommendation repeats an earlier one. Said twice, it is said once."""
    link, is_new = RecommendationLink.objects.get_or_create(
        recommendation=recommendation, other=earlier, relation=RecommendationLink.Relation.REPEATS
    )
    if is_new:
        remember(recommendation, by=by, why=f"Linked: repeats {earlier} of {earlier.section.review}")
    return link


# Reviews


@transaction.atomic
def create_review(*, partnership, by, named_people=(), sent=None, **about):
    """Add a review, which has no plan yet."""
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    if sent:
        sent.take_once(by=by)
    review = Review(partnership=partnership, **about)
    _check_reference(review)
    remember(review, by=by, why="Review added")
    remember_joined(Review, "named_people", [(review, person) for person in named_people])
    return review


@transaction.atomic
def change_review(*, review, by, named_people, reason="", sent=None, **about):
    """Change what is said of a review, and who may see it."""
    Partnership.objects.select_for_update().get(pk=review.partnership_id)
    review = _begin(review, by=by, sent=sent)
    _write(review, about)
    _check_reference(review)
    relate(review, "named_people", named_people)
    return remember(review, by=by, why=because(CHANGED, reason))


def _check_reference(review):
    others = Review.objects.filter(partnership=review.partnership_id, reference=review.reference).exclude(pk=review.pk)
    if others.exists():
        raise RuleBroken(f"This partnership already has a review with the reference {review.reference}.")


# Sections


@transaction.atomic
def add_section(*, review, by, title, number="", agency=None, sent=None):
    """Add a section at the end of a plan: an agency's part, or a theme."""
    lock_plan(review)
    if sent:
        sent.take_once(by=by)
    section = Section(review=review, title=title, number=number, agency=agency, order=_last(review.sections) + 1)
    return remember(section, by=by, why="Section added")


@transaction.atomic
def change_section(*, section, by, reason="", sent=None, **about):
    """Change the number, the title or the agency of a section."""
    section = _begin(section, by=by, sent=sent)
    _write(section, about)
    return remember(section, by=by, why=because(CHANGED, reason))


@transaction.atomic
def move_section(*, section, by, up):
    """Let a section change places with its neighbour; the first stays first and the last last."""
    lock_plan(section.review)
    move(section, section.review.sections.all(), by=by, up=up)


@transaction.atomic
def remove_section(*, section, by, sent=None):
    """Take a section away in which nothing stands, and never stood."""
    lock_plan(section.review)
    if sent:
        sent.take_once(by=by)
    section = Section.objects.select_for_update().get(pk=section.pk)
    if section.recommendations.exists():
        raise RuleBroken("This section has recommendations. Move them to another section first.")
    remember_end(section, by=by, why="Section removed: it was empty")


# Recommendations


@transaction.atomic
def add_recommendation(*, review, by, section=None, new_section="", sent=None, **about):
    """Add a recommendation at the end of a section, which is made where it is new."""
    lock_plan(review)
    if sent:
        sent.take_once(by=by)
    section = _section(review, section, new_section, by=by)
    recommendation = Recommendation(section=section, order=_last(section.recommendations) + 1, **about)
    _check_decision(recommendation)
    return remember(recommendation, by=by, why="Recommendation added")


@transaction.atomic
def change_recommendation(*, recommendation, by, reason, section=None, new_section="", sent=None, **about):
    """Change a recommendation, saying why. The words of its document stay beside what was not said anew."""
    review = recommendation.section.review
    lock_plan(review)
    recommendation = _begin(recommendation, by=by, sent=sent)
    section = _section(review, section or (None if new_section else recommendation.section), new_section, by=by)
    if section.pk != recommendation.section_id:
        recommendation.section, recommendation.order = section, _last(section.recommendations) + 1
    for name in SAID_ANEW:
        if name in about and about[name] != getattr(recommendation, name):
            recommendation.as_printed.pop(name, None)
    _write(recommendation, about)
    _check_decision(recommendation)
    return remember(recommendation, by=by, why=because(CHANGED, reason))


@transaction.atomic
def withdraw_recommendation(*, recommendation, by, reason, sent=None):
    """Withdraw a recommendation: it stays in the plan, struck from what is owed. Its actions stay as they are."""
    recommendation = _begin(recommendation, by=by, sent=sent)
    if recommendation.acceptance == Acceptance.WITHDRAWN:
        raise RuleBroken("This recommendation is withdrawn already.")
    if not reason:
        raise RuleBroken("Say why the recommendation is withdrawn.")
    recommendation.acceptance, recommendation.acceptance_reason = Acceptance.WITHDRAWN, reason
    return remember(recommendation, by=by, why=because(WITHDRAWN, reason))


@transaction.atomic
def move_recommendation(*, recommendation, by, up):
    """Let a recommendation change places with its neighbour in the section."""
    lock_plan(recommendation.section.review)
    recommendation = Recommendation.objects.select_related("section").get(pk=recommendation.pk)
    move(recommendation, recommendation.section.recommendations.all(), by=by, up=up)


def _section(review, section, new_section, *, by):
    """Return the section of the plan that somebody chose or named."""
    if new_section:
        return add_section(review=review, by=by, title=new_section)
    if section is None or section.review_id != review.pk:
        raise RuleBroken("Choose a section of this plan, or enter the title of a new one.")
    return section


def _check_decision(recommendation):
    if recommendation.acceptance in NOTHING_OWED and not recommendation.acceptance_reason:
        raise RuleBroken("Say why the recommendation is not accepted, withdrawn or needs no action.")


# Responses


@transaction.atomic
def add_response(*, review, by, text, recommendations, sent=None):
    """Add what the partnership answers to one or more recommendations of a plan."""
    lock_plan(review)
    if sent:
        sent.take_once(by=by)
    _check_answered(review, recommendations)
    response = remember(
        Response(review=review, text=text, order=_last(review.responses) + 1), by=by, why="Response added"
    )
    remember_joined(Response, "recommendations", [(response, each) for each in recommendations])
    return response


@transaction.atomic
def change_response(*, response, by, reason, text, recommendations, sent=None):
    """Change the words of a response, or which recommendations it answers, saying why."""
    response = _begin(response, by=by, sent=sent)
    _check_answered(response.review, recommendations)
    relate(response, "recommendations", recommendations)
    response.text = text
    return remember(response, by=by, why=because(CHANGED, reason))


def _check_answered(review, recommendations):
    if not recommendations:
        raise RuleBroken("Choose at least one recommendation that the response answers.")
    if any(each.section.review_id != review.pk for each in recommendations):
        raise RuleBroken("A response answers recommendations of one plan only.")


# What they share


def lock_plan(review):
    """Let nobody else add to the plan of a review, or change its order, until this is saved."""
    Review.objects.select_for_update().get(pk=review.pk)


def because(done, reason):
    """Return what the history says of something done for a reason."""
    return ": ".join(filter(None, [done, reason]))


def move(thing, siblings, *, by, up):
    """Let a thing change places with the one before or after it; at the end of the row nothing happens."""
    row = list(siblings.order_by("order"))
    place = row.index(thing)
    other = place - 1 if up else place + 1
    if 0 <= other < len(row):
        one, two = row[place], row[other]
        one.order, two.order = two.order, one.order
        remember_order([one, two], by=by, why=MOVED)


def _begin(thing, *, by, sent):
    """Lock a thing, and refuse what was sent before or starts from an earlier version of it."""
    thing = type(thing).objects.select_for_update().get(pk=thing.pk)
    if sent:
        sent.take_once(by=by)
        sent.check_version(version_of(thing))
    return thing


def _write(thing, about):
    for name, value in about.items():
        setattr(thing, name, value)


def _last(siblings):
    """Return the place of the last of a row; 0 where it is empty."""
    return siblings.aggregate(last=Max("order"))["last"] or 0
