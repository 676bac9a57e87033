"""Corrections of a recognised plan: they do what they say, keep every word, and can be undone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.importing.corrections import (
    DoesNotFit,
    agencies,
    apply,
    in_force,
    meanings,
    meet,
    same_words,
    settled,
    text_of,
    touches,
    with_text,
    words_of,
)
from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection

ONE, TWO, OTHER = "table-1-row-2", "table-1-row-3", "table-2-row-2"


def action(text, **values):
    return PlanAction(text=text, where="table 1, row 2", **values)


@pytest.fixture
def plan():
    """A plan of two sections and three recommendations; the first has dates that were not shared out."""
    first = PlanRecommendation(
        text="Listen to children",
        number="1",
        number_printed="Rec. 1",
        target_date_text="May 2012\nJune 2012",
        where="table 1, row 2",
        actions=(
            action("Train crews", label="a", lead_text="Watch manager", leads=("Watch manager",)),
            action("Ask schools", label="b", status_text="Complete", status="complete"),
        ),
    )
    second = PlanRecommendation(text="Write it down", number="2", where="table 1, row 3")
    third = PlanRecommendation(text="Go and see", where="table 2, row 2", as_printed={"Cost code": "ZX-14"})
    return Plan(
        notes="Thank you.\nBuy pens\tMay 2013\nGoodbye.",
        sections=(
            PlanSection("Fire", "1", recommendations=(first, second)),
            PlanSection("Police", recommendations=(third,)),
        ),
    )


def corrected(plan, *operations):
    """Return what the operations make of the plan; all of them must fit."""
    result = apply(plan, list(operations))
    assert not result.set_aside
    return result


def recommendations(plan, *operations):
    return corrected(plan, *operations).plan.recommendations


class TestKeys:
    def test_are_made_of_the_place_in_the_document(self, plan):
        rows = corrected(plan).recommendations
        assert [row.key for row in rows] == [ONE, TWO, OTHER]
        assert [row.key for row in rows[0].below] == [f"{ONE}.1", f"{ONE}.2"]
        assert [section.key for section in corrected(plan).sections] == ["section-1-fire", "section-police"]

    def test_stay_whatever_is_done_to_other_rows(self, plan):
        rows = corrected(plan, {"op": "drop", "key": ONE}, {"op": "split", "key": TWO, "parts": ["Write", "it down"]})
        assert [row.key for row in rows.recommendations] == [TWO, f"{TWO}-n1-1", OTHER]

    def test_differ_where_two_rows_have_one_place(self):
        same = PlanRecommendation(text="A", where="page 1")
        result = corrected(Plan(sections=(PlanSection("S", recommendations=(same, same)),)))
        assert [row.key for row in result.recommendations] == ["page-1", "page-1-2"]

    def test_nothing_to_correct_leaves_the_plan_as_it_was(self, plan):
        assert corrected(plan).plan == plan


class TestEditing:
    def test_changes_what_it_names(self, plan):
        operation = {"op": "edit", "key": ONE, "was": {"text": "Listen to children"}, "changes": {"text": "Listen"}}
        assert recommendations(plan, operation)[0].text == "Listen"

    def test_reads_a_date_a_lead_and_a_status_anew(self, plan):
        was = {"target_date_text": "", "lead_text": "Watch manager", "status_text": ""}
        changes = {
            "target_date_text": "Q2 2013",
            "lead_text": "Head of Service / Named Nurse",
            "status_text": "Completed May 2013",
        }
        first = recommendations(plan, {"op": "edit", "key": f"{ONE}.1", "was": was, "changes": changes})[0].actions[0]
        assert (first.target_date_iso, first.date_kind) == ("2013-06-30", "quarter")
        assert first.leads == ("Head of Service", "Named Nurse")
        assert (first.status, first.completed_on_iso) == ("complete", "2013-05-31")

    def test_may_say_how_words_are_to_be_read(self, plan):
        was = {"status": "complete", "target_date_iso": ""}
        changes = {"status": "in_progress", "target_date_iso": "2013-05-31"}
        second = recommendations(plan, {"op": "edit", "key": f"{ONE}.2", "was": was, "changes": changes})[0].actions[1]
        assert (second.status, second.status_text) == ("in_progress", "Complete")
        assert (second.target_date_iso, second.date_kind) == ("2013-05-31", "day")

    def test_is_set_aside_where_the_row_says_something_else_by_now(self, plan):
        operation = {"op": "edit", "key": ONE, "was": {"text": "Listen to adults"}, "changes": {"text": "Listen"}}
        result = apply(plan, [operation])
        assert result.plan == plan
        assert result.set_aside == {0: "The row says something else now."}

    def test_leaves_no_row_without_a_text(self, plan):
        with pytest.raises(DoesNotFit, match="needs a text"):
            with_text(plan.recommendations[0], "text", " ")


class TestMerging:
    def test_makes_one_action_of_two_with_the_label_of_the_second_in_its_text(self, plan):
        first, *_ = recommendations(plan, {"op": "merge", "key": f"{ONE}.2", "into": f"{ONE}.1"})
        [made] = first.actions
        assert (made.label, made.text) == ("a", "Train crews\nb) Ask schools")
        assert (made.lead_text, made.status_text, made.status) == ("Watch manager", "Complete", "complete")

    def test_of_recommendations_joins_their_actions(self, plan):
        first, _ = recommendations(plan, {"op": "merge", "key": ONE, "into": TWO})
        assert (first.number, first.text) == ("2", "Write it down\nRec. 1 Listen to children")
        assert [each.text for each in first.actions] == ["Train crews", "Ask schools"]

    def test_says_once_what_both_say(self, plan):
        same = {"target_date_text": "May 2012", "target_date_iso": "2012-05-31", "date_kind": "month"}
        one = PlanRecommendation(text="R", where="x 1", actions=(action("A", **same), action("B", **same)))
        made = recommendations(
            Plan(sections=(PlanSection("S", recommendations=(one,)),)), {"op": "merge", "key": "x-1.2", "into": "x-1.1"}
        )[0].actions[0]
        assert (made.target_date_text, made.target_date_iso, made.date_kind) == ("May 2012", "2012-05-31", "month")

    def test_of_an_action_with_a_recommendation_is_refused(self, plan):
        assert apply(plan, [{"op": "merge", "key": f"{ONE}.1", "into": TWO}]).set_aside


class TestSplitting:
    def test_gives_each_part_a_row_and_its_label(self, plan):
        operation = {"op": "split", "key": f"{ONE}.1", "parts": ["Train", "b) crews"], "share": False}
        result = apply(plan, [operation])
        assert result.set_aside, "other words than the row has"
        operation["parts"] = ["Train", "crews"]
        first = recommendations(plan, operation)[0]
        assert [each.text for each in first.actions] == ["Train", "crews", "Ask schools"]
        assert (first.actions[0].leads, first.actions[1].leads) == (("Watch manager",), ())

    def test_may_give_each_the_same_date_lead_and_status(self, plan):
        operation = {"op": "split", "key": f"{ONE}.1", "parts": ["Train", "crews"], "share": True}
        assert recommendations(plan, operation)[0].actions[1].leads == ("Watch manager",)

    def test_of_a_recommendation_leaves_its_actions_with_the_first(self, plan):
        first, second, *_ = recommendations(plan, {"op": "split", "key": ONE, "parts": ["Listen", "to children"]})
        assert (len(first.actions), second.text, second.where) == (2, "to children", "table 1, row 2")


class TestMovingWords:
    def test_takes_them_from_one_field_to_another_and_reads_them_there(self, plan):
        operation = {
            "op": "move",
            "key": ONE,
            "field": "target_date_text",
            "pieces": ["June 2012"],
            "to": f"{ONE}.2",
            "to_field": "target_date_text",
        }
        first = recommendations(plan, operation)[0]
        assert first.target_date_text == "May 2012"
        assert (first.actions[1].target_date_text, first.actions[1].target_date_iso) == ("June 2012", "2012-06-30")

    def test_may_make_a_new_action_of_them(self, plan):
        operation = {"op": "move", "key": OTHER, "field": "text", "pieces": ["and see"], "to": OTHER, "new": "action"}
        third = recommendations(plan, operation)[2]
        assert (third.text, [each.text for each in third.actions]) == ("Go", ["and see"])

    def test_takes_them_out_of_what_a_column_of_the_document_holds(self, plan):
        moved = {"op": "move", "key": OTHER, "field": "as_printed:Cost code", "pieces": ["ZX-14"]}
        third = recommendations(plan, {**moved, "to": OTHER, "to_field": "evidence_expected"})[2]
        assert (third.as_printed, third.evidence_expected) == ({}, "ZX-14")

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"pieces": ["July 2012"]}, "do not stand there"),
            ({"to": "table-9-row-9"}, "not there any more"),
            ({"to_field": "colour"}, "no such field"),
            ({"field": "text", "pieces": ["Listen to children"]}, "Nothing would be left"),
        ],
    )
    def test_is_set_aside_where_it_does_not_fit(self, plan, changes, why):
        operation = {"op": "move", "key": ONE, "field": "target_date_text", "pieces": ["June 2012"], "to": TWO}
        result = apply(plan, [{**operation, "to_field": "lead_text", **changes}])
        assert why in result.set_aside[0]
        assert result.plan == plan


class TestSharingOut:
    def test_gives_each_action_its_line_and_keeps_the_rest(self, plan):
        operation = {
            "op": "share",
            "key": ONE,
            "field": "target_date_text",
            "lines": ["May 2012"],
            "given": {f"{ONE}.1": "May 2012", f"{ONE}.2": "May 2012"},
        }
        first = recommendations(plan, operation)[0]
        assert first.target_date_text == "June 2012"
        assert [each.target_date_iso for each in first.actions] == ["2012-05-31", "2012-05-31"]

    def test_is_set_aside_where_an_action_is_gone(self, plan):
        given = {f"{ONE}.7": "May 2012"}
        shared = {"op": "share", "key": ONE, "field": "target_date_text", "lines": ["May 2012"], "given": given}
        assert apply(plan, [shared]).plan == plan


class TestDroppingAndRescuing:
    def test_a_dropped_row_is_no_part_of_the_plan_and_can_be_undone(self, plan):
        drop = {"op": "drop", "key": ONE}
        result = corrected(plan, drop)
        assert [each.number for each in result.plan.recommendations] == ["2", None]
        assert [(each.text, each.where) for each in result.dropped] == [("Listen to children", "table 1, row 2")]
        assert corrected(plan, drop, {"op": "undo", "of": 0}).plan == plan

    def test_a_section_without_recommendations_is_none(self, plan):
        assert [section.title for section in corrected(plan, {"op": "drop", "key": OTHER}).plan.sections] == ["Fire"]

    def test_words_that_were_not_understood_become_a_recommendation(self, plan):
        rescue = {"op": "rescue", "as": "recommendation", "after": ONE, "text": "Buy pens\tMay 2013"}
        result = corrected(plan, {**rescue, "where": "table 1, row 1"})
        assert [each.text for each in result.plan.recommendations][:2] == ["Listen to children", "Buy pens\nMay 2013"]
        assert result.plan.recommendations[1].where == "table 1, row 1"
        assert result.plan.notes == "Thank you.\nGoodbye."

    def test_or_an_action_or_stand_at_the_beginning_of_a_section(self, plan):
        rescue = {"op": "rescue", "text": "Buy pens\tMay 2013", "where": "x"}
        first, *_ = recommendations(plan, {**rescue, "as": "action", "after": f"{ONE}.1"})
        assert first.actions[-1].text == "Buy pens\nMay 2013"
        first, *_ = recommendations(plan, {**rescue, "as": "recommendation", "after": "section-1-fire"})
        assert first.text == "Buy pens\nMay 2013"
        assert apply(plan, [{**rescue, "as": "action", "after": "section-1-fire"}]).set_aside


class TestWhatPeopleSaid:
    OPERATIONS = (
        {"op": "column", "heading": "Cost Code", "field": "evidence_expected"},
        {"op": "agency", "name": "Fire & Rescue", "agency": 7},
        {"op": "settle", "where": "table 1", "what": "odd", "text": "x"},
        {"op": "agency", "name": "Fire and Rescue", "agency": None},
        {"op": "undo", "of": 2},
    )

    def test_the_last_word_counts_unless_it_was_undone(self):
        assert meanings(self.OPERATIONS) == {"cost code": "evidence_expected"}
        assert agencies(self.OPERATIONS) == {"fire and rescue": None}
        assert settled(self.OPERATIONS) == set()
        assert settled(self.OPERATIONS[:3]) == {("table 1", "odd", "x")}
        assert [number for number, _ in in_force(self.OPERATIONS)] == [0, 1, 3]

    def test_two_people_meet_where_they_touch_the_same_recommendation_or_a_column(self):
        edit, other = {"op": "edit", "key": f"{ONE}.1"}, {"op": "drop", "key": TWO}
        assert meet(touches(edit), touches({"op": "drop", "key": ONE}))
        assert not meet(touches(edit), touches(other))
        assert meet(touches(edit), touches({"op": "column", "heading": "X", "field": None}))
        assert not meet(touches(edit), set())
        assert meet(touches({"op": "undo", "of": 0}, [other]), touches(other))


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "May", "2012", "b)", "Complete", "nurse"]),
    min_size=1,
    max_size=6,
)
TEXT = WORDS.map(" ".join)
MAYBE = st.none() | st.lists(TEXT, min_size=1, max_size=3).map("\n".join)
ACTIONS = st.builds(
    PlanAction,
    text=st.lists(TEXT, min_size=1, max_size=3).map("\n".join),
    label=st.none() | st.sampled_from("abc"),
    target_date_text=MAYBE,
    lead_text=MAYBE,
    status_text=MAYBE,
    evidence_expected=MAYBE,
    as_printed=st.dictionaries(st.sampled_from(["Cost", "Who"]), TEXT, max_size=2),
)
PLANS = st.lists(
    st.builds(
        PlanRecommendation,
        text=TEXT,
        number=st.none() | st.sampled_from(["1", "2"]),
        response=MAYBE,
        target_date_text=MAYBE,
        where=st.integers(1, 9).map("table 1, row {}".format),
        actions=st.lists(ACTIONS, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=4,
).map(lambda made: Plan(sections=(PlanSection("Part", recommendations=tuple(made)),)))


def any_operation(data, result):
    """Return an operation drawn at random that merges, splits, moves or shares out."""
    rows = [row for recommendation in result.recommendations for row in (recommendation, *recommendation.below)]
    row = data.draw(st.sampled_from(rows))
    kind = data.draw(st.sampled_from(["merge", "split", "move"]))
    if kind == "merge":
        return {"op": "merge", "key": row.key, "into": data.draw(st.sampled_from(rows)).key}
    if kind == "split":
        words = row.made.text.split()
        place = data.draw(st.integers(0, len(words)))
        parts = [" ".join(words[:place]), " ".join(words[place:])]
        return {"op": "split", "key": row.key, "parts": parts, "share": data.draw(st.booleans())}
    name = data.draw(st.sampled_from(["text", "target_date_text", "lead_text", "status_text"]))
    lines = text_of(row.made, name).split("\n")
    to = data.draw(st.sampled_from(rows))
    moved = {"op": "move", "key": row.key, "field": name, "pieces": [data.draw(st.sampled_from(lines))], "to": to.key}
    return {**moved, "new": "action"} if data.draw(st.booleans()) else {**moved, "to_field": name}


@settings(max_examples=200, deadline=None)
@given(PLANS, st.data())
def test_no_word_is_lost_by_merging_splitting_and_moving(plan, data):
    operations = []
    for _ in range(data.draw(st.integers(1, 5))):
        result = apply(plan, operations)
        operations.append(any_operation(data, result))
    before, after = words_of(plan), words_of(apply(plan, operations).plan)
    assert set(before) == set(after)
    if all(each["op"] != "merge" and not each.get("share") for each in operations):
        assert before == after


@settings(max_examples=50, deadline=None)
@given(PLANS, st.data())
def test_undoing_everything_gives_the_plan_as_it_was_recognised(plan, data):
    operations = [any_operation(data, apply(plan, []))]
    undone = [*operations, *({"op": "undo", "of": number} for number in range(len(operations)))]
    assert apply(plan, undone).plan == plan


def test_words_are_the_same_whatever_stands_between_them():
    assert same_words(["a) Train crews"], ["a) Train", "crews"])
    assert not same_words(["Train crews"], ["crews", "Train"])
