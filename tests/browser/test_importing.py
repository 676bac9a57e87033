"""A new user brings a real plan in through the preview, puts right what is not, and finds it as the plan."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from actions.models import Action, PlanImport
from reviews.models import Recommendation, Review
from tests.browser.conftest import PHONE
from tests.factories import PASSWORD, AgencyFactory, MembershipFactory, PartnershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

#: The documents that are brought in, with how many recommendations and actions they hold at least.
DOCUMENTS = [("WM.docx", 68, 150), ("BP.pdf", 60, 100)]
WIDTHS = [1280, 390]


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership")


def upload(page, live_server, file):
    """Upload a plan as a person does who has just signed in."""
    page.goto(f"{live_server.url}/reviews/")
    page.get_by_role("button", name="Import a plan").click()
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_role("heading", name="What was found").wait_for()


def address(live_server, name, *keys):
    return live_server.url + reverse(name, args=[PlanImport.objects.get().pk, *keys])


@pytest.mark.parametrize(("name", "recommendations", "actions"), DOCUMENTS, ids=[each[0] for each in DOCUMENTS])
def test_a_new_user_brings_a_plan_in(
    page, live_server, sign_in, partnership, shared_plans, name, recommendations, actions
):
    sign_in(partnership)
    upload(page, live_server, shared_plans / "documents" / name)
    assert not Review.objects.exists()

    # The review.
    page.get_by_role("link", name="Say which new review this is the plan of").click()
    page.get_by_label("Kind of review").select_option("scr")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Enter the reference of the review").click()
    page.keyboard.type("0412")
    page.get_by_role("button", name="Save").click()

    # A list that does not line up is shared out, from the places that were not understood.
    page.get_by_role("link", name="Look at the places that were not understood").click()
    place = page.locator(".app-import-place", has_text="dates beside").first
    place.wait_for()
    waiting = page.locator(".app-import-place").count()
    place.get_by_role("link", name="Put it right").click()
    page.get_by_role("link", name="Share out “By when” among the actions").click()
    page.get_by_role("button", name="Share out").click()
    page.get_by_text("Shared out", exact=True).wait_for()

    # An action is split, merged again, and edited.
    page.get_by_role("link", name="Split action 1", exact=True).wait_for()
    actions_here = page.get_by_role("heading", level=3)
    before = actions_here.count()
    page.get_by_role("link", name="Split action 1", exact=True).click()
    words = page.get_by_label("Text").input_value().split(" ", 1)
    page.get_by_label("Text").fill("\n\n".join(words))
    page.get_by_role("button", name="Split", exact=True).click()
    expect(actions_here).to_have_count(before + 1)
    page.get_by_role("link", name="Merge action 2 with another").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(actions_here).to_have_count(before)
    page.get_by_role("link", name="Edit action 1", exact=True).click()
    page.get_by_label("Status is read as").select_option("paused")
    page.get_by_role("button", name="Save").click()

    # A recommendation is left out, and brought back.
    page.get_by_role("link", name="Leave out the recommendation").click()
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_text("Left out. You can undo this").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone").wait_for()

    # What was put right is no longer asked about.
    page.get_by_role("link", name="Look at the places that were not understood").click()
    right = page.get_by_role("button", name="It is right as it is").first
    right.wait_for()
    assert page.locator(".app-import-place").count() < waiting
    right.click()

    # The import.
    page.goto(address(live_server, "plan-import"))
    page.get_by_role("button", name="Import this plan").click()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text(f"Imported from {name}").wait_for()
    review = Review.objects.get()
    assert page.url.endswith(review.get_absolute_url())
    assert Recommendation.objects.count() >= recommendations
    assert Action.objects.count() >= actions
    assert Action.objects.filter(status="paused").count() >= 1

    # Each record leads back to the document.
    page.goto(live_server.url + Recommendation.objects.first().get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    assert download.value.suggested_filename == name


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


def test_every_page_of_an_import_is_accessible(wide, live_server, sign_in, check, partnership, shared_plans):
    AgencyFactory(name="Berkshire Healthcare Foundation Trust", partnerships=[partnership])
    sign_in(partnership)
    wide.goto(f"{live_server.url}/imports/")
    check()
    wide.goto(f"{live_server.url}/imports/new/")
    check()
    wide.get_by_role("button", name="Upload and read").click()
    wide.get_by_text("There is a problem").wait_for()
    check()
    upload(wide, live_server, shared_plans / "documents" / "WM.docx")
    check()
    row, action = "table-3-row-9", "table-3-row-9.2"
    for name, *keys in (
        *(("import-problems",), ("import-columns",), ("import-agencies",), ("import-review",), ("drop-import",)),
        *(("hand-over-import",), ("import-section", "section-2-health-commissioners-actions"), ("import-row", row)),
        *(("import-edit", action), ("import-split", action), ("import-merge", action), ("import-drop", action)),
        *(("import-move", row), ("import-column", "2"), ("import-agency", "0")),
    ):
        wide.goto(address(live_server, name, *keys))
        check()
    wide.goto(address(live_server, "import-share", row) + "?field=target_date_text")
    check()
    wide.get_by_role("button", name="Share out").click()
    wide.get_by_text("Shared out", exact=True).wait_for()
    check()
    wide.goto(address(live_server, "import-corrections"))
    check()
    wide.goto(address(live_server, "import-split", action))
    wide.get_by_role("button", name="Split", exact=True).click()
    wide.get_by_text("There is a problem").wait_for()
    check()


def test_an_import_needs_no_javascript(browser, live_server, partnership, shared_plans):
    user = MembershipFactory(partnership=partnership).user
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{live_server.url}/imports/new/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    upload(page, live_server, shared_plans / "documents" / "WM.docx")
    page.goto(address(live_server, "import-drop", "table-3-row-9.2"))
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_role("heading", name="5 actions").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone").wait_for()
    page.get_by_role("link", name="Say which new review").click()
    page.get_by_label("Reference").fill("0412")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Import this plan").click()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Imported from WM.docx").wait_for()
    assert Recommendation.objects.count() == 68
    page.context.close()


def test_a_correction_needs_no_mouse(page, live_server, sign_in, partnership, shared_plans):
    sign_in(partnership)
    upload(page, live_server, shared_plans / "documents" / "WM.docx")
    page.goto(address(live_server, "import-edit", "table-3-row-9.2"))
    _tab_to(page, "document.activeElement.name === 'text'")
    page.keyboard.press("Control+End")
    page.keyboard.type(" By keyboard.")
    _tab_to(page, "document.activeElement.textContent.trim() === 'Save'")
    page.keyboard.press("Enter")
    page.get_by_text("By keyboard.").wait_for()


def _tab_to(page, is_there):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(is_there):
            return
    pytest.fail(f"The keyboard does not reach where {is_there}")
