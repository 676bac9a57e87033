"""What a report says of the time since the last one: proven against what was done, step by step."""

import json
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import issuing, rating, services
from actions.choices import CLOSED, Status
from actions.models import Action, Report
from actions.reports import MonitoringReport, Order, working_copy
from actions.reports.kinds import KINDS
from actions.reports.story import OneReviewReport
from scr_tracker import pdf
from scr_tracker.history import remember_end
from scr_tracker.models import Agency
from scr_tracker.rules import RuleBroken
from tests.factories import ActionFactory, EvidenceFactory, RecommendationFactory, ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quickly_set(monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda template, context: b"%PDF-1.7 %%EOF")


@pytest.fixture
def issue(review, django_capture_on_commit_callbacks):
    """Return a function that issues a report on reviews as things stand."""

    def issue(*reviews, **chosen):
        by = UserFactory()
        draft = issuing.begin_draft(by=by, partnership=review.partnership, reviews=reviews or [review], **chosen)
        with django_capture_on_commit_callbacks(execute=True):
            issuing.issue(draft=draft, by=by)
        return Report.objects.get(draft=draft)

    return issue


def told(report):
    return MonitoringReport.from_dict(report.data)


def story_at(review, moment):
    """Return the report on one review as at a moment."""
    return OneReviewReport.of(Order(partnership=review.partnership, reviews=(review,), as_at=moment))


def exceptions(report, key):
    return next(each for each in report.exceptions if each.key == key).entries


class TestWhatItIsComparedWith:
    def test_the_first_report_with_nothing(self, issue):
        first = told(issue())
        assert (first.changes, first.trend) == (None, ())

    def test_the_next_with_the_one_before_it_by_its_title_and_moment(self, issue, review, clock):
        first = issue()
        clock.shift(timedelta(days=30))
        changes = working_copy(review).changes
        assert (changes.report, changes.as_at) == (first.title, first.as_at)
        assert "untouched" in changes.headline

    def test_its_own_reviews_alone_where_the_last_told_of_others_too(self, issue, review, clock):
        other = ActionFactory(recommendation__section__review__partnership=review.partnership).review
        issue(review, other)
        clock.shift(timedelta(days=1))
        assert not working_copy(review).changes["gone"].changes
        assert len(working_copy(review).trend[0].ratings) == 6
        assert working_copy(review).trend[0].total == 7

    def test_not_with_one_that_lacks_a_review_or_is_about_an_agency(self, issue, review, clock):
        other = ReviewFactory(partnership=review.partnership)
        issue(review)
        issue(review, other, agencies=[Agency.objects.first()])
        clock.shift(timedelta(days=1))
        assert working_copy(review, other).changes is None

    def test_a_new_version_with_what_came_before_the_one_whose_place_it_takes(self, issue, clock):
        first = issue()
        clock.shift(timedelta(days=1))
        second = issue()
        clock.shift(timedelta(days=1))
        third = issue(supersedes=second, version=2)
        assert told(third).changes.as_at == told(second).changes.as_at == first.as_at
        clock.shift(timedelta(days=1))
        assert told(issue()).changes.report.endswith(", version 2")

    def test_one_issued_after_its_moment_never(self, issue, review, clock):
        then = timezone.now()
        clock.shift(timedelta(days=9))
        issue(as_at=then - timedelta(microseconds=1))
        assert working_copy(review, as_at=then).changes is None

    def test_a_report_kept_before_there_were_comparisons_can_still_be_read(self, issue):
        data = issue().data
        for name in ("standings", "changes", "trend", "evidence", "glossary"):
            del data[name]
        assert MonitoringReport.from_dict(data).changes is None

    def test_in_as_many_queries_however_many_there_are(self, issue, review, clock, django_assert_max_num_queries):
        for _ in range(3):
            issue()
            clock.shift(timedelta(days=1))
        with django_assert_max_num_queries(16):
            assert len(working_copy(review).trend) == 4


class TestExceptionsOfSteps:
    def test_a_later_date_asked_for_says_for_when_and_why(self, review):
        action = Action.objects.filter(review=review, status=Status.IN_PROGRESS, target_date__isnull=False).first()
        later = timezone.localdate() + timedelta(400)
        services.ask_extension(action=action, by=UserFactory(), asked_for_date=later, reason="The trainer is ill.")
        [entry] = exceptions(working_copy(review), "extension")
        assert entry.said.endswith("The trainer is ill.")

    def test_returned_until_it_is_submitted_again(self, review):
        action = Action.objects.filter(review=review, status=Status.IN_PROGRESS).first()
        by = UserFactory()
        services.submit_action(action=action, by=by, what_was_done="All.", no_evidence_reason="None is kept.")
        services.return_action(action=action, by=UserFactory(), reason="Minutes are missing.")
        [entry] = exceptions(working_copy(review), "returned")
        assert entry.said.endswith(": Minutes are missing.")
        services.submit_action(action=action, by=by, what_was_done="All.", no_evidence_reason="None is kept.")
        assert exceptions(working_copy(review), "returned") == ()

    def test_silence_and_impact_checks_that_are_overdue(self, review, clock):
        action = Action.objects.filter(review=review, status=Status.IN_PROGRESS).first()
        assert [each.said for each in exceptions(working_copy(review), "stale")] == ["Never reported on."]
        services.submit_action(
            action=action, by=UserFactory(), what_was_done="All.", no_evidence_reason="None is kept."
        )
        services.sign_off(action=action, by=UserFactory())
        clock.shift(timedelta(days=400))
        report = working_copy(review)
        assert len(exceptions(report, "impact_check")) == 1
        assert "400 days without an update." in [each.said for each in exceptions(report, "overdue")]

    def test_who_is_overdue_and_silent_is_told_of_once(self, review, clock):
        clock.shift(timedelta(days=400))
        report = working_copy(review)
        overdue = {each.text: each.said for each in exceptions(report, "overdue")}
        stale = next(each for each in report.exceptions if each.key == "stale")
        assert overdue["Write the checks into the duty handbook."] == "400 days without an update."
        assert not {each.text for each in stale.entries} & overdue.keys()
        assert (stale.above, stale.about.split("longest silence first. ")[1]) == (
            len(overdue),
            f"{len(overdue)} more stand in the lists above, which say so.",
        )

    def test_a_list_of_which_all_are_overdue_is_not_said_to_be_empty(self, review, clock):
        clock.shift(timedelta(days=400))
        report = working_copy(review)
        moved = next(each for each in report.exceptions if each.key == "moved_often")
        assert (moved.entries, moved.above) == ((), 1)
        said = KINDS["monitoring"].outline(report, None).exceptions().prose
        assert "Moved three times or more: 1 action, which stands in the lists above." in said
        assert "moved three times" not in said[-1]


class TestEvidence:
    def test_is_listed_once_for_the_actions_that_it_serves(self, review):
        [listed] = working_copy(review).evidence
        [piece] = listed.pieces
        assert (listed.reference, piece.title, piece.standing) == ("3", "Audit of thirty records", "Offered")

    def test_that_was_withdrawn_is_not(self, review):
        EvidenceFactory(actions=[Action.objects.first()], standing="withdrawn", standing_reason="Of another ward.")
        assert len(working_copy(review).evidence) == 1


class TestSlip:
    def test_counts_from_the_first_date_and_early_as_none(self, clock):
        today = timezone.localdate()
        action = ActionFactory(target_date=today + timedelta(10))
        on_time = {"completed_on": today, "target_date": today + timedelta(5)}
        ActionFactory(recommendation=action.recommendation, complete=True, **on_time)
        clock.shift(timedelta(days=30))
        summary = working_copy(action.review).summary
        assert (summary.on_time_rate, summary.slip_days) == ("100%", 10)


class Board:
    """People who do with actions whatever the services let them, at random."""

    def __init__(self, review, seed):
        self.random, self.review = Random(seed), review
        self.lead, self.manager = UserFactory(), UserFactory()
        self.touched = set()

    def act(self):
        """Do one thing with one action, if it may be done."""
        action = self.random.choice(list(Action.objects.filter(review=self.review).order_by("pk")))
        way = self.random.choice([name for name in sorted(vars(Board)) if name.startswith("may_")])
        with suppress(RuleBroken):
            getattr(self, way)(action)
            self.touched.add(action.pk)

    def may_report(self, action):
        status = self.random.choice([Status.IN_PROGRESS, Status.ONGOING, action.status])
        own = self.random.choice(["", "red", "amber", "green"])
        services.report_progress(action=action, by=self.lead, status=status, what_was_done="Some.", own_rating=own)

    def may_submit(self, action):
        services.submit_action(action=action, by=self.lead, what_was_done="All.", no_evidence_reason="Spoken.")

    def may_sign_off(self, action):
        services.sign_off(action=action, by=self.manager)

    def may_return(self, action):
        services.return_action(action=action, by=self.manager, reason="Not yet.")

    def may_be_given_a_later_date(self, action):
        later = timezone.localdate() + timedelta(self.random.randint(1, 200))
        services.ask_extension(action=action, by=self.lead, asked_for_date=later, reason="Ill.")
        self.touched.add(action.pk)
        services.agree_extension(action=action, by=self.manager)

    def may_ask_for_a_later_date(self, action):
        later = timezone.localdate() + timedelta(self.random.randint(1, 200))
        services.ask_extension(action=action, by=self.lead, asked_for_date=later, reason="Ill.")

    def may_pause(self, action):
        services.pause_action(action=action, by=self.manager, reason="The inquest is open.")

    def may_resume(self, action):
        services.resume_action(action=action, by=self.manager, reason="It has closed.")

    def may_rate(self, action):
        services.validate_rating(action=action, by=self.manager, rating="red", reason="We have doubts.")

    def may_check(self, action):
        services.check_impact(action=action, by=self.manager, result="not_held", note="Nobody does it.")

    def may_add(self, action):
        ActionFactory(recommendation=action.recommendation)
        raise RuleBroken("This one is as it was.")

    def may_take_away(self, action):
        if self.random.random() < 0.7 or action.updates.exists() or action.extensions.exists():
            raise RuleBroken("It stays.")
        remember_end(action, by=self.manager, why="Entered twice")


def states_of(review):
    """Return {key: (status, date, rating, overdue)} of the actions as they stand."""
    today = timezone.localdate()
    return {
        action.pk: (
            action.status,
            action.target_date,
            str(rating.of(action, today, review.partnership)),
            rating.is_overdue(action, today),
        )
        for action in Action.objects.filter(review=review)
    }


def by_brute_force(before, now, touched):
    """Say what changed, from the actions as they stood and what was done with them."""
    found, order = Counter(), ["red", "amber", "green", "blue"]
    for pk in before.keys() | now.keys():
        if pk not in before or pk not in now:
            found["new" if pk in now else "gone", f"action-{pk}"] += 1
            continue
        (status, due, rated, late), (status_now, due_now, rated_now, late_now) = before[pk], now[pk]
        was_open, is_open = status not in CLOSED, status_now not in CLOSED
        both = was_open and is_open
        comparable = both and rated in order and rated_now in order
        kinds = {
            "closed": was_open and not is_open,
            "reopened": is_open and not was_open,
            "newly_overdue": late_now and not late,
            "moved": due != due_now,
            "worse": comparable and order.index(rated_now) < order.index(rated),
            "better": comparable and order.index(rated_now) > order.index(rated),
            "untouched": both and pk not in touched,
        }
        found.update((kind, f"action-{pk}") for kind, holds in kinds.items() if holds)
    return found


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_changes_between_two_reports_are_those_that_people_made(review, issue, seed):
    with transaction.atomic(), time_machine.travel(timezone.now()) as clock:
        for _ in range(8):
            ActionFactory(recommendation=RecommendationFactory(section=review.sections.first()))
        board = Board(review, seed)

        def work(steps):
            for _ in range(steps):
                board.act()
                clock.shift(timedelta(hours=board.random.randint(1, 90)))

        work(20)
        issue()
        board.touched.clear()
        before = states_of(review)
        clock.shift(timedelta(seconds=1))
        work(25)
        board_sees, now, touched = issue(), states_of(review), set(board.touched)
        changes = told(board_sees).changes
        actions = [each for each in changes.lists if each.of == "action"]
        assert Counter((each.key, one.key) for each in actions for one in each.changes) == by_brute_force(
            before, now, touched
        )
        assert story_at(review, board_sees.as_at).changes == changes
        clock.shift(timedelta(seconds=1))
        work(20)
        issue()
        again = MonitoringReport.of(
            Order(partnership=review.partnership, reviews=(review,), as_at=board_sees.as_at)
        ).to_dict()
        assert json.dumps(again, sort_keys=True) == json.dumps(board_sees.data, sort_keys=True)
        assert story_at(review, board_sees.as_at).changes == changes
        transaction.set_rollback(True)
