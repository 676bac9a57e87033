"""A business manager makes a whole plan by hand in a browser, and issues the monitoring report from it."""

import shutil
import subprocess

import pytest

from actions.models import Action
from reviews.models import Recommendation, Review
from tests.browser.conftest import assert_accessible, hear_complaints, let_in
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

LISTEN = "All midwives must ask the mother about domestic abuse when she books, and see her alone."


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT, settings.JOBS = tmp_path / "media", "at-once"


@pytest.fixture
def partnership():
    """A partnership with two agencies, a lead, a member of the board and an earlier review."""
    partnership = PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership", short_name="Wyvernshire")
    hospital = AgencyFactory(name="Wyvernshire Hospital", partnerships=[partnership])
    AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])
    MembershipFactory(agency_lead=True, agency=hospital, user__name="Łukasz Nowak")
    MembershipFactory(partnership=partnership, role="board_member", user__name="Kim Osei")
    earlier = RecommendationFactory(
        section__review__partnership=partnership,
        section__review__reference="0119",
        text="Midwives should ask about domestic abuse at booking, alone with the mother.",
    )
    ActionFactory(recommendation=earlier, complete=True, completion_evidence="Audited.")
    return partnership


@pytest.fixture(
    params=[(1280, True), (390, True), (390, False)],
    ids=["1280 wide", "390 wide", "390 wide without JavaScript"],
)
def page(request, browser, live_server, partnership):
    """A page on which a business manager is signed in."""
    width, with_scripts = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=with_scripts, accept_downloads=True
    )
    page = context.new_page()
    complaints = hear_complaints(page)
    user = MembershipFactory(user__name="Siân Ahmed", partnership=partnership).user
    let_in(page, live_server.url, user)
    page.with_scripts = with_scripts
    yield page
    context.close()
    assert not complaints, complaints


def look(page):
    """Check that a page is accessible; axe itself is a script."""
    if page.with_scripts:
        assert_accessible(page)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).first.click()


def unfold(page, summary):
    page.locator("summary", has_text=summary).click()


def test_a_whole_plan_is_made_by_hand_and_reported_on(page, live_server, tmp_path):
    # The review.
    page.goto(f"{live_server.url}/reviews/")
    page.get_by_role("button", name="Add a review").click()
    look(page)
    press(page, "Add the review")
    page.get_by_role("link", name="Enter the reference of the review").click()
    look(page)
    page.get_by_label("Reference", exact=True).fill("0420")
    page.get_by_label("Pseudonym").fill("Robin")
    press(page, "Add the review")
    page.get_by_text("Now import its plan, or add the first recommendation").wait_for()
    look(page)

    # Its first recommendation, once it is seen what was said before.
    follow(page, "add the first recommendation")
    page.get_by_label("Recommendation", exact=True).fill(LISTEN)
    page.get_by_label("Section of the plan").fill("Health")
    press(page, "Check what was said before")
    page.get_by_text("Other reviews recommended something in much the same words").wait_for()
    page.get_by_text("1 of 1 action complete").wait_for()
    look(page)
    assert page.get_by_label("Section of the plan").input_value() == "Health"
    page.get_by_label("Accepted", exact=True).check()
    press(page, "Add the recommendation")
    page.get_by_text("Recommendation 1 is added").wait_for()
    look(page)

    # What was said before is on its page too, to be linked.
    page.get_by_role("button", name="Link it").click()
    page.get_by_text("Linked: repeats").wait_for()

    # An action, with a date in words.
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What will be done?").fill("Put the question on the booking form.")
    page.get_by_label("Target date").fill("soonish")
    press(page, "Add the action")
    page.get_by_role("link", name="“soonish” was not understood").click()
    look(page)
    page.get_by_label("Target date").fill("May 2031")
    page.get_by_label("Lead agency").select_option(label="Wyvernshire Hospital")
    page.get_by_label("Lead officers").fill("Head of Midwifery")
    unfold(page, "Assign it to people")
    page.get_by_label("Łukasz Nowak, Wyvernshire Hospital").check()
    page.get_by_label("Evidence expected").fill("Audit of 40 records.")
    press(page, "Save and add another")
    page.get_by_text("Due May 2031: overdue after 31 May 2031.").wait_for()
    assert page.get_by_label("Label").input_value() == "b"
    page.get_by_label("What will be done?").fill("Tell every midwife.")
    page.get_by_label("Target date").fill("ongoing")
    press(page, "Add the action")
    page.get_by_text("The action is added.").wait_for()
    look(page)

    # A second recommendation, turned down with a reason; a response to both.
    page.goto(live_server.url + Review.objects.get(reference="0420").get_absolute_url())
    page.get_by_role("link", name="Add a recommendation to Health").click()
    assert page.get_by_label("Number").input_value() == "2"
    page.get_by_label("Recommendation", exact=True).fill("Publish a leaflet on safe sleeping.")
    page.get_by_label("No action needed").check()
    page.get_by_label("Reason for the decision").fill("The national leaflet is used.")
    press(page, "Add the recommendation")
    page.get_by_text("Recommendation 2 is added").wait_for()
    follow(page, "Add a response")
    look(page)
    page.get_by_label("Response", exact=True).fill("We agree with both.")
    page.get_by_label("1: All midwives must").check()
    press(page, "Add the response")
    page.get_by_text("The response is added").wait_for()
    follow(page, "Change")
    look(page)
    page.get_by_label("Recommendation", exact=True).fill("Publish a leaflet about safe sleeping.")
    page.get_by_label("Why is it changed?").fill("As in the final report")
    press(page, "Save")
    page.get_by_text("The recommendation is changed").wait_for()
    press(page, "Move up")
    page.get_by_text("is moved up").wait_for()
    assert [each.number for each in Recommendation.objects.filter(section__title="Health").order_by("order")] == [
        "2",
        "1",
    ]

    # Sections, and the plan as it stands.
    page.goto(live_server.url + Review.objects.get(reference="0420").get_absolute_url())
    look(page)
    follow(page, "Sections")
    look(page)
    page.get_by_role("button", name="Add a section").click()
    page.get_by_label("Title").fill("Police")
    page.get_by_label("Whose part of the plan is it?").select_option(label="Wyvernshire Constabulary")
    look(page)
    press(page, "Add the section")
    page.get_by_role("button", name="Up Police").click()
    page.get_by_role("button", name="Down Police").wait_for()
    look(page)

    # The monitoring report.
    page.goto(live_server.url + Review.objects.get(reference="0420").get_absolute_url())
    page.get_by_role("button", name="Make a report").click()
    page.get_by_role("button", name="See the draft").click()
    page.get_by_role("heading", name="The report as a draft").wait_for()
    page.get_by_role("button", name="Issue version 1").click()
    page.get_by_text("Fingerprint of the file").wait_for()
    with page.expect_download() as had:
        page.get_by_role("button", name="Download (PDF").first.click()
    had.value.save_as(tmp_path / "report.pdf")
    if shutil.which("pdftotext"):
        words = subprocess.run(
            ["pdftotext", "-raw", tmp_path / "report.pdf", "-"], capture_output=True, check=True, text=True
        ).stdout
        for said in ("Robin", "Put the question on the booking form.", "May 2031", "Head of Midwifery"):
            assert said in " ".join(words.split()), said
    assert Review.objects.get(reference="0420").actions.count() == 2


def test_a_change_is_refused_with_a_reason_missing_and_shown_where_somebody_was_quicker(page, live_server, partnership):
    action = Action.objects.get(recommendation__section__review__reference="0119")
    page.goto(live_server.url + action.get_absolute_url())
    follow(page, "Change what this action says or answers")
    look(page)
    page.get_by_label("What will be done?").fill("My words.")
    press(page, "Save")
    page.get_by_role("link", name="Enter why the action is changed").wait_for()
    look(page)
    action.text = "Their words."
    action.save()
    page.get_by_label("Why is the action changed?").fill("Clearer")
    press(page, "Save")
    page.get_by_text("Somebody else changed this while you were writing").wait_for()
    look(page)
    press(page, "Save what I wrote")
    page.get_by_text("The action is changed").wait_for()
    action.refresh_from_db()
    assert action.text == "My words."


def test_the_house_is_kept(page, live_server):
    page.goto(f"{live_server.url}/people/")
    look(page)
    follow(page, "Settings")
    look(page)
    page.get_by_label("Days that count as due soon").fill("14")
    page.get_by_label("Blue").fill("Closed")
    press(page, "Save")
    page.get_by_text("The settings are changed").wait_for()
    follow(page, "Agencies")
    look(page)
    page.get_by_role("button", name="Add an agency").click()
    page.get_by_label("Name", exact=True).fill("Wyvernshire Schools")
    page.get_by_label("Colour").fill("blue")
    press(page, "Add the agency")
    page.get_by_role("link", name="Enter a colour such as").click()
    look(page)
    page.get_by_label("Colour").fill("#1d70b8")
    press(page, "Add the agency")
    page.get_by_text("Wyvernshire Schools is added").wait_for()
    page.get_by_role("link", name="Change Wyvernshire Schools").click()
    look(page)


def test_a_recommendation_is_withdrawn(page, live_server):
    found = Recommendation.objects.get(section__review__reference="0119")
    page.goto(live_server.url + found.get_absolute_url())
    follow(page, "Withdraw")
    look(page)
    page.get_by_label("Why is it withdrawn?").fill("Said twice")
    press(page, "Withdraw it")
    page.get_by_text("The recommendation is withdrawn").wait_for()
    look(page)
