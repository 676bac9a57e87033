"""The headers and footers of a PDF's pages: what stands at the edge of one page after another."""

import re

from actions.importing.document import Paragraph

#: How much of the height of a page its header and its footer may take.
EDGE = 0.12
PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,3}(?:\s*(?:of|/|\|)\s*\d{1,3})?\W*|\W*page\W*", re.I)


def take_margins(pages):
    """Take headers and footers from pages, and return each once.

    A line is one if it is at the same place of several pages in the same words, numbers aside, and not between
    other lines; or if it is a page's number by itself.
    """
    seen = {}
    for page in pages:
        for line in _at_edges(page):
            seen.setdefault(_place(line, page), []).append((page, line))
    margins = []
    for lines in seen.values():
        numbers = [page.number for page, _ in lines]
        is_repeated = len(lines) > 1 and 2 * len(set(numbers)) > (numbers[-1] - numbers[0] + 1)
        for index, (page, line) in enumerate(lines):
            if is_repeated or PAGE_NUMBER.fullmatch(line.text):
                page.lines.remove(line)
                _take_rule(page, line)
                if not index or not is_repeated:
                    where = "header" if line.top < page.height / 2 else "footer"
                    margins.append(Paragraph(line.text, where=where))
    return margins


def _at_edges(page):
    """Return the lines at the top and bottom of a page, outside of which there is no table."""
    tops = [grid.top for grid in page.grids] or [page.height]
    bottoms = [grid.bottom for grid in page.grids] or [0]
    above = [line for line in page.lines if line.bottom < min(EDGE * page.height, min(tops) + line.size)]
    below = [line for line in page.lines if line.top > max((1 - EDGE) * page.height, max(bottoms) - line.size)]
    return above + below


def _place(line, page):
    """Return what makes two lines on two pages the same header or footer."""
    return re.sub(r"\d+", "#", " ".join(line.text.split())), round(line.top / 4), page.height > page.width


def _take_rule(page, line):
    """Take the rule under a header or over a footer, which is not that of a table."""
    page.rules = [rule for rule in page.rules if min(abs(rule[0] - line.top), abs(rule[0] - line.bottom)) > 1.2 * line.size]
