"""What must always be true of actions, held by the database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from actions.choices import Status, TargetKind
from actions.models import Action, Digest, Extension, Meeting, Update
from reviews.models import Recommendation
from scr_tracker.history import remember
from scr_tracker.models import User
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    RecommendationFactory,
    ReviewFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db


def refused(claim, factory, **fields):
    """Assert that the database refuses such an object by the claim."""
    with pytest.raises(IntegrityError, match=claim), transaction.atomic():
        factory(**fields)


class TestTheDatabaseRefuses:
    def test_a_dated_target_without_a_date(self):
        refused(
            "action_has_a_target_date_when_its_kind_is_dated",
            ActionFactory,
            target_date=None,
            target_kind=TargetKind.MONTH,
        )

    def test_a_date_beside_a_kind_that_has_none(self):
        refused("action_has_a_target_date_when_its_kind_is_dated", ActionFactory, target_kind=TargetKind.ONGOING)

    def test_a_pause_without_a_reason(self):
        refused("action_set_aside_says_why", ActionFactory, paused=True, status_reason="")

    def test_a_submission_without_a_person(self):
        refused("action_submission_says_who_and_when", ActionFactory, submitted_at=timezone.now())

    def test_a_submitted_action_without_a_submission(self):
        refused("action_submitted_has_a_submission", ActionFactory, status=Status.SUBMITTED)

    def test_a_sign_off_by_the_submitter(self):
        user, now = UserFactory(), timezone.now()
        refused(
            "action_is_not_signed_off_by_its_submitter",
            ActionFactory,
            submitted_at=now,
            submitted_by=user,
            signed_off_at=now,
            signed_off_by=user,
        )

    def test_a_validated_rating_without_a_reason(self):
        refused(
            "action_validated_rating_says_why_who_and_when",
            ActionFactory,
            validated_rating="red",
            validated_by=UserFactory(),
            validated_at=timezone.now(),
        )

    def test_a_status_that_nobody_knows(self):
        refused("action_status_is_known", ActionFactory, status="nearly")

    def test_an_extension_to_an_earlier_date(self):
        refused("extension_is_to_a_later_date", ExtensionFactory, asked_for_date=date(2020, 1, 1))

    def test_a_second_extension_while_one_waits(self):
        extension = ExtensionFactory()
        refused("extension_waits_once_for_an_action|UNIQUE", ExtensionFactory, action=extension.action)

    def test_evidence_that_is_two_things_or_none(self):
        refused("evidence_is_a_file_a_link_or_a_note", EvidenceFactory, link="https://example.org/")
        refused("evidence_is_a_file_a_link_or_a_note", EvidenceFactory, note="")

    def test_a_review_withheld_without_a_reason(self):
        refused("review_withheld_says_why", ReviewFactory, publication="withheld")

    def test_a_recommendation_turned_down_without_a_reason(self):
        refused("recommendation_without_action_says_why", RecommendationFactory, acceptance="not_accepted")

    def test_an_agency_lead_of_a_partnership(self):
        refused("membership_is_of_an_agency_only_for_agency_leads", MembershipFactory, role="agency_lead")

    def test_a_second_person_with_the_same_e_mail_in_capitals(self):
        UserFactory(email="kim@example.org")
        refused("(?i)user_email_is_unique|unique", UserFactory, email="KIM@example.org")


class TestTheFirstTargetDate:
    def test_is_kept_when_the_date_moves(self):
        action = ActionFactory()
        first = action.target_date
        action.target_date = first + timedelta(90)
        action.times_moved = 1
        remember(action, by=None, why="Extension agreed")
        action.refresh_from_db()
        assert action.original_target_date == first
        assert action.times_moved == 1

    def test_is_said_in_plain_english(self):
        action = ActionFactory(target_date=date(2012, 5, 31), target_kind=TargetKind.MONTH)
        assert action.due == "May 2012"
        assert action.originally_due == "May 2012"


class TestTheWordsOfTheDomain:
    def test_open_leaves_out_what_is_done_or_set_aside(self):
        wanted = ActionFactory()
        ActionFactory(complete=True)
        ActionFactory(paused=True)
        assert list(Action.objects.open()) == [wanted]

    def test_overdue_is_open_and_past_its_date(self):
        late = ActionFactory(overdue=True)
        ActionFactory(overdue=True, complete=True)
        ActionFactory(undated=True)
        assert list(Action.objects.overdue()) == [late]

    def test_due_within_counts_from_today(self):
        soon = ActionFactory(target_date=today() + timedelta(30))
        ActionFactory(target_date=today() + timedelta(31))
        ActionFactory(overdue=True)
        assert list(Action.objects.due_within(30)) == [soon]

    def test_without_evidence_is_complete_with_nothing_to_show(self):
        bare = ActionFactory(complete=True)
        ActionFactory(complete=True, no_evidence_reason="A statement to the board sufficed.")
        ActionFactory(complete=True, completion_evidence="Minutes of 3 May.")
        shown = ActionFactory(complete=True)
        EvidenceFactory(actions=[shown])
        ActionFactory()
        assert list(Action.objects.without_evidence()) == [bare]

    @pytest.mark.parametrize("way", ["by_urgency", "by_target_date"])
    def test_the_orders_of_lists_are_read_from_an_index(self, way):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_sort = off")
            plan = getattr(Action.objects, way)().values_list("pk", flat=True)[:50].explain()
        assert f"action_{way}" in plan
        assert "TEMP B-TREE" not in plan

    def test_by_target_date_puts_those_without_a_date_last(self):
        undated = ActionFactory(undated=True)
        later = ActionFactory()
        late = ActionFactory(overdue=True)
        assert list(Action.objects.by_target_date()) == [late, later, undated]

    def test_an_action_belongs_to_the_review_of_its_recommendation(self):
        action = ActionFactory()
        assert action.review == action.recommendation.section.review


def test_the_user_signs_in_by_e_mail_whatever_its_capitals(client):
    user = UserFactory(email="Kim.Osei@example.org")
    assert type(user).objects.get_by_natural_key("kim.osei@EXAMPLE.org") == user


ACTION = Action(recommendation=Recommendation(number="1"))


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (Meeting(name="Panel 07", date=date(2030, 5, 1)), "Panel 07, 1 May 2030"),
        (Digest(person=User(name="Kim"), day=date(2030, 5, 1)), "Kim, 1 May 2030"),
        (Update(at=datetime(2030, 5, 1, tzinfo=UTC), action=ACTION), "Update of 1 May 2030 on "),
        (Extension(asked_for_date=date(2030, 5, 1), action=ACTION), "Extension to 1 May 2030 of "),
    ],
)
def test_a_day_has_no_nought_before_it_and_a_name_keeps_its_own(thing, said):
    assert str(thing).startswith(said)
