"""The life of an action in a browser, with three people: an agency lead, a business manager, a board member."""

import pytest
from django.urls import reverse

from actions import services
from actions.choices import Status
from scr_tracker.permissions import Role
from tests.factories import (
    PASSWORD,
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[1280, 390], ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


@pytest.fixture
def agency():
    return AgencyFactory(name="Wyvernshire Constabulary", partnerships=[PartnershipFactory(short_name="Wyvernshire")])


@pytest.fixture
def action(agency):
    """An action that the agency leads."""
    return ActionFactory(
        recommendation__section__review__partnership=agency.partnerships.get(),
        text="Brief every response officer on the voice of the child.",
        lead_agency=agency,
    )


@pytest.fixture
def people(agency):
    """Three people, by what they are."""
    partnership = agency.partnerships.get()

    def member(name, role, **of):
        return MembershipFactory(user__name=name, role=role, **of).user

    return {
        "lead": member("Łukasz Nowak", Role.AGENCY_LEAD, agency=agency),
        "manager": member("Siân Ahmed", Role.BUSINESS_MANAGER, partnership=partnership),
        "member": member("Kim Osei", Role.BOARD_MEMBER, partnership=partnership),
    }


@pytest.fixture
def become(wide, live_server):
    """Return a function that signs a person in, whoever was signed in before."""

    def become_person(user, page=wide):
        page.context.clear_cookies()
        page.goto(f"{live_server.url}{reverse('sign-in')}")
        type_sign_in(page, user)
        return user

    return become_person


def type_sign_in(page, user):
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def test_from_a_submission_to_a_challenge(wide, live_server, become, check, action, people):
    address = live_server.url + action.get_absolute_url()

    become(people["lead"])
    wide.goto(address)
    check()
    wide.get_by_role("button", name="Submit as complete").click()
    wide.get_by_role("heading", name="Submit as complete").wait_for()
    check()
    wide.get_by_role("button", name="Submit as complete").click()
    wide.get_by_text("There is a problem").wait_for()
    check()
    wide.get_by_label("What was done?").fill("All 312 officers were briefed.")
    wide.get_by_label("Why is there no evidence?").fill("The register is on paper.")
    wide.get_by_role("button", name="Submit as complete").click()
    wide.get_by_text("Submitted. A business manager will sign it off or return it").wait_for()
    check()

    become(people["manager"])
    wide.goto(live_server.url + reverse("sign-off-queue"))
    check()
    wide.get_by_role("link", name="Return “Brief").click()
    wide.get_by_text("All 312 officers were briefed.").wait_for()
    check()
    wide.get_by_label("What is missing?").fill("Scan the register.")
    wide.get_by_role("button", name="Return to the lead agency").click()
    wide.get_by_text("Returned to the lead agency").wait_for()

    become(people["lead"])
    wide.goto(address)
    wide.locator(".app-timeline").get_by_text("Scan the register.").wait_for()
    EvidenceFactory(actions=[action], title="Register, scanned")
    wide.get_by_role("button", name="Submit as complete").click()
    wide.get_by_text("Register, scanned").wait_for()
    wide.get_by_label("What was done?").fill("The register is scanned.")
    wide.get_by_role("button", name="Submit as complete").click()
    wide.get_by_text("Submitted. A business manager").wait_for()

    become(people["manager"])
    wide.goto(live_server.url + reverse("sign-off-queue"))
    wide.get_by_role("link", name="Sign off “Brief").click()
    wide.get_by_role("heading", name="What was submitted").wait_for()
    check()
    wide.get_by_role("button", name="Sign off").click()
    wide.get_by_text("Signed off", exact=True).first.wait_for()
    check()
    action.refresh_from_db()
    assert (action.status, action.submitted_by, action.signed_off_by) == (
        Status.COMPLETE,
        people["lead"],
        people["manager"],
    )

    become(people["member"])
    wide.goto(address)
    wide.get_by_text("Comment on this action, or challenge it").click()
    check()
    wide.get_by_label("Challenge", exact=True).check()
    wide.get_by_label("What do you want to say?").fill("What do children say now?")
    wide.get_by_role("button", name="Add", exact=True).click()
    wide.get_by_text("Your words are added").wait_for()
    check()

    become(people["lead"])
    wide.goto(address)
    wide.get_by_role("link", name="Reply").click()
    wide.get_by_label("What is your reply?").wait_for()
    check()
    wide.get_by_label("What is your reply?").fill("The survey is in June.")
    wide.get_by_role("button", name="Reply").click()
    wide.get_by_text("Your reply is added").wait_for()
    check()


def test_every_page_of_a_step_is_accessible(wide, live_server, become, check, action, people):
    services.ask_extension(
        action=action,
        by=people["lead"],
        asked_for_date=action.target_date.replace(year=action.target_date.year + 1),
        reason="The trainer is ill.",
    )
    services.validate_rating(action=action, by=people["manager"], rating="red", reason="No news.")
    done = ActionFactory(recommendation=action.recommendation, complete=True)
    paused = ActionFactory(recommendation=action.recommendation, paused=True)
    waits = ActionFactory(recommendation=action.recommendation, submitted=True)
    other = ActionFactory(recommendation=action.recommendation)
    ExtensionFactory(action=waits)
    become(people["manager"])
    for address in (
        *(
            reverse(name, args=[action.pk])
            for name in ("agree-extension", "refuse-extension", "validate-rating", "withdraw-rating", "pause-action")
        ),
        *(reverse(name, args=[action.pk]) for name in ("supersede-action", "update-action", "comment-action")),
        reverse("ask-extension", args=[other.pk]),
        reverse("check-impact", args=[done.pk]),
        reverse("resume-action", args=[paused.pk]),
        reverse("take-back", args=[waits.pk]),
        reverse("sign-off", args=[action.pk]),
        reverse("extension-queue"),
        reverse("review-history", args=[action.review_id]),
        f"{action.review.get_absolute_url()}?as_at=2020-03-14",
        f"{action.review.get_absolute_url()}?as_at=2999-03-14",
    ):
        assert wide.goto(live_server.url + address).status == 200, address
        check()


def test_two_people_at_once_and_a_sign_in_that_ends_lose_nothing(wide, live_server, become, check, action, people):
    address = live_server.url + reverse("update-action", args=[action.pk])
    become(people["lead"])
    wide.goto(address)
    wide.get_by_label("What was done since the last update?").fill("My words.")
    services.report_progress(
        action=action,
        by=UserFactory(name="Somebody Else"),
        status=Status.ONGOING,
        what_was_done="Their words.",
        own_rating="",
    )
    wide.get_by_role("button", name="Save update").click()
    wide.get_by_role("heading", name="Somebody else changed this action while you were writing").wait_for()
    wide.locator(".app-timeline").get_by_text("Their words.").wait_for()
    check()
    wide.get_by_label("What was done since the last update?").fill("Their words and mine.")
    wide.context.clear_cookies(name="sessionid")
    wide.get_by_role("button", name="Save what I wrote").click()
    wide.get_by_text("You had been signed out.").wait_for()
    check()
    type_sign_in(wide, people["lead"])
    wide.get_by_text("You were signed out before this was saved.").wait_for()
    check()
    wide.get_by_role("button", name="Save update").click()
    wide.get_by_text("Update saved").wait_for()
    wide.locator(".app-timeline").get_by_text("Their words and mine.").wait_for()
