"""The real plans kept beside the project, by the scorer kept with them."""

import importlib.util
import json
from functools import cache

import pytest

from actions.importing.plan import Plan
from actions.importing.read import read
from actions.importing.recognise import recognise

DOCUMENTS = ["WM.docx", "WM.xlsx", "WM.csv", "BP.docx", "BP.xlsx"]


@cache
def scorer(path):
    """Return the module that compares a plan with the truth."""
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(plan, name, shared_plans):
    """Return how well a plan agrees with the truth about a document."""
    truth = json.loads((shared_plans / "truth" / f"{name.partition('.')[0]}.json").read_text(encoding="utf-8"))
    return scorer(shared_plans / "score.py").score(truth, plan)


def without_as_printed(values):
    """Return a plan without what is kept under the headings of columns, which must not be what saves the score."""
    if isinstance(values, dict):
        return {name: without_as_printed(each) for name, each in values.items() if name != "as_printed"}
    return [without_as_printed(each) for each in values] if isinstance(values, list) else values


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_real_plan_is_recognised(name, shared_plans):
    plan = recognise(read(shared_plans / "documents" / name)).plan
    scores = figures(without_as_printed(plan.to_json()), name, shared_plans)
    assert scores["overall"] >= 0.99
    assert scores["recommendations"]["value"] == 1
    assert scores["text_recall"]["value"] >= 0.999


def test_every_place_in_a_real_plan_that_does_not_line_up_is_pointed_at(shared_plans):
    problems = recognise(read(shared_plans / "documents" / "WM.docx")).problems
    unaligned = [problem for problem in problems if "kept on the recommendation" in problem.what]
    assert len(unaligned) == 8


@pytest.mark.parametrize("name", ["BUCKS.docx", "GLOS.docx"])
def test_plans_of_recommendations_only_are_recognised_too(name, shared_plans):
    plan = recognise(read(shared_plans / "documents" / name)).plan
    scores = figures(plan.to_json(), name, shared_plans)
    assert scores["recommendations"]["value"] == 1
    assert scores["text_recall"]["value"] == 1


def test_the_truth_itself_can_be_read_as_a_plan(shared_plans):
    truth = json.loads((shared_plans / "truth" / "WM.json").read_text(encoding="utf-8"))
    plan = Plan.from_json(truth)
    assert (len(plan.sections), len(plan.recommendations), len(plan.actions)) == (7, 68, 154)
    assert figures(plan.to_json(), "WM", shared_plans)["overall"] == 1
