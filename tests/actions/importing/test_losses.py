"""The words of a document that a plan does not hold are counted, and named with where they stand."""

from dataclasses import replace

import pytest

from actions.importing.losses import lost_words
from actions.importing.read import read
from actions.importing.recognise import recognise

from .documents import HEADINGS, document_in, separated, word

ROW = ["1. Listen to crews", "Train crews", "May 2012", "Watch manager", "Crews know", "Complete", "Register"]


def found_in(content, name="plan.docx"):
    document = document_in(content, name)
    return document, recognise(document).plan


def kinds(losses):
    return {(loss.kind, loss.text) for loss in losses}


def test_a_plan_that_holds_every_word_has_lost_none():
    document, plan = found_in(word("**Action plan**", "# Fire Service Actions", [HEADINGS, ROW]))
    assert lost_words(document, plan) == ()


def test_what_is_taken_out_of_a_plan_is_found_missing_where_it_stands():
    document, plan = found_in(word("# Fire Service Actions", [HEADINGS, ROW]))
    [section] = plan.sections
    [recommendation] = section.recommendations
    [action] = recommendation.actions
    shorter = replace(action, text="Train", target_date_text=None)
    without = replace(recommendation, actions=(shorter,))
    losses = lost_words(document, replace(plan, sections=(replace(section, recommendations=(without,)),)))
    assert [(each.where, each.text, each.kind) for each in losses] == [
        ("table 1, row 2, column 2", "crews", "lost"),
        ("table 1, row 2, column 3", "may 2012", "lost"),
    ]


def test_the_same_words_elsewhere_do_not_stand_for_those_that_are_lost():
    rows = [HEADINGS, ROW, ["2. Listen to schools", "Train schools", "May 2012", "Head", "", "", ""]]
    document, plan = found_in(word("# Fire Service Actions", rows))
    [section] = plan.sections
    first, second = section.recommendations
    [action] = second.actions
    second = replace(second, actions=(replace(action, target_date_text=None),))
    losses = lost_words(document, replace(plan, sections=(replace(section, recommendations=(first, second)),)))
    assert [(each.where, each.text) for each in losses] == [("table 1, row 3, column 3", "may 2012")]


def test_headings_said_again_are_named_as_such():
    document, plan = found_in(word("# Fire", [HEADINGS, ROW], "# Police", [HEADINGS, ["2. Ask", *ROW[1:]]]))
    assert {loss.kind for loss in lost_words(document, plan)} == {"head"}


def test_a_recommendation_that_a_spreadsheet_repeats_beside_each_action_is_said_once():
    rows = [HEADINGS, ROW, [ROW[0], "Ask schools", "June 2012", "Head", "Crews know", "", ""]]
    document, plan = found_in(separated(rows), "plan.csv")
    assert len(plan.recommendations) == 1
    assert lost_words(document, plan) == ()


@pytest.mark.parametrize("name", ["WM.docx", "WM.xlsx", "WM.csv", "BP.docx", "BP.xlsx", "BUCKS.docx", "GLOS.docx"])
def test_no_word_of_a_real_plan_is_lost(name, shared_plans):
    document = read(shared_plans / "documents" / name)
    losses = lost_words(document, recognise(document).plan)
    assert [loss for loss in losses if loss.kind in ("lost", "cover")] == []
