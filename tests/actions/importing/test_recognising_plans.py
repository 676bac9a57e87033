"""The columns and rows of plans, in the many forms in which offices keep them."""

import pytest

from actions.importing.plan import PlanColumn, PlanKey

from .documents import (
    HEADINGS,
    plan_in,
    recognised,
    row,
    separated,
    texts,
    word,
    workbook,
)

ROW = ["1. Listen to children", "Train staff", "May 2012", "Nurse", "Children are heard", "Complete", "Register"]


class TestColumns:
    """Columns are known by the meaning of their headings, in whatever order they stand."""

    @pytest.mark.parametrize(
        ("heading", "field"),
        [
            ("KEY TASKS TO MEET THE RECOMMENDATIONS", "action"),
            ("What will we do?", "action"),
            ("Responsibility for completing the tasks", "lead"),
            ("By whom", "lead"),
            ("Timescale for completion", "target_date"),
            ("Date completed", "completed_on"),
            ("Outcome expected of the recommendations", "intended_outcome"),
            ("How will we know?", "evidence_expected"),
            ("Actions completed with evidence", "completion_evidence"),
            ("Progress to date", "progress"),
            ("Agency response", "response"),
            ("RAG", "rating"),
            ("Rec. no.", "number"),
            ("#", "number"),
            ("Cost code", None),
        ],
    )
    def test_a_heading_stands_for_a_field(self, heading, field):
        plan = plan_in([["Recommendation", "Action", "By when", heading], ["Listen", "Train", "May 2012", "x"]])
        assert plan.columns[3] == PlanColumn(heading, field)

    def test_the_order_and_the_words_of_the_headings_do_not_matter(self):
        usual = plan_in([HEADINGS, ROW])
        other = [
            "Evidence required",
            "Timescale",
            "Owner",
            "Current status",
            "Learning point",
            "What we will do",
            "Impact",
        ]
        values = [
            "Register",
            "31/05/2012",
            "Nurse",
            "Complete",
            "1. Listen to children",
            "Train staff",
            "Children are heard",
        ]
        assert plan_in([other, values]).actions[0].target_date_iso == usual.actions[0].target_date_iso
        [ours], [theirs] = usual.recommendations, plan_in([other, values]).recommendations
        assert (ours.number, ours.text, ours.intended_outcome) == (theirs.number, theirs.text, theirs.intended_outcome)
        assert texts(ours.actions, "leads") == texts(theirs.actions, "leads")
        assert texts(ours.actions, "evidence_expected") == texts(theirs.actions, "evidence_expected")

    def test_the_columns_are_kept_as_printed_in_their_order(self):
        plan = plan_in([["By when", "RECOMMENDATION", "Our tasks"], ["May 2012", "Listen", "Train"]])
        assert plan.columns == (
            PlanColumn("By when", "target_date"),
            PlanColumn("RECOMMENDATION", "recommendation"),
            PlanColumn("Our tasks", "action"),
        )

    def test_two_columns_of_leads_are_both_the_lead(self):
        headings = ["Recommendation", "Action", "Lead agency", "Lead officer"]
        [action] = row("Listen", "Train", "Northshire Police", "Inspector Bell", headings=headings).actions
        assert action.lead_text == "Northshire Police\nInspector Bell"
        assert action.leads == ("Northshire Police", "Inspector Bell")

    def test_what_stands_under_an_unknown_heading_is_kept_and_the_heading_flagged(self):
        found = recognised(word([["Recommendation", "Action", "Cost code"], ["Listen", "Train", "ZX-14"]]))
        assert found.plan.recommendations[0].as_printed == {"Cost code": "ZX-14"}
        assert [problem.text for problem in found.problems] == ["Cost code"]

    def test_numbers_under_no_heading_are_numbers(self):
        plan = plan_in([["", "Recommendation", "Action"], ["7", "Listen", "Train"], ["8", "Write", "Tell"]])
        assert texts(plan.recommendations, "number") == ["7", "8"]

    def test_a_header_of_two_rows_is_one_header(self):
        content = workbook(
            Plan=[
                ["Recommendation", "Action", "Dates", ""],
                ["^", "^", "Target date", "Date completed"],
                ["Listen", "Train", "May 2012", "June 2012"],
            ]
        )
        [action] = recognised(content, "plan.xlsx").plan.actions
        assert (action.target_date_iso, action.completed_on_iso, action.status) == (
            "2012-05-31",
            "2012-06-30",
            "complete",
        )

    def test_a_list_under_a_heading_is_a_key(self):
        headings = ["Recommendation", "Action", "STATUS\n* Complete\n* Delayed"]
        plan = plan_in([headings, ["Listen", "Train", "Complete"]])
        assert plan.columns[2] == PlanColumn("STATUS", "status")
        assert plan.keys == (PlanKey("STATUS", ("Complete", "Delayed")),)

    def test_findings_stand_for_recommendations_only_where_there_are_none(self):
        plan = plan_in([["Finding", "Action", "By when"], ["Nobody listened", "Train", "May 2012"]])
        assert texts(plan.recommendations) == ["Nobody listened"]
        plan = plan_in([["Finding", "Recommendation", "Action"], ["Nobody listened", "Listen", "Train"]])
        assert texts(plan.recommendations) == ["Listen"]
        assert plan.recommendations[0].as_printed == {"Finding": "Nobody listened"}


class TestRows:
    """One row or several may make a recommendation."""

    HEADINGS = ("No", "Recommendation", "Action", "By when", "Lead")

    def plans(self, rows):
        """Return the same plan from Word, Excel and CSV."""
        table = [list(self.HEADINGS), *rows]
        filled = [list(each) for each in table]
        for above, below in zip(filled, filled[1:], strict=False):
            below[:] = [above[column] if value == "^" else value for column, value in enumerate(below)]
        return [
            recognised(word(table)).plan,
            recognised(workbook(Plan=table), "plan.xlsx").plan,
            recognised(separated(filled), "plan.csv").plan,
        ]

    def test_rows_merged_under_a_recommendation_or_repeating_it_are_its_actions(self):
        rows = [
            ["1", "Listen", "Train", "May 2012", "Nurse"],
            ["^", "^", "Audit", "June 2012", "Doctor"],
            ["2", "Write", "Buy pens", "July 2012", "Head of service"],
        ]
        for plan in self.plans(rows):
            assert texts(plan.recommendations) == ["Listen", "Write"]
            assert texts(plan.recommendations[0].actions) == ["Train", "Audit"]
            assert texts(plan.actions, "target_date_iso") == ["2012-05-31", "2012-06-30", "2012-07-31"]

    def test_rows_with_nothing_under_a_recommendation_are_its_actions(self):
        plan = plan_in([self.HEADINGS, ["1", "Listen", "Train", "", ""], ["", "", "Audit", "", ""]])
        assert texts(plan.recommendations[0].actions) == ["Train", "Audit"]

    def test_the_same_words_under_another_number_are_another_recommendation(self):
        plan = plan_in([self.HEADINGS, ["1", "Listen", "Train", "", ""], ["2", "Listen", "Audit", "", ""]])
        assert texts(plan.recommendations, "number") == ["1", "2"]

    def test_a_value_merged_beside_two_of_three_rows_is_shared_by_the_two(self):
        rows = [
            ["1", "Listen", "A", "May 2012", "Nurse"],
            ["^", "^", "B", "^", "Nurse"],
            ["^", "^", "C", "June 2012", "Nurse"],
        ]
        plan = recognised(workbook(Plan=[list(self.HEADINGS), *rows]), "plan.xlsx").plan
        assert texts(plan.actions, "target_date_iso") == ["2012-05-31", "2012-05-31", "2012-06-30"]

    def test_a_list_in_the_first_of_several_rows_is_the_list_of_them_all(self):
        rows = [["1", "Listen", "A", "May 2012\nJune 2012", "Nurse"], ["^", "^", "B", "", "Nurse"]]
        for plan in self.plans(rows):
            assert texts(plan.actions, "target_date_iso") == ["2012-05-31", "2012-06-30"]

    def test_where_each_action_has_a_row_a_cell_holds_only_one(self):
        rows = [
            ["1", "Listen", "A\nwith care", "May 2012", "Nurse"],
            ["2", "Write", "B", "", ""],
            ["2", "Write", "C", "", ""],
        ]
        plan = recognised(separated([self.HEADINGS, *rows]), "plan.csv").plan
        assert texts(plan.actions) == ["A\nwith care", "B", "C"]

    def test_outcomes_stand_on_the_actions_only_where_rows_have_their_own(self):
        headings = ["Recommendation", "Action", "Outcome"]
        own = plan_in([headings, ["Listen", "A", "Heard"], ["", "B", "Seen"]])
        assert texts(own.actions, "intended_outcome") == ["Heard", "Seen"]
        assert own.recommendations[0].intended_outcome is None
        same = plan_in([headings, ["Listen", "A", "Heard"], ["Listen", "B", "Heard"]])
        assert texts(same.actions, "intended_outcome") == [None, None]
        assert same.recommendations[0].intended_outcome == "Heard"

    def test_a_lead_in_above_the_point_in_the_first_row_leads_in_all_the_rows(self):
        rows = [["1", "Listen", "See to it:\n• ask", "May 2012", ""], ["1", "Listen", "• write", "June 2012", ""]]
        [recommendation] = recognised(separated([self.HEADINGS, *rows]), "plan.csv").plan.recommendations
        assert recommendation.action_intro == "See to it:"
        assert texts(recommendation.actions) == ["ask", "write"]

    @pytest.mark.parametrize(
        ("printed", "number", "text", "as_printed"),
        [
            ("3. Listen", "3", "Listen", "3."),
            ("3) Listen", "3", "Listen", "3)"),
            ("4.2 Listen", "4.2", "Listen", "4.2"),
            ("Recommendation 3\nListen", "3", "Listen", "Recommendation 3"),
            ("Recommendation 3: Listen", "3", "Listen", "Recommendation 3:"),
            ("R3 - Listen", "R3", "Listen", "R3 -"),
            ("By 2012 all should listen", None, "By 2012 all should listen", None),
            ("24 hour cover should be kept", None, "24 hour cover should be kept", None),
        ],
    )
    def test_the_number_is_taken_from_before_the_text(self, printed, number, text, as_printed):
        found = row(printed, "Train")
        assert (found.number, found.text, found.number_printed) == (number, text, as_printed)

    def test_a_number_without_a_stop_is_one_where_it_goes_on_from_the_last(self):
        plan = plan_in([["Recommendation", "Action"], ["1 Listen", "A"], ["2 Write", "B"], ["7 Samurai stay", "C"]])
        assert texts(plan.recommendations, "number") == ["1", "2", None]

    def test_a_recommendation_without_actions_has_none(self):
        plan = plan_in([["Recommendation", "Intended outcome"], ["Listen", "Children are heard"]])
        assert plan.recommendations[0].actions == ()
        assert plan.recommendations[0].intended_outcome == "Children are heard"

    def test_a_response_beside_several_recommendations_is_shared_by_them(self):
        plan = plan_in(
            [["Recommendation", "Response"], ["1. Listen", "We do"], ["2. Write", "^"], ["3. Go", "We will"]]
        )
        assert texts(plan.recommendations, "response") == ["We do", "We do", "We will"]
        assert texts(plan.recommendations, "shares_response") == [False, True, False]

    def test_what_it_says_of_itself_in_brackets_is_its_practice_type(self):
        assert row("Listen (This is a reminder of good practice).").practice_type == "reminder of existing practice"
        assert row("Listen (New recommendation)").practice_type == "new recommendation"
        assert row("Listen, as a reminder of good practice").practice_type is None
