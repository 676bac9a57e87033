"""Whatever stands in a document, nothing trips over it and no word of a plan is lost."""

import json
import re
import time
from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from actions.importing.document import Cell, Document, Heading, Paragraph, Place, Row, Table
from actions.importing.forms import find_plan
from actions.importing.lists import without_label
from actions.importing.losses import lost_words
from actions.importing.plan import Plan
from actions.importing.problems import CannotImport
from actions.importing.recognise import recognise
from actions.importing.vocabulary import plain

from .documents import recognised, separated

HEADINGS = [
    "Recommendation",
    "Action",
    "By when",
    "Lead",
    "Status",
    "Progress",
    "Evidence",
    "Outcome",
    "No.",
    "Section",
]
SAID = [
    *(
        "",
        "",
        " ",
        "\u00a0",
        ".",
        "-",
        "•",
        "1",
        "7",
        "Recommendation 7",
        "1. x",
        "a) do",
        "b) go",
        "i) x",
        "(a)",
        "a)",
    ),
    *("May 2012", "30/02/2011", "As above", "Complete", "Complete. Remainder", "Part a) complete", "in progress"),
    *(
        "To review:",
        "• point",
        "NORTHSHIRE POLICE RECOMMENDATION",
        "12.13.14.15.16",
        "x" * 300,
        "Action",
        "Lead and lead",
    ),
]


def cell(lines):
    return Cell(tuple(Paragraph.typed(line) for line in lines))


def words_without_labels(cell):
    return [word for line in cell.text.split("\n") for word in plain(without_label(line)).split()]


@st.composite
def tables(draw):
    """Make a table with a header that is mostly one, and cells that are merged at times."""
    width, height = draw(st.integers(1, 5)), draw(st.integers(0, 6))
    lines = st.lists(st.sampled_from(SAID), max_size=3)
    header = [cell([draw(st.sampled_from([*HEADINGS, "RAG", ""]))]) for _ in range(width)]
    header[0] = draw(st.sampled_from([cell(["Recommendation"]), header[0]]))
    rows = [[Place(each) for each in header]]
    for _ in range(height):
        above = rows[-1]
        is_merged = [draw(st.integers(0, 9)) == 0 and len(rows) > 1 for _ in range(width)]
        rows.append([Place(above[n].cell, True) if is_merged[n] else Place(cell(draw(lines))) for n in range(width)])
    return Table(tuple(Row(tuple(places), f"table 1, row {n}") for n, places in enumerate(rows, 1)), "table 1")


blocks = st.one_of(
    tables(),
    st.builds(Heading, st.sampled_from(["1. Police Actions", "Overview", "Key to colours:", "x"]), st.integers(1, 3)),
    st.builds(Paragraph, st.sampled_from(["Some words.", "", "Child K", "Recommendation 1: y"]), bold=st.booleans()),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks, max_size=5))
def test_every_word_of_every_table_is_somewhere_in_the_plan(parts):
    document = Document("odd.docx", "docx", tuple(parts))
    try:
        plan = recognise(document).plan
    except CannotImport:
        return
    written = json.dumps(plan.to_json(), ensure_ascii=False)
    assert Plan.from_json(json.loads(written)) == plan
    known = set(plain(written.replace("\\n", " ").replace("\\t", " ").replace('\\"', " ")).split())
    for table in document.tables:
        found = find_plan(table)
        for row in (*found.above, *found.rows) if found else table.rows:
            if not (found and found.header.again_in(row)):
                assert {word for each in row.cells for word in words_without_labels(each)} <= known


def _placed(block, number):
    """Return a block with a place of its own."""
    if not isinstance(block, Table):
        return replace(block, where=f"paragraph {number}")
    rows = tuple(replace(row, where=f"table {number}, row {n}") for n, row in enumerate(block.rows, start=1))
    return Table(rows, f"table {number}")


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks, max_size=5, unique_by=lambda block: getattr(block, "text", id(block))))
def test_the_importer_says_itself_that_no_word_is_lost(parts):
    placed = tuple(_placed(each, number) for number, each in enumerate(parts, start=1))
    document = Document("odd.docx", "docx", placed)
    try:
        plan = recognise(document).plan
    except CannotImport:
        return
    assume(all(re.search(r"[^\W\d_]{4}", each.text) for each in plan.recommendations))  # "i." recommends nothing
    assert [str(loss) for loss in lost_words(document, plan) if loss.kind == "lost"] == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(max_size=20), max_size=4), max_size=6))
def test_no_text_at_all_trips_up_the_import_of_a_csv_file(rows):
    try:
        recognised(separated([["Recommendation", "Action"], *rows], encoding="utf-8-sig"), "plan.csv")
    except CannotImport:
        return


def test_ten_thousand_rows_take_seconds():
    rows = [["Section", "No", "Recommendation", "Action", "By when", "Lead", "Status"]]
    rows += [
        [f"Agency {n // 500}", n // 3, f"Recommendation {n // 3}", f"Do {n}", "May 2021", "Nurse", "Complete"]
        for n in range(10_000)
    ]
    started = time.process_time()
    plan = recognised(separated(rows), "plan.csv").plan
    assert len(plan.actions) == 10_000
    assert time.process_time() - started < 15


def test_an_enormous_cell_takes_no_longer():
    started = time.process_time()
    for long in ("x" * 100_000, "a) x " * 20_000, "May 2012 " * 20_000, "(" * 100_000, "1. " * 30_000):
        rows = [["Recommendation", "Action", "By when", "Status"], ["Listen", long, long, long], [long, "x", "y", "z"]]
        recognised(separated(rows), "plan.csv")
    assert time.process_time() - started < 15


def test_neighbouring_rows_keep_their_order():
    rows = [["No", "Recommendation", "Action"], *([n, f"Listen {n}", "x"] for n in range(1, 30))]
    numbers = [int(each.number) for each in recognised(separated(rows), "plan.csv").plan.recommendations]
    assert all(before < after for before, after in pairwise(numbers))
