"""What people do now and then, on a phone and without JavaScript: themes, repeats, invitations, an import, an undo."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from actions.choices import Status
from actions.models import Action
from reviews import services
from reviews.models import RecommendationLink, Review
from scr_tracker.models import User
from tests.browser.test_without_scripts import action, bare, follow, press  # noqa: F401  fixtures
from tests.factories import ActionFactory, MembershipFactory, RecommendationFactory

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Midwives should ask who lives in the household, and record the answer."
PASSWORD = "seven-herons-on-a-wall"  # noqa: S105
#: A plan in which a date is not understood, and two stand beside three actions.
PLAN = """No,Recommendation,Action,By when,Lead,Status
1,Ask who lives in the household.,Change the form.,when we can,Head of Midwifery,Complete
2,Share what is known.,"a) Write it down.
b) Tell the school.
c) Tell the nurse.","May 2012
June 2012",Head of Practice,In progress
"""


def test_suggested_themes_are_confirmed_and_refused_and_a_repeat_is_linked(bare, action):  # noqa: F811
    services.begin_themes()
    partnership = action.review.partnership
    earlier = RecommendationFactory(text=TEXT, section__review__partnership=partnership)
    ActionFactory(recommendation=earlier, complete=True)
    later = RecommendationFactory(
        text=TEXT.replace("Midwives", "Health visitors"), section__review__partnership=partnership
    )

    page = bare(MembershipFactory(partnership=partnership).user)
    page.goto(earlier.get_absolute_url())
    page.get_by_role("button", name="Confirm").first.click()
    page.get_by_text("Its theme is now").wait_for()
    page.get_by_role("button", name="Does not fit").first.click()
    page.get_by_text("will not be suggested for this recommendation again").wait_for()
    assert (earlier.themes.count(), earlier.refused_themes.count()) == (1, 1)

    page.goto(later.get_absolute_url())
    page.get_by_label("This recommendation and").select_option(label="see also")
    page.get_by_role("button", name="Link it").click()
    page.get_by_text("Linked: see also").wait_for()
    assert RecommendationLink.objects.get().other == earlier
    follow(page, "Undo the link")
    press(page, "Undo the link")
    page.get_by_role("link", name="Enter why the link is undone").wait_for()
    page.get_by_label("Why?").fill("It asks for something else after all.")
    press(page, "Undo the link")
    page.get_by_text("The link is undone").wait_for()
    assert not RecommendationLink.objects.exists()


def test_an_invitation_leads_from_the_mail_to_what_the_person_came_for(bare, action, browser, live_server):  # noqa: F811
    page = bare(MembershipFactory(partnership=action.review.partnership).user)
    page.goto(reverse("invite"))
    page.get_by_label("E-mail").fill("ngozi@example.org")
    page.get_by_label("What will they be?").select_option(label="Board member")
    press(page, "Send the invitation")
    page.get_by_text("Invitation sent to ngozi@example.org").wait_for()
    link = re.search(r"http://\S+/invitations/\S+", mail.outbox[-1].body)[0]

    page.context.clear_cookies()
    page.goto(link)
    press(page, "Make my account")
    page.get_by_role("link", name="Enter your name").wait_for()
    page.get_by_label("Name").fill("Ngozi Hale")
    page.get_by_label("Password").first.fill("password")
    press(page, "Make my account")
    page.get_by_text("There is a problem").wait_for()
    assert page.get_by_label("Name").input_value() == "Ngozi Hale"
    page.get_by_label("Password").first.fill(PASSWORD)
    press(page, "Make my account")
    page.get_by_text("Your account is made. You are board member, Partnership").wait_for()
    assert User.objects.get(email="ngozi@example.org").memberships.get().partnership == action.review.partnership
    follow(page, "Reviews")
    follow(page, str(action.review))
    page.get_by_text(action.text).wait_for()

    page.goto(link)
    page.get_by_role("heading", name="This link does not work any more").wait_for()
    follow(page, "go on with your work")
    page.get_by_role("heading", name="Hello, Ngozi Hale").wait_for()


def test_an_import_is_put_right_and_saved(bare, action):  # noqa: F811
    page = bare(MembershipFactory(partnership=action.review.partnership).user)
    follow(page, "Reviews")
    follow(page, "Import a plan")
    page.locator("input[type=file]").set_input_files(
        {"name": "plan.csv", "mimeType": "text/csv", "buffer": PLAN.encode()}
    )
    press(page, "Upload and read")
    page.get_by_role("heading", name="What was found").wait_for()
    follow(page, "Import this plan")
    press(page, "Save")
    page.get_by_role("link", name="Enter the reference of the review").wait_for()
    page.get_by_label("Reference").fill("0412")
    press(page, "Save")
    follow(page, "Look at the places that were not understood")
    follow(page, "Put it right")
    follow(page, "Share out “By when” among the actions")
    press(page, "Share out")
    page.get_by_text("Shared out", exact=True).wait_for()
    follow(page, "Edit action 3")
    page.get_by_label("By when").fill("Christmas")
    page.get_by_label("Day").first.fill("31")
    press(page, "Save")
    page.get_by_text("There is a problem").wait_for()
    assert page.get_by_label("By when").input_value() == "Christmas"
    page.get_by_label("Month").first.fill("12")
    page.get_by_label("Year").first.fill("2012")
    press(page, "Save")
    page.get_by_text("Christmas").first.wait_for()
    page.get_by_text("Last: Edited by when, target date").wait_for()
    follow(page, "Go on with the import")
    follow(page, "Import this plan")
    press(page, "Import")
    page.get_by_text("Imported from plan.csv").wait_for()
    review = Review.objects.get(reference="0412")
    assert page.url.endswith(review.get_absolute_url())
    dates = Action.objects.filter(review=review).order_by("pk").values_list("target_date", flat=True)
    assert [str(each) for each in dates] == ["None", "2012-05-31", "2012-06-30", "2012-12-31"]


def test_a_batch_is_undone(bare, action):  # noqa: F811
    ActionFactory.create_batch(2, recommendation=action.recommendation, lead_agency=action.lead_agency)
    page = bare(MembershipFactory(partnership=action.review.partnership).user)
    page.goto(f"{reverse('action-list')}?view=all")
    for box in page.locator("input[name=chosen]").all():
        box.check()
    press(page, "Go on with those selected")
    page.get_by_label("Status").select_option("ongoing")
    press(page, "See what would change")
    press(page, "Change 3 actions")
    page.get_by_role("heading", name="3 actions are changed").wait_for()
    follow(page, "Undo")
    press(page, "Undo these 3 changes")
    page.get_by_role("heading", name="Undone: 3 actions are as they were").wait_for()
    assert set(Action.objects.values_list("status", flat=True)) == {Status.IN_PROGRESS}
    follow(page, "Go back to the list")
