"""The pages of themes: counting what one may see, giving themes, and linking what was said before."""

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import themes
from reviews.models import RecommendationLink, RecommendationTheme, RefusedTheme, Theme
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    ThemeFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db

TEXT = "Zoologists should supervise the parrot."


@pytest.fixture
def recommendation():
    return RecommendationFactory(text=TEXT)


@pytest.fixture
def partnership(recommendation):
    return recommendation.section.review.partnership


@pytest.fixture
def theme(recommendation):
    return ThemeFactory(name="Parrots", words="parrot*", recommendations=[recommendation])


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


class TestTheList:
    def figures(self, user, theme):
        return next(each.figures for each in themes.summaries_for(user) if each.theme == theme)

    def test_counts_recommendations_ratings_repeats_and_what_held(self, recommendation, theme):
        again = RecommendationFactory(section__review__partnership=recommendation.section.review.partnership)
        RecommendationTheme.objects.create(theme=theme, recommendation=again)
        RecommendationLink.objects.create(recommendation=again, other=recommendation, relation="repeats")
        ActionFactory(recommendation=recommendation, overdue=True)
        checked = {
            "complete": True,
            "impact_checked_by": UserFactory(),
            "impact_note": "Seen.",
            "impact_checked_at": timezone.now(),
        }
        ActionFactory(recommendation=recommendation, impact_result="held", **checked)
        found = self.figures(UserFactory(is_superuser=True), theme)
        assert (found.recommendations, found.reviews, found.repeats) == (2, 2, 1)
        assert (found.held, found.not_held, found.actions) == (1, 0, 2)
        assert found.counts == {"red": 1, "amber": 0, "green": 0, "blue": 1, "grey": 0, "no_action": 1}

    def test_counts_nothing_that_the_person_may_not_see(self, recommendation, partnership, theme, sign_in_as):
        user = sign_in_as("board_member", of=partnership)
        hidden = RecommendationFactory(section__review=ReviewFactory(partnership=partnership, restricted=True))
        for other in (hidden, RecommendationFactory()):
            RecommendationTheme.objects.create(theme=theme, recommendation=other)
            RecommendationLink.objects.create(recommendation=recommendation, other=other, relation="repeats")
            ActionFactory(recommendation=other)
        found = self.figures(user, theme)
        assert (found.recommendations, found.repeats, found.actions) == (1, 0, 0)

    def test_takes_the_same_queries_whatever_there_is(
        self, client, partnership, theme, sign_in_as, django_assert_max_num_queries
    ):
        sign_in_as(of=partnership)
        for _ in range(5):
            ThemeFactory(recommendations=[ActionFactory().recommendation])
        client.get(reverse("theme-list"))  # finds what is kept
        with django_assert_max_num_queries(12):
            client.get(reverse("theme-list"))

    def test_another_partnerships_own_theme_is_not_there(self, client, partnership, sign_in_as):
        theirs = ThemeFactory(name="Zanzibar", partnership=PartnershipFactory())
        sign_in_as(of=partnership)
        assert "Zanzibar" not in text_of(client.get(reverse("theme-list")))
        for name in ("theme", "change-theme", "merge-theme"):
            assert client.get(reverse(name, args=[theirs.pk])).status_code == 404


class TestAThemesPage:
    def test_tells_what_was_done_and_what_repeats(self, client, recommendation, partnership, theme, sign_in_as):
        later = RecommendationFactory(text="See to the parrot.", section__review__partnership=partnership)
        RecommendationTheme.objects.create(theme=theme, recommendation=later)
        RecommendationLink.objects.create(recommendation=later, other=recommendation, relation="repeats")
        ActionFactory(recommendation=recommendation, complete=True)
        sign_in_as(of=partnership)
        page = text_of(client.get(theme.get_absolute_url()))
        assert "2 recommendations in 2 reviews, 1 of them a repeat, with 1 action" in page
        assert TEXT in page
        assert "1 of 1 action complete" in page
        assert "Repeated by" in page

    @pytest.mark.parametrize(
        ("question", "shown"), [("since=2020", True), ("since=2021", False), ("until=2019", False)]
    )
    def test_can_be_narrowed_to_years(self, client, recommendation, partnership, theme, sign_in_as, question, shown):
        review = recommendation.section.review
        review.commissioned_on = today().replace(year=2020, month=5, day=1)
        review.save()
        sign_in_as(of=partnership)
        assert (TEXT in text_of(client.get(f"{theme.get_absolute_url()}?{question}"))) == shown

    def test_can_be_narrowed_to_an_agency(self, client, recommendation, partnership, theme, sign_in_as):
        ours, other = AgencyFactory(partnerships=[partnership]), AgencyFactory(partnerships=[partnership])
        ActionFactory(recommendation=recommendation, lead_agency=ours)
        sign_in_as(of=partnership)
        assert TEXT in text_of(client.get(f"{theme.get_absolute_url()}?agency={ours.pk}"))
        assert TEXT not in text_of(client.get(f"{theme.get_absolute_url()}?agency={other.pk}"))

    def test_takes_the_same_queries_whatever_there_is(
        self, client, recommendation, partnership, theme, sign_in_as, django_assert_max_num_queries
    ):
        sign_in_as(of=partnership)
        for _ in range(5):
            action = ActionFactory(recommendation__section__review__partnership=partnership)
            RecommendationTheme.objects.create(theme=theme, recommendation=action.recommendation)
            link = {"recommendation": action.recommendation, "other": recommendation, "relation": "repeats"}
            RecommendationLink.objects.create(**link)
        client.get(theme.get_absolute_url())  # finds what is kept
        with django_assert_max_num_queries(20):
            client.get(theme.get_absolute_url())

    def test_a_merged_theme_leads_to_the_other(self, client, partnership, theme, sign_in_as):
        merged = ThemeFactory(merged_into=theme)
        sign_in_as(of=partnership)
        assert client.get(merged.get_absolute_url())["Location"] == theme.get_absolute_url()

    def test_what_was_merged_from_another_partnership_is_not_named(self, client, partnership, theme, sign_in_as):
        ThemeFactory(name="Zanzibar", merged_into=theme, partnership=PartnershipFactory())
        sign_in_as(of=partnership)
        assert "Zanzibar" not in text_of(client.get(theme.get_absolute_url()))


class TestLookingAfterThemes:
    def test_a_manager_adds_one_of_the_partnerships_own(self, client, partnership, sign_in_as, fill_in):
        user = sign_in_as(of=partnership)
        fill_in(reverse("add-theme"), name="Parrots", words="parrot*", whose=str(partnership.pk))
        theme = Theme.objects.get(name="Parrots")
        assert theme.partnership == partnership
        assert theme.history.get().history_user == user

    def test_a_manager_does_not_rule_what_is_everybodys(self, client, partnership, theme, sign_in_as):
        sign_in_as(of=partnership)
        for name in ("change-theme", "merge-theme"):
            assert client.get(reverse(name, args=[theme.pk])).status_code == 403
        page = client.post(reverse("add-theme"), {"name": "All", "whose": "everybody"})
        assert not Theme.objects.filter(name="All").exists()
        assert page.status_code == 200

    def test_a_manager_renames_and_merges_the_partnerships_own(self, client, partnership, theme, sign_in_as, fill_in):
        own = ThemeFactory(name="Birds", partnership=partnership)
        sign_in_as(of=partnership)
        fill_in(reverse("change-theme", args=[own.pk]), name="Feathers", why="The usual word")
        assert Theme.objects.get(pk=own.pk).name == "Feathers"
        fill_in(reverse("merge-theme", args=[own.pk]), into=theme.pk, why="One subject")
        assert Theme.objects.get(pk=own.pk).merged_into == theme

    def test_a_name_that_is_taken_is_said_on_the_form(self, client, partnership, theme, sign_in_as, fill_in):
        sign_in_as(of=partnership)
        page = fill_in(reverse("add-theme"), name="parrots", whose=str(partnership.pk))
        assert "There is already a theme “Parrots”" in text_of(page)

    def test_what_somebody_else_changed_meanwhile_is_not_saved_over_unseen(
        self, client, partnership, sign_in_as, fill_in
    ):
        own = ThemeFactory(name="Birds", partnership=partnership)
        sign_in_as(of=partnership)
        page = fill_in(reverse("change-theme", args=[own.pk]), name="Feathers", why="Better", version="1")
        assert "Somebody else changed" in text_of(page)
        assert Theme.objects.get(pk=own.pk).name == "Birds"


class TestGivingThemes:
    @pytest.fixture
    def parrots(self):
        return ThemeFactory(name="Parrots", words="parrot*")

    def test_a_suggestion_is_confirmed_on_the_recommendations_page(
        self, client, recommendation, partnership, parrots, sign_in_as
    ):
        sign_in_as(of=partnership)
        assert "it says “parrot”" in text_of(client.get(recommendation.get_absolute_url()))
        address = reverse("answer-theme", args=[recommendation.pk])
        page = client.post(address, {"theme": parrots.pk, "answer": "give"}, follow=True)
        assert "Its theme is now “Parrots”" in text_of(page)
        assert "it says “parrot”" not in text_of(page)
        assert list(recommendation.themes.all()) == [parrots]

    def test_a_suggestion_is_refused(self, client, recommendation, partnership, parrots, sign_in_as):
        user = sign_in_as(of=partnership)
        address = reverse("answer-theme", args=[recommendation.pk])
        page = client.post(address, {"theme": parrots.pk, "answer": "refuse"}, follow=True)
        assert "it says “parrot”" not in text_of(page)
        assert RefusedTheme.objects.get().by == user

    def test_a_theme_that_is_out_of_sight_is_not_there(self, client, recommendation, partnership, sign_in_as):
        theirs = ThemeFactory(partnership=PartnershipFactory())
        sign_in_as(of=partnership)
        address = reverse("answer-theme", args=[recommendation.pk])
        assert client.post(address, {"theme": theirs.pk, "answer": "give"}).status_code == 404

    def test_a_board_member_is_suggested_nothing(self, client, recommendation, partnership, parrots, sign_in_as):
        sign_in_as("board_member", of=partnership)
        assert "it says “parrot”" not in text_of(client.get(recommendation.get_absolute_url()))

    def test_taking_a_theme_away_needs_a_reason(self, client, recommendation, partnership, theme, sign_in_as, fill_in):
        sign_in_as(of=partnership)
        address = reverse("recommendation-themes", args=[recommendation.pk])
        assert "Enter why the theme does not fit" in text_of(fill_in(address, take_away=[theme.pk]))
        fill_in(address, take_away=[theme.pk], why="Off the point")
        assert not recommendation.themes.exists()

    def test_several_recommendations_are_looked_through_at_once(
        self, client, recommendation, partnership, parrots, sign_in_as, fill_in
    ):
        section = recommendation.section
        second, third, fourth = (RecommendationFactory(section=section, text=TEXT) for _ in range(3))
        other = ThemeFactory()
        sign_in_as(of=partnership)
        page = fill_in(
            reverse("themes-to-give") + f"?review={section.review_id}",
            **{
                "shown": [each.pk for each in (recommendation, second, third, fourth)],
                f"give-{recommendation.pk}": [parrots.pk],
                f"give-{second.pk}": ["none"],
                f"more-{third.pk}": other.pk,
            },
        )
        assert page["Location"].endswith(f"?review={section.review_id}&after={fourth.pk}")
        given = RecommendationTheme.objects.order_by("recommendation").values_list("recommendation", "theme")
        assert list(given) == [(recommendation.pk, parrots.pk), (third.pk, other.pk)]
        refused = RefusedTheme.objects.values_list("recommendation", "theme")
        assert {(second.pk, None), (third.pk, parrots.pk)} <= set(refused)
        assert not RefusedTheme.objects.filter(recommendation=fourth).exists()
        assert "1 to look through" in text_of(client.get(reverse("themes-to-give")))
        assert TEXT in text_of(client.get(reverse("themes-to-give")))

    def test_a_theme_and_none_do_not_go_together(
        self, client, recommendation, partnership, parrots, sign_in_as, fill_in
    ):
        sign_in_as(of=partnership)
        said = {"shown": [recommendation.pk], f"give-{recommendation.pk}": [parrots.pk, "none"]}
        page = fill_in(reverse("themes-to-give"), **said)
        assert "but not both" in text_of(page)
        assert not RecommendationTheme.objects.exists()

    def test_the_plan_leads_to_those_of_its_recommendations_that_have_none(
        self, client, recommendation, partnership, sign_in_as
    ):
        sign_in_as(of=partnership)
        page = text_of(client.get(recommendation.section.review.get_absolute_url()))
        assert f"{reverse('themes-to-give')}?review={recommendation.section.review_id}" in page

    def test_where_there_is_nothing_to_look_through_the_page_says_why(
        self, client, recommendation, partnership, sign_in_as, theme
    ):
        manager = sign_in_as(of=partnership)
        assert "Every recommendation was looked through" in text_of(client.get(reverse("themes-to-give")))
        empty = ReviewFactory(partnership=partnership)
        page = text_of(client.get(f"{reverse('themes-to-give')}?review={empty.pk}"))
        assert "This review has no recommendations yet" in page
        assert "Every recommendation" not in page
        assert page.count(f'href="{empty.get_absolute_url()}"') == 1
        membership = manager.memberships.get()
        membership.partnership = ReviewFactory().partnership
        membership.save()
        page = text_of(client.get(reverse("themes-to-give")))
        assert "There are no recommendations yet" in page
        assert "Every recommendation" not in page
        assert f'href="{reverse("review-list")}"' in page

    def test_the_run_through_takes_the_same_queries_whatever_there_is(
        self, client, recommendation, partnership, sign_in_as, django_assert_max_num_queries
    ):
        sign_in_as(of=partnership)
        for _ in range(9):
            RecommendationFactory(section__review__partnership=partnership)
        client.get(reverse("themes-to-give"))  # finds what is kept
        with django_assert_max_num_queries(14):
            client.get(reverse("themes-to-give"))


class TestLinks:
    def test_a_link_of_any_kind_is_made_and_undone_with_a_reason(
        self, client, recommendation, partnership, sign_in_as, fill_in
    ):
        other = RecommendationFactory(text=TEXT, section__review__partnership=partnership)
        user = sign_in_as(of=partnership)
        said = {"other": other.pk, "relation": "supersedes"}
        client.post(reverse("link-recommendation", args=[recommendation.pk]), said)
        link = RecommendationLink.objects.get()
        assert link.relation == "supersedes"
        address = reverse("unlink-recommendation", args=[recommendation.pk, link.pk])
        assert "Enter why the link is undone" in text_of(fill_in(address))
        fill_in(address, why="It asks for something else")
        assert not RecommendationLink.objects.exists()
        last = RecommendationLink.history.first()
        assert (last.history_user, last.history_change_reason) == (user, "Link undone: It asks for something else")

    def test_the_reviews_history_tells_links_and_themes_to_who_sees_both_ends(
        self, client, recommendation, partnership, sign_in_as
    ):
        other = RecommendationFactory(
            text=TEXT, section__review=ReviewFactory(partnership=partnership, restricted=True, pseudonym="Zanzibar")
        )
        sign_in_as(of=partnership)
        client.post(
            reverse("link-recommendation", args=[recommendation.pk]), {"other": other.pk, "relation": "repeats"}
        )
        theme = ThemeFactory(name="Parrots")
        address = reverse("answer-theme", args=[recommendation.pk])
        client.post(address, {"theme": theme.pk, "answer": "give"})
        history = reverse("review-history", args=[recommendation.section.review_id])
        page = text_of(client.get(history))
        assert "repeats" in page
        assert "Theme given: Parrots" in page
        sign_in_as("board_member", of=partnership)
        page = text_of(client.get(history))
        assert "Theme given: Parrots" in page
        assert "Zanzibar" not in page
