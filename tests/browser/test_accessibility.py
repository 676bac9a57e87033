"""Every page, at the width of a desk's screen and of a phone, has no violation of WCAG 2.2 AA."""

import pytest

from scr_tracker.history import remember
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = [1280, 390]


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


@pytest.fixture
def plan():
    """A plan with something of everything."""
    partnership = PartnershipFactory(short_name="Wyvernshire")
    agency = AgencyFactory(name="Łódź Road Surgery", colour="#1d70b8", partnerships=[partnership])
    first = RecommendationFactory(section__review__partnership=partnership, section__agency=agency)
    section = first.section
    late = ActionFactory(recommendation=first, overdue=True, lead_agency=agency, own_rating="amber")
    for traits in ({}, {"complete": True}, {"paused": True}, {"undated": True}, {"submitted": True}):
        ActionFactory(recommendation=first, lead_agency=agency, supporting_agencies=[agency], **traits)
    first.intended_outcome = "Children are heard."
    first.as_printed = {"status": "Complete\nComplete"}
    remember(first, by=None, why="Outcome agreed")
    lonely = RecommendationFactory(section=section)
    ResponseFactory(review=section.review, recommendations=[lonely])
    RecommendationFactory(section=section, acceptance="not_accepted", acceptance_reason="Law has changed.")
    UpdateFactory(action=late)
    ExtensionFactory(action=late)
    EvidenceFactory(actions=[late])
    return late


def test_every_page_is_accessible(wide, live_server, sign_in, check, plan):
    sign_in(plan.review.partnership)
    empty = ReviewFactory(partnership=plan.review.partnership)
    for address in (
        "/",
        "/reviews/",
        plan.review.get_absolute_url(),
        empty.get_absolute_url(),
        plan.recommendation.get_absolute_url(),
        "/actions/",
        "/actions/?rating=red&status=open&sort=-due",
        "/actions/?text=nothing+matches+this",
        "/actions/?due_before=soon",
        plan.get_absolute_url(),
        "/nowhere/",
    ):
        response = wide.goto(live_server.url + address)
        assert response.status == (404 if address == "/nowhere/" else 200), address
        check()


def test_the_pages_of_reports_are_accessible_from_draft_to_issue(wide, live_server, sign_in, check, plan):
    sign_in(plan.review.partnership)
    wide.goto(f"{live_server.url}/reports/")
    check()
    wide.get_by_role("button", name="Begin a report").click()
    wide.get_by_role("button", name="See the draft").wait_for()
    check()
    wide.get_by_label("Decisions asked for").fill("Agree the dates.")
    wide.get_by_role("button", name="See the draft").click()
    wide.get_by_role("heading", name="The report as a draft").wait_for()
    wide.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    check()
    wide.get_by_role("button", name="Issue version 1").click()
    wide.get_by_text("Fingerprint of the file").wait_for()
    check()
    wide.goto(f"{live_server.url}/reports/")
    check()


def test_a_form_with_errors_is_accessible(wide, live_server, sign_in, check, plan):
    sign_in(plan.review.partnership)
    wide.goto(live_server.url + plan.get_absolute_url())
    wide.get_by_role("button", name="Save update").click()
    wide.get_by_text("There is a problem").wait_for()
    check()
    wide.get_by_label("Ongoing").check()
    wide.get_by_role("button", name="Save update").click()
    wide.get_by_text("Update saved").wait_for()
    check()


def test_the_pages_of_somebody_who_has_nothing_yet_are_accessible(wide, live_server, sign_in, check):
    sign_in(MembershipFactory().partnership)
    for address in ("/", "/reviews/", "/actions/"):
        wide.goto(live_server.url + address)
        check()


def test_the_pages_of_evidence_packs_are_accessible_from_choice_to_download(
    wide, live_server, sign_in, check, plan, settings, tmp_path
):
    settings.MEDIA_ROOT, settings.JOBS = tmp_path / "media", "at-once"
    sign_in(plan.review.partnership)
    wide.goto(live_server.url + plan.review.get_absolute_url())
    wide.get_by_role("link", name="Evidence pack").click()
    wide.get_by_role("button", name="Make the pack").wait_for()
    check()
    wide.get_by_role("button", name="Make the pack").click()
    download = wide.get_by_role("button", name="Download the pack")
    download.wait_for()
    check()
    with wide.expect_download() as had:
        download.click()
    assert had.value.suggested_filename.startswith(f"Evidence pack {plan.review}")


def test_the_sign_in_page_is_accessible(wide, live_server, check):
    wide.goto(f"{live_server.url}/sign-in/")
    check()
    wide.get_by_role("button", name="Sign in").click()
    wide.get_by_text("There is a problem").wait_for()
    check()
