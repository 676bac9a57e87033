"""What each of the three people comes to do, on a phone and without JavaScript.

Their other journeys are made so where they are tested with it: plans by hand, meetings, imports, evidence, updates from
a mail, the list, search.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import issuing, services
from actions.choices import Status
from actions.models import Comment, Extension, Meeting
from reviews.models import Recommendation
from scr_tracker import pdf as pages
from scr_tracker.models import Invitation
from scr_tracker.permissions import Role
from tests.browser.conftest import PHONE, let_in
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ThemeFactory,
    UpdateFactory,
)
from tests.test_role_walk import drafted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def action(settings, tmp_path):
    """An action of the police that is overdue."""
    settings.MEDIA_ROOT, settings.JOBS = tmp_path / "media", "at-once"
    partnership = PartnershipFactory(short_name="Wyvernshire")
    agency = AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])
    return ActionFactory(
        recommendation__section__review__partnership=partnership,
        recommendation__number="4",
        lead_agency=agency,
        overdue=True,
        text="Brief every response officer.",
    )


@pytest.fixture
def bare(browser, live_server):
    """Return a function that opens the home page for somebody, on a phone without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, base_url=live_server.url)

    def opened(user):
        page = context.new_page()
        let_in(page, live_server.url, user)
        page.goto("/")
        return page

    yield opened
    context.close()


def follow(page, *names):
    """Follow links, or what looks like a button and is one, one after the other."""
    for name in names:
        page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first.click()


def press(page, name):
    """Press a form's own button."""
    page.get_by_role("button", name=name, exact=True).last.click()


def test_a_lead_asks_for_time_answers_a_challenge_and_submits_again(bare, action):
    lead = MembershipFactory(agency_lead=True, agency=action.lead_agency).user
    manager = MembershipFactory(partnership=action.review.partnership).user
    UpdateFactory(action=action)
    services.submit_action(
        action=action, by=lead, what_was_done="Briefed.", no_evidence_reason="On paper.", completed_on=None
    )
    services.return_action(action=action, by=manager, reason="Who was there?")
    services.comment_action(action=action, by=manager, kind="challenge", text="Do nights know?")

    page = bare(lead)
    page.get_by_role("heading", name="Came back to you").wait_for()
    follow(page, action.text)
    page.get_by_text("Who was there?").first.wait_for()
    follow(page, "Ask for a later date")
    press(page, "Ask for a later date")
    page.get_by_role("link", name="Enter why more time is needed").wait_for()
    day = timezone.localdate() + timedelta(60)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        page.get_by_label(part).fill(str(value))
    page.get_by_label("Why is more time needed?").fill("The trainer is ill.")
    press(page, "Ask for a later date")
    page.get_by_text("A later date is asked for").wait_for()
    follow(page, "Reply")
    page.get_by_label("What is your reply?").fill("Both night shifts do.")
    press(page, "Reply")
    page.get_by_text("Your reply is added").wait_for()
    follow(page, "Submit as complete")
    page.get_by_label("What was done?").fill("All 312 were briefed.")
    page.get_by_label("Why is there no evidence?").fill("The register is on paper.")
    press(page, "Submit as complete")
    page.get_by_text("Submitted. A business manager").wait_for()
    action.refresh_from_db()
    assert (action.status, Extension.objects.get().asked_for_date) == (Status.SUBMITTED, day)

    page.goto(reverse("account"))
    follow(page, "Change when you get a digest")
    page.get_by_label("Once a week").check()
    press(page, "Save")
    page.goto(reverse("calendar-feed"))
    press(page, "Make my private address")
    page.get_by_text("Your private address").wait_for()


def test_a_manager_decides_mends_and_merges(bare, action):
    partnership = action.review.partnership
    lead = MembershipFactory(agency_lead=True, agency=action.lead_agency).user
    later = timezone.localdate() + timedelta(60)
    services.ask_extension(action=action, by=lead, asked_for_date=later, reason="The trainer is ill.")
    ThemeFactory(name="Handover", partnership=partnership, recommendations=[action.recommendation])
    ThemeFactory(name="Shifts", partnership=partnership)
    for number in ("7", "8"):
        answered = RecommendationFactory(section=action.recommendation.section, number=number)
        EvidenceFactory(actions=[ActionFactory(recommendation=answered, submitted=True)])

    page = bare(MembershipFactory(partnership=partnership).user)
    follow(page, "Later dates to decide", "Refuse")
    page.get_by_label("Why is the later date refused?").fill("The board has waited a year.")
    press(page, "Refuse the later date")
    page.get_by_text("The later date is refused").wait_for()
    page.goto("/")
    follow(page, "To sign off", "Sign off “")
    press(page, "Sign off")
    follow(page, "1 more action waits for sign-off", "Sign off “")
    press(page, "Sign off")
    page.get_by_text("Signed off", exact=True).first.wait_for()

    page.goto(reverse("data-warnings"))
    page.get_by_role("button", name="Apply filters").click()
    follow(page, "It is all right", "Cancel", "It is all right")
    page.get_by_label("Why is it all right?").fill("The register is on paper.")
    press(page, "Say it is all right")
    page.get_by_text("Noted: it is all right").wait_for()

    page.goto(f"{reverse('action-list')}?status=open")
    follow(page, "Change these on a sheet")
    page.get_by_label("Status").first.select_option("ongoing")
    page.get_by_label("Note").first.fill("Half are briefed.")
    press(page, "Save all changes")
    page.get_by_text("1 action saved").wait_for()
    with page.expect_download() as had:
        page.get_by_role("link", name="CSV").click()
    assert had.value.suggested_filename.endswith(".csv")

    page.goto(reverse("theme-list"))
    follow(page, "Handover", "Merge into another")
    page.get_by_label("Which theme").select_option(label="Shifts")
    page.get_by_label("Why?").fill("The same thing.")
    press(page, "Merge the themes")
    page.get_by_role("heading", name="Shifts").wait_for()
    assert Recommendation.objects.filter(themes__name="Shifts").get() == action.recommendation

    page.goto(reverse("people"))
    follow(page, "Who has not answered")
    page.goto(reverse("people"))
    follow(page, "Invite somebody")
    page.get_by_label("E-mail").fill("ngozi@example.org")
    page.get_by_label("What will they be?").select_option(label="Board member")
    press(page, "Send the invitation")
    page.get_by_text("Invitation sent to ngozi@example.org").wait_for()
    assert Invitation.objects.get().email == "ngozi@example.org"


def test_a_board_member_reads_downloads_and_challenges(bare, action, monkeypatch):
    partnership = action.review.partnership
    monkeypatch.setattr(pages, "render", lambda template, context: b"%PDF-1.7 %%EOF")
    manager = MembershipFactory(partnership=partnership).user
    issuing.issue(draft=drafted(action, manager), by=manager)
    Meeting.objects.create(partnership=partnership, name="Board", date=timezone.localdate() + timedelta(9))

    page = bare(MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user)
    with page.expect_download() as had:
        page.get_by_role("link", name="Download (PDF").click()
    assert had.value.suggested_filename.endswith(".pdf")
    follow(page, "Monitoring report", "read it as a page", "Exceptions")
    page.get_by_role("heading", name="Exceptions").first.wait_for()
    page.goto("/")
    follow(page, "Board")
    page.get_by_text("No report for this meeting has been issued to you.").wait_for()
    page.goto("/")
    follow(page, "1 overdue", action.text)
    page.get_by_text("Comment on this action, or challenge it").click()
    page.get_by_label("Challenge", exact=True).check()
    page.get_by_label("What do you want to say?").fill("What do children say now?")
    press(page, "Add")
    page.get_by_text("Your words are added").wait_for()
    assert Comment.objects.get().text == "What do children say now?"
