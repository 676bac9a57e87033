"""Evidence in a browser: dropped, chosen, refused, judged and replaced; with a script and without; for everybody."""

import pytest
from playwright.sync_api import expect

from actions.models import Evidence
from scr_tracker.permissions import Role
from tests.actions.evidence.files import pdf, picture, with_named_parts, word
from tests.browser.conftest import PHONE, let_in
from tests.browser.dropping import drop, say_what_it_shows
from tests.factories import PASSWORD, ActionFactory, EvidenceFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def action():
    return ActionFactory(text="Brief every response officer on the voice of the child.")


@pytest.fixture(params=[1280, 390], ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


def test_two_files_are_dropped_and_added(page, live_server, sign_in, action):
    sign_in(action.review.partnership)
    page.goto(live_server.url + action.get_absolute_url())
    page.get_by_role("link", name="Add evidence").click()
    drop(page, Audit_pdf=pdf(), Minutes_docx=word())
    page.get_by_text("2 files chosen").wait_for(state="attached")
    say_what_it_shows(page)
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_text("2 pieces of evidence added").wait_for()
    for name in ("Audit", "Minutes"):
        page.locator("#evidence").get_by_role("link", name=name, exact=True).wait_for()
    assert set(action.evidence.values_list("file_name", flat=True)) == {"Audit.pdf", "Minutes.docx"}


def test_progress_is_shown_and_what_is_refused_says_why(page, live_server, sign_in, action):
    sign_in(action.review.partnership)
    page.goto(f"{live_server.url}/actions/{action.pk}/evidence/add/")
    drop(page, Large_txt=b"word " * 300_000, macros_docx=with_named_parts(word(), {"word/vbaProject.bin": ""}))
    say_what_it_shows(page)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 600_000}
    network.send("Network.emulateNetworkConditions", slow)
    page.evaluate(
        """() => {
            window.seen = [];
            const look = () => document.querySelectorAll("progress").forEach(bar => window.seen.push(bar.value));
            setInterval(look, 20);
        }"""
    )
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    seen = page.evaluate("window.seen")
    assert any(0 < percent < 100 for percent in seen), seen
    expect(page.get_by_role("link", name="“macros.docx” holds macros")).to_have_count(1)
    page.get_by_role("button", name="Remove macros.docx").click()
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_text("Evidence added", exact=True).wait_for()
    assert action.evidence.get().file_name == "Large.txt"


def test_what_is_missing_is_said_before_anything_is_sent(page, live_server, sign_in, action):
    sign_in(action.review.partnership)
    page.goto(f"{live_server.url}/actions/{action.pk}/evidence/add/")
    drop(page, Audit_pdf=pdf())
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_role("link", name="Choose the kind of evidence").click()
    assert page.evaluate("document.activeElement.id") == "id_kind"
    assert page.locator(".app-upload__name").all_text_contents() == ["Audit.pdf"]
    say_what_it_shows(page)
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_text("Evidence added", exact=True).wait_for()


def test_everything_works_without_a_script(browser, live_server, action):
    user = MembershipFactory(partnership=action.review.partnership).user
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{live_server.url}/actions/{action.pk}/evidence/add/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Files").last.set_input_files(
        [
            {"name": "Audit.pdf", "mimeType": "application/pdf", "buffer": pdf()},
            {"name": "Minutes.docx", "mimeType": "application/octet-stream", "buffer": word()},
        ]
    )
    say_what_it_shows(page)
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_text("2 pieces of evidence added").wait_for()
    page.get_by_role("link", name="Audit", exact=True).click()
    page.get_by_role("button", name="Return").click()
    page.get_by_label("Why?").fill("The date is missing.")
    page.get_by_role("button", name="Return evidence").click()
    page.get_by_text("Evidence returned").first.wait_for()
    page.context.close()


def test_a_manager_returns_it_the_lead_replaces_it_the_manager_accepts(page, live_server, sign_in, action):
    user = sign_in(action.review.partnership)
    evidence = EvidenceFactory(actions=[action], uploaded_by=user, title="Register of the workshop")
    page.goto(live_server.url + evidence.get_absolute_url())
    page.get_by_role("button", name="Return").click()
    page.get_by_label("Why?").fill("The date is missing.")
    page.get_by_role("button", name="Return evidence").click()
    page.get_by_text("Returned:").wait_for()
    page.get_by_role("link", name="Add a newer version").click()
    page.get_by_text("The date is missing.").wait_for()
    page.get_by_role("radio", name="A file").check()
    drop(page, Register_pdf=pdf())
    say_what_it_shows(page)
    page.get_by_role("button", name="Add newer version").click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Accept evidence").click()
    page.get_by_text("Evidence accepted").first.wait_for()
    newer = Evidence.objects.get(replaces=evidence)
    assert (newer.standing, newer.title) == ("accepted", "Register of the workshop")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "Register.pdf"


def test_a_pdf_opens_in_a_tab_of_its_own(whole_browser, live_server, action):
    page = whole_browser.new_context().new_page()
    let_in(page, live_server.url, MembershipFactory(partnership=action.review.partnership).user)
    page.goto(f"{live_server.url}/actions/{action.pk}/evidence/add/")
    drop(page, Audit_pdf=pdf())
    say_what_it_shows(page)
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_role("link", name="Audit", exact=True).click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open in a new tab").click()
    assert opened.value.url.endswith(f"/evidence/{action.evidence.get().pk}/open/")


def test_every_page_and_state_is_accessible(wide, live_server, sign_in, check, action, settings, tmp_path):
    user = sign_in(action.review.partnership)
    EvidenceFactory.create_batch(3, actions=[ActionFactory(recommendation__section__review=action.review)])
    add = f"{live_server.url}/actions/{action.pk}/evidence/add/"
    wide.goto(live_server.url + action.get_absolute_url())
    check()
    wide.goto(add)
    check()
    for source in ("A link", "A note"):
        wide.get_by_label(source).check()
        check()
    wide.get_by_role("button", name="Add evidence").click()
    wide.get_by_role("heading", name="There is a problem").wait_for()
    check()
    wide.goto(add)
    name = "A very long name " * 8 + "子ども " * 20
    drop(wide, **{f"{name}_png": picture(size=(900, 600)), "x_docx": b"MZ\0", "Plan_pdf": pdf()})
    check()
    wide.get_by_role("button", name="Add evidence").click()
    wide.get_by_role("heading", name="There is a problem").wait_for()
    check()
    say_what_it_shows(wide)
    wide.get_by_role("button", name="Add evidence").click()
    wide.get_by_role("link", name="“x.docx” is a program for Windows").wait_for()
    check()
    wide.get_by_role("button", name="Remove x.docx").click()
    settings.CLAMAV = str(tmp_path / "no-such-socket")
    wide.goto(add)
    drop(wide, Waiting_docx=word())
    say_what_it_shows(wide)
    wide.get_by_role("button", name="Add evidence").click()
    wide.get_by_text("It waits for the virus scan").wait_for()
    check()
    shown = Evidence.objects.get(content_type="image/png")
    waiting = Evidence.objects.get(file_name="Waiting.docx")
    for evidence in (shown, waiting, EvidenceFactory(actions=[action]), Evidence.objects.get(file_name="Plan.pdf")):
        wide.goto(live_server.url + evidence.get_absolute_url())
        check()
    pages = ("accept", "return", "withdraw", "replace", "share")
    for address in (*(f"/evidence/{shown.pk}/{name}/" for name in pages), f"/actions/{action.pk}/evidence/reuse/"):
        wide.goto(live_server.url + address)
        check()
        if "replace" not in address and "accept" not in address:
            wide.locator("main form[method=post] button").click()
            wide.get_by_role("heading", name="There is a problem").wait_for()
            check()
    wide.goto(f"{live_server.url}/evidence/{shown.pk}/share/?text=nothing+holds+this")
    check()
    wide.goto(f"{live_server.url}/evidence/{shown.pk}/withdraw/")
    wide.get_by_label("Why?").fill("A child is named in it.")
    wide.get_by_role("button", name="Withdraw").click()
    wide.get_by_text("Withdrawn:").wait_for()
    check()
    wide.goto(live_server.url + action.get_absolute_url())
    wide.get_by_text("Earlier versions and withdrawn evidence").click()
    check()
    assert user.evidence.count() == 3


def test_a_stranger_and_a_board_member(page, live_server, action, check):
    evidence = EvidenceFactory(actions=[action])
    for role, partnership, seen in (
        (Role.BOARD_MEMBER, action.review.partnership, True),
        (Role.BUSINESS_MANAGER, None, False),
    ):
        user = UserFactory()
        MembershipFactory(user=user, role=role, **({"partnership": partnership} if partnership else {}))
        page.context.clear_cookies()
        let_in(page, live_server.url, user)
        response = page.goto(live_server.url + evidence.get_absolute_url())
        assert response.status == (200 if seen else 404)
        expect(page.get_by_role("button", name="Accept")).to_have_count(0)
        check()
