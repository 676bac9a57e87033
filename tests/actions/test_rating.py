"""The rating of an action, by the rules of the design, and the same in Python and in SQL."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import rating
from actions.choices import DATED_KINDS, OwnRating, Rating, Status, TargetKind, ValidatedRating
from actions.models import Action
from tests.factories import PartnershipFactory, RecommendationFactory, UserFactory

TODAY = date(2026, 3, 14)
HOUSE = SimpleNamespace(due_soon_days=30, stale_days=90)


def an_action(**changes):
    """Return an action that is on course on 14 March 2026."""
    fields = {
        "status": Status.IN_PROGRESS,
        "target_date": date(2026, 9, 30),
        "own_rating": "",
        "validated_rating": "",
        "times_moved": 0,
        "extension_pending": False,
        "last_update_on": TODAY,
        "submitted_on": None,
    }
    return SimpleNamespace(**{**fields, **changes})


def rated(**changes):
    """Return the rating of such an action."""
    return rating.of(an_action(**changes), TODAY, HOUSE)


class TestTheRules:
    def test_an_action_on_course_is_green(self):
        assert rated() == Rating.GREEN

    @pytest.mark.parametrize("status", [Status.COMPLETE, Status.EMBEDDED])
    def test_what_is_done_is_blue_even_past_its_date(self, status):
        assert rated(status=status, target_date=date(2020, 1, 1), own_rating="red") == Rating.BLUE

    @pytest.mark.parametrize("status", [Status.PAUSED, Status.SUPERSEDED])
    def test_what_is_set_aside_is_grey(self, status):
        assert rated(status=status, target_date=date(2020, 1, 1)) == Rating.GREY

    def test_an_open_action_is_red_from_the_day_after_its_target_date(self):
        assert rated(target_date=TODAY - timedelta(1)) == Rating.RED
        assert rated(target_date=TODAY) != Rating.RED

    def test_ongoing_is_no_excuse_for_being_late(self):
        assert rated(status=Status.ONGOING, target_date=date(2025, 1, 1)) == Rating.RED

    def test_an_action_submitted_in_time_is_not_overdue_while_it_waits(self):
        target = TODAY - timedelta(20)
        assert rated(status=Status.SUBMITTED, target_date=target, submitted_on=target) == Rating.GREEN
        late = target + timedelta(1)
        assert rated(status=Status.SUBMITTED, target_date=target, submitted_on=late) == Rating.RED

    def test_the_lead_can_make_the_rating_worse(self):
        assert rated(own_rating="red") == Rating.RED
        assert rated(own_rating="amber") == Rating.AMBER

    def test_the_lead_cannot_make_the_rating_better(self):
        assert rated(own_rating="green", target_date=TODAY - timedelta(1)) == Rating.RED
        assert rated(own_rating="green", times_moved=1) == Rating.AMBER

    def test_a_date_that_was_moved_or_is_asked_to_move_is_amber(self):
        assert rated(times_moved=1) == Rating.AMBER
        assert rated(extension_pending=True) == Rating.AMBER

    def test_due_soon_is_amber_only_without_word(self):
        soon = TODAY + timedelta(30)
        silent = TODAY - timedelta(91)
        assert rated(target_date=soon) == Rating.GREEN
        assert rated(target_date=soon, last_update_on=silent) == Rating.AMBER
        assert rated(target_date=soon, last_update_on=None) == Rating.AMBER
        assert rated(target_date=soon + timedelta(1), last_update_on=silent) == Rating.GREEN

    def test_not_yet_reported_is_amber_only_without_word(self):
        assert rated(status=Status.UNKNOWN, last_update_on=None) == Rating.AMBER
        assert rated(status=Status.UNKNOWN, last_update_on=TODAY - timedelta(90)) == Rating.GREEN

    def test_the_partnerships_rating_overrides_everything(self):
        assert rated(validated_rating="green", target_date=date(2020, 1, 1), own_rating="red") == Rating.GREEN
        assert rated(validated_rating="red", status=Status.COMPLETE) == Rating.RED

    def test_an_action_without_a_date_is_never_overdue(self):
        assert not rating.is_overdue(an_action(target_date=None), date(2099, 1, 1))


class TestARecommendation:
    def test_takes_the_worst_rating_of_its_actions(self):
        assert rating.worst([Rating.BLUE, Rating.RED, Rating.AMBER]) == Rating.RED
        assert rating.worst([Rating.BLUE, Rating.GREEN]) == Rating.GREEN

    def test_is_blue_only_if_all_are(self):
        assert rating.worst([Rating.BLUE, Rating.BLUE]) == Rating.BLUE
        assert rating.worst([Rating.BLUE, Rating.GREY]) == Rating.GREY

    def test_without_actions_is_no_action(self):
        assert rating.worst([]) == rating.NO_ACTION


days = st.dates(date(2025, 6, 1), date(2027, 6, 1))
SUBMITTED_BETWEEN = (datetime(2025, 6, 1), datetime(2027, 6, 1))  # noqa: DTZ001 - made aware in London below


@st.composite
def action_fields(draw):
    """Generate every kind of action that the database admits, with dates close enough to touch."""
    status = draw(st.sampled_from(Status))
    kind = draw(st.sampled_from(TargetKind))
    validated = draw(st.sampled_from(["", "", *ValidatedRating.values]))
    submitted = status == Status.SUBMITTED or draw(st.booleans())
    return {
        "status": status,
        "status_reason": "Because.",
        "target_kind": kind,
        "target_date": draw(days) if kind in DATED_KINDS else None,
        "own_rating": draw(st.sampled_from(["", *OwnRating.values])),
        "validated_rating": validated,
        "validated": bool(validated),
        "times_moved": draw(st.integers(0, 2)),
        "extension_pending": draw(st.booleans()),
        "last_update_on": draw(st.none() | days),
        "submitted_at": draw(st.datetimes(*SUBMITTED_BETWEEN)) if submitted else None,
    }


@pytest.mark.django_db
class TestPythonAndSql:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        generated=st.lists(action_fields(), min_size=1, max_size=8),
        on=days,
        houses=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 120)), min_size=1, max_size=2),
    )
    def test_agree_on_every_action_and_day(self, generated, on, houses):
        user = UserFactory()
        partnerships = [PartnershipFactory(due_soon_days=soon, stale_days=stale) for soon, stale in houses]
        homes = [RecommendationFactory(section__review__partnership=partnership) for partnership in partnerships]
        actions = [make(fields, homes[n % len(homes)], n, user) for n, fields in enumerate(generated)]
        found = Action.objects.filter(pk__in=[action.pk for action in actions]).select_related("review__partnership")

        by_sql = {action.pk: action.rated for action in found.with_rating(on)}
        by_python = {action.pk: action.rating(on).value for action in found}
        assert by_sql == by_python

        overdue_by_sql = set(found.overdue(on).values_list("pk", flat=True))
        assert overdue_by_sql == {action.pk for action in found if action.is_overdue(on)}


def make(fields, recommendation, order, user):
    """Save an action with generated fields."""
    fields = dict(fields)
    validated, submitted_at = fields.pop("validated"), fields.pop("submitted_at")
    now = timezone.now()
    action = Action(
        recommendation=recommendation,
        order=order,
        text="Generated",
        validated_reason="Seen." if validated else "",
        validated_by=user if validated else None,
        validated_at=now if validated else None,
        submitted_at=timezone.make_aware(submitted_at) if submitted_at else None,
        submitted_by=user if submitted_at else None,
        **fields,
    )
    action.save()
    return action
