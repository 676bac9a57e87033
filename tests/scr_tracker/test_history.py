"""Every change is kept with who made it and why."""

import pytest
from django.db import connection

from actions.models import Action
from scr_tracker.history import remember, remember_changed, remember_joined, remember_new, settle
from tests.factories import ActionFactory, AgencyFactory, RecommendationFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_one_change_says_who_and_why():
    action, user = ActionFactory(), UserFactory()
    action.text = "Reworded."
    remember(action, by=user, why="Wording agreed")
    line = action.history.latest()
    assert (line.text, line.history_user, line.history_change_reason) == ("Reworded.", user, "Wording agreed")
    assert action.history.count() == 2


def test_many_new_ones_each_get_a_first_line():
    recommendation, user = RecommendationFactory(), UserFactory()
    new = [
        Action(recommendation=recommendation, review=recommendation.section.review, order=order, text=f"Task {order}")
        for order in range(3)
    ]
    remember_new(new, by=user, why="Imported from plan.docx")
    for action in Action.objects.all():
        line = action.history.get()
        assert (line.history_type, line.history_user, line.history_change_reason) == (
            "+",
            user,
            "Imported from plan.docx",
        )


def test_many_changed_ones_each_get_a_line():
    actions, user = ActionFactory.create_batch(3), UserFactory()
    for action in actions:
        action.label = "a"
    remember_changed(actions, ["label"], by=user, why="Labels from the plan")
    assert {action.history.latest().history_change_reason for action in actions} == {"Labels from the plan"}
    assert set(Action.objects.values_list("label", flat=True)) == {"a"}


def test_the_state_at_a_past_moment_can_be_read_back():
    action = ActionFactory(text="First wording.")
    then = action.history.latest().history_date
    action.text = "Second wording."
    remember(action, by=None, why="Reworded")
    assert Action.history.as_of(then).get(id=action.pk).text == "First wording."


def test_joining_many_at_once_stands_in_the_lines_of_history_that_they_have():
    first, second = ActionFactory.create_batch(2)
    police, school = AgencyFactory.create_batch(2)
    remember_joined(Action, "supporting_agencies", [(first, police), (first, school), (second, school)])
    assert set(first.supporting_agencies.all()) == {police, school}
    for action, agencies in ((first, {police, school}), (second, {school})):
        line = action.history.latest()
        assert {link.agency for link in line.supporting_agencies.all()} == agencies


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
class TestSettling:
    NUMBER = "SELECT pg_current_xact_id()"  # a transaction has one from its first change on

    def test_waits_for_a_change_that_is_under_way(self):
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(self.NUMBER)
                with pytest.raises(TimeoutError, match="Another change has gone on for very long"):
                    settle(patience=0)
                cursor.execute("COMMIT")
            settle(patience=0)
        finally:
            other.close()

    def test_waits_for_no_other_database_on_the_same_server(self):
        with connection._nodb_cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(self.NUMBER)
            settle(patience=0)
