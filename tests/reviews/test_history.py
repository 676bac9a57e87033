"""The history of a review as one timeline, and its plan as at a past day."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import plan, services
from scr_tracker.history import remember
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def review(partnership):
    return ReviewFactory(partnership=partnership, reference="0319", pseudonym="Kit")


def text_of(response):
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def something_of_everything(review):
    """Let everything happen to a review once, and return the action that it happened to."""
    recommendation = RecommendationFactory(section__review=review)
    agency = AgencyFactory(name="Constabulary", partnerships=[review.partnership])
    action = ActionFactory(recommendation=recommendation, lead_agency=agency)
    kim = UserFactory(name="Kim Osei")
    review.plan_title = "Combined plan"
    remember(review, by=kim, why="Title agreed")
    recommendation.text = "Ask what the child’s day is like."
    remember(recommendation, by=kim, why="Wording agreed")
    ResponseFactory(review=review, recommendations=[recommendation])
    evidence = EvidenceFactory(title="Audit of March", actions=[action])
    evidence.standing = "accepted"
    remember(evidence, by=kim, why="Evidence accepted")
    services.report_progress(action=action, by=kim, status="ongoing", what_was_done="Wrote to all.", own_rating="red")
    services.ask_extension(
        action=action, by=kim, asked_for_date=action.target_date + timedelta(9), reason="The trainer is ill."
    )
    services.refuse_extension(action=action, by=kim, note="No more.")
    challenge = services.comment_action(action=action, by=kim, kind="challenge", text="Who says so?")
    services.reply(comment=challenge, by=kim, text="The audit does.")
    services.submit_action(action=action, by=kim, what_was_done="All done.", no_evidence_reason="")
    services.return_action(action=action, by=UserFactory(name="Siân Ahmed"), reason="Minutes are missing.")
    return action


class TestTheTimeline:
    def page(self, client, review, number=1):
        return client.get(f"{reverse('review-history', args=[review.pk])}?page={number}")

    def test_tells_everything_that_happened_once_and_newest_first(self, client, sign_in_as, review):
        something_of_everything(review)
        sign_in_as(of=review.partnership)
        page = self.page(client, review)
        words = text_of(page)
        for told in (
            *("Combined plan", "Title agreed", "Wording agreed", "Audit of March", "Evidence accepted"),
            *("Wrote to all.", "The trainer is ill.", "No more.", "Who says so?", "The audit does.", "All done."),
            *("Minutes are missing.", "Siân Ahmed", "Kim Osei"),
        ):
            assert words.count(told) >= 1, told
        for once in ("Wrote to all.", "The trainer is ill.", "No more.", "All done.", "Minutes are missing."):
            assert words.count(once) == 1, once
        moments = [event.when for event in page.context["page"].object_list]
        assert moments == sorted(moments, reverse=True)

    def test_leads_to_what_each_event_is_about(self, client, sign_in_as, review):
        action = something_of_everything(review)
        sign_in_as(of=review.partnership)
        returned = next(each for each in self.page(client, review).context["page"] if "Returned" in each.title)
        assert returned.title == f"Returned: {action}"
        assert returned.url == action.get_absolute_url()
        assert ("Status", "Submitted as complete", "In progress") in returned.changes

    def test_is_cut_into_pages_that_take_the_same_queries_whatever_their_number(
        self, client, sign_in_as, review, django_assert_num_queries, django_assert_max_num_queries
    ):
        something_of_everything(review)
        sign_in_as(of=review.partnership)
        with django_assert_max_num_queries(50) as few:
            self.page(client, review)
        for _ in range(4):
            something_of_everything(review)
        with django_assert_num_queries(len(few)):
            first = self.page(client, review)
        assert first.context["page"].paginator.num_pages > 1
        second = self.page(client, review, 2)
        assert second.context["page"][0].when <= list(first.context["page"])[-1].when

    def test_shows_nothing_of_another_review(self, client, sign_in_as, review, partnership):
        something_of_everything(ReviewFactory(partnership=partnership))
        sign_in_as(of=partnership)
        page = self.page(client, review)
        assert [event.title for event in page.context["page"]] == ["Added to the plan: 0319 Kit"]

    def test_is_read_by_whoever_may_see_the_review_and_by_nobody_else(self, client, sign_in_as, review):
        sign_in_as(Role.BOARD_MEMBER, review.partnership)
        assert self.page(client, review).status_code == 200
        sign_in_as(Role.BUSINESS_MANAGER, PartnershipFactory())
        assert self.page(client, review).status_code == 404


class TestAsAt:
    @pytest.fixture
    def reworded(self, review, time_machine):
        """An action whose wording and evidence changed on 1 April 2026; today is 1 June."""
        time_machine.move_to("2026-03-01 12:00", tick=False)
        action = ActionFactory(recommendation__section__review=review, text="First wording.")
        evidence = EvidenceFactory(actions=[action], title="Letter")
        time_machine.move_to("2026-04-01 12:00", tick=False)
        action.text = "Second wording."
        remember(action, by=None, why="Reworded")
        evidence.standing, evidence.standing_reason = "withdrawn", "Names a child."
        remember(evidence, by=None, why="Withdrawn")
        review.plan_title = "New title"
        remember(review, by=None, why="Renamed")
        time_machine.move_to("2026-06-01 12:00", tick=False)
        return action

    def page(self, client, review, day):
        return client.get(f"{review.get_absolute_url()}?as_at={day}")

    def test_shows_the_plan_as_it_stood_at_the_end_of_the_day(self, client, sign_in_as, review, reworded):
        sign_in_as(of=review.partnership)
        then = text_of(self.page(client, review, "2026-03-31"))
        assert "First wording." in then
        assert "This is the plan as it stood at the end of 31 March 2026" in then
        assert "Second wording." not in then
        assert "New title" in text_of(self.page(client, review, "2026-04-01"))

    def test_offers_nothing_to_do_there(self, client, sign_in_as, review, reworded):
        sign_in_as(of=review.partnership)
        assert "Working copy" not in text_of(self.page(client, review, "2026-03-31"))
        assert "Working copy" in text_of(client.get(review.get_absolute_url()))

    def test_counts_evidence_as_it_counted_then(self, review, reworded):
        def evidence(day):
            moment = timezone.make_aware(datetime.combine(day, datetime.max.time())) if day else None
            return [each.title for each in plan.read(review, as_at=moment).actions[0].evidence]

        assert evidence(datetime(2026, 3, 31).date()) == ["Letter"]  # noqa: DTZ001
        assert evidence(None) == []

    @pytest.mark.parametrize(("day", "says"), [("soon", "Enter a date such as"), ("2999-01-01", "a date in the past")])
    def test_says_what_is_wrong_with_a_day_and_shows_the_present(self, client, sign_in_as, review, reworded, day, says):
        sign_in_as(of=review.partnership)
        page = text_of(self.page(client, review, day))
        assert says in page
        assert "Second wording." in page

    def test_before_anything_was_recorded_says_so(self, client, sign_in_as, review, reworded):
        sign_in_as(of=review.partnership)
        assert "Nothing of this plan was recorded by then" in text_of(self.page(client, review, "2020-01-01"))

    def test_takes_the_same_queries_whatever_the_size_of_the_plan(
        self, client, sign_in_as, review, django_assert_num_queries, django_assert_max_num_queries, time_machine
    ):
        time_machine.move_to(timezone.now() - timedelta(10))
        something_of_everything(review)
        time_machine.move_to(timezone.now() + timedelta(10))
        sign_in_as(of=review.partnership)
        day = today() - timedelta(1)
        with django_assert_max_num_queries(24) as few:
            self.page(client, review, day)
        time_machine.move_to(timezone.now() - timedelta(10))
        for _ in range(4):
            something_of_everything(review)
        time_machine.move_to(timezone.now() + timedelta(10))
        with django_assert_num_queries(len(few)):
            self.page(client, review, day)
