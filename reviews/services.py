"""What is done to recommendations and themes, each in one transaction, with who and why."""

from django.db import transaction

from scr_tracker.history import remember, remember_changed, remember_end, remember_new
from scr_tracker.rules import RuleBroken

from . import themes as theming
from .models import Recommendation, RecommendationLink, RecommendationTheme, RefusedTheme, Theme

Relation = RecommendationLink.Relation

#: What the history says first, where nobody gave a reason.
LINKED, UNLINKED = "Linked", "Link undone"
THEME_GIVEN, THEME_TAKEN_AWAY, THEME_MERGED = "Theme given", "Theme taken away", "Theme merged"


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
    return there or remember(RecommendationLink(**between), by=by, why=_because(LINKED, why))


@transaction.atomic
def unlink(*, link, by, why, sent=None):
    """Undo a link between two recommendations; its history stays."""
    if sent:
        sent.take_once(by=by)
    there = RecommendationLink.objects.select_for_update().filter(pk=link.pk).first()
    if there:
        remember_end(there, by=by, why=_because(UNLINKED, why))


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
    remember_new(new, by=by, why=_because(THEME_GIVEN, why))
    for theme in take_away:
        if theme.pk in there:
            remember_end(there[theme.pk], by=by, why=_because(THEME_TAKEN_AWAY, why))
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
    return remember(theme, by=by, why=_because(done, why))


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
    because = _because(THEME_MERGED, f"{theme} into {into}. {why}")
    have_both = RecommendationTheme.objects.filter(theme=into).values("recommendation")
    for doubled in RecommendationTheme.objects.filter(theme=theme, recommendation__in=have_both):
        remember_end(doubled, by=by, why=because)
    moved = list(RecommendationTheme.objects.filter(theme=theme))
    for each in moved:
        each.theme = into
    remember_changed(moved, ["theme"], by=by, why=because)
    earlier = list(Theme.objects.filter(merged_into=theme))
    for each in [theme, *earlier]:
        each.merged_into = into
    remember_changed([theme, *earlier], ["merged_into"], by=by, why=because)
    return into


def _refuse_taken(name, partnership, but=None):
    """Raise RuleBroken where a theme that the partnership can see has this name."""
    taken = Theme.objects.called(name).exclude(pk=but.pk if but else None)
    near = taken.filter(partnership=None) | taken.filter(partnership=partnership)
    if there := near.select_related("merged_into").first():
        if there.merged_into:
            raise RuleBroken(f"“{there}” was merged into “{there.merged_into}”. Use that one, or choose another name.")
        raise RuleBroken(f"There is already a theme “{there}”. Choose another name.")


def _because(done, why):
    return f"{done}: {why}" if why else done
