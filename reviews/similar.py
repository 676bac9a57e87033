"""Which recommendations say what another says: the subjects and words that they share, weighed by how rare they are.

A recommendation returns in the next review in other words. What is compared is tf-idf over the words of the texts and
the subjects that they name (wording.toml), without the formulas of the trade. It offers; it never says
that two are the same: that is for a person, who links them.

Each process keeps the wordings of all recommendations, and takes in what was written since it last looked. Taking many
texts apart takes long: a page takes in no more than MOST_AT_ONCE, so that nobody waits, and what was taken apart is
kept in the database (KeptWordings), so that a process that starts reads it in a moment.
"""

import bisect
import hashlib
import heapq
import json
import math
import re
import tomllib
import zlib
from array import array
from collections import Counter, defaultdict
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from .models import KeptWordings, Recommendation
from .phrases import Phrases, plain

FILE = Path(__file__).with_name("wording.toml")
WORD = re.compile(r"[^\W\d_]{2,}")

#: What naming the same subject counts for beside using the same word.
SUBJECT_WEIGHT = 2.0
#: Below this, two texts share no more than chance; it is a cosine, between 0 and 1.
LEAST_LIKENESS = 0.15
#: How many of the nearest are looked through first for those that a person may see.
LONGEST_SEARCH = 500
#: How many texts a page takes in at most, and after how many they are kept for other processes.
MOST_AT_ONCE, KEPT_AFTER = 5_000, 1_000
#: How many lines of history before the newest are looked at again: one may be seen later than one that came after it.
OVERLAP = 2_000
#: By how much a collection may change before all lengths are measured anew, and up to what size they always are.
DRIFT, SMALL = 0.05, 2_000

#: What it counts for to use a word so many times.
WEIGHTS = [0.0, *(1 + math.log(times) for times in range(1, 256))]


class Wordings:
    """Texts by what they say; each is kept under a key, a number, and may be put again or taken out.

    For each word or subject it has the places of the texts that use it, and how often they do, in arrays: tens of
    thousands of recommendations take a few megabytes.
    """

    def __init__(self, texts=()):
        self._keys, self._places = [], {}
        self._using = defaultdict(lambda: (array("I"), array("B")))
        self._lengths, self._measured, self._changes = array("d"), 0, 0
        for key, text in texts:
            self.put(key, text)

    def __len__(self):
        return len(self._places)

    def __contains__(self, key):
        return key in self._places

    def __iter__(self):
        return iter(self._places)

    def put(self, key, text):
        """Keep a text, in place of what was kept under its key."""
        self.take_out(key)
        place = self._places[key] = len(self._keys)
        self._keys.append(key)
        for term, times in counts_of(text).items():
            places, counts = self._using[term]
            places.append(place)
            counts.append(min(times, 255))
        self._changes += 1

    def take_out(self, key):
        """Forget a text."""
        place = self._places.pop(key, None)
        if place is not None:
            self._keys[place] = None
            self._changes += 1

    def nearest(self, text, count=5):
        """Return the keys of the texts that say most nearly what this one says, the nearest first; perhaps none."""
        self._measure()
        wanted = terms_of(text)
        rarity = {term: self._rarity(term) for term in wanted}
        own = math.hypot(*(weight * rarity[term] for term, weight in wanted.items())) or 1
        shared = [0.0] * len(self._keys)
        for term, weight in wanted.items():
            counts_for = [weight * rarity[term] ** 2 * each for each in WEIGHTS]
            for place, times in zip(*self._using.get(term, ((), ())), strict=True):
                shared[place] += counts_for[times]
        lengths, least = self._lengths, LEAST_LIKENESS * own
        near = (
            (amount / lengths[place], self._keys[place])
            for place, amount in enumerate(shared)
            if amount and amount >= least * lengths[place] and self._keys[place] is not None
        )
        return [key for _, key in heapq.nlargest(count, near)]

    def _rarity(self, term):
        using = len(self._using[term][0]) if term in self._using else 0
        weight = SUBJECT_WEIGHT if term in subjects() else 1.0
        return weight * math.log(1 + max(len(self._places), 1) / max(using, 1))

    def _measure(self):
        """Measure the lengths of new texts; of all, where the rarity of words may have changed with them."""
        if not self._changes:
            return
        if len(self._keys) > SMALL and len(self._places) < 0.8 * len(self._keys):
            self._close_gaps()
        first = self._measured
        if len(self._keys) <= SMALL or self._changes > DRIFT * len(self._keys):
            first = self._changes = 0
        squares = [0.0] * (len(self._keys) - first)
        if squares:
            for term, (places, counts) in self._using.items():
                if places[-1] >= first:
                    rarity = self._rarity(term)
                    counts_for = [(rarity * each) ** 2 for each in WEIGHTS]
                    start = _first_at_least(places, first)
                    for place, times in zip(places[start:], counts[start:], strict=True):
                        squares[place - first] += counts_for[times]
        del self._lengths[first:]
        self._lengths.extend(math.sqrt(square) or 1 for square in squares)
        self._measured = len(self._keys)

    def _close_gaps(self):
        """Leave out the places of texts that were taken out or put again."""
        moved, kept = {}, []
        for place, key in enumerate(self._keys):
            if key is not None:
                moved[place] = len(kept)
                kept.append(key)
        for term, (places, counts) in list(self._using.items()):
            left = [(moved[place], times) for place, times in zip(places, counts, strict=True) if place in moved]
            if left:
                self._using[term] = array("I", [place for place, _ in left]), array("B", [times for _, times in left])
            else:
                del self._using[term]
        self._keys, self._places = kept, {key: place for place, key in enumerate(kept)}
        self._lengths, self._measured, self._changes = array("d"), 0, len(kept)

    def to_bytes(self):
        """Return what ``from_bytes`` makes the same of, but for the order of the texts."""
        self._close_gaps()
        head = {"keys": self._keys, "terms": {term: len(places) for term, (places, _) in self._using.items()}}
        said = json.dumps(head, separators=(",", ":")).encode()
        arrays = [part.tobytes() for places, counts in self._using.values() for part in (places, counts)]
        return zlib.compress(len(said).to_bytes(8, "big") + said + b"".join(arrays), 1)

    @classmethod
    def from_bytes(cls, content):
        """Return the wordings that were kept."""
        content = memoryview(zlib.decompress(content))
        start = 8 + int.from_bytes(content[:8], "big")
        head = json.loads(bytes(content[8:start]))
        wordings = cls()
        wordings._keys, wordings._changes = head["keys"], len(head["keys"])
        wordings._places = {key: place for place, key in enumerate(head["keys"])}
        for term, number in head["terms"].items():
            places, counts = wordings._using[term]
            places.frombytes(content[start : start + number * places.itemsize])
            start += number * places.itemsize
            counts.frombytes(content[start : start + number])
            start += number
        return wordings


def _first_at_least(places, first):
    """Return where in ascending places those from ``first`` on begin."""
    return bisect.bisect_left(places, first) if first else 0


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
    return {term: 1 + math.log(times) for term, times in counts_of(text).items()}


def counts_of(text):
    """Return {word or subject: how often} of a text, without the words that every recommendation has."""
    text, noise = plain(text), _noise()
    found = Counter(word for word in WORD.findall(text) if word not in noise)
    found.update(_phrases().count(text))
    return found


@cache
def subjects():
    """Return {subject: the words that mean it}."""
    concepts = tomllib.loads(FILE.read_text(encoding="utf-8"))["concepts"]
    return {f"<{name}>": phrases for name, phrases in concepts.items()}


@cache
def _phrases():
    return Phrases(subjects())


@cache
def _noise():
    return frozenset(tomllib.loads(FILE.read_text(encoding="utf-8"))["noise"].split())


@cache
def _rules():
    """Return the fingerprint of the rules by which texts are taken apart here."""
    parts = [FILE, Path(__file__), Path(__file__).with_name("phrases.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()


class AllRecommendations:
    """The wordings of every recommendation, as this process knows them."""

    def __init__(self):
        self._lock = Lock()
        self._forget()

    def _forget(self):
        self._stamp, self._newest, self._wordings = None, 0, Wordings()
        self._texts, self._waiting, self._not_kept = {}, [], 0

    def nearest(self, text, count=None):
        """Return the keys of the recommendations that say most nearly what a text says; of all unless ``count``.

        Only what changed since the last time is taken apart. Where more is new than a page should wait for, the
        newest is taken in, and the next page takes in more.
        """
        lines = Recommendation.history.order_by("-history_id").values_list("history_id", "history_date")
        newest = lines.first()
        stamp = newest, Recommendation.objects.count()
        with self._lock:
            if stamp != self._stamp:
                self._look(newest[0] if newest else 0, stamp[1])
                self._stamp = stamp
            if self._waiting:
                self._take_in()
            return self._wordings.nearest(text, len(self._wordings) if count is None else count)

    def _look(self, newest, number):
        """Find out which texts are new, changed and gone since the last time."""
        if newest < self._newest:
            self._forget()  # another database
        if not self._texts:
            self._read_kept()
        lines = Recommendation.history.filter(history_id__gt=self._newest - OVERLAP)
        changed = set(lines.values_list("id", flat=True))
        if len(self._texts.keys() | changed) != number or not self._newest:
            there = set(Recommendation.objects.values_list("pk", flat=True))
            for key in self._texts.keys() - there:
                self._take_out(key)
            changed |= there - self._texts.keys()
        self._newest = newest
        self._waiting = sorted(changed | set(self._waiting))

    def _take_in(self):
        """Take the newest of the waiting texts apart; keep what is known for other processes when it is worth it."""
        now, self._waiting = self._waiting[-MOST_AT_ONCE:], self._waiting[:-MOST_AT_ONCE]
        texts = dict(Recommendation.objects.filter(pk__in=now).values_list("pk", "text"))
        for key in now:
            if key not in texts:
                self._take_out(key)
            elif self._texts.get(key) != (mark := zlib.crc32(texts[key].encode())):
                self._wordings.put(key, texts[key])
                self._texts[key] = mark
                self._not_kept += 1
        if not self._waiting and self._not_kept >= KEPT_AFTER:
            self._keep()

    def _take_out(self, key):
        self._wordings.take_out(key)
        self._texts.pop(key, None)

    def _keep(self):
        content = {"marks": list(self._texts.items())}
        marks = json.dumps(content, separators=(",", ":")).encode()
        content = len(marks).to_bytes(8, "big") + marks + self._wordings.to_bytes()
        known = {"made_by": _rules(), "up_to": self._newest, "content": content}
        KeptWordings.objects.update_or_create(pk=1, defaults=known)
        self._not_kept = 0

    def _read_kept(self):
        kept = KeptWordings.objects.filter(pk=1, made_by=_rules()).first()
        if kept is None:
            return
        content = bytes(kept.content)
        start = 8 + int.from_bytes(content[:8], "big")
        self._texts = dict(json.loads(content[8:start])["marks"])
        self._wordings = Wordings.from_bytes(content[start:])
        self._newest = kept.up_to


_all = AllRecommendations()


def said_before(recommendation, user, count=5):
    """Return what other reviews that the user sees recommended in much the same words, the nearest first."""
    return said_before_text(recommendation.text, user, review=recommendation.section.review_id, count=count)


def said_before_text(text, user, *, review=None, count=5):
    """Return what reviews that the user sees, other than one, recommended in much the same words as a text."""
    visible = Recommendation.objects.visible_to(user)
    if review is not None:
        visible = visible.exclude(section__review=review)
    nearest = _all.nearest(text, LONGEST_SEARCH)
    seen = set(visible.filter(pk__in=nearest).values_list("pk", flat=True))
    if len(seen) < count and len(nearest) == LONGEST_SEARCH:
        nearest, seen = _all.nearest(text), set(visible.values_list("pk", flat=True))
    found = [key for key in nearest if key in seen][:count]
    kept = Recommendation.objects.select_related("section__review").in_bulk(found)
    return [kept[key] for key in found if key in kept]
