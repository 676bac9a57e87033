"""The main job in a browser: sign in, find an overdue action, update it, download the PDF."""

import shutil
import subprocess

import pytest

from actions.choices import Status
from tests.browser.conftest import PHONE
from tests.conftest import skip_or_fail
from tests.factories import (
    PASSWORD,
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    SectionFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership")


@pytest.fixture
def late(partnership):
    """An overdue action in a plan of six."""
    agency = AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])
    section = SectionFactory(review__partnership=partnership, number="1", title="Constabulary", agency=agency)
    for _ in range(5):
        ActionFactory(recommendation=RecommendationFactory(section=section), lead_agency=agency)
    return ActionFactory(
        recommendation=RecommendationFactory(section=section),
        text="Brief every response officer on the voice of the child.",
        lead_agency=agency,
        overdue=True,
    )


def test_a_manager_finds_updates_and_reports(page, live_server, sign_in, partnership, late, tmp_path):
    sign_in(partnership)
    page.goto(live_server.url)

    page.get_by_role("link", name="Actions", exact=True).click()
    page.get_by_label("Rating").select_option("overdue")
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_text("1 action", exact=True).wait_for()
    page.get_by_role("link", name="Brief every response officer").click()

    page.get_by_text("10 days overdue").wait_for()
    page.get_by_label("Ongoing").check()
    page.get_by_role("button", name="Save update").click()
    page.get_by_text("Update saved").wait_for()
    page.get_by_role("button", name="Submit as complete").click()
    page.get_by_role("button", name="Submit as complete").click()
    page.get_by_role("link", name="Enter what was done to complete this action").click()
    page.keyboard.type("All 312 officers were briefed by 3 May.")
    page.get_by_label("Why is there no evidence?").fill("The register is kept on paper.")
    page.get_by_role("button", name="Submit as complete").click()
    page.get_by_text("Submitted. A business manager will sign it off or return it").wait_for()
    history = page.locator(".app-timeline")
    history.get_by_text("All 312 officers were briefed by 3 May.").wait_for()
    history.get_by_text("Siân Ahmed").first.wait_for()
    late.refresh_from_db()
    assert late.status == Status.SUBMITTED

    page.get_by_role("link", name=str(late.review)).click()
    page.get_by_text("6 recommendations and 6 actions").wait_for()
    page.get_by_role("button", name="Working copy").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download (PDF)").click()
    file = tmp_path / "report.pdf"
    download.value.save_as(file)
    assert download.value.suggested_filename.endswith(".pdf")
    assert file.read_bytes().startswith(b"%PDF-")
    if not shutil.which("pdftotext"):
        skip_or_fail("pdftotext is not installed (sudo apt-get install -y poppler-utils).")
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    assert "Brief every response officer" in " ".join(text.split())

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_everything_works_without_javascript(browser, live_server, partnership, late):
    user = MembershipFactory(partnership=partnership).user
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{live_server.url}{late.get_absolute_url()}")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("What was done since the last update?").fill("Half the shifts are briefed.")
    page.get_by_role("button", name="Save update").click()
    page.get_by_text("Update saved").wait_for()
    page.get_by_text("Half the shifts are briefed.").first.wait_for()
    page.context.close()


def test_everything_works_by_keyboard_alone(page, live_server, sign_in, partnership, late):
    sign_in(partnership)
    page.goto(f"{live_server.url}{late.get_absolute_url()}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "what_was_done":
            break
    page.keyboard.type("By keyboard.")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Save update":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Update saved").wait_for()
