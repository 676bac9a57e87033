"""From the link in a reminder to a saved update with evidence, counted; and the pages about reminders."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from actions import reminding
from actions.models import Evidence, Meeting
from actions.reminding import sending
from tests.actions.evidence.files import pdf
from tests.factories import (
    APP_KEY,
    PASSWORD,
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    app_code,
)

from .conftest import assert_accessible, hear_complaints

pytestmark = pytest.mark.django_db(transaction=True)

#: How many times a lead acts from the mail to the saved update: a click, a text typed, a file or an option chosen.
MOST = 6


@pytest.fixture(autouse=True)
def _here(settings, tmp_path, live_server):
    settings.MEDIA_ROOT, settings.SITE_URL = tmp_path / "media", live_server.url


@pytest.fixture
def action():
    """An action that a lead of the police answers for, overdue."""
    partnership = PartnershipFactory(short_name="Wyvernshire", name="Wyvernshire Safeguarding Partnership")
    agency = AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])
    made = ActionFactory(
        recommendation__section__review__partnership=partnership,
        recommendation__section__review__reference="0319",
        recommendation__number="4",
        lead_agency=agency,
        target_date=timezone.localdate() - timedelta(20),
        text="Brief every response officer on the voice of the child, and say how many were there.",
    )
    made.people.add(MembershipFactory(agency_lead=True, agency=agency, user__name="Łukasz Nowak", user__app=True).user)
    return made


@pytest.fixture(params=[(1280, True), (390, True), (1280, False), (390, False)], ids=str)
def browser_page(request, browser):
    """A page at the width of a desk and of a phone, with scripts and without."""
    width, scripts = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page = context.new_page()
    page.has_scripts = scripts
    complaints = hear_complaints(page)
    yield page
    context.close()
    assert not complaints


def link_in_mail():
    """Return the first link to an action in the mail that was sent last, as somebody would click it."""
    return re.search(r"https?://\S+/actions/\S+", mail.outbox[-1].body).group()


def sign_in(page, user):
    """Sign in with password and second factor on the page that is there."""
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.get_by_label("Code", exact=True).fill(app_code(APP_KEY))
    page.get_by_role("button", name=re.compile("Sign in|Continue|Go on|Confirm")).first.click()


def test_from_the_mail_to_a_saved_update_with_evidence_in_at_most_six_interactions(
    browser_page, live_server, action, tmp_path
):
    lead, page = action.people.get(), browser_page
    reminding.remind([action], by=MembershipFactory(partnership=action.review.partnership).user)
    page.goto(f"{live_server.url}/sign-in/")
    sign_in(page, lead)
    page.get_by_role("heading", level=1).wait_for()
    file = tmp_path / "Register of briefings.pdf"
    file.write_bytes(pdf())
    interactions = []

    def act(what, do):
        interactions.append(what)
        do()

    act("the link in the mail", lambda: page.goto(link_in_mail()))
    said = page.get_by_label("What was done since the last update?")
    act("what was done", lambda: said.fill("All 312 officers were briefed."))
    act("the file", lambda: page.set_input_files("#id_files", file))
    act("its kind", lambda: page.get_by_label("Kind of evidence").select_option(label="Audit"))
    act("how strongly", lambda: page.get_by_label("It is there and in use").check())
    if page.has_scripts:
        assert_accessible(page)
    act("save", lambda: page.get_by_role("button", name="Save update").click())
    page.get_by_text("Update saved. Evidence added").wait_for()

    assert len(interactions) <= MOST
    update, evidence = action.updates.get(), Evidence.objects.get()
    assert (update.what_was_done, update.by) == ("All 312 officers were briefed.", lead)
    assert (evidence.file_name, evidence.what_it_shows) == (file.name, update.what_was_done)
    assert list(evidence.actions.all()) == [action]


def test_nothing_typed_or_chosen_is_lost_when_something_is_missing(browser_page, live_server, action, tmp_path):
    lead, page = action.people.get(), browser_page
    page.goto(f"{live_server.url}/sign-in/?next={action.get_absolute_url()}")
    sign_in(page, lead)
    file = tmp_path / "Register.pdf"
    file.write_bytes(pdf())
    page.get_by_label("What was done since the last update?").fill("All officers were briefed.")
    page.set_input_files("#id_files", file)
    page.get_by_role("button", name="Save update").click()
    page.get_by_text("There is a problem").wait_for()
    expect(page.get_by_role("link", name="Choose the kind of evidence")).to_have_count(1)
    if page.has_scripts:
        assert_accessible(page)
        page.get_by_text("Register.pdf").first.wait_for()
    else:  # a browser without scripts forgets files, and is told so
        page.get_by_text("Choose your files again").first.wait_for()
        page.set_input_files("#id_files", file)
    expect(page.get_by_label("What was done since the last update?")).to_have_value("All officers were briefed.")
    page.get_by_label("Kind of evidence").select_option(label="Audit")
    page.get_by_label("It is there and in use").check()
    page.wait_for_timeout(1_100)  # two clicks within a second count as one
    page.get_by_role("button", name="Save update").click()
    page.get_by_text("Update saved. Evidence added").wait_for()
    assert action.updates.count() == Evidence.objects.count() == 1


def test_the_link_leads_somebody_who_is_signed_out_to_the_action_after_password_and_second_factor(browser_page, action):
    sending.run(timezone.localdate() - timedelta(timezone.localdate().weekday()))
    browser_page.goto(link_in_mail())
    sign_in(browser_page, action.people.get())
    browser_page.get_by_role("heading", name=action.text).wait_for()
    assert browser_page.url.split("#")[0].endswith(action.get_absolute_url())


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_and_mails_of_reminders_are_accessible(page, live_server, sign_in, check, action, width):
    page.set_viewport_size({"width": width, "height": 900})
    partnership = action.review.partnership
    manager = sign_in(partnership)
    for name, days in (("Head of Training", -3), ("Named nurse", 5), ("Service manager", 25)):
        other = ActionFactory(
            recommendation=action.recommendation,
            lead_agency=action.lead_agency,
            target_date=timezone.localdate() + timedelta(days),
            text=f"{name}: {action.text}",
        )
        other.people.add(action.people.get())
    sending.run(timezone.localdate() - timedelta(timezone.localdate().weekday()))
    reminding.remind([action], by=manager, note="The inspector comes on Monday.")
    Meeting.objects.create(
        partnership=partnership,
        name="Board",
        papers_close_on=timezone.localdate() + timedelta(3),
        date=timezone.localdate() + timedelta(9),
    )
    for address in (
        reverse("reminders"),
        f"{reverse('reminders')}?show=everybody",
        action.get_absolute_url(),
    ):
        page.goto(live_server.url + address)
        check()
    page.goto(live_server.url + reverse("calendar-feed"))
    page.get_by_role("button", name="Make my private address").click()
    page.get_by_text("Your private address").wait_for()
    check()
    for message in mail.outbox:
        page.goto("about:blank")  # a mail is not read under the site's security policy
        page.set_content(message.alternatives[0][0])
        check()
