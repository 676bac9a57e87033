"""The monitoring report as a PDF: fit for a board, and readable by everybody."""

import re
from datetime import timedelta
from io import BytesIO

import page as validation
import pikepdf
import pytest

from actions import issuing, reports
from actions.reports import MonitoringReport, Order, as_pdf, pages, pictures, working_copy
from actions.reports.layout import PlanLayout
from scr_tracker import frontend
from scr_tracker import pdf as rendering
from scr_tracker.history import remember_end
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    SectionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SPECIAL_LETTERS = "Łódź Zażółć Şükrü Siân Ελλάδα Жуковский Nguyễn"


def assert_meets_pdf_ua(pdf):
    """Assert that a PDF passes every check of PDF/UA-1."""
    found = validation.validate_pdf_bytes(pdf, profile=validation.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, str(found)


def bookmarks(pdf):
    """Return the titles of a PDF's bookmarks, those below another after it."""
    with pikepdf.open(BytesIO(pdf)) as opened, opened.open_outline() as outline:
        return [(each.title, [child.title for child in each.children]) for each in outline.root]


@pytest.fixture
def pdf(review):
    return reports.monitoring_pdf(review)[1]


class TestThePdf:
    def test_meets_pdf_ua(self, pdf):
        assert_meets_pdf_ua(pdf)

    def test_has_a_title_a_language_and_an_author(self, pdf):
        with pikepdf.open(BytesIO(pdf)) as opened:
            assert opened.Root.Lang == "en-GB"
            assert str(opened.docinfo.Title).startswith("Monitoring report – 0319 Kit – ")
            assert opened.docinfo.Author == "Wyvernshire Safeguarding Children Partnership"

    def test_has_its_marking_twice_and_its_number_on_every_page(self, pdf, readable):
        read = readable(pdf)
        for number, text in enumerate(read, start=1):
            assert text.count("OFFICIAL-SENSITIVE") >= 2, f"page {number}"
            assert f"Page {number} of {len(read)}" in text

    def test_names_on_each_page_the_section_that_it_begins_in(self, pdf, readable):
        first_words = [text.split("\n")[0] for text in readable(pdf)[1:]]
        assert first_words[0] == "Where the plan stands"
        assert first_words[-1] == "Key"

    def test_has_bookmarks_in_order(self, pdf):
        titles = bookmarks(pdf)
        assert [title for title, _ in titles] == [
            *("Monitoring report", "Where the plan stands", "Exceptions", "By agency", "The plan", "Evidence", "Key"),
        ]
        assert dict(titles)["The plan"] == ["1 Policing", "2 Hospitals"]
        assert "Overdue 1 action" in dict(titles)["Exceptions"]

    def test_begins_with_a_cover_and_a_page_of_summary(self, pdf, readable):
        cover, summary, *_ = readable(pdf)
        for words in ("Wyvernshire Safeguarding Children Partnership", "Monitoring", "0319 Kit", "As at"):
            assert words in cover
        assert "2 of 6 actions are complete." in summary
        assert "Fernleigh Hospitals Trust" in summary
        assert "In this report Exceptions 3 By agency" in summary.replace("\n", " ")

    def test_puts_exceptions_before_the_plan(self, pdf, readable):
        everything = "\n".join(readable(pdf))
        assert everything.index("looked for, and not found") < everything.index("What we were asked")

    def test_prints_every_word_of_the_plan(self, review, readable, run_together):
        read = run_together("".join(readable(as_pdf(working_copy(review)))))
        texts = [review.plan_title, review.plan_notes, *review.plan_keys[0]["items"]]
        texts += [column["heading"] for column in review.plan_columns]
        for section in review.sections.all():
            texts.append(section.title)
            for recommendation in section.recommendations.all():
                texts += [recommendation.text, recommendation.intended_outcome, recommendation.action_intro]
                texts += recommendation.as_printed.values()
                for action in recommendation.actions.all():
                    texts += [action.text, action.completion_evidence, *action.as_printed.values()]
        texts += [response.text for response in review.responses.all()]
        assert [text for text in texts if run_together(text) not in read] == []

    def test_says_ratings_in_words_and_explains_them(self, pdf, readable):
        *plan, key = readable(pdf)
        everything = "".join(plan)
        assert "Red\nNot yet reported" in everything or "Red · In progress" in everything
        assert "Amber (validated)" in everything
        assert "Open and past its target date, or rated red by its lead." in key.replace("\n", " ")

    def test_links_an_exception_to_its_place_in_the_plan(self, pdf):
        with pikepdf.open(BytesIO(pdf)) as opened:
            kinds = [str(each.Subtype) for page in opened.pages for each in page.get("/Annots", [])]
        assert kinds.count("/Link") >= 8

    def test_prints_names_in_letters_of_all_of_europe(self, review, readable):
        review.partnership.name = SPECIAL_LETTERS
        pdf = as_pdf(working_copy(review))
        assert SPECIAL_LETTERS in readable(pdf)[0].replace("\n", " ")
        assert_meets_pdf_ua(pdf)

    def test_is_the_same_to_the_byte_for_the_same_report(self, review):
        report = working_copy(review)
        assert as_pdf(report) == as_pdf(MonitoringReport.from_dict(report.to_dict()))

    def test_says_when_it_is_restricted(self, review, readable):
        review.restricted = True
        assert "the people named only" in readable(reports.monitoring_pdf(review)[1])[0].replace("\n", " ")


class TestWhatChanged:
    """A report on two reviews after an earlier one, with more decisions than the summary's page holds."""

    @pytest.fixture
    def compared(self, review, clock, monkeypatch, django_capture_on_commit_callbacks):
        """Return what is ordered after a report was issued and things have changed."""
        other = ReviewFactory(partnership=review.partnership, reference="0320")
        gone = ActionFactory(recommendation=RecommendationFactory(section=SectionFactory(review=other)))
        by = UserFactory()
        draft = issuing.begin_draft(by=by, partnership=review.partnership, reviews=[review, other])
        with monkeypatch.context() as quickly, django_capture_on_commit_callbacks(execute=True):
            quickly.setattr(rendering, "render", lambda template, context: b"%PDF-1.7 %%EOF")
            issuing.issue(draft=draft, by=by)
        clock.shift(timedelta(days=200))
        remember_end(gone, by=by, why="Entered twice")
        ActionFactory(recommendation=review.sections.first().recommendations.first(), order=99, text="A new thing.")
        decisions = "\n".join(f"Decide the matter numbered {number}, and who sees to it." for number in range(1, 12))
        return Order(partnership=review.partnership, reviews=(review, other), decisions=decisions)

    def test_stands_in_a_section_of_its_own_after_the_exceptions(self, compared, readable):
        pdf = as_pdf(MonitoringReport.of(compared))
        assert_meets_pdf_ua(pdf)
        titles = dict(bookmarks(pdf))
        heading = next(title for title in titles if title.startswith("What changed since"))
        assert list(titles).index(heading) == list(titles).index("Exceptions") + 1
        assert {"New 1 action", "No longer in this report 1 action"} <= set(titles[heading])
        read = readable(pdf)
        everything = " ".join(read).replace("\n", " ")
        assert "Compared with “Monitoring report – Wyvernshire" in everything
        assert "Also looked for, and not found: closed, reopened" in everything

    def test_and_the_summary_stands_alone_on_one_page(self, compared, readable):
        _, summary, after, *_ = readable(as_pdf(MonitoringReport.of(compared)))
        for words in ("How it has gone", "Decide the matter numbered 3", "Ratings by review", "In this report", "%"):
            assert words in summary
        assert "Decide the matter numbered 11" in after


class TestUnusualPlans:
    def test_a_review_without_a_plan(self, readable):
        pdf = reports.monitoring_pdf(ReviewFactory())[1]
        assert "The plan is empty." in readable(pdf)[1]
        assert_meets_pdf_ua(pdf)

    def test_a_plan_without_actions(self, readable):
        recommendation = RecommendationFactory(number="1")
        pdf = reports.monitoring_pdf(recommendation.section.review)[1]
        assert "No action answers this yet." in "".join(readable(pdf)).replace("\n", " ")
        assert_meets_pdf_ua(pdf)

    def test_texts_longer_than_a_page(self, readable, run_together):
        long = " ".join(f"Sentence {number} says what was done." for number in range(900))
        section = SectionFactory(title="Very long")
        for order in (1, 2):
            recommendation = RecommendationFactory(section=section, number=str(order), order=order, text=long[:9000])
            ActionFactory(recommendation=recommendation, order=1, text="Short.", completion_evidence=long)
            ActionFactory(recommendation=recommendation, order=2, text=long[:4000])
        pdf = reports.monitoring_pdf(section.review)[1]
        assert_meets_pdf_ua(pdf)
        read = "".join(readable(pdf))
        assert read.count("899") >= 2
        assert "1 continued" in read.replace("\n", " ")

    def test_a_recommendation_with_more_actions_than_a_page_holds(self, readable):
        recommendation = RecommendationFactory(number="1")
        for order in range(60):
            ActionFactory(recommendation=recommendation, order=order, text=f"Task number {order} of sixty, one by one.")
        pdf = reports.monitoring_pdf(recommendation.section.review)[1]
        assert_meets_pdf_ua(pdf)
        plan = [text for text in readable(pdf) if "Task number" in text]
        assert all("Target date" in text for text in plan)

    def test_a_word_that_no_column_can_hold(self):
        ActionFactory(text="See https://www.example.org/" + "procedures-and-" * 20)
        action = ActionFactory(text="Pneumonoultramicroscopicsilicovolcanoconiosis" * 3)
        assert_meets_pdf_ua(reports.monitoring_pdf(action.review)[1])

    def test_more_agencies_than_the_summary_holds(self, readable):
        section = SectionFactory()
        for order in range(60):
            recommendation = RecommendationFactory(section=section, order=order)
            ActionFactory(recommendation=recommendation, lead_agency=AgencyFactory(name=f"School {order}"))
        _, summary, after, *_ = readable(reports.monitoring_pdf(section.review)[1])
        assert "School 0" in summary
        assert re.search(r"\d\d other agencies", summary)
        assert after.startswith("Exceptions") or "\nExceptions\n" in after

    def test_a_name_that_a_browser_would_take_for_code(self, readable):
        review = ReviewFactory(partnership=PartnershipFactory(name="<b>Bold & Co</b>"), reference='"><script>')
        assert "<b>Bold & Co</b>" in readable(reports.monitoring_pdf(review)[1])[0]


class TestPictures:
    def test_have_the_colours_of_the_screen(self):
        palette = (frontend.FOLDER / "src" / "_palette.scss").read_text()
        for rating, (fill, outline) in pictures.COLOURS.items():
            line = next(line for line in palette.splitlines() if f'"{rating}":' in line)
            assert f"fill: {fill}" in line
            assert f"outline: {outline}" in line or "outline: $ink" in line

    def test_every_action_is_a_mark_on_the_cover(self, review):
        drawn = pages.context(working_copy(review))["mosaic"]
        assert drawn.count("<path") == 7
        assert "<title>One mark for each action, in the order of the plan: 1 red, 3 amber" in drawn

    @pytest.mark.parametrize("number", [1, 3, 154, 2000])
    def test_the_marks_fit_their_space(self, number):
        class Section:
            class Recommendation:
                rating, actions = "red", []

            recommendations = [Recommendation] * number

        drawn = pictures.mosaic([Section], width=174, height=122, says="")
        assert drawn.count("<path") == number
        height = float(drawn.split('height="')[1].split("mm")[0])
        assert 0 < height <= 122


class TestLayout:
    @pytest.fixture
    def layout(self, review):
        report = working_copy(review)
        return PlanLayout(report.plans[0].columns, report.plans[0].sections)

    def test_widths_fill_the_page(self, layout):
        assert sum(width for _, width in layout.headed) == pytest.approx(100, abs=0.1)

    def test_no_column_is_narrower_than_its_longest_word(self, layout):
        assert all(width >= least for width, least in zip(layout.widths, layout._least, strict=True))

    def test_a_recommendation_spans_its_actions(self, review, layout):
        report = working_copy(review)
        group = layout.group(report.plans[0].sections[0].recommendations[0])
        assert group.is_whole
        assert group.rows[0].cells[0].rowspan == len(group.rows) == 4
        assert [len(row.cells) for row in group.rows] == [7, 5, 5, 5]
