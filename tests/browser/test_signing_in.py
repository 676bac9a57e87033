"""Signing in as people do it in Chromium: app, passkey, recovery code, Microsoft; every page of it is accessible."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from scr_tracker.permissions import Role
from tests.factories import (
    PASSWORD,
    SECRET,
    ActionFactory,
    AgencyFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
    app_code,
)

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "Hello, Kim"


@pytest.fixture
def kim():
    return MembershipFactory(user__email="kim@example.org", user__name="Kim").user


@pytest.fixture
def passkeys(page):
    """Give the browser a device that recognises its owner."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    can = dict.fromkeys(("hasResidentKey", "hasUserVerification", "isUserVerified"), True)
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": device | can})


@pytest.fixture
def go(page, live_server):
    """Return a function that opens an address of the site."""
    return lambda address: page.goto(live_server.url + address)


@pytest.fixture
def enter_password(page, go):
    """Return a function that fills the sign-in form in."""

    def enter(email="kim@example.org"):
        go("/sign-in/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()

    return enter


@pytest.fixture
def check_both(page, check):
    """Return a function that checks a page at a desk and on a phone."""

    def check_page():
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            check()

    return check_page


def heading(page, text):
    page.get_by_role("heading", name=text, exact=True).wait_for()


def sign_out(page):
    page.get_by_role("button", name="Sign out").click()
    heading(page, "Sign in")


@pytest.mark.usefixtures("second_factor_required")
def test_somebody_sets_up_an_app_and_signs_in_with_it_and_with_a_recovery_code(page, go, enter_password, kim):
    enter_password()
    heading(page, "Protect your account")
    page.get_by_role("link", name="Home", exact=True).first.click()
    heading(page, "Protect your account")
    page.get_by_role("button", name="Set up an authenticator app").click()
    key = page.locator("#totp-key").inner_text()
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("There is a problem").wait_for()
    page.get_by_label("Code from the app").fill(app_code(key))
    page.get_by_role("button", name="Continue").click()
    heading(page, "Recovery codes")
    listed = page.get_by_label("Your recovery codes").get_by_role("listitem")
    expect(listed).to_have_count(10)
    codes = listed.all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    heading(page, HOME)
    sign_out(page)

    enter_password()
    heading(page, "Confirm that it is you")
    page.get_by_label("Code").fill(app_code(key, steps=1))
    page.get_by_role("button", name="Continue").click()
    heading(page, HOME)
    sign_out(page)

    for works in (True, False):
        enter_password()
        page.get_by_label("Code").fill(codes[0])
        page.get_by_role("button", name="Continue").click()
        if works:
            heading(page, HOME)
            sign_out(page)
    page.get_by_text("There is a problem").wait_for()


@pytest.mark.usefixtures("second_factor_required", "passkeys")
def test_somebody_adds_a_passkey_and_needs_nothing_else_from_then_on(page, go, enter_password, check_both, kim):
    enter_password()
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("What to call it").fill("Work laptop")
    check_both()
    page.get_by_role("button", name="Add the passkey").click()
    heading(page, "Recovery codes")
    go("/account/second-factor/passkeys/")
    page.get_by_role("rowheader", name="Work laptop").wait_for()
    sign_out(page)

    page.get_by_role("button", name="Use a passkey").click()
    heading(page, HOME)
    sign_out(page)

    enter_password()
    heading(page, "Confirm that it is you")
    check_both()
    page.get_by_role("button", name="Use a passkey").click()
    heading(page, HOME)


def test_a_passkey_that_is_not_there_is_said_beside_the_button(page, go, passkeys, check_both):
    go("/sign-in/")
    page.get_by_role("button", name="Use a passkey").wait_for()
    expect(page.get_by_text("The passkey was not used")).to_be_hidden()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("The passkey was not used").wait_for()
    check_both()


def test_somebody_known_signs_in_with_microsoft(page, go, kim, microsoft):
    go("/reviews/")
    page.get_by_role("button", name="Continue with Microsoft").click()
    heading(page, "Reviews")
    sign_out(page)


def test_a_stranger_at_microsoft_is_told_kindly_how_to_get_in(page, go, microsoft, check_both):
    go("/sign-in/")
    check_both()
    page.get_by_role("button", name="Continue with Microsoft").click()
    heading(page, "There is no account for you yet")
    check_both()


def test_somebody_is_invited_makes_an_account_and_starts(page, go, live_server, enter_password, check_both, kim):
    enter_password()
    go("/people/")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_role("link", name="Enter an e-mail").wait_for()
    check_both()
    page.get_by_label("E-mail").fill("ngozi@example.org")
    page.get_by_label("What will they be?").select_option(label="Board member")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("Invitation sent to ngozi@example.org").wait_for()
    check_both()
    sign_out(page)

    page.goto(re.search(r"http://localhost:\d+/invitations/\S+", mail.outbox[0].body).group())
    check_both()
    page.get_by_role("button", name="Make my account").click()
    page.get_by_role("link", name="Enter your name").wait_for()
    check_both()
    page.get_by_label("Name").fill("Ngozi Achterberg")
    page.get_by_label("Password", exact=True).fill("three random words")
    page.get_by_role("button", name="Make my account").click()
    page.get_by_role("link", name="Ngozi Achterberg").wait_for()


def test_somebody_who_does_nothing_is_asked_and_typing_counts_as_being_there(page, go, enter_password, kim, check_both):
    page.clock.install()
    enter_password()
    heading(page, HOME)
    with page.expect_response("**/account/still-here/") as answer:
        page.clock.fast_forward("10:00")
        page.keyboard.press("a")
    assert answer.value.status == 204
    page.clock.fast_forward("28:05")
    page.get_by_role("heading", name="Are you still there?").wait_for()
    check_both()
    with page.expect_response("**/account/still-here/"):
        page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("heading", name="Are you still there?")).to_be_hidden()


def test_who_was_signed_out_comes_back_to_the_page(page, go, enter_password, kim, settings):
    enter_password()
    heading(page, HOME)
    settings.INACTIVITY_MINUTES = 0
    go("/reviews/")
    page.get_by_text("You were signed out").wait_for()
    settings.INACTIVITY_MINUTES = 30
    page.get_by_label("E-mail").fill("kim@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    heading(page, "Reviews")


def test_every_page_for_strangers_is_accessible(page, go, check_both):
    InvitationFactory()
    InvitationFactory(email="known@example.org", secret_hash="another")
    for address in (
        "/sign-in/",
        "/sign-in/closed/",
        "/sign-in/forgotten-password/",
        "/sign-in/forgotten-password/sent/",
        "/sign-in/forgotten-password/1-2/",
        "/sign-in/forgotten-password/changed/",
        "/sign-in/with/cancelled/",
        f"/invitations/{SECRET}/",
        "/invitations/nothing/",
    ):
        go(address)
        check_both()


def test_the_page_for_a_new_password_is_accessible(page, go, check_both, kim):
    go("/sign-in/forgotten-password/")
    page.get_by_label("E-mail").fill(kim.email)
    page.get_by_role("button", name="Send the link").click()
    heading(page, "Check your e-mail")
    page.goto(re.search(r"http://localhost:\d+/\S+", mail.outbox[0].body).group())
    heading(page, "Choose a new password")
    check_both()
    page.get_by_role("button", name="Change password").click()
    page.get_by_role("link", name="Enter a new password").wait_for()
    check_both()
    page.get_by_label("New password", exact=True).fill("three random words")
    page.get_by_label("New password again", exact=True).fill("three random words")
    page.get_by_role("button", name="Change password").click()
    heading(page, "Password changed")


@pytest.mark.usefixtures("passkeys")
def test_every_page_of_the_account_is_accessible(page, go, enter_password, check_both, kim):
    enter_password()
    go("/account/second-factor/")
    check_both()
    go("/account/second-factor/passkeys/add/")
    page.get_by_role("button", name="Add the passkey").click()
    heading(page, "Recovery codes")
    check_both()
    go("/account/second-factor/app/")
    check_both()
    page.get_by_label("Code from the app").fill(app_code(page.locator("#totp-key").inner_text()))
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("Authenticator app added").wait_for()
    check_both()
    # test_every_page.py opens those that look the same without a second factor.
    for address in (
        "/account/",
        "/account/again/code/",
        "/account/again/passkey/",
        "/account/second-factor/app/remove/",
        "/account/second-factor/recovery-codes/new/",
        "/account/second-factor/passkeys/",
    ):
        assert go(address).status == 200, address
        check_both()
    for name in ("Rename", "Remove"):
        go("/account/second-factor/passkeys/")
        page.get_by_role("link", name=name).click()
        check_both()


def test_the_pages_about_people_who_have_actions_are_accessible(page, go, enter_password, check_both, kim):
    partnership = kim.memberships.get().partnership
    agency = AgencyFactory(partnerships=[partnership])
    lead = MembershipFactory(agency_lead=True, agency=agency, user=UserFactory(name="Callum")).user
    ActionFactory(recommendation__section__review__partnership=partnership).people.add(lead)
    MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER, user__is_active=False)
    InvitationFactory(partnership=partnership)
    enter_password()
    for address in (
        "/people/",
        f"/people/{lead.pk}/",
        f"/people/{lead.pk}/let-go/",
        f"/invitations/{SECRET}/",
    ):
        assert go(address).status == 200, address
        check_both()
