"""The words of a document that a plan does not hold are counted, and named with where they stand."""

from dataclasses import replace

from actions.importing.losses import lost_words
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


def test_a_status_and_a_progress_that_say_the_same_are_both_kept():
    rows = [["Recommendation", "Status", "Progress"], ["Ask each child alone.", "Complete", "Complete. All told."]]
    document, plan = found_in(separated(rows), "plan.csv")
    assert lost_words(document, plan) == ()


def test_a_recommendation_said_again_further_down_is_said_once():
    rows = [HEADINGS, ROW, ["2. Tell parents", *ROW[1:]], [ROW[0], "Ask schools", "June 2012", "Head", "", "", ""]]
    document, plan = found_in(separated(rows), "plan.csv")
    assert [len(each.actions) for each in plan.recommendations] == [2, 1]
    assert lost_words(document, plan) == ()


def test_an_action_that_stands_further_down_than_its_recommendation_is_found_in_its_own_row():
    rows = [
        ["Recommendation", "Action"],
        ["Listen to crews", ""],
        ["Tell parents", ""],
        ["Listen to crews", "Ask them"],
    ]
    document, plan = found_in(separated(rows), "plan.csv")
    assert plan.recommendations[0].actions[0].where == "line 4"
    assert lost_words(document, plan) == ()
