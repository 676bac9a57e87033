"""The parts of a plan, and everything in a document that stands outside its tables."""

import docx
import openpyxl
import pytest
from openpyxl.styles import Font

from actions.importing.plan import PlanKey

from .documents import (
    HEADINGS,
    fill_word_cell,
    plan_in,
    recognised,
    row,
    saved,
    separated,
    texts,
    word,
    workbook,
    xml,
)

ROW = ["1. Listen to children", "Train staff", "May 2012", "Nurse", "Children are heard", "Complete", "Register"]


class TestSections:
    """The parts of a plan, and whose they are."""

    def test_a_heading_above_a_table_names_the_part_and_its_agency(self):
        [section] = plan_in("# 3. Eastmere Council Actions", [HEADINGS, ROW]).sections
        assert (section.number, section.title, section.agency) == ("3", "Eastmere Council Actions", "Eastmere Council")

    def test_tables_under_one_heading_are_one_part(self):
        plan = plan_in(
            "# Police", [HEADINGS, ROW], [HEADINGS, ["2. Write", *ROW[1:]]], "# Health", [HEADINGS, ["3. Go", *ROW[1:]]]
        )
        assert [(each.title, len(each.recommendations)) for each in plan.sections] == [("Police", 2), ("Health", 1)]

    def test_the_first_heading_cell_may_say_whose_the_recommendations_are(self):
        headings = ["NORTHSHIRE PROBATION TRUST RECOMMENDATION", *HEADINGS[1:]]
        plan = plan_in("**ACTION PLANS**", [headings, ROW])
        [section] = plan.sections
        assert (section.title, section.agency) == ("NORTHSHIRE PROBATION TRUST", "Northshire Probation Trust")
        assert section.header_text == "NORTHSHIRE PROBATION TRUST RECOMMENDATION"
        assert plan.columns[0].heading == "RECOMMENDATION"

    def test_acronyms_and_small_words_keep_their_form(self):
        headings = ["NHS EASTMERE AND WESTMERE PCT RECOMMENDATION", *HEADINGS[1:]]
        assert plan_in([headings, ROW]).sections[0].agency == "NHS Eastmere and Westmere PCT"

    @pytest.mark.parametrize("title", ["Overview recommendations", "All agencies", "Voice of the child"])
    def test_a_part_of_everybody_or_of_a_theme_names_no_agency(self, title):
        assert plan_in(f"# {title}", [HEADINGS, ROW]).sections[0].agency is None

    def test_where_most_parts_are_agencies_all_are(self):
        tables = [
            x for name in ("Fire Service", "Police", "Nightlight") for x in (f"# {name}", [HEADINGS, [name, *ROW[1:]]])
        ]
        assert texts(plan_in(*tables).sections, "agency") == ["Fire Service", "Police", "Nightlight"]

    def test_a_column_of_sections_makes_parts_in_any_order_of_rows(self):
        rows = [["A actions", "1", "Listen", "x"], ["B actions", "2", "Write", "y"], ["A actions", "1", "Listen", "z"]]
        plan = recognised(separated([["Section", "No", "Recommendation", "Action"], *rows]), "plan.csv").plan
        assert [(each.title, each.agency) for each in plan.sections] == [("A actions", "A"), ("B actions", "B")]
        assert texts(plan.sections[0].recommendations[0].actions) == ["x", "z"]

    def test_a_row_across_the_whole_table_begins_a_part(self):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["Northshire Safeguarding Children Partnership"])
        sheet.append(["Action plan for Child K"])
        sheet.append([])
        sheet.append(["No", "Recommendation", "Action", "By when"])
        sheet.append(["1. Fire Service Actions"])
        sheet.merge_cells("A5:D5")
        sheet.append([1, "Listen", "Train", "May 2012"])
        sheet.append(["Schools"])
        sheet["A7"].font = Font(bold=True)
        sheet.append([2, "Write", "Tell", "May 2012"])
        plan = recognised(saved(book), "plan.xlsx").plan
        assert [(each.number, each.title) for each in plan.sections] == [
            ("1", "Fire Service Actions"),
            (None, "Schools"),
        ]
        assert (plan.partnership, plan.title) == (
            "Northshire Safeguarding Children Partnership",
            "Action plan for Child K",
        )
        assert plan.review_name == "Child K"

    def test_each_sheet_is_a_part_with_the_title_above_its_table_or_its_own_name(self):
        table = [["Recommendation", "Action", "By when"], ["Listen", "Train", "May 2012"]]
        content = workbook(Sheet_one=[["EASTMERE POLICE", "", ""], *table], Health=table)
        sections = recognised(content, "plan.xlsx").plan.sections
        assert [(each.title, each.agency) for each in sections] == [
            ("EASTMERE POLICE", "Eastmere Police"),
            ("Health", None),
        ]

    def test_the_headings_say_which_report_a_recommendation_came_from(self):
        def sources(*headings):
            blocks = [x for heading in headings for x in (f"# {heading}", [HEADINGS, [heading, *ROW[1:]]])]
            return texts(plan_in(*blocks).recommendations, "source_or_type")

        assert sources(
            "Overview report recommendations", "Health overview", "Individual Management Reviews", "Police"
        ) == [
            "Overview Report",
            "Health Overview Report",
            "IMR",
            None,
        ]

    def test_the_title_of_the_document_says_it_for_all_parts_that_do_not(self):
        headings = ["FIRE SERVICE RECOMMENDATION", *HEADINGS[1:]]
        plan = plan_in("**IMR ACTION PLANS**", [headings, ROW])
        assert plan.recommendations[0].source_or_type == "IMR"

    def test_health_under_the_overview_is_the_health_overview(self):
        headings = ["HEALTH RECOMMENDATIONS", *HEADINGS[1:]]
        plan = plan_in("Some words.", "**OVERVIEW RECOMMENDATIONS**", [headings, ROW])
        assert plan.recommendations[0].source_or_type == "Health Overview Report"

    def test_a_recommendation_may_stand_above_the_table_of_its_actions(self):
        actions = [["Action", "Lead", "By when"], ["Write", "Clerk", "May 2012"], ["Ring", "Clerk", "June 2012"]]
        one, two = (f"Recommendation {n}: The board should see that everybody does what it asks" for n in (1, 2))
        plan = plan_in("# Board", f"**{one}**", actions, f"**{two}**", actions)
        assert texts(plan.recommendations, "number") == ["1", "2"]
        assert texts(plan.actions) == ["Write", "Ring"] * 2
        assert texts(plan.sections, "title") == ["Board"]

    def test_a_table_of_actions_alone_stands_for_its_recommendations_and_is_flagged(self):
        found = recognised(word("# Housing", [["Action", "Lead", "By when"], ["Write", "Clerk", "May 2012"]]))
        assert texts(found.plan.recommendations) == ["Write"]
        assert "no column holds recommendations" in found.problems[0].what


class TestTheRestOfTheDocument:
    """Nothing in a document is lost."""

    def test_the_title_page_names_the_partnership_the_plan_and_the_child(self):
        plan = plan_in(
            "**Northshire**",
            "**LOCAL SAFEGUARDING CHILDREN BOARD**",
            "Serious case review: Baby Q",
            "# Police",
            [HEADINGS, ROW],
        )
        assert plan.partnership == "Northshire Local Safeguarding Children Board"
        assert plan.title == "Serious case review: Baby Q"
        assert plan.review_name == "Baby Q"

    @pytest.mark.parametrize("title", ["CHILDREN IN NEED", "Child protection", "For Family's sake", "Children"])
    def test_ordinary_words_name_no_child(self, title):
        assert plan_in(f"**{title}**", "# Police", [HEADINGS, ROW]).review_name is None

    def test_blank_lines_may_stand_between_the_lines_of_a_title(self):
        plan = plan_in(
            "**Northshire Safeguarding Board**", "", "**Action plan: Child K**", "", "**Fire Service**", [HEADINGS, ROW]
        )
        assert (plan.partnership, plan.title) == ("Northshire Safeguarding Board", "Action plan: Child K")
        assert texts(plan.sections, "title") == ["Fire Service"]

    def test_key_recommendations_are_no_key(self):
        assert texts(plan_in("Words.", "**Key actions**", [HEADINGS, ROW]).sections, "title") == ["Key actions"]

    def test_a_table_of_colours_is_a_key_and_colours_say_where_a_recommendation_came_from(self):
        document = docx.Document()
        document.add_paragraph("Key to colours:")
        key = document.add_table(2, 1)
        plan = document.add_table(2, 2)
        for cell, text, fill in (
            (key.cell(0, 0), "Overview report", "FFFF99"),
            (key.cell(1, 0), "Schools' review", "CCFFCC"),
            (plan.cell(0, 0), "Recommendation", None),
            (plan.cell(0, 1), "Action", None),
            (plan.cell(1, 0), "Listen", "CCFFCC"),
            (plan.cell(1, 1), "Train", None),
        ):
            fill_word_cell(cell, text)
            if fill:
                cell._tc.get_or_add_tcPr().append(xml(f'<w:shd w:val="clear" w:fill="{fill}"/>'))
        document._body._body.insert(2, document.add_paragraph("Now the plan.")._p)
        found = recognised(saved(document)).plan
        assert found.keys == (PlanKey("Key to colours", ("Overview report", "Schools' review")),)
        assert found.recommendations[0].source_or_type == "Schools' review"

    def test_a_key_that_is_no_table_is_kept_in_the_notes(self):
        plan = plan_in("Key to letters:", "C is for complete", "# Police", [HEADINGS, ROW])
        assert plan.notes == "Key to letters:\nC is for complete"

    def test_an_unknown_heading_is_flagged_once_however_many_tables_have_it(self):
        table = [["Recommendation", "Action", "Cost code"], ["Listen", "Train", "ZX-14"]]
        found = recognised(word("# Police", table, "# Health", table))
        assert [problem.text for problem in found.problems] == ["Cost code"]

    def test_what_stands_around_the_tables_is_kept_in_the_notes(self):
        plan = plan_in(
            "# Introduction", "These are the actions, agreed by all.", "# Police", [HEADINGS, ROW], "Thank you."
        )
        assert plan.notes == "Introduction\nThese are the actions, agreed by all.\nThank you."

    def test_a_table_that_is_no_plan_is_kept_in_the_notes_and_flagged(self):
        found = recognised(word("# Police", [HEADINGS, ROW], "Members:", [["Name", "Post"], ["A. Bell", "Inspector"]]))
        assert found.plan.notes == "Members:\nName\tPost\nA. Bell\tInspector"
        assert [problem.where for problem in found.problems] == ["table 2"]

    def test_a_table_that_goes_on_without_its_header_is_the_same_plan(self):
        plan = plan_in("# Police", [HEADINGS, ROW], [["2. Write", *ROW[1:]]])
        assert texts(plan.recommendations, "number") == ["1", "2"]

    def test_a_repeated_header_is_no_recommendation(self):
        plan = plan_in("# Police", [HEADINGS, ROW, HEADINGS, ["2. Write", *ROW[1:]]])
        assert texts(plan.recommendations, "number") == ["1", "2"]

    def test_a_rating_is_kept_as_printed_and_is_no_status_unless_it_says_so(self):
        headings = ["Recommendation", "Action", "RAG"]
        rated = row("Listen", "Train", "Green", headings=headings)
        [action] = rated.actions
        assert (action.rating_text, action.rating, action.status, rated.as_printed) == ("Green", "green", "unknown", {})
        assert row("Listen", "Train", "Blue – complete", headings=headings).actions[0].status == "complete"

    def test_progress_is_kept_whole_and_names_a_status_where_it_can(self):
        headings = ["Recommendation", "Action", "Progress"]
        progress = row("Listen", "Train", "Not yet started.", headings=headings)
        assert (progress.progress_text, progress.actions[0].status) == ("Not yet started.", "not_started")
        narrative = row("Listen", "Train", "Managers discussed this.", headings=headings)
        assert (narrative.progress_text, narrative.actions[0].status) == ("Managers discussed this.", "unknown")
