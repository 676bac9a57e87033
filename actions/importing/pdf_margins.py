"""The headers and footers of a PDF's pages: what stands at the edge of one page after another."""

import re

from actions.importing.document import Paragraph
from actions.importing.pdf_tables import spans_of

#: How much of the height of a page its header and its footer may take.
EDGE = 0.12
PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,3}(?:\s*(?:of|/|\|)\s*\d{1,3})?\W*|\W*page\W*", re.I)


def take_margins(pages):
    """Take headers and footers from pages, and return each once.

    A line is one if it is at the same place of several pages in the same words, numbers aside, with nothing else
    outside it; or if it is a page's number by itself.
    """
    places = {}
    for page in pages:
        for lines in _at_edges(page):
            for line in lines:
                places.setdefault(_place(line, page), []).append(page.number)
    repeated = {
        place for place, numbers in places.items() if 2 * len(set(numbers)) > max(2, numbers[-1] - numbers[0] + 1)
    }
    heads = {
        _place(line, page)
        for page in pages
        for lines in _at_edges(page)
        for line in lines
        if _is_head_of_table(line, page)
    }
    margins, seen = [], set()
    for page in pages:
        for where, lines in zip(("header", "footer"), _at_edges(page), strict=True):
            for line in lines:
                place = _place(line, page)
                if place not in repeated and not PAGE_NUMBER.fullmatch(line.text) or place in heads:
                    break
                page.lines.remove(line)
                _take_rule(page, line)
                if place not in seen:
                    seen.add(place)
                    margins.append(Paragraph(line.text, where=where))
    return margins


def _at_edges(page):
    """Return the lines at the top and at the bottom of a page from its edge inwards, with no table outside them."""
    tops = [grid.top for grid in page.grids] or [page.height]
    bottoms = [grid.bottom for grid in page.grids] or [0]
    above = [line for line in page.lines if line.bottom < min(EDGE * page.height, min(tops) + line.size)]
    below = [line for line in page.lines if line.top > max((1 - EDGE) * page.height, max(bottoms) - line.size)]
    return above, below[::-1]


def _is_head_of_table(line, page):
    """Whether a line is the head of a table without a frame: other lines begin where each of its parts does."""
    starts = [span[0] for span in spans_of([line.words])]
    others = [span[0] for other in page.lines if other is not line for span in spans_of([other.words], 0.45)]
    return len(starts) > 1 and all(sum(abs(start - other) < 2 for other in others) > 1 for start in starts)


def _place(line, page):
    """Return what makes two lines on two pages the same header or footer."""
    return re.sub(r"\d+", "#", " ".join(line.text.split())), round(line.top / 4), page.height > page.width


def _take_rule(page, line):
    """Take the rule under a header or over a footer, which is not that of a table."""
    page.rules = [
        rule for rule in page.rules if min(abs(rule[0] - line.top), abs(rule[0] - line.bottom)) > 1.2 * line.size
    ]
