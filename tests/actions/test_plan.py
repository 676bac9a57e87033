"""A plan as a whole, now and as it stood at a past moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actions import plan, rating
from actions.choices import Rating, Status
from actions.models import Action
from scr_tracker.history import remember
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    RecommendationFactory,
    ResponseFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db


def replaced(action):
    """Give an action evidence whose newer version was withdrawn."""
    old = EvidenceFactory(actions=[action])
    EvidenceFactory(actions=[action], replaces=old, standing="withdrawn", standing_reason="The wrong file.")


def waiting_for_the_scanner(action):
    """Give an action a file that nobody may open yet."""
    file = {"note": "", "file": "evidence/a", "file_name": "a.pdf", "content_type": "application/pdf", "size": 1}
    EvidenceFactory(actions=[action], **file, sha256="0" * 64, scan="waiting")


#: What is attached to an action, and does not count.
NOT_COUNTING = {
    "returned": lambda action: EvidenceFactory(actions=[action], standing="returned", standing_reason="No date."),
    "withdrawn": lambda action: EvidenceFactory(actions=[action], standing="withdrawn", standing_reason="Not ours."),
    "replaced": replaced,
    "in quarantine": waiting_for_the_scanner,
}


@pytest.fixture
def recommendation():
    return RecommendationFactory()


class TestNow:
    def test_stands_in_the_order_of_the_document(self, recommendation):
        section = recommendation.section
        second, first = (RecommendationFactory(section=section, order=5000 + order) for order in (2, 1))
        later, sooner = (ActionFactory(recommendation=first, order=order) for order in (9, 3))
        read = plan.read(section.review)
        assert [planned.recommendation for planned in read.recommendations] == [recommendation, first, second]
        assert [rated.action for rated in read.actions] == [sooner, later]

    def test_rates_a_recommendation_by_the_worst_of_its_actions_and_of_those_that_answer_it_besides(
        self, recommendation
    ):
        other = RecommendationFactory(section=recommendation.section)
        late = ActionFactory(recommendation=other, overdue=True)
        late.also_answers.add(recommendation)
        read = plan.read(recommendation.section.review)
        assert [planned.rating for planned in read.recommendations] == [Rating.RED, Rating.RED]
        assert read.counts[Rating.RED] == 1
        assert read.counts[rating.NO_ACTION] == 0

    def test_counts_a_recommendation_without_action_unless_none_is_owed(self, recommendation):
        RecommendationFactory(
            section=recommendation.section, acceptance="no_action_needed", acceptance_reason="Done during the review."
        )
        read = plan.read(recommendation.section.review)
        assert read.counts[rating.NO_ACTION] == 1
        assert [planned.lacks_action for planned in read.recommendations] == [True, False]

    def test_one_response_stands_beside_each_recommendation_that_it_answers(self, recommendation):
        other = RecommendationFactory(section=recommendation.section)
        response = ResponseFactory(review=recommendation.section.review, recommendations=[recommendation, other])
        read = plan.read(recommendation.section.review)
        assert [planned.responses for planned in read.recommendations] == [[response], [response]]

    def test_a_complete_action_lacks_evidence_unless_something_shows_it(self, recommendation):
        bare, shown, withdrawn = ActionFactory.create_batch(3, recommendation=recommendation, complete=True)
        EvidenceFactory(actions=[shown])
        EvidenceFactory(actions=[withdrawn], standing="withdrawn", standing_reason="The wrong file.")
        read = plan.read(recommendation.section.review)
        assert {rated.action for rated in read.actions if rated.lacks_evidence} == {bare, withdrawn}

    @pytest.mark.parametrize("name", NOT_COUNTING)
    def test_counts_no_evidence_that_does_not_stand(self, recommendation, name):
        action = ActionFactory(recommendation=recommendation, complete=True)
        NOT_COUNTING[name](action)
        for moment in (None, timezone.now()):
            (read,) = plan.read(recommendation.section.review, as_at=moment).actions
            assert (read.evidence, read.lacks_evidence) == ([], True)
        assert not action.has_evidence()
        assert list(Action.objects.without_evidence()) == [action]

    def test_counts_the_newest_version_of_a_piece(self, recommendation):
        action = ActionFactory(recommendation=recommendation, complete=True)
        old = EvidenceFactory(actions=[action])
        then = timezone.now()
        newer = EvidenceFactory(actions=[action], replaces=old)
        assert plan.read(recommendation.section.review).actions[0].evidence == [newer]
        assert plan.read(recommendation.section.review, as_at=then).actions[0].evidence == [old]


class TestAsItStood:
    def test_shows_texts_statuses_links_and_updates_of_that_moment(self, recommendation):
        action = ActionFactory(recommendation=recommendation, text="First wording.", last_update_on=None)
        old, new = AgencyFactory(name="Old agency"), AgencyFactory(name="New agency")
        action.supporting_agencies.add(old)
        earlier = UpdateFactory(action=action, what_was_done="Begun.")
        then = timezone.now()

        action.text, action.status = "Second wording.", Status.COMPLETE
        remember(action, by=None, why="Done")
        action.supporting_agencies.set([new])
        UpdateFactory(action=action, what_was_done="Finished.")
        EvidenceFactory(actions=[action])
        ActionFactory(recommendation=recommendation)

        (was,) = plan.read(recommendation.section.review, as_at=then).actions
        assert (was.action.text, was.action.status) == ("First wording.", Status.IN_PROGRESS)
        assert was.supporting_agencies == [old]
        assert was.last_update == earlier
        assert was.evidence == []
        assert len(plan.read(recommendation.section.review).actions) == 2

    def test_rates_by_that_day(self, recommendation, time_machine):
        action = ActionFactory(recommendation=recommendation)
        then = timezone.now()
        time_machine.move_to(then + timedelta(days=200))
        read = plan.read(recommendation.section.review, as_at=then)
        assert read.actions[0].rating == Rating.GREEN
        assert plan.read(recommendation.section.review).actions[0].rating == Rating.RED
        assert action.is_overdue()

    def test_of_two_changes_at_the_same_instant_takes_the_later(self, recommendation):
        action = ActionFactory(recommendation=recommendation)
        now = timezone.now()
        for text in ("One.", "Two."):
            action.text = text
            action._history_date = now
            remember(action, by=None, why="Reworded")
        assert plan.read(recommendation.section.review, as_at=now).actions[0].action.text == "Two."

    def test_before_anything_was_entered_is_empty(self, recommendation):
        ActionFactory(recommendation=recommendation)
        assert plan.read(recommendation.section.review, as_at=timezone.now() - timedelta(1)).sections == []

    def test_takes_the_same_number_of_queries_for_many_actions_as_for_one(
        self, recommendation, django_assert_num_queries, django_assert_max_num_queries
    ):
        ActionFactory(recommendation=recommendation)
        with django_assert_max_num_queries(14) as few:
            plan.read(recommendation.section.review, as_at=timezone.now())
        ActionFactory.create_batch(5, recommendation=recommendation)
        with django_assert_num_queries(len(few)):
            plan.read(recommendation.section.review, as_at=timezone.now())
