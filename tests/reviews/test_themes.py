"""Themes: suggested from the wording, given by people, renamed and merged, and readable as they were."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from actions import plan
from reviews import services, themes
from reviews.models import RecommendationTheme, RefusedTheme, Theme
from scr_tracker.rules import RuleBroken
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ThemeFactory,
    UserFactory,
)

TEXT = "Midwives should share what they know of violence at home with the health visitor."


def from_the_file():
    return [Theme(pk=number, **each) for number, each in enumerate(themes.starters(), start=1)]


class TestSuggestions:
    def names(self, text):
        return [each.theme.name for each in themes.suggested(text, from_the_file())]

    def test_the_words_of_a_theme_suggest_it(self):
        assert self.names("Supervision should be reflective.") == ["Supervision and oversight"]
        assert "Professional curiosity" in self.names("Ask further: be curious about disguised compliance.")

    def test_the_theme_with_more_of_its_words_comes_first(self):
        found = self.names("Chronologies and records of supervision should be kept.")
        assert found == ["Records and chronologies", "Supervision and oversight"]

    def test_it_says_which_words_suggest_it(self):
        [found] = themes.suggested("Neglected children and neglect", [Theme(pk=1, name="Neglect", words="neglect*")])
        assert found.words == ("neglected", "neglect")

    def test_the_police_are_no_policy(self):
        assert self.names("Police officers should ring.") == []

    def test_at_most_three_are_suggested(self):
        text = "Training, supervision, records, policies, referrals, assessments and schools"
        assert len(self.names(text)) == themes.MOST_SUGGESTED

    def test_the_names_of_the_starter_set_are_all_different(self):
        names = [each["name"].lower() for each in themes.starters()]
        assert len(names) == len(set(names)) >= 35
        assert all(each["about"] and each["words"] for each in themes.starters())

    def test_nearly_every_real_recommendation_is_suggested_something(self, shared_plans):
        from tests.reviews.test_similar import PLANS, _texts

        texts = [text for name in PLANS.values() for text in _texts(shared_plans / "truth" / f"{name}.json")]
        suggested = [self.names(text) for text in texts]
        assert sum(map(bool, suggested)) / len(texts) >= 0.9


@pytest.mark.django_db
class TestSettling:
    @pytest.fixture
    def recommendation(self):
        return RecommendationFactory(text=TEXT)

    @pytest.fixture
    def manager(self, recommendation):
        return MembershipFactory(partnership=recommendation.section.review.partnership).user

    def test_who_gave_a_theme_and_why_is_kept(self, recommendation, manager):
        theme = ThemeFactory()
        for _ in range(2):
            services.settle_themes(recommendation=recommendation, by=manager, give=[theme], why="It says so")
        [line] = RecommendationTheme.history.all()
        assert (line.history_user, line.history_change_reason) == (manager, "Theme given: It says so")
        assert list(recommendation.themes.all()) == [theme]

    def test_what_is_taken_away_stays_in_the_history(self, recommendation, manager):
        theme = ThemeFactory(recommendations=[recommendation])
        then = timezone.now()
        services.settle_themes(recommendation=recommendation, by=manager, take_away=[theme], why="Off the point")
        assert not recommendation.themes.exists()
        assert plan.themes_of([recommendation.pk], as_at=then)[recommendation.pk] == [theme]
        assert plan.themes_of([recommendation.pk], as_at=timezone.now()) == {}

    def test_what_was_refused_is_not_suggested_again_and_it_is_known_who_refused(self, recommendation, manager):
        theme = ThemeFactory(words="midwi*")
        assert theme in [each.theme for each in themes.suggested_for([recommendation])[recommendation.pk]]
        services.settle_themes(recommendation=recommendation, by=manager, refuse=[theme])
        assert theme not in [each.theme for each in themes.suggested_for([recommendation])[recommendation.pk]]
        refused = RefusedTheme.objects.get()
        assert (refused.by, refused.theme) == (manager, theme)
        with pytest.raises(TypeError):
            refused.delete()

    def test_where_no_theme_fits_nothing_is_suggested(self, recommendation, manager):
        services.settle_themes(recommendation=recommendation, by=manager, refuse=[None])
        services.settle_themes(recommendation=recommendation, by=manager, refuse=[None])
        assert themes.suggested_for([recommendation])[recommendation.pk] == []
        assert not type(recommendation).objects.without_a_theme().exists()

    def test_another_partnerships_own_theme_is_not_given(self, recommendation, manager):
        theirs = ThemeFactory(partnership=PartnershipFactory())
        with pytest.raises(RuleBroken, match="another partnership’s"):
            services.settle_themes(recommendation=recommendation, by=manager, give=[theirs])

    def test_themes_are_not_given_without_a_trace(self, recommendation):
        with pytest.raises(TypeError, match="has a history"):
            recommendation.themes.add(ThemeFactory())


@pytest.mark.django_db
class TestTheThemesThemselves:
    @pytest.fixture
    def user(self):
        return UserFactory()

    def test_a_name_that_stands_already_is_refused_whatever_its_capitals(self, user):
        ThemeFactory(name="Sleep")
        with pytest.raises(RuleBroken, match="There is already a theme “Sleep”"):
            services.add_theme(name=" sleep ", partnership=PartnershipFactory(), by=user)

    def test_the_same_name_in_another_partnership_tells_nothing(self, user):
        ThemeFactory(name="Sleep", partnership=PartnershipFactory())
        assert services.add_theme(name="Sleep", partnership=PartnershipFactory(), by=user).pk

    def test_the_database_itself_keeps_the_names_apart(self):
        ThemeFactory(name="Sleep")
        with pytest.raises(IntegrityError), transaction.atomic():
            ThemeFactory(name="sleep")

    def test_a_theme_is_called_then_what_it_was_called_then(self, user):
        recommendation = RecommendationFactory()
        theme = ThemeFactory(name="Sleep", recommendations=[recommendation])
        then = timezone.now()
        services.change_theme(theme=theme, name="Safer sleep", why="The usual word", by=user)
        assert str(plan.themes_of([recommendation.pk], as_at=then)[recommendation.pk][0]) == "Sleep"
        assert str(plan.themes_of([recommendation.pk])[recommendation.pk][0]) == "Safer sleep"
        assert theme.history.first().history_change_reason == "Theme renamed, before: Sleep: The usual word"

    def test_merging_moves_recommendations_once_and_remembers(self, user):
        one, both = RecommendationFactory(), RecommendationFactory()
        old, kept = ThemeFactory(recommendations=[one, both]), ThemeFactory(recommendations=[both])
        older = ThemeFactory(merged_into=old)
        then = timezone.now()
        services.merge_theme(theme=old, into=kept, why="One subject", by=user)
        assert list(kept.recommendations.order_by("pk")) == [one, both]
        assert not old.recommendations.exists()
        assert set(Theme.objects.filter(merged_into=kept)) == {old, older}
        assert plan.themes_of([one.pk], as_at=then)[one.pk] == [old]
        assert plan.themes_of([one.pk])[one.pk] == [kept]

    def test_everybodys_theme_is_not_merged_into_a_partnerships_own(self, user):
        own = ThemeFactory(partnership=PartnershipFactory())
        with pytest.raises(RuleBroken, match="the others could not see it"):
            services.merge_theme(theme=ThemeFactory(), into=own, why="One subject", by=user)
        services.merge_theme(theme=own, into=ThemeFactory(), why="One subject", by=user)

    def test_a_merged_theme_is_not_merged_again(self, user):
        gone, other = ThemeFactory(), ThemeFactory()
        services.merge_theme(theme=gone, into=other, why="One subject", by=user)
        for theme, into in ((gone, other), (other, gone), (other, other)):
            with pytest.raises(RuleBroken):
                services.merge_theme(theme=theme, into=into, why="Again", by=user)

    def test_the_name_of_a_merged_theme_leads_to_the_other(self, user):
        services.merge_theme(theme=ThemeFactory(name="DA"), into=ThemeFactory(name="Abuse"), why="One", by=user)
        with pytest.raises(RuleBroken, match="“DA” was merged into “Abuse”"):
            services.add_theme(name="DA", by=user)

    def test_beginning_twice_makes_nothing_twice(self):
        services.begin_themes()
        number = Theme.objects.count()
        assert services.begin_themes() == []
        assert Theme.objects.count() == number >= 35


@pytest.mark.django_db
class TestWhoSeesAPartnershipsOwnTheme:
    def test_its_people_see_it_and_nobody_elsewhere(self):
        theme = ThemeFactory(partnership=PartnershipFactory())
        ours = MembershipFactory(partnership=theme.partnership).user
        assert theme in Theme.objects.visible_to(ours)
        assert theme not in Theme.objects.visible_to(MembershipFactory().user)
        assert theme not in Theme.objects.visible_to(UserFactory())

    def test_a_lead_sees_it_where_it_was_given_to_what_they_lead(self):
        from tests.factories import ActionFactory, AgencyFactory

        action = ActionFactory(lead_agency=AgencyFactory())
        lead = MembershipFactory(agency_lead=True, agency=action.lead_agency).user
        theme = ThemeFactory(partnership=action.review.partnership)
        assert theme not in Theme.objects.visible_to(lead)
        services.settle_themes(recommendation=action.recommendation, by=None, give=[theme])
        assert theme in Theme.objects.visible_to(lead)
