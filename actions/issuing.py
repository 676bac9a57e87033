"""Drafting reports and issuing them.

Issuing is slow, and is done in the background (scr_tracker/jobs.py). However often a worker dies over it, one report
comes out: its row, its file and the end of the job are one transaction, and a draft can have but one report.
"""

import hashlib
import json
from contextlib import ExitStack
from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from reviews.models import Review
from scr_tracker import audit, jobs
from scr_tracker.history import settle
from scr_tracker.models import AuditEvent, Partnership
from scr_tracker.pdf import PdfError
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken
from scr_tracker.words import day

from . import publishing
from .evidence import storing
from .models import Report, ReportDraft, ReportFile, ReportKind
from .reports import Edition, Order
from .reports.kinds import FORMS, KINDS

#: What is chosen for a report beside the reviews and agencies that it is about.
CHOSEN = (
    *("kind", "meeting", "as_at", "version", "supersedes", "protective_marking"),
    *("introduction", "decisions_asked", "embargo_until"),
)

#: In how many steps a report is made.
STEPS = 5

#: Where the files of working copies are kept, and for how long.
WORKING_COPIES, KEPT_FOR = "working-copies", timedelta(days=1)


@transaction.atomic
def begin_draft(*, by, partnership, reviews, agencies=(), sent=None, **chosen):
    """Begin a report with what was chosen for it (CHOSEN)."""
    if sent:
        sent.take_once(by=by)
    chosen.setdefault("protective_marking", partnership.protective_marking)
    draft = ReportDraft(partnership=partnership, begun_by=by, **chosen)
    _check(draft, reviews, agencies)
    draft.save()
    draft.reviews.set(reviews)
    draft.agencies.set(agencies)
    draft.authors.add(by)
    return draft


@transaction.atomic
def change_draft(*, draft, by, reviews, agencies=(), sent=None, **chosen):
    """Choose otherwise for a draft."""
    draft = _open_draft(draft, by=by, sent=sent)
    for name, value in chosen.items():
        setattr(draft, name, value)
    _check(draft, reviews, agencies)
    draft.revision += 1
    draft.save()
    draft.reviews.set(reviews)
    draft.agencies.set(agencies)
    draft.authors.add(by)
    return draft


@transaction.atomic
def discard_draft(*, draft, by, sent=None):
    """Put a draft away that is not to be issued."""
    draft = _open_draft(draft, by=by, sent=sent)
    draft.discarded_at = timezone.now()
    draft.save()
    return draft


@transaction.atomic
def issue(*, draft, by, sent=None, at_once=False):
    """Issue a draft: from now on it is made in the background, as things stand now or stood at its moment."""
    draft = _open_draft(draft, by=by, sent=sent)
    _check(draft, draft.reviews.all(), draft.agencies.all())
    if KINDS[draft.kind].is_public:
        publishing.check(draft, would_be(draft))
    draft.issued_by, draft.pinned_as_at = by, draft.as_at or timezone.now()
    draft.job = jobs.start(
        make_report,
        title=f"{draft.get_kind_display()}, version {draft.version}",
        by=by,
        leads_to=draft.get_absolute_url(),
        at_once=at_once,
        draft=draft.pk,
    )
    draft.save()
    return draft


@transaction.atomic
def clear_finding(*, draft, finding, by, reason, sent=None):
    """Say that words of a public response, which might identify somebody, may stand, and why."""
    draft = _open_public_draft(draft, by=by, sent=sent)
    return publishing.clear(draft, would_be(draft), finding, by=by, reason=reason)


@transaction.atomic
def approve_draft(*, draft, by, sent=None):
    """Approve a public response as it reads now."""
    draft = _open_public_draft(draft, by=by, sent=sent)
    return publishing.approve(draft, would_be(draft), by=by)


def give_out(*, report, by, request=None):
    """Open the file of an issued report for somebody who may have it, and enter that in the audit log."""
    audit.record(
        AuditEvent.Kind.DOWNLOADED, by=by, about=report.title, request=request, report=report.pk, sha256=report.sha256
    )
    return report.pdf.open("rb")


def give_out_as(*, file, by, request=None):
    """Open an issued report as Word or Excel (a ReportFile) for somebody who may have it, and audit that."""
    report = file.report
    about = {"report": report.pk, "format": file.form, "sha256": file.sha256}
    audit.record(AuditEvent.Kind.DOWNLOADED, by=by, about=report.title, request=request, **about)
    return file.file.open("rb")


def edition_of(report):
    """Return which copy an issued report is."""
    superseded = report.supersedes.version if report.supersedes else None
    return Edition(made_at=report.issued_at, version=report.version, supersedes=superseded)


def partnerships_of(user):
    """Return the partnerships whose reports the user makes."""
    return Partnership.objects.where(user, may=Permission.MAKE_REPORT)


def order_of(draft, as_at=None):
    """Return what is ordered by a draft, as at its own moment or the one given."""
    return Order(
        partnership=draft.partnership,
        reviews=tuple(draft.reviews.select_related("partnership").order_by("reference", "pk")),
        agencies=tuple(draft.agencies.order_by("name", "pk")),
        as_at=as_at or draft.as_at or timezone.now(),
        meeting=draft.meeting,
        marking=draft.protective_marking,
        introduction=draft.introduction,
        decisions=draft.decisions_asked,
        supersedes=draft.supersedes,
    )


def would_be(draft):
    """Return the report that would come of a draft if it were issued now."""
    return KINDS[draft.kind].of(order_of(draft))


@jobs.job
def make_report(job, *, draft):
    """Make the report of a draft and keep it for good."""
    draft = ReportDraft.objects.select_related("partnership", "meeting", "supersedes", "issued_by").get(pk=draft)
    kind = KINDS[draft.kind]
    jobs.tell(job, "Reading the plans as they stood", done=0, of=STEPS)
    settle()
    report = kind.of(order_of(draft, as_at=draft.pinned_as_at))
    if kind.is_public:
        publishing.check(draft, report)
    superseded = draft.supersedes.version if draft.supersedes else None
    edition = Edition(made_at=timezone.now(), version=draft.version, supersedes=superseded)
    pdf, forms = _set(job, kind, report, edition)
    if kind.is_public:
        publishing.check_files(report, pdf, forms)
    with jobs.finishing(job), ExitStack() as files:
        stored = [files.enter_context(_stored(content)) for content in (pdf, *forms.values())]
        issued = _keep(draft, report, pdf, stored[0])
        for (form, content), name in zip(forms.items(), stored[1:], strict=True):
            ReportFile.objects.create(report=issued, form=form, file=name, **_measured(content))


def _set(job, kind, report, edition):
    """Return the PDF of a report and its other forms, {ending: bytes}, saying on the job how far it is."""
    jobs.tell(job, "Setting the pages", done=1, of=STEPS)
    try:
        pdf = kind.as_pdf(report, edition)
    except PdfError as error:
        raise RuleBroken(str(error)) from error
    forms = {}
    for done, form in enumerate(FORMS, start=2):
        jobs.tell(job, f"Writing it as {FORMS[form].name}", done=done, of=STEPS)
        forms[form] = kind.written(form, report, edition)
    jobs.tell(job, "Keeping the report", done=STEPS - 1, of=STEPS)
    return pdf, forms


def _stored(content):
    return storing.stored(BytesIO(content), folder=storing.REPORTS)


def _measured(content):
    """Return how large a file is, and its hash."""
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _keep(draft, report, pdf, name):
    """Enter an issued report: what it was made from, its file and the file's hash.

    It is dated in the transaction that keeps it, as every change is: who settles() misses none that is older.
    """
    issued = Report.objects.create(
        draft=draft,
        partnership=draft.partnership,
        kind=draft.kind,
        meeting=draft.meeting,
        title=report.title,
        as_at=draft.pinned_as_at,
        version=draft.version,
        supersedes=draft.supersedes,
        protective_marking=draft.protective_marking,
        embargo_until=draft.embargo_until,
        data=report.to_dict(),
        pdf=name,
        **_measured(pdf),
        issued_by=draft.issued_by,
        issued_at=timezone.now(),
    )
    issued.reviews.set(draft.reviews.all())
    issued.agencies.set(draft.agencies.all())
    return issued


def _open_draft(draft, *, by, sent):
    """Return the draft, locked, if it can still be changed and nobody else has."""
    draft = ReportDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if sent:
        sent.take_once(by=by)
    if hasattr(draft, "report"):
        raise RuleBroken("This report has been issued. Supersede it by a new version instead.")
    if draft.discarded_at:
        raise RuleBroken("This draft has been discarded. Begin a new one.")
    if draft.is_being_made:
        raise RuleBroken("This report is being made just now. Wait until it is there.")
    if sent:
        sent.check_version(draft.revision)
    return draft


def _open_public_draft(draft, *, by, sent):
    draft = _open_draft(draft, by=by, sent=sent)
    if not KINDS[draft.kind].is_public:
        raise RuleBroken("Only what is to be published is cleared and approved.")
    return draft


def _check(draft, reviews, agencies):
    """Raise RuleBroken where what is chosen cannot become a report."""
    if draft.kind not in KINDS:
        raise RuleBroken("There is no such kind of report. Choose another kind.")
    if not reviews:
        raise RuleBroken("Choose at least one review.")
    if any(review.partnership_id != draft.partnership_id for review in reviews):
        raise RuleBroken("Choose reviews of one partnership only.")
    check_scope(draft.kind, reviews, agencies)
    if draft.embargo_until and not KINDS[draft.kind].is_public:
        raise RuleBroken("Only a public response has an embargo.")
    if draft.as_at and draft.as_at > timezone.now():
        raise RuleBroken("Choose a moment in the past, or leave the date empty for how things stand now.")
    if draft.as_at and (missing := [review for review in reviews if _entered(review) > draft.as_at]):
        entered = timezone.localdate(_entered(missing[0]))
        raise RuleBroken(f"{missing[0]} was entered on {day(entered)}: choose a later moment, or leave it out.")
    _check_supersedes(draft)


def check_scope(kind, reviews, agencies):
    """Raise RuleBroken where a kind of report cannot be about these reviews and agencies."""
    if kind == ReportKind.AGENCY_PACK and len(agencies) != 1:
        raise RuleBroken("Choose the one agency whose pack it is.")
    if kind == ReportKind.ONE_REVIEW and len(reviews) != 1:
        raise RuleBroken(
            "A report on one review is about exactly one: select that review alone, or choose a monitoring report."
        )
    if kind == ReportKind.ONE_REVIEW and agencies:
        raise RuleBroken("A report on one review is about all of it: select no agency, or choose an agency’s pack.")
    if KINDS[kind].is_public and agencies:
        raise RuleBroken("A public response is about whole reviews: select no agency.")


def _entered(review):
    """Return when a review was entered."""
    return review.history.order_by("history_date").values_list("history_date", flat=True).first() or timezone.now()


def _check_supersedes(draft):
    old = draft.supersedes
    if not old:
        return
    if Report.objects.filter(supersedes=old).exists():
        raise RuleBroken("This report has been superseded already. Open its latest version, and supersede that.")
    if old.partnership_id != draft.partnership_id or old.kind != draft.kind:
        raise RuleBroken("A new version is of the same kind and partnership as the report that it supersedes.")
    if draft.version <= old.version:
        raise RuleBroken(f"Version {old.version} has been issued: give this one a higher number.")


def next_version_of(report):
    """Return what a draft begins with that is to supersede a report."""
    return {
        "partnership": report.partnership,
        "kind": report.kind,
        "reviews": report.reviews.all(),
        "agencies": report.agencies.all(),
        "meeting": report.meeting,
        "version": report.version + 1,
        "supersedes": report,
        "protective_marking": report.protective_marking,
        "introduction": report.draft.introduction,
        "decisions_asked": report.draft.decisions_asked,
    }


# --- Working copies ----------------------------------------------------------------------------


@transaction.atomic
def begin_working_copy(*, review, by):
    """Ask for the monitoring report of a review as it stands, to look at, not to issue."""
    return jobs.start(
        make_working_copy, title=f"Working copy of the monitoring report: {review}", by=by, review=review.pk
    )


@jobs.job
def make_working_copy(job, *, review):
    """Make a working copy, and clear away those of yesterday."""
    kind, review = KINDS[ReportKind.MONITORING], Review.objects.select_related("partnership").get(pk=review)
    jobs.tell(job, "Reading the plan", done=0, of=STEPS)
    report = kind.of(Order(partnership=review.partnership, reviews=(review,)))
    edition = Edition(made_at=timezone.now())
    pdf, forms = _set(job, kind, report, edition)
    made = {"kind": kind.key, "made_at": edition.made_at.isoformat(), "data": report.to_dict()}
    for name in storing.names(WORKING_COPIES):
        if name.startswith(f"{WORKING_COPIES}/{job.pk}.") or storing.age_of(name) > KEPT_FOR:
            storing.forget(name)
    for ending, content in {"json": json.dumps(made).encode(), "pdf": pdf, **forms}.items():
        default_storage.save(_name_of(job, ending), BytesIO(content))
    with jobs.finishing(job, leads_to=reverse("working-copy", args=[review.pk, job.pk])):
        pass


def open_working_copy(*, job, by, form="pdf", request=None):
    """Open a working copy in a form for who asked for it, or return None where it has been cleared away."""
    if not default_storage.exists(_name_of(job, form)):
        return None
    audit.record(AuditEvent.Kind.DOWNLOADED, by=by, about=job.title, request=request, format=form)
    return default_storage.open(_name_of(job, form))


def read_working_copy(job):
    """Return the kind of a working copy, its report and which copy it is; None where it has been cleared away."""
    if not default_storage.exists(_name_of(job, "json")):
        return None
    with default_storage.open(_name_of(job, "json")) as file:
        made = json.load(file)
    kind = KINDS[made["kind"]]
    return kind, kind.restored(made["data"]), Edition(made_at=datetime.fromisoformat(made["made_at"]))


def _name_of(job, ending):
    return f"{WORKING_COPIES}/{job.pk}.{ending}"
