"""Chromium, and what every test in it needs."""

import json
import os
import shutil

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Error, expect

from tests.conftest import skip_or_fail
from tests.factories import MembershipFactory
from tests.test_role_walk import client_of

CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome")

#: Chromium without all that is around a page, which opens one in half the time; it cannot show a PDF.
PAGES_ALONE = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium-headless-shell") or CHROMIUM

#: Everything that WCAG 2.2 asks for at AA, and good practice besides.
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What axe is asked: what offends against them. Describing all that does not takes as long as looking.
QUESTION = json.dumps({"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]})

#: Milliseconds that tests wait for anything: a machine that is slow is not wrong.
PATIENCE = 120_000

#: The window of a phone. Journeys without JavaScript are made on one, as both are hardest there.
PHONE = {"width": 390, "height": 900}

# Playwright's own loop runs in the thread of the test; Django would refuse to ask the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    """Mark everything in this folder as needing a browser."""
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def _chromium():
    if not PAGES_ALONE:
        skip_or_fail("Chromium is not installed (sudo apt-get install -y chromium).")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, _chromium):
    """Start the machine's own Chromium, and keep it from calling home."""
    return {
        **browser_type_launch_args,
        "executable_path": PAGES_ALONE,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def browser(browser):
    """Chromium, in whose windows everything is waited for patiently."""
    return patient(browser)


def patient(browser):
    """Have the windows of a browser wait for as long as tests have patience."""
    opened = browser.new_context

    def new_context(**options):
        context = opened(**options)
        context.set_default_timeout(PATIENCE)
        return context

    browser.new_context = new_context
    expect.set_options(timeout=PATIENCE)
    return browser


@pytest.fixture
def whole_browser(browser_type, browser_type_launch_args):
    """Chromium with all that is around a page, for what needs it."""
    if not CHROMIUM:
        skip_or_fail("The whole of Chromium is not installed (sudo apt-get install -y chromium).")
    browser = patient(browser_type.launch(**browser_type_launch_args | {"executable_path": CHROMIUM}))
    yield browser
    browser.close()


def hear_complaints(page):
    """Return a list that fills when a script of a page fails or the security policy stops something."""
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
    return complaints


@pytest.fixture
def page(page):
    """A page that fails the test when a script fails or the security policy stops something."""
    complaints = hear_complaints(page)
    yield page
    assert not complaints, complaints


def let_in(page, site, user):
    """Have a person be signed in at a page, whatever page is opened next.

    The form for it takes three pages. Journeys without JavaScript and on a phone go through it, and so do
    test_signing_in.py, test_life_of_an_action.py, test_reminders.py and test_guides.py.
    """
    cookie = client_of(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site}])


@pytest.fixture
def sign_in(page, live_server):
    """Return a function that signs a business manager of a partnership in."""

    def sign(partnership):
        user = MembershipFactory(user__name="Siân Ahmed", partnership=partnership).user
        let_in(page, live_server.url, user)
        return user

    return sign


@pytest.fixture
def check(page):
    """Return a function that asserts that the page is accessible and as wide as its window."""
    return lambda: assert_accessible(page)


def assert_accessible(page):
    """Assert that a page is accessible and as wide as its window.

    A click returns before the page that it leads to has arrived; where that arrives while axe looks, axe looks again.
    """
    page.wait_for_load_state()
    try:
        result = _axe(page)
    except Error:
        page.wait_for_load_state()
        result = _axe(page)
    assert result.response["testEngine"]["name"] == "axe-core"
    assert not result.violations_count, result.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{page.url} is {width} wide"


def _axe(page):
    """Return what axe finds on a page; it is put there once, for however many widths the page is looked at."""
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({QUESTION}).then(({{testEngine, violations}}) => ({{testEngine, violations}}))")
    return AxeResults(found)
