"""Sets a report as the pages of a PDF."""

from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from django.utils.html import format_html, format_html_join

from scr_tracker import pdf

from . import pictures
from .columns import Line
from .figures import AgencyRatings
from .heading import Edition
from .layout import PlanLayout, rating_of
from .words import counted, listed, times

#: Millimetres: the picture on the cover, the longest bar of the summary, and a piece of it for the key.
MOSAIC = {"width": 138, "height": 146}
BAR = {"width": 34, "height": 3.2}
WHOLE_BAR = {"width": 269, "height": 6}
SWATCH = {"width": 7, "height": 2.4}

#: Millimetres: the room for agencies on the summary's page (names and heights), and a column of figures.
AGENCIES = {"width": 109, "height": 84, "column": 9.7}


def as_pdf(report, edition=None):
    """Return a monitoring report as the bytes of a PDF."""
    return pdf.render("reports/monitoring.html", context(report, edition))


def context(report, edition=None):
    """Return what the template of a report needs beside the report: how things are drawn and shared out."""
    words = {each.key: each.word for each in report.ratings}
    alone = len(report.plans) == 1
    return {
        "report": report,
        "heading": report.heading,
        "edition": edition or Edition(made_at=report.heading.as_at),
        "alone": alone,
        "words": words,
        "bar": pictures.bar(
            report.summary.ratings,
            whole=max(1, sum(each.count for each in report.summary.ratings)),
            says=f"All actions: {pictures.said(report.summary.ratings)}",
            **WHOLE_BAR,
        ),
        "mosaic": pictures.mosaic(
            [section for plan in report.plans for section in plan.sections],
            says=f"One mark for each action, in the order of the plan: {pictures.said(report.summary.ratings)}.",
            **MOSAIC,
        ),
        **_agencies(report.agencies),
        "exceptions": [
            (each, [_entry(entry, report, words) for entry in each.entries])
            for each in report.exceptions
            if each.entries
        ],
        "empty": listed([each.heading.lower() for each in report.exceptions if not each.entries]),
        "reviews": ()
        if alone
        else [_review(place, each, report.reviews) for place, each in enumerate(report.reviews, start=1)],
        "plans": [_plan(place, plan, words) for place, plan in enumerate(report.plans, start=1)],
    }


def _anchor(place):
    """Return where the plan in this place begins, for links to it."""
    return f"plan-{place}"


def _review(place, row, rows):
    """Return a review's row in the table of reviews."""
    longest = max((each.total for each in rows), default=1) or 1
    says = f"{row.review}: {pictures.said(row.ratings)}"
    return {"row": row, "anchor": _anchor(place), "picture": pictures.bar(row.ratings, whole=longest, says=says, **BAR)}


def _plan(place, plan, words):
    """Return a plan as the template writes it."""
    layout = PlanLayout(plan.columns, plan.sections)
    return {
        "plan": plan,
        "anchor": _anchor(place),
        "about": plan.title or plan.of or plan.notes or plan.keys or plan.review.dates,
        "columns": layout.headed,
        "sections": [(section, _groups(layout, section, words)) for section in plan.sections],
    }


def _entry(entry, report, words):
    """Return an exception as the template writes it."""
    text = [Line(entry.text)]
    dates = [Line(entry.due or "None")]
    if entry.review:
        text.append(Line(entry.review, "note"))
    if report.named_by_place and entry.section:
        text.append(Line(entry.section, "note"))
    if entry.days_overdue:
        dates.append(Line(f"Overdue {counted(entry.days_overdue, 'day')}", "alert"))
    if entry.first_due:
        moved = f", moved {times(entry.times_moved)}" if entry.times_moved else ""
        dates.append(Line(f"First {entry.first_due}{moved}", "note"))
    return {
        "entry": entry,
        "word": words[entry.rating],
        "text": _words(text),
        "dates": _words(dates),
        "said": _said(entry.last_word) if entry.last_word else "No word",
    }


def _groups(layout, section, words):
    """Return the rows of a section as the template writes them: each cell's words, rating and span.

    Setting a page takes time by the element, not by the letter. So a cell holds plain text as far as it can,
    and a rating is its first line: the stylesheet draws the shape beside it.
    """
    for recommendation in section.recommendations:
        group = layout.group(recommendation)
        yield {
            "anchor": recommendation.anchor,
            "whole": group.is_whole,
            "rows": [
                {
                    "tall": row.is_tall,
                    "cells": [_cell(cell, *rating_of(cell, row, recommendation, words)) for cell in row.cells],
                }
                for row in group.rows
            ],
        }


def _cell(cell, rating, first_line):
    return {"cell": cell, "rating": rating, "words": _words(cell.lines, first_line)}


def _words(lines, first=""):
    """Return lines as HTML: paragraphs where there are several of the plan's own, else text with line breaks."""
    runs = []
    for kind, run in groupby(lines, key=attrgetter("kind")):
        words = [_said(line) for line in run]
        runs += [format_html('<span class="{}">{}</span>', kind, _broken(words))] if kind else words
    if not first and sum(not line.kind for line in lines) > 1:
        return format_html_join("", "<p>{}</p>", ((each,) for each in runs))
    return _broken([first, *runs] if first else runs)


def _broken(lines):
    return format_html_join("\n", "{}", ((each,) for each in lines))


def _said(line):
    """Return a line's words after its label: an action's letter, or what the words are."""
    if not (line.link and line.text):
        return line.said
    link = format_html('<a href="#{}">{}</a>', line.link, line.text)
    return format_html("{} {}", line.opening, link) if line.label else link


def _agencies(agencies):
    """Return the rows of the table of agencies, each with its bar, and the heads of its columns."""
    ratings = agencies[0].ratings if agencies else ()
    heads = [head for place, head in enumerate(ratings) if any(row.ratings[place].count for row in agencies)]
    used = {head.key for head in heads}
    shown, is_dense = _fitting(agencies, columns=len(heads) + 1)
    longest = max((row.total for row in shown), default=1)
    return {
        "agency_heads": [
            (pictures.swatch(head.key, says=f"{head.word} in the bars", **SWATCH), head.word) for head in heads
        ],
        "agencies_are_dense": is_dense,
        "agencies": [
            {
                "name": row.agency,
                "picture": pictures.bar(
                    row.ratings, whole=longest, says=f"{row.agency}: {pictures.said(row.ratings)}", **BAR
                ),
                "numbers": [each.count for each in row.ratings if each.key in used],
                "total": row.total,
            }
            for row in shown
        ],
    }


def _fitting(agencies, *, columns):
    """Return the agencies that the summary's page holds, and whether only when set densely.

    Where it does not hold them all, the last of them stand together.
    """
    name_width = AGENCIES["width"] - AGENCIES["column"] * columns

    def height(rows, letter, line, space):
        return sum(space + line * (1 + len(row.agency) * letter // name_width) for row in rows)

    if height(agencies, letter=1.6, line=4.0, space=2.8) <= AGENCIES["height"]:
        return agencies, False
    kept = len(agencies)
    while height(_folded(agencies, kept), letter=1.4, line=3.5, space=1.3) > AGENCIES["height"]:
        kept -= 1
    return _folded(agencies, kept), True


def _folded(agencies, kept):
    """Return so many agencies, and the others, if there are any, as one."""
    rest = agencies[kept:]
    if not rest:
        return agencies
    sums = tuple(
        replace(each, count=sum(row.ratings[place].count for row in rest)) for place, each in enumerate(rest[0].ratings)
    )
    return (*agencies[:kept], AgencyRatings(f"{len(rest)} other agencies", sums))
