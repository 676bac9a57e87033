"""Slow work in the background: done once, whatever becomes of those who do it."""

import signal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from scr_tracker import jobs
from scr_tracker.heartbeat import TAKEN_FOR_DEAD, Heartbeat
from scr_tracker.models import AuditEvent, Job, Worker

from .. import slow_work
from ..factories import UserFactory
from ..workers import LOST_AFTER, WorkerProcess, at_work, wait_until

State = Job.State


@pytest.fixture
def worker_needed(settings):
    """Have jobs wait for a worker, as in service."""
    settings.JOBS = "worker"
    settings.WORKER_LOST_AFTER_SECONDS = LOST_AFTER


@pytest.fixture
def log(tmp_path):
    """Return where workers write what they have to say."""
    path = tmp_path / "worker.log"
    path.touch()
    return path


def marks(mark="here"):
    return AuditEvent.objects.filter(about=mark).count()


def asked(work=slow_work.leave_a_mark, by=None, **arguments):
    arguments = arguments or {"mark": "here"}
    return jobs.start(work, title="Leaving a mark", by=by, **arguments)


def reread(job):
    return Job.objects.get(pk=job.pk)


@pytest.mark.django_db
class TestAtOnce:
    def test_a_job_is_done_when_what_asked_for_it_is_saved(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            job = asked()
            assert reread(job).state == State.WAITING
        job = reread(job)
        assert (job.state, job.leads_to, marks()) == (State.DONE, "/account/", 1)
        assert job.ended_at is not None

    def test_a_broken_rule_ends_it_with_the_rules_own_sentence(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            job = jobs.start(slow_work.break_a_rule, title="Counting", by=None)
        assert (reread(job).state, reread(job).problem) == (State.FAILED, "There is nothing to count.")

    def test_an_error_leaves_nothing_behind_and_is_said_in_plain_words(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            job = jobs.start(slow_work.stumble, title="Stumbling", by=None, mark="here")
        assert (reread(job).state, reread(job).problem, marks()) == (State.FAILED, jobs.BROKEN, 0)

    def test_there_is_nothing_for_a_worker_to_do(self):
        with pytest.raises(CommandError, match="Set JOBS to worker"):
            call_command("worker")


@pytest.mark.django_db
class TestTheQueue:
    def test_a_job_waits_for_a_worker(self, worker_needed):
        job = asked()
        assert job.state == State.WAITING
        assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]

    def test_a_job_whose_worker_is_dead_is_queued_again(self, worker_needed):
        job = begun(asked(), by="dead")
        jobs.recover()
        assert (DBTaskResult.objects.get().status, reread(job).state) == ("READY", State.WAITING)

    def test_a_job_whose_worker_lives_is_left_to_it(self, worker_needed):
        Worker.objects.create(pk="alive")
        job = begun(asked(), by="alive")
        jobs.recover()
        assert (DBTaskResult.objects.get().status, reread(job).state) == ("RUNNING", State.RUNNING)

    def test_a_job_that_kills_every_worker_is_given_up(self, worker_needed):
        job = asked()
        for attempt in range(jobs.MOST_ATTEMPTS):
            assert reread(job).state == State.WAITING
            begun(job, by=f"dead {attempt}")
            jobs.recover()
        assert (reread(job).state, reread(job).problem) == (State.FAILED, jobs.LOST)
        jobs.recover()
        assert DBTaskResult.objects.get().status == "FAILED"

    def test_who_was_taken_for_dead_can_write_nothing_any_more(self, worker_needed):
        mine = begun(asked(), by="slow")
        jobs.recover()
        begun(mine, by="quick")
        with pytest.raises(jobs.TakenOver):
            jobs.tell(mine, "Still here")
        with pytest.raises(jobs.TakenOver), jobs.finishing(mine):
            AuditEvent.objects.create(kind=AuditEvent.Kind.EXPORTED, about="here")
        assert (reread(mine).state, marks()) == (State.RUNNING, 0)

    def test_a_job_that_is_done_is_not_done_again(self, worker_needed):
        job = begun(asked(), by="dead")
        with jobs.finishing(job):
            pass
        jobs.recover()
        assert DBTaskResult.objects.get().status == "RUNNING"
        assert jobs._begin(job.pk, 2) is None


def begun(job, *, by):
    """Have a worker take the job and begin; return the job as that worker holds it."""
    place = DBTaskResult.objects.get(pk=reread(job).task)
    place.claim(by)
    return jobs._begin(job.pk, len(place.worker_ids))


@pytest.mark.django_db(transaction=True)
class TestAHeartbeat:
    def test_is_shown_as_long_as_the_worker_lives(self, worker_needed):
        with Heartbeat("one") as heart:
            first = Worker.objects.alive().get().seen_at
            heart.beat()
            assert Worker.objects.get().seen_at >= first
        assert not Worker.objects.exists()

    def test_that_stopped_for_long_ends_the_process(self, worker_needed, monkeypatch):
        ended = []
        monkeypatch.setattr("os._exit", ended.append)
        heart = Heartbeat("one")
        Worker.objects.create(pk="one", seen_at=timezone.now() - timezone.timedelta(seconds=LOST_AFTER + 1))
        heart.beat()
        assert ended == [TAKEN_FOR_DEAD]


@pytest.mark.django_db(transaction=True)
class TestAWorker:
    def test_does_what_waits_and_stops_when_asked_to(self, worker_needed, log):
        found = [asked(mark="here") for _ in range(3)]
        assert WorkerProcess(log, "--until-empty").wait() == 0, log.read_text()
        assert [reread(job).state for job in found] == [State.DONE] * 3
        assert marks() == 3
        assert not Worker.objects.exists()

    def test_that_is_killed_leaves_its_job_to_another(self, worker_needed, log):
        with at_work(log) as first:
            job = asked(mark="here", seconds=6)
            wait_until(lambda: reread(job).done > 3, log)
            first.kill()
        assert reread(job).state == State.RUNNING
        with at_work(log):
            wait_until(lambda: reread(job).has_ended, log)
        assert (reread(job).state, reread(job).attempt, marks()) == (State.DONE, 2, 1)

    def test_that_slept_while_another_took_over_adds_nothing(self, worker_needed, log):
        with at_work(log) as sleeper:
            job = asked(mark="here", seconds=3)
            wait_until(lambda: reread(job).done > 3, log)
            sleeper.process.send_signal(signal.SIGSTOP)
            with at_work(log):
                wait_until(lambda: reread(job).has_ended, log)
                sleeper.process.send_signal(signal.SIGCONT)
                assert sleeper.wait() == TAKEN_FOR_DEAD
        assert (reread(job).state, marks()) == (State.DONE, 1)

    def test_finishes_its_job_before_it_stops(self, worker_needed, log):
        with at_work(log) as worker:
            job = asked(mark="here", seconds=2)
            wait_until(lambda: reread(job).done > 1, log)
            worker.stop()
        assert (reread(job).state, marks()) == (State.DONE, 1)

    def test_tries_a_job_three_times_that_ends_in_an_error(self, worker_needed, log, monkeypatch):
        monkeypatch.setattr(jobs, "PATIENCE", 0)
        job = asked(slow_work.stumble, mark="here")
        for attempt in (1, 2, 3):
            assert WorkerProcess(log, "--until-empty").wait() == 0, log.read_text()
            assert reread(job).attempt == attempt
            jobs.recover()
        assert (reread(job).state, reread(job).problem, marks()) == (State.FAILED, jobs.BROKEN, 0)


@pytest.mark.django_db
class TestThePageOfAJob:
    def test_says_how_far_it_is(self, client, worker_needed):
        user = UserFactory()
        client.force_login(user)
        job = begun(asked(by=user), by="one")
        jobs.tell(job, "Setting the pages", done=2, of=5)
        page = client.get(reverse("job", args=[job.pk])).content.decode()
        assert "Setting the pages" in page
        assert '<progress max="5" value="2"' in page
        assert "Look again" in page

    def test_says_that_no_worker_runs(self, client, worker_needed):
        user = UserFactory()
        client.force_login(user)
        job = asked(by=user)
        assert "No worker is running" in client.get(reverse("job", args=[job.pk])).content.decode()
        Worker.objects.create(pk="alive")
        assert "No worker is running" not in client.get(reverse("job", args=[job.pk])).content.decode()

    def test_leads_on_when_it_is_done_and_says_what_went_wrong(self, client, worker_needed):
        user = UserFactory()
        client.force_login(user)
        job = begun(asked(by=user), by="one")
        with jobs.finishing(job, leads_to="/account/"):
            pass
        assert client.get(reverse("job", args=[job.pk]))["Location"] == "/account/"
        failed = begun(asked(by=user), by="one")
        jobs._fail(failed, "There is nothing to count.")
        assert "There is nothing to count." in client.get(reverse("job", args=[failed.pk])).content.decode()

    def test_is_found_by_who_asked_for_it_alone(self, client, worker_needed):
        job = asked(by=UserFactory())
        client.force_login(UserFactory())
        assert client.get(reverse("job", args=[job.pk])).status_code == 404
