"""Finds in a text which subjects it names, by the words and phrases that mean them."""

import re
from collections import Counter, defaultdict
from functools import lru_cache

TOKEN = re.compile(r"\w+")
APOSTROPHE = re.compile(r"['’‘`´](?:s\b)?")


def plain(text):
    """Return a text in small letters, with the signs that join words taken apart."""
    text = APOSTROPHE.sub("", text.lower()).replace("-", " ").replace(".", " ").replace("/", " ")
    return " ".join(text.split())


class Phrases:
    """Subjects with the phrases that mean them: words with single spaces; a * at the end of a word is any ending.

    Every text is gone through once, whatever the number of subjects: each of its words leads to the few phrases
    that could begin there.
    """

    def __init__(self, subjects):
        self._exact, self._beginning = defaultdict(list), defaultdict(list)
        for subject, phrases in subjects.items():
            for phrase in phrases:
                self._add(subject, plain(phrase).split())
        self._lengths = sorted({len(beginning) for beginning in self._beginning})
        self._that_begin = lru_cache(maxsize=50_000)(self._find_that_begin)

    def _add(self, subject, words):
        if not words or words[0] in {"", "*"}:
            return
        first, rest = words[0], words[1:]
        if first.endswith("*"):
            self._beginning[first[:-1]].append((subject, rest))
        else:
            self._exact[first].append((subject, rest))

    def _find_that_begin(self, word):
        """Return [(subject, further words)] of the phrases that a word begins, the longest first."""
        found = [*self._exact.get(word, ())]
        for length in self._lengths:
            found += self._beginning.get(word[:length], ()) if length <= len(word) else ()
        return sorted(found, key=lambda each: -len(each[1]))

    def count(self, text):
        """Return {subject: how often} for a text that was made ``plain``."""
        return Counter(subject for subject, _ in self.find(text))

    def find(self, text):
        """Return [(subject, words)] of every place of a ``plain`` text that names a subject, in the text's order."""
        words, found, ends = TOKEN.findall(text), [], {}
        for place, word in enumerate(words):
            for subject, rest in self._that_begin(word):
                if ends.get(subject, 0) <= place and _stands(rest, words, place + 1):
                    end = ends[subject] = place + 1 + len(rest)
                    found.append((subject, " ".join(words[place:end])))
        return found


def _stands(rest, words, place):
    """Whether further words of a phrase stand at a place of a text."""
    if place + len(rest) > len(words):
        return False
    return all(
        words[place + number].startswith(word[:-1]) if word.endswith("*") else words[place + number] == word
        for number, word in enumerate(rest)
    )
