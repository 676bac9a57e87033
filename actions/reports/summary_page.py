"""Shares out the page of a report's summary, which stands alone: what it holds in full, and what it cuts or folds.

Heights are estimated in millimetres, a little generously: nothing may run over to a second page.
"""

from dataclasses import dataclass, replace
from math import ceil

from scr_tracker.words import cut, day

from . import pictures

#: Millimetres: the type area of an upright page, and its two columns where there is something for the second.
WIDTH, HEIGHT, LEFT, RIGHT = 174, 259, 80, 88

#: Millimetres: what stands on every summary beside its headline: the heading, bar, figures and contents.
ALWAYS = 88

#: Millimetres: the bars of the whole, of earlier reports, and of agencies and reviews in a column or on their own.
WHOLE_BAR = {"width": WIDTH, "height": 6}
TREND_BAR = {"width": 16, "height": 2.8}
BAR = {"width": 26, "height": 2.8}
WIDE_BAR = {"width": 92, "height": 2.8}

#: Millimetres: how wide a letter is, and how high its line, in each size of type here.
HEADLINE, SINCE, PROSE, FACT, ROW = (3.2, 8.1), (2.2, 5.6), (1.65, 4.5), (1.42, 3.65), (1.4, 3.4)

#: Millimetres: the head over a list, and that of a table; the space between texts, and between rows.
LIST_HEAD, TABLE_HEAD, GAP, ROW_GAP = 6.5, 17, 2.0, 1.5

#: An introduction no higher than this, in millimetres, stands on the summary's page.
INTRODUCTION_AT_MOST = 24

#: Millimetres: how much room decisions have; how many stand there where not all fit, and how many letters of each.
DECISIONS_AT_MOST, DECISIONS_SHOWN, DECISION_LETTERS = 50, 3, 90


def of(report):
    """Return what the template of the summary's page needs: what it holds, and how it is drawn."""
    heading, summary = report.heading, report.summary
    introduction = () if _height(heading.introduction, PROSE, WIDTH) > INTRODUCTION_AT_MOST else heading.introduction
    decisions, decisions_are_cut = _decisions(heading.decisions)
    agencies = [Bars(row.agency, row.ratings) for row in report.agencies]
    reviews = [Bars(row.review, row.ratings) for row in report.reviews] if len(report.reviews) > 1 else []
    room = HEIGHT - ALWAYS - _height([summary.headline], HEADLINE, WIDTH) - _height(introduction, PROSE, WIDTH)
    if report.changes:
        room -= _height([report.changes.headline], SINCE, WIDTH)
    in_columns = bool(decisions or report.trend or reviews)
    # Beside the facts alone, decisions leave the foot of the page to the agencies, from edge to edge.
    agencies_below = not (report.trend or reviews)
    width, bar = (WIDTH, WIDE_BAR) if agencies_below else (LEFT, BAR)
    left = LIST_HEAD + _height(summary.facts, FACT, LEFT if in_columns else WIDTH) if summary.facts else 0
    right = LIST_HEAD + _height(decisions, PROSE, RIGHT - 6) + 6 * decisions_are_cut if decisions else 0
    if report.trend:
        right += TABLE_HEAD + len(report.trend) * (ROW_GAP + ROW[1])
    above = max(left, right) if agencies_below else left
    return {
        "bar": pictures.bar(
            summary.ratings,
            whole=max(1, sum(each.count for each in summary.ratings)),
            says=f"All actions: {pictures.said(summary.ratings)}",
            **WHOLE_BAR,
        ),
        "introduction": introduction,
        "asked_apart": decisions_are_cut or bool(heading.introduction and not introduction),
        "decisions": decisions,
        "decisions_are_cut": decisions_are_cut,
        "trend": _trend(report.trend),
        "in_columns": in_columns,
        "agencies_below": agencies_below,
        "agency_bars": _drawn(_fitting(agencies, "agencies", room - above - TABLE_HEAD, width, bar), bar),
        "review_bars": _drawn(_fitting(reviews, "reviews", room - right - TABLE_HEAD, RIGHT, BAR), BAR),
    }


def _height(texts, size, width):
    """Return how high texts are that stand below one another."""
    letter, line = size
    return sum(GAP + line * ceil(len(text) * letter / width) for text in texts)


def _decisions(decisions):
    """Return the decisions asked for as the summary's page holds them, and whether any of them is cut."""
    if _height(decisions, PROSE, RIGHT - 6) <= DECISIONS_AT_MOST:
        return decisions, False
    return [cut(each, DECISION_LETTERS) for each in decisions[:DECISIONS_SHOWN]], True


def _trend(points):
    """Return the rows of the table of the trend, each with its bar."""
    longest = max((point.total for point in points), default=1) or 1
    return [
        {
            "point": point,
            "day": "Now" if point is points[-1] else f"{point.as_at.day} {point.as_at:%b %Y}",
            "picture": pictures.bar(
                point.ratings,
                whole=longest,
                says=f"{day(point.as_at)}: {pictures.said(point.ratings)}",
                **TREND_BAR,
            ),
        }
        for point in points
    ]


@dataclass(frozen=True)
class Bars:
    """A row of the summary's page: a name, and the ratings that its bar shows."""

    name: str
    ratings: tuple

    @property
    def total(self):
        """How many there are in all."""
        return sum(each.count for each in self.ratings)

    def height(self, width, bar):
        """Return how high the row is in a table of this width, beside such a bar."""
        letter, line = ROW
        return ROW_GAP + line * ceil(len(self.name) * letter / (width - bar["width"] - 16))


def _fitting(rows, noun, room, width, bar):
    """Return the rows that a height holds; the last of them together where it does not hold all."""
    kept = len(rows)
    while kept > 1 and sum(row.height(width, bar) for row in _folded(rows, kept, noun)) > room:
        kept -= 1
    return _folded(rows, kept, noun)


def _folded(rows, kept, noun):
    """Return so many rows, and the others, if there are any, as one."""
    rest = rows[kept:]
    if not rest:
        return rows
    sums = tuple(
        replace(each, count=sum(row.ratings[place].count for row in rest)) for place, each in enumerate(rest[0].ratings)
    )
    return [*rows[:kept], Bars(f"{len(rest)} other {noun}", sums)]


def _drawn(rows, bar):
    longest = max((row.total for row in rows), default=1) or 1
    return [
        (row, pictures.bar(row.ratings, whole=longest, says=f"{row.name}: {pictures.said(row.ratings)}", **bar))
        for row in rows
    ]
