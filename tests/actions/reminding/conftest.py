"""What tests of reminders share: a working day in the morning, a partnership with everybody in it, and its mail."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from actions.reminding import sending
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, AgencyFactory, MembershipFactory, PartnershipFactory, ReviewFactory

LONDON = ZoneInfo("Europe/London")
#: A Tuesday.
TODAY = date(2026, 11, 24)


@pytest.fixture
def day(time_machine):
    """Return a function that puts the clock to a morning: today, or so many days later."""

    def at(days=0, hour=7):
        moment = datetime(TODAY.year, TODAY.month, TODAY.day, hour, tzinfo=LONDON) + timedelta(days)
        time_machine.move_to(moment, tick=False)
        return moment.date()

    at()
    return at


@pytest.fixture
def world(day):
    """A partnership with a police force, and everybody who may be told something."""
    partnership = PartnershipFactory(name="Wyvernshire")
    agency = AgencyFactory(name="Police", partnerships=[partnership])
    review = ReviewFactory(partnership=partnership, reference="0319", pseudonym="Kit")

    def person(name, **role):
        return MembershipFactory(user__name=name, user__email=f"{name.lower()}@example.org", **role).user

    return SimpleNamespace(
        partnership=partnership,
        agency=agency,
        review=review,
        lead=person("Lea", agency_lead=True, agency=agency),
        senior=person("Sena", agency_lead=True, agency=agency, is_senior=True),
        chair=person("Chaya", role=Role.BOARD_MEMBER, partnership=partnership, is_senior=True),
        member=person("Memo", role=Role.BOARD_MEMBER, partnership=partnership),
        manager=person("Mana", partnership=partnership),
    )


@pytest.fixture
def due(world):
    """Return a function that makes an action of the force that is due in so many days, assigned to its lead."""

    def make(days, *, people=None, **about):
        target = TODAY + timedelta(days)
        about = {"recommendation__section__review": world.review, "lead_agency": world.agency, **about}
        about.setdefault("last_update_on", TODAY - timedelta(200))
        action = ActionFactory(target_date=target, original_target_date=target, **about)
        action.people.add(*([world.lead] if people is None else people))
        return action

    return make


@pytest.fixture
def send(day):
    """Return a function that sends the digests of a day, and returns {address: text} of what was sent."""

    def run(days=0):
        mail.outbox.clear()
        sending.run(day(days))
        return {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}

    return run
