"""Filling a database with a load to measure speed with."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from actions import load
from actions.choices import Status
from actions.models import Action, Extension, Standing, Update
from reviews.models import Recommendation, Review, Section
from scr_tracker.models import Membership, Partnership, User

pytestmark = pytest.mark.django_db

#: Two plans: a whole one, and what is left.
ACTIONS = load.ACTIONS + 25


@pytest.fixture
def make_load(settings):
    """Return a function that runs the command where it may run, and returns what it printed."""
    settings.DEBUG = True

    def make(actions=ACTIONS, *further):
        out = StringIO()
        call_command("make_load", f"--actions={actions}", *further, stdout=out)
        return out.getvalue()

    return make


class TestWhatItMakes:
    @pytest.fixture(autouse=True)
    def _made(self, make_load):
        self.said = make_load()

    def test_exactly_so_many_actions_in_plans_of_the_usual_size(self):
        assert Action.objects.count() == ACTIONS
        assert [review.actions.count() for review in Review.objects.order_by("pk")] == [load.ACTIONS, 25]
        assert Section.objects.count() == 2 * load.SECTIONS
        assert Recommendation.objects.count() == 2 * load.RECOMMENDATIONS
        assert f"{ACTIONS} actions so far" in self.said
        assert f" {ACTIONS} actions\n" in self.said

    def test_one_business_manager_sees_all_of_it_and_cannot_sign_in(self):
        manager = User.objects.get(email=load.MANAGER)
        assert not manager.has_usable_password()
        assert Action.objects.visible_to(manager).count() == ACTIONS
        assert Membership.objects.filter(user=manager).count() == Partnership.objects.count()

    def test_actions_stand_differently_and_fall_due_on_both_sides_of_today(self):
        today = timezone.localdate()
        assert set(Action.objects.values_list("status", flat=True)) == set(Status.values)
        assert len(Counter(Action.objects.with_rating().values_list("rated", flat=True))) == 5
        assert Action.objects.overdue().exists()
        assert Action.objects.due_within(90, today).exists()

    def test_what_actions_repeat_agrees_with_what_they_repeat_it_from(self):
        for action in Action.objects.prefetch_related("updates", "extensions", "recommendation__section"):
            updated = [timezone.localdate(update.at) for update in action.updates.all()]
            decisions = Counter(extension.decision for extension in action.extensions.all())
            assert action.review_id == action.recommendation.section.review_id
            assert action.last_update_on == max(updated, default=None)
            assert action.times_moved == decisions[Extension.Decision.AGREED]
            assert action.extension_pending == (decisions[Extension.Decision.WAITING] > 0)
            assert action.is_open or not action.extension_pending

    def test_the_last_update_of_an_action_left_it_where_it_stands(self):
        latest = {update.action_id: update for update in Update.objects.order_by("at", "pk")}
        for action in Action.objects.filter(pk__in=latest).exclude(status__in=["paused", "superseded"]):
            reached = Status.SUBMITTED if action.status in ("complete", "embedded") else action.status
            assert latest[action.pk].status_after == reached
            assert latest[action.pk].own_rating == action.own_rating

    def test_every_constraint_holds_for_what_was_saved_past_the_forms(self):
        for action in Action.objects.all()[:40]:
            action.full_clean()

    def test_everything_has_its_first_line_of_history(self):
        manager = User.objects.get(email=load.MANAGER)
        for model in (Review, Section, Recommendation, Action, Extension, Membership):
            lines = model.history.all()
            assert lines.count() == model.objects.count()
            assert set(lines.values_list("history_type", "history_user")) == {("+", manager.pk)}

    def test_the_figures_of_every_plan_are_found(self):
        assert Standing.objects.count() == Review.objects.count()

    def test_a_second_load_is_refused(self, make_load):
        with pytest.raises(CommandError, match=f"already holds a load of {ACTIONS} actions"):
            make_load()
        assert Action.objects.count() == ACTIONS


def test_without_history_it_leaves_none(make_load):
    make_load(10, "--no-history")
    assert Action.objects.count() == 10
    assert not Action.history.exists()


def test_the_same_words_are_drawn_every_time_and_at_every_size():
    def drawn(actions):
        with transaction.atomic():
            load.make(actions, with_history=False)
            found = list(Action.objects.order_by("pk").values_list("text", "status", "target_date")[: load.ACTIONS])
            transaction.set_rollback(True)
        return found

    assert drawn(load.ACTIONS) == drawn(load.ACTIONS + 1)


def test_it_is_refused_where_debug_is_off():
    with pytest.raises(CommandError, match="not for a service in use"):
        call_command("make_load", "--actions=10")
    assert not User.objects.exists()


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_it_asks_for_a_whole_number_of_actions(make_load, number):
    with pytest.raises(CommandError, match="is not a whole number such as 100000"):
        make_load(number)
