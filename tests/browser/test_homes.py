"""The first page of each role, and the data warnings, at the width of a desk's screen and of a phone."""

from datetime import timedelta

import pytest

from actions import services
from actions.models import Meeting
from scr_tracker.permissions import Role
from tests.factories import MembershipFactory, UserFactory, today

from .conftest import let_in
from .test_accessibility import plan, wide  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enter(wide, live_server):  # noqa: F811
    """Return a function that signs a person in and leaves them on their first page."""

    def sign_in(user):
        let_in(wide, live_server.url, user)
        wide.goto(live_server.url)

    return sign_in


@pytest.fixture
def busy(plan):  # noqa: F811
    """The plan with something that waits of every kind, and a meeting before and after."""
    partnership, manager = plan.review.partnership, MembershipFactory(partnership=plan.review.partnership).user
    submitted = plan.recommendation.actions.get(status="submitted")
    services.return_action(action=submitted, by=manager, reason="Who was briefed?")
    services.comment_action(action=plan, by=manager, kind="challenge", text="Is that so?")
    for days in (-30, 30):
        Meeting.objects.create(
            partnership=partnership,
            name="Board",
            date=today() + timedelta(days),
            papers_close_on=today() + timedelta(days - 10),
        )
    return plan


@pytest.mark.parametrize("who", ["manager", "lead", "member", "administrator", "nobody"])
def test_the_home_of_each_role_is_accessible(wide, enter, check, busy, who):  # noqa: F811
    partnership = busy.review.partnership
    enter(
        {
            "manager": lambda: MembershipFactory(partnership=partnership).user,
            "lead": lambda: MembershipFactory(agency_lead=True, agency=busy.lead_agency).user,
            "member": lambda: MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user,
            "administrator": lambda: UserFactory(administrator=True),
            "nobody": UserFactory,
        }[who]()
    )
    check()
    assert wide.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_data_warnings_are_accessible_and_one_is_settled(wide, live_server, enter, check, busy):  # noqa: F811
    enter(MembershipFactory(partnership=busy.review.partnership).user)
    wide.goto(f"{live_server.url}/data-warnings/")
    check()
    wide.get_by_role("link", name="It is all right").first.click()
    check()
    wide.get_by_role("button", name="Say it is all right").click()
    wide.get_by_text("There is a problem").wait_for()
    check()
    wide.get_by_label("Why is it all right?").fill("The register is on paper.")
    wide.get_by_role("button", name="Say it is all right").click()
    wide.get_by_text("Noted: it is all right").wait_for()
    wide.get_by_role("link", name="Show what was looked at").click()
    wide.get_by_text("The register is on paper.").wait_for()
    check()


def test_the_help_page_is_accessible(wide, live_server, enter, check, busy):  # noqa: F811
    enter(UserFactory(administrator=True))
    wide.get_by_role("link", name="Help").click()
    wide.get_by_role("heading", name="What the words mean").wait_for()
    check()


def test_the_accessibility_statement_is_accessible(wide, live_server, check):  # noqa: F811
    wide.goto(f"{live_server.url}/accessibility/")
    check()
