"""The help page says to each person what people in their roles come to do."""

import pytest
from django.urls import reverse

from scr_tracker.permissions import Role
from tests.factories import AgencyFactory, PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db

LEAD, MANAGER, MEMBER = "If you lead for an agency", "If you manage", "If you are on the board"


@pytest.mark.parametrize(
    ("role", "of", "said"),
    [
        (Role.AGENCY_LEAD, AgencyFactory, LEAD),
        (Role.BUSINESS_MANAGER, PartnershipFactory, MANAGER),
        (Role.BOARD_MEMBER, PartnershipFactory, MEMBER),
    ],
)
def test_it_is_about_the_role_of_who_reads_it(client, sign_in_as, role, of, said):
    sign_in_as(role, of())
    page = client.get(reverse("help")).content.decode()
    assert [each for each in (LEAD, MANAGER, MEMBER) if each in page] == [said]
    assert f'href="{reverse("help")}"' in page


def test_somebody_without_a_role_reads_whom_to_ask(client):
    client.force_login(UserFactory())
    assert "You have no role" in client.get(reverse("help")).content.decode()


def test_administrators_read_everything(client):
    client.force_login(UserFactory(administrator=True))
    page = client.get(reverse("help")).content.decode()
    assert all(each in page for each in (LEAD, MANAGER, MEMBER))
