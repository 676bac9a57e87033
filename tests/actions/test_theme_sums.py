"""The figures of themes that are kept: what counting one by one finds, for everybody, whatever was changed."""

from datetime import timedelta
from random import Random
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions import rating, summaries, theme_sums, themes
from actions import services as life
from actions.choices import ImpactResult, OwnRating, Status
from actions.filters import ThemeFilter
from actions.models import Action, ChangedThemes, ThemesSummed, ThemeStanding, ThemeSum
from reviews import services
from reviews.models import Recommendation, RecommendationLink, RecommendationTheme, Review, Theme
from scr_tracker.history import remember, remember_end
from scr_tracker.models import Partnership, User
from scr_tracker.permissions import Permission, Role
from scr_tracker.rules import RuleBroken
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    ThemeFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db


class World:
    """Two partnerships whose people give themes, link, restrict and work at random."""

    def __init__(self, seed):
        self.draw = Random(seed)
        self.ours, self.theirs = PartnershipFactory.create_batch(2)
        self.agencies = AgencyFactory.create_batch(2, partnerships=[self.ours, self.theirs])
        self.themes = [*ThemeFactory.create_batch(3), ThemeFactory(partnership=self.ours)]
        self.people = {name: UserFactory() for name in ("manager", "of both", "member", "named", "lead", "all of it")}
        self.people["superuser"] = UserFactory(is_superuser=True)
        self.manager = self.people["manager"]
        for name, partnership in (("manager", self.ours), ("of both", self.ours), ("of both", self.theirs)):
            MembershipFactory(user=self.people[name], partnership=partnership)
        for name, partnership in (("member", self.ours), ("named", self.ours), ("all of it", self.theirs)):
            MembershipFactory(user=self.people[name], partnership=partnership, role=Role.BOARD_MEMBER)
        for name in ("lead", "all of it"):
            MembershipFactory(user=self.people[name], agency_lead=True, agency=self.agencies[0])
        self.reviews = [*ReviewFactory.create_batch(3, partnership=self.ours), ReviewFactory(partnership=self.theirs)]
        for review in self.reviews:
            for _ in range(2):
                self.add_recommendation(review)

    def add_recommendation(self, review=None):
        recommendation = RecommendationFactory(section__review=review or self.draw.choice(self.reviews))
        for _ in range(self.draw.randrange(3)):
            self.add_action(recommendation)
        self.give(recommendation)

    def add_action(self, recommendation):
        ActionFactory(
            recommendation=recommendation,
            lead_agency=self.draw.choice([*self.agencies, None]),
            supporting_agencies=self.draw.sample(self.agencies, self.draw.randrange(2)),
            target_date=today() + timedelta(self.draw.randrange(-60, 60)),
            own_rating=self.draw.choice(["", *OwnRating.values]),
        )

    def give(self, recommendation):
        fitting = list(Theme.objects.fitting(recommendation.section.review.partnership))
        give = self.draw.sample(fitting, min(len(fitting), self.draw.randrange(3)))
        services.settle_themes(recommendation=recommendation, by=self.manager, give=give)

    def step(self):
        """Do something that people do, if it can be done."""
        one, other = (self.draw.choice(list(Recommendation.objects.all())) for _ in range(2))
        review = Review.objects.get(pk=self.draw.choice(self.reviews).pk)
        doing = {
            "recommend": self.add_recommendation,
            "give": lambda: self.give(one),
            "take away": lambda: self.take_away(one),
            "refuse": lambda: services.settle_themes(recommendation=one, by=self.manager, refuse=[None]),
            "merge": lambda: self.merge(),
            "link": lambda: services.link(recommendation=one, other=other, relation="repeats", by=self.manager),
            "link back": lambda: services.link(recommendation=other, other=one, relation="repeats", by=self.manager),
            "see also": lambda: services.link(recommendation=one, other=other, relation="see_also", by=self.manager),
            "unlink": self.unlink,
            "withdraw": lambda: services.withdraw_recommendation(
                recommendation=one, by=self.manager, reason="It was overtaken."
            ),
            "restrict": lambda: self.change(review, restricted=not review.restricted),
            "name": lambda: self.name(review),
            "complete": lambda: self.change(review, completed_on=today() - timedelta(self.draw.randrange(2000))),
            "hand over": lambda: self.hand_over(review),
            "act": lambda: self.add_action(one),
        }
        try:
            return doing[self.draw.choice([*doing, *["work"] * 5])]()
        except KeyError:
            return self.work()
        except RuleBroken:
            return None

    def work(self):
        """Do something to an action."""
        action = self.draw.choice(list(Action.objects.select_related("recommendation__section__review__partnership")))
        about = {"action": action, "by": self.manager}
        doing = {
            "report": lambda: life.report_progress(
                **about, status=Status.ONGOING, what_was_done="More.", own_rating=self.draw.choice(["", "red"])
            ),
            "submit": lambda: life.submit_action(
                action=action, by=self.people["lead"], what_was_done="All.", no_evidence_reason="It was spoken."
            ),
            "sign off": lambda: life.sign_off(**about),
            "check": lambda: life.check_impact(
                **about, result=self.draw.choice(ImpactResult.values), note="We asked them."
            ),
            "pause": lambda: life.pause_action(**about, reason="The inquest."),
            "lead": lambda: self.change(action, lead_agency=self.draw.choice([*self.agencies, None])),
            "done": lambda: self.change(action, status=Status.COMPLETE),
        }
        try:
            return doing[self.draw.choice(list(doing))]()
        except RuleBroken:
            return None

    def take_away(self, recommendation):
        has = list(recommendation.themes.all())
        services.settle_themes(
            recommendation=recommendation, by=self.manager, take_away=has[:1], why="It does not fit."
        )

    def merge(self):
        if self.draw.random() < 0.3:
            services.merge_theme(theme=self.themes[-1], into=self.themes[0], why="They are one.", by=self.manager)

    def unlink(self):
        links = list(RecommendationLink.objects.all())
        if links:
            services.unlink(link=self.draw.choice(links), by=self.manager, why="It is another matter.")

    def name(self, review):
        services.change_review(review=review, by=self.manager, named_people=[self.people["named"]])

    def hand_over(self, review):
        if self.draw.random() < 0.3:
            there = self.theirs if review.partnership_id == self.ours.pk else self.ours
            self.change(review, partnership=there)

    def change(self, thing, **fields):
        for name, value in fields.items():
            setattr(thing, name, value)
        remember(thing, by=self.manager, why="Changed")


class Counted:
    """What is counted one by one of recommendations that a person sees."""

    def __init__(self, user):
        self.without = set(summaries.without_action(Recommendation.objects.all()).values_list("pk", flat=True))
        links = RecommendationLink.objects.visible_to(user).filter(relation="repeats")
        self.repeating = set(links.values_list("recommendation", flat=True))
        self.actions = list(Action.objects.visible_to(user).select_related("review__partnership"))
        seen = Recommendation.objects.visible_to(user).distinct().select_related("section")
        self.seen = list(seen.prefetch_related("themes"))

    def under(self, theme):
        """Return the Figures of a theme."""
        return self.of([each for each in self.seen if theme in each.themes.all()])

    def of(self, recommendations):
        """Return the Figures of some recommendations."""
        keys = {each.pk for each in recommendations}
        figures = themes.Figures(
            recommendations=len(keys),
            reviews=len({each.section.review_id for each in recommendations}),
            repeats=len(keys & self.repeating),
        )
        figures.counts[rating.NO_ACTION] = len(keys & self.without)
        for action in self.actions:
            if action.recommendation_id in keys:
                held = [action.impact_result == each for each in (ImpactResult.HELD, ImpactResult.NOT_HELD)]
                figures.add(rating.of(action, today(), action.review.partnership), 1, *held)
        return figures


def under(theme, user, **asked):
    """Return what the page of a theme says."""
    recommendations = Recommendation.objects.visible_to(user).filter(themes=theme)
    request = type("Request", (), {"user": user})()
    filtered = ThemeFilter(asked, queryset=recommendations, request=request)
    figures, found = themes.under(theme, filtered, user)
    return filtered, figures, found


@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_what_counting_one_by_one_finds_for_everybody_after_any_changes(seed):
    world = World(seed)
    for _ in range(4):
        for _ in range(world.draw.randrange(1, 12)):
            world.step()
        for name in world.draw.sample(list(world.people), len(world.people)):
            user = User.objects.get(pk=world.people[name].pk)
            told, counted = themes.summaries_for(user), Counted(user)
            assert [each.figures for each in told] == [counted.under(each.theme) for each in told], name
            theme = world.draw.choice(world.themes)
            years = {"since": today().year - world.draw.randrange(6)} if world.draw.random() < 0.5 else {}
            filtered, figures, found = under(theme, user, **years)
            in_order = list(filtered.qs.select_related("section").by_review())
            assert figures == counted.of(in_order), name
            assert list(found[0 : len(in_order)]) == in_order
            assert [*found[0:1], *found[1:3], *found[3:99]] == in_order
            left = themes.to_look_through(user, Permission.EDIT_PLAN).count()
            assert themes.number_to_look_through(user, Permission.EDIT_PLAN) == left
        assert not ChangedThemes.objects.exists()


class TestSums:
    @pytest.fixture
    def theme(self):
        return ThemeFactory(recommendations=[ActionFactory().recommendation])

    def test_are_left_alone_where_nothing_has_changed(self, theme):
        theme_sums.refresh(Partnership.objects.all())
        with CaptureQueriesContext(connection) as captured:
            theme_sums.refresh(Partnership.objects.all())
        assert len(captured) == 1

    def test_are_left_alone_where_no_theme_has_changed(self, theme):
        theme_sums.refresh(Partnership.objects.all())
        kept = list(ThemeSum.objects.values_list("pk", flat=True))
        recommendation = theme.recommendations.get()
        recommendation.intended_outcome = "Nobody waits."
        remember(recommendation, by=None, why="Changed")
        theme_sums.refresh(Partnership.objects.all())
        assert list(ThemeSum.objects.values_list("pk", flat=True)) == kept

    def test_are_made_anew_every_day(self, theme, clock):
        action = theme.recommendations.get().actions.get()
        action.target_date = today()
        remember(action, by=None, why="Changed")
        theme_sums.refresh(Partnership.objects.all())
        assert ThemeSum.objects.get().red == 0
        clock.shift(timedelta(days=1))
        theme_sums.refresh(Partnership.objects.all())
        assert ThemeSum.objects.get().red == 1

    def test_are_made_once_more_when_something_comes_in_meanwhile(self, theme):
        theme_sums.refresh(Partnership.objects.all())
        partnership = Partnership.objects.get()
        ChangedThemes.objects.create(partnership=partnership)

        def let_one_more_in(execute, sql, *about):
            if sql.startswith('INSERT INTO "actions_themesum"'):
                execute(
                    f'INSERT INTO "actions_changedthemes" ("partnership_id") VALUES ({partnership.pk})', (), *about[1:]
                )
            return execute(sql, *about)

        with connection.execute_wrapper(let_one_more_in):
            theme_sums.refresh(Partnership.objects.all())
        assert ChangedThemes.objects.count() == 1
        theme_sums.refresh(Partnership.objects.all())
        assert not ChangedThemes.objects.exists()

    def test_are_found_at_night(self, theme, capsys):
        call_command("refresh_figures")
        assert ThemesSummed.objects.get().day == today()
        assert ThemeSum.objects.get().recommendations == 1

    def test_forget_what_was_taken_away(self, theme):
        theme_sums.refresh(Partnership.objects.all())
        remember_end(RecommendationTheme.objects.get(), by=None, why="It does not fit")
        theme_sums.refresh(Partnership.objects.all())
        assert not ThemeStanding.objects.exists()
        assert not ThemeSum.objects.exists()
        assert ThemesSummed.objects.get().without_theme == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_two_who_change_and_read_at_once_leave_the_sums_right():
    partnership = PartnershipFactory()
    recommendations = [RecommendationFactory(section__review__partnership=partnership) for _ in range(4)]
    theme = ThemeFactory()
    theme_sums.refresh(Partnership.objects.all())
    start, failures = Barrier(4), []

    def give(recommendation):
        try:
            start.wait()
            for _ in range(3):
                services.settle_themes(recommendation=recommendation, by=None, give=[theme])
                theme_sums.refresh(Partnership.objects.all())
                services.settle_themes(recommendation=recommendation, by=None, take_away=[theme], why="Not so.")
                theme_sums.refresh(Partnership.objects.all())
            services.settle_themes(recommendation=recommendation, by=None, give=[theme])
            theme_sums.refresh(Partnership.objects.all())
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=give, args=[each]) for each in recommendations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    theme_sums.refresh(Partnership.objects.all())
    kept = ThemeSum.objects.get()
    assert (kept.recommendations, kept.reviews, kept.no_action) == (4, 4, 4)
    assert timezone.localdate() == ThemesSummed.objects.get().day
