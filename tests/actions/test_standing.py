"""The figures and warnings that are kept of reviews: the same as those found anew, whatever was changed."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions import found_warnings, plan, rating, services, standing, sums, warnings
from actions.choices import OwnRating, Status
from actions.models import Action, AgencyStanding, ChangedReview, FoundWarning, Standing
from actions.rating import WORST_FIRST
from reviews.models import Review
from scr_tracker.history import remember
from scr_tracker.rules import RuleBroken
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db

TEXTS = ("Crews should ask who is at home.", "Wards should write it down.", "Schools should be told the same day.")
EVIDENCE = ("An audit is to be commissioned.", "Forty people were trained.", "")


class World:
    """Two reviews on which people work at random."""

    def __init__(self, seed):
        self.draw = Random(seed)
        self.partnership = PartnershipFactory()
        self.agencies = AgencyFactory.create_batch(2, partnerships=[self.partnership])
        self.manager, self.lead = MembershipFactory(partnership=self.partnership).user, UserFactory()
        self.reviews = ReviewFactory.create_batch(2, partnership=self.partnership, completed_on=today())
        for review in self.reviews:
            for _ in range(2):
                self.add_recommendation(review)

    def add_recommendation(self, review=None):
        review = review or self.draw.choice(self.reviews)
        recommendation = RecommendationFactory(section__review=review, text=self.draw.choice(TEXTS))
        for _ in range(self.draw.randrange(3)):
            self.add_action(recommendation)

    def add_action(self, recommendation=None):
        recommendation = (
            recommendation
            or self.draw.choice(
                list(Review.objects.get(pk=self.draw.choice(self.reviews).pk).sections.all())
            ).recommendations.first()
        )
        ActionFactory(
            recommendation=recommendation,
            lead_agency=self.draw.choice([*self.agencies, None]),
            supporting_agencies=self.draw.sample(self.agencies, self.draw.randrange(3)),
            target_date=today() + timedelta(self.draw.randrange(-60, 60)),
            own_rating=self.draw.choice(["", *OwnRating.values]),
        )

    def step(self):
        """Do something that people do, if it can be done."""
        actions = list(Action.objects.select_related("recommendation__section__review__partnership"))
        if not actions:
            return self.add_recommendation()
        action = self.draw.choice(actions)
        about = {"action": action, "by": self.manager}
        doing = {
            "report": lambda: services.report_progress(
                **about, status=Status.ONGOING, what_was_done="More.", own_rating=self.draw.choice(["", "red"])
            ),
            "evidence": lambda: EvidenceFactory(actions=[action]),
            "submit": lambda: services.submit_action(
                action=action, by=self.lead, what_was_done="All.", no_evidence_reason="It was spoken."
            ),
            "return": lambda: services.return_action(**about, reason="Not enough."),
            "sign off": lambda: services.sign_off(**about),
            "ask": lambda: services.ask_extension(
                **about, asked_for_date=today() + timedelta(self.draw.randrange(70, 99)), reason="Later."
            ),
            "agree": lambda: services.agree_extension(**about),
            "pause": lambda: services.pause_action(**about, reason="The inquest."),
            "resume": lambda: services.resume_action(**about, reason="It is over."),
            "rate": lambda: services.validate_rating(**about, rating="red", reason="We think so."),
            "challenge": lambda: services.comment_action(**about, kind="challenge", text="Is that so?"),
            "move": lambda: self.change(action, target_date=today() - timedelta(self.draw.randrange(9))),
            "write": lambda: self.change(action, completion_evidence=self.draw.choice(EVIDENCE)),
            "reword": lambda: self.change(action.recommendation, text=self.draw.choice(TEXTS)),
            "lead": lambda: self.change(action, lead_agency=self.draw.choice([*self.agencies, None])),
            "support": lambda: action.supporting_agencies.set(self.draw.sample(self.agencies, 1)),
            "recommend": self.add_recommendation,
        }
        try:
            return doing[self.draw.choice(list(doing))]()
        except (RuleBroken, Action.DoesNotExist):
            return None

    def change(self, thing, **fields):
        for name, value in fields.items():
            setattr(thing, name, value)
        remember(thing, by=self.manager, why="Changed")


@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_what_would_be_found_anew_after_any_changes(seed):
    world = World(seed)
    everything = Review.objects.all()
    for _ in range(5):
        for _ in range(world.draw.randrange(1, 6)):
            world.step()
        found_warnings.look_through(everything)
        assert not ChangedReview.objects.exists()
        for review in everything.all():
            read = plan.read(review)
            kept = review.standing
            counts = Counter(rated.rating for rated in read.actions)
            for each in WORST_FIRST:
                assert getattr(kept, each.value) == counts[each]
            assert kept.overdue == sum(rated.is_overdue for rated in read.actions)
            assert kept.no_action == sum(each.lacks_action for each in read.recommendations)
            assert kept.submitted == sum(rated.action.status == Status.SUBMITTED for rated in read.actions)
            assert kept.asked == sum(rated.action.extension_pending for rated in read.actions)
            for agency in world.agencies:
                theirs = [rated for rated in read.actions if rated.concerns({agency.pk})]
                of_agency = AgencyStanding.objects.filter(review=review, agency=agency).first()
                assert bool(theirs) == bool(of_agency)
                if theirs:
                    led = Counter(rated.rating for rated in theirs if rated.action.lead_agency_id == agency.pk)
                    assert {each: getattr(of_agency, each.value) for each in WORST_FIRST} == {
                        each: led[each] for each in WORST_FIRST
                    }
                    assert of_agency.overdue == sum(rated.is_overdue for rated in theirs)
                    assert of_agency.to_do == sum(rated.action.status in standing.AT_WORK for rated in theirs)
        stored = list(FoundWarning.objects.order_by("review", "place").values_list("review", "kind", "says", "about"))
        figures = list(Standing.objects.order_by("pk").values())
        Standing.objects.all().delete()
        FoundWarning.objects.all().delete()
        found_warnings.look_through(everything)
        found_warnings.look_through(everything)
        fresh = list(FoundWarning.objects.order_by("review", "place").values_list("review", "kind", "says", "about"))
        assert sorted(stored) == sorted(fresh)
        assert figures == list(Standing.objects.order_by("pk").values())


def test_a_change_is_noted_with_it_and_only_for_its_review():
    ours, other = ActionFactory(), ActionFactory()
    standing.refresh(Review.objects.all())
    remember(ours, by=None, why="Changed")
    assert set(ChangedReview.objects.values_list("review", flat=True)) == {ours.review_id}
    standing.refresh(Review.objects.filter(pk=other.review_id))
    assert ChangedReview.objects.exists()
    standing.refresh(Review.objects.filter(pk=ours.review_id))
    assert not ChangedReview.objects.exists()


def test_nothing_is_found_anew_where_nothing_has_changed():
    ActionFactory.create_batch(2)
    standing.refresh(Review.objects.all())
    with CaptureQueriesContext(connection) as captured:
        standing.refresh(Review.objects.all())
    assert len(captured) == 1


def test_a_change_of_the_house_rules_counts_for_all_its_reviews():
    action = ActionFactory(target_date=today() + timedelta(20), last_update_on=today() - timedelta(50))
    standing.refresh(Review.objects.all())
    assert action.review.standing.green == 1
    partnership = action.review.partnership
    partnership.stale_days = 40
    remember(partnership, by=None, why="Changed")
    standing.refresh(Review.objects.all())
    kept = Standing.objects.get(review=action.review)
    assert (kept.green, kept.amber) == (0, 1)
    assert rating.of(action, today(), partnership) == "amber"


def test_a_later_review_is_looked_through_again_when_an_earlier_one_says_the_same():
    earlier, later = ReviewFactory.create_batch(2, partnership=PartnershipFactory())
    first = RecommendationFactory(section__review=earlier, text="Ask who is at home.")
    RecommendationFactory(section__review=later, text="Write it down.")
    everything = Review.objects.all()
    found_warnings.look_through(everything)
    repeats = FoundWarning.objects.filter(kind=warnings.Kind.SAID_BEFORE)
    assert not repeats.exists()
    first.text = "Write it down!"
    remember(first, by=None, why="Changed")
    found_warnings.look_through(everything)
    assert repeats.get().review == later
    first.text = "Ask once more."
    remember(first, by=None, why="Changed")
    found_warnings.look_through(everything)
    assert not repeats.exists()


def test_what_time_heals_is_no_longer_told(clock):
    action = ActionFactory(complete=True, completed_on=today() + timedelta(1), completion_evidence="Done.")
    everything = Review.objects.all()
    found_warnings.look_through(everything)

    def kinds():
        return set(found_warnings.unsettled(everything).values_list("kind", flat=True))

    assert warnings.Kind.DONE_LATER in kinds()
    before = Standing.objects.get(review=action.review).warnings
    clock.shift(timedelta(days=1))
    assert warnings.Kind.DONE_LATER not in kinds()
    standing.refresh(everything)
    assert Standing.objects.get(review=action.review).warnings == before - 1


def test_a_few_plans_are_looked_through_at_once_and_the_others_later():
    ActionFactory.create_batch(5)
    everything = Review.objects.all()
    left = found_warnings.look_through(everything, most=3)
    assert left == 2
    assert found_warnings.look_through(everything) == 0


def test_the_oldest_few_of_all_stand_in_the_reviews_that_are_looked_in():
    draw = Random(1)
    review_of = [RecommendationFactory().section for _ in range(12)]
    actions = [
        ActionFactory(
            recommendation=RecommendationFactory(section=draw.choice(review_of)),
            submitted=True,
            submitted_at=timezone.now() - timedelta(draw.randrange(1, 4000), draw.randrange(1000)),
        )
        for _ in range(40)
    ]
    reviews = Review.objects.all()
    partnerships = [review.partnership_id for review in reviews]
    figures = sums.together(list(sums.of_reviews(UserFactory(is_superuser=True), partnerships).values()))
    oldest = [each.pk for each in sorted(actions, key=lambda each: each.submitted_at)[:3]]
    pks = [pk for _, pk in figures["first_submitted_at"][:3]]
    found = Action.objects.filter(review__in=pks).order_by("submitted_at").values_list("pk", flat=True)[:3]
    assert list(found) == oldest


def test_figures_and_warnings_are_found_at_night(capsys):
    ActionFactory.create_batch(4)
    call_command("refresh_figures")
    assert "The figures of 4 reviews are those of today; 4 were looked through." in capsys.readouterr().out
    assert not Standing.objects.filter(warnings_are_due=True).exists()
