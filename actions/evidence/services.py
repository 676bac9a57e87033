"""What people do with evidence. Every verb is one transaction, and says who did it and why.

A piece serves actions of one partnership, whose judgement its standing is. Used again for an action of another
partnership it becomes a piece of that partnership too, with the same file, and is judged there by itself.
"""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from actions.models import Action, Evidence
from actions.timeline import EVIDENCE_REUSED
from scr_tracker import audit
from scr_tracker.history import remember
from scr_tracker.models import AuditEvent
from scr_tracker.rules import RuleBroken

from . import checking, naming, scanning, storing
from .wrong import Refused

Standing, Scan = Evidence.Standing, Evidence.Scan

#: What is copied when a piece is used again in another partnership.
COPIED = (
    *("agency", "title", "kind", "strength", "what_it_shows", "dated", "link", "note"),
    *("file", "file_name", "content_type", "size", "sha256", "scan", "scanned_at", "scan_found"),
)


@dataclass(frozen=True)
class About:
    """What a person says of a piece of evidence: what it is, of what day, what it shows and how strongly."""

    title: str
    kind: str
    strength: str
    what_it_shows: str
    dated: date | None = None


@dataclass(frozen=True)
class Content:
    """What a piece of evidence consists of: an open file that has come in, a link, or a note."""

    file: object = None
    link: str = ""
    note: str = ""


def add(*, action, by, about, content, submission=None):
    """Add a piece of evidence for an action, and return it; the same of the same form returns the first.

    Raises Refused where the file may not come in. A file that the scanner cannot look at now waits in quarantine.
    """
    fields = _taken_in(content, about=about, by=by)
    with transaction.atomic():
        action = Action.objects.select_for_update().get(pk=action.pk)
        if before := _sent_before(submission, fields):
            return before
        evidence = Evidence(**fields, agency=_agency_of(by, action), submission=submission)
        return _keep(evidence, content, actions=[action], by=by, why="Evidence added")


def add_version(*, evidence, by, about, content, submission=None):
    """Add a newer version of a piece for all actions that it serves, and return it. The old one is kept."""
    fields = _taken_in(content, about=about, by=by)
    with transaction.atomic():
        evidence = _locked(evidence)
        if before := _sent_before(submission, fields):
            return before
        _refuse_if_over(evidence)
        newer = Evidence(**fields, agency=evidence.agency, submission=submission, replaces=evidence)
        actions = list(evidence.actions.all())
        return _keep(newer, content, actions=actions, by=by, why="Newer version added")


@transaction.atomic
def reuse(*, evidence, actions, by):
    """Let a piece of evidence serve further actions too; return for how many it did not do so before."""
    evidence = _locked(evidence)
    _refuse_if_over(evidence)
    if evidence.scan == Scan.INFECTED:
        raise RuleBroken("The virus scanner found something in this file, so it cannot be used.")
    actions = list(Action.objects.filter(pk__in=[action.pk for action in actions]).select_related("review"))
    own = evidence.actions.values_list("review__partnership", flat=True).first()
    served = set(evidence.actions.values_list("pk", flat=True))
    elsewhere = {}
    further = []
    for action in actions:
        if action.review.partnership_id != own:
            elsewhere.setdefault(action.review.partnership_id, []).append(action)
        elif action.pk not in served:
            further.append(action)
    if further:
        _serve(evidence, further, by=by, why=EVIDENCE_REUSED)
    added = [_use_elsewhere(evidence, there, by=by) for there in elsewhere.values()]
    return len(further) + sum(added)


def _use_elsewhere(evidence, actions, *, by):
    """Make a piece one of another partnership too; return for how many of its actions it was not one before."""
    twins = (
        Evidence.objects.current()
        .exclude(standing=Standing.WITHDRAWN)
        .filter(file=evidence.file.name, link=evidence.link, note=evidence.note)
    )
    actions = [action for action in actions if not twins.filter(actions=action).exists()]
    if not actions:
        return 0
    twin = Evidence(**{name: getattr(evidence, name) for name in COPIED}, uploaded_by=by, uploaded_at=timezone.now())
    remember(twin, by=by, why="Evidence added")
    _serve(twin, actions, by=by, why="Evidence added")
    return len(actions)


@transaction.atomic
def withdraw(*, evidence, by, reason):
    """Take a piece of evidence back. It no longer counts, and stays to be seen with the reason."""
    evidence = _locked(evidence)
    if evidence.is_withdrawn:
        raise RuleBroken("This evidence has been withdrawn already.")
    return _stand(evidence, Standing.WITHDRAWN, reason, by=by, why="Evidence withdrawn")


@transaction.atomic
def accept(*, evidence, by, note=""):
    """Accept a piece of evidence: it shows what it is said to show."""
    evidence = _judgeable(evidence)
    if evidence.standing == Standing.ACCEPTED:
        raise RuleBroken("This evidence has been accepted already.")
    return _stand(evidence, Standing.ACCEPTED, note, by=by, why="Evidence accepted")


@transaction.atomic
def return_(*, evidence, by, reason):
    """Return a piece of evidence with a reason: it does not show what it should, and does not count."""
    evidence = _judgeable(evidence)
    if evidence.standing == Standing.RETURNED:
        raise RuleBroken("This evidence has been returned already.")
    return _stand(evidence, Standing.RETURNED, reason, by=by, why="Evidence returned")


@transaction.atomic
def record_scan(*, evidence, verdict):
    """Enter what the virus scanner said of a file that was in quarantine, or is looked at again."""
    evidence = _locked(evidence)
    if verdict.scan not in (Scan.CLEAN, Scan.INFECTED):
        return evidence
    evidence.scan, evidence.scanned_at, evidence.scan_found = verdict.scan, timezone.now(), verdict.found
    if verdict.scan == Scan.INFECTED and not evidence.is_withdrawn:
        evidence.standing = Standing.RETURNED
        evidence.standing_reason = (
            f"The virus scanner found {verdict.found} in this file, and it was deleted. Upload it again from a clean "
            "computer, or save it as PDF first."
        )
    if verdict.scan == Scan.INFECTED:
        _record(AuditEvent.Kind.VIRUS_FOUND, evidence, found=verdict.found)
    return remember(evidence, by=None, why="Virus scan")


def open_file(*, evidence, by, into, form, request=None):
    """Copy a file out of storage for somebody to see, checked against its SHA-256, and enter it in the audit log.

    ``form`` says how it is shown: "download", "page" or "picture". Raises FileChanged where the file is not the one
    that was uploaded; that is entered too.
    """
    try:
        storing.fetch(evidence, into=into)
    except storing.FileChanged:
        record_changed(evidence, by=by, request=request)
        raise
    _record(AuditEvent.Kind.DOWNLOADED, evidence, by=by, request=request, **{"as": form})


def record_changed(evidence, *, by=None, request=None):
    """Enter in the audit log that the file of a piece of evidence is not the one that was uploaded, or is gone."""
    _record(AuditEvent.Kind.FILE_CHANGED, evidence, by=by, request=request)


def _record(kind, evidence, *, by=None, request=None, **detail):
    detail = {"evidence": evidence.pk, "sha256": evidence.sha256, **detail}
    audit.record(kind, by=by, about=f"Evidence {evidence.pk}", request=request, **detail)


def _taken_in(content, *, about, by):
    """Return the fields of a new piece, once a file has been checked and scanned; nothing is written yet."""
    now = timezone.now()
    fields = {
        **{"kind": about.kind, "strength": about.strength, "what_it_shows": about.what_it_shows},
        **{"dated": about.dated, "title": about.title, "uploaded_by": by, "uploaded_at": now},
    }
    if not content.file:
        digest = hashlib.sha256((content.link or content.note).encode()).hexdigest()
        return {**fields, "link": content.link, "note": content.note, "sha256": digest}
    found = checking.check(content.file, name=content.file.name, size=content.file.size)
    verdict = scanning.scan(content.file)
    if verdict.scan == Scan.INFECTED:
        virus = AuditEvent.Kind.VIRUS_FOUND
        audit.record(virus, by=by, about=found.name, found=verdict.found, sha256=found.sha256)
        raise Refused(
            f"“{naming.brief(found.name)}” holds a virus ({verdict.found}) and was not kept: tell your IT support, "
            "and upload it from a clean computer."
        )
    return {
        **fields,
        "title": about.title or found.name.removesuffix(naming.ending_of(found.name))[:200] or found.name,
        "file_name": found.name,
        "content_type": found.type.content_type,
        "size": found.size,
        "sha256": found.sha256,
        "scan": verdict.scan,
        "scanned_at": now if verdict.scan == Scan.CLEAN else None,
    }


def _keep(evidence, content, *, actions, by, why):
    """Save a new piece with its file and the actions it serves, inside the caller's transaction."""
    if not content.file:
        remember(evidence, by=by, why=why)
        return _serve(evidence, actions, by=by, why=why)
    with storing.stored(content.file) as name:
        evidence.file = name
        remember(evidence, by=by, why=why)
        return _serve(evidence, actions, by=by, why=why)


def _serve(evidence, actions, *, by, why):
    """Join a piece to actions, and remember it."""
    evidence._history_user, evidence._change_reason = by, why
    evidence.actions.add(*actions)
    return evidence


def _sent_before(submission, fields):
    """Return what the same form has stored already, or None."""
    if submission is None:
        return None
    return Evidence.objects.filter(submission=submission, sha256=fields["sha256"]).first()


def _agency_of(user, action):
    """Return the agency whose evidence it is: the person's own where it takes part, else the one that leads."""
    agencies = [action.lead_agency, *action.supporting_agencies.all()]
    held = {holding.agency for holding in user.holds}
    return next((agency for agency in agencies if agency and agency.pk in held), action.lead_agency)


def _locked(evidence):
    return Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)


def _refuse_if_over(evidence):
    """Raise RuleBroken where a piece is no longer the one to work with."""
    if evidence.is_withdrawn:
        raise RuleBroken("This evidence has been withdrawn. Add what you have as new evidence.")
    if evidence.newer:
        raise RuleBroken("There is a newer version of this evidence. Open that one instead.")


def _judgeable(evidence):
    evidence = _locked(evidence)
    _refuse_if_over(evidence)
    if evidence.scan == Scan.WAITING:
        raise RuleBroken("This file still waits for its virus scan. Judge it once it can be opened.")
    if evidence.scan == Scan.INFECTED:
        raise RuleBroken("The virus scanner found something in this file. Wait for a clean copy.")
    return evidence


def _stand(evidence, standing, reason, *, by, why):
    evidence.standing, evidence.standing_reason = standing, reason
    return remember(evidence, by=by, why=why)
