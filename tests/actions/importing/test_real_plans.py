"""The real plans kept beside the project, by the scorer kept with them."""

import importlib.util
import json
import re
import subprocess
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from actions.importing.document import Table
from actions.importing.export import plan_of
from actions.importing.losses import lost_words
from actions.importing.plan import Plan
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, save_plan
from tests.factories import PartnershipFactory

DOCUMENTS = [
    *("WM.docx", "WM.xlsx", "WM.csv", "WM.pdf", "BP.docx", "BP.xlsx", "BP.pdf", "BP_NARRATIVE.docx"),
    *("BUCKS.docx", "GLOS.docx", "FAMY.docx"),
]
CUT_BY_PAGES = ["WM_pagebroken.docx", "WM_pagebroken_onetable.docx"]


@cache
def scorer(path):
    """Return the module that compares a plan with the truth."""
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(plan, name, shared_plans):
    """Return how well a plan agrees with the truth about a document."""
    plan_name = name.partition(".")[0].partition("_pagebroken")[0]
    truth = json.loads((shared_plans / "truth" / f"{plan_name}.json").read_text(encoding="utf-8"))
    return scorer(shared_plans / "score.py").score(truth, plan)


def without_as_printed(values):
    """Return a plan without what is kept under the headings of columns, which must not be what saves the score."""
    if isinstance(values, dict):
        return {name: without_as_printed(each) for name, each in values.items() if name != "as_printed"}
    return [without_as_printed(each) for each in values] if isinstance(values, list) else values


def assert_it_agrees(plan, name, shared_plans):
    """Assert that a plan says what its document says, without what is only kept under the headings of columns."""
    scores = figures(without_as_printed(plan.to_json()), name, shared_plans)
    assert scores["overall"] >= 0.99
    assert scores["recommendations"]["value"] == 1
    assert scores["actions"]["value"] in (None, 1) or scores["actions"]["value"] >= 0.99
    assert scores["text_recall"]["value"] >= 0.999


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_real_plan_is_recognised(name, shared_plans):
    assert_it_agrees(recognise(read(shared_plans / "documents" / name)).plan, name, shared_plans)


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_real_plan_comes_out_of_the_database_as_it_was_recognised(name, shared_plans):
    plan = replace(recognise(read(shared_plans / "documents" / name)).plan, plan="0319")
    saved = save_plan(
        plan=plan,
        partnership=PartnershipFactory(),
        reference="0319",
        kind="scr",
        by=None,
        source=ImportedFile(name, b"a document"),
    )
    exported = plan_of(saved.review)
    assert exported.to_json() == plan.to_json()
    assert_it_agrees(exported, name, shared_plans)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_word_of_a_real_plan_is_lost(name, shared_plans):
    document = read(shared_plans / "documents" / name)
    losses = lost_words(document, recognise(document).plan)
    assert [str(loss) for loss in losses if loss.kind in ("lost", "cover")] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_everything_in_a_real_plan_remembers_its_place(name, shared_plans):
    plan = recognise(read(shared_plans / "documents" / name)).plan
    assert all(each.where for each in (*plan.recommendations, *plan.actions))


@pytest.mark.parametrize("name", CUT_BY_PAGES)
def test_rows_that_pages_cut_in_two_are_whole_again(name, shared_plans):
    plan = recognise(read(shared_plans / "documents" / name)).plan
    scores = figures(without_as_printed(plan.to_json()), name, shared_plans)
    assert scores["overall"] >= 0.99
    assert scores["recommendations"]["value"] == 1
    assert scores["actions"]["value"] >= 0.99
    assert scores["text_recall"]["value"] >= 0.999


@pytest.mark.parametrize("name", ["WM.pdf", "BP.pdf"])
def test_every_word_of_a_real_pdf_is_in_its_document(name, shared_plans):
    path = shared_plans / "documents" / name
    printed = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True, text=True).stdout
    document = read(path)
    margins = Counter(word for each in document.margins for word in words(each.text))
    heads = Counter(word for table in document.tables for cell in table.rows[0].cells for word in words(cell.text))
    lost = Counter(words(printed)) - Counter(words_in(document))
    assert {word for word in lost if not word.isdigit()} <= {*margins, *heads}
    pages = printed.count("\f")
    assert all(lost[word] <= pages * (margins[word] + heads[word]) for word in lost if not word.isdigit())


def words(text):
    """Return the words of a text."""
    return re.findall(r"[^\W_]+", text)


def words_in(document):
    """Yield every word of a document, those of merged cells once."""
    for block in (*document.blocks, *document.margins):
        if isinstance(block, Table):
            cells = {id(place.cell): place.cell for row in block.rows for place in row.places}
            yield from (word for cell in cells.values() for word in words(cell.text))
        else:
            yield from words(block.text)


def test_every_place_in_a_real_plan_that_does_not_line_up_is_pointed_at(shared_plans):
    problems = recognise(read(shared_plans / "documents" / "WM.docx")).problems
    unaligned = [problem for problem in problems if "kept on the recommendation" in problem.what]
    assert len(unaligned) == 8


def test_the_truth_itself_can_be_read_as_a_plan(shared_plans):
    truth = json.loads((shared_plans / "truth" / "WM.json").read_text(encoding="utf-8"))
    plan = Plan.from_json(truth)
    assert (len(plan.sections), len(plan.recommendations), len(plan.actions)) == (7, 68, 154)
    assert figures(plan.to_json(), "WM", shared_plans)["overall"] == 1
