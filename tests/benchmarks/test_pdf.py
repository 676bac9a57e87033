"""What the PDF of a report costs, beside WeasyPrint setting bare tables of the same words.

The sizes that are compared, in recommendations: BENCHMARK_LARGE_PDF names another large one, for a machine with
less time or memory.
"""

import gc
import multiprocessing
import os
import resource
import shutil
import subprocess
from html import escape
from io import BytesIO
from time import process_time

import django
import pytest

from actions import load, reports
from actions.reports.outline import Outline
from reviews.models import Review

from .results import Stopwatch

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("_as_in_service")]

#: How many times a bare table the report may take in time, and in memory; how often the small ones are made.
TIME_AT_MOST, MEMORY_AT_MOST, ROUNDS = 1.3, 1.5, 7
#: How many times longer a page of the largest report may take than one of the smallest.
GROWTH_AT_MOST = 1.15
#: Recommendations in the large report: forty plans of the usual size.
LARGE = int(os.environ.get("BENCHMARK_LARGE_PDF", 40 * load.RECOMMENDATIONS))

BARE_STYLE = """@page { size: A4 landscape; margin: 15mm }
body { font: 8.5pt/1.3 sans-serif }
table { width: 100%; table-layout: fixed; border-collapse: collapse }
td, th { border: 1px solid; padding: 1mm; vertical-align: top; text-align: left }
p { margin: 0 }"""


def report_on(recommendations):
    """Return the monitoring report on so many recommendations, in plans of the usual size."""
    wanted = recommendations // load.RECOMMENDATIONS
    reviews = Review.objects.order_by("pk")[:wanted]
    assert len(reviews) == wanted
    return reports.working_copy(*reviews)


def bare(report):
    """Return all that a report says as HTML: headings, paragraphs and plain tables."""
    outline = Outline(report, None)
    html = [f"<style>{BARE_STYLE}</style>", *(f"<p>{escape(name)} {escape(text)}</p>" for name, text in outline.facts)]
    for part in outline.parts:
        html += bare_part(part)
    for plan in report.plans:
        html.append(f"<h2>{escape(outline.heading_of(plan))}</h2>")
        html += [f"<p>{escape(text)}</p>" for text in (plan.title, *plan.review.dates, *plan.of, plan.notes) if text]
        heads = [column.heading for column in plan.columns]
        for section in plan.sections:
            rows = [
                [map(line, cell) for cell in each.cells]
                for recommendation in section.recommendations
                for each in (recommendation, *recommendation.actions)
                if any(each.cells)
            ]
            html.append(bare_table(section.title, heads, rows))
    for part in outline.annexes:
        html += bare_part(part)
    return "".join(html)


def bare_part(part):
    """Yield a part of a report as plain HTML."""
    yield f"<h2>{escape(part.heading)}</h2>"
    yield from (f"<p>{escape(text)}</p>" for text in (part.lead, *part.prose, *part.notes) if text)
    for _, items, _ in part.points:
        yield from (f"<p>{escape(item)}</p>" for item in items)
    for table in part.tables:
        rows = [[cell.text.split("\n") for cell in row] for row in table.rows_on_paper()]
        yield bare_table(table.caption, [head.heading for head in table.heads_on_paper], rows)


def bare_table(heading, heads, rows):
    """Return one table; a cell holds texts that stand below one another."""
    html = [f"<h3>{escape(heading)}</h3><table><thead><tr>"]
    html += [f"<th>{escape(head)}</th>" for head in heads]
    html.append("</tr></thead>")
    for row in rows:
        html += ["<tr>", *(f"<td>{'<br>'.join(map(escape, cell))}</td>" for cell in row)]
    return "".join([*html, "</table>"])


def line(of):
    """Return the words of one line of a cell."""
    return f"{of.label} {of.text}"


def set_bare(html):
    """Return plain HTML as a PDF, as WeasyPrint makes it without being asked for anything."""
    weasyprint = pytest.importorskip("weasyprint", exc_type=OSError)
    return weasyprint.HTML(string=html).write_pdf()


def test_what_the_pdf_costs(loads, results):
    loads.use(1_000)
    report = report_on(load.RECOMMENDATIONS)
    html = bare(report)
    ways = {"Monitoring report": lambda: reports.as_pdf(report), "Bare tables of its words": lambda: set_bare(html)}
    made = {name: make() for name, make in ways.items()}
    watch = Stopwatch(process_time)  # a page waits for a database; a PDF is all our own work
    for _ in range(ROUNDS):
        for name, make in ways.items():
            gc.collect()
            watch.time(name, make)
    ratios = {name: watch.ratio("Monitoring report", name) for name in ways}
    results.add(
        f"PDF of {load.RECOMMENDATIONS} recommendations and {load.ACTIONS} actions: times a bare table",
        ["", "pages", "words", "kB", "ms", "the report takes", "at most"],
        [
            [
                *(name, pages(made[name]), words(made[name]), len(made[name]) // 1024),
                *(f"{watch.milliseconds(name):.0f}", ratios[name]),
                TIME_AT_MOST if name.startswith("Bare") else "",
            ]
            for name in ways
        ],
    )
    assert words(made["Bare tables of its words"]) <= words(made["Monitoring report"])
    assert ratios["Bare tables of its words"] <= TIME_AT_MOST


def test_what_a_page_costs_in_a_long_report_and_how_much_memory(loads, results):
    loads.use(1_000)
    small = report_on(load.RECOMMENDATIONS)
    loads.use(LARGE // load.RECOMMENDATIONS * load.ACTIONS)
    large = report_on(LARGE)
    rounds = {
        (size, name): [measured(make, warm_up, of) for _ in range(times)]
        for size, report, times in ((load.RECOMMENDATIONS, small, 3), (LARGE, large, 1))
        for name, make, warm_up, of in (
            ("report", reports.as_pdf, small, report),
            ("bare tables", set_bare, bare(small), bare(report)),
        )
    }
    best = {key: min(made) for key, made in rounds.items()}
    a_page = {key: seconds / count for key, (seconds, _, count) in best.items()}
    growth = {name: a_page[LARGE, name] / a_page[load.RECOMMENDATIONS, name] for name in ("report", "bare tables")}
    memory = best[LARGE, "report"][1] / best[LARGE, "bare tables"][1]
    results.add(
        f"A page of the PDF of {LARGE:,} recommendations, and the memory that it takes",
        ["", "pages", "seconds", "ms a page", "MB", "times a page of the small one", "at most"],
        [
            [
                f"{size:,} recommendations, {name}",
                *(count, f"{seconds:.1f}", f"{1000 * seconds / count:.0f}", f"{megabytes:.0f}"),
                growth[name] if size == LARGE else "",
                GROWTH_AT_MOST if (size, name) == (LARGE, "report") else "",
            ]
            for (size, name), (seconds, megabytes, count) in best.items()
        ],
    )
    results.add(
        "Memory at its highest, times the bare table's", ["", "ratio", "at most"], [["", memory, MEMORY_AT_MOST]]
    )
    assert growth["report"] <= GROWTH_AT_MOST
    assert memory <= MEMORY_AT_MOST


def measured(make, warm_up, of):
    """Return (seconds of work, megabytes at most, pages) of a PDF that is made in a process of its own.

    It makes another first, for which it reads fonts and stylesheets.
    """
    with multiprocessing.get_context("spawn").Pool(1, initializer=django.setup) as pool:
        return pool.apply(_measure, (make, warm_up, of))


def _measure(make, warm_up, of):
    make(warm_up)
    before = process_time()
    pdf = make(of)
    seconds = process_time() - before
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, pages(pdf)


def pages(pdf):
    """Return how many pages a PDF has."""
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def words(pdf):
    """Return how many words can be read in a PDF."""
    pdftotext = shutil.which("pdftotext") or pytest.skip("pdftotext is needed to count words")
    read = subprocess.run([pdftotext, "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return len(read.stdout.split())
