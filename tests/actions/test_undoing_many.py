"""Undoing what was done to very many actions: quickly, saying how far it is, and to the end whatever happens."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import batches, services
from actions.choices import Status
from actions.models import Action, Batch, BatchedChange, Update
from scr_tracker import jobs
from scr_tracker.history import remember_new
from scr_tracker.models import Job
from tests.factories import ActionFactory, AgencyFactory, MembershipFactory, RecommendationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.JOBS = "at-once"


@pytest.fixture
def manager():
    return MembershipFactory(user__name="Siân Ahmed").user


@pytest.fixture
def recommendation(manager):
    return RecommendationFactory(section__review__partnership=manager.memberships.get().partnership)


def changed(manager, recommendation, number):
    """Return a batch that made so many actions ongoing, written as if it had been done."""
    review = recommendation.section.review
    actions = [ActionFactory.build(recommendation=recommendation, review=review, order=n) for n in range(number)]
    remember_new(actions, by=manager, why="Imported")
    before = dict(Action.history.values_list("id", "history_id"))
    for action in actions:
        action.status = Status.ONGOING
    services.remember_changed(actions, ["status"], by=manager, why="Progress update")
    after = {line.id: line.history_id for line in Action.history.order_by("history_id")}
    return batches.keep_sheet(by=manager, versions={key: (before[key], after[key]) for key in before})


@pytest.fixture
def told(monkeypatch):
    """What the job says of how far it is: [(done, of)], each outside of any transaction of its own."""
    said, tell = [], jobs.tell

    def heard(job, step, *, done=0, of=0):
        said.append((done, of))
        tell(job, step, done=done, of=of)

    monkeypatch.setattr(batches.jobs, "tell", heard)
    return said


def undo(batch, manager, run):
    with run(execute=True):
        batches.undo(batch=batch, by=manager)
    batch.refresh_from_db()


def test_two_thousand_take_few_queries_and_tell_how_far_it_is(
    manager, recommendation, told, django_capture_on_commit_callbacks
):
    batch = changed(manager, recommendation, 2000)
    with CaptureQueriesContext(connection) as queries:
        undo(batch, manager, django_capture_on_commit_callbacks)
    assert (batch.job.state, batch.put_back, batch.left) == ("done", 2000, {})
    assert told == [(500, 2000), (1000, 2000), (1500, 2000), (2000, 2000), (2000, 2000)]
    assert set(Action.objects.values_list("status", flat=True)) == {Status.IN_PROGRESS}
    assert Update.objects.count() == 2000
    # Five transactions, the last of which finds nothing more; SQLite takes fewer values in one query than PostgreSQL.

    assert len(queries) < 5 * 60
    line = Action.history.latest("history_id")
    assert (line.history_user, line.history_change_reason) == (manager, "Undone: progress update")


def test_each_is_put_back_with_its_agencies_and_people_and_the_history_says_so(manager, recommendation):
    partnership = recommendation.section.review.partnership
    police, school = AgencyFactory.create_batch(2, partnerships=[partnership])
    people = MembershipFactory.create_batch(2, partnership=partnership)
    actions = ActionFactory.create_batch(3, recommendation=recommendation)
    versions = {}
    for action, person in zip(actions, [*people, None], strict=False):
        services.assign(action=action, by=manager, supporting_agencies=[police], assigned=[people[0].user])
        before = Action.objects.version_of(action)
        wanted = {"supporting_agencies": [school], "assigned": [person.user] if person else []}
        services.assign(action=action, by=manager, lead_officers=["Head of Training"], **wanted)
        versions[action.pk] = (before, Action.objects.version_of(action))
    assert services.undo_each(versions=versions, by=manager) == {}
    for action in Action.objects.all():
        assert action.lead_officers == ["Head of Practice"]
        assert [list(action.supporting_agencies.all()), list(action.people.all())] == [[police], [people[0].user]]
        line = action.history.first()
        assert [each.agency for each in line.supporting_agencies.all()] == [police]
        assert [each.user for each in line.people.all()] == [people[0].user]


def test_what_was_killed_on_the_way_goes_on_to_the_end(
    manager, recommendation, monkeypatch, client, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(batches, "READ", 50)
    batch = changed(manager, recommendation, 120)
    undo_each, asked = services.undo_each, []

    def killed(**about):
        asked.append(about)
        if len(asked) == 2:
            undo_each(**about)
            raise SystemExit
        return undo_each(**about)

    monkeypatch.setattr(services, "undo_each", killed)
    undo(batch, manager, django_capture_on_commit_callbacks)
    assert (batch.put_back, batch.undone_at, batch.job.state) == (50, None, "running")
    assert Action.objects.filter(status=Status.IN_PROGRESS).count() == 50
    assert not batch.can_be_undone

    second_attempt = SimpleNamespace(attempt=batch.job.attempt + 1)
    batches.undo_in_background.func(second_attempt, batch.job.pk, batch=batch.pk)
    batch.refresh_from_db()
    assert batch.job.state == "done"
    assert (batch.put_back, batch.left) == (120, {})
    assert Action.history.filter(history_change_reason__startswith="Undone").count() == 120


def test_what_failed_on_the_way_can_be_asked_for_again(
    manager, recommendation, monkeypatch, client, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(batches, "READ", 50)
    batch = changed(manager, recommendation, 120)
    undo(batch, manager, lambda execute: django_capture_on_commit_callbacks())
    batches._put_back_next(batch.pk)
    Job.objects.update(state=Job.State.FAILED, ended_at=batch.undo_asked_at, problem="The machine stopped.")
    client.force_login(manager)
    page = client.get(batch.get_absolute_url()).content.decode()
    assert "The machine stopped." in page
    assert "Go on undoing" in page
    page = client.get(reverse("undo-batch", args=[batch.pk])).content.decode()
    assert "50 are as they were already" in page
    undo(Batch.objects.get(pk=batch.pk), manager, django_capture_on_commit_callbacks)
    batch.refresh_from_db()
    assert (batch.put_back, batch.left) == (120, {})


def test_what_may_not_be_undone_is_left_alone_and_said(manager, recommendation, django_capture_on_commit_callbacks):
    batch = changed(manager, recommendation, 120)
    first, second, *_ = Action.objects.order_by("pk")
    services.pause_action(action=first, by=manager, reason="Until May")
    batch.changes.filter(action=second).update(before=0)
    other = ActionFactory(recommendation=RecommendationFactory())
    BatchedChange.objects.create(batch=batch, action=other, before=1, after=2)
    Batch.objects.update(changed=121)
    undo(batch, manager, django_capture_on_commit_callbacks)
    assert batch.put_back == 118
    since = "This can no longer be undone, because the action was changed since."
    assert batch.left == {str(first.pk): since, str(second.pk): since, str(other.pk): batches.GONE}


def test_nobody_undoes_what_another_did(manager, recommendation):
    batch = changed(manager, recommendation, 2)
    stranger = UserFactory()
    versions = {each.action_id: (each.before, each.after) for each in batch.changes.all()}
    refused = services.undo_each(versions=versions, by=stranger)
    assert set(refused.values()) == {"Only what you have just changed from the list yourself can be undone."}
