"""The pictures of a report, drawn from its figures: shapes and patterns as well as colours, for black and white."""

import math

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ..rating import NO_ACTION

#: Each rating's shape in a square of 16 by 16, the same as on the screen.
SHAPES = {
    "red": "M8 .8 15.2 8 8 15.2.8 8z",
    "amber": "M8 1.4 15 14.4H1z",
    "green": "M8 1.2A6.8 6.8 0 1 0 8 14.8 6.8 6.8 0 1 0 8 1.2z",
    "grey": "M3 2H6.6V14H3zM9.4 2H13V14H9.4z",
    "blue": "M1.6 1.6H14.4V14.4H1.6z",
    NO_ACTION: "M8 2A6 6 0 1 0 8 14 6 6 0 1 0 8 2zM3.9 12.1 12.1 3.9",
}

#: Each rating's fill and outline: those of static/src/_palette.scss, which pictures cannot read.
COLOURS = {
    "red": ("#c0271c", "#c0271c"),
    "amber": ("#f0ac2e", "#8f5b00"),
    "green": ("#1b7a43", "#1b7a43"),
    "grey": ("#66757e", "#66757e"),
    "blue": ("#1f5fb0", "#1f5fb0"),
    NO_ACTION: ("#ffffff", "#14242e"),
}


def mosaic(sections, *, width, height, says, largest=22.0):
    """Draw one mark for each action of a plan, in its order, as large as a space allows; nothing for no plan."""
    ratings = [rating for section in sections for each in section.recommendations for rating in _ratings(each)]
    if not ratings:
        return ""
    across = max(1, math.ceil(math.sqrt(len(ratings) * width / height)))
    while math.ceil(len(ratings) / across) * (width / across) > height:
        across += 1
    across = max(across, min(len(ratings), int(width // largest)))
    cell = min(largest, width / across)
    marks = (
        (
            SHAPES[rating],
            *COLOURS[rating],
            f"translate({place % across * cell:.2f} {place // across * cell:.2f}) scale({0.66 * cell / 16:.4f})",
        )
        for place, rating in enumerate(ratings)
    )
    drawn = format_html_join("", '<path d="{}" fill="{}" stroke="{}" stroke-width="1.2" transform="{}"/>', marks)
    return _svg(width, math.ceil(len(ratings) / across) * cell, says, drawn)


def _ratings(recommendation):
    """Return the ratings of its actions; its own where it has none."""
    return [action.rating for action in recommendation.actions] or [recommendation.rating or "grey"]


def bar(counts, *, width, height, whole, says):
    """Draw a stacked bar in which ``whole`` would be as wide as ``width``."""
    drawn, x = [], 0.0
    for each in counts:
        wide = width * each.count / whole
        drawn.append(_part(each.key, x, wide, height) if each.count else "")
        x += wide
    return _svg(width, height, says, SafeString("".join(drawn)))


def swatch(rating, *, width, height, says):
    """Draw a piece of a bar, for its key."""
    return _svg(width, height, says, _part(rating, 0, width, height))


def said(counts):
    """Return counts as words, for those who do not see the picture."""
    return ", ".join(f"{each.count} {each.word.lower()}" for each in counts if each.count) or "none"


def _svg(width, height, says, drawn):
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" viewBox="0 0 {0} {1}">'
        "<title>{2}</title>{3}</svg>",
        f"{width:.2f}",
        f"{height:.2f}",
        says,
        drawn,
    )


def _part(rating, x, width, height):
    """Draw a part of a bar: its colour, and a pattern of its own."""
    fill, outline = COLOURS[rating]
    inset = 0.15 if fill == "#ffffff" else 0
    ground = format_html(
        '<path d="M{} {}h{}v{}h-{}z" fill="{}"{}/>',
        *(f"{each:.2f}" for each in (x + inset, inset, width - 2 * inset, height - 2 * inset, width - 2 * inset)),
        fill,
        format_html(' stroke="{}" stroke-width=".3"', outline) if inset else "",
    )
    lines = PATTERNS[rating](x, width, height)
    if not lines:
        return ground
    drawn = " ".join(f"M{x1:.2f} {y1:.2f}L{x2:.2f} {y2:.2f}" for x1, y1, x2, y2 in lines)
    colour = "#6a4300" if rating == "amber" else "#ffffff"
    return ground + format_html('<path d="{}" stroke="{}" stroke-width=".35" fill="none"/>', drawn, colour)


def _plain(x, width, height):
    return []


def _diagonals(x, width, height, every=1.5):
    """Lines from lower left to upper right, cut off at the part's edges."""
    lines = []
    for start in _steps(-height, width, every):
        left, right = max(start, 0), min(start + height, width)
        if left < right:
            lines.append((x + left, height - (left - start), x + right, height - (right - start)))
    return lines


def _uprights(x, width, height, every=1.2):
    return [(x + at, 0, x + at, height) for at in _steps(every / 2, width, every)]


def _levels(x, width, height):
    return [(x, height * part, x + width, height * part) for part in (1 / 3, 2 / 3)]


def _dots(x, width, height, every=1.3):
    return [
        (x + at - 0.17, height * part, x + at + 0.17, height * part)
        for at in _steps(every / 2, width - 0.1, every)
        for part in (1 / 4, 3 / 4)
    ]


def _steps(start, end, every):
    return [start + every * step for step in range(max(0, math.ceil((end - start) / every)))]


#: What tells the parts of a bar apart without colour.
PATTERNS = {
    "red": _plain,
    "amber": _diagonals,
    "green": _levels,
    "grey": _uprights,
    "blue": _dots,
    NO_ACTION: _plain,
}
