"""The pages that are seldom seen are accessible too: refusals, errors, a first password, a lost second factor."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from actions import services
from tests.factories import APP_KEY, ActionFactory, MembershipFactory, UserFactory, today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[1280, 390], ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "account/signup_closed"])
def test_what_the_site_says_when_something_is_wrong(wide, live_server, check, name):
    request = RequestFactory().get("/shown/")
    request.user = AnonymousUser()
    body = render_to_string(f"{name}.html", {}, None if name.isdecimal() else request)
    wide.route("**/shown/", lambda route: route.fulfill(body=body, content_type="text/html"))
    wide.goto(f"{live_server.url}/shown/")
    wide.get_by_role("heading", level=1).wait_for()
    check()


def test_too_many_tries(wide, live_server, check):
    for _ in range(6):
        wide.goto(live_server.url + reverse("account_reset_password"))
        wide.get_by_label("E-mail").fill("kim@example.org")
        wide.get_by_role("button", name="Send the link").click()
    wide.get_by_role("heading", name="Too many attempts").wait_for()
    check()


def test_a_sign_in_that_microsoft_refuses(wide, live_server, check, microsoft):
    wide.goto(f"{live_server.url}/sign-in/with/microsoft/callback/?error=server_error&state=none")
    wide.get_by_role("heading", name="Microsoft did not sign you in").wait_for()
    check()


def test_a_first_password(wide, live_server, check, client):
    user = MembershipFactory().user
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    wide.context.add_cookies([cookie])
    wide.goto(live_server.url + reverse("account_set_password"))
    check()
    wide.get_by_role("button", name="Save password").click()
    wide.get_by_role("link", name="Enter a password", exact=True).wait_for()
    check()


def test_queues_and_a_second_factor_that_is_reset(wide, live_server, sign_in, check):
    action = ActionFactory(complete=True, impact_check_due=today())
    partnership = action.review.partnership
    waits = ActionFactory(recommendation=action.recommendation)
    person = MembershipFactory(partnership=partnership, user=UserFactory(name="Callum Oyelaran")).user
    TOTP.activate(person, APP_KEY)
    user = sign_in(partnership)
    later = waits.target_date.replace(year=waits.target_date.year + 1)
    services.ask_extension(action=waits, by=user, asked_for_date=later, reason="The trainer is ill.")
    for address in (
        reverse("home"),
        reverse("impact-queue"),
        reverse("withdraw-extension", args=[waits.pk]),
        reverse("person", args=[person.pk]),
        reverse("reset-second-factor", args=[person.pk]),
    ):
        assert wide.goto(live_server.url + address).status == 200, address
        check()
    wide.get_by_role("button", name="Reset their second factor").click()
    wide.get_by_role("link", name="Enter why the second factor is reset").wait_for()
    check()
    wide.get_by_label("Why?").fill("Lost his phone; he told me so in person.")
    wide.get_by_role("button", name="Reset their second factor").click()
    wide.get_by_text("Callum Oyelaran sets up a new second factor at the next sign-in").wait_for()
    check()
