"""What is found by what is kept, or in parts, is what each person may see, whatever is changed."""

import pytest

from actions import offering, standing
from actions.models import Action, AgencyStanding, of_reviews_seen_whole
from reviews.models import Review

from .test_sums import Places

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(6))
def test_reviews_and_actions_are_those_that_each_person_may_see_after_any_changes(seed):
    world = Places(seed)
    for _ in range(6):
        for _ in range(world.draw.randrange(1, 5)):
            world.draw.choice([world.step, world.step, world.open_or_close])()
        for person in world.everybody():
            reviews = offering.reviews_seen_by(person)
            assert sorted(reviews, key=lambda each: each.pk) == list(Review.objects.visible_to(person).order_by("pk"))
            ways = Action.objects.order_by("pk").ways_to_see(person, whole=of_reviews_seen_whole(person))
            found = [key for way in ways for key in way.values_list("pk", flat=True)]
            assert sorted(found) == sorted(Action.objects.visible_to(person).values_list("pk", flat=True))
        # Of most reviews it is known then in which of them an agency has a part. Of others it has changed since.
        some = world.draw.sample(world.reviews, len(world.reviews) - 1)
        standing.refresh(Review.objects.filter(pk__in=[each.pk for each in some]))
    assert AgencyStanding.objects.exists()
