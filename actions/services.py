"""What people do to actions. Every verb is one transaction, and says who did it and why."""

from django.db import transaction
from django.utils import timezone

from scr_tracker.history import remember
from scr_tracker.rules import RuleBroken

from .choices import Status
from .models import Action, Update
from .steps import may_report


@transaction.atomic
def report_progress(*, action, by, status, what_was_done, own_rating):
    """Record what the lead agency says of an action: its status, what was done, its own rating.

    Raises RuleBroken where the status may not follow the present one by a report, or where "submitted as
    complete" does not say what was done.
    """
    action = Action.objects.select_for_update().get(pk=action.pk)
    before = Status(action.status)
    if status != before and not may_report(before, status):
        raise RuleBroken(
            f"This action is {before.label.lower()}. A progress update cannot make it {Status(status).label.lower()}."
        )
    if status == Status.SUBMITTED and not what_was_done:
        raise RuleBroken("Say what was done before you submit the action as complete.")

    now = timezone.now()
    update = Update.objects.create(
        action=action,
        by=by,
        at=now,
        what_was_done=what_was_done,
        own_rating=own_rating,
        status_before=before,
        status_after=status,
    )
    action.status = status
    action.own_rating = own_rating
    action.last_update_on = timezone.localdate(now)
    if status != before:
        submitted = status == Status.SUBMITTED
        action.submitted_at, action.submitted_by = (now, by) if submitted else (None, None)
    remember(action, by=by, why="Progress update")
    return update
