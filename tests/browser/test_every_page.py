"""Every page that a business manager reaches, at its address, has no violation of WCAG 2.2 AA at either width.

The addresses come from the URL configuration, and what stands at each from the role walk: a new page without a line
in PAGES fails there, and one that is neither opened here nor named below fails here.
"""

import pytest
from playwright.sync_api import expect

from actions.models import FoundWarning, Report
from scr_tracker import pdf as pages
from tests.factories import ActionFactory, AgencyFactory, MembershipFactory, PartnershipFactory
from tests.test_role_walk import EVERY_NAME, IN_THE_ADMIN, PAGES, things_of

from .conftest import assert_accessible, let_in

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = [1280, 390]
#: Tests share the pages out, so that they can run beside each other.
PARTS = 5

FILES = {
    *("batch-export", "calendar", "download-evidence", "download-evidence-pack", "download-minutes"),
    *("download-report", "download-report-as", "download-working-copy", "download-working-copy-as"),
    *("evidence-picture", "export-actions", "export-form", "export-plan", "import-document"),
    *("mfa_download_recovery_codes", "minutes-as-word", "open-evidence"),
}
#: Addresses that take what a form sends, or lead on to another page.
WITHOUT_A_PAGE = {
    *("account_logout", "sign-out", "still-here", "answer-theme", "link-recommendation", "remove-section"),
    *(f"move-{what}-{way}" for what in ("section", "recommendation", "action") for way in ("up", "down")),
    *("settle-problem", "undo-correction", "undo-change", "list-row", "new-batch", "run-meeting", "open-agenda"),
    *("prepare-agenda", "make-minutes", "plan-report", "issue-report", "approve-report", "discard-report-draft"),
    *("select-actions", "undo-batch"),
    *("batch-report", "clear-finding", "invite-again", "cancel-invitation", "openid_connect_login"),
}
#: Pages for people who are signed in otherwise, or not yet; test_signing_in.py and test_rare_pages.py open them.
FOR_OTHERS = {
    *("sign-in", "account_login", "account_set_password", "invitation", "openid_connect_callback"),
    *("mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_add_webauthn"),
}
#: Pages that follow something that was entered; test_working_the_list.py opens them.
AFTER_A_FORM = {"batch-preview"}
EXCEPTED = FILES | WITHOUT_A_PAGE | FOR_OTHERS | AFTER_A_FORM | set(IN_THE_ADMIN)
OPENED = sorted(set(EVERY_NAME) - EXCEPTED)


@pytest.fixture
def at_each(settings, tmp_path, monkeypatch):
    """Return the manager who goes round, and a function that gives the address of a page by its name."""
    settings.MEDIA_ROOT, settings.JOBS = tmp_path / "media", "at-once"
    monkeypatch.setattr(pages, "render", lambda template, context: b"%PDF-1.7 %%EOF")
    partnership = PartnershipFactory(short_name="Łódź and Şükrü’s Bridge")
    agency = AgencyFactory(name="Łódź Road Surgery", colour="#1d70b8", partnerships=[partnership])
    membership = MembershipFactory(partnership=partnership, user__name="Grażyna Demirtaş-Achterberg")
    action = ActionFactory(recommendation__section__review__partnership=partnership, lead_agency=agency, submitted=True)
    things = things_of(action, membership)
    things["report"] = [Report.objects.get(draft=things["report"].pk).pk]

    def address(name):
        page = PAGES[name]
        if page.about == "warning":  # Pages that look for warnings find them anew.
            things["warning"] = [FoundWarning.objects.filter(review=action.review).earliest("pk").pk]
        return page.address(name, things[page.about] if page.about else ())

    return membership.user, address


def test_no_exception_is_of_a_page_that_is_gone():
    assert not EXCEPTED - set(IN_THE_ADMIN) - set(EVERY_NAME)
    assert {name for name in WITHOUT_A_PAGE if PAGES[name].get == 200} == {"batch-report"}


@pytest.mark.parametrize("part", range(PARTS))
def test_is_accessible_at_both_widths(page, live_server, at_each, part):
    user, address = at_each
    let_in(page, live_server.url, user)
    for name in OPENED[part::PARTS]:
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        response = page.goto(live_server.url + address(name))
        assert response.status == 200, name
        assert response.headers["content-type"].startswith("text/html"), name
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(page)


def test_the_main_pages_work_without_javascript(browser, live_server, at_each):
    user, address = at_each
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    bare = context.new_page()
    let_in(bare, live_server.url, user)
    bare.goto(live_server.url + address("home"))
    menu = bare.get_by_role("navigation", name="Menu").get_by_role("link")
    ways = [link.get_attribute("href") for link in menu.all() if link.is_visible()]
    assert len(ways) == 11
    for way in ways:
        assert bare.goto(live_server.url + way).status == 200, way
        assert bare.get_by_role("heading", level=1).is_visible(), way

    bare.goto(live_server.url + address("action-list"))
    bare.get_by_text("Filters", exact=True).click()
    bare.get_by_label("Words of the action").fill("words that no action has")
    bare.get_by_role("button", name="Apply filters").click()
    expect(bare.get_by_text("No action matches")).to_be_visible()

    bare.goto(live_server.url + address("sign-off-queue"))
    bare.get_by_role("link", name="Sign off “").first.click()
    bare.get_by_role("button", name="Sign off").click()
    expect(bare.get_by_role("alert").get_by_text("Signed off")).to_be_visible()
    context.close()
