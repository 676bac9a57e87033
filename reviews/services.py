"""What is done to reviews, what they recommend and themes, each in one transaction, with who and why.

``sent`` is the form that a person sent (scr_tracker.forms.Sent): what it says is done once, and not over somebody
else's head. Whatever changes the order of a plan first locks its review.
"""

from django.db import transaction
from django.db.models import Max

from scr_tracker.history import (
    relate,
    remember,
    remember_changed,
    remember_end,
    remember_joined,
    remember_new,
    remember_order,
    version_of,
)
from scr_tracker.models import Partnership
from scr_tracker.rules import RuleBroken

from . import themes as theming
from .models import (
    NOTHING_OWED,
    Acceptance,
    Recommendation,
    RecommendationLink,
    RecommendationTheme,
    RefusedTheme,
    Response,
    Review,
    Section,
    Theme,
)

Relation = RecommendationLink.Relation

#: How the history begins to tell of a change that somebody gave a reason for.
CHANGED, WITHDRAWN = "Changed", "Withdrawn"
MOVED = "Moved within the plan"

#: What the history says first, where nobody gave a reason.
LINKED, UNLINKED = "Linked", "Link undone"
THEME_GIVEN, THEME_TAKEN_AWAY, THEME_MERGED = "Theme given", "Theme taken away", "Theme merged"

#: What stands beside the words of a document, and gives way to them no longer once a person changes it.
SAID_ANEW = ("number", "source", "practice")


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


# Links


@transaction.atomic
def link(*, recommendation, other, relation, by, why="", sent=None):
    """Say how a recommendation stands to another. Said twice, it is said once."""
    if sent:
        sent.take_once(by=by)
    if recommendation == other:
        raise RuleBroken("A recommendation cannot be linked to itself.")
    recommendation = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    between = {"recommendation": recommendation, "other": other, "relation": Relation(relation)}
    there = RecommendationLink.objects.filter(**between).first()
    return there or remember(RecommendationLink(**between), by=by, why=because(LINKED, why))


@transaction.atomic
def unlink(*, link, by, why, sent=None):
    """Undo a link between two recommendations; its history stays."""
    if sent:
        sent.take_once(by=by)
    there = RecommendationLink.objects.select_for_update().filter(pk=link.pk).first()
    if there:
        remember_end(there, by=by, why=because(UNLINKED, why))


# The themes of a recommendation


@transaction.atomic
def settle_themes(*, recommendation, by, give=(), take_away=(), refuse=(), why="", sent=None):
    """Give a recommendation themes, take some away, and refuse what was suggested (None: no theme fits).

    What stands already is left as it is, so that two people who say the same have said it once.
    """
    if sent:
        sent.take_once(by=by)
    recommendation = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    fitting = {theme.pk for theme in Theme.objects.fitting(recommendation.section.review.partnership)}
    if not {theme.pk for theme in give} <= fitting:
        raise RuleBroken("This theme cannot be given here: it was merged into another, or is another partnership’s.")
    there = {each.theme_id: each for each in recommendation.given_themes.all()}
    new = [RecommendationTheme(recommendation=recommendation, theme=theme) for theme in give if theme.pk not in there]
    remember_new(new, by=by, why=because(THEME_GIVEN, why))
    for theme in take_away:
        if theme.pk in there:
            remember_end(there[theme.pk], by=by, why=because(THEME_TAKEN_AWAY, why))
    for theme in refuse:
        RefusedTheme.objects.get_or_create(recommendation=recommendation, theme=theme, defaults={"by": by})


@transaction.atomic
def settle_themes_of(*, answers, by, sent=None):
    """Take what somebody said of several recommendations at once: [(recommendation, give, refuse)]."""
    if sent:
        sent.take_once(by=by)
    for recommendation, give, refuse in answers:
        settle_themes(recommendation=recommendation, by=by, give=give, refuse=refuse)


# The themes themselves


def begin_themes():
    """Let there be the themes with which an installation begins, as far as they are not there."""
    there = {name.lower() for name in Theme.objects.filter(partnership=None).values_list("name", flat=True)}
    starters = [Theme(**each) for each in theming.starters() if each["name"].lower() not in there]
    return remember_new(starters, by=None, why="The themes to begin with")


@transaction.atomic
def add_theme(*, name, about="", words="", partnership=None, by, sent=None):
    """Add a theme of a partnership's own, or of everybody's."""
    if sent:
        sent.take_once(by=by)
    name = " ".join(name.split())
    _refuse_taken(name, partnership)
    theme = Theme(name=name, about=about, words=words, partnership=partnership)
    return remember(theme, by=by, why="Theme added")


@transaction.atomic
def change_theme(*, theme, name, about="", words="", why="", by, sent=None):
    """Rename a theme, or say otherwise what belongs to it or which words suggest it."""
    if sent:
        theme_now = Theme.history.filter(id=theme.pk).order_by("-history_id").values_list("history_id", flat=True)
        sent.take_once(by=by)
        sent.check_version(theme_now.first())
    theme = Theme.objects.select_for_update(of=("self",)).get(pk=theme.pk)
    name = " ".join(name.split())
    _refuse_taken(name, theme.partnership, but=theme)
    done = "Theme changed" if name == theme.name else f"Theme renamed, before: {theme.name}"
    theme.name, theme.about, theme.words = name, about, words
    return remember(theme, by=by, why=because(done, why))


@transaction.atomic
def merge_theme(*, theme, into, why, by, sent=None):
    """Let one theme become part of another: its recommendations have that one from now on, and its name leads there."""
    if sent:
        sent.take_once(by=by)
    both = Theme.objects.select_for_update(of=("self",)).in_bulk([theme.pk, into.pk])
    theme, into = both[theme.pk], both[into.pk]
    if theme == into or theme.merged_into_id or into.merged_into_id:
        raise RuleBroken("Choose another theme, one that was not merged itself.")
    if into.partnership_id not in (None, theme.partnership_id):
        raise RuleBroken("Everybody’s theme cannot be merged into a partnership’s own: the others could not see it.")
    reason = because(THEME_MERGED, f"{theme} into {into}. {why}")
    have_both = RecommendationTheme.objects.filter(theme=into).values("recommendation")
    for doubled in RecommendationTheme.objects.filter(theme=theme, recommendation__in=have_both):
        remember_end(doubled, by=by, why=reason)
    moved = list(RecommendationTheme.objects.filter(theme=theme))
    for each in moved:
        each.theme = into
    remember_changed(moved, ["theme"], by=by, why=reason)
    earlier = list(Theme.objects.filter(merged_into=theme))
    for each in [theme, *earlier]:
        each.merged_into = into
    remember_changed([theme, *earlier], ["merged_into"], by=by, why=reason)
    return into


def _refuse_taken(name, partnership, but=None):
    """Raise RuleBroken where a theme that the partnership can see has this name."""
    taken = Theme.objects.called(name).exclude(pk=but.pk if but else None)
    near = taken.filter(partnership=None) | taken.filter(partnership=partnership)
    if there := near.select_related("merged_into").first():
        if there.merged_into:
            raise RuleBroken(f"“{there}” was merged into “{there.merged_into}”. Use that one, or choose another name.")
        raise RuleBroken(f"There is already a theme “{there}”. Choose another name.")


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
