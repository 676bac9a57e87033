"""A manager works through the actions of the list: by mouse, by keyboard alone, and without JavaScript."""

import pytest
from django.urls import reverse
from django.utils.timezone import now
from playwright.sync_api import expect

from actions import batches
from actions.changing import Change
from actions.choices import Status
from actions.models import Action, Batch, Selected, Update
from scr_tracker import jobs
from scr_tracker.models import Job
from tests.browser.conftest import PHONE, assert_accessible
from tests.factories import PASSWORD, ActionFactory, AgencyFactory, PartnershipFactory, RecommendationFactory

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = [1280, 390]


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width} wide")
def wide(request, page):
    """A page of one of the widths."""
    page.set_viewport_size({"width": request.param, "height": 900})
    return page


@pytest.fixture
def partnership():
    return PartnershipFactory(short_name="Wyvernshire")


def make(partnership, number):
    """Make so many actions of one recommendation."""
    agency = AgencyFactory(name="Constabulary", partnerships=[partnership])
    recommendation = RecommendationFactory(section__review__partnership=partnership, number="58")
    return [
        ActionFactory(recommendation=recommendation, label=chr(97 + place), text=f"Task {place}", lead_agency=agency)
        for place in range(number)
    ]


@pytest.fixture
def no_script(browser, page, sign_in, live_server):
    """Return a function that opens a page without JavaScript for somebody who has signed in."""
    contexts = []

    def opened():
        context = browser.new_context(
            java_script_enabled=False, viewport=PHONE, storage_state=page.context.storage_state()
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


class Counting:
    """Counts what a person does: each click, and each run of keys that types a text or chooses an option."""

    def __init__(self, page):
        self.page, self.done = page, 0

    def click(self, locator):
        self.done += 1
        locator.click()

    def choose(self, locator, option):
        self.done += 1
        locator.select_option(option)

    def write(self, locator, text):
        self.done += 1
        locator.fill(text)

    def keys(self, *keys, text=""):
        """Press some keys in one go, Tab to come to the next field among them, and type a text."""
        self.done += 1
        for key in keys:
            self.page.keyboard.press(key)
        if text:
            self.page.keyboard.type(text)


def assert_all_are_changed(actions):
    for place, action in enumerate(actions):
        now = Action.objects.get(pk=action.pk)
        assert now.status == Status.ONGOING
        assert now.updates.get().what_was_done == f"Done so far: {place}"


def test_status_and_note_of_twenty_actions_take_at_most_45_interactions(page, live_server, sign_in, partnership):
    actions = make(partnership, 20)
    sign_in(partnership)
    page.goto(f"{live_server.url}/actions/?status=open")
    hand = Counting(page)
    hand.click(page.get_by_role("link", name="Change these on a sheet"))
    expect(page.locator("tbody tr")).to_have_count(20)
    for place, row in enumerate(page.locator("tbody tr").all()):
        hand.choose(row.get_by_label("Status"), "ongoing")
        hand.write(row.get_by_label("Note"), f"Done so far: {place}")
    hand.click(page.get_by_role("button", name="Save all changes"))
    page.get_by_text("20 actions saved").wait_for()
    assert hand.done <= 45
    assert_all_are_changed(actions)


def test_and_so_they_do_by_keyboard_alone(page, live_server, sign_in, partnership):
    actions = make(partnership, 20)
    sign_in(partnership)
    page.goto(f"{live_server.url}/actions/?status=open")
    hand = Counting(page)
    hand.keys("s")
    page.locator("[data-sheet]").wait_for()
    expect(page.locator("[data-sheet] select").first).to_be_focused()
    for place in range(20):
        # From status to rating to note, and by way of the link of the next line to its status.
        hand.keys(*(["Tab", "Tab"] if place else []), text="Ong")
        hand.keys("Tab", "Tab", text=f"Done so far: {place}")
    hand.keys("Control+Enter")
    page.get_by_text("20 actions saved").wait_for()
    assert hand.done <= 45
    assert_all_are_changed(actions)


def test_a_row_is_changed_and_undone_by_keys(wide, live_server, sign_in, check, partnership):
    first, second, _ = make(partnership, 3)
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/")
    check()
    for key in ("j", "ArrowDown", "e"):
        wide.keyboard.press(key)
    status = wide.locator("tr[data-changing] select[name=status]")
    expect(status).to_be_focused()
    check()
    wide.keyboard.press("Control+Enter")
    wide.get_by_text("Change something, or enter a note").first.wait_for()
    check()
    wide.locator("tr[data-changing] select[name=status]").select_option("ongoing")
    wide.locator("tr[data-changing] textarea").fill("Nine of ten x j k")
    wide.keyboard.press("Control+Enter")
    wide.get_by_role("button", name="Undo").wait_for()
    expect(wide.get_by_role("link", name="Task 1", exact=True)).to_be_focused()
    check()
    assert Action.objects.get(pk=second.pk).status == Status.ONGOING
    wide.keyboard.press("u")
    wide.locator("tr").get_by_text("Undone").wait_for()
    check()
    assert Action.objects.get(pk=second.pk).status == Status.IN_PROGRESS
    wide.keyboard.press("e")
    wide.locator("tr[data-changing]").wait_for()
    wide.keyboard.press("Escape")
    expect(wide.locator("tr[data-changing]")).to_have_count(0)
    wide.keyboard.press("x")
    expect(wide.locator(f"#choose-{second.pk}")).to_be_checked()
    wide.keyboard.press("?")
    wide.get_by_role("heading", name="Keys on this list").wait_for()
    check()
    wide.keyboard.press("Escape")
    wide.keyboard.press("g")
    wide.keyboard.type("58a")
    wide.keyboard.press("Enter")
    wide.wait_for_url(f"**/actions/{first.pk}/")


def test_single_keys_can_be_switched_off(wide, live_server, sign_in, check, partnership):
    make(partnership, 2)
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/keys/")
    check()
    wide.get_by_role("button", name="Switch single keys off").click()
    wide.get_by_text("Single keys are switched off").wait_for()
    wide.keyboard.press("g")
    expect(wide.locator("#jump")).not_to_be_focused()


def test_what_somebody_else_did_meanwhile_is_shown_and_nothing_typed_is_lost(
    wide, live_server, sign_in, check, partnership
):
    (action,) = make(partnership, 1)
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/")
    wide.get_by_role("link", name="Change action 58a").click()
    wide.locator("tr[data-changing] textarea").fill("My words")
    action.text, action._change_reason = "Task, reworded", "Board"
    action.save()
    wide.get_by_role("button", name="Save", exact=True).click()
    wide.get_by_role("heading", name="Somebody else changed this action while you were writing").wait_for()
    check()
    expect(wide.locator("tr[data-changing] textarea")).to_have_value("My words")
    wide.get_by_role("button", name="Save what I wrote").click()
    wide.get_by_role("button", name="Undo").wait_for()
    assert action.updates.get().what_was_done == "My words"


def test_what_was_typed_is_kept_when_the_sign_in_has_ended(page, live_server, sign_in, partnership):
    (action,) = make(partnership, 1)
    user = sign_in(partnership)
    page.goto(f"{live_server.url}/actions/")
    page.get_by_role("link", name="Change action 58a").click()
    page.locator("tr[data-changing] textarea").fill("My words")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Note")).to_have_value("My words")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Action 58a is saved").wait_for()
    assert action.updates.get().what_was_done == "My words"


def test_many_are_chosen_looked_over_and_changed(wide, live_server, sign_in, check, partnership):
    actions = make(partnership, 4)
    ActionFactory(recommendation=actions[0].recommendation, complete=True, text="Done long ago")
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/")
    wide.get_by_role("button", name="Go on with all 5 that match").click()
    wide.get_by_role("heading", name="5 actions chosen").wait_for()
    check()
    wide.get_by_label("Status").select_option("ongoing")
    wide.get_by_role("button", name="See what would change").click()
    wide.get_by_role("heading", name="4 of 5 actions will change").wait_for()
    wide.get_by_text("This action is complete.").wait_for()
    check()
    wide.get_by_role("button", name="Change 4 actions").click()
    wide.get_by_role("heading", name="4 of 5 actions are changed").wait_for()
    check()
    assert Action.objects.filter(status=Status.ONGOING).count() == 4


def test_actions_of_several_pages_are_selected_changed_and_undone_by_keyboard_alone(
    wide, live_server, sign_in, check, partnership
):
    actions = make(partnership, 60)
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/?status=open")
    for key in ("j", "x", "j", "j", "x", "n"):
        wide.keyboard.press(key)
    wide.wait_for_url("**page=2*")
    wide.get_by_text("2 selected, 2 of them on other pages").wait_for()
    for key in ("j", "x"):
        wide.keyboard.press(key)
    wide.get_by_text("3 selected, 2 of them on other pages").wait_for()
    check()
    wide.keyboard.press("p")
    expect(wide.locator("input[name=chosen]:checked")).to_have_count(2)
    wide.get_by_role("link", name="Number", exact=True).focus()
    wide.keyboard.press("Enter")
    wide.wait_for_url("**sort=number*")
    wide.get_by_text("3 selected").wait_for()
    wide.get_by_role("link", name="Show only these").focus()
    wide.keyboard.press("Enter")
    wide.wait_for_url("**selected=yes")
    wide.get_by_text("3 actions, open ones first").wait_for()
    check()
    wide.keyboard.press("a")
    wide.get_by_role("heading", name="3 actions chosen").wait_for()
    wide.get_by_label("Status").focus()
    wide.keyboard.type("Ong")
    wide.get_by_role("button", name="See what would change").press("Enter")
    wide.get_by_role("button", name="Change 3 actions").press("Enter")
    wide.get_by_role("heading", name="3 actions are changed").wait_for()
    check()
    assert Action.objects.filter(status=Status.ONGOING, pk__in=[actions[at].pk for at in (0, 2, 50)]).count() == 3
    assert not Selected.objects.exists()
    wide.get_by_role("button", name="Undo").press("Enter")
    check()
    wide.get_by_role("button", name="Undo these 3 changes").press("Enter")
    wide.get_by_role("heading", name="Undone: 3 actions are as they were").wait_for()
    check()
    assert not Action.objects.filter(status=Status.ONGOING).exists()


def test_what_is_ticked_is_kept_however_quickly_somebody_goes_on(page, live_server, sign_in, partnership):
    make(partnership, 60)
    sign_in(partnership)
    page.goto(f"{live_server.url}/actions/")
    page.get_by_role("button", name="Tick all on this page").click()
    page.get_by_label("Choose action 58a of").uncheck()
    page.get_by_role("link", name="Next page").click()
    page.get_by_text("49 selected, 49 of them on other pages").wait_for()
    page.locator("input[name=chosen]").first.check()
    page.get_by_label("Status").select_option("open")
    page.get_by_role("button", name="Apply filters").click()
    page.get_by_text("50 selected, 1 of them on other pages").wait_for()
    page.get_by_role("button", name="Clear the selection").click()
    page.get_by_text("Tick actions to do something with several at once").wait_for()
    assert not Selected.objects.exists()


def test_without_javascript_ticks_are_kept_by_the_buttons_that_turn_the_page(
    page, live_server, sign_in, no_script, partnership
):
    make(partnership, 60)
    sign_in(partnership)
    bare = no_script()
    bare.set_viewport_size({"width": 390, "height": 900})
    bare.goto(f"{live_server.url}/actions/?status=open")
    bare.get_by_label("Choose action 58b of").check()
    bare.get_by_role("button", name="Keep them and go to the next page").click()
    assert "page=2" in bare.url
    assert "status=open" in bare.url
    bare.locator("input[name=chosen]").first.check()
    bare.get_by_role("button", name="Keep these ticks").click()
    bare.get_by_text("2 selected, 1 of them on other pages").wait_for()
    bare.get_by_text("Filters (1 in use)").click()
    bare.get_by_label("Words of the action").fill("Task 1")
    bare.get_by_role("button", name="Apply filters").click()
    expect(bare.get_by_label("Choose action 58b of")).to_be_checked()
    bare.get_by_role("button", name="Go on with those selected").click()
    bare.get_by_label("Own rating").select_option("red")
    bare.get_by_role("button", name="See what would change").click()
    bare.get_by_role("button", name="Change 2 actions").click()
    assert Action.objects.filter(own_rating="red").count() == 2
    bare.get_by_role("button", name="Undo").click()
    bare.get_by_role("button", name="Undo these 2 changes").click()
    bare.get_by_role("heading", name="Undone: 2 actions are as they were").wait_for()
    assert not Action.objects.filter(own_rating="red").exists()


def test_a_sheet_is_undone_as_one(wide, live_server, sign_in, check, partnership):
    make(partnership, 3)
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/sheet/")
    for row in wide.locator("tbody tr").all():
        row.get_by_label("Status").select_option("ongoing")
    wide.get_by_role("button", name="Save all changes").click()
    wide.get_by_role("link", name="Undo").click()
    wide.get_by_role("heading", name="Undo what you changed of 3 actions").wait_for()
    check()
    wide.get_by_role("button", name="Undo these 3 changes").click()
    wide.get_by_role("heading", name="Undone: 3 actions are as they were").wait_for()
    assert not Action.objects.filter(status=Status.ONGOING).exists()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("width", WIDTHS)
def test_changes_that_stopped_on_the_way_go_on_or_are_undone(
    browser, live_server, sign_in, page, partnership, monkeypatch, width, scripts
):
    monkeypatch.setattr(batches, "READ", 2)
    keys = [action.pk for action in make(partnership, 5)]
    manager = sign_in(partnership)

    def stopped():
        """Open the page of a batch that changed two of five before its job failed for good."""
        batch = batches.begin(by=manager, keys=keys)
        batches.weigh(batch=batch, by=manager, change=Change(note="Board"))
        batches.ask(batch=batch, by=manager)
        batches._change_next(batch.pk)
        job = Job.objects.create(
            title="Changing 5 actions",
            by=manager,
            state="failed",
            ended_at=now(),
            problem=jobs.BROKEN,
            leads_to=batch.get_absolute_url(),
        )
        Batch.objects.filter(pk=batch.pk).update(job=job)
        there.goto(live_server.url + reverse("job", args=[job.pk]))
        there.get_by_role("link", name="See how far it came, and what you can do now").click()
        there.get_by_text("2 of the 5 actions that you chose are changed").wait_for()

    context = browser.new_context(
        java_script_enabled=scripts,
        viewport={"width": width, "height": 900},
        storage_state=page.context.storage_state(),
    )
    there = context.new_page()
    stopped()
    if scripts:
        assert_accessible(there)
    monkeypatch.setattr(batches, "READ", 500)
    there.get_by_role("button", name="Change the other 3 actions").click()
    there.get_by_role("heading", name="5 actions are changed").wait_for()
    assert Update.objects.count() == 5

    monkeypatch.setattr(batches, "READ", 2)
    stopped()
    monkeypatch.setattr(batches, "READ", 500)
    there.get_by_role("button", name="Undo what is changed").click()
    there.get_by_role("button", name="Undo these 2 changes").click()
    there.get_by_role("heading", name="Undone: 2 actions are as they were").wait_for()
    there.get_by_text("3 actions: The work stopped before it came to this one.").wait_for()
    if scripts:
        assert_accessible(there)
    context.close()


def test_on_a_phone_the_filters_are_folded_and_what_they_say_is_seen(wide, live_server, sign_in, partnership):
    make(partnership, 3)
    sign_in(partnership)
    wide.goto(f"{live_server.url}/actions/?status=open")
    is_wide = wide.viewport_size["width"] > 760
    expect(wide.get_by_label("Words of the action")).to_be_visible(visible=is_wide)
    expect(wide.get_by_role("link", name="Remove the filter Status: Open")).to_be_visible()
    if not is_wide:
        assert wide.locator("tr[data-row]").first.bounding_box()["y"] < 600
        wide.get_by_text("Filters (1 in use)").click()
        expect(wide.get_by_label("Words of the action")).to_be_visible()


def test_the_pages_around_the_list_are_accessible(wide, live_server, sign_in, check, partnership):
    make(partnership, 3)
    sign_in(partnership)
    for address in ("views/new/?status=open", "views/", "columns/", "sheet/", "jump/?number=58", "jump/?number=99"):
        wide.goto(f"{live_server.url}/actions/{address}")
        check()
    wide.goto(f"{live_server.url}/actions/?overdue_by=x&columns=assigned,own,moved")
    check()


def test_everything_works_without_javascript(live_server, page, sign_in, no_script, partnership):
    first, second = make(partnership, 2)
    sign_in(partnership)
    bare = no_script()
    bare.goto(f"{live_server.url}/actions/?status=open")
    bare.get_by_role("link", name="Change action 58a").click()
    bare.get_by_label("Status").select_option("ongoing")
    bare.get_by_label("Note").fill("Nine of ten.")
    bare.get_by_role("button", name="Save").click()
    assert "status=open" in bare.url
    bare.get_by_role("link", name="Undo").click()
    bare.get_by_role("button", name="Undo").click()
    bare.get_by_text("Undone: action 58a is as it was").wait_for()
    assert Action.objects.get(pk=first.pk).status == Status.IN_PROGRESS
    bare.get_by_label("Choose action 58b").check()
    bare.get_by_role("button", name="Go on with those selected").click()
    bare.get_by_label("Own rating").select_option("red")
    bare.get_by_role("button", name="See what would change").click()
    bare.get_by_role("button", name="Change 1 action").click()
    bare.get_by_role("heading", name="1 action is changed").wait_for()
    assert Action.objects.get(pk=second.pk).own_rating == "red"
    bare.goto(f"{live_server.url}/actions/?rating=red")
    bare.get_by_role("link", name="Save this as a view").click()
    bare.get_by_label("What do you call it?").fill("Red ones")
    bare.get_by_label("Open the actions with this view").check()
    bare.get_by_role("button", name="Save the view").click()
    bare.goto(f"{live_server.url}/actions/")
    expect(bare.get_by_role("link", name="Red ones")).to_have_attribute("aria-current", "true")
    bare.get_by_role("link", name="Columns").click()
    bare.get_by_label("Times moved").check()
    bare.get_by_role("button", name="Show these columns").click()
    bare.get_by_role("link", name="Times moved").wait_for()
