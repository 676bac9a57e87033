"""The guides in docs/: each of their tasks done in the browser, on the demonstration, and the pictures taken of it.

With TAKE_PICTURES=1 the pictures in docs/pictures are taken anew. Without, the same tasks are done, and each guide is
held against them: it names the pictures that are taken and no other, and what it prints in bold stands on the pages.
"""

import io
import os
import re
import subprocess

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from actions import found_warnings
from actions.choices import Rating, Status
from actions.demonstration import load
from actions.models import Action, Evidence, Meeting, Report
from reviews.models import Review
from scr_tracker.models import User
from tests.actions.evidence.files import pdf

DOCS = settings.BASE_DIR / "docs"
PICTURES = DOCS / "pictures"
TAKES_PICTURES = os.environ.get("TAKE_PICTURES") == "1"
#: The day on which the pictures are taken, so that they change only when the pages do.
DAY = "2026-11-17 16:30"
WINDOW = {"width": 1000, "height": 720}
LARGEST = 120_000
PICTURE = re.compile(r"!\[([^\]]+)\]\(((?:docs/)?pictures/([a-z-]+\.png))\)")
#: What may be in bold though no page of the tour happens to show it.
LABELS = {str(label) for choices in (Status, Rating, Evidence.Strength) for label in choices.labels}

GUIDES = ("guide-business-manager", "guide-agency-lead", "guide-board-member")


def read(guide):
    return (DOCS / f"{guide}.md").read_text(encoding="utf-8")


def plain(text):
    """Return a text in one line and in small letters."""
    return " ".join(text.split()).lower()


class Tour:
    """One person's way through their guide: the pictures taken, and all that stood on the pages."""

    def __init__(self, page, site):
        self.page, self.site = page, site
        self.taken, self.seen = [], []

    def sign_in(self, name):
        """Sign somebody in whose name begins so."""
        user = User.objects.get(name__startswith=name)
        told = (settings.BASE_DIR / "fixtures" / "partnerships.json").read_text(encoding="utf-8")
        self.page.goto(self.site + reverse("sign-in"))
        self.page.get_by_label("E-mail").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(re.search(r'"password": "([^"]+)"', told)[1])
        self.press("Sign in")
        self.page.get_by_role("button", name="Sign out").wait_for()
        self.look()

    def goto(self, name, *args):
        """Open a page by its name."""
        assert self.page.goto(self.site + reverse(name, args=args)).status == 200
        self.look()

    def follow(self, name, **how):
        """Follow the first link of this name."""
        self.page.get_by_role("link", name=name, **how).first.click()
        self.page.wait_for_load_state()
        self.look()

    def press(self, name):
        """Press the last button of this name: the one of the form, where a page has two."""
        self.page.get_by_role("button", name=name, exact=True).last.click()
        self.page.wait_for_load_state()

    def sees(self, text):
        """Wait for a text."""
        self.page.get_by_text(text).first.wait_for()
        self.look()

    def look(self):
        """Remember what stands on the page."""
        self.seen.append(self.page.locator("body").inner_text())

    def picture(self, name, of=None, **window):
        """Take a picture of the window, from where something stands or else from the top."""
        self.taken.append(name)
        if TAKES_PICTURES:
            self.page.set_viewport_size(WINDOW | window)
            self.page.evaluate("scrollTo(0, 0)")
            if of:
                of.evaluate("part => scrollTo(0, part.getBoundingClientRect().top - 24)")
            keep(name, self.page.screenshot(animations="disabled"))

    def keeps_to(self, guide):
        """Assert that a guide shows and says what was on the way."""
        text = read(guide)
        assert [name for _, _, name in PICTURE.findall(text)] == self.taken
        stood = plain(" ".join(self.seen + list(LABELS)))
        bold = [plain(words) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]
        assert bold.pop(0) == "bold"
        missing = [words for words in bold if words not in stood]
        assert not missing, f"{guide} has in bold what no page says: {missing}"


def keep(name, png):
    """Write a picture with few colours, which makes it small."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    picture.save(PICTURES / name, optimize=True)


@pytest.fixture
def tour(page, live_server, settings, tmp_path, time_machine, transactional_db):
    """A person's tour of the demonstration, on the day of the pictures."""
    settings.MEDIA_ROOT = tmp_path / "media"
    time_machine.move_to(DAY)
    load()
    page.set_viewport_size(WINDOW)
    return Tour(page, live_server.url)


def issue_report():
    """Issue the report on the largest review for the next board, and return it."""
    by = User.objects.get(name__startswith="Marian").email
    call_command("report", "WSCP-07", issue=True, by=by, meeting="Partnership Executive", verbosity=0)
    return Report.objects.get()


def test_the_guide_for_agency_leads(tour):
    page, lead = tour.page, User.objects.get(name__startswith="Callum")
    tour.sign_in("Callum")
    tour.picture("lead-home.png")

    late = Action.objects.visible_to(lead).get(text__startswith="Dip-sample forty")
    tour.goto("action", late.pk)
    page.get_by_label("What was done since the last update?").fill("The fourth forty: the child was seen in 38.")
    tour.picture("lead-update.png", of=page.get_by_role("heading", name="Update this action"))
    page.locator("#id_files").set_input_files({"name": "Fourth.pdf", "mimeType": "application/pdf", "buffer": pdf()})
    page.get_by_label("Kind of evidence").select_option("audit")
    page.get_by_label("Audited").check()
    tour.press("Save update")
    tour.sees("Update saved")
    tour.goto("add-evidence", late.pk)
    tour.picture("lead-evidence.png", of=page.get_by_role("heading", name="Add evidence"))

    soon = Action.objects.visible_to(lead).get(text__startswith="Agree a duty telephone number")
    tour.goto("action", soon.pk)
    tour.press("Ask for a later date")
    for part, number in (("Day", "31"), ("Month", "1"), ("Year", "2027")):
        page.get_by_label(part).fill(number)
    page.get_by_label("Why is more time needed?").fill("Two forces answer after the new year.")
    tour.press("Ask for a later date")
    tour.sees("31 January 2027")

    tour.goto("submit-action", late.pk)
    page.get_by_label("What was done?").fill("Four samples of forty were read; the last shows children seen in 38.")
    tour.picture("lead-submit.png", height=900)
    tour.press("Submit as complete")
    tour.sees("Submitted as complete")

    challenged = Action.objects.visible_to(lead).get(text__startswith="Answer nine in ten")
    tour.goto("action", challenged.pk)
    tour.follow("Reply")
    page.get_by_label("What is your reply?").fill("Finance has agreed; the second researcher starts in December.")
    tour.press("Reply")
    tour.sees("Your reply is added")

    tour.goto("account")
    tour.goto("reminder-settings")
    tour.picture("lead-digest.png")
    tour.keeps_to("guide-agency-lead")


def test_the_guide_for_board_members(tour):
    page, report = tour.page, issue_report()
    tour.sign_in("Ngozi")
    tour.picture("member-home.png", height=900)
    tour.goto("report-list")
    tour.goto("report", report.pk)
    tour.picture("member-report.png")
    tour.follow("read it as a page")

    done = Action.objects.filter(review__reference="WSCP-07", status=Status.COMPLETE, evidence__strength="audited")
    tour.goto("action", done.order_by("pk").first().pk)
    tour.picture("member-action.png", height=900)
    tour.follow(Evidence.objects.filter(actions=done.order_by("pk").first()).first().title)

    late = Action.objects.get(text__startswith="Sample forty agreements")
    tour.goto("action", late.pk)
    page.get_by_text("Comment on this action, or challenge it").click()
    page.get_by_label("Challenge", exact=True).check()
    page.get_by_label("What do you want to say?").fill("Eight months late: what would it take to read forty?")
    tour.picture("member-challenge.png", of=page.get_by_role("heading", name="Comments and challenges"))
    tour.look()
    tour.press("Add")
    tour.sees("Your words are added")

    tour.goto("theme-list")
    tour.picture("member-themes.png")
    tour.goto("plan", late.review.pk)
    tour.goto("meeting-list")
    tour.keeps_to("guide-board-member")


def test_the_guide_for_business_managers(tour):
    report = issue_report()
    found_warnings.look_through(Review.objects.all())
    tour.sign_in("Marian")
    tour.picture("manager-home.png", height=900)
    tour.goto("review-list")
    tour.goto("import-plan")
    tour.goto("people")
    tour.goto("action-list")
    tour.goto("plan", Review.objects.get(reference="WSCP-07").pk)
    tour.picture("plan.png", width=1280, height=1300)

    late = Action.objects.get(text__startswith="Dip-sample forty")
    tour.goto("action", late.pk)
    tour.goto("sign-off-queue")
    tour.follow("Sign off “Send a message")
    tour.picture("manager-sign-off.png", height=900)
    tour.goto("return-action", Action.objects.get(text__startswith="Send a message to parents").pk)
    tour.press("Return to the lead agency")
    tour.sees("There is a problem")
    tour.goto("sign-off-queue")
    tour.follow("Sign off “Send a message")
    tour.press("Sign off")
    tour.sees("Signed off")
    tour.goto("extension-queue")
    tour.follow("Agree")
    tour.press("Agree the later date")
    tour.sees("Later date agreed")

    tour.goto("remind-lead", late.pk)
    tour.press("Send the reminder")
    tour.sees("Reminder sent to Callum")
    tour.goto("reminders")
    tour.picture("manager-reminders.png")

    meeting = Meeting.objects.filter(name__startswith="Learning").coming().first()
    tour.goto("meeting", meeting.pk)
    tour.goto("meeting-agenda", meeting.pk)
    tour.press("Run the meeting")
    tour.sees("Why it is on the agenda")
    tour.picture("manager-meeting.png", height=900)

    tour.goto("report-list")
    tour.goto("new-report")
    tour.goto("theme-list")
    tour.taken.append("report.png")
    if TAKES_PICTURES:
        with report.pdf.open("rb") as file:
            page_2 = ["pdftoppm", "-png", "-r", "82", "-f", "2", "-l", "2"]
            keep("report.png", subprocess.run(page_2, input=file.read(), capture_output=True, check=True).stdout)
    tour.keeps_to("guide-business-manager")


def test_every_picture_is_there_is_small_says_what_it_shows_and_is_in_a_guide():
    named = [found for guide in GUIDES for found in PICTURE.findall(read(guide))]
    for says, path, _ in named:
        assert len(says) > 30, f"{path} does not say what it shows"
        assert (DOCS / path).stat().st_size <= LARGEST, f"{path} is too large"
    assert {name for _, _, name in named} == {path.name for path in PICTURES.glob("*.png")}
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    assert all((settings.BASE_DIR / path).exists() for _, path, _ in PICTURE.findall(readme))
    assert all(f"docs/{guide}.md" in readme for guide in GUIDES)
