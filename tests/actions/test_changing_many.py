"""Changing very many actions: the same rows as one by one, quickly, saying how far it is, and to the end."""

from collections import defaultdict
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import batches, changing, services, steps
from actions.changing import CHANGED_SINCE, Change, objections
from actions.choices import OwnRating, Status, TargetKind
from actions.models import Action, ChangedReview, ChangedStanding, ChangedThemes, SearchEntry, Update
from scr_tracker import jobs
from scr_tracker.forms import Sent
from scr_tracker.history import remember, remember_new
from scr_tracker.models import Agency, Job, User
from scr_tracker.permissions import Role
from scr_tracker.rules import ChangedMeanwhile, RuleBroken
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

#: What differs whenever something is done again: numbers and moments.
PASSING = {"id", "history_id", "history_date", "at", "m2m_history_id", "history"}
LATER = date(2040, 5, 31)


class World:
    """Actions of every kind that a change may meet, and people in every role."""

    def __init__(self):
        self.place, self.elsewhere = PartnershipFactory.create_batch(2)
        self.police = AgencyFactory(name="Police", partnerships=[self.place])
        self.trust = AgencyFactory(name="Trust", partnerships=[self.place, self.elsewhere])
        self.foreign = AgencyFactory(name="Foreign", partnerships=[self.elsewhere])
        self.people = {
            "manager": MembershipFactory(partnership=self.place).user,
            "manager of two": MembershipFactory(partnership=self.place).user,
            "lead": MembershipFactory(agency_lead=True, agency=self.police).user,
            "lead of the trust": MembershipFactory(agency_lead=True, agency=self.trust).user,
            "member": MembershipFactory(role=Role.BOARD_MEMBER, partnership=self.place).user,
            "administrator": UserFactory(administrator=True),
            "stranger": UserFactory(),
            "former": MembershipFactory(partnership=self.place, user__is_active=False).user,
        }
        MembershipFactory(partnership=self.elsewhere, user=self.people["manager of two"])
        here = RecommendationFactory(section__review__partnership=self.place)
        restricted = RecommendationFactory(section__review__partnership=self.place, section__review__restricted=True)
        there = RecommendationFactory(section__review__partnership=self.elsewhere)
        self._of(here)
        for recommendation in (restricted, there):
            ActionFactory(recommendation=recommendation, lead_agency=self.trust)
            ActionFactory(recommendation=recommendation, lead_agency=self.police, own_rating=OwnRating.RED)
        self.keys = list(Action.objects.order_by("pk").values_list("pk", flat=True))
        self.meanwhile = ActionFactory(recommendation=here, lead_agency=self.police)

    def _of(self, recommendation):
        told = {"recommendation": recommendation, "lead_agency": self.police}
        lead, trusted = self.people["lead"], self.people["lead of the trust"]
        ActionFactory(**told)
        ActionFactory(**told, status=Status.UNKNOWN, last_update_on=None)
        ActionFactory(**told, status=Status.ONGOING, own_rating=OwnRating.AMBER)
        ActionFactory(**told, submitted=True)
        ActionFactory(**told, complete=True)
        ActionFactory(**told, undated=True)
        ActionFactory(**told, status=Status.PAUSED, status_reason="Inquest")
        ActionFactory(**told, target_date=LATER, target_kind=TargetKind.MONTH)
        ActionFactory(**told, as_printed={"target_date": "End of May", "target_date_now": "June"}, times_moved=1)
        ActionFactory(recommendation=recommendation, lead_agency=None, lead_officers=["Nurse"])
        asked = ActionFactory(**told, extension_pending=True)
        ExtensionFactory(action=asked)
        supported = ActionFactory(**told)
        services.assign(
            action=supported, by=None, supporting_agencies=[self.trust], assigned=[lead, trusted], why="From the start."
        )
        services.assign(action=ActionFactory(**told), by=None, assigned=[lead])
        services.assign(action=ActionFactory(**told, status=Status.ONGOING), by=None, supporting_agencies=[self.trust])


CHANGES = {
    "status": lambda world: Change(status=Status.ONGOING),
    "rating": lambda world: Change(own_rating=OwnRating.RED),
    "no rating": lambda world: Change(own_rating=""),
    "note": lambda world: Change(note="At the board."),
    "date": lambda world: Change(target_date=LATER, note="The trainer is ill."),
    "date without a reason": lambda world: Change(target_date=LATER),
    "month": lambda world: Change(target_date=LATER, target_kind=TargetKind.MONTH, note="The trainer is ill."),
    "lead": lambda world: Change(lead_agency=world.trust.pk, note="They agreed."),
    "lead who serves elsewhere": lambda world: Change(lead_agency=world.foreign.pk),
    "officers": lambda world: Change(lead_officers=("Nurse", "Head of Training")),
    "person": lambda world: Change(assigned=(world.people["lead"].pk,)),
    "person who sees some": lambda world: Change(assigned=(world.people["lead of the trust"].pk,), note="Theirs."),
    "nobody": lambda world: Change(assigned=()),
    "lead and person": lambda world: Change(
        lead_agency=world.trust.pk, assigned=(world.people["lead"].pk, world.people["lead of the trust"].pk)
    ),
    "all of it": lambda world: Change(
        Status.NOT_STARTED, OwnRating.AMBER, "All.", LATER, TargetKind.MONTH, world.trust.pk, ("Nurse",), ()
    ),
    "all with a person": lambda world: Change(
        Status.ONGOING, OwnRating.RED, "All.", LATER, lead_agency=world.trust.pk, assigned=(world.people["lead"].pk,)
    ),
    "nothing": lambda world: Change(),
}


def one_by_one(batch, change):
    """Make the change by the services for one action; return (how many are changed, why the others are not)."""
    changed, refused = 0, {}
    for key, version in batch.versions.items():
        sent = Sent(f"one-{batch.pk}-{key}", version)
        try:
            action = batches.actions_of(batch, batch.by).get(pk=int(key))
            if said := objections(change, action, batch.by):
                raise RuleBroken(" ".join(said))
            with transaction.atomic():
                _take_steps(change, action, batch.by, sent)
            changed += 1
        except Action.DoesNotExist:
            refused[key] = batches.GONE
        except ChangedMeanwhile:
            refused[key] = CHANGED_SINCE
        except RuleBroken as broken:
            refused[key] = str(broken)
    return changed, batch.refused | refused


def _take_steps(change, action, by, sent):
    about = {"action": action, "by": by}
    for step in change.steps_for(action):
        if step == steps.UPDATE:
            services.report_progress(
                **about,
                status=action.status if change.status is None else change.status,
                own_rating=action.own_rating if change.own_rating is None else change.own_rating,
                what_was_done=change.note,
                sent=sent,
            )
        elif step == steps.SET_TARGET_DATE:
            target = {"target_date": change.target_date, "target_kind": change.target_kind}
            services.set_target_date(**about, **target, why=change.note, sent=sent)
        else:
            given = {}
            if change.lead_agency is not None:
                given["lead_agency"] = Agency.objects.get(pk=change.lead_agency)
            if change.lead_officers is not None:
                given["lead_officers"] = change.lead_officers
            if change.assigned is not None:
                given["assigned"] = list(User.objects.filter(pk__in=change.assigned))
            services.assign(**about, **given, why=change.note, sent=sent)
        sent = None


def all_at_once(batch):
    """Make the change as the list does; return the same."""
    batches.do(batches.ask(batch=batch, by=batch.by))
    batch.refresh_from_db()
    return batch.changed, batch.refused


def rows():
    """Return what the database says of actions and what was done to them, without what differs every time."""
    lines = defaultdict(list)
    links = {name: _links_of_lines(name) for name in ("supporting_agencies", "people", "also_answers")}
    for line in Action.history.order_by("id", "history_id").values():
        linked = {name: sorted(of.get(line["history_id"], [])) for name, of in links.items()}
        lines[line["id"]].append({name: value for name, value in line.items() if name not in PASSING} | linked)
    return {
        "actions": list(Action.objects.order_by("pk").values()),
        "lines": dict(lines),
        "updates": _plain(Update.objects.order_by("action", "pk")),
        "agencies": sorted(Action.supporting_agencies.through.objects.values_list("action", "agency")),
        "people": sorted(Action.people.through.objects.values_list("action", "user")),
        "search": sorted(SearchEntry.objects.values_list("kind", "action", "title", "body"), key=str),
        "notes": [
            set(ChangedReview.objects.values_list("review", flat=True)),
            set(ChangedStanding.objects.values_list("partnership", flat=True)),
            {str({name: row[name] for name in row.keys() - PASSING}) for row in ChangedThemes.objects.values()},
        ],
    }


def _links_of_lines(name):
    found, other = defaultdict(list), {"supporting_agencies": "agency", "people": "user"}.get(name, "recommendation")
    for line, key in getattr(Action.history.model, name).model.objects.values_list("history", other):
        found[line].append(key)
    return found


def _plain(found):
    return [{name: value for name, value in row.items() if name not in PASSING} for row in found.values()]


class BackAgain(Exception):
    """Ends a transaction whose work is not to stay."""


def tried(work):
    """Return what came of some work, and the rows that it leaves, and take it all back."""
    try:
        with transaction.atomic():
            ChangedReview.objects.all().delete()
            came = work()
            raise BackAgain
    except BackAgain:
        pass
    return came


@pytest.mark.parametrize("name", CHANGES)
def test_many_at_once_leave_the_same_rows_as_one_by_one(name):
    world = World()
    change, number_changed = CHANGES[name](world), {}
    for role, person in world.people.items():
        batch = batches.begin(by=person, keys=[*world.keys, world.meanwhile.pk])
        batch = batches.weigh(batch=batch, by=person, change=change)
        if str(world.meanwhile.pk) in batch.versions:
            world.meanwhile.text += " Loudly."
            remember(world.meanwhile, by=None, why="Reworded")
        if not batch.versions:
            number_changed[role] = 0
            continue
        one = tried(lambda batch=batch: (one_by_one(batch, change), rows()))
        many = tried(lambda batch=batch: (all_at_once(batch), rows()))
        assert many[0] == one[0]
        for table in one[1]:
            assert many[1][table] == one[1][table], (role, table)
        number_changed[role] = many[0][0]
    assert [number_changed[role] for role in ("member", "stranger", "former")] == [0, 0, 0]
    may_be_made = name not in ("lead who serves elsewhere", "nothing")
    assert bool(number_changed["manager"]) == may_be_made
    # Where an action has the new date already, the note by itself is an update.
    for_leads = name in ("status", "rating", "no rating", "note", "month")
    assert bool(number_changed["lead"]) == for_leads


@pytest.fixture
def manager(settings):
    settings.JOBS = "at-once"
    return MembershipFactory(user__name="Siân Ahmed").user


@pytest.fixture
def recommendation(manager):
    return RecommendationFactory(section__review__partnership=manager.memberships.get().partnership)


def weighed(manager, recommendation, number):
    """Return a batch that is to make so many actions ongoing."""
    review = recommendation.section.review
    actions = [ActionFactory.build(recommendation=recommendation, review=review, order=n) for n in range(number)]
    remember_new(actions, by=manager, why="Imported")
    batch = batches.begin(by=manager, keys=[action.pk for action in actions])
    return batches.weigh(batch=batch, by=manager, change=Change(status=Status.ONGOING, note="Board"))


@pytest.fixture
def told(monkeypatch):
    """What the job says of how far it is: [(done, of)]."""
    said, tell = [], jobs.tell

    def heard(job, step, *, done=0, of=0):
        said.append((done, of))
        tell(job, step, done=done, of=of)

    monkeypatch.setattr(batches.jobs, "tell", heard)
    return said


def ask(batch, manager, run, service=batches.ask):
    with run(execute=True):
        service(batch=batch, by=manager)
    batch.refresh_from_db()


def dying(monkeypatch, error, *, after, before_it_writes=False):
    """Let the work end with an error at the second time that actions are changed, before or after it has written."""
    monkeypatch.setattr(batches, "READ", 50)
    change_each, asked = changing.change_each, []

    def die(**about):
        asked.append(about)
        if len(asked) == after and before_it_writes:
            raise error
        came = change_each(**about)
        if len(asked) == after:
            raise error
        return came

    monkeypatch.setattr(batches, "change_each", die)


def test_two_thousand_take_few_queries_and_tell_how_far_it_is(
    manager, recommendation, told, django_capture_on_commit_callbacks
):
    batch = weighed(manager, recommendation, 2000)
    with CaptureQueriesContext(connection) as queries:
        ask(batch, manager, django_capture_on_commit_callbacks)
    assert (batch.job.state, batch.changed, batch.refused) == ("done", 2000, {})
    assert told == [(500, 2000), (1000, 2000), (1500, 2000), (2000, 2000)]
    assert set(Action.objects.values_list("status", flat=True)) == {Status.ONGOING}
    assert Update.objects.count() == batch.changes.count() == 2000
    # Four transactions; SQLite takes fewer values in one query than PostgreSQL.
    assert len(queries) < 4 * 90
    line = Action.history.latest("history_id")
    assert (line.history_user, line.history_change_reason) == (manager, "Progress update")


@pytest.mark.parametrize("before_it_writes", [True, False])
def test_what_was_killed_on_the_way_goes_on_and_changes_nothing_twice(
    manager, recommendation, monkeypatch, django_capture_on_commit_callbacks, before_it_writes
):
    batch = weighed(manager, recommendation, 120)
    dying(monkeypatch, SystemExit, after=2, before_it_writes=before_it_writes)
    ask(batch, manager, django_capture_on_commit_callbacks)
    assert (batch.changed, batch.done_at, batch.job.state) == (50, None, "running")
    assert Update.objects.count() == batch.changes.count() == 50
    assert (batch.has_stopped, batch.can_be_undone) == (False, False)

    second_attempt = SimpleNamespace(attempt=batch.job.attempt + 1)
    batches.do_in_background.func(second_attempt, batch.job.pk, batch=batch.pk)
    batch.refresh_from_db()
    assert (batch.job.state, batch.changed, batch.refused) == ("done", 120, {})
    assert Update.objects.count() == batch.changes.count() == 120
    assert Action.history.filter(history_change_reason="Progress update").count() == 120


def test_what_two_workers_do_at_once_is_done_once(manager, recommendation, django_capture_on_commit_callbacks):
    batch = weighed(manager, recommendation, 120)
    ask(batch, manager, django_capture_on_commit_callbacks)
    assert batches._change_next(batch.pk) == (120, 120, True)
    assert Update.objects.count() == 120


class TestWhatFailedForGood:
    @pytest.fixture
    def batch(self, manager, recommendation, monkeypatch, django_capture_on_commit_callbacks):
        """A batch of which 50 are changed, 1 is refused and 69 were not come to."""
        batch = weighed(manager, recommendation, 120)
        paused = Action.objects.order_by("pk").first()
        services.pause_action(action=paused, by=manager, reason="Until May")
        dying(monkeypatch, ValueError("The disk is full."), after=2)
        ask(batch, manager, django_capture_on_commit_callbacks)
        monkeypatch.undo()
        batch.refresh_from_db()
        assert batch.job.state == Job.State.FAILED
        return batch

    @pytest.fixture
    def shown(self, client, manager):
        client.force_login(manager)
        return lambda batch: " ".join(client.get(batch.get_absolute_url()).content.decode().split())

    def test_says_what_was_done_and_what_was_not(self, batch, shown):
        said = shown(batch)
        assert "The work stopped on the way" in said
        assert "49 of the 120 actions that you chose are changed" in said
        assert "1 stays as it is, for the reason below." in said
        assert "70 have not been looked at yet" in said
        assert "1 action: This action is paused" in said
        assert "Change the other 70 actions" in said
        assert "Undo" in said

    def test_goes_on_with_what_is_left(self, batch, shown, fill_in, client, django_capture_on_commit_callbacks):
        shown(batch)
        with django_capture_on_commit_callbacks(execute=True):
            response = fill_in(batch.get_absolute_url())
        assert response.url == batch.get_absolute_url()
        assert "119 of 120 actions are changed" in shown(batch)
        assert Update.objects.count() == 119
        # The button of another window, or of a page that was left open, does nothing more and breaks nothing.
        assert client.post(batch.get_absolute_url()).status_code == 200
        with pytest.raises(RuleBroken, match="done already"):
            batches.go_on(batch=batch, by=batch.by)

    def test_goes_on_by_a_job_where_very_much_is_left(
        self, batch, manager, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(batches, "AT_ONCE", 60)
        former = batch.job
        ask(batch, manager, django_capture_on_commit_callbacks, batches.go_on)
        assert batch.job != former
        assert (batch.job.state, batch.changed, len(batch.refused)) == ("done", 119, 1)

    def test_can_be_undone_as_far_as_it_came(self, batch, shown, client, fill_in):
        shown(batch)
        assert "The 120 actions that you chose" in client.get(reverse("undo-batch", args=[batch.pk])).content.decode()
        fill_in(reverse("undo-batch", args=[batch.pk]))
        batch.refresh_from_db()
        assert (batch.put_back, batch.left) == (49, {})
        assert list(batch.refused.values()).count(batches.STOPPED) == 70
        said = shown(batch)
        assert "49 actions are as they were" in said
        assert batches.STOPPED in said
        assert set(Action.objects.values_list("status", flat=True)) == {Status.IN_PROGRESS, Status.PAUSED}

    def test_is_said_of_a_small_one_that_broke_before_its_page_answered(self, manager, recommendation, shown):
        batch = batches.ask(batch=weighed(manager, recommendation, 3), by=manager)
        said = shown(batch)
        assert "None of the 3 actions that you chose is changed" in said
        assert "Change the 3 actions" in said

    def test_goes_on_with_nothing_that_the_person_may_no_longer_change(self, batch, manager):
        membership = manager.memberships.get()
        membership.role = Role.BOARD_MEMBER
        membership.save()
        batches.do(batches.go_on(batch=batch, by=manager))
        batch.refresh_from_db()
        assert batch.changed == 49
        assert sum("not yours to do here" in sentence for sentence in batch.refused.values()) == 70
