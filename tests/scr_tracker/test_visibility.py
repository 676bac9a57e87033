"""Everybody sees what is theirs, and nothing else."""

import pytest

from actions import plan
from actions.models import Action
from reviews.models import Recommendation, Review
from scr_tracker.models import Agency, Partnership
from scr_tracker.permissions import Permission, Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
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
    assert set(Action.objects.each_visible_to(user)) == set(Action.objects.visible_to(user))
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


class TestAnAgencyLead:
    @pytest.fixture
    def police(self, ours, theirs):
        """A force that serves both partnerships, leads our action, supports theirs, and has no part in others."""
        force = AgencyFactory(partnerships=[ours.review.partnership, theirs.review.partnership])
        ours.lead_agency = force
        ours.save()
        theirs.supporting_agencies.add(force)
        ActionFactory(recommendation__section=ours.recommendation.section)
        ActionFactory(recommendation=ours.recommendation)
        return force

    @pytest.fixture
    def lead(self, police):
        return MembershipFactory(agency_lead=True, agency=police).user

    def test_sees_what_the_agency_leads_or_supports_in_any_partnership_and_nothing_beside_it(
        self, lead, police, ours, theirs
    ):
        assert seen_by(lead) == {
            Partnership: {ours.review.partnership, theirs.review.partnership},
            Agency: {police},
            Review: {ours.review, theirs.review},
            Recommendation: {ours.recommendation, theirs.recommendation},
            Action: {ours, theirs},
        }

    def test_sees_no_more_of_a_plan_than_that(self, lead, ours):
        review = Review.objects.visible_to(lead).with_wholeness(lead).get(pk=ours.review_id)
        seen = plan.visible_to(lead, review)
        assert not review.seen_whole
        assert [rated.action for rated in seen.actions] == [ours]
        assert [planned.recommendation for planned in seen.recommendations] == [ours.recommendation]

    def test_sees_recommendations_that_the_agency_answers_besides(self, lead, ours, theirs):
        other = RecommendationFactory(section=ours.recommendation.section)
        ours.also_answers.add(other)
        assert other in Recommendation.objects.visible_to(lead)

    def test_sees_nothing_of_a_restricted_review_unless_named(self, lead, ours):
        ours.review.restricted = True
        ours.review.save()
        assert ours not in Action.objects.visible_to(lead)
        assert ours.recommendation not in Recommendation.objects.visible_to(lead)
        assert ours.review not in Review.objects.visible_to(lead)
        ours.review.named_people.add(lead)
        assert ours in Action.objects.visible_to(lead)

    def test_who_is_also_a_board_member_sees_that_partnership_whole(self, lead, ours):
        MembershipFactory(user=lead, role=Role.BOARD_MEMBER, partnership=ours.review.partnership)
        review = Review.objects.visible_to(lead).with_wholeness(lead).get(pk=ours.review_id)
        assert review.seen_whole
        assert Action.objects.visible_to(lead).filter(review=review).count() == 3


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
