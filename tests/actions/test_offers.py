"""Pages offer what a person can do there, and leave out what has nothing to say yet."""

from datetime import timedelta

import pytest
from django.urls import reverse

from actions.models import Meeting
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, today

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "changes"), [(Role.BUSINESS_MANAGER, True), (Role.BOARD_MEMBER, False)])
def test_the_list_offers_to_change_actions_to_those_who_may(client, sign_in_as, role, changes):
    sign_in_as(role, ActionFactory().review.partnership)
    page = client.get(reverse("action-list")).content.decode()
    assert ("data-sheet-link" in page) == changes
    assert (">Change<" in page or "data-change" in page) == changes
    assert 'name="chosen"' in page


@pytest.mark.parametrize(("traits", "asked"), [({}, True), ({"complete": True}, False)])
def test_an_update_asks_where_an_action_stands_only_where_there_is_a_choice(client, sign_in_as, traits, asked):
    action = ActionFactory(**traits)
    sign_in_as(of=action.review.partnership)
    page = client.get(action.get_absolute_url()).content.decode()
    assert ("Where does this action stand?" in page) == asked
    assert page.count('name="status"') == (3 if asked else 1)


@pytest.mark.parametrize(("days", "said"), [(-1, True), (1, False)])
def test_a_meeting_to_come_says_nothing_of_who_was_there(client, sign_in_as, days, said):
    partnership = ActionFactory().review.partnership
    sign_in_as(Role.BOARD_MEMBER, partnership)
    meeting = Meeting.objects.create(partnership=partnership, name="Board", date=today() + timedelta(days))
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert ("Who was present" in page) == ("No decision has been recorded" in page) == said
    assert "Reports made for it" in page
