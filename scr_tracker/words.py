"""How we say dates, numbers and lists in plain English."""

from unicodedata import combining

from django.utils.text import Truncator

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def day(date):
    """Return "31 May 2012"."""
    return f"{date.day} {date:%B %Y}"


def moment(moment):
    """Return "31 May 2012, 14:05"; the last minute of a day is its end."""
    time = "end of day" if (moment.hour, moment.minute) == (23, 59) else f"{moment:%H:%M}"
    return f"{day(moment)}, {time}"


def number(count):
    """Return a small number as a word, a greater one in figures: "three", "1,204"."""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def counted(count, noun, nouns=""):
    """Return "1 action" or "1,204 actions"."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def listed(items):
    """Return "a, b and c"."""
    *first, last = items or [""]
    return f"{', '.join(first)} and {last}" if first else last


def cut(text, longest=200):
    """Return the beginning of a long text, up to a whole word."""
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"


def shortened(text, longest):
    """Return the first so many characters of a text, as Django's truncatechars does, but far sooner.

    Django goes through the text character by character; that is needed only where some are put on top of others.
    """
    start = text[: longest + 1]
    if any(map(combining, start)):
        return Truncator(text).chars(longest)
    return text if len(start) <= longest else f"{start[: longest - 1]}…"


def first_words(text, most):
    """Return the first so many words of a text, as Django's truncatewords does, but sooner."""
    words = text.split()
    return " ".join(words[:most]) + " …" * (len(words) > most)


def times(count):
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def sentence(text):
    """Return the text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")
