"""The plan in its own columns: every word has a place, and what changed since it was printed is said."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actions.choices import Status
from actions.reports import working_copy
from scr_tracker.words import day
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    RecommendationFactory,
    ResponseFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def cell(report, row, field):
    """Return the lines of one cell as (kind, label, text)."""
    place = [column.field for column in report.plans[0].columns].index(field)
    return [(line.kind, line.label, line.text) for line in row.cells[place]]


def only_action(action):
    """Return the report of an action's review, and the action as printed in it."""
    report = working_copy(action.review)
    return report, report.plans[0].sections[0].recommendations[0].actions[0]


class TestColumns:
    def test_are_the_plans_own_in_its_order(self, review):
        assert [column.heading for column in working_copy(review).plans[0].columns] == [
            *("What we were asked", "What we shall do", "By when", "Who"),
            *("To what end", "Where it stands", "What shows it"),
        ]

    def test_are_seven_usual_ones_where_a_plan_has_none(self):
        report = working_copy(ActionFactory().review)
        assert len(report.plans[0].columns) == 7
        assert [column.field for column in report.plans[0].columns if column.rated] == ["status"]

    def test_gain_what_actions_need_to_be_shown(self):
        action = ActionFactory()
        action.review.plan_columns = [
            {"field": "recommendation", "heading": "Recommendation"},
            {"field": "response", "heading": "Response"},
        ]
        report = working_copy(action.review)
        fields = [column.field for column in report.plans[0].columns]
        assert fields == ["recommendation", "response", "action", "target_date", "lead", "status"]

    def test_a_number_stands_with_what_it_numbers(self):
        action = ActionFactory()
        action.review.plan_columns = [
            {"field": "number", "heading": "No."},
            {"field": "recommendation", "heading": "Recommendation"},
            {"field": "progress", "heading": "Progress"},
        ]
        report = working_copy(action.review)
        assert report.plans[0].columns[0].heading == "No. / Recommendation"
        assert [column.field for column in report.plans[0].columns if column.rated] == ["progress"]


class TestWords:
    def test_what_is_said_of_all_actions_together_stays_with_the_recommendation(self, review):
        report = working_copy(review)
        recommendation = report.plans[0].sections[0].recommendations[0]
        assert cell(report, recommendation, "status") == [("", "", "Two of these are finished")]
        assert cell(report, recommendation, "action") == [("", "", "The force is going to:")]

    def test_it_is_not_said_twice_where_each_action_says_it(self):
        recommendation = RecommendationFactory(as_printed={"status": "Complete\nOngoing", "target_date": "May 2031"})
        for order, status in enumerate((Status.COMPLETE, Status.ONGOING)):
            printed = {"target_date": "May 2031", "status": status.label}
            ActionFactory(recommendation=recommendation, order=order, status=status, as_printed=printed)
        report = working_copy(recommendation.section.review)
        printed = report.plans[0].sections[0].recommendations[0]
        assert cell(report, printed, "status") == []
        assert cell(report, printed, "target_date") == []

    def test_words_without_a_column_stand_labelled_in_another(self, review):
        report = working_copy(review)
        recommendation = report.plans[0].sections[0].recommendations[0]
        assert ("note", "Source", "Overview") in cell(report, recommendation, "recommendation")

    def test_words_of_a_column_nobody_knows_are_kept_in_it(self):
        action = ActionFactory(as_printed={"Budget": "£300 a year"}, recommendation__as_printed={"Minute": "14/7"})
        action.review.plan_columns = [
            {"field": "recommendation", "heading": "Recommendation"},
            {"field": "Budget", "heading": "Budget"},
        ]
        report = working_copy(action.review)
        recommendation = report.plans[0].sections[0].recommendations[0]
        assert cell(report, recommendation.actions[0], "Budget") == [("", "", "£300 a year")]
        assert ("note", "Minute", "14/7") in cell(report, recommendation, "recommendation")

    def test_a_response_to_several_is_printed_once_and_referred_to(self):
        first = RecommendationFactory(number="1", order=1)
        second = RecommendationFactory(section=first.section, number="2", order=2)
        ResponseFactory(
            review=first.section.review,
            recommendations=[first, second],
            text="Both are accepted.",
            as_printed={"heading": "Response to 1 and 2"},
        )
        report = working_copy(first.section.review)
        one, two = (
            [(line.label, line.text) for line in each.cells[0][1:]]
            for each in report.plans[0].sections[0].recommendations
        )
        assert ("", "Both are accepted.") in one
        assert ("Response", "Answered together with recommendation 1.") in two

    def test_an_action_that_also_answers_another_recommendation_is_named_there(self):
        action = ActionFactory(recommendation__number="1", recommendation__order=1)
        other = RecommendationFactory(section=action.recommendation.section, number="2", order=2)
        action.also_answers.add(other)
        report = working_copy(action.review)
        assert cell(report, report.plans[0].sections[0].recommendations[1], "action") == [
            ("note", "", "Also answered by action 1.")
        ]


class TestWhatChangedSince:
    def test_the_plans_own_word_for_a_status_is_enough_where_it_says_it(self):
        _, printed = only_action(ActionFactory(complete=True, as_printed={"status": "complete"}))
        assert printed.status == "Complete"
        report, printed = only_action(ActionFactory(complete=True, as_printed={"status": "Complete, new post filled"}))
        assert printed.status == ""
        assert cell(report, printed, "status") == [("", "", "Complete, new post filled")]

    def test_a_status_that_moved_on_stands_beside_the_printed_one(self):
        report, printed = only_action(ActionFactory(complete=True, as_printed={"status": "Begun"}))
        assert printed.status == "Complete"
        assert cell(report, printed, "status") == [("", "", "Begun")]

    def test_a_moved_date_keeps_the_first_one_beside_it(self):
        action = ActionFactory(target_date=date(2030, 5, 31), as_printed={"target_date": "May 2030"})
        action.target_date, action.times_moved, action.extension_pending = date(2030, 9, 1), 2, True
        action.save()
        report, printed = only_action(action)
        assert cell(report, printed, "target_date") == [
            ("", "", "1 September 2030"),
            ("note", "", "First May 2030, moved twice"),
            ("alert", "", "A later date is asked for"),
        ]

    def test_an_overdue_action_says_so(self):
        report, printed = only_action(ActionFactory(overdue=True))
        assert ("alert", "", "Overdue 10 days") in cell(report, printed, "status")

    def test_a_validated_rating_says_why_and_what_it_stands_over(self, review):
        report = working_copy(review)
        printed = report.plans[0].sections[1].recommendations[0].actions[2]
        assert (printed.rating, printed.validated) == ("amber", True)
        said = [text for _, _, text in cell(report, printed, "status")]
        why = ("note", "", "Rating set by the partnership: The sample was of one ward only.")
        assert why in cell(report, printed, "completion_evidence")
        assert "By the rules green" in said
        assert "The lead says green" in said

    def test_the_latest_update_is_told_with_its_day_and_author(self):
        action = ActionFactory()
        by = UserFactory(name="Şükrü Aydın")
        UpdateFactory(action=action, by=by, at=timezone.now() - timedelta(3), what_was_done="Begun.")
        UpdateFactory(action=action, by=by, what_was_done="Nearly there.")
        report, printed = only_action(action)
        today = day(timezone.localdate())
        assert ("update", f"{today}, Şükrü Aydın", "Nearly there.") in cell(report, printed, "completion_evidence")

    def test_an_update_without_words_says_how_the_status_changed(self):
        update = UpdateFactory(what_was_done="", status_before=Status.NOT_STARTED, status_after=Status.IN_PROGRESS)
        report, printed = only_action(update.action)
        assert cell(report, printed, "completion_evidence")[-1][2] == "Not started to in progress."

    def test_evidence_is_named_with_its_kind_day_and_standing(self):
        action = ActionFactory()
        EvidenceFactory(actions=[action], kind="audit", dated=date(2026, 2, 3), standing="accepted")
        report, printed = only_action(action)
        assert ("note", "Evidence", "Audit of supervision records (audit, 3 February 2026, accepted)") in cell(
            report, printed, "completion_evidence"
        )

    def test_a_lead_that_changed_is_named_beside_the_printed_one(self):
        trust = AgencyFactory(name="Fernleigh Trust")
        action = ActionFactory(
            lead_agency=trust, lead_officers=["Matron"], as_printed={"lead": "Named Nurse"}, supporting_agencies=[trust]
        )
        report, printed = only_action(action)
        assert cell(report, printed, "lead") == [
            ("", "", "Named Nurse"),
            ("note", "", "Now Matron"),
            ("note", "", "Fernleigh Trust"),
            ("note", "", "With Fernleigh Trust"),
        ]

    def test_a_paused_action_says_why(self):
        report, printed = only_action(ActionFactory(paused=True))
        assert ("note", "", "Waiting for the inquest.") in cell(report, printed, "status")
