"""Who has not answered: counted together, it is what each action and person say one by one."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from actions.choices import Status
from actions.models import Action, Extension, Update
from actions.reminding import overview
from scr_tracker.models import Membership, Partnership, User
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    UpdateFactory,
    UserFactory,
)

from .conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(params=range(3))
def partnerships(request, day):
    """Three partnerships, of which two are asked about, with a hundred actions of which anything may be true."""
    draw = Random(f"who answers {request.param}")
    houses = PartnershipFactory.create_batch(3)
    agencies = [AgencyFactory(partnerships=houses) for _ in range(4)]
    roles = [Role.BOARD_MEMBER, Role.BUSINESS_MANAGER]
    people = [UserFactory(is_active=draw.random() < 0.8, is_superuser=draw.random() < 0.1) for _ in range(14)]
    for place, person in enumerate(people):
        MembershipFactory(user=person, agency_lead=True, agency=agencies[place % 3])
        if draw.random() < 0.3:
            MembershipFactory(
                user=person,
                partnership=draw.choice(houses),
                role=draw.choice(roles),
            )
    reviews = [ReviewFactory(partnership=house, restricted=place % 2 == 1) for house in houses for place in range(4)]
    for review in reviews:
        review.named_people.set(draw.sample(people, 3))
    recommendations = [RecommendationFactory(section__review=review) for review in reviews]
    for _ in range(100):
        target = draw.choice([None, *(TODAY + timedelta(days) for days in (-40, -1, 0, 30, 31))])
        action = ActionFactory(
            recommendation=draw.choice(recommendations),
            lead_agency=draw.choice([None, *agencies]),
            **({"target_date": target} if target else {"undated": True}),
            status=draw.choice([Status.IN_PROGRESS, Status.ONGOING, Status.IN_PROGRESS, Status.COMPLETE]),
            extension_pending=draw.random() < 0.1,
        )
        action.supporting_agencies.set(draw.sample(agencies, 1))
        if draw.random() < 0.3:
            action.people.set(draw.sample(people, 2))
        if draw.random() < 0.4:
            UpdateFactory(action=action, by=draw.choice(people), at=timezone.now() - timedelta(draw.randrange(99)))
        if draw.random() < 0.2:
            ExtensionFactory(action=action, asked_by=draw.choice(people))
    return houses[:2]


def answering_for(action):
    """Return the people who answer for an action, from what each may see."""
    assigned = action.people.filter(is_active=True)
    leads = Membership.objects.filter(agency=action.lead_agency_id, agency__isnull=False, user__is_active=True)
    for people in (assigned, User.objects.filter(memberships__in=leads).distinct()):
        if seeing := {each for each in people if Action.objects.visible_to(each).contains(action)}:
            return seeing
    return set()


def test_each_answers_for_what_is_theirs(partnerships):
    at_work = [Status.UNKNOWN, Status.NOT_STARTED, Status.IN_PROGRESS, Status.ONGOING]
    due = Action.objects.filter(
        review__partnership__in=partnerships,
        status__in=at_work,
        extension_pending=False,
        target_date__lte=TODAY + timedelta(30),
    )
    wanted = {}
    for action in due:
        for person in answering_for(action):
            overdue, due_soon = wanted.get(person, (0, 0))
            is_overdue = action.target_date < TODAY
            wanted[person] = overdue + is_overdue, due_soon + (not is_overdue)
    found = overview.who_answers(partnerships)
    assert wanted
    assert {each.person: (each.overdue, each.due_soon) for each in found} == wanted
    assert len(found) == len(wanted)


def test_each_has_answered_when_they_last_did_there(partnerships):
    there = {"action__review__partnership__in": partnerships}
    found = overview.who_answers(partnerships)
    for each in found:
        said = [update.at for update in Update.objects.filter(by=each.person, **there)]
        asked = [extension.asked_at for extension in Extension.objects.filter(asked_by=each.person, **there)]
        assert each.answered_at == max([*said, *asked], default=None)
    assert any(each.answered_at for each in found)
    assert Partnership.objects.count() > len(partnerships)


def test_takes_the_same_number_of_queries_however_many_actions_there_are(partnerships, django_assert_num_queries):
    overview.who_answers(partnerships)
    with django_assert_num_queries(10):
        overview.who_answers(partnerships)
