"""What changed since the last report: told from two frozen reports, and checked against a plain comparison."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import plan as plans
from actions.choices import CLOSED, OwnRating, Rating, Status
from actions.models import Action
from actions.reports.changes import Changes, Standing, changes_between, standings_of
from actions.reports.references import References
from tests.factories import ActionFactory, RecommendationFactory, UpdateFactory

WORDS = {rating.value: rating.label for rating in Rating} | {"no_action": "No action"}
NOON = datetime(2026, 3, 14, 12, 0, tzinfo=ZoneInfo("Europe/London"))
OPEN_RATINGS = ["red", "amber", "green"]


def a_standing(number=1, **values):
    usual = {
        "key": f"action-{number}",
        "reference": str(number),
        "anchor": f"recommendation-{number}",
        "text": f"Do the thing numbered {number}.",
        "lead": "Wyvern Police",
        "rating": "green",
        "status": "in_progress",
        "due": date(2026, 5, 31),
        "due_words": "31 May 2026",
        "times_moved": 0,
        "overdue": False,
        "updated_at": NOON,
    }
    return Standing(**usual | values)


def compared(before, now):
    return changes_between(before, now, since="the report of 14 March 2026", words=WORDS)


class TestOneAction:
    def test_closed_says_from_which_status_to_which(self):
        was, now = a_standing(status="submitted"), a_standing(status="complete", rating="blue")
        [change] = compared([was], [now])["closed"].changes
        assert (change.before, change.now) == ("Submitted as complete", "Complete")

    def test_closed_is_not_said_again_as_rated_better(self):
        was, now = a_standing(rating="red"), a_standing(status="complete", rating="blue")
        assert not compared([was], [now])["better"].changes

    def test_moved_says_by_how_much(self):
        now = a_standing(due=date(2026, 8, 1), due_words="1 August 2026", times_moved=1, rating="amber")
        [change] = compared([a_standing()], [now])["moved"].changes
        assert (change.before, change.now, change.by) == ("31 May 2026", "1 August 2026", "62 days later")

    def test_given_a_first_date_it_was_moved_by_nothing_that_can_be_said(self):
        was = a_standing(due=None, due_words="Ongoing")
        [change] = compared([was], [a_standing()])["moved"].changes
        assert (change.before, change.now, change.by) == ("Ongoing", "31 May 2026", "")

    def test_newly_overdue_by_time_alone_is_untouched_as_well(self):
        now = a_standing(overdue=True, rating="red")
        changes = compared([a_standing()], [now])
        assert [each.key for each in changes.lists if each.changes] == ["newly_overdue", "worse", "untouched"]

    def test_an_update_on_the_same_day_is_a_touch(self):
        now = a_standing(updated_at=NOON + timedelta(minutes=1))
        assert not compared([a_standing()], [now])["untouched"].changes

    def test_new_and_gone(self):
        changes = compared([a_standing(1)], [a_standing(2)])
        assert [each.key for each in changes["new"].changes] == ["action-2"]
        assert [each.key for each in changes["gone"].changes] == ["action-1"]

    def test_set_aside_is_neither_better_nor_worse(self):
        was, now = a_standing(status="paused", rating="grey"), a_standing(rating="red")
        changes = compared([was], [now])
        assert [each.key for each in changes.lists if each.changes] == ["reopened"]

    def test_nothing_changed_is_said_in_words(self):
        closed = a_standing(status="complete", rating="blue")
        assert compared([closed], [closed]).headline == "Nothing has changed since the report of 14 March 2026."

    def test_the_headline_counts_each_kind(self):
        was = [a_standing(1), a_standing(2)]
        now = [a_standing(1, status="complete", rating="blue"), a_standing(2)]
        assert compared(was, now).headline == "Since the report of 14 March 2026: 1 closed and 1 untouched."

    def test_kept_as_json_it_is_the_same_again(self):
        changes = compared([a_standing(1)], [a_standing(1, overdue=True, rating="red"), a_standing(2)])
        assert Changes.from_dict(json.loads(json.dumps(changes.to_dict()))) == changes
        assert Standing.from_dict(json.loads(json.dumps(a_standing().to_dict()))) == a_standing()


statuses = st.sampled_from([status.value for status in Status])
standing_facts = st.fixed_dictionaries(
    {
        "status": statuses,
        "rating": st.sampled_from(["red", "amber", "green", "blue", "grey"]),
        "due": st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 9)),
        "overdue": st.booleans(),
        "updated_at": st.none() | st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours)),
    }
)


def standings_from(facts):
    return [a_standing(number, due_words=str(each["due"] or ""), **each) for number, each in facts.items()]


def by_brute_force(before, now):
    """Say which action belongs to which kind by the words of the issue, one pair at a time."""
    found = Counter()
    closed = {status.value for status in CLOSED}
    order = ["red", "amber", "green", "blue"]
    for new in now:
        old = next((each for each in before if each.key == new.key), None)
        if old is None:
            found["new", new.key] += 1
            continue
        if old.status not in closed and new.status in closed:
            found["closed", new.key] += 1
        if old.status in closed and new.status not in closed:
            found["reopened", new.key] += 1
        if new.overdue and not old.overdue:
            found["newly_overdue", new.key] += 1
        if old.due != new.due:
            found["moved", new.key] += 1
        if old.status not in closed and new.status not in closed:
            if old.rating in order and new.rating in order:
                if order.index(new.rating) < order.index(old.rating):
                    found["worse", new.key] += 1
                if order.index(new.rating) > order.index(old.rating):
                    found["better", new.key] += 1
            if replace(new, rating="", overdue=False) == replace(old, rating="", overdue=False):
                found["untouched", new.key] += 1
    for old in before:
        if not any(new.key == old.key for new in now):
            found["gone", old.key] += 1
    return found


facts_by_number = st.dictionaries(st.integers(1, 8), standing_facts, max_size=8)


class TestAgainstBruteForce:
    @given(before=facts_by_number, now=facts_by_number)
    def test_every_change_is_found_once_and_nothing_else(self, before, now):
        before, now = standings_from(before), standings_from(now)
        changes = compared(before, now)
        told = Counter((each.key, change.key) for each in changes.lists for change in each.changes)
        assert told == by_brute_force(before, now)


@pytest.mark.django_db
class TestStandings:
    def test_every_action_and_every_recommendation_without_one_has_a_standing(self):
        action = ActionFactory(own_rating=OwnRating.AMBER)
        update = UpdateFactory(action=action)
        section = action.recommendation.section
        lonely = RecommendationFactory(section=section, order=10_000)
        plan = plans.read(section.review)
        standings = standings_of(plan, References(plan))
        assert [each.key for each in standings] == [f"action-{action.pk}", f"recommendation-{lonely.pk}"]
        assert standings[0].updated_at == update.at
        assert [each.rating for each in standings] == ["amber", "no_action"]

    def test_a_new_recommendation_without_action_is_told(self):
        action = ActionFactory()
        before = plans.read(action.review)
        other = RecommendationFactory(section=action.recommendation.section, order=10_000)
        now = plans.read(Action.objects.get(pk=action.pk).review)
        changes = changes_between(
            standings_of(before, References(before)), standings_of(now, References(now)), since="then", words=WORDS
        )
        assert [each.key for each in changes["without_action"].changes] == [f"recommendation-{other.pk}"]
