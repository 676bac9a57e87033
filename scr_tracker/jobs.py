"""Slow work that is done in the background, so that nobody waits for a page.

A job is a function that begins with its Job:

    @jobs.job
    def count_them(job, *, review):
        jobs.tell(job, "Counting", done=1, of=2)
        …
        with jobs.finishing(job, leads_to="/reviews/1/"):
            Count.objects.create(…)

and is asked for by ``jobs.start(count_them, title="Counting", by=user, review=1)``. Arguments are plain values.
What it makes is written in ``finishing`` and nowhere else: then a job that is done twice, because its worker died
or seemed to, still has one result. A RuleBroken ends the job, its sentence is shown; after any other error, and
after the death of its worker, the job is tried again.
"""

import logging
from contextlib import contextmanager
from datetime import timedelta
from functools import partial, wraps

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from .models import Job, Worker
from .rules import RuleBroken

log = logging.getLogger(__name__)

#: How many errors end a job, and how many attempts: a restarted machine is not the job's fault, but may be.
MOST_ERRORS, MOST_ATTEMPTS = 3, 12
#: Seconds before a job is tried again after an error, for each error so far.
PATIENCE = 10

BROKEN = "Something went wrong. Tell your administrator, who finds more in the log; you can also ask for it once more."
LOST = "The machine stopped each time that this was tried. Tell your administrator."


class TakenOver(Exception):
    """The job has ended, or another worker does it now: this worker was taken for dead."""


def job(function):
    """Make a function that begins with its Job into one that can be done in the background."""

    @wraps(function)
    def attempt(context, key, **arguments):
        found = _begin(key, context.attempt)
        if found is None:
            return
        try:
            function(found, **arguments)
            if Job.objects.held(found).exists():
                with finishing(found):
                    pass
        except TakenOver:
            raise
        except RuleBroken as reason:
            _fail(found, str(reason))
        except Exception:
            _stumble(found)
            raise

    del attempt.__wrapped__  # or the queue would take the function's own arguments for ours
    return task(takes_context=True, backend="worker")(attempt)


def start(work, *, title, by, leads_to="", at_once=False, **arguments):
    """Ask for a job, in the caller's transaction; return it.

    ``by`` is None for the command line, which may have it done ``at_once``: when the transaction has ended.
    """
    asked = Job.objects.create(title=title, by=by, leads_to=leads_to)
    backend = "at-once" if at_once else settings.JOBS
    work = work.using(backend=backend)
    if backend == "worker":
        asked.task = work.enqueue(asked.pk, **arguments).id
        asked.save(update_fields=["task"])
    else:
        transaction.on_commit(partial(work.enqueue, asked.pk, **arguments))
    return asked


def tell(job, step, *, done=0, of=0):
    """Say what the job does now, and how far it is: so many steps done of so many. Not within a transaction."""
    if not Job.objects.held(job).update(step=step[:200], done=done, of=of):
        raise TakenOver


@contextmanager
def finishing(job, *, leads_to=None):
    """Write what the job makes, and end it, in one transaction; nothing is written if another has taken it over.

    ``leads_to`` is the address of what came out.
    """
    with transaction.atomic():
        ended = {"state": Job.State.DONE, "ended_at": timezone.now(), "step": ""}
        ended |= {} if leads_to is None else {"leads_to": leads_to}
        if not Job.objects.held(job).update(**ended):
            raise TakenOver
        yield


def nobody_works(job):
    """Whether a job waits, and no worker runs that could do it."""
    return job.state == Job.State.WAITING and not Worker.objects.alive().exists()


def _begin(key, attempt):
    """Return the job, entered as running in this attempt; None if it has ended."""
    with transaction.atomic():
        found = Job.objects.select_for_update().get(pk=key)
        if found.has_ended:
            return None
        if attempt <= found.attempt:
            raise TakenOver
        found.state, found.attempt = Job.State.RUNNING, attempt
        found.step, found.done, found.of = "", 0, 0
        found.save()
    return found


def _fail(job, problem):
    """End the job with a sentence that says why."""
    Job.objects.held(job).update(state=Job.State.FAILED, ended_at=timezone.now(), step="", problem=problem)


def _stumble(job):
    """Note an error in the log; the job waits to be tried again, or ends."""
    log.exception("The job “%s” (%s) stumbled in attempt %s", job.title, job.pk, job.attempt)
    errors = job.errors + 1
    if errors >= MOST_ERRORS or job.task is None:
        _fail(job, BROKEN)
    else:
        Job.objects.held(job).update(state=Job.State.WAITING, errors=errors, step="")


# --- What workers do for each other ------------------------------------------------------------


def recover():
    """Put back in the queue the jobs of dead workers, and those that an error stopped."""
    alive = set(Worker.objects.alive().values_list("pk", flat=True))
    unended = list(Job.objects.unended().filter(task__isnull=False))
    tasks = DBTaskResult.objects.in_bulk([each.task for each in unended])
    for each in unended:
        place = tasks.get(each.task)
        if place is None or place.status == TaskResultStatus.READY:
            continue
        if place.status != TaskResultStatus.RUNNING:
            _queue_again(each, place, after=PATIENCE * each.errors)
        elif place.worker_ids[-1] not in alive:
            _queue_again(each, place)


@transaction.atomic
def _queue_again(job, place, *, after=0):
    """Put a job back in the queue, or end it after too many attempts; of several workers only one does it."""
    if not Job.objects.unended().select_for_update().filter(pk=job.pk).first():
        return
    gives_up = len(place.worker_ids) >= MOST_ATTEMPTS
    unchanged = DBTaskResult.objects.filter(pk=place.pk, status=place.status, worker_ids=place.worker_ids)
    if not unchanged.update(
        status=TaskResultStatus.FAILED if gives_up else TaskResultStatus.READY,
        run_after=timezone.now() + timedelta(seconds=after),
        started_at=None,
        finished_at=None,
    ):
        return
    if gives_up:
        ended = {"state": Job.State.FAILED, "ended_at": timezone.now(), "problem": LOST}
    else:
        ended = {"state": Job.State.WAITING}
    Job.objects.filter(pk=job.pk).update(step="", **ended)
    log.warning("The job “%s” (%s) is %s", job.title, job.pk, "given up" if gives_up else "queued again")
