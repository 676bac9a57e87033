"""Which themes the wording of a recommendation suggests. It suggests; a person confirms.

Suggestions are worked out whenever they are shown and never stored as facts. What is stored is what people said:
the themes that they gave (RecommendationTheme) and the suggestions that they refused (RefusedTheme).
"""

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .models import RefusedTheme, Theme
from .phrases import Phrases, plain

FILE = Path(__file__).with_name("themes.toml")

#: How many themes are suggested for one recommendation at most.
MOST_SUGGESTED = 3


@dataclass(frozen=True)
class Suggestion:
    """A theme that a text suggests, and the words that do."""

    theme: Theme
    words: tuple[str, ...]


def starters():
    """Return the values of the themes with which an installation begins."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))["theme"]
    return [{"name": each["name"], "about": each["about"], "words": "\n".join(each["words"])} for each in told]


def suggested(text, themes, count=MOST_SUGGESTED):
    """Return Suggestions of those of the themes that a text suggests, the strongest first.

    The more different words of a theme a text has the stronger, and before what is named later what is named earlier.
    """
    themes = {theme.pk: theme for theme in themes}
    found = defaultdict(dict)
    phrases = _phrases(tuple((pk, each.words) for pk, each in themes.items()))
    for place, (key, words) in enumerate(phrases.find(plain(text))):
        found[key].setdefault(words, place)
    strongest = sorted(found, key=lambda key: (-len(found[key]), min(found[key].values()), key))
    return [Suggestion(themes[key], tuple(found[key])) for key in strongest[:count]]


@lru_cache(maxsize=64)
def _phrases(words):
    return Phrases({key: lines.splitlines() for key, lines in words})


def suggested_for(recommendations):
    """Return {key of a recommendation: Suggestions} without those that it has or that somebody refused.

    ``recommendations`` have their section and review at hand. Takes the same few queries however many there are.
    """
    keys = [each.pk for each in recommendations]
    settled = defaultdict(set)
    for key, theme in Theme.recommendations.through.objects.filter(recommendation__in=keys).values_list(
        "recommendation", "theme"
    ):
        settled[key].add(theme)
    for key, theme in RefusedTheme.objects.filter(recommendation__in=keys).values_list("recommendation", "theme"):
        settled[key].add(theme)
    fitting = fitting_for(each.section.review.partnership_id for each in recommendations)
    found = {}
    for each in recommendations:
        open_ones = [theme for theme in fitting[each.section.review.partnership_id] if theme.pk not in settled[each.pk]]
        found[each.pk] = [] if None in settled[each.pk] else suggested(each.text, open_ones)
    return found


def fitting_for(partnerships):
    """Return {key of a partnership: the themes that may be given to its recommendations}."""
    partnerships = set(partnerships)
    current = list(Theme.objects.current())
    return {key: [theme for theme in current if theme.partnership_id in (None, key)] for key in partnerships}
