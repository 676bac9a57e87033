"""Jobs for the tests of jobs: slow ones, broken ones, and one that leaves a mark in the audit log."""

import time

from scr_tracker import jobs
from scr_tracker.models import AuditEvent
from scr_tracker.rules import RuleBroken


@jobs.job
def leave_a_mark(job, *, mark, seconds=0.0):
    """Take so long, step by step, and then enter the mark in the audit log."""
    steps = 20
    for step in range(steps):
        jobs.tell(job, f"Step {step + 1}", done=step, of=steps)
        time.sleep(seconds / steps)
    with jobs.finishing(job, leads_to="/account/"):
        AuditEvent.objects.create(kind=AuditEvent.Kind.EXPORTED, about=mark)


@jobs.job
def break_a_rule(job):
    """Do what may not be done."""
    raise RuleBroken("There is nothing to count.")


@jobs.job
def stumble(job, *, mark):
    """Go wrong, having written something already."""
    with jobs.finishing(job):
        AuditEvent.objects.create(kind=AuditEvent.Kind.EXPORTED, about=mark)
        raise ZeroDivisionError
