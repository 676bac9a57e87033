"""The report of a past moment is the same whenever it is made, whatever has been changed since."""

import json
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import plan
from actions.choices import Status
from actions.models import Action, Evidence, Update
from actions.reports import MonitoringReport, Order
from actions.reports.story import OneReviewReport
from actions.reports.yearly import YearlyExtract
from reviews import services
from reviews.models import Recommendation, RecommendationTheme, Response, Review, Section, Theme
from scr_tracker.history import remember, remember_end
from scr_tracker.models import Agency, Partnership, User
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    SectionFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

WORDS = ("audit", "supervision", "handover", "visit", "record", "ward", "school", "briefing")


class Meddler:
    """Changes anything that a report can tell of, at random, one thing a time."""

    def __init__(self, random):
        self.random = random
        self.user = UserFactory()
        self.ways = [getattr(self, name) for name in dir(self) if name.startswith("change_")]

    def meddle(self):
        """Change something."""
        self.random.choice(self.ways)()

    def words(self):
        return f"{' '.join(self.random.choices(WORDS, k=4))} {self.random.randrange(10**6)}"

    def any(self, model):
        return self.random.choice(list(model.objects.order_by("pk")))

    def day(self):
        return timezone.localdate() + timedelta(self.random.randint(-400, 400))

    def write(self, instance, **values):
        for name, value in values.items():
            setattr(instance, name, value)
        remember(instance, by=self.user, why="Meddled with")

    def change_rules_of_the_house(self):
        labels = self.random.choice([{}, {"blue": "Closed"}, {"red": "Late"}])
        due, stale = self.random.randint(1, 366), self.random.randint(1, 366)
        marking = self.random.choice(["OFFICIAL", "OFFICIAL-SENSITIVE"])
        self.write(
            self.any(Partnership),
            name=self.words(),
            rating_labels=labels,
            due_soon_days=due,
            stale_days=stale,
            protective_marking=marking,
        )

    def change_agency(self):
        self.write(self.any(Agency), name=self.words(), other_names=[self.words()])

    def change_person(self):
        person = self.any(User)
        person.name = self.words()
        person.save()

    def change_review(self):
        review = self.any(Review)
        kind, columns = self.random.choice(["scr", "sar", "lcspr"]), self.random.sample(review.plan_columns, 5)
        columns = columns if self.random.random() < 0.5 else review.plan_columns
        self.write(review, pseudonym=self.words(), kind=kind, plan_title=self.words(), plan_columns=columns)

    def change_section(self):
        self.write(self.any(Section), title=self.words())

    def change_recommendation(self):
        decision = self.random.choice(["accepted", "not_accepted", "no_action_needed"])
        self.write(self.any(Recommendation), text=self.words(), acceptance=decision, acceptance_reason=self.words())

    def change_response(self):
        response = self.any(Response)
        response.recommendations.set(self.random.sample(list(Recommendation.objects.order_by("pk")), 2))
        self.write(response, text=self.words())

    def change_action(self):
        status = self.random.choice([Status.IN_PROGRESS, Status.NOT_STARTED, Status.ONGOING, Status.COMPLETE])
        officers, rating = [self.words()], self.random.choice(["", "red", "amber", "green"])
        self.write(self.any(Action), text=self.words(), status=status, lead_officers=officers, own_rating=rating)

    def change_dates(self):
        action = self.any(Action)
        self.write(action, target_date=self.day(), target_kind="day", times_moved=action.times_moved + 1)

    def change_who_leads(self):
        action = self.any(Action)
        action.supporting_agencies.set(self.random.sample(list(Agency.objects.order_by("pk")), 1))
        self.write(action, lead_agency=self.any(Agency))

    def change_what_an_action_answers(self):
        action = self.any(Action)
        others = Recommendation.objects.exclude(pk=action.recommendation_id).order_by("pk")
        action.also_answers.set(self.random.sample(list(others), self.random.randint(0, 2)))
        self.write(action)

    def change_themes(self):
        recommendations = list(Recommendation.objects.order_by("pk"))
        theme = services.add_theme(name=self.words(), partnership=Partnership.objects.get(), by=self.user)
        for recommendation in self.random.sample(recommendations, 2):
            services.settle_themes(recommendation=recommendation, by=self.user, give=[theme])
        own = list(Theme.objects.current().filter(partnership__isnull=False).order_by("pk"))
        services.change_theme(theme=self.random.choice(own), name=self.words(), by=self.user, why="Meddled with")
        if len(own) > 3:
            one, other = self.random.sample(own, 2)
            services.merge_theme(theme=one, into=other, why="Meddled with", by=self.user)
        for each in RecommendationTheme.objects.order_by("pk")[:1]:
            away = {"recommendation": each.recommendation, "take_away": [each.theme]}
            services.settle_themes(**away, by=self.user, why="Meddled with")

    def change_links(self):
        one, other = self.random.sample(list(Recommendation.objects.order_by("pk")), 2)
        link = services.link(recommendation=one, other=other, relation="repeats", by=self.user)
        if self.random.random() < 0.5:
            services.unlink(link=link, why="Meddled with", by=self.user)

    def change_evidence(self):
        evidence = self.any(Evidence)
        evidence.actions.set(self.random.sample(list(Action.objects.order_by("pk")), 2))
        standing = self.random.choice(["accepted", "returned", "withdrawn"])
        self.write(evidence, title=self.words(), standing=standing, standing_reason=self.words())

    def change_by_a_report(self):
        action = self.any(Action)
        by, said = self.any(User), self.words()
        UpdateFactory(action=action, by=by, what_was_done=said, status_before=action.status, status_after=action.status)
        self.write(action, last_update_on=timezone.localdate())

    def change_by_adding(self):
        section = self.any(Section)
        if self.random.random() < 0.3:
            section = SectionFactory(review=self.any(Review))
        recommendation = RecommendationFactory(section=section, text=self.words())
        action = ActionFactory(recommendation=recommendation, text=self.words(), lead_agency=self.any(Agency))
        EvidenceFactory(actions=[action], title=self.words())
        ResponseFactory(review=section.review, recommendations=[recommendation], text=self.words())

    def change_by_taking_away(self):
        alone = [each for each in Action.objects.order_by("pk") if not Update.objects.filter(action=each).exists()]
        for action in alone[-1:]:
            if not action.evidence.exists() and not Action.objects.filter(superseded_by=action).exists():
                remember_end(action, by=self.user, why="Meddled with")


def yearly(as_at):
    """Return the data of the yearly extract of everything as at a moment, as the bytes that are kept."""
    reviews = tuple(Review.objects.order_by("pk"))
    order = Order(partnership=Partnership.objects.get(), reviews=reviews, as_at=as_at)
    return json.dumps(YearlyExtract.of(order).to_dict(), sort_keys=True).encode()


def one_review(as_at):
    """Return the data of the report on the first review as at a moment, as the bytes that are kept."""
    order = Order(partnership=Partnership.objects.get(), reviews=(Review.objects.earliest("pk"),), as_at=as_at)
    return json.dumps(OneReviewReport.of(order).to_dict(), sort_keys=True).encode()


def data(as_at, agencies=()):
    """Return the data of the report of everything as at a moment, as the bytes that are kept."""
    partnership = Partnership.objects.get()
    reviews = tuple(Review.objects.order_by("pk"))
    order = Order(partnership=partnership, reviews=reviews, as_at=as_at, agencies=agencies)
    return json.dumps(MonitoringReport.of(order).to_dict(), sort_keys=True).encode()


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_500_changes_later_it_is_the_same_byte_for_byte(review, seed):
    with transaction.atomic(), time_machine.travel(timezone.now()) as clock:
        meddler, random = Meddler(Random(seed)), Random(seed)
        ReviewFactory(partnership=review.partnership, reference="0320", plan_columns=review.plan_columns)
        police = Agency.objects.earliest("pk")
        made = {}
        for number in range(500):
            clock.shift(timedelta(minutes=random.randint(0, 90), seconds=random.random()))
            if number in (0, 20, 100):
                now = timezone.now()
                made[now] = data(now), data(now, agencies=(police,)), yearly(now), one_review(now)
                clock.shift(timedelta(microseconds=1))
            meddler.meddle()
        for moment, (whole, in_part, year, story) in made.items():
            assert yearly(moment) == year
            assert one_review(moment) == story
            assert data(moment) == whole
            assert data(moment, agencies=(police,)) == in_part
        assert len(set(made.values())) == 3
        transaction.set_rollback(True)


def test_the_yearly_extract_tells_themes_and_links_as_they_stood(review):
    first, second = Recommendation.objects.order_by("pk")[:2]
    link = services.link(recommendation=second, other=first, relation="repeats", by=None)
    theme = services.add_theme(name="Supervision, as we call it", by=None)
    services.settle_themes(recommendation=first, by=None, give=[theme])
    then = timezone.now()
    year = yearly(then)
    services.unlink(link=link, why="It asks for something else", by=None)
    services.change_theme(theme=theme, name="Oversight", why="Shorter", by=None)
    services.settle_themes(recommendation=first, by=None, take_away=[theme], why="Off the point")
    assert yearly(then) == year
    assert len(json.loads(year)["repeats"]) == 1
    assert [each["name"] for each in json.loads(year)["themes"]] == ["Supervision, as we call it"]
    now = json.loads(yearly(timezone.now()))
    assert now["repeats"] == now["themes"] == []


def test_a_report_on_one_review_tells_what_was_said_again_as_it_was_known_then(review):
    first = Recommendation.objects.earliest("pk")
    other = RecommendationFactory(section__review__partnership=review.partnership, section__review__reference="0200")
    link = services.link(recommendation=first, other=other, relation="repeats", by=None)
    then = timezone.now()
    story = one_review(then)
    services.unlink(link=link, why="It asks for something else", by=None)
    services.link(recommendation=other, other=first, relation="repeats", by=None)
    assert one_review(then) == story
    assert [each["how"] for each in json.loads(story)["said_again"]] == ["Said before in"]
    now = json.loads(one_review(timezone.now()))["said_again"]
    assert [each["how"] for each in now] == ["Said again in"]


def test_what_stands_is_what_the_history_says(review):
    now = timezone.now()
    present = MonitoringReport.of(Order(partnership=review.partnership, reviews=(review,)))
    past = MonitoringReport.of(Order(partnership=review.partnership, reviews=(review,), as_at=now))
    assert present.to_dict() | {"heading": None} == past.to_dict() | {"heading": None}


def test_a_plan_limited_to_an_agency_holds_what_it_leads_or_supports(review):
    trust = Agency.objects.get(name="Fernleigh Hospitals Trust")
    whole = plan.read(review)
    part = whole.concerning({trust.pk})
    assert 0 < len(part.actions) < len(whole.actions)
    assert all(rated.concerns({trust.pk}) for rated in part.actions)
    assert not any(each.lacks_action for each in part.recommendations)


def test_a_person_is_named_as_they_were_called(review):
    update = Update.objects.get()
    then = timezone.now()
    update.by.name = "Siân Okoro"
    update.by.save()
    assert "Siân Ruthven" in data(then).decode("unicode_escape")
    assert "Siân Okoro" in data(timezone.now()).decode("unicode_escape")
