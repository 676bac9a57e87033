"""What happened to a piece of evidence, and its versions."""

from actions import lines
from actions.models import Evidence
from actions.timeline import EVIDENCE_JUDGED, EVIDENCE_REUSED, Event

#: What stands in the history, and how the timeline marks it.
KINDS = {
    "Evidence added": "evidence",
    "Newer version added": "evidence",
    "Evidence accepted": "status",
    "Evidence returned": "returned",
    "Evidence withdrawn": "returned",
}


def of_evidence(evidence, user):
    """Return the events of a piece of evidence that a person may read, newest first.

    That it is used for an action is told to those only who may see that action.
    """
    events = []
    records = list(evidence.history.select_related("history_user").order_by("history_date", "history_id"))
    pairs = [
        pair for pair in zip(records[1:], records, strict=False) if pair[0].history_change_reason == EVIDENCE_REUSED
    ]
    changes = lines.changes(Evidence, pairs, user)
    for record in records:
        why = record.history_change_reason or "Changed"
        if changes.get(record.pk) == []:
            continue
        if record.history_type == "~" and why in {"Evidence added", "Newer version added"}:
            continue  # the actions that it serves were joined to it
        text = ""
        if why in EVIDENCE_JUDGED:
            text = record.standing_reason
        elif why == "Virus scan":
            found = f": {record.scan_found}" if record.scan_found else ""
            text = f"{Evidence.Scan(record.scan).label}{found}"
        who = str(record.history_user) if record.history_user else ""
        events.append(Event(why, record.history_date, who=who, text=text, kind=KINDS.get(why, "change")))
    return events[::-1]


def versions(evidence, seen):
    """Return [(number, piece)] of all versions of a piece that are among those ``seen``, the newest first.

    A newer version serves all the actions that the older one served, so that all versions share an action.
    """
    shared = seen.filter(actions__in=evidence.actions.values("pk")).distinct().for_list()
    newer_than = {each.replaces_id: each for each in shared.filter(replaces__isnull=False)}
    older = {each.pk: each.replaces_id for each in newer_than.values()}
    first = evidence.pk
    while older.get(first):
        first = older[first]
    chain = [shared.filter(pk=first).first() or evidence]
    while chain[-1].pk in newer_than:
        chain.append(newer_than[chain[-1].pk])
    return list(enumerate(chain, start=1))[::-1]
