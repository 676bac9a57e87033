"""Reporting progress on an action."""

import pytest
from django.urls import reverse

from actions import services
from actions.choices import Status
from actions.models import Action, Update
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.factories import ActionFactory, AgencyFactory, UserFactory, today

pytestmark = pytest.mark.django_db


def report(action, **changes):
    """Report that an action is in progress, with these changes."""
    said = {"status": Status.IN_PROGRESS, "what_was_done": "Wrote to all schools.", "own_rating": ""}
    return services.report_progress(action=action, by=UserFactory(name="Siân Ahmed"), **{**said, **changes})


class TestTheService:
    def test_keeps_the_update_and_changes_the_action(self):
        action = ActionFactory(status=Status.NOT_STARTED, last_update_on=None)
        update = report(action, own_rating="amber")
        action.refresh_from_db()
        assert (action.status, action.own_rating, action.last_update_on) == (
            Status.IN_PROGRESS,
            "amber",
            today(),
        )
        assert (update.status_before, update.status_after) == (Status.NOT_STARTED, Status.IN_PROGRESS)

    def test_says_in_the_history_who_and_why(self):
        action = ActionFactory()
        report(action)
        line = action.history.latest()
        assert (line.history_user.name, line.history_change_reason) == ("Siân Ahmed", "Progress update")

    def test_a_word_on_a_submitted_action_leaves_the_submission_as_it_was(self):
        action = ActionFactory(submitted=True)
        report(action, status=Status.SUBMITTED, what_was_done="The minutes are attached.")
        submitted_by = action.submitted_by
        action.refresh_from_db()
        assert (action.status, action.submitted_by) == (Status.SUBMITTED, submitted_by)

    @pytest.mark.parametrize(
        "status", [Status.SUBMITTED, Status.COMPLETE, Status.EMBEDDED, Status.PAUSED, Status.SUPERSEDED]
    )
    def test_nobody_submits_completes_or_sets_aside_an_action_by_a_progress_update(self, status):
        with pytest.raises(RuleBroken, match="cannot make it"):
            report(ActionFactory(), status=status)

    def test_a_complete_action_is_not_reopened_by_a_progress_update_but_takes_a_note(self):
        action = ActionFactory(complete=True)
        with pytest.raises(RuleBroken):
            report(action)
        report(action, status=Status.COMPLETE)
        action.refresh_from_db()
        assert action.status == Status.COMPLETE

    def test_a_refused_report_leaves_nothing_behind(self):
        action = ActionFactory()
        with pytest.raises(RuleBroken):
            report(action, status=Status.COMPLETE)
        assert not Update.objects.exists()


class TestThePage:
    @pytest.fixture
    def action(self):
        return ActionFactory(status=Status.UNKNOWN, last_update_on=None)

    @pytest.fixture
    def post(self, fill_in):
        def post(client, action, **changes):
            said = {"status": "in_progress", "what_was_done": "Trained 40 staff.", "own_rating": "green", **changes}
            return fill_in(reverse("update-action", args=[action.pk]), **said)

        return post

    def test_a_member_reports_and_is_shown_the_action_again(self, client, post, sign_in_as, action):
        user = sign_in_as(Role.BUSINESS_MANAGER, action.review.partnership)
        response = post(client, action)
        assert response.status_code == 302
        assert response["Location"] == action.get_absolute_url()
        page = client.get(response["Location"]).content.decode()
        assert "Update saved" in page
        assert "Trained 40 staff." in page
        assert user.name in page

    def test_an_agency_lead_may_report_on_what_the_agency_leads_or_supports(self, client, post, sign_in_as, action):
        agency = AgencyFactory(partnerships=[action.review.partnership])
        action.supporting_agencies.add(agency)
        sign_in_as(Role.AGENCY_LEAD, agency)
        assert post(client, action).status_code == 302

    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("name", ["action", "update-action"])
    def test_a_stranger_finds_nothing(self, client, sign_in_as, action, method, name):
        sign_in_as(Role.BUSINESS_MANAGER, ActionFactory().review.partnership)
        response = getattr(client, method)(reverse(name, args=[action.pk]))
        assert response.status_code == (405 if (name, method) == ("action", "post") else 404)
        assert not Update.objects.exists()

    def test_an_update_that_says_nothing_is_refused_and_keeps_what_was_chosen(self, client, post, sign_in_as, action):
        sign_in_as(of=action.review.partnership)
        response = post(client, action, status="unknown", what_was_done="  ", own_rating="")
        assert response.status_code == 200
        assert "Enter what was done, or change the status or your rating" in response.content.decode()

    def test_a_wrong_choice_is_named_and_the_text_is_not_lost(self, client, post, sign_in_as, action):
        sign_in_as(of=action.review.partnership)
        page = post(client, action, status="complete").content.decode()
        assert "Trained 40 staff." in page
        assert "Error: " in page
        action.refresh_from_db()
        assert action.status == Status.UNKNOWN

    def test_the_address_of_the_form_answers_by_itself(self, client, sign_in_as, action):
        sign_in_as(of=action.review.partnership)
        assert client.get(reverse("update-action", args=[action.pk])).status_code == 200


def test_two_reports_at_once_are_both_kept():
    action = ActionFactory()
    first, second = Action.objects.get(pk=action.pk), Action.objects.get(pk=action.pk)
    report(first, own_rating="red")
    report(second, status=Status.ONGOING)
    assert action.updates.count() == 2
    action.refresh_from_db()
    assert action.status == Status.ONGOING
