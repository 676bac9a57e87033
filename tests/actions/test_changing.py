"""Changing actions from the list: who is responsible, target dates, and taking back what one has just changed."""

from datetime import date, timedelta

import pytest

from actions import services, timeline
from actions.changing import Change, change_action, objections
from actions.choices import Status, TargetKind
from actions.models import Action
from scr_tracker.models import User
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    ExtensionFactory,
    MembershipFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    return AgencyFactory(name="Constabulary")


@pytest.fixture
def action(agency):
    action = ActionFactory(lead_agency=agency, text="Ring the bell.")
    agency.partnerships.add(action.review.partnership)
    return action


@pytest.fixture
def manager(action):
    return MembershipFactory(partnership=action.review.partnership).user


@pytest.fixture
def lead(agency):
    return MembershipFactory(agency_lead=True, agency=agency).user


def again(action):
    return Action.objects.get(pk=action.pk)


def told(action, user):
    return [event.title for event in timeline.of_action(again(action), user)]


class TestWhoIsResponsible:
    def test_changes_with_one_line_of_history_that_says_who_and_why(self, action, manager, lead):
        trust = AgencyFactory(name="Health trust", partnerships=[action.review.partnership])
        lines = action.history.count()
        services.assign(
            action=action,
            by=manager,
            supporting_agencies=[trust],
            lead_officers=["Named nurse"],
            assigned=[lead],
            why="They agreed to.",
        )
        assert action.history.count() == lines + 1
        event = timeline.of_action(again(action), manager)[0]
        assert (event.title, event.who, event.why) == ("Assigned", str(manager), "They agreed to.")
        changed = {what: now for what, _, now in event.changes}
        assert changed["Assigned to" if "Assigned to" in changed else "People"] == str(lead)
        assert "Health trust" in str(event.changes)

    def test_can_be_an_agency_of_the_partnership_only(self, action, manager):
        with pytest.raises(RuleBroken, match="does not serve this partnership"):
            services.assign(action=action, by=manager, lead_agency=AgencyFactory(name="Foreign"))

    def test_cannot_be_somebody_who_does_not_see_it(self, action, manager):
        stranger = UserFactory(name="A Stranger")
        with pytest.raises(RuleBroken, match="A Stranger cannot see this action"):
            services.assign(action=action, by=manager, assigned=[stranger])
        assert not again(action).people.exists()

    def test_no_longer_is_somebody_of_the_former_agency(self, action, manager, lead):
        services.assign(action=action, by=manager, assigned=[lead])
        trust = AgencyFactory(partnerships=[action.review.partnership])
        services.assign(action=action, by=manager, lead_agency=trust)
        assert not again(action).people.exists()

    def test_leaves_no_line_where_nothing_changes(self, action, manager):
        lines = action.history.count()
        services.assign(action=action, by=manager, lead_agency=action.lead_agency)
        assert action.history.count() == lines


class TestTheTargetDate:
    def test_moves_and_counts_as_moved_and_the_first_stays(self, action, manager):
        first, later = action.target_date, action.target_date + timedelta(60)
        services.set_target_date(action=action, by=manager, target_date=later, why="The trainer is ill.")
        now = again(action)
        assert (now.target_date, now.original_target_date, now.times_moved) == (later, first, 1)
        event = timeline.of_action(now, manager)[0]
        assert (event.title, event.why) == ("Target date set", "The trainer is ill.")

    def test_is_not_moved_without_a_reason(self, action, manager):
        with pytest.raises(RuleBroken, match="Say why"):
            services.set_target_date(action=action, by=manager, target_date=action.target_date + timedelta(1))

    def test_is_no_move_where_there_was_none(self, agency, manager, action):
        undated = ActionFactory(recommendation=action.recommendation, undated=True)
        services.set_target_date(
            action=undated, by=manager, target_date=date(2030, 3, 31), target_kind=TargetKind.MONTH
        )
        now = again(undated)
        assert (now.due, now.times_moved, now.original_target_date) == ("March 2030", 0, None)

    def test_waits_for_the_decision_on_a_later_date_that_was_asked_for(self, action, manager, lead):
        services.ask_extension(action=action, by=lead, asked_for_date=today() + timedelta(400), reason="Illness.")
        with pytest.raises(RuleBroken, match="already been asked for"):
            services.set_target_date(action=action, by=manager, target_date=today(), why="Sooner.")


class TestAChange:
    def test_takes_the_steps_that_it_needs_and_no_other(self, action, manager):
        change = Change(status=action.status, own_rating="red", note="Late.")
        assert objections(change, action, manager) == []
        change_action(action=action, by=manager, change=change)
        assert again(action).own_rating == "red"
        assert told(action, manager)[0] == "Progress update"

    def test_uses_the_note_as_the_reason_where_only_the_date_moves(self, action, manager):
        later = action.target_date + timedelta(30)
        change_action(action=action, by=manager, change=Change(target_date=later, note="Illness."))
        event = timeline.of_action(again(action), manager)[0]
        assert (event.title, event.why) == ("Target date set", "Illness.")
        assert not again(action).updates.exists()

    def test_happens_as_a_whole_or_not_at_all(self, action, manager):
        ExtensionFactory(action=action)
        action.extension_pending = True
        action.save()
        change = Change(own_rating="red", target_date=today(), note="Sooner.")
        with pytest.raises(RuleBroken):
            change_action(action=action, by=manager, change=change)
        assert again(action).own_rating == ""

    @pytest.mark.parametrize(
        ("about", "change", "sentence"),
        [
            ({}, Change(), "nothing would change"),
            ({"complete": True}, Change(status="ongoing"), "This action is complete."),
            ({}, Change(target_date=date(2040, 1, 1)), "Say why the target date is moved"),
        ],
    )
    def test_says_why_it_cannot_be_made(self, action, manager, about, change, sentence):
        other = ActionFactory(recommendation=action.recommendation, **about)
        assert sentence in " ".join(objections(change, other, manager))

    def test_of_the_plan_is_not_for_a_lead(self, action, lead):
        assert "is not yours to do here" in objections(Change(target_date=today(), note="Why"), action, lead)[0]

    def test_is_kept_in_plain_values_and_read_back(self):
        for change in (Change(own_rating=""), Change("ongoing", "red", "n", today(), "month", 3, ("Nurse",), (1, 2))):
            assert Change.from_json(change.to_json()) == change


class TestUndoing:
    @pytest.fixture
    def changed(self, action, manager, lead):
        """An action with everything changed, and the versions before and after."""
        action.people.add(lead)
        later = action.target_date + timedelta(30)
        change = Change("ongoing", "red", "All of it.", later, lead_officers=("Nurse",), assigned=())
        before, after = change_action(action=action, by=manager, change=change)
        return {"action": action, "before": before, "after": after}

    def test_puts_everything_back_and_says_so(self, changed, manager, action, lead):
        former = again(action).history.get(history_id=changed["before"])
        services.undo(**changed, by=manager)
        now = again(action)
        for name in services.PUT_BACK:
            assert getattr(now, name) == getattr(former, name), name
        assert list(now.people.all()) == [lead]
        assert "Undone" in told(action, manager)

    def test_is_for_who_made_the_change(self, changed, action):
        other = MembershipFactory(partnership=action.review.partnership).user
        with pytest.raises(RuleBroken, match="yourself"):
            services.undo(**changed, by=other)

    def test_is_refused_once_something_else_has_happened(self, changed, manager, lead):
        services.report_progress(action=changed["action"], by=lead, status="ongoing", what_was_done="x", own_rating="")
        with pytest.raises(RuleBroken, match="changed since"):
            services.undo(**changed, by=manager)

    def test_happens_once(self, changed, manager):
        services.undo(**changed, by=manager)
        with pytest.raises(RuleBroken, match="changed since"):
            services.undo(**changed, by=manager)

    def test_takes_nothing_back_but_changes_from_the_list(self, action, manager):
        before = Action.objects.version_of(action)
        services.pause_action(action=action, by=manager, reason="Inquest.")
        with pytest.raises(RuleBroken, match="from the list"):
            services.undo(action=action, by=manager, before=before, after=Action.objects.version_of(action))
        assert again(action).status == Status.PAUSED

    def test_is_refused_to_who_has_lost_the_right(self, changed, manager):
        membership = manager.memberships.get()
        membership.role = Role.BOARD_MEMBER
        membership.save()
        with pytest.raises(RuleBroken, match="no longer"):
            services.undo(**changed, by=User.objects.get(pk=manager.pk))
