"""Everybody sees what is theirs, and nothing else."""

import pytest

from actions.models import Action
from reviews.models import Recommendation, Review
from scr_tracker.models import Agency, Partnership
from scr_tracker.permissions import Permission, Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    ReviewFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    """An action of our partnership."""
    return ActionFactory()


@pytest.fixture
def theirs():
    """An action of another partnership."""
    return ActionFactory()


def seen_by(user):
    """Return all that a person sees, by kind."""
    return {
        model: set(model.objects.visible_to(user)) for model in (Partnership, Agency, Review, Recommendation, Action)
    }


@pytest.mark.parametrize("role", [Role.BUSINESS_MANAGER, Role.BOARD_MEMBER])
def test_a_member_of_a_partnership_sees_its_plans_and_no_others(ours, theirs, role):
    member = MembershipFactory(role=role, partnership=ours.review.partnership)
    agency = AgencyFactory(partnerships=[ours.review.partnership])
    AgencyFactory(partnerships=[theirs.review.partnership])
    assert seen_by(member.user) == {
        Partnership: {ours.review.partnership},
        Agency: {agency},
        Review: {ours.review},
        Recommendation: {ours.recommendation},
        Action: {ours},
    }


def test_an_agency_lead_sees_the_partnerships_that_the_agency_serves(ours, theirs):
    police = AgencyFactory(partnerships=[ours.review.partnership, theirs.review.partnership])
    ActionFactory()
    lead = MembershipFactory(agency_lead=True, agency=police)
    assert seen_by(lead.user)[Action] == {ours, theirs}


def test_somebody_without_a_role_sees_nothing(ours):
    assert not any(seen_by(UserFactory()).values())


def test_an_administrator_sees_everything(ours, theirs):
    assert seen_by(UserFactory(administrator=True))[Action] == {ours, theirs}


@pytest.mark.parametrize("traits", [{}, {"administrator": True}])
def test_a_leaver_sees_nothing(ours, traits):
    leaver = UserFactory(is_active=False, **traits)
    MembershipFactory(user=leaver, partnership=ours.review.partnership)
    assert not any(seen_by(leaver).values())


class TestARestrictedReview:
    @pytest.fixture
    def restricted(self):
        return ActionFactory(recommendation__section__review__restricted=True)

    def test_is_seen_by_business_managers(self, restricted):
        manager = MembershipFactory(partnership=restricted.review.partnership).user
        assert restricted in Action.objects.visible_to(manager)

    def test_is_hidden_from_other_members(self, restricted):
        member = MembershipFactory(role=Role.BOARD_MEMBER, partnership=restricted.review.partnership).user
        assert not Review.objects.visible_to(member)
        assert not Action.objects.visible_to(member)
        assert not Recommendation.objects.visible_to(member)

    def test_is_seen_by_members_named(self, restricted):
        member = MembershipFactory(role=Role.BOARD_MEMBER, partnership=restricted.review.partnership).user
        restricted.review.named_people.add(member)
        assert restricted in Action.objects.visible_to(member)

    def test_is_hidden_from_managers_of_other_partnerships_even_if_their_agency_serves_both(self, restricted):
        elsewhere = PartnershipFactory()
        agency = AgencyFactory(partnerships=[elsewhere, restricted.review.partnership])
        user = MembershipFactory(partnership=elsewhere).user
        MembershipFactory(user=user, agency_lead=True, agency=agency)
        assert not Action.objects.visible_to(user)

    def test_being_named_is_no_way_into_another_partnership(self, restricted):
        stranger = MembershipFactory().user
        restricted.review.named_people.add(stranger)
        assert not Review.objects.visible_to(stranger)


class TestPermissions:
    def test_come_from_the_roles_a_person_holds_where_the_action_is(self, ours, theirs):
        user = MembershipFactory(partnership=ours.review.partnership).user
        assert user.has_perm(Permission.UPDATE_ACTION, ours)
        assert user.has_perm(Permission.MAKE_REPORT, ours.review)
        assert not user.has_perm(Permission.UPDATE_ACTION, theirs)

    def test_reach_an_agency_lead_where_the_agency_leads_or_supports(self, ours):
        agency = AgencyFactory(partnerships=[ours.review.partnership])
        user = MembershipFactory(agency_lead=True, agency=agency).user
        assert not user.has_perm(Permission.UPDATE_ACTION, ours)
        ours.supporting_agencies.add(agency)
        assert user.has_perm(Permission.UPDATE_ACTION, ours)
        assert not user.has_perm(Permission.SIGN_OFF_ACTION, ours)

    def test_are_nothing_without_an_object_or_for_a_leaver(self, ours):
        user = MembershipFactory(partnership=ours.review.partnership).user
        assert not user.has_perm(Permission.UPDATE_ACTION)
        assert not user.has_perm(Permission.UPDATE_ACTION, object())
        user.is_active = False
        assert not user.has_perm(Permission.UPDATE_ACTION, ours)

    def test_are_read_once_for_a_request(self, ours, django_assert_num_queries):
        user = MembershipFactory(partnership=ours.review.partnership).user
        user.has_perm(Permission.UPDATE_ACTION, ours)
        with django_assert_num_queries(1):  # the supporting agencies of the action
            user.has_perm(Permission.UPDATE_ACTION, ours)


def test_reviews_of_one_partnership_may_share_a_reference_with_another():
    one = ReviewFactory(reference="0319")
    assert ReviewFactory(reference="0319").partnership != one.partnership
