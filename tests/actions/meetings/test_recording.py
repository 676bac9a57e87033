"""What a meeting decides is recorded as it is made, done to the action, and told on its timeline."""

from datetime import timedelta

import pytest
from django.urls import reverse

from actions import services as of_actions
from actions import timeline
from actions.choices import Outcome, Status
from actions.meetings import agenda, services
from actions.models import Action, Comment, MeetingDecision
from actions.review_history import ReviewHistory
from scr_tracker.forms import Sent, read_token, token_for
from scr_tracker.permissions import Role
from scr_tracker.rules import AlreadySent, ChangedMeanwhile, RuleBroken
from tests.conftest import hidden
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    MembershipFactory,
    RecommendationFactory,
    today,
)

NEXT_YEAR = today() + timedelta(365)


@pytest.fixture
def late(recommendation, agency):
    return ActionFactory(recommendation=recommendation, lead_agency=agency, overdue=True)


@pytest.fixture
def submitted(recommendation, agency):
    action = ActionFactory(recommendation=recommendation, lead_agency=agency, submitted=True)
    EvidenceFactory(actions=[action])
    return action


@pytest.fixture
def record(meeting, manager):
    """Return a function that records what the meeting makes of something."""
    return lambda about, outcome, **said: services.record(
        meeting=meeting, about=about, by=said.pop("by", manager), outcome=outcome, **said
    )


def titles(action, user):
    return [event.title for event in timeline.of_action(Action.objects.get(pk=action.pk), user)]


class TestEachOutcome:
    def test_a_decision_says_who_is_to_do_what_by_when(self, record, late, manager, meeting):
        record(late, "decision", text="Bring figures.", who="Head of Practice", by_when=NEXT_YEAR)
        event = timeline.of_action(late, manager)[0]
        assert (event.title, event.text, event.who) == (f"Decided at {meeting}", "Bring figures.", "Siân Ahmed")
        assert ("To be done by", "", "Head of Practice") in event.changes

    def test_a_challenge_stands_beside_the_action(self, record, late, manager, meeting):
        record(late, "challenge", text="How do children know?")
        assert Comment.objects.get().kind == "challenge"
        assert set(titles(late, manager)) >= {"Challenge", f"Challenged at {meeting}"}

    def test_a_date_asked_for_is_agreed(self, record, late, meeting, manager):
        asked = of_actions.ask_extension(action=late, by=manager, asked_for_date=NEXT_YEAR, reason="Ill.")
        decision = record(late, "date_agreed")
        late.refresh_from_db()
        asked.refresh_from_db()
        assert (late.target_date, decision.new_date) == (NEXT_YEAR, NEXT_YEAR)
        assert asked.decision_note == f"Decided at {meeting}"

    def test_a_date_asked_for_is_refused(self, record, late, manager):
        of_actions.ask_extension(action=late, by=manager, asked_for_date=NEXT_YEAR, reason="Ill.")
        record(late, "date_refused", text="It has moved often enough.")
        late.refresh_from_db()
        assert not late.extension_pending
        assert late.target_date < today()

    def test_another_date_is_set_instead_of_the_one_asked_for(self, record, late, manager, meeting):
        asked = of_actions.ask_extension(action=late, by=manager, asked_for_date=NEXT_YEAR, reason="Ill.")
        record(late, "date_set", text="Before the inspection.", new_date=today() + timedelta(60))
        late.refresh_from_db()
        asked.refresh_from_db()
        assert (late.target_date, late.times_moved, asked.decision) == (today() + timedelta(60), 1, "refused")
        assert late.original_target_date == today() - timedelta(10)
        assert set(titles(late, manager)) >= {"Target date set", f"New target date set at {meeting}"}

    def test_a_submission_is_signed_off(self, record, submitted, manager, meeting):
        record(submitted, "signed_off")
        submitted.refresh_from_db()
        assert (submitted.status, submitted.signed_off_by) == (Status.COMPLETE, manager)
        assert set(titles(submitted, manager)) >= {"Signed off", f"Signed off at {meeting}"}

    def test_a_submission_is_returned(self, record, submitted, manager):
        record(submitted, "returned", text="Show the audit.")
        submitted.refresh_from_db()
        assert submitted.status == Status.IN_PROGRESS

    def test_a_recommendation_without_an_action_gets_a_decision_and_nothing_else(self, record, recommendation, manager):
        lonely = RecommendationFactory(section=recommendation.section, text="Listen.")
        record(lonely, "decision", text="Ask the trust.")
        with pytest.raises(RuleBroken, match="No action answers"):
            record(lonely, "challenge", text="Why?")
        events = list(ReviewHistory(lonely.section.review, manager)[0:50])
        assert any(event.text == "Ask the trust." for event in events)


class TestTheRules:
    def test_nobody_signs_off_what_they_submitted(self, record, late, manager):
        EvidenceFactory(actions=[late])
        of_actions.submit_action(action=late, by=manager, what_was_done="All of it.")
        with pytest.raises(RuleBroken, match="somebody else must sign it off"):
            record(late, "signed_off")
        assert not MeetingDecision.objects.exists()

    def test_what_needs_words_is_refused_without_them(self, record, late):
        for outcome in set(Outcome) - {Outcome.NOTED, Outcome.DATE_AGREED, Outcome.SIGNED_OFF}:
            with pytest.raises(RuleBroken, match="Enter what was decided"):
                record(late, outcome)

    def test_an_item_that_was_dealt_with_stays_on_a_live_agenda(self, record, submitted, meeting, manager):
        record(submitted, "signed_off")
        item = agenda.of(meeting, manager).items[0]
        assert item.is_dealt_with
        assert item.why[0][1].startswith("Submitted as complete")

    def test_records_are_only_ever_added(self, record, late):
        decision = record(late, "noted")
        with pytest.raises(TypeError):
            decision.save()
        with pytest.raises(TypeError):
            MeetingDecision.objects.all().delete()


class TestTwoScreens:
    def sent(self, by, version=None):
        return Sent(read_token(token_for(by))[0], version)

    def test_the_second_to_record_on_an_item_is_told_of_the_first(self, record, late, manager):
        record(late, "noted", sent=self.sent(manager))
        with pytest.raises(ChangedMeanwhile):
            record(late, "decision", text="Mine.", sent=self.sent(manager))
        assert MeetingDecision.objects.count() == 1

    def test_so_is_who_began_before_the_action_changed(self, record, late, manager):
        before = Action.objects.version_of(late)
        of_actions.pause_action(action=late, by=manager, reason="Waits.")
        with pytest.raises(ChangedMeanwhile):
            record(late, "noted", sent=self.sent(manager, before))

    def test_the_same_form_is_recorded_once(self, record, late, manager):
        sent = self.sent(manager)
        record(late, "noted", sent=sent)
        with pytest.raises(AlreadySent):
            record(late, "noted", sent=sent)

    def test_on_the_page_nothing_typed_is_lost(self, client, meeting, late, manager, record):
        client.force_login(manager)
        address = reverse("meeting-item", args=[meeting.pk, f"a{late.pk}"])
        panel = next(each for each in client.get(address).context["panels"] if each.way.name == "decide")
        record(late, "decision", text="Theirs.")
        typed = {"form": "decide", **hidden(panel.form), "text": "Mine.", "who": "Me"}
        response = client.post(address, typed)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Somebody else was quicker" in page
        assert "Theirs." in page
        assert "Mine." in page
        again = next(each for each in response.context["panels"] if each.is_open)
        assert client.post(address, {**typed, **hidden(again.form)}).status_code == 302
        assert MeetingDecision.objects.count() == 2


class TestCorrecting:
    def test_a_correction_takes_the_place_of_the_old_record_which_is_kept(self, record, late, manager):
        old = record(late, "decision", text="Bring figurs.", who="Trust")
        new = services.correct_decision(decision=old, by=manager, text="Bring figures.", who="Trust")
        assert list(MeetingDecision.objects.standing()) == [new]
        assert titles(late, manager)[0].startswith("Record corrected: decided at")
        with pytest.raises(RuleBroken, match="corrected already"):
            services.correct_decision(decision=old, by=manager, text="Again.")

    def test_a_record_is_withdrawn_with_a_reason(self, record, late, manager, meeting):
        old = record(late, "decision", text="Wrong item.")
        with pytest.raises(RuleBroken, match="why it is withdrawn"):
            services.correct_decision(decision=old, by=manager, text="", withdrawn=True)
        services.correct_decision(decision=old, by=manager, text="It was about 13.", withdrawn=True)
        assert not MeetingDecision.objects.standing().exists()
        assert not agenda.of(meeting, manager).items[0].is_dealt_with

    def test_on_its_page(self, client, record, late, manager, fill_in):
        client.force_login(manager)
        old = record(late, "decision", text="Bring figurs.")
        fill_in(reverse("correct-decision", args=[old.pk]), text="Bring figures.")
        assert MeetingDecision.objects.standing().get().text == "Bring figures."


class TestWhoSeesIt:
    def test_a_lead_of_the_agency_sees_the_decision_on_the_action_and_no_meeting(
        self, client, record, late, agency, meeting
    ):
        record(late, "decision", text="Bring figures.")
        client.force_login(MembershipFactory(agency_lead=True, agency=agency).user)
        assert "Bring figures." in client.get(late.get_absolute_url()).content.decode()
        assert client.get(meeting.get_absolute_url()).status_code == 404

    def test_a_board_member_sees_decisions_only_on_what_they_may_see(
        self, client, record, late, partnership, meeting, recommendation
    ):
        secret = ActionFactory(
            recommendation__section__review__partnership=partnership,
            recommendation__section__review__restricted=True,
            overdue=True,
        )
        record(secret, "decision", text="Zanzibar.")
        record(late, "decision", text="Bring figures.")
        client.force_login(MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user)
        page = client.get(meeting.get_absolute_url()).content.decode()
        assert "Bring figures." in page
        assert "Zanzibar" not in page
        assert "1 item dealt with" in page
        assert "Run the meeting" not in page
        assert client.get(reverse("run-meeting", args=[meeting.pk])).status_code == 403
