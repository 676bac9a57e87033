"""What the PDF of a plan costs, beside WeasyPrint setting a bare table of the same text."""

import gc
from html import escape
from io import BytesIO
from time import process_time

import pytest

from actions import load, reports
from actions.models import Action
from reviews.models import Recommendation, Review

from .results import Stopwatch

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("_as_in_service")]

#: How many times longer than the bare table the report may take, and how often both are made.
AT_MOST, ROUNDS = 1.5, 7

BARE_STYLE = """@page { size: A4 landscape; margin: 15mm }
body { font: 8.5pt/1.3 sans-serif }
table { width: 100%; table-layout: fixed; border-collapse: collapse }
td, th { border: 1px solid; padding: 1mm; vertical-align: top; text-align: left }
p { margin: 0 }"""


@pytest.fixture
def review(loads):
    """A review with a plan of the usual size, on which people have been working."""
    loads.use(1_000)
    review = Review.objects.earliest("pk")
    assert Recommendation.objects.filter(section__review=review).count() == load.RECOMMENDATIONS
    assert Action.objects.filter(review=review).count() == load.ACTIONS
    return review


def bare_tables(report, *, exceptions):
    """Return the text of a report as HTML: a table for each section of its plan, and for its exceptions."""
    html = [f"<style>{BARE_STYLE}</style>"]
    for each in report.exceptions if exceptions else ():
        rows = [
            [entry.reference, entry.text, entry.lead, entry.due, line(entry.last_word) if entry.last_word else ""]
            for entry in each.entries
        ]
        html.append(bare_table(each.heading, ["Ref.", each.of, "Lead", "Target date", "Last word"], rows))
    for section in report.plans[0].sections:
        rows = [
            [map(line, cell) for cell in each.cells]
            for recommendation in section.recommendations
            for each in (recommendation, *recommendation.actions)
            if any(each.cells)
        ]
        html.append(bare_table(section.title, [column.heading for column in report.plans[0].columns], rows))
    return "".join(html)


def bare_table(heading, heads, rows):
    """Return one table; a cell is a text, or several that stand below one another."""
    html = [f"<h3>{escape(heading)}</h3><table><thead><tr>"]
    html += [f"<th>{escape(head)}</th>" for head in heads]
    html.append("</tr></thead>")
    for row in rows:
        cells = [[cell] if isinstance(cell, str) else cell for cell in row]
        html += ["<tr>", *(f"<td>{''.join(f'<p>{escape(text)}</p>' for text in cell)}</td>" for cell in cells)]
    return "".join([*html, "</table>"])


def line(of):
    """Return the words of one line of a cell."""
    return f"{of.label} {of.text}"


def test_what_the_pdf_costs(review, results):
    weasyprint = pytest.importorskip("weasyprint", exc_type=OSError)
    report = reports.working_copy(review)
    plan, everything = (bare_tables(report, exceptions=wanted) for wanted in (False, True))
    ways = {
        "Monitoring report": lambda: reports.monitoring_pdf(review)[1],
        "Bare tables of its text": lambda: weasyprint.HTML(string=everything).write_pdf(),
        "Bare tables of the plan alone": lambda: weasyprint.HTML(string=plan).write_pdf(),
    }
    made = {name: make() for name, make in ways.items()}
    watch = Stopwatch(process_time)  # a page waits for a database; a PDF is all our own work
    for _ in range(ROUNDS):
        for name, make in ways.items():
            gc.collect()
            watch.time(name, make)
    ratios = {name: watch.ratio("Monitoring report", name) for name in ways}
    results.add(
        f"PDF of {load.RECOMMENDATIONS} recommendations and {load.ACTIONS} actions: times a bare table",
        ["", "pages", "kB", "ms", "the report takes", "at most"],
        [
            [
                *(name, pages(made[name]), len(made[name]) // 1024, f"{watch.milliseconds(name):.0f}", ratios[name]),
                AT_MOST if name == "Bare tables of its text" else "",
            ]
            for name in ways
        ],
    )
    assert ratios["Bare tables of its text"] <= AT_MOST


def pages(pdf):
    """Return how many pages a PDF has."""
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)
