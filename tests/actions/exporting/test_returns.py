"""A file that went out is changed and comes in again: what its cells say now holds, and nothing else changes."""

import base64
import csv
import io
import json
import zlib
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from actions.exporting import carried
from actions.exporting.carried import About
from actions.exporting.excel import workbook
from actions.exporting.files import KINDS
from actions.importing.plan import Plan, PlanAction, PlanColumn, PlanKey, PlanRecommendation, PlanSection
from actions.importing.read import read
from actions.importing.recognise import recognise

ABOUT = About("Northshire Safeguarding Partnership", "0319", 7, exported_at="2026-03-14T09:00:00+00:00")
PLAN = Plan(
    plan="0319",
    title="Combined action plan",
    columns=(
        PlanColumn("RECOMMENDATION", "recommendation"),
        PlanColumn("ACTION", "action"),
        PlanColumn("BY WHEN", "target_date"),
        PlanColumn("WHO", "lead"),
        PlanColumn("STATUS", "status"),
        PlanColumn("Cost", None),
    ),
    keys=(PlanKey("Colour key", ("Green: done", "Red: late")),),
    notes="Agreed in May.\nTo be read with the report.",
    sections=(
        PlanSection(
            "Police Actions",
            "1",
            agency="Police",
            recommendations=(
                PlanRecommendation(
                    "Ask the child.",
                    "1",
                    "1.",
                    source_or_type="IMR",
                    identity="R11",
                    actions=(
                        PlanAction(
                            "Brief all officers.",
                            "a",
                            target_date_text="May 2012",
                            target_date_iso="2012-05-31",
                            date_kind="month",
                            lead_text="Head of Training",
                            leads=("Head of Training",),
                            status_text="Part complete",
                            status="in_progress",
                            identity="A21",
                        ),
                        PlanAction("Audit it.", "b", as_printed={"Cost": "£300"}, identity="A22"),
                    ),
                ),
            ),
        ),
        PlanSection(
            "School Actions",
            "2",
            recommendations=(
                PlanRecommendation(
                    "Share what is known.",
                    "2",
                    "2.",
                    identity="R12",
                    actions=(PlanAction("Agree how.", status="complete", status_text="Done", identity="A23"),),
                ),
            ),
        ),
    ),
)


def again(content, kind):
    return recognise(read(io.BytesIO(content), f"plan.{kind}"))


class Workbook:
    """A workbook that went out, to change as a person would."""

    def __init__(self, plan=PLAN, about=ABOUT):
        self.book = openpyxl.load_workbook(io.BytesIO(workbook(plan, about)))
        self.page = self.book["Your actions" if about.form == "return" else "Plan"]
        self.places = {cell.value: cell.column for cell in self.page[1]}

    def row_of(self, reference):
        column = self.places["Tracker row"]
        return next(row for row in range(2, self.page.max_row + 1) if self.page.cell(row, column).value == reference)

    def set(self, reference, heading, value):
        self.page.cell(self.row_of(reference), self.places[heading]).value = value
        return self

    def append(self, **values):
        row = self.page.max_row + 1
        for heading, value in values.items():
            self.page.cell(row, self.places[heading]).value = value
        return self

    def back(self):
        file = io.BytesIO()
        self.book.save(file)
        return again(file.getvalue(), "xlsx")


def action(found, identity):
    return next(each for each in found.plan.actions if each.identity == identity)


class TestAWorkbook:
    def test_that_was_only_opened_and_saved_brings_the_plan_back(self):
        found = Workbook().back()
        assert found.plan == PLAN
        assert [each.identity for each in found.plan.actions] == ["A21", "A22", "A23"]

    def test_changed_cells_hold_and_are_read_as_an_import_reads_them(self):
        book = Workbook()
        book.set("A21", "BY WHEN", date(2013, 6, 30)).set("A21", "WHO", "Named Nurse / Head of Training")
        found = book.set("A21", "ACTION", "a) Brief every officer.").set("A22", "Cost", 450).back()
        changed = action(found, "A21")
        assert (changed.target_date_iso, changed.date_kind) == ("2013-06-30", "month")
        assert changed.leads == ("Named Nurse", "Head of Training")
        assert (changed.label, changed.text) == ("a", "Brief every officer.")
        assert action(found, "A22").as_printed == {"Cost": "450"}
        assert action(found, "A23") == PLAN.actions[2]

    def test_a_date_typed_over_words_is_a_day(self):
        book = Workbook()
        cell = book.page.cell(book.row_of("A22"), book.places["BY WHEN"])
        cell.value, cell.number_format = date(2013, 6, 14), "dd/mm/yyyy"
        assert action(book.back(), "A22").target_date_iso == "2013-06-14"

    def test_the_words_of_a_status_and_the_choice_beside_them_both_count(self):
        found = Workbook().set("A21", "STATUS", "Completed May 2012").back()
        changed = action(found, "A21")
        assert (changed.status, changed.completed_on_iso) == ("complete", "2012-05-31")
        found = Workbook().set("A21", "Status in the tracker", "Ongoing").back()
        assert (action(found, "A21").status, action(found, "A21").status_text) == ("ongoing", "Part complete")

    def test_a_recommendation_changed_in_one_of_its_rows_is_changed(self):
        found = Workbook().set("A22", "RECOMMENDATION", "1. Ask every child.").back()
        [first, _] = found.plan.recommendations
        assert (first.number, first.text, first.source_or_type) == ("1", "Ask every child.", "IMR")
        assert len(first.actions) == 2

    def test_what_its_rows_say_differently_is_kept_or_pointed_at(self):
        book = Workbook(replace(PLAN, columns=(*PLAN.columns, PlanColumn("Progress", "progress"))))
        book.set("A21", "Progress", "Begun.").set("A22", "Progress", "Half done.")
        book.set("A21", "RECOMMENDATION", "1. Ask each child.").set("A22", "RECOMMENDATION", "1. Ask all children.")
        found = book.set("A21", "Cost", "£1").set("A22", "Cost", "£2").back()
        [first, _] = found.plan.recommendations
        assert (first.text, first.progress_text) == ("Ask each child.", "Begun.\nHalf done.")
        assert [each.as_printed.get("Cost") for each in first.actions] == ["£1", "£2"]
        assert "“1. Ask all children.”" in str(found.problems[0])

    def test_rows_may_be_sorted_and_columns_taken_away(self):
        book = Workbook()
        rows = [[(cell.value, cell.number_format) for cell in row] for row in book.page.iter_rows(min_row=2)]
        for row, cells in zip(book.page.iter_rows(min_row=2), reversed(rows), strict=True):
            for cell, (value, number_format) in zip(row, cells, strict=True):
                cell.value, cell.number_format = value, number_format
        book.page.delete_cols(book.places["WHO"])
        assert book.back().plan == PLAN

    def test_a_new_row_is_a_new_action_or_a_new_recommendation(self):
        book = Workbook()
        book.append(**{"RECOMMENDATION": "2. Share what is known.", "ACTION": "Tell all.", "BY WHEN": "July 2013"})
        book.append(**{"Section of the plan": "3. Health", "RECOMMENDATION": "3. Listen.", "ACTION": "Train."})
        found = book.back()
        assert [each.text for each in found.plan.recommendations[1].actions] == ["Agree how.", "Tell all."]
        new = found.plan.recommendations[1].actions[1]
        assert (new.identity, new.target_date_iso, new.date_kind) == (None, "2013-07-31", "month")
        assert [section.title for section in found.plan.sections] == ["Police Actions", "School Actions", "Health"]
        assert (found.plan.recommendations[2].number, found.plan.recommendations[2].text) == ("3", "Listen.")

    def test_a_row_that_was_taken_out_is_gone(self):
        book = Workbook()
        book.page.delete_rows(book.row_of("A22"))
        assert [each.identity for each in book.back().plan.actions] == ["A21", "A23"]

    def test_a_row_that_was_copied_is_a_new_action(self):
        book = Workbook()
        book.append(**{heading: book.page.cell(2, column).value for heading, column in book.places.items()})
        assert [each.identity for each in book.back().plan.actions] == ["A21", "A22", None, "A23"]

    def test_words_taken_out_altogether_are_kept_and_pointed_at(self):
        found = Workbook().set("A22", "ACTION", None).back()
        assert found.plan == PLAN
        assert "the words of this action were taken out" in str(found.problems[0])

    def test_what_is_not_understood_is_pointed_at(self):
        found = Workbook().set("A21", "BY WHEN", "Blue moon").back()
        assert found.plan.actions[0].target_date_text == "Blue moon"
        assert "sheet Plan, row 2" in str(found.problems[0])

    def test_a_section_is_renamed_in_all_its_rows(self):
        found = Workbook().set("A23", "Section of the plan", "2. College Actions").back()
        assert [(each.number, each.title) for each in found.plan.sections][1] == ("2", "College Actions")

    def test_without_what_it_carries_it_is_read_by_its_words(self):
        book = Workbook()
        del book.book[carried.HIDDEN_PAGE]
        found = book.back()
        assert found.sent is None
        assert [each.text for each in found.plan.recommendations] == ["Ask the child.", "Share what is known."]

    def test_no_text_is_a_formula_and_dates_are_dates(self):
        plan = replace(PLAN, sections=(replace(PLAN.sections[0], title="=1+1"),))
        book = Workbook(plan)
        cells = [cell for row in book.page.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        due = book.page.cell(2, book.places["BY WHEN"])
        assert (due.value.date(), due.number_format) == (date(2012, 5, 31), "mmmm yyyy")

    def test_it_offers_choices_a_frozen_head_and_filters_and_hides_its_references(self):
        page = Workbook().page
        assert page.freeze_panes == "A2"
        assert page.auto_filter.ref.startswith("A1:")
        assert len(page.data_validations.dataValidation) == 2
        letter = openpyxl.utils.get_column_letter(Workbook().places["Tracker row"])
        assert page.column_dimensions[letter].hidden


class TestTheFormOfAnAgency:
    def form(self):
        police = replace(PLAN, sections=PLAN.sections[:1], notes=None)
        return Workbook(police, replace(ABOUT, agency="Police", form="return"))

    def test_comes_back_as_it_went_out(self):
        found = self.form().back()
        assert found.plan.sections == PLAN.sections[:1]
        assert (found.sent.about.agency, found.sent.about.review_key) == ("Police", 7)
        assert found.sent.about.moment.isoformat() == "2026-03-14T09:00:00+00:00"

    def test_what_was_filled_in_stands_on_its_action(self):
        form = self.form()
        form.set("A22", "Status now (fill in)", "Submitted as complete").set("A22", "Your rating (fill in)", "Green")
        form.set("A22", "Update: what was done since the last one (fill in)", "Audit of 20 cases in March.")
        form.set("A22", "Evidence of what was done (fill in)", "Audit report")
        form.set("A22", "Date done (fill in)", date(2026, 3, 20))
        found = form.back()
        done = action(found, "A22")
        assert (done.status, done.completion_evidence) == ("submitted", "Audit report")
        assert done.completed_on_iso == "2026-03-20"
        assert done.as_printed == {
            "Cost": "£300",
            "rating": "Green",
            "Update: what was done since the last one": "Audit of 20 cases in March.",
        }
        assert action(found, "A21") == PLAN.actions[0]

    def test_evidence_filled_in_is_that_of_its_action_even_where_the_plan_shares_it(self):
        shared = replace(PLAN.recommendations[0], completion_evidence="Minutes")
        plan = replace(PLAN, sections=(replace(PLAN.sections[0], recommendations=(shared,)),), notes=None)
        form = Workbook(plan, replace(ABOUT, agency="Police", form="return"))
        found = form.set("A22", "Evidence of what was done (fill in)", "Audit report").back()
        assert [each.completion_evidence for each in found.plan.actions] == [None, "Audit report"]
        assert found.plan.recommendations[0].completion_evidence == "Minutes"

    def test_offers_an_agency_what_it_may_say(self):
        choices = self.form().page.data_validations.dataValidation[0].formula1
        assert "Submitted as complete" in choices
        assert "Embedded" not in choices

    def test_is_not_protected_and_says_how_to_fill_it_in(self):
        book = self.form().book
        assert not any(page.protection.sheet for page in book.worksheets)
        said = "\n".join(str(cell.value) for row in book["Instructions"].iter_rows() for cell in row)
        assert "Choose the status and the rating from the list" in said


class TestAWordDocument:
    def document(self):
        return docx.Document(io.BytesIO(KINDS["docx"].write(PLAN, ABOUT)))

    def back(self, document):
        file = io.BytesIO()
        document.save(file)
        return again(file.getvalue(), "docx")

    def test_is_made_of_headings_tables_with_repeated_heads_and_is_titled_in_english(self):
        document = self.document()
        headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
        assert headings == ["1. Police Actions", "2. School Actions", "Colour key", "Notes"]
        assert [cell.text for cell in document.tables[0].rows[0].cells] == [each.heading for each in PLAN.columns]
        assert document.tables[0].rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert (document.core_properties.title, document.core_properties.language) == ("Combined action plan", "en-GB")
        assert document.sections[0].page_width > document.sections[0].page_height

    def test_changed_cells_hold(self):
        document = self.document()
        [_, first, second] = document.tables[0].rows
        first.cells[0].paragraphs[0].runs[1].text = " Ask each child."
        first.cells[2].paragraphs[0].runs[0].text = "June 2013"
        second.cells[4].text = "Complete\nAudited in March"
        found = self.back(document)
        assert found.plan.recommendations[0].text == "Ask each child."
        assert action(found, "A21").target_date_iso == "2013-06-30"
        assert (action(found, "A22").status, action(found, "A22").status_text) == (
            "complete",
            "Complete\nAudited in March",
        )

    def test_headings_notes_keys_and_the_title_may_be_changed(self):
        document = self.document()
        for paragraph in document.paragraphs:
            if paragraph.style.name == "Title":
                paragraph.text = "Action plan, second version"
            if paragraph.text == "2. School Actions":
                paragraph.text = "2. Education"
            if paragraph.text == "Agreed in May.":
                paragraph.text = "Agreed in June."
        document.tables[2].rows[1].cells[0].text = "Red: overdue"
        found = self.back(document)
        assert found.plan.title == "Action plan, second version"
        assert found.plan.sections[1].title == "Education"
        assert found.plan.notes == "Agreed in June.\nTo be read with the report."
        assert found.plan.keys == (PlanKey("Colour key", ("Green: done", "Red: overdue")),)

    def test_a_row_put_in_under_a_recommendation_is_a_new_action_of_it(self):
        document = self.document()
        row = document.tables[0].add_row()
        row.cells[1].text, row.cells[3].text = "Tell the board.", "Chair"
        found = self.back(document)
        assert [each.text for each in found.plan.recommendations[0].actions] == [
            "Brief all officers.",
            "Audit it.",
            "Tell the board.",
        ]
        assert found.plan.actions[2].leads == ("Chair",)

    def test_an_action_that_now_stands_otherwise_says_so_beside_its_words(self):
        moved = replace(PLAN.actions[0], status="complete", leads=("Head of Practice",))
        recommendation = replace(PLAN.recommendations[0], actions=(moved,))
        plan = replace(PLAN, sections=(replace(PLAN.sections[0], recommendations=(recommendation,)),))
        document = docx.Document(io.BytesIO(KINDS["docx"].write(plan, ABOUT)))
        cells = [cell.text for cell in document.tables[0].rows[1].cells]
        assert cells[3:5] == ["Head of Training\nNow Head of Practice", "Complete\nPart complete"]
        assert self.back(document).plan == plan


class TestASeparatedFile:
    def lines(self, plan=PLAN):
        return list(csv.reader(io.StringIO(KINDS["csv"].write(plan, ABOUT).decode("utf-8-sig"))))

    def back(self, lines):
        file = io.StringIO(newline="")
        csv.writer(file, delimiter=";").writerows(lines)
        return again(file.getvalue().encode("cp1252"), "csv")

    def test_begins_with_the_mark_by_which_excel_knows_its_encoding(self):
        assert KINDS["csv"].write(PLAN, ABOUT).startswith(b"\xef\xbb\xbf")

    def test_may_be_saved_by_excel_with_other_separators_and_changed(self):
        head, *lines = self.lines()
        lines[1][head.index("BY WHEN")] = "31/12/2012"
        found = self.back([head, *lines[::-1]])
        assert action(found, "A22").target_date_iso == "2012-12-31"
        assert action(found, "A21") == PLAN.actions[0]

    def test_without_a_piece_of_what_it_carries_it_is_read_by_its_words(self):
        head, *lines = self.lines()
        found = self.back([head[:-1], *(line[:-1] for line in lines)])
        assert found.sent is None
        assert [each.text for each in found.plan.recommendations] == ["Ask the child.", "Share what is known."]


class TestWhatIsCarriedIsNotTrusted:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "no JSON",
            "[]",
            '{"version": 2}',
            '{"version": 1, "plan": {"sections": [{}]}, "identities": [], "about": {}}',
            '{"version": 1, "plan": {"sections": 5}, "identities": [], "about": {}}',
            '{"version": 1, "plan": {"title": ["x"]}, "identities": [], "about": {}}',
            '{"version": 1, "plan": {}, "identities": [], "about": {"exported_at": "yesterday"}}',
            '{"version": 1, "plan": {}, "identities": [], "about": {"agency": 5}}',
            "[" * 100_000,
        ],
    )
    def test_what_was_not_written_here_is_passed_over(self, text):
        assert carried.read(text) is None

    def test_a_plan_with_values_of_the_wrong_kind_is_passed_over(self):
        values = json.loads(carried.written(carried.identified(PLAN), ABOUT))
        values["plan"]["sections"][0]["recommendations"][0]["actions"][0]["target_date_iso"] = "soon"
        assert carried.read(json.dumps(values)) is None

    def test_two_rows_of_one_name_are_passed_over(self):
        values = json.loads(carried.written(carried.identified(PLAN), ABOUT))
        values["identities"][0][1] = ["A21", "A21"]
        assert carried.read(json.dumps(values)) is None

    def test_pieces_that_unpack_without_end_are_not_unpacked(self):
        bomb = base64.b64encode(zlib.compress(b"0" * (carried.LARGEST + 1000), 9)).decode()
        assert carried.unpacked([f"1/1:{bomb}"]) is None
        assert carried.unpacked(["1/2:abc"]) is None
        assert carried.unpacked(["1/1:not base64!"]) is None
