"""Asking for a pack, making its index in the background, and giving it out.

A pack is made for who asked for it, kept for a day, and not part of the record: that it was asked for and downloaded
stands in the audit log.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from actions.evidence import naming, services, storing
from actions.models import Action, Evidence
from reviews.models import Review
from scr_tracker import audit, jobs
from scr_tracker.models import AuditEvent
from scr_tracker.pdf import PdfError
from scr_tracker.rules import RuleBroken
from scr_tracker.words import day

from . import archive, contents, index

#: Where indexes wait for their packs to be downloaded, and for how long.
FOLDER, KEPT_FOR = "evidence-packs", timedelta(days=1)

#: How often the page hears how far the check of the files is.
STEPS = 20

CHANGED = "What you may see, or its index, has changed since this pack was made. Make another."


@transaction.atomic
def begin_pack(*, about, by, sent=None):
    """Ask for a pack about a review or an agency, and return the job that makes its index."""
    if sent:
        sent.take_once(by=by)
    chosen = {"review": about.pk} if isinstance(about, Review) else {"agency": about.pk}
    _chosen_by(by, **chosen)
    title = f"Evidence pack: {about}"
    audit.record(AuditEvent.Kind.EXPORTED, by=by, about=title, step="asked for", **chosen)
    return jobs.start(make_pack, title=title, by=by, **chosen)


@jobs.job
def make_pack(job, *, review=None, agency=None):
    """Settle what goes into a pack, check its files and make its index."""
    jobs.tell(job, "Finding the evidence", done=0, of=3)
    found = contents.of(job.by, **_chosen_by(job.by, review=review, agency=agency))
    if not found.lines:
        raise RuleBroken("There is no evidence to pack yet.")
    found = found.with_lines(_checked(job, found.lines))
    jobs.tell(job, "Making the index", done=2, of=3)
    try:
        made = index.as_pdf(found)
    except PdfError as error:
        raise RuleBroken(str(error)) from error
    kept = {"contents": found.as_data(), "index": hashlib.sha256(made).hexdigest()}
    for name in storing.names(FOLDER):
        if storing.age_of(name) > KEPT_FOR:
            storing.forget(name)
    _keep(job, ".pdf", made)
    _keep(job, ".json", json.dumps(kept).encode())
    with jobs.finishing(job, leads_to=reverse("evidence-pack", args=[job.pk])):
        pass


def contents_of(job):
    """Return what goes into the pack of a job, or None where it has been cleared away."""
    kept = _kept(job)
    return kept and contents.Contents.from_data(kept["contents"])


def give_out(*, job, by, request=None):
    """Return the name of a pack and the pieces of its ZIP file, and enter in the audit log who has it.

    Raises RuleBroken where the person may not have all of it any more, or it has been cleared away.
    """
    kept = _kept(job)
    if kept is None:
        raise RuleBroken("This pack has been cleared away. Make another.")
    found = contents.Contents.from_data(kept["contents"])
    try:
        _chosen_by(by, review=found.review, agency=found.agency)
    except RuleBroken:
        raise RuleBroken(CHANGED) from None
    rows = _rows_for(by, found)
    with default_storage.open(_name(job, ".pdf")) as file:
        made = file.read()
    if hashlib.sha256(made).hexdigest() != kept["index"]:
        raise RuleBroken(CHANGED)
    audit.record(
        AuditEvent.Kind.DOWNLOADED,
        by=by,
        about=job.title,
        request=request,
        **{"as": "evidence pack", "review": found.review, "agency": found.agency, "index": kept["index"]},
        evidence=[line.evidence for line in found.lines if not line.left_out],
    )
    made_on = timezone.localdate(datetime.fromisoformat(found.made_at))
    name = naming.saved(f"Evidence pack {found.about} {day(made_on)}.zip".replace("/", "-"), ".zip")
    return name, archive.stream(found, rows, made, by=by, request=request)


def _chosen_by(user, *, review=None, agency=None):
    """Return {"review": …} or {"agency": …} if the person may take its evidence out, else raise RuleBroken."""
    if review:
        chosen = {"review": contents.reviews_for(user).filter(pk=review).first()}
    else:
        chosen = {"agency": contents.agencies_for(user).filter(pk=agency).first()}
    if not any(chosen.values()):
        raise RuleBroken("You may not take this evidence out.")
    return chosen


def _rows_for(user, found):
    """Return the evidence of a pack by its keys, if the person still sees all of it and all that the index names."""
    keys = [line.evidence for line in found.lines]
    actions = {key for line in found.lines for key in line.actions}
    rows = Evidence.objects.visible_to(user).filter(pk__in=keys).in_bulk()
    if len(rows) != len(keys) or Action.objects.visible_to(user).filter(pk__in=actions).count() != len(actions):
        raise RuleBroken(CHANGED)
    return rows


def _checked(job, lines):
    """Yield the lines, with those left out whose file is not the one that was uploaded."""
    every = max(1, len(lines) // STEPS)
    rows = Evidence.objects.filter(pk__in=[line.evidence for line in lines]).in_bulk()
    for place, line in enumerate(lines):
        if place % every == 0:
            jobs.tell(job, f"Checking the files: {place:,} of {len(lines):,}", done=1, of=3)
        yield _check(line, rows[line.evidence], job.by)


def _check(line, evidence, by):
    if not line.path or line.left_out:
        return line
    digest = storing.digest_of(evidence.file.name)
    if digest == line.sha256:
        return line
    services.record_changed(evidence, by=by)
    return replace(line, left_out=contents.CHANGED if digest else contents.GONE)


def _name(job, ending):
    return f"{FOLDER}/{job.pk}{ending}"


def _keep(job, ending, content):
    storing.forget(_name(job, ending))
    default_storage.save(_name(job, ending), BytesIO(content))


def _kept(job):
    with suppress(FileNotFoundError), default_storage.open(_name(job, ".json")) as file:
        return json.loads(file.read())
    return None
