"""Everything that happened to an action, as one list, newest first."""

from dataclasses import dataclass, field
from datetime import datetime

from reviews.services import CHANGED, WITHDRAWN
from scr_tracker.models import name_people

from . import lines, one_action, steps
from .choices import Outcome, Status
from .models import Action, Evidence

#: The beginnings of the reasons of history lines that another event already tells.
TOLD_ELSEWHERE = {
    step.done
    for step in (
        *(steps.UPDATE, steps.SUBMIT),
        *(steps.ASK_EXTENSION, steps.WITHDRAW_EXTENSION, steps.AGREE_EXTENSION, steps.REFUSE_EXTENSION),
    )
}
#: The kinds of event that stand out, by the step that each tells.
KINDS = {steps.RETURN.done: "returned", steps.SUBMIT.done: "update"}

#: What begins the reason of a line of history, and is the title of what it tells.
TITLES = {*steps.BY_HISTORY, steps.UNDONE, CHANGED, WITHDRAWN}
#: What a meeting decides that no step with the action tells in its own event.
SAID_BY_THE_MEETING = (Outcome.DECISION, Outcome.NOTED)

#: The reasons of the history lines of evidence that the timeline of an action tells.
EVIDENCE_JUDGED = {"Evidence accepted", "Evidence returned", "Evidence withdrawn"}
#: The reason of the line by which a piece of evidence begins to serve another action.
EVIDENCE_REUSED = "Used for another action"

#: The people whom an action itself names.
PEOPLE = ("validated_by", "submitted_by", "signed_off_by", "impact_checked_by")


@dataclass
class Event:
    """Something that happened: a title, when, by whom, and what it changed."""

    title: str
    when: datetime
    who: str = ""
    text: str = ""
    why: str = ""
    kind: str = "change"
    url: str = ""
    id: str = ""
    changes: list = field(default_factory=list)


def of_action(action, user, *, comments=None, evidence=None):
    """Return the events of an action that a person may read, newest first, in a constant number of queries.

    ``comments`` and ``evidence`` are all of the action's, where they are read for something else too. Here they are
    given the people whom they name, as are the action and everything that is told.
    """
    told, updates = one_action.LINES.of(action.pk), one_action.UPDATES.of(action.pk)
    extensions, decisions = one_action.EXTENSIONS.of(action.pk), one_action.DECISIONS.of(action.pk)
    reminders = one_action.REMINDERS.of(action.pk)
    comments = one_action.COMMENTS.of(action.pk) if comments is None else comments
    evidence = one_action.EVIDENCE.of(action.pk) if evidence is None else evidence
    name_people(
        *(([action], *PEOPLE), (told, "history_user"), (updates, "by"), (extensions, "asked_by", "decided_by")),
        *((comments, "by"), (evidence, "uploaded_by"), (decisions, "by"), (reminders, "person", "by")),
    )
    events = [
        *_changes(told, user),
        *map(of_update, updates),
        *_extensions(extensions),
        *map(of_comment, comments),
        *_evidence(evidence),
        *map(of_meeting_decision, decisions),
        *_reminders(reminders),
    ]
    return sorted(events, key=lambda event: event.when, reverse=True)


def since(action, version, user):
    """Return the events of an action after a version of it (the number of a line of its history), newest first."""
    line = action.history.filter(history_id=version).first()
    after = line.history_date if line else None
    return [event for event in of_action(action, user) if after is None or event.when > after]


def of_update(update):
    """Return the event of a progress update or a submission."""
    changes = []
    submitted = update.status_after == Status.SUBMITTED != update.status_before
    if update.status_before != update.status_after:
        changes.append(("Status", update.get_status_before_display(), update.get_status_after_display()))
    if update.own_rating:
        changes.append(("Own rating", "", update.get_own_rating_display()))
    return Event(
        title=(steps.SUBMIT if submitted else steps.UPDATE).done,
        when=update.at,
        who=str(update.by),
        text=update.what_was_done,
        kind="update",
        changes=changes,
        id=f"update-{update.pk}",
    )


def _extensions(extensions):
    for extension in extensions:
        yield of_request(extension)
        if extension.decided_at:
            yield of_decision(extension)


def of_request(extension):
    """Return the event of asking for a later date."""
    return Event(
        steps.ASK_EXTENSION.done,
        extension.asked_at,
        who=str(extension.asked_by),
        text=extension.reason,
        kind="extension",
        changes=_move(extension),
    )


def of_decision(extension):
    """Return the event of deciding on a later date, or of withdrawing the request."""
    withdrawn = extension.decision == extension.Decision.WITHDRAWN
    return Event(
        steps.WITHDRAW_EXTENSION.done if withdrawn else f"Later date {extension.get_decision_display().lower()}",
        extension.decided_at,
        who=str(extension.decided_by),
        text=extension.decision_note,
        kind="extension",
        changes=_move(extension) if extension.decision == "agreed" else [],
    )


def _move(extension):
    return [("Target date", lines.said(extension.old_date), lines.said(extension.asked_for_date))]


def of_comment(comment):
    """Return the event of a comment, a challenge or a reply."""
    title = "Reply" if comment.in_reply_to_id else comment.get_kind_display()
    place = f"comment-{comment.pk}"
    return Event(title, comment.at, who=str(comment.by), text=comment.text, kind=comment.kind, id=place)


def of_meeting_decision(decision):
    """Return the event of what a meeting decided, or of putting right how that was recorded."""
    done = decision.get_outcome_display()
    title = f"{done} at {decision.meeting}"
    if decision.corrects_id:
        title = f"Record {'withdrawn' if decision.withdrawn else 'corrected'}: {done.lower()} at {decision.meeting}"
    to_do = [("To be done by", "", decision.who)] if decision.who and decision.outcome == Outcome.DECISION else []
    to_do += [("By when", "", lines.said(decision.by_when))] if decision.by_when else []
    return Event(
        title,
        decision.at,
        who=str(decision.by),
        text=decision.text if decision.outcome in SAID_BY_THE_MEETING or decision.corrects_id else "",
        kind="meeting",
        changes=to_do,
        id=f"decision-{decision.pk}",
    )


def _evidence(pieces):
    if not pieces:
        return
    pieces = {piece.pk: piece for piece in pieces}
    for piece in pieces.values():
        title = "Newer version of evidence added" if piece.replaces_id else "Evidence added"
        text = "" if piece.standing == piece.Standing.WITHDRAWN else piece.what_it_shows
        yield Event(
            f"{title}: {piece.title}",
            piece.uploaded_at,
            who=str(piece.uploaded_by),
            text=text,
            kind="evidence",
            url=piece.get_absolute_url(),
        )
    judged = Evidence.history.filter(id__in=list(pieces), history_change_reason__in=EVIDENCE_JUDGED)
    for line in judged.select_related("history_user"):
        yield Event(
            f"{line.history_change_reason}: {line.title}",
            line.history_date,
            who=str(line.history_user) if line.history_user else "",
            text=line.standing_reason,
            kind="status" if line.standing == Evidence.Standing.ACCEPTED else "returned",
            url=pieces[line.id].get_absolute_url(),
        )


def _reminders(reminders):
    """Yield an event for each time that people were reminded together: one for all who were told at that moment."""
    together = {}
    for line in reminders:
        key = (line.kind, line.silent_since or line.at, line.by_id)
        together.setdefault(key, []).append(line)
    for told in together.values():
        first = told[-1]
        names = ", ".join(sorted(str(line.person) for line in told))
        title = first.get_kind_display()
        yield Event(f"{title}: {names}", first.at, who=str(first.by or ""), text=first.note, kind="reminder")


def _changes(records, user):
    """Yield an event for each line of history that changed something a person can see."""
    changed = lines.changes(Action, list(zip(records[1:], records, strict=False)), user)
    for record in records:
        if event := of_line(record, changed.get(record.pk, [])):
            yield event


def of_line(record, changes):
    """Return the event that a line of history tells, or None where it tells nothing or another event does."""
    who = str(record.history_user) if record.history_user else ""
    why = record.history_change_reason or ""
    if record.history_type == "+":
        return Event(why or "Added to the plan", record.history_date, who=who, kind="created")
    done, _, reason = why.partition(": ")
    title, reason = (done, reason) if done in TITLES else (CHANGED, why)
    changes = [change for change in changes if change[2] != reason]
    if title in TOLD_ELSEWHERE or not changes:
        return None
    kind = KINDS.get(title, "status" if title in steps.BY_HISTORY else "change")
    return Event(title, record.history_date, who=who, why=reason, kind=kind, changes=changes)
