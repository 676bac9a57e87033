"""Lead, senior lead, chair: each step once, as far apart as the partnership says, until there is an answer."""

from datetime import timedelta

import pytest

from actions import services, timeline
from actions.models import Meeting, Reminder
from actions.reminding import sending
from scr_tracker.models import Frequency, Membership, Partnership, User
from tests.factories import MembershipFactory

from .conftest import TODAY

pytestmark = pytest.mark.django_db

ANSWER, AGENCY, BOARD = "WAITING FOR YOUR ANSWER", "OVERDUE IN YOUR AGENCY", "OVERDUE, AND NOT ANSWERED"


@pytest.fixture(autouse=True)
def _nobody_wants_digests(world):
    """So that what is sent is sent to chase."""
    User.objects.update(reminders=Frequency.NEVER)


@pytest.fixture
def steps(send):
    """Return a function that sends every day and returns [(day, who was chased)]."""

    def run(*days):
        found = []
        for day in days:
            found += [(day, address.split("@")[0]) for address in sorted(send(day))]
        return found

    return run


def test_goes_from_the_lead_to_the_senior_lead_to_the_chair(due, steps):
    due(-1)
    assert steps(*range(70)) == [(13, "lea"), (27, "sena"), (41, "chaya")]


def test_of_a_plan_that_comes_in_with_old_dates_begins_at_the_lead(due, steps):
    due(-400)
    assert steps(*range(70)) == [(0, "lea"), (14, "sena"), (28, "chaya")]


def test_says_why_and_stands_in_a_message_of_its_own(due, send):
    due(-14)
    due(3)
    words = send()["lea@example.org"]
    assert ANSWER in words
    assert "NEXT 14" not in words
    assert AGENCY in send(14)["sena@example.org"]
    assert BOARD in send(28)["chaya@example.org"]


def test_stands_first_in_the_digest_of_somebody_who_wants_one(due, send, world):
    User.objects.filter(pk=world.lead.pk).update(reminders=Frequency.DAILY)
    due(-14, text="Silent.")
    due(-2, text="A little late.")
    words = send()["lea@example.org"]
    assert words.count("Silent") == 1
    assert words.index(ANSWER) < words.index("Silent") < words.index("OVERDUE (1)") < words.index("A little late")


@pytest.mark.parametrize("answer", ["update", "extension"])
def test_stops_when_the_lead_answers(due, steps, send, world, day, answer):
    action = due(-14)
    assert steps(0) == [(0, "lea")]
    day(5)
    if answer == "update":
        services.report_progress(
            action=action, by=world.lead, status="in_progress", what_was_done="Half.", own_rating=""
        )
    else:
        asked = {"asked_for_date": TODAY + timedelta(9), "reason": "Training."}
        services.ask_extension(action=action, by=world.lead, **asked)
        services.refuse_extension(action=action, by=world.manager, note="No.")
    assert steps(*range(5, 60)) == [(20, "lea"), (34, "sena"), (48, "chaya")]  # the 19th is a Sunday


def test_stops_when_the_action_is_submitted_or_a_later_date_is_asked_for(due, steps, world):
    first, second = due(-14), due(-14)
    assert steps(0) == [(0, "lea")]
    services.submit_action(action=first, by=world.lead, what_was_done="All.", no_evidence_reason="Seen by all.")
    services.ask_extension(action=second, by=world.lead, asked_for_date=TODAY + timedelta(99), reason="Training.")
    User.objects.filter(pk=world.manager.pk).update(is_active=False)
    assert not steps(*range(1, 60))


def test_is_recorded_on_the_timeline_of_the_action(due, steps, world):
    action = due(-14)
    steps(*range(30))
    titles = [event.title for event in timeline.of_action(action, world.manager) if event.kind == "reminder"]
    assert titles == [
        "Chair told that there is no answer: Chaya",
        "Senior lead told that there is no answer: Sena",
        "Lead asked for an answer: Lea",
    ]


def test_passes_over_a_step_for_which_there_is_nobody(due, steps, world):
    for membership in Membership.objects.filter(is_senior=True, agency__isnull=False):
        membership.is_senior = False
        membership.save()
    due(-14)
    assert steps(*range(40)) == [(0, "lea"), (28, "chaya")]


def test_does_not_tell_the_senior_lead_twice_who_answers_for_the_action_too(due, steps, world):
    due(-14, people=[world.senior])
    assert steps(*range(40)) == [(0, "sena"), (28, "chaya")]


def test_tells_the_senior_lead_and_the_chair_nothing_that_they_may_not_see(due, steps, world):
    world.review.restricted = True
    world.review.save()
    world.review.named_people.add(world.lead)
    due(-14)
    assert steps(*range(70)) == [(0, "lea")]
    assert set(Reminder.objects.values_list("person", flat=True)) == {world.lead.pk}


def test_follows_the_days_of_the_partnership(due, steps):
    Partnership._base_manager.update(chase_lead_days=None, chase_senior_days=3, chase_chair_days=None)
    due(-1)
    assert steps(*range(40)) == [(2, "sena")]


def test_waits_while_a_board_is_left_in_peace(due, steps, world):
    Meeting.objects.create(
        partnership=world.partnership, name="Board", papers_close_on=TODAY - timedelta(1), date=TODAY + timedelta(2)
    )
    due(-14)
    assert steps(*range(10)) == [(3, "lea")]


def test_tells_each_of_several_people_though_the_run_was_stopped_between_them(due, send, world, monkeypatch, day):
    other = MembershipFactory(agency_lead=True, agency=world.agency, user__name="Zoe").user
    User.objects.update(reminders=Frequency.NEVER)
    due(-14, people=[world.lead, other])
    real, calls = sending._hand_over, []

    def once(*about):
        calls.append(about)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return real(*about)

    monkeypatch.setattr(sending, "_hand_over", once)
    with pytest.raises(KeyboardInterrupt):
        send()
    monkeypatch.undo()
    assert list(send()) == [other.email]
    assert Reminder.objects.count() == 2
    assert not send(1)
