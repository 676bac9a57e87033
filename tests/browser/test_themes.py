"""Themes in a browser: giving them by keyboard, the pages over all reviews, and linking what was said before."""

import pytest
from django.urls import reverse

from reviews import services
from reviews.models import RecommendationLink, RecommendationTheme
from tests.factories import ActionFactory, PartnershipFactory, RecommendationFactory, ThemeFactory

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Midwives should ask who lives in the household, and record the answer."


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership", short_name="Wyvernshire")


@pytest.fixture
def recommendations(partnership):
    """Two recommendations that say much the same, of two reviews."""
    services.begin_themes()
    found = [
        RecommendationFactory(text=TEXT, section__review__partnership=partnership),
        RecommendationFactory(
            text=TEXT.replace("Midwives", "Health visitors"), section__review__partnership=partnership
        ),
    ]
    ActionFactory(recommendation=found[0], complete=True)
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_several_reviews_are_accessible(
    page, live_server, sign_in, check, partnership, recommendations, width
):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(partnership)
    own = ThemeFactory(partnership=partnership, recommendations=recommendations)
    RecommendationLink.objects.create(recommendation=recommendations[1], other=recommendations[0], relation="repeats")
    lonely = RecommendationFactory(text=TEXT, section__review__partnership=partnership)
    for address in (
        own.get_absolute_url(),
        reverse("theme", args=[own.pk]) + "?since=2090",
        reverse("themes-to-give"),
        lonely.get_absolute_url(),
        recommendations[1].get_absolute_url(),
    ):
        assert page.goto(live_server.url + address).status == 200
        check()


def test_themes_are_given_by_keyboard_to_several_at_once(page, live_server, sign_in, partnership, recommendations):
    sign_in(partnership)
    page.goto(live_server.url + reverse("themes-to-give"))
    page.get_by_label("Birth and pregnancy (it says “midwives”)").focus()
    page.keyboard.press("Space")
    page.get_by_label("Records and chronologies").last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("2 recommendations looked through").wait_for()
    given = RecommendationTheme.objects.order_by("recommendation").values_list("theme__name", flat=True)
    assert list(given) == ["Birth and pregnancy", "Records and chronologies"]


def test_what_was_said_before_is_linked(page, live_server, sign_in, partnership, recommendations):
    sign_in(partnership)
    page.goto(live_server.url + recommendations[1].get_absolute_url())
    page.get_by_text("1 of 1 action complete").wait_for()
    page.get_by_role("button", name="Link it").click()
    page.get_by_text("Linked: repeats").wait_for()
    assert RecommendationLink.objects.get().other == recommendations[0]
