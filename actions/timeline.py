"""Everything that happened to an action, as one list, newest first."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from scr_tracker.models import Agency, User

from . import steps
from .choices import Status
from .models import Action

#: What the history of an action shows, under the names of its page. Texts that an update, an extension or
#: a comment tells in its own event are left out.
SHOWN_FIELDS = (
    *("text", "label", "lead_agency", "lead_officers", "target_date", "status", "status_reason"),
    *("intended_outcome", "evidence_expected", "completion_evidence", "completed_on", "own_rating"),
    *("validated_rating", "validated_reason", "no_evidence_reason", "signed_off_by"),
    *("impact_check_due", "impact_result", "impact_note"),
)
SHOWN_LINKS = ("supporting_agencies", "people")

#: The beginnings of the reasons of history lines that another event already tells.
TOLD_ELSEWHERE = {
    step.done
    for step in (steps.UPDATE, steps.SUBMIT, steps.ASK_EXTENSION, steps.AGREE_EXTENSION, steps.REFUSE_EXTENSION)
}
#: The kinds of event that stand out, by the step that each tells.
KINDS = {steps.RETURN.done: "returned", steps.SUBMIT.done: "update"}


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
    changes: list = field(default_factory=list)


def of_action(action):
    """Return the events of an action, newest first, in a constant number of queries."""
    events = [
        *_changes(action),
        *_updates(action),
        *_extensions(action),
        *_comments(action),
        *_evidence(action),
    ]
    return sorted(events, key=lambda event: event.when, reverse=True)


def since(action, version):
    """Return the events of an action after a version of it (the number of a line of its history), newest first."""
    line = action.history.filter(history_id=version).first()
    after = line.history_date if line else None
    return [event for event in of_action(action) if after is None or event.when > after]


def _updates(action):
    for update in action.updates.select_related("by"):
        changes = []
        submitted = update.status_after == Status.SUBMITTED != update.status_before
        if update.status_before != update.status_after:
            changes.append(("Status", update.get_status_before_display(), update.get_status_after_display()))
        rated = update.get_own_rating_display().lower() if update.own_rating else ""
        yield Event(
            title=(steps.SUBMIT if submitted else steps.UPDATE).done,
            when=update.at,
            who=str(update.by),
            text=update.what_was_done,
            why=f"Own rating: {rated}" if rated else "",
            kind="update",
            changes=changes,
        )


def _extensions(action):
    for extension in action.extensions.select_related("asked_by", "decided_by"):
        move = [("Target date", _said(extension.old_date), _said(extension.asked_for_date))]
        yield Event(
            "Later date asked for",
            extension.asked_at,
            who=str(extension.asked_by),
            text=extension.reason,
            kind="extension",
            changes=move,
        )
        if extension.decided_at:
            yield Event(
                f"Later date {extension.get_decision_display().lower()}",
                extension.decided_at,
                who=str(extension.decided_by),
                text=extension.decision_note,
                kind="extension",
                changes=move if extension.decision == "agreed" else [],
            )


def _comments(action):
    for comment in action.comments.select_related("by"):
        title = "Reply" if comment.in_reply_to_id else comment.get_kind_display()
        yield Event(title, comment.at, who=str(comment.by), text=comment.text, kind=comment.kind)


def _evidence(action):
    for item in action.evidence.select_related("uploaded_by"):
        yield Event(
            f"Evidence added: {item.title}",
            item.uploaded_at,
            who=str(item.uploaded_by),
            text=item.what_it_shows,
            kind="evidence",
        )


def _changes(action):
    """Yield an event for each line of history that changed something a person can see."""
    records = list(action.history.select_related("history_user").order_by("history_date", "history_id"))
    links = {name: _links(name, records) for name in SHOWN_LINKS}
    names = _names(records)
    previous = None
    for record in records:
        who = str(record.history_user) if record.history_user else ""
        why = record.history_change_reason or ""
        if record.history_type == "+":
            yield Event(why or "Added to the plan", record.history_date, who=who, kind="created")
        elif previous is not None and (told := _step_told(why))[0] not in TOLD_ELSEWHERE:
            title, reason = told
            changes = [
                (_label(name), before, after)
                for name in SHOWN_FIELDS
                if (before := _shown(previous, name, names)) != (after := _shown(record, name, names))
            ]
            changes += [
                (_label(name), before, after)
                for name, of in links.items()
                if (before := of.get(previous.pk, "")) != (after := of.get(record.pk, ""))
            ]
            changes = [change for change in changes if change[2] != reason]
            if changes:
                kind = KINDS.get(title, "status" if title in steps.BY_HISTORY else "change")
                yield Event(title, record.history_date, who=who, why=reason, kind=kind, changes=changes)
        previous = record


def _step_told(why):
    """Return the title of an event and its reason: "Returned: no minutes" tells of a step by its own name."""
    done, _, reason = why.partition(": ")
    return (done, reason) if done in steps.BY_HISTORY else ("Changed", why)


def _label(name):
    label = str(Action._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _shown(record, name, names):
    """Return the value of a field of a line of history as a person reads it."""
    model_field = Action._meta.get_field(name)
    value = getattr(record, model_field.attname)
    if model_field.is_relation:
        return names.get((model_field.related_model, value), "")
    if model_field.choices:
        return dict(model_field.flatchoices).get(value, "")
    return _said(value)


def _said(value):
    """Return a value in plain English: dates as 31 May 2012, lists with commas, nothing as nothing."""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _names(records):
    """Return the names of the agencies and people that lines of history point to."""
    found = {}
    for model, names in ((Agency, ("lead_agency_id",)), (User, ("signed_off_by_id",))):
        pks = {getattr(record, name) for record in records for name in names} - {None}
        if pks:
            found |= {(model, pk): str(instance) for pk, instance in model._base_manager.in_bulk(pks).items()}
    return found


def _links(name, records):
    """Return {line of history: names of what it linked to} for a many-to-many field."""
    if not records:
        return {}
    model_field = Action._meta.get_field(name)
    there = model_field.m2m_reverse_field_name()
    manager = getattr(records[0], name).model.objects
    found = {}
    for link in manager.filter(history__in=[record.pk for record in records]).select_related(there):
        found.setdefault(link.history_id, []).append(str(getattr(link, there)))
    return {pk: ", ".join(sorted(linked)) for pk, linked in found.items()}
