"""The whole life of an action with three people signed in at once, and a stranger who finds nothing of it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from actions.choices import Status
from actions.models import Evidence
from scr_tracker.permissions import Role
from tests.actions.evidence.files import pdf, word
from tests.browser.conftest import assert_accessible, hear_complaints, let_in
from tests.browser.dropping import drop, say_what_it_shows
from tests.factories import ActionFactory, AgencyFactory, MembershipFactory, PartnershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Seat:
    """A person at a browser of their own; ``visited`` are the addresses of the pages they were on."""

    page: Page
    user: object
    site: str
    visited: set = field(default_factory=set)

    def goto(self, address):
        """Open an address, check the page, and return the answer."""
        answer = self.page.goto(self.site + address)
        self.check()
        return answer

    def press(self, name, **how):
        """Press a button and check the page that follows."""
        self.page.get_by_role("button", name=name, **how).click()
        self.page.wait_for_load_state()

    def follow(self, name, **how):
        """Follow a link and check the page that follows."""
        self.page.get_by_role("link", name=name, **how).click()
        self.page.wait_for_load_state()
        self.check()

    def sees(self, text):
        """Wait for a text, and check the page that shows it."""
        self.page.get_by_text(text).first.wait_for()
        self.check()

    def check(self):
        """Check the page, and remember where it was."""
        self.visited.add(urlsplit(self.page.url).path)
        assert_accessible(self.page)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


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


@pytest.fixture(params=[1280, 390], ids=lambda width: f"{width} wide")
def seat(request, browser, live_server):
    """Return a function that signs a new person in at a browser of their own."""
    contexts, complaints = [], []

    def take(name, role, **of):
        user = MembershipFactory(user__name=name, role=role, **of).user
        contexts.append(browser.new_context(viewport={"width": request.param, "height": 900}))
        page = contexts[-1].new_page()
        complaints.append(hear_complaints(page))
        let_in(page, live_server.url, user)
        return Seat(page, user, live_server.url)

    yield take
    for context in contexts:
        context.close()
    assert not any(complaints), complaints


def test_from_two_dropped_files_to_an_answered_challenge(seat, action, agency):
    partnership = agency.partnerships.get()
    lead = seat("Łukasz Nowak", Role.AGENCY_LEAD, agency=agency)
    manager = seat("Siân Ahmed", Role.BUSINESS_MANAGER, partnership=partnership)
    member = seat("Kim Osei", Role.BOARD_MEMBER, partnership=partnership)
    home = action.get_absolute_url()

    # The lead drops two files and submits.
    lead.goto("/")
    lead.goto(home)
    lead.follow("Add evidence")
    drop(lead.page, Register_pdf=pdf(), Minutes_docx=word())
    lead.page.get_by_text("2 files chosen").wait_for(state="attached")
    say_what_it_shows(lead.page)
    lead.check()
    lead.press("Add evidence")
    lead.sees("2 pieces of evidence added")
    lead.press("Submit as complete")
    lead.sees("What was done?")
    lead.page.get_by_label("What was done?").fill("All 312 officers were briefed.")
    lead.press("Submit as complete")
    lead.sees("Submitted. A business manager will sign it off or return it")
    register, minutes = (Evidence.objects.get(file_name=name) for name in ("Register.pdf", "Minutes.docx"))

    # The manager returns one of the two with a reason, and the action until it is replaced.
    manager.goto("/")
    manager.goto(reverse("sign-off-queue"))
    manager.follow("Sign off “Brief")
    manager.follow("Register", exact=True)
    manager.press("Return")
    manager.sees("Why?")
    manager.page.get_by_label("Why?").fill("The night shift is missing.")
    manager.press("Return evidence")
    manager.sees("Evidence returned")
    manager.goto(reverse("return-action", args=[action.pk]))
    manager.page.get_by_label("What is missing?").fill("A register with the night shift.")
    manager.press("Return to the lead agency")
    manager.sees("Returned to the lead agency")

    # The lead reads why, replaces it and submits again.
    lead.goto(home)
    lead.sees("The night shift is missing.")
    lead.goto(register.get_absolute_url())
    lead.follow("Add a newer version")
    drop(lead.page, Register_2_pdf=pdf(objects=b"% with the night shift\n"))
    lead.page.get_by_text("1 file chosen").wait_for(state="attached")
    lead.press("Add newer version")
    lead.sees("Evidence added")
    newer = Evidence.objects.get(replaces=register)
    lead.goto(reverse("submit-action", args=[action.pk]))
    lead.page.get_by_label("What was done?").fill("The night shift was briefed too.")
    lead.press("Submit as complete")
    lead.sees("Submitted. A business manager")

    # The manager accepts it and signs off.
    manager.goto(newer.get_absolute_url())
    manager.press("Accept")
    manager.press("Accept evidence")
    manager.sees("Evidence accepted")
    manager.goto(reverse("sign-off-queue"))
    manager.follow("Sign off “Brief")
    manager.press("Sign off")
    manager.sees("Signed off")
    action.refresh_from_db()
    assert (action.status, action.submitted_by, action.signed_off_by) == (Status.COMPLETE, lead.user, manager.user)
    register.refresh_from_db()
    assert (register.standing, register.newer) == ("returned", newer)

    # The board member looks at it and challenges; the lead replies.
    member.goto("/")
    member.goto(action.review.get_absolute_url())
    member.goto(action.recommendation.get_absolute_url())
    member.goto(home)
    for piece in (register, newer, minutes):
        member.goto(piece.get_absolute_url())
    member.goto(home)
    member.page.get_by_text("Comment on this action, or challenge it").click()
    member.page.get_by_label("Challenge", exact=True).check()
    member.page.get_by_label("What do you want to say?").fill("What do children say now?")
    member.check()
    member.press("Add", exact=True)
    member.sees("Your words are added")
    lead.goto(home)
    lead.follow("Reply")
    lead.page.get_by_label("What is your reply?").fill("The survey is in June.")
    lead.press("Reply")
    lead.sees("Your reply is added")

    # A lead of another agency finds nothing at any address that one of the three was on, nor any file.
    stranger = seat("Tom Stranger", Role.AGENCY_LEAD, agency=AgencyFactory(partnerships=[partnership]))
    everybodys = {"/", reverse("sign-off-queue")}
    visited = lead.visited | manager.visited | member.visited
    files = {reverse(name, args=[newer.pk]) for name in ("download-evidence", "open-evidence", "evidence-picture")}
    assert len(visited) > 12
    for address in sorted((visited | files) - everybodys):
        assert stranger.page.goto(stranger.site + address).status == 404, address
        assert action.text not in stranger.page.content()
    stranger.check()
    assert action.text not in (stranger.goto("/").text() + stranger.goto(reverse("action-list")).text())
    assert stranger.goto(reverse("sign-off-queue")).status == 403
