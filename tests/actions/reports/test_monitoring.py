"""The monitoring report as data: its figures, its exceptions, and that it never changes."""

import dataclasses
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from actions.choices import Status
from actions.reports import Edition, MonitoringReport, file_name, working_copy
from scr_tracker.history import remember
from scr_tracker.rules import RuleBroken
from scr_tracker.words import day
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    RecommendationFactory,
    ReviewFactory,
    SectionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(review):
    return working_copy(review)


def exceptions(report, key):
    return next(each for each in report.exceptions if each.key == key).entries


class TestWhatItIsCalled:
    def test_by_the_kind_of_review_in_its_own_word(self, report):
        (name,) = report.heading.reviews
        assert name.full == "Local Child Safeguarding Practice Review 0319 Kit"
        assert name.kind_short == "LCSPR"

    def test_by_its_day(self, review, time_machine):
        time_machine.move_to(datetime(2026, 11, 21, 14, 5, tzinfo=UTC), tick=False)
        report = working_copy(review)
        assert report.title == "Monitoring report – 0319 Kit – 21 November 2026"
        assert report.heading.as_at_words == "21 November 2026, 14:05"

    def test_in_a_file_name_that_every_system_can_keep(self, review, time_machine):
        time_machine.move_to(datetime(2026, 11, 21, 14, 5, tzinfo=UTC))
        review.pseudonym = "Łucja / Zoë"
        assert file_name(working_copy(review)) == "Monitoring report - 0319 Lucja  Zoe - 21 November 2026.pdf"

    def test_a_working_copy_until_it_is_issued(self):
        made_at = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
        assert Edition(made_at).words == "Working copy, made 21 November 2026, 14:05"
        assert Edition(made_at, version=2, supersedes=1).words == (
            "Version 2, made 21 November 2026, 14:05, in place of version 1"
        )


class TestFigures:
    def test_ratings_are_counted_worst_first(self, report):
        counted = [(each.key, each.count) for each in report.summary.ratings]
        assert counted == [("red", 1), ("amber", 3), ("green", 0), ("grey", 0), ("blue", 2), ("no_action", 1)]

    def test_ratings_have_the_partnerships_own_words(self, review):
        review.partnership.rating_labels = {"blue": "Closed"}
        report = working_copy(review)
        assert [each.word for each in report.summary.ratings if each.key == "blue"] == ["Closed"]

    def test_the_headline_says_what_matters(self, report):
        assert report.summary.headline == (
            "2 of 6 actions are complete. One is overdue, by 10 days. One recommendation has no action."
        )

    def test_a_plan_without_actions_says_so(self):
        recommendation = RecommendationFactory()
        report = working_copy(recommendation.section.review)
        assert report.summary.headline == "1 recommendation has no action yet."

    def test_only_known_days_count_as_on_time(self, report):
        assert report.summary.facts[0] == (
            "1 of the 1 complete action whose day of completion is known kept to its first target date;"
            " 2 actions are complete in all."
        )

    def test_an_agency_has_what_it_leads_and_its_recommendations_without_action(self, report):
        by_agency = {row.agency: {each.key: each.count for each in row.ratings} for row in report.agencies}
        assert by_agency["Wyvern Police"] == {"red": 1, "amber": 1, "green": 0, "grey": 0, "blue": 1, "no_action": 1}
        assert by_agency["Fernleigh Hospitals Trust"]["amber"] == 1
        assert by_agency["No lead agency"]["amber"] == 1

    def test_the_agency_with_most_red_comes_first(self, report):
        assert report.agencies[0].agency == "Wyvern Police"


class TestExceptions:
    def test_an_overdue_action_says_by_how_many_days(self, report):
        (entry,) = exceptions(report, "overdue")
        assert (entry.reference, entry.days_overdue) == ("1 a", 10)
        assert entry.due == day(timezone.localdate() - timedelta(10))
        assert entry.lead == "Head of Public Protection · Wyvern Police"

    def test_the_longest_overdue_comes_first(self, review):
        recommendation = review.sections.first().recommendations.first()
        ActionFactory(recommendation=recommendation, target_date=date(2020, 1, 1), order=9)
        days = [entry.days_overdue for entry in exceptions(working_copy(review), "overdue")]
        assert days == sorted(days, reverse=True)

    def test_a_recommendation_without_action_is_one(self, report):
        assert [entry.reference for entry in exceptions(report, "no_action")] == ["2"]

    def test_a_recommendation_that_needs_no_action_is_none(self, review):
        lacking = review.sections.first().recommendations.get(number="2")
        lacking.acceptance, lacking.acceptance_reason = "no_action_needed", "Done before the review began."
        lacking.save()
        assert exceptions(working_copy(review), "no_action") == ()

    def test_so_are_no_date_no_lead_no_evidence_and_three_moves(self, report):
        above = {each.key: each.above for each in report.exceptions}
        assert [(entry.text, entry.due, entry.lead) for entry in exceptions(report, "stale")] == [
            ("Weigh and write it down.", "", "")
        ]
        assert (above["no_date"], above["no_lead"]) == (1, 1)
        assert [entry.text for entry in exceptions(report, "no_evidence")] == ["Buy scales for every team."]
        assert [entry.reference for entry in exceptions(report, "moved_often")] == ["1 b"]

    def test_the_last_word_is_the_latest_update_or_else_the_plans(self, report):
        (moved,) = exceptions(report, "moved_often")
        assert moved.last_word.label.endswith(", Siân Ruthven")
        assert moved.last_word.text == "Counted from April to June."
        (overdue,) = exceptions(report, "overdue")
        assert overdue.last_word.label == "The plan says of its actions together"

    def test_a_long_text_is_cut_at_a_word(self, review):
        recommendation = review.sections.first().recommendations.first()
        ActionFactory(recommendation=recommendation, order=9, overdue=True, text="Something to be done " * 40)
        (_, entry) = sorted(exceptions(working_copy(review), "overdue"), key=lambda each: len(each.text))
        assert len(entry.text) < 210
        assert entry.text.endswith("Something …")


class TestReferences:
    def test_recommendations_that_share_a_number_go_by_their_place(self):
        review = ReviewFactory()
        for order in (1, 2):
            section = SectionFactory(review=review, order=order)
            ActionFactory(recommendation=RecommendationFactory(section=section, number="1", order=1))
        report = working_copy(review)
        assert [each.reference for section in report.plans[0].sections for each in section.recommendations] == [
            "§1.1",
            "§2.1",
        ]
        assert report.named_by_place

    def test_the_only_action_of_a_recommendation_has_its_name(self):
        action = ActionFactory(recommendation__number="7")
        report = working_copy(action.review)
        assert report.plans[0].sections[0].recommendations[0].actions[0].reference == "7"


class TestBeingFrozen:
    def test_nothing_in_it_can_be_changed(self, report):
        with pytest.raises(dataclasses.FrozenInstanceError):
            report.marking = "PUBLIC"
        hash(report)  # holds nothing but texts, numbers, dates and tuples of them

    def test_it_is_the_same_after_being_kept_as_json(self, report):
        kept = json.loads(json.dumps(report.to_dict()))
        assert MonitoringReport.from_dict(kept) == report

    def test_it_takes_a_constant_number_of_queries(self, review, django_assert_max_num_queries):
        with django_assert_max_num_queries(14):
            working_copy(review)


class TestThePast:
    @pytest.fixture
    def action(self):
        with time_machine.travel(datetime(2026, 1, 10, 9, tzinfo=UTC)):
            action = ActionFactory(target_date=date(2026, 6, 30), recommendation__section__review__reference="0417")
        with time_machine.travel(datetime(2026, 5, 2, 9, tzinfo=UTC)):
            action.status, action.text = Status.COMPLETE, "Add two questions to the template."
            remember(action, by=UserFactory(), why="Signed off")
        return action

    def test_an_earlier_day_shows_what_stood_then(self, action):
        end_of_march = timezone.make_aware(datetime.combine(date(2026, 3, 14), time.max))
        report = working_copy(action.review, as_at=end_of_march)
        shown = report.plans[0].sections[0].recommendations[0].actions[0]
        assert (shown.rating, shown.status) == ("green", "In progress")
        assert report.summary.complete == 0
        assert report.heading.as_at_words == "14 March 2026, end of day"
        assert working_copy(action.review).summary.complete == 1

    def test_evidence_that_was_withdrawn_since_still_stood_then(self, action):
        with time_machine.travel(datetime(2026, 5, 1, 9, tzinfo=UTC)):
            evidence = EvidenceFactory(actions=[action])
        with time_machine.travel(datetime(2026, 7, 1, 9, tzinfo=UTC)):
            evidence.standing, evidence.standing_reason = "withdrawn", "It was of another ward."
            remember(evidence, by=UserFactory(), why="Withdrawn")
        in_june = working_copy(action.review, as_at=datetime(2026, 6, 1, 9, tzinfo=UTC))
        assert exceptions(in_june, "no_evidence") == ()
        assert len(exceptions(working_copy(action.review), "no_evidence")) == 1

    def test_a_day_before_the_review_was_entered_is_refused(self, action):
        with pytest.raises(RuleBroken, match="0417 was not in the tracker on 9 January 2026: it was entered on 10 Jan"):
            working_copy(action.review, as_at=datetime(2026, 1, 9, 12, tzinfo=UTC))

    def test_a_day_to_come_is_refused(self, action):
        with pytest.raises(RuleBroken, match="is yet to come"):
            working_copy(action.review, as_at=timezone.now() + timedelta(days=1))
