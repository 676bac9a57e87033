"""The first page of each role: what it says, what it leaves out, and what it costs."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions import services
from actions.choices import Status
from actions.models import Comment, Meeting
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    UpdateFactory,
    UserFactory,
    today,
)

from .test_pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Fern Valley Partnership")


@pytest.fixture
def agency(partnership):
    return AgencyFactory(name="Fern Valley Health", partnerships=[partnership])


@pytest.fixture
def review(partnership):
    return ReviewFactory(partnership=partnership, reference="0319")


@pytest.fixture
def action_of(review, agency):
    """Return a function that makes an action of the review, led by the agency."""

    def make(**about):
        return ActionFactory(**{"recommendation__section__review": review, "lead_agency": agency} | about)

    return make


@pytest.fixture
def home(client):
    """Return a function that reads the first page as somebody sees it."""

    def read(user, **query):
        client.force_login(user)
        return text_of(client.get(reverse("home"), query))

    return read


def manager_of(partnership):
    return MembershipFactory(partnership=partnership).user


def member_of(partnership):
    return MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user


def lead_of(agency):
    return MembershipFactory(agency_lead=True, agency=agency).user


class TestOfAManager:
    def test_counts_what_waits_and_shows_what_has_waited_longest(self, home, partnership, action_of):
        submitted = [
            action_of(submitted=True, submitted_at=timezone.now() - timedelta(days), text=f"Waiting {days} days")
            for days in range(1, 6)
        ]
        late = action_of(extension_pending=True, text="Train every crew")
        ExtensionFactory(action=late)
        Comment.objects.create(
            action=submitted[0], by=UserFactory(), at=timezone.now(), kind="challenge", text="Is that so?"
        )
        page = home(manager_of(partnership))
        assert "5 To sign off" in page
        assert page.index("Waiting 5 days") < page.index("Waiting 4 days") < page.index("Waiting 3 days")
        assert "1 Later dates to decide" in page
        assert "Train every crew" in page
        assert "1 Challenges without a reply" in page
        assert "0 Impact checks due" in page

    def test_a_challenge_that_was_answered_no_longer_waits(self, home, partnership, action_of):
        action, manager = action_of(), manager_of(partnership)
        challenge = services.comment_action(action=action, by=manager, kind="challenge", text="Is that so?")
        assert "1 Challenges without a reply" in home(manager)
        services.reply(comment=challenge, by=manager, text="It is.")
        assert "0 Challenges without a reply" in home(manager)

    def test_what_was_returned_counts_until_it_is_submitted_again(self, home, partnership, action_of, agency):
        action, manager, lead = action_of(submitted=True), manager_of(partnership), lead_of(agency)
        services.return_action(action=action, by=manager, reason="The minutes are missing.")
        assert "1 Returned, not yet answered" in home(manager)
        EvidenceFactory(actions=[action])
        services.submit_action(action=action, by=lead, what_was_done="The minutes are here.")
        assert "0 Returned, not yet answered" in home(manager)
        assert "1 To sign off" in home(manager)

    def test_says_how_the_partnership_stands_by_review_and_agency(self, home, partnership, action_of):
        action_of(overdue=True)
        action_of(complete=True)
        page = home(manager_of(partnership))
        assert "1 overdue" in page
        for heading in ("By review", "By agency that leads"):
            assert heading in page
        assert "Fern Valley Health" in page
        assert "0319" in page

    def test_leads_to_exactly_the_actions_that_it_counts_as_due_soon(self, client, home, partnership, action_of):
        for days in (-1, 0, 30, 31):
            action_of(text=f"due in {days} days", target_date=today() + timedelta(days))
        action_of(text="done", complete=True, target_date=today() + timedelta(3))
        home(manager_of(partnership))
        page = client.get(reverse("home")).content.decode()
        (address,) = re.findall(r'href="([^"]*)">2 due in the next 30 days', page)
        listed = client.get(html.unescape(address)).context["table"].page.object_list
        assert {row.record.text for row in listed} == {"due in 0 days", "due in 30 days"}

    def test_says_what_moved_this_week(self, home, partnership, action_of):
        manager = manager_of(partnership)
        UpdateFactory(action=action_of())
        UpdateFactory(action=action_of(), at=timezone.now() - timedelta(30))
        action = action_of(submitted=True)
        EvidenceFactory(actions=[action])
        services.sign_off(action=action, by=manager)
        action_of(target_date=today() - timedelta(2))
        page = home(manager)
        assert "1 action signed off" in page
        assert "1 action newly overdue" in page
        assert "1 update" in page

    def test_names_the_next_meeting_and_when_its_papers_close(self, home, partnership, action_of):
        action_of()
        Meeting.objects.create(
            partnership=partnership,
            name="Learning group",
            date=today() + timedelta(20),
            papers_close_on=today() + timedelta(6),
        )
        Meeting.objects.create(partnership=partnership, name="A later one", date=today() + timedelta(90))
        page = home(manager_of(partnership))
        assert "Learning group" in page
        assert "Papers close in 6 days" in page
        assert "A later one" not in page

    def test_is_true_again_the_next_day(self, home, partnership, action_of, clock):
        action_of(target_date=today())
        manager = manager_of(partnership)
        assert "0 overdue" in home(manager)
        clock.shift(timedelta(days=1))
        assert "1 overdue" in home(manager)

    def test_is_true_again_after_every_change(self, home, partnership, action_of):
        action, manager = action_of(overdue=True), manager_of(partnership)
        assert "1 overdue" in home(manager)
        services.pause_action(action=action, by=manager, reason="Waits for the inquest.")
        assert "0 overdue" in home(manager)

    def test_tells_somebody_without_a_review_to_import_one(self, home, partnership):
        page = home(manager_of(partnership))
        assert "There is no review yet" in page
        assert "Import a plan" in page


class TestOfALead:
    def test_says_of_each_action_the_one_thing_to_do_next(self, home, agency, action_of):
        action_of(text="Unheard", status=Status.UNKNOWN, last_update_on=None)
        action_of(text="Late without evidence", overdue=True)
        shown = action_of(text="Late with evidence", overdue=True)
        EvidenceFactory(actions=[shown])
        action_of(text="Handed in", submitted=True)
        page = home(lead_of(agency))
        for text, step in (
            ("Unheard", "Say how far it is"),
            ("Late without evidence", "Add evidence and submit"),
            ("Late with evidence", "Submit it, if it is done"),
            ("Handed in", "Wait for sign-off"),
        ):
            assert step in page[page.index(text) :][:400], text

    def test_begins_with_what_is_longest_overdue(self, home, agency, action_of):
        action_of(text="Due later", target_date=today() + timedelta(60))
        action_of(text="Undated", undated=True)
        action_of(text="Long overdue", target_date=today() - timedelta(300))
        page = home(lead_of(agency))
        assert page.index("Long overdue") < page.index("Due later") < page.index("Undated")

    def test_tells_what_came_back_and_why(self, home, agency, partnership, action_of):
        action = action_of(submitted=True, text="Brief the night staff")
        services.return_action(action=action, by=manager_of(partnership), reason="Who was briefed?")
        page = home(lead_of(agency))
        assert "Came back to you" in page
        assert "Answer the return" in page
        assert "Who was briefed?" in page

    def test_asks_to_answer_a_challenge(self, home, agency, partnership, action_of):
        services.comment_action(action=action_of(), by=manager_of(partnership), kind="challenge", text="Is that so?")
        assert "Answer the challenge" in home(lead_of(agency))

    def test_shows_what_the_agency_supports_and_nothing_of_others(self, home, agency, partnership, review):
        other = AgencyFactory(partnerships=[partnership])
        section = RecommendationFactory(section__review=review).section
        ActionFactory(
            recommendation__section=section, lead_agency=other, supporting_agencies=[agency], text="Helped by us"
        )
        ActionFactory(recommendation__section=section, lead_agency=other, text="Theirs alone")
        page = home(lead_of(agency))
        assert "Helped by us" in page
        assert "Theirs alone" not in page
        assert "1 to do" in page

    def test_shows_nothing_of_a_restricted_review(self, home, agency, action_of, review):
        review.restricted = True
        review.save()
        action_of(text="Kept close", overdue=True)
        page = home(lead_of(agency))
        assert "Kept close" not in page
        assert "No action is yours yet" in page
        assert "overdue" not in page

    def test_finds_an_action_of_a_partnership_that_the_agency_does_not_serve(self, home, agency):
        lead = lead_of(agency)
        home(lead)
        ActionFactory(lead_agency=agency, text="From afar")
        assert "From afar" in home(lead)


class TestOfAMember:
    def test_shows_exceptions_and_what_changed_since_the_last_meeting(self, home, partnership, action_of):
        Meeting.objects.create(partnership=partnership, name="Board", date=today() - timedelta(40))
        action_of(text="Long overdue", overdue=True)
        UpdateFactory(action=action_of(), at=timezone.now() - timedelta(30))
        page = home(member_of(partnership))
        assert "Long overdue" in page
        assert "What changed since the meeting of" in page
        assert "1 update" in page
        assert "What needs you" not in page

    def test_counts_nothing_of_a_restricted_review(self, home, partnership, action_of):
        action_of()
        ActionFactory(
            recommendation__section__review__partnership=partnership,
            recommendation__section__review__restricted=True,
            overdue=True,
            text="Kept close",
        )
        page = home(member_of(partnership))
        assert "0 overdue" in page
        assert "Kept close" not in page
        manager = home(manager_of(partnership))
        assert "1 overdue" in manager


class TestOfSomebodyWithSeveralRoles:
    def test_has_what_each_needs_once(self, home, partnership, agency, action_of):
        action_of(overdue=True)
        user = manager_of(partnership)
        MembershipFactory(user=user, partnership=partnership, role=Role.BOARD_MEMBER)
        MembershipFactory(user=user, agency_lead=True, agency=agency)
        page = home(user)
        for heading in ("What needs you", "Your actions", "How Fern Valley Partnership stands"):
            assert page.count(heading) == 1

    def test_chooses_among_their_partnerships_and_no_others(self, client, home, partnership, action_of):
        action_of()
        second = PartnershipFactory(name="Zeal Partnership")
        user = manager_of(partnership)
        MembershipFactory(user=user, partnership=second, role=Role.BOARD_MEMBER)
        assert "How Fern Valley Partnership stands" in home(user)
        assert "How Zeal Partnership stands" in home(user, partnership=second.pk)
        assert client.get(reverse("home"), {"partnership": PartnershipFactory().pk}).status_code == 404

    def test_an_administrator_sees_everything(self, home, partnership, action_of):
        action_of(submitted=True)
        page = home(UserFactory(administrator=True))
        assert "1 To sign off" in page
        assert "How Fern Valley Partnership stands" in page

    def test_somebody_without_a_role_is_told_whom_to_ask(self, home):
        assert "There is nothing here for you yet" in home(UserFactory())


@pytest.mark.parametrize("who", ["manager", "member", "lead", "administrator", "everything"])
def test_takes_a_constant_number_of_queries(client, partnership, agency, action_of, who):
    user = {
        "manager": lambda: manager_of(partnership),
        "member": lambda: member_of(partnership),
        "lead": lambda: lead_of(agency),
        "administrator": lambda: UserFactory(administrator=True),
        "everything": lambda: manager_of(partnership),
    }[who]()
    if who == "everything":
        MembershipFactory(user=user, agency_lead=True, agency=agency)

    def make(count):
        for _ in range(count):
            section = action_of(overdue=True).recommendation.section
            Comment.objects.create(
                action=action_of(recommendation__section=section, submitted=True),
                by=user,
                at=timezone.now(),
                kind="challenge",
                text="?",
            )
            ExtensionFactory(action=action_of(extension_pending=True))
            UpdateFactory(action=action_of(returned_at=timezone.now()))

    client.force_login(user)

    def queries():
        client.get(reverse("home"))  # finds the figures
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("home"))
        return len(captured)

    make(4)
    few = queries()
    make(8)
    assert queries() == few
    assert few <= 40
