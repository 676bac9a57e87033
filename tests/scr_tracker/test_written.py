"""Questions that are written once: they answer as the QuerySets do that they were made from."""

import pytest
from django.db.models import Model
from django.utils import timezone

from actions import one_action
from actions.models import Comment, Update
from scr_tracker.models import User, name_people
from scr_tracker.written import Written
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    RecommendationFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

QUESTIONS = [name for name, value in vars(one_action).items() if isinstance(value, Written)]


def busy_action():
    """Return an action about which something is to be read in most tables."""
    action = ActionFactory()
    action.supporting_agencies.add(AgencyFactory(), AgencyFactory())
    action.people.add(UserFactory())
    action.also_answers.add(RecommendationFactory())
    UpdateFactory(action=action)
    Comment.objects.create(action=action, by=UserFactory(), at=timezone.now(), text="Who does it?")
    first = EvidenceFactory(actions=[action])
    EvidenceFactory(actions=[action], replaces=first)
    return action


def everything_in(instances):
    """Return all that was read of some instances, and of those that were read beside them."""
    return [
        {
            **{name: value for name, value in vars(each).items() if name != "_state"},
            "beside": {
                name: everything_in([other])
                for name, other in each._state.fields_cache.items()
                if isinstance(other, Model) and name != "replaces"
            },
        }
        for each in instances
    ]


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_read_is_what_the_queryset_reads(name, django_assert_num_queries):
    first, second = busy_action(), busy_action()
    question = getattr(one_action, name)
    for action in (first, second, first):
        with django_assert_num_queries(1):
            found = question.of(action.pk)
        assert everything_in(found) == everything_in(question.ask(action.pk))
        assert found == list(question.ask(action.pk))


def test_values_are_read_as_well():
    one, other = UserFactory(name="Ann"), UserFactory(name="Bob")
    names = Written(lambda *keys: User.objects.filter(pk__in=keys).order_by("name").values_list("name", "pk"), 2)
    assert names.of(other.pk, one.pk) == [("Ann", one.pk), ("Bob", other.pk)]


def test_a_question_about_two_is_not_asked_of_one():
    with pytest.raises(ValueError, match="zip"):
        Written(lambda *keys: User.objects.filter(pk__in=keys), 2).of(1)


def test_what_is_filled_in_is_not_read_again_and_can_still_be_narrowed(django_assert_num_queries):
    action = ActionFactory()
    action.supporting_agencies.add(police := AgencyFactory(name="Police"), AgencyFactory(name="Health"))
    with django_assert_num_queries(1):
        one_action.SUPPORTING.fill(action, "supporting_agencies")
        assert [str(agency) for agency in action.supporting_agencies.all()] == ["Health", "Police"]
    assert action.supporting_agencies.get(name="Police") == police
    action.supporting_agencies.remove(police)
    assert [str(agency) for agency in action.supporting_agencies.all()] == ["Health"]


def test_many_people_are_named_by_one_question(django_assert_num_queries):
    people = [UpdateFactory().by for _ in range(5)]
    updates = list(Update.objects.order_by("pk"))
    with django_assert_num_queries(1):
        name_people((updates, "by"))
        assert [str(update.by) for update in updates] == [str(person) for person in people]


def test_who_sees_an_action_is_shown_it_and_nobody_else(django_assert_num_queries):
    action = ActionFactory()
    seen = MembershipFactory(partnership=action.review.partnership).user
    assert one_action.seen_by(seen, action.pk) == action
    assert one_action.seen_by(MembershipFactory().user, action.pk) is None
    assert one_action.seen_by(seen, action.pk + 1) is None


def test_who_gets_or_loses_a_role_sees_what_is_theirs_now():
    action, user = ActionFactory(), UserFactory()
    again = User.objects.get  # roles are read once for a request
    assert one_action.seen_by(again(pk=user.pk), action.pk) is None
    role = MembershipFactory(user=user, partnership=action.review.partnership)
    assert one_action.seen_by(again(pk=user.pk), action.pk) == action
    role.delete()
    assert one_action.seen_by(again(pk=user.pk), action.pk) is None
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    assert one_action.seen_by(again(pk=user.pk), action.pk) == action
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert one_action.seen_by(again(pk=user.pk), action.pk) is None
