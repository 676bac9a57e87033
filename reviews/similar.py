"""Which recommendations say what another says: the subjects and words that they share, weighed by how rare they are.

A recommendation returns in the next review in other words. What is compared is tf-idf over the words of the texts and
the subjects that they name (wording.toml), without the formulas of the trade. It offers; it never says
that two are the same: that is for a person, who links them.
"""

import heapq
import math
import re
import tomllib
from collections import Counter, defaultdict
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from .models import Recommendation

FILE = Path(__file__).with_name("wording.toml")
WORD = re.compile(r"[^\W\d_]{2,}")
APOSTROPHE = re.compile(r"['’‘`´](?:s\b)?")

#: What naming the same subject counts for beside using the same word.
SUBJECT_WEIGHT = 2.0
#: Below this, two texts share no more than chance; it is a cosine, between 0 and 1.
LEAST_LIKENESS = 0.15
#: How many of the nearest are looked through for those that a person may see.
LONGEST_SEARCH = 500


class Wordings:
    """Texts by what they say; each is kept under a key and may be put again or taken out."""

    def __init__(self, texts=()):
        self._terms = {}
        self._holding = defaultdict(dict)
        self._lengths = None
        for key, text in texts:
            self.put(key, text)

    def __len__(self):
        return len(self._terms)

    def put(self, key, text):
        """Keep a text, in place of what was kept under its key."""
        self.take_out(key)
        terms = self._terms[key] = terms_of(text)
        for term, weight in terms.items():
            self._holding[term][key] = weight
        self._lengths = None

    def take_out(self, key):
        """Forget a text."""
        for term in self._terms.pop(key, ()):
            del self._holding[term][key]
        self._lengths = None

    def nearest(self, text, count=5):
        """Return the keys of the texts that say most nearly what this one says, the nearest first; perhaps none."""
        lengths = self._lengths = self._lengths or self._measured()
        wanted = terms_of(text)
        rarity = {term: self._rarity(term) for term in wanted}
        own = math.hypot(*(weight * rarity[term] for term, weight in wanted.items())) or 1
        likeness = defaultdict(float)
        for term, weight in wanted.items():
            weight *= rarity[term] ** 2
            for key, other in self._holding.get(term, {}).items():
                likeness[key] += weight * other
        compared = ((shared / (own * lengths[key]), key) for key, shared in likeness.items())
        near = ((likeness, key) for likeness, key in compared if likeness >= LEAST_LIKENESS)
        return [key for _, key in heapq.nlargest(count, near)]

    def _rarity(self, term):
        holding = len(self._holding.get(term, ()))
        weight = SUBJECT_WEIGHT if term in subjects() else 1.0
        return weight * math.log(1 + max(len(self._terms), 1) / max(holding, 1))

    def _measured(self):
        rarity = {term: self._rarity(term) for term in self._holding}
        return {
            key: math.hypot(*(weight * rarity[term] for term, weight in terms.items())) or 1
            for key, terms in self._terms.items()
        }


class Likeness:
    """How alike two texts of one plan are: a cosine between 0 and 1, by how rare their words are in that plan."""

    def __init__(self, texts):
        terms = [terms_of(text) for text in texts]
        self._count, self._holding = len(terms), Counter(term for each in terms for term in each)

    def between(self, one, other):
        """Return how alike two texts are."""
        one, other = self._weighed(one), self._weighed(other)
        shared = sum(weight * other[term] for term, weight in one.items() if term in other)
        return shared / (math.hypot(*one.values()) * math.hypot(*other.values()) or 1)

    def _weighed(self, text):
        return {term: weight * self._rarity(term) for term, weight in terms_of(text).items()}

    def _rarity(self, term):
        weight = SUBJECT_WEIGHT if term in subjects() else 1.0
        return weight * math.log(1 + self._count / max(self._holding[term], 1))


@lru_cache(maxsize=5_000)
def terms_of(text):
    """Return {word or subject: its weight} of a text, without the words that every recommendation has."""
    plain = APOSTROPHE.sub("", text.lower()).replace("-", " ").replace(".", " ").replace("/", " ")
    plain = " ".join(plain.split())
    found = Counter(word for word in WORD.findall(plain) if word not in _noise())
    for subject, pattern in subjects().items():
        if times := len(pattern.findall(plain)):
            found[subject] = times
    return {term: 1 + math.log(times) for term, times in found.items()}


@cache
def subjects():
    """Return {subject: pattern of the words that mean it}."""
    concepts = tomllib.loads(FILE.read_text(encoding="utf-8"))["concepts"]
    return {f"<{name}>": _pattern(phrases) for name, phrases in concepts.items()}


@cache
def _noise():
    return frozenset(tomllib.loads(FILE.read_text(encoding="utf-8"))["noise"].split())


def _pattern(phrases):
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(each).replace(r"\*", r"\w*") for each in ordered) + r")\b")


class _AllRecommendations:
    """The wordings of every recommendation, kept in this process as long as nothing in the history is newer."""

    def __init__(self):
        self._lock = Lock()
        self._stamp, self._texts, self._wordings = None, {}, Wordings()

    def up_to_date(self):
        """Return the wordings as they stand; only texts that changed are taken apart again."""
        newest = Recommendation.history.order_by("-history_id").values_list("history_id", "history_date").first()
        stamp = newest, Recommendation.objects.count()
        with self._lock:
            if stamp != self._stamp:
                self._read()
                self._stamp = stamp
            return self._wordings

    def _read(self):
        texts = dict(Recommendation.objects.values_list("pk", "text"))
        for pk in self._texts.keys() - texts.keys():
            self._wordings.take_out(pk)
        for pk, text in texts.items():
            if self._texts.get(pk) != text:
                self._wordings.put(pk, text)
        self._texts = texts


_all = _AllRecommendations()


def said_before(recommendation, user, count=5):
    """Return what other reviews that the user sees recommended in much the same words, the nearest first."""
    nearest = _all.up_to_date().nearest(recommendation.text, LONGEST_SEARCH)
    place = {pk: index for index, pk in enumerate(nearest)}
    visible = (
        Recommendation.objects.visible_to(user)
        .filter(pk__in=nearest)
        .exclude(section__review=recommendation.section.review_id)
    )
    found = sorted(visible.values_list("pk", flat=True), key=place.get)[:count]
    kept = Recommendation.objects.select_related("section__review").in_bulk(found)
    return [kept[pk] for pk in found]
