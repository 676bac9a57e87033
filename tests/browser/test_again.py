"""A newer version of a plan in a browser: what differs is looked at, chosen row by row, confirmed, and done."""

import pytest
from django.urls import reverse

from actions import services
from actions.choices import Status
from actions.exporting.plans import plan_file
from actions.importing.save import ImportedFile, save_plan
from actions.models import Action
from reviews.models import Recommendation
from tests.actions.importing.documents import recognised
from tests.actions.importing.test_again_pages import HEALTH, ROWS, document, edited, filled_in
from tests.browser.conftest import PHONE
from tests.factories import PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

NEWER = document(
    edited(
        edited(edited(ROWS, "Watch manager", "Station manager"), "b) Not started", "b) Complete"),
        "Write down what daily life is like",
        "Write down in every note what daily life is like for the child",
    ),
    [
        *edited(HEALTH, "May 2012", "September 2012"),
        [
            "4. Note who lives at home",
            "Change the form of the ambulance service",
            "June 2012",
            "Duty manager",
            "",
            "",
            "",
        ],
    ],
)


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership")


@pytest.fixture
def review(partnership):
    source = ImportedFile("plan.docx", document())
    plan = recognised(document()).plan
    return save_plan(plan=plan, partnership=partnership, reference="0319", kind="lcspr", by=None, source=source).review


def send(page, live_server, review, name, content):
    """Upload a document as a person does, and lead to what differs."""
    page.goto(f"{live_server.url}{reverse('import-plan')}")
    page.get_by_label("Which review is this the plan of?").select_option(str(review.pk))
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="See what it would change").click()
    page.get_by_role("heading", name=f"What {name} would change").wait_for()


def test_a_newer_version_is_accepted_row_by_row(page, live_server, sign_in, check, partnership, review):
    sign_in(partnership)
    send(page, live_server, review, "newer.docx", NEWER)
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.set_viewport_size({"width": 1280, "height": 900})

    wording = page.get_by_role("article", name="Recommendation 2", exact=True)
    wording.get_by_label("Keep ours").check()
    page.get_by_role("button", name="Save my choices").click()
    page.get_by_text("Your choices are saved").wait_for()
    assert wording.get_by_label("Keep ours").is_checked()
    page.get_by_role("button", name="Accept the").first.click()
    page.get_by_role("button", name="Accept the").first.click()
    page.get_by_role("button", name="Save and go on").click()

    page.get_by_role("heading", name="What will happen").wait_for()
    check()
    page.get_by_text("1 action will be submitted as complete, for sign-off").wait_for()
    page.get_by_text("1 target date will be moved by an extension").wait_for()
    page.get_by_label("Why? (optional)").fill("Agreed at the meeting in May")
    page.get_by_role("button", name="Accept", exact=True).click()
    page.get_by_role("heading", name="What was accepted").wait_for()
    check()

    assert Action.objects.get(label="b").status == Status.SUBMITTED
    assert Recommendation.objects.get(number="2").text == "Write down what daily life is like"
    assert Recommendation.objects.filter(number="4").exists()


def test_a_return_with_a_conflict_without_javascript(browser, live_server, partnership, review):
    from tests.factories import PASSWORD, MembershipFactory

    content = plan_file(review, "xlsx").content
    services.report_progress(
        action=Action.objects.get(label="b"),
        by=UserFactory(name="Owen Hughes"),
        status=Status.ONGOING,
        what_was_done="All schools were asked.",
        own_rating="",
    )
    user = MembershipFactory(partnership=partnership).user
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(f"{live_server.url}{reverse('import-plan')}")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    send(page, live_server, review, "back.xlsx", filled_in(content, "Status", "Ask schools", "Complete"))
    page.get_by_text("changed by Owen Hughes").wait_for()
    page.get_by_label("Accept", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Accept", exact=True).click()
    page.get_by_role("heading", name="What was accepted").wait_for()
    assert Action.objects.get(label="b").status == Status.SUBMITTED
    page.context.close()
