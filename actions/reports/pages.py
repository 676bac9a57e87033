"""Sets a report as the pages of a PDF."""

from itertools import groupby
from operator import attrgetter

from django.utils.html import format_html, format_html_join

from scr_tracker import pdf
from scr_tracker.words import listed, moment

from . import pictures, summary_page
from .columns import Line
from .figures import NO_AGENCY
from .heading import Edition
from .layout import PlanLayout, rating_of

#: Millimetres: the longest bar of a table, and a piece of one for the key.
BAR = {"width": 34, "height": 3.2}
SWATCH = {"width": 7, "height": 2.4}

#: Millimetres: the picture on the cover where its heading is shortest, and the least that a long one leaves of it.
MOSAIC_WIDTH, MOSAIC_HEIGHT, MOSAIC_AT_LEAST = 174, 122, 40

#: How many letters of a report's name stand on one line of its cover.
LETTERS_OF_TITLE = 19

#: How many figures a cover has that has no picture.
COVER_FIGURES = 5

#: How many letters of somebody's words a line holds, and how many lines of a story are kept on one page.
LETTERS_IN_A_LINE, LINES_TOGETHER = 70, 26


def as_pdf(report, edition=None):
    """Return a monitoring report as the bytes of a PDF."""
    return pdf.render("reports/monitoring.html", context(report, edition))


def one_review_pdf(report, edition=None):
    """Return a report on one review as the bytes of a PDF."""
    words = {each.key: each.word for each in report.ratings}
    stories = [(story, words[story.rating], _has_few_lines(story)) for story in report.stories]
    about = [(fact.name, fact.text.split("\n")) for fact in report.about]
    return pdf.render("reports/one_review.html", {**context(report, edition), "stories": stories, "about": about})


def exceptions_pdf(report, edition=None):
    """Return a report of exceptions only as the bytes of a PDF."""
    words = {each.key: each.word for each in report.ratings}
    about = {"report": report, "heading": report.heading, "edition": _edition(report, edition), "words": words}
    counts = [(len(each.entries) + each.above, each.heading) for each in report.exceptions]
    found = sorted((each for each in counts if each[0]), key=lambda each: -each[0])
    cover = {
        "alone": len(report.heading.reviews) == 1,
        "asked_apart": bool(report.heading.introduction or report.heading.decisions),
        "decisions_are_cut": bool(report.heading.decisions),
        "figure_heads": _figure_heads(report),
        "cover_figures": [(f"{count:,}", heading) for count, heading in found[:COVER_FIGURES]],
    }
    return pdf.render("reports/exceptions.html", {**about, **cover, **_exceptions(report, words)})


def public_pdf(report, edition=None):
    """Return a public response as the bytes of a PDF; one without an edition says that it is a draft."""
    about = {"report": report, "heading": report.heading, "edition": _edition(report, edition)}
    return pdf.render("reports/public.html", about | {"alone": len(report.reviews) == 1})


def yearly_pdf(report, edition=None):
    """Return a yearly extract as the bytes of a PDF."""
    about = {"report": report, "heading": report.heading, "edition": _edition(report, edition)}
    cover = {
        "alone": len(report.heading.reviews) == 1,
        "cover_figures": report.figures,
        "asked_apart": bool(report.heading.introduction or report.heading.decisions),
        "decisions_are_cut": bool(report.heading.decisions),
    }
    return pdf.render("reports/yearly.html", about | cover)


def context(report, edition=None):
    """Return what the template of a report needs beside the report: how things are drawn and shared out."""
    words = {each.key: each.word for each in report.ratings}
    alone = len(report.plans) == 1
    anchors = {each.anchor for plan in report.plans for section in plan.sections for each in section.recommendations}
    return {
        "report": report,
        "heading": report.heading,
        "edition": _edition(report, edition),
        "alone": alone,
        "words": words,
        "mosaic": pictures.mosaic(
            [section for plan in report.plans for section in plan.sections],
            says=f"One mark for each action, in the order of the plan: {pictures.said(report.summary.ratings)}.",
            width=MOSAIC_WIDTH,
            height=_height_of_mosaic(report.heading),
        ),
        "figure_heads": _figure_heads(report),
        **summary_page.of(report),
        **_agencies(report.agencies),
        "changes": _changes(report.changes, anchors),
        "evidence": _evidence(report.evidence),
        **_exceptions(report, words),
        "reviews": ()
        if alone
        else [_review(place, each, report.reviews) for place, each in enumerate(report.reviews, start=1)],
        "plans": [_plan(place, plan, words) for place, plan in enumerate(report.plans, start=1)],
    }


def _edition(report, edition):
    return edition or Edition(made_at=report.heading.as_at)


def _height_of_mosaic(heading):
    """Return how high the picture on the cover may be, below what the cover says over it."""
    about, letters = (heading.about_in_full, 75) if len(heading.reviews) > 1 else (heading.about, 45)
    further_lines = len(about) // letters
    over = 6 * further_lines + 18 * (len(heading.name) > LETTERS_OF_TITLE) + 27 * bool(heading.logo)
    if heading.agencies:
        over += 3 + 4.5 * (1 + len(listed(heading.agencies)) // 90)
    return max(MOSAIC_AT_LEAST, MOSAIC_HEIGHT - over)


def _exceptions(report, words):
    """Return the exceptions of a report as the template writes them, and what was looked for and not found."""
    return {
        "exceptions": [
            (each, [_entry(entry, report, words) for entry in each.entries])
            for each in report.exceptions
            if each.entries
        ],
        "told_above": [each.told_above for each in report.exceptions if each.told_above],
        "empty": listed([each.heading.lower() for each in report.exceptions if not (each.entries or each.told_above)]),
    }


def _figure_heads(report):
    """Return the heads of the table of ratings: a piece of the bars, and the rating."""
    return [
        (pictures.swatch(each.key, says=f"{each.word} in the bars", **SWATCH), each.key)
        for each in report.summary.ratings
    ]


def _has_few_lines(story):
    """Whether all that happened to an action fits on a page for certain, and so is kept together."""
    return sum(2 + len(each.words) // LETTERS_IN_A_LINE for each in story.happenings) < LINES_TOGETHER


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
    dates = entry.dates if entry.due else (Line("None"), *entry.dates)
    if entry.review:
        text.append(Line(entry.review, "note"))
    if entry.section and (report.named_by_place or not entry.anchor):
        text.append(Line(entry.section, "note"))
    return {
        "entry": entry,
        "word": words[entry.rating],
        "text": _words(text),
        "dates": _words(dates),
        "said": _words([Line(entry.said)] * bool(entry.said) + [entry.last_word] * bool(entry.last_word)) or "No word",
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


def _changes(changes, anchors):
    """Return what changed as the template writes it; what is untouched is told by references alone."""
    if changes is None:
        return None
    found = [each for each in changes.lists if each.changes]
    told_by_name = next((each for each in found if each.key == "untouched"), None)
    return {
        "told": changes,
        "as_at": moment(changes.as_at),
        "lists": [
            (each, [_change(change, anchors) for change in each.changes]) for each in found if each != told_by_name
        ],
        "untouched": (told_by_name, _by_lead(told_by_name.changes, anchors)) if told_by_name else None,
    }


def _change(change, anchors):
    text = [Line(change.text)] + [Line(change.review, "note")] * bool(change.review)
    return {"change": change, "reference": _reference(change, anchors), "text": _words(text)}


def _reference(change, anchors):
    """Return what a change's action is called, as a link to it where it stands in this report."""
    if change.anchor not in anchors:
        return change.reference
    return format_html('<a href="#{}">{}</a>', change.anchor, change.reference)


def _by_lead(changes, anchors):
    """Return (review, lead, references) for changes, in the order of the leads' names."""
    rows = {}
    for change in changes:
        rows.setdefault((change.review, change.lead or NO_AGENCY), []).append(_reference(change, anchors))
    return [
        (review, lead, format_html_join(", ", "{}", ((each,) for each in references)), len(references))
        for (review, lead), references in sorted(rows.items())
    ]


def _evidence(evidence):
    """Return the list of evidence as the template writes it."""
    for each in evidence:
        text = [Line(each.text)] + [Line(each.review, "note")] * bool(each.review)
        pieces = [(piece, listed(piece.actions)) for piece in each.pieces]
        yield {"of": each, "text": _words(text), "pieces": pieces}


def _agencies(agencies):
    """Return the rows of the table of agencies, each with its bar."""
    longest = max((row.total for row in agencies), default=1) or 1
    return {
        "agencies": [
            (row, pictures.bar(row.ratings, whole=longest, says=f"{row.agency}: {pictures.said(row.ratings)}", **BAR))
            for row in agencies
        ]
    }
