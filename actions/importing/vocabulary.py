"""The words of the trade, from vocabulary.toml, and how they are looked for in a text."""

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("vocabulary.toml")
LONGEST_TITLE = 200
APOSTROPHES = re.compile(r"['’‘`´]")
ON_GOING = re.compile(r"\bon going\b")
WORDS = re.compile(r"[^\W_]+")


@cache
def vocabulary():
    """Return the whole vocabulary as written in its file."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=20_000)
def plain(text):
    """Return the words of a text in small letters with one space between, as the vocabulary writes them."""
    text = APOSTROPHES.sub("", text.lower().replace("&", " and "))
    return ON_GOING.sub("ongoing", " ".join(WORDS.findall(text)))


@cache
def _pattern(phrases):
    ordered = sorted(map(re.escape, phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(ordered)})\b")


def first_phrase(text, phrases):
    """Return where in a plain text the first of these phrases stands (the longest there), or None."""
    return _pattern(tuple(phrases)).search(text)


def begins_with(text, phrases):
    """Return the phrase with which a plain text begins, or None."""
    return _pattern(tuple(phrases)).match(text)


def is_phrase(text, phrases):
    """Whether a plain text is one of these phrases and nothing else."""
    return bool(_pattern(tuple(phrases)).fullmatch(text))


@lru_cache(maxsize=20_000)
def field_called(name):
    """Return the field that a name stands for, where it is one of the names of a field and nothing else."""
    words = plain(name)
    return next((field for field, phrases in vocabulary()["columns"].items() if is_phrase(words, phrases)), None)


def sentence_case(text):
    """Return a text in capitals as names are written: NORTHSHIRE PROBATION TRUST as Northshire Probation Trust."""
    if not text.isupper() or not re.search(r"[AEIOUY]", text):
        return text
    words = vocabulary()["capitals"]

    def written(match):
        word = match.group()
        if word in words["keep"] or not re.search(r"[AEIOUY]", word):
            return word
        if word.lower() in words["small"] and match.start():
            return word.lower()
        return word.capitalize()

    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", written, text)


def agency_named_in(title):
    """Return the agency that the title of a part names, or None where it does not say that it names one.

    It says so by a word such as "service", or by "actions" or "recommendations" beside the name.
    """
    name = agency_called(title)
    words = vocabulary()["sections"]
    opened = _without_opening(title, words["before_agency"])
    says_so = _without(opened, words["beside_agency"]) != title.strip()
    return name if name and (says_so or first_phrase(plain(name), words["agency_words"])) else None


def agency_called(title):
    """Return the name in the title of an agency's part; None for the part of all agencies, or of a report."""
    words = vocabulary()["sections"]
    name = _without(_without_opening(title, words["before_agency"]), words["beside_agency"])
    if (
        len(title) > LONGEST_TITLE
        or not plain(name)
        or is_phrase(plain(name), words["everybody"])
        or source_named_in(title)
    ):
        return None
    return sentence_case(name)


def _without_opening(title, phrases):
    """Return a title without the phrase that it begins with, and without "the" after it."""
    opening = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases)
    return re.sub(rf"\s*(?:{opening})\s*:?\s+(?:the\s+)?", "", title, count=1, flags=re.IGNORECASE)


def _without(title, phrases):
    """Return a title without the phrase at its end, in its own spelling."""
    for phrase in sorted(phrases, key=len, reverse=True) if len(title) <= LONGEST_TITLE else ():
        spaced = re.escape(phrase).replace(r"\ ", r"[\s–-]+").replace("and", "(?:and|&)")
        if match := re.fullmatch(rf"(.*?)[\s:–-]*\b{spaced}[\s:.]*", title, re.IGNORECASE | re.DOTALL):
            return match.group(1).strip()
    return title.strip()


def source_named_in(title, above=()):
    """Return which report a part's recommendations come from, by its title and the headings above it, or None.

    The nearest heading decides. "Health" under "Overview recommendations" is the health overview.
    """
    *before, own = re.split(r"\s[–—:-]\s", title)
    context = [*above, *before][::-1]
    bare = plain(_without(own, vocabulary()["sections"]["beside_agency"]))
    for text, is_found in [
        (plain(own), first_phrase),
        *((f"{bare} {plain(each)}", begins_with) for each in context),
        *((plain(each), first_phrase) for each in context),
    ]:
        for source in vocabulary()["sources"]:
            if is_found(text, source["words"]):
                return source["name"]
    return None


def practice_named_in(text):
    """Return whether a recommendation says in brackets that it is new or a reminder, or None."""
    for bracket in re.findall(r"\(([^()]*)\)", text):
        for name, phrases in vocabulary()["practice"].items():
            if first_phrase(plain(bracket), phrases):
                return name
    return None
