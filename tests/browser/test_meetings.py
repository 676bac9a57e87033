"""A meeting run from the screen: each outcome, with and without JavaScript, at a desk and on a phone, by keyboard."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from actions import services as of_actions
from actions.choices import Status
from actions.meetings import services
from actions.models import Comment, Meeting, MeetingDecision
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    UserFactory,
    today,
)

from .conftest import assert_accessible, hear_complaints, let_in

pytestmark = pytest.mark.django_db(transaction=True)

LATER = today() + timedelta(200)


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership", short_name="Wyvernshire")


@pytest.fixture
def manager(partnership):
    return MembershipFactory(user__name="Siân Ahmed", partnership=partnership).user


@pytest.fixture
def meeting(partnership, manager):
    """A meeting with something to decide of each kind: a sign-off, a later date, a late action, no action at all."""
    police = AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])
    MembershipFactory(user__name="Kim Osei", partnership=partnership, role=Role.BOARD_MEMBER)
    asked = RecommendationFactory(number="12", section__review__partnership=partnership)

    def add(text, **about):
        return ActionFactory(recommendation=asked, lead_agency=police, text=text, **about)

    done = add("Brief every response officer.", label="a", submitted=True)
    EvidenceFactory(actions=[done])
    late = add("Write to every school.", label="b", overdue=True)
    of_actions.ask_extension(action=late, by=UserFactory(), asked_for_date=LATER, reason="The schools are closed.")
    add("Count what children say.", label="c", overdue=True)
    RecommendationFactory(section=asked.section, number="13", text="Listen to every child alone.")
    return services.enter_meeting(partnership=partnership, by=manager, name="Case Review Sub-group", date=today())


def open_page(browser, live_server, user, width, **options):
    """Return a page of a new window in which a person is signed in."""
    page = browser.new_context(viewport={"width": width, "height": 900}, **options).new_page()
    let_in(page, live_server.url, user)
    return page


def record(page, panel, button, **typed):
    """Open a panel, type into its form and send it."""
    within = page.locator("details", has=page.locator(f"summary:text-is('{panel}')"))
    within.locator("summary").click()
    for label, text in typed.items():
        within.get_by_label(label.replace("_", " "), exact=False).first.fill(text)
    within.get_by_role("button", name=button).click()
    page.wait_for_url("**#recorded")
    page.get_by_role("heading", name="Recorded").wait_for()
    assert not page.locator(".govuk-notification-banner").count()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_meeting_from_its_agenda_to_its_list_of_decisions(browser, live_server, manager, meeting, width, scripts):
    page = open_page(browser, live_server, manager, width, java_script_enabled=scripts)
    complaints = hear_complaints(page)
    check = (lambda: assert_accessible(page)) if scripts else (lambda: None)

    page.goto(f"{live_server.url}{reverse('meeting-list')}")
    check()
    page.get_by_role("link", name="Case Review Sub-group").click()
    check()
    page.get_by_role("link", name="Say who was present").click()
    check()
    page.get_by_label("Kim Osei").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Agenda").or_(page.get_by_role("link", name="Agenda", exact=True)).first.click()
    check()
    page.get_by_role("button", name="Save the agenda").click()
    page.get_by_text("The agenda is saved").wait_for()
    page.locator("a", has_text="Run the meeting").click()

    # Sign off
    page.get_by_role("heading", name="Brief every response officer.").wait_for()
    page.get_by_text("1 of 4").wait_for()
    check()
    record(page, "Sign off", "Sign it off", Note="Well done.")
    check()
    page.locator("a[rel=next]").click()

    # The later date that was asked for
    page.get_by_role("heading", name="Write to every school.").wait_for()
    within = page.locator("details", has=page.locator("summary:text-is('Later date')"))
    within.locator("summary").click()
    check()
    within.get_by_role("button", name="Record the date").click()
    page.get_by_text("There is a problem").wait_for()
    check()
    page.get_by_label("as asked for").check()
    page.get_by_role("button", name="Record the date").click()
    page.locator(".app-room__dealt").get_by_text("Later date agreed").wait_for()
    page.locator("a[rel=next]").click()

    # A challenge, and a decision
    page.get_by_role("heading", name="Count what children say.").wait_for()
    record(page, "Challenge", "Record the challenge", What_does_the_meeting="How do we know?")
    record(page, "Decision", "Record the decision", What_was_decided="Bring figures.", Who_is_to_do="Chief analyst")
    check()
    page.locator("a[rel=next]").click()

    # A recommendation without an action, which the meeting leaves
    page.get_by_role("heading", name="Listen to every child alone.").wait_for()
    check()
    page.locator("a[rel=next]").click()
    page.get_by_role("heading", name="Not dealt with").wait_for()
    check()
    expect(page.get_by_text("3 items dealt with")).to_be_visible()
    with page.expect_download() as had:
        page.locator("a", has_text="List of decisions as Word").click()
    assert had.value.suggested_filename.startswith("Decisions - Case Review Sub-group")

    outcomes = {each.about.text: each.outcome for each in MeetingDecision.objects.all() if each.outcome != "challenge"}
    assert outcomes == {
        "Brief every response officer.": "signed_off",
        "Write to every school.": "date_agreed",
        "Count what children say.": "decision",
    }
    assert Comment.objects.get(kind="challenge").text == "How do we know?"
    signed_off = MeetingDecision.objects.get(outcome="signed_off").action
    assert (signed_off.status, signed_off.signed_off_by) == (Status.COMPLETE, manager)
    assert MeetingDecision.objects.get(outcome="date_agreed").action.target_date == LATER
    page.goto(f"{live_server.url}{signed_off.get_absolute_url()}")
    page.locator(".app-timeline").get_by_text("Signed off at Case Review Sub-group").wait_for()
    page.goto(f"{live_server.url}{meeting.get_absolute_url()}")
    check()
    assert not complaints, complaints
    page.context.close()


def test_the_arrow_keys_turn_the_items_and_leave_alone_who_writes(browser, live_server, manager, meeting):
    page = open_page(browser, live_server, manager, 1280)
    page.goto(f"{live_server.url}{reverse('run-meeting', args=[meeting.pk])}")
    page.get_by_text("1 of 4").wait_for()
    for key, item in (("ArrowRight", "2 of 4"), ("ArrowRight", "3 of 4"), ("ArrowLeft", "2 of 4")):
        page.wait_for_load_state()  # scripts hear of keys when the page is whole
        page.keyboard.press(key)
        page.get_by_text(item).wait_for()
    page.locator("summary", has_text="Decision").focus()
    page.keyboard.press("Enter")
    writing = page.get_by_label("What was decided?")
    writing.focus()
    page.keyboard.type("Bring figures.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(writing).to_have_value("Bring figures.")
    page.get_by_text("2 of 4").wait_for()
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Record the decision":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**#recorded")
    page.locator(".app-room__dealt").get_by_text("Decided").wait_for()
    page.context.close()


def test_two_at_two_screens_lose_nothing(browser, live_server, manager, meeting):
    page = open_page(browser, live_server, manager, 390)
    page.goto(f"{live_server.url}{reverse('run-meeting', args=[meeting.pk])}")
    about = Meeting.objects.get().partnership.reviews.get().actions.get(label="a")
    services.record(
        meeting=meeting, about=about, by=UserFactory(administrator=True, name="Kim"), outcome="decision", text="Theirs."
    )
    within = page.locator("details", has=page.locator("summary:text-is('Decision')"))
    within.locator("summary").click()
    within.get_by_label("What was decided?").fill("Mine.")
    within.get_by_role("button", name="Record the decision").click()
    page.get_by_role("heading", name="Somebody else was quicker").wait_for()
    page.locator(".app-timeline").get_by_text("Theirs.").wait_for()
    assert_accessible(page)
    page.get_by_role("button", name="Record the decision").click()
    page.wait_for_url("**#recorded")
    assert list(MeetingDecision.objects.values_list("text", flat=True)) == ["Theirs.", "Mine."]
    page.context.close()
