"""Asks the database for what a person looks for, among what they may see."""

from collections import Counter
from dataclasses import dataclass, field, replace

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from actions.models import SearchEntry, SearchKind

from .asked import Asked
from .databases import database
from .sight import Sight

#: A result is told from thousands by a few words: where more are found, the newest of each kind are shown.
MOST = 1_000

#: What is a better answer than something else that holds the words as often.
WEIGHTS = {
    **{SearchKind.REVIEW: 1.6, SearchKind.RECOMMENDATION: 1.6, SearchKind.RESPONSE: 1.2, SearchKind.ACTION: 1.4},
    **{SearchKind.UPDATE: 0.8, SearchKind.COMMENT: 0.8, SearchKind.EVIDENCE: 1.0},
    SearchKind.DECISION: 1.0,
}


@dataclass(frozen=True)
class Found:
    """The entries that were found, the best first: their ids, how many of each kind and of each review.

    Of all reviews no more than MOST of a kind are found; ``over`` has the kinds of which there are more. Of one
    review, which is never so large, everything is.
    """

    asked: Asked
    ids: list
    kinds: Counter = field(default_factory=Counter)
    over: frozenset = frozenset()
    reviews: Counter = field(default_factory=Counter)

    def __len__(self):
        return len(self.ids)

    def of(self, kind):
        """Return what was found of one kind, or of all for None."""
        return self.ids if kind is None else [each for each in self.ids if each % 8 == kind]

    def is_over(self, kind=None):
        """Whether there is more than was found, of one kind or of any."""
        return bool(self.over) if kind is None else kind in self.over

    def in_words(self, kind=None):
        """Return how many were found, of one kind or of all: "12", or "more than 1,000"."""
        count = len(self.ids) if kind is None else self.kinds[kind]
        return f"more than {count:,}" if self.is_over(kind) else f"{count:,}"


def find(asked, user, review=None):
    """Return what a person may see of what they asked for, perhaps in one review only."""
    return _find(asked, Sight.of(user), review)


def find_or_correct(asked, user, review=None):
    """Return what was found; where that is nothing, what is found for the likest words that the person may see."""
    sight = Sight.of(user)
    found = _find(asked, sight, review)
    if found.ids:
        return found
    corrected = _corrected(asked, sight)
    instead = corrected and _find(corrected, sight, review)
    return instead if instead and instead.ids else found


def _find(asked, sight, review):
    rows, more = database().find(asked, sight, review, most=MOST + 1 if review is None else None)
    kept, found, over = [], Counter(), set(more)
    for row in rows:
        kind = row[0] % 8
        if review is None and found[kind] == MOST:
            over.add(kind)
            continue
        found[kind] += 1
        kept.append(row)
    kept.sort(key=lambda row: (-row[2] * WEIGHTS[row[0] % 8], -row[0]))
    return Found(
        asked,
        [row[0] for row in kept],
        found,
        frozenset(over),
        Counter(row[1] for row in kept if row[1] is not None),
    )


def condition(asked):
    """Return the condition that every term stands in an action or in its recommendation."""
    if not asked:
        return Q(pk__in=[])
    found = Q()
    for term in asked.terms:
        there = _stands(Asked("", (replace(term, excluded=False),)))
        found &= ~there if term.excluded else there
    return found


#: What an action is found by: the kind of entry, and where in the action the key of that stands.
WHERE = ((SearchKind.ACTION, "pk"), (SearchKind.RECOMMENDATION, "recommendation"))


def _stands(asked):
    """Return the condition that what was asked for stands in an action or in its recommendation.

    A word that stands in many is looked for in one action after the other, in the order of the list, until a page is
    full; one that stands in few is first looked up in the index.
    """
    one_by_one = database().is_frequent(asked, [kind for kind, _ in WHERE])
    condition = Q()
    for kind, key in WHERE:
        entries = SearchEntry.objects.filter(kind=kind)
        if one_by_one:
            entry = entries.filter(id=OuterRef(key) * 8 + kind.value).values(held=database().holds(asked))
            # Of EXISTS the database would make a table of all that hold it.
            condition |= Q(Coalesce(Subquery(entry), False))
        else:
            condition |= Q(**{f"{key}__in": database().holding(entries, asked).values("key")})
    return condition


def _corrected(asked, sight):
    """Return what was asked with every word that the person sees nowhere in the likest spelling that they see.

    None where there is none. A word that stands only in what is out of sight is as good as unknown.
    """
    corrected = asked
    for place, term in enumerate(asked.terms):
        for number, word in enumerate(term.words):
            if term.excluded or len(word) < 4 or not word.isalpha() or _is_seen(asked, place, word, sight):
                continue
            like = database().like(word)
            better = next((other for other in like if _is_seen(asked, place, other, sight)), None)
            if better is None:
                return None
            corrected = corrected.with_word(place, number, better)
    return None if corrected is asked else corrected


def _is_seen(asked, place, word, sight):
    """Return whether a word stands anywhere that the person sees."""
    term = replace(asked.terms[place], words=(word,), goes_on=False, quoted=False)
    found, _ = database().find(replace(asked, terms=(term,)), sight, most=1)
    return bool(found)
