"""The sums that are kept of partnerships: what each person would add up, review by review, whatever is changed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from actions import found_warnings, standing, sums
from actions.models import AgencyStanding, ChangedStanding, Standing, StandingSum
from reviews.models import Review, named_or_unrestricted, seen_whole_by
from scr_tracker.history import remember
from scr_tracker.models import Partnership, User
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, MembershipFactory, PartnershipFactory, ReviewFactory, UserFactory

from .test_standing import World

pytestmark = pytest.mark.django_db


class Places(World):
    """A partnership with restricted reviews, and everybody who may see some of it."""

    def __init__(self, seed):
        super().__init__(seed)
        self.reviews += ReviewFactory.create_batch(2, partnership=self.partnership, restricted=True)
        for review in self.reviews[2:]:
            self.add_recommendation(review)
        member = {"partnership": self.partnership, "role": Role.BOARD_MEMBER}
        self.named, self.other = MembershipFactory(**member).user, MembershipFactory(**member).user
        self.leads = [
            MembershipFactory(agency_lead=True, agency=agency).user for agency in (self.agencies[0], *self.agencies)
        ]
        self.people = [self.manager, self.named, self.other, UserFactory(is_superuser=True), *self.leads]

    def open_or_close(self):
        """Restrict a review, or no longer; name other people."""
        review = Review.objects.get(pk=self.draw.choice(self.reviews).pk)
        review.named_people.set(self.draw.sample([self.named, *self.leads], self.draw.randrange(3)))
        self.change(review, restricted=self.draw.random() < 0.6)

    def everybody(self):
        """Return the people, as a new request reads them."""
        return [User.objects.get(pk=person.pk) for person in self.people]


def added_up(user, partnership):
    """Return what the sums of a partnership ought to be, from the figures of each review that somebody sees whole."""
    rows = list(Standing.objects.filter(seen_whole_by(user, "review__"), review__partnership=partnership))
    figures = {name: sum(getattr(row, name) for row in rows) for name in sums.NUMBERS}
    figures |= {"reviews": len(rows), "unread": sum(row.warnings_are_due for row in rows)}
    figures["since"] = max((row.since.isoformat() for row in rows if row.since), default=None)
    for name in sums.FIRST:
        few = [[getattr(row, name).isoformat(), row.pk] for row in rows if getattr(row, name)]
        figures[name] = sorted(few, reverse=name == "last_update_at")[:8]
    rated = [[[row.red, row.amber, row.no_action], row.pk] for row in rows]
    return figures | {"worst": sorted(rated, reverse=True)[:8]}


def added_up_by_agency(standings):
    rows = standings.order_by().values("agency").annotate(**{f"sum_{name}": Sum(name) for name in sums.OF_AGENCIES})
    return {row["agency"]: {name: row[f"sum_{name}"] for name in sums.OF_AGENCIES} for row in rows}


def without_names(found):
    return {agency: {name: row[name] for name in sums.OF_AGENCIES} for agency, row in found.items()}


@pytest.mark.parametrize("seed", range(6))
def test_sums_are_what_each_person_would_add_up_after_any_changes(seed):
    world = Places(seed)
    key = world.partnership.pk
    for _ in range(4):
        for _ in range(world.draw.randrange(1, 5)):
            world.draw.choice([world.step, world.step, world.open_or_close])()
        if world.draw.random() < 0.5:
            found_warnings.look_through(Review.objects.all(), most=world.draw.randrange(1, 4))
        people = world.everybody()
        for person in world.draw.sample(people[:4], 4):
            assert sums.of_reviews(person, [key]) == {key: added_up(person, key)}
            standings = AgencyStanding.objects.filter(seen_whole_by(person, "review__"), review__partnership=key)
            assert without_names(sums.of_agencies_in(key, person)) == added_up_by_agency(standings)
        for lead in people[4:]:
            agencies = [held.agency for held in lead.holds]
            seen = Review.objects.filter(named_or_unrestricted(lead)).values("pk")
            theirs = AgencyStanding.objects.filter(agency__in=agencies, review__in=seen)
            assert without_names(sums.of_agencies(agencies, lead)) == added_up_by_agency(theirs)


def test_a_review_that_moves_leaves_the_sums_of_the_partnership_where_it_was():
    action = ActionFactory()
    was, review = action.review.partnership, action.review
    manager = MembershipFactory(partnership=was).user
    place = MembershipFactory(user=manager, partnership=PartnershipFactory()).partnership
    assert [each["reviews"] for each in sums.of_reviews(manager, [was.pk, place.pk]).values()] == [1, 0]
    review.partnership = place
    remember(review, by=manager, why="It was theirs")
    assert [each["reviews"] for each in sums.of_reviews(manager, [was.pk, place.pk]).values()] == [0, 1]


def test_nothing_is_summed_anew_where_nothing_has_changed():
    action = ActionFactory()
    manager = MembershipFactory(partnership=action.review.partnership).user
    places = [action.review.partnership_id]
    sums.of_reviews(manager, places)
    with CaptureQueriesContext(connection) as captured:
        sums.of_reviews(manager, places)
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        sums.refresh(Partnership.objects.all())
    assert len(captured) == 1


def test_sums_are_made_anew_on_a_new_day(clock):
    action = ActionFactory()
    places = [action.review.partnership_id]
    manager = MembershipFactory(partnership=action.review.partnership).user
    assert sums.of_reviews(manager, places)[places[0]]["overdue"] == 0
    clock.shift(timedelta(days=(action.target_date - StandingSum.objects.first().day).days + 1))
    assert sums.of_reviews(manager, places)[places[0]]["overdue"] == 1


def test_a_note_that_comes_while_the_sums_are_made_stays(monkeypatch):
    """Somebody has found the figures of a review anew, and commits when the notes were read already."""
    action = ActionFactory()
    partnership = action.review.partnership_id
    together = sums.together

    def meanwhile(several):
        ChangedStanding.objects.create(partnership_id=partnership)
        return together(several)

    with monkeypatch.context() as patched:
        patched.setattr(sums, "together", meanwhile)
        sums.refresh(Partnership.objects.all())
    assert ChangedStanding.objects.filter(partnership=partnership).exists()
    sums.refresh(Partnership.objects.all())
    assert not ChangedStanding.objects.exists()


def test_what_is_found_anew_is_noted():
    action = ActionFactory()
    sums.refresh(Partnership.objects.all())
    remember(action, by=None, why="Changed")
    standing.refresh(Review.objects.all())
    assert ChangedStanding.objects.filter(partnership=action.review.partnership_id).exists()
