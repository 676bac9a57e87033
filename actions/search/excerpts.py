"""The part of a text in which what was looked for stands, with its words marked."""

import re

from django.utils.html import escape
from django.utils.safestring import mark_safe

from .databases import END, START

#: How much of a text is shown, and how much of that stands before the first word that was found.
LENGTH, BEFORE = 260, 70

_SIGNS = re.compile(f"([{START}{END}])")


def spans(text, marked):
    """Return where in a text the words stand that the database marked in its copy of it.

    The copy may have other signs in some places, but as many; where it does not, nothing is marked.
    """
    place, start, found = 0, None, []
    for piece in _SIGNS.split(marked):
        if piece in (START, END) and text[place : place + 1] != piece:
            if piece == START:
                start = place
            elif start is not None:
                found.append((start, place))
                start = None
        else:
            place += len(piece)
    return found if place == len(text) else []


def excerpt(text, marked, length=LENGTH):
    """Return the part of a text around what was found in it as HTML, everything escaped but our own marks."""
    hits = spans(text, marked)
    begin, end = _window(text, hits[0][0] if hits else 0, length)
    html, place = ["… " if begin else ""], begin
    for start, stop in hits:
        if begin <= start and stop <= end:
            html += escape(text[place:start]), "<mark>", escape(text[start:stop]), "</mark>"
            place = stop
    html += escape(text[place:end]), " …" if end < len(text) else ""
    return mark_safe("".join(html))


def _window(text, first, length):
    """Return where an excerpt begins and ends: not within a word if it can be helped."""
    if len(text) <= length:
        return 0, len(text)
    begin = max(0, min(first - BEFORE, len(text) - length))
    if begin:
        begin = _space(text, begin, begin + 25) or begin
    end = begin + length
    if end < len(text):
        end = _space(text, end - 25, end) or end
        return begin, end
    return begin, len(text)


def _space(text, start, stop):
    """Return the place after the first space between two places, or 0."""
    found = re.compile(r"\s").search(text, start, stop)
    return found.end() if found else 0
