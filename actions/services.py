"""What people do to actions. Every verb is one transaction, and says who did it and why.

Which verb may follow which is said in steps.py alone. ``sent`` is the form that a person sent
(scr_tracker.forms.Sent): what it says is done once, and not over somebody else's head.
"""

from calendar import monthrange
from datetime import date

from django.db import transaction
from django.utils import timezone

from scr_tracker.history import relate_each, remember, remember_changed
from scr_tracker.rules import RuleBroken

from . import many, steps, undoing
from .choices import ImpactResult, Status, TargetKind
from .models import Action, Comment, Extension, Update

#: What undoing puts back of an action, beside who is responsible.
PUT_BACK = (
    *("status", "own_rating", "last_update_on", "lead_agency_id", "lead_officers"),
    *("target_date", "target_kind", "times_moved", "as_printed"),
)


@transaction.atomic
def report_progress(*, action, by, status, what_was_done, own_rating, sent=None):
    """Record what the lead agency says of an action: its status, what was done, its own rating.

    Raises RuleBroken where the status may not follow the present one by a report.
    """
    action = locked(action, by=by, sent=sent)
    (update,) = many.report([action], by=by, status=status, what_was_done=what_was_done, own_rating=own_rating)
    return update


@transaction.atomic
def submit_action(*, action, by, what_was_done, completed_on=None, no_evidence_reason="", sent=None):
    """Say for the lead agency that an action is complete, with evidence or the reason why there is none."""
    action = _begin(steps.SUBMIT, action, by=by, sent=sent)
    if not what_was_done:
        raise RuleBroken("Say what was done before you submit the action as complete.")
    has_evidence = action.has_evidence()
    if not has_evidence and not no_evidence_reason:
        raise RuleBroken("Add evidence, or say why there is none, before you submit the action as complete.")
    update = _report(action, by=by, status=Status.SUBMITTED, what_was_done=what_was_done, own_rating=action.own_rating)
    action.submitted_at, action.submitted_by, action.returned_at = update.at, by, None
    action.completed_on = completed_on or timezone.localdate(update.at)
    action.no_evidence_reason = "" if has_evidence else no_evidence_reason
    return _finish(steps.SUBMIT, action, by=by)


@transaction.atomic
def take_back(*, action, by, reason, sent=None):
    """Take back a submission that was not signed off yet."""
    action = _begin(steps.TAKE_BACK, action, by=by, sent=sent)
    _reopen(action)
    return _finish(steps.TAKE_BACK, action, by=by, why=reason)


@transaction.atomic
def sign_off(*, action, by, note="", sent=None):
    """Accept what was submitted as complete. Never by the person who submitted it."""
    action = _begin(steps.SIGN_OFF, action, by=by, sent=sent)
    if not (action.no_evidence_reason or action.has_evidence()):
        raise RuleBroken("Nothing shows that this action is complete: return it, or ask for evidence first.")
    now = timezone.now()
    action.status, action.signed_off_at, action.signed_off_by = Status.COMPLETE, now, by
    months = action.review.partnership.impact_check_months
    action.impact_check_due = _months_after(timezone.localdate(now), months)
    action.impact_result, action.impact_note = "", ""
    action.impact_checked_at = action.impact_checked_by = None
    _drop_extension(action, by=by, why="No longer needed: the action was signed off.")
    return _finish(steps.SIGN_OFF, action, by=by, why=note)


@transaction.atomic
def return_action(*, action, by, reason, sent=None):
    """Send a submission back to the lead agency, saying why. Never by the person who submitted it."""
    action = _begin(steps.RETURN, action, by=by, sent=sent)
    _reopen(action)
    action.returned_at = timezone.now()
    return _finish(steps.RETURN, action, by=by, why=reason)


@transaction.atomic
def ask_extension(*, action, by, asked_for_date, reason, sent=None):
    """Ask for a later target date; one request at a time."""
    action = _begin(steps.ASK_EXTENSION, action, by=by, sent=sent)
    _must_be_later(asked_for_date, action)
    extension = Extension(
        action=action,
        old_date=action.target_date,
        asked_for_date=asked_for_date,
        reason=reason,
        asked_by=by,
        asked_at=timezone.now(),
    )
    remember(extension, by=by, why=steps.ASK_EXTENSION.done)
    action.extension_pending = True
    _finish(steps.ASK_EXTENSION, action, by=by)
    return extension


@transaction.atomic
def withdraw_extension(*, action, by, note="", sent=None):
    """Withdraw the request for a later date that one made oneself; the date stays."""
    action = _begin(steps.WITHDRAW_EXTENSION, action, by=by, sent=sent)
    _decide(action, Extension.Decision.WITHDRAWN, by=by, note=note)
    return _finish(steps.WITHDRAW_EXTENSION, action, by=by)


@transaction.atomic
def agree_extension(*, action, by, note="", sent=None):
    """Agree the later date that was asked for. The original date stays as it was."""
    action = _begin(steps.AGREE_EXTENSION, action, by=by, sent=sent)
    extension = _decide(action, Extension.Decision.AGREED, by=by, note=note)
    _must_be_later(extension.asked_for_date, action)
    action.times_moved += action.target_date is not None
    action.target_date, action.target_kind = extension.asked_for_date, TargetKind.DAY
    action.as_printed.pop("target_date_now", None)
    return _finish(steps.AGREE_EXTENSION, action, by=by)


@transaction.atomic
def refuse_extension(*, action, by, note, sent=None):
    """Refuse the later date that was asked for, saying why."""
    action = _begin(steps.REFUSE_EXTENSION, action, by=by, sent=sent)
    _decide(action, Extension.Decision.REFUSED, by=by, note=note)
    return _finish(steps.REFUSE_EXTENSION, action, by=by)


@transaction.atomic
def pause_action(*, action, by, reason, sent=None):
    """Set an action aside for a time."""
    action = _begin(steps.PAUSE, action, by=by, sent=sent)
    action.status, action.status_reason = Status.PAUSED, reason
    return _finish(steps.PAUSE, action, by=by, why=reason)


@transaction.atomic
def supersede_action(*, action, by, reason, superseded_by=None, sent=None):
    """Set an action aside for good, because another one or something else has taken its place."""
    action = _begin(steps.SUPERSEDE, action, by=by, sent=sent)
    if superseded_by and (superseded_by.pk == action.pk or superseded_by.status == Status.SUPERSEDED):
        raise RuleBroken("Choose another action to take its place, one that is not superseded itself.")
    action.status, action.status_reason, action.superseded_by = Status.SUPERSEDED, reason, superseded_by
    _drop_extension(action, by=by, why="No longer needed: the action was superseded.")
    return _finish(steps.SUPERSEDE, action, by=by, why=reason)


@transaction.atomic
def resume_action(*, action, by, reason, sent=None):
    """Take an action up again that was paused or superseded."""
    action = _begin(steps.RESUME, action, by=by, sent=sent)
    action.status, action.status_reason, action.superseded_by = Status.IN_PROGRESS, "", None
    return _finish(steps.RESUME, action, by=by, why=reason)


@transaction.atomic
def check_impact(*, action, by, result, note, check_again_on=None, sent=None):
    """Record whether a complete action made a difference that lasted; one that did not is in progress again.

    One that did is checked again on a later day, if one is given.
    """
    held = result == ImpactResult.HELD
    after = Status.EMBEDDED if held else Status.IN_PROGRESS
    action = _begin(steps.CHECK_IMPACT, action, by=by, sent=sent, after=after)
    action.impact_check_due = check_again_on
    if not held:
        _reopen(action)
    action.status, action.impact_result, action.impact_note = after, result, note
    action.impact_checked_at, action.impact_checked_by = timezone.now(), by
    return _finish(steps.CHECK_IMPACT, action, by=by, why=note)


@transaction.atomic
def validate_rating(*, action, by, rating, reason, sent=None):
    """Give the partnership's own rating, which counts over the computed one and the lead's own."""
    action = _begin(steps.VALIDATE_RATING, action, by=by, sent=sent)
    action.validated_rating, action.validated_reason = rating, reason
    action.validated_by, action.validated_at = by, timezone.now()
    return _finish(steps.VALIDATE_RATING, action, by=by, why=reason)


@transaction.atomic
def withdraw_rating(*, action, by, reason, sent=None):
    """Withdraw the partnership's rating: the computed one counts again."""
    action = _begin(steps.WITHDRAW_RATING, action, by=by, sent=sent)
    action.validated_rating, action.validated_reason = "", ""
    action.validated_by = action.validated_at = None
    return _finish(steps.WITHDRAW_RATING, action, by=by, why=reason)


@transaction.atomic
def assign(*, action, by, sent=None, **responsible):
    """Say who is responsible for an action (many.assign says how)."""
    action = locked(action, by=by, sent=sent)
    many.assign([action], by=by, **responsible)
    return action


@transaction.atomic
def set_target_date(*, action, by, sent=None, **target):
    """Set the date by which an action is due (many.redate says how)."""
    action = locked(action, by=by, sent=sent)
    many.redate([action], by=by, **target)
    return action


@transaction.atomic
def undo(*, action, by, before, after, sent=None):
    """Put an action back as one left it, at the line of its history ``before`` what one did since, up to ``after``.

    Only what one did oneself, and only as long as nothing else has happened to the action.
    """
    Action.objects.select_for_update().get(pk=action.pk)
    if sent:
        sent.take_once(by=by)
    if refused := undo_each(versions={action.pk: (before, after)}, by=by):
        raise RuleBroken(refused[action.pk])
    return Action.objects.get(pk=action.pk)


@transaction.atomic
def undo_each(*, versions, by):
    """Put many actions back under the same rule, {key: (before, after)}; return {key: why it was left as it is}.

    All are read and written together, so that a thousand cost hardly more queries than one.
    """
    actions = Action.objects.select_for_update(of=("self",)).select_related("review").filter(pk__in=versions)
    actions = list(actions.prefetch_related("supporting_agencies").order_by("pk"))
    lines = undoing.lines_of(versions)
    refused, undone, updates, fields = {}, {}, [], set()
    for action in actions:
        former, *since = lines[action.pk] or [None]
        if objection := undoing.objection(action, former, since, *versions[action.pk], by=by):
            refused[action.pk] = objection
        else:
            undone[action] = (former.history_id, [steps.of_line(line) for line in since])
    formers = undoing.formers(before for before, _ in undone.values())
    for action, (before, told) in undone.items():
        former = formers[before]
        fields |= {name for name in PUT_BACK if getattr(action, name) != getattr(former, name)}
        if steps.UPDATE in told:
            was = "The update before this was made by mistake and is undone."
            about = {"status": former.status, "own_rating": former.own_rating, "what_was_done": was}
            updates.append(many.update_of(action, by=by, **about))
        for name in PUT_BACK:
            setattr(action, name, getattr(former, name))
    Update.objects.bulk_create(updates)
    for name in ("supporting_agencies", "people"):
        were = undoing.linked(formers, name)
        relate_each(Action, name, {action.pk: were[before] for action, (before, _) in undone.items()})
    for done, several in undoing.by_what_was_done(undone).items():
        remember_changed(several, fields, by=by, why=f"{steps.UNDONE}: {done}")
    return refused


@transaction.atomic
def comment_action(*, action, by, kind, text, sent=None):
    """Remark on an action, or challenge what is said of it."""
    action = _begin(steps.COMMENT, action, by=by, sent=sent)
    return Comment.objects.create(action=action, by=by, at=timezone.now(), kind=kind, text=text)


@transaction.atomic
def reply(*, comment, by, text, sent=None):
    """Answer a comment or challenge; an answer to an answer joins the same conversation."""
    action = _begin(steps.REPLY, comment.action, by=by, sent=sent)
    first = comment.in_reply_to or comment
    return Comment.objects.create(action=action, by=by, at=timezone.now(), in_reply_to=first, text=text)


def locked(action, *, by, sent=None):
    """Lock an action and return it; refuse what was sent before, or started from what somebody else has changed."""
    action = Action.objects.select_for_update().get(pk=action.pk)
    if sent:
        sent.take_once(by=by)
        sent.check_version(Action.objects.version_of(action))
    return action


def _begin(step, action, *, by, sent, after=None):
    """Lock an action for a step, and refuse the step where the rules or somebody else's change stand in its way."""
    action = locked(action, by=by, sent=sent)
    step.check(action, by, after)
    return action


def _finish(step, action, *, by, why=""):
    """Save an action after a step, under the step's name and the person's reason."""
    return remember(action, by=by, why=step.told(why))


def _report(action, *, by, status, what_was_done, own_rating):
    """Add an update, and change the action by it without saving it yet."""
    update = many.update_of(action, by=by, status=status, what_was_done=what_was_done, own_rating=own_rating)
    update.save()
    return update


def _reopen(action):
    """Put an action in progress again, without the submission and the sign-off that no longer hold."""
    action.status, action.completed_on = Status.IN_PROGRESS, None
    action.submitted_at = action.submitted_by = action.signed_off_at = action.signed_off_by = None
    action.impact_check_due = None


def _decide(action, decision, *, by, note):
    """Decide the request for a later date that waits, and return it."""
    extension = action.extensions.get(decision=Extension.Decision.WAITING)
    extension.decision, extension.decision_note = decision, note
    extension.decided_by, extension.decided_at = by, timezone.now()
    remember(extension, by=by, why=f"Later date {decision.label.lower()}")
    action.extension_pending = False
    return extension


def _drop_extension(action, *, by, why):
    """Refuse a request for a later date that an action has no more use for."""
    if action.extension_pending:
        _decide(action, Extension.Decision.REFUSED, by=by, note=why)


def _must_be_later(asked_for, action):
    if action.target_date and asked_for <= action.target_date:
        raise RuleBroken("Ask for a date after the present target date.")


def _months_after(day, months):
    """Return the day so many months later, or the last day of its month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
