"""Searching from any page, at the width of a desk's screen and of a phone, and without JavaScript."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from actions.models import Comment
from tests.browser.conftest import PHONE
from tests.factories import (
    PASSWORD,
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[1280, 390], ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


@pytest.fixture
def partnership():
    """A partnership whose plans speak of supervision."""
    partnership = PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership")
    agency = AgencyFactory(name="Wyvern Community Trust", partnerships=[partnership])
    review = ReviewFactory(
        partnership=partnership, reference="0319", pseudonym="Kit", plan_notes="Supervision is everybody’s business."
    )
    recommendation = RecommendationFactory(
        section__review=review,
        section__title="Community health",
        number="58",
        text="The Trust should assure itself that supervision asks what daily life is like for the child, "
        "and that what is heard is written down where the next worker finds it.",
    )
    ResponseFactory(review=review, recommendations=[recommendation], text="The supervision template now asks for it.")
    for label, traits in zip("abc", ({"overdue": True}, {"complete": True}, {}), strict=True):
        action = ActionFactory(
            recommendation=recommendation,
            label=label,
            text="Rewrite the template for supervision with those who use it, and train every supervisor.",
            lead_agency=agency,
            **traits,
        )
        update = UpdateFactory(action=action, what_was_done="Forty supervisors were trained. Supervision is recorded.")
        EvidenceFactory(actions=[action], title="Audit of supervision records")
    Comment.objects.create(
        action=action, by=update.by, at=timezone.now(), kind="challenge", text="Does supervision reach night staff?"
    )
    for _ in range(20):
        UpdateFactory(action=action, what_was_done="The supervision group met.")
    return partnership


def test_somebody_finds_an_update_from_any_page(wide, live_server, sign_in, check, partnership):
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/")
    box = wide.get_by_role("searchbox", name="Search SCR Tracker")
    box.fill("forty supervisors")
    box.press("Enter")
    expect(wide.get_by_role("heading", name="Search")).to_be_visible()
    expect(wide.locator("mark").first).to_be_visible()
    check()
    wide.get_by_role("link", name="Update on action 58a").click()
    assert re.search(r"/actions/\d+/#update-\d+$", wide.url)
    expect(wide.locator("li:target")).to_be_in_viewport()
    check()


def test_every_state_of_the_page_is_accessible(wide, live_server, sign_in, check, partnership):
    sign_in(partnership)
    for question in (
        "",
        "?q=supervision",
        "?q=supervision&kind=actions",
        "?q=suprevision",
        "?q=%25",
        "?q=qqqqq",
        "?q=the",
    ):
        wide.goto(f"{live_server.url}/search/{question}")
        check()
        assert wide.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), question


def test_it_works_by_keyboard_and_without_javascript(browser, live_server, partnership):
    user = MembershipFactory(partnership=partnership).user
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{live_server.url}/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("searchbox").fill("supervision")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("^Updates")).click()
    expect(page.get_by_text("Results 1 to 20 of 23")).to_be_visible()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("Results 21 to 23 of 23")).to_be_visible()
    page.context.close()
