"""A partnership with a meeting, its manager, and a plan in which something of everything needs attention."""

import pytest

from actions.meetings import services
from tests.factories import AgencyFactory, MembershipFactory, PartnershipFactory, RecommendationFactory, today


@pytest.fixture
def partnership(db):
    return PartnershipFactory(name="Wyvernshire Partnership", short_name="Wyvernshire")


@pytest.fixture
def manager(partnership):
    return MembershipFactory(user__name="Siân Ahmed", partnership=partnership).user


@pytest.fixture
def agency(partnership):
    return AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])


@pytest.fixture
def recommendation(partnership):
    return RecommendationFactory(number="12", section__review__partnership=partnership)


@pytest.fixture
def meeting(partnership, manager):
    return services.enter_meeting(partnership=partnership, by=manager, name="Board", date=today())
