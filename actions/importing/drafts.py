"""An import on its way: a document is uploaded, read, checked and corrected by people, and saved as a plan or dropped.

Every verb is one transaction. Nothing touches a plan before ``bring_in``.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from io import BytesIO

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from actions import warnings
from actions.evidence import naming, scanning, storing
from actions.importing import corrections, headings, matching
from actions.importing.document import Problem
from actions.importing.losses import Loss, lost_words
from actions.importing.plan import Plan
from actions.importing.problems import CannotImport
from actions.importing.read import check, content_of, read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, new_import, obstacle, save_plan
from actions.importing.vocabulary import plain
from actions.models import Evidence, PlanImport
from actions.models.plan_import import LONG_TEXTS
from reviews.models import Recommendation, Section
from scr_tracker import audit, jobs
from scr_tracker.models import Agency, AuditEvent, Job, Membership, Partnership, User, Worker
from scr_tracker.permissions import GRANTS, Permission
from scr_tracker.rules import ChangedMeanwhile, RuleBroken

State = PlanImport.State

#: From what size a kind of file is read in the background, in bytes: some seconds of reading.
LONG = {"Word document": 1_500_000, "Excel workbook": 150_000, "text file": 500_000, "PDF": 400_000}

TOO_LARGE = "{name} is larger than {most} MB: remove its pictures and import it again."
NOT_SCANNED = "{name} could not be looked at by the virus scanner, which does not answer: try again in a few minutes."
INFECTED = "{name} holds a virus ({found}) and was not kept: tell your IT support, and import it from a clean computer."


@transaction.atomic
def upload(*, file, partnership, review, by, sent=None):
    """Take a document in, and read it: at once, or in the background where it is large. Return the import.

    Raises CannotImport, and keeps nothing, where the file may not come in or holds no plan.
    """
    if sent:
        sent.take_once(by=by)
    name = naming.shown(file.name)
    if file.size > settings.EVIDENCE_MAX_BYTES:
        raise CannotImport(TOO_LARGE.format(name=name, most=settings.EVIDENCE_MAX_MB))
    content = content_of(file, name)
    kind = check(content, name)
    _scan(file, name, by)
    draft = new_import(
        ImportedFile(name, content), partnership=partnership, review=review, by=by, at=timezone.now(), checked_by=by
    )
    if len(content) > LONG[kind]:
        return read_soon(draft)
    _fill(draft, content)
    draft.save()
    return draft


def read_soon(draft):
    """Have a document read in the background that takes longer than somebody should wait for."""
    draft.state = State.WAITING
    draft.save()
    title = f"Reading {draft.file_name}"
    draft.job = jobs.start(read_document, title=title, by=draft.by, leads_to=draft.get_absolute_url(), draft=draft.pk)
    draft.save(update_fields=["job"])
    return draft


@jobs.job
def read_document(job, *, draft):
    """Read the document of an import that waits."""
    draft = PlanImport.objects.select_related("partnership").get(pk=draft)
    PlanImport.objects.filter(pk=draft.pk).update(state=State.READING)
    steps = iter(range(3))
    try:
        with draft.file.open() as file:
            _fill(draft, file.read(), tell=lambda step: jobs.tell(job, step, done=next(steps), of=3))
    except CannotImport as error:
        draft.state, draft.failure = State.FAILED, str(error)[:500]
    with jobs.finishing(job):
        draft.save(update_fields=[*LONG_TEXTS, "state", "failure"])


def _scan(file, name, by):
    """Have the virus scanner look at a file, and refuse what it does not find clean."""
    verdict = scanning.scan(file)
    if verdict.scan == Evidence.Scan.INFECTED:
        audit.record(AuditEvent.Kind.VIRUS_FOUND, by=by, about=name, found=verdict.found)
        raise CannotImport(INFECTED.format(name=name, found=verdict.found))
    if verdict.scan == Evidence.Scan.WAITING:
        raise CannotImport(NOT_SCANNED.format(name=name))


def _fill(draft, content, tell=lambda step: None):
    """Put what is recognised in a document into its import, saying by ``tell`` what is done now."""
    tell("Reading the document")
    document = read(BytesIO(content), draft.file_name)
    tell("Finding recommendations and actions")
    found = recognise(document, corrections.meanings(draft.corrections))
    draft.recognised = found.plan.to_json(places=True)
    draft.problems = [vars(problem) for problem in found.problems]
    draft.headings = [asdict(each) for each in found.headings]
    tell("Making sure that no word is lost")
    draft.losses = [] if found.sent else [asdict(each) for each in lost_words(document, found.plan)]
    draft.sent = found.sent.as_values() if found.sent else {}
    draft.state, draft.failure = State.DRAFT, ""


def _place(problem):
    return problem["where"], problem["what"], problem["text"]


def partnerships_of(user):
    """Return the partnerships into which somebody may import plans."""
    return Partnership.objects.where(user, may=Permission.EDIT_PLAN)


def people_for(record):
    """Return who may check an import: whoever edits plans of its partnership."""
    roles = [role for role, granted in GRANTS.items() if Permission.EDIT_PLAN in granted]
    held = Membership.objects.filter(partnership=record.partnership, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def nobody_works(record):
    """Whether reading the document waits for a worker, and none is there."""
    return bool(record.job) and record.job.state == Job.State.WAITING and not Worker.objects.alive().exists()


def version_of(record):
    """Return the version of an import as it is now."""
    return len(PlanImport.objects.values_list("corrections", flat=True).get(pk=record.pk))


@dataclass
class Draft:
    """An import as it stands: the plan as it would be saved, and what a person should look at."""

    record: PlanImport

    @cached_property
    def corrected(self):
        """The plan with its corrections, every row with its key."""
        return corrections.apply(Plan.from_json(self.record.recognised), self.record.corrections)

    @property
    def plan(self):
        """The plan as it would be saved."""
        return self.corrected.plan

    @cached_property
    def problems(self):
        """Every place that was not understood, in its order: (number, Problem, whether somebody has dealt with it).

        That is so when somebody said that it is right as it is, or has corrected the row that stands there.
        """
        made = self.record.corrections
        settled, changed = corrections.settled(made), corrections.corrected(made)
        return [
            (n, Problem(**each), _place(each) in settled or corrections.key_of(each["where"]) in changed)
            for n, each in enumerate(self.record.problems)
        ]

    @property
    def losses(self):
        """Words of the document that ended up nowhere."""
        return [Loss(**each) for each in self.record.losses]

    @cached_property
    def headings(self):
        """What each heading was taken for."""
        return [headings.FoundHeading(**each) for each in self.record.headings]

    @cached_property
    def known_agencies(self):
        """The agencies of the partnership."""
        return list(Agency.objects.of(self.record.partnership).order_by("name"))

    @cached_property
    def agencies(self):
        """The names of agencies in the plan, and which agencies they stand for."""
        return matching.named_agencies(self.plan, self.known_agencies, corrections.agencies(self.record.corrections))

    def part_of(self, row):
        """Return the section that a recommendation stands in."""
        return next(section for section in self.corrected.sections if row in section.below)

    def row(self, key):
        """Return the section, recommendation or action with a key, with the recommendation it belongs to; or None."""
        for section in self.corrected.sections:
            if section.key == key:
                return section, section
            for recommendation in section.below:
                if recommendation.key == key:
                    return recommendation, recommendation
                for action in recommendation.below:
                    if action.key == key:
                        return action, recommendation
        return None

    def warnings(self, user):
        """Return what is worth a second look in the plan."""
        review = self.record.review
        report_on = review.completed_on if review else None
        if said := self.record.details.get("completed_on"):
            report_on = date.fromisoformat(said)
        before = Recommendation.objects.visible_to(user).filter(section__review__partnership=self.record.partnership)
        known = before.exclude(section__review=review).values_list(
            "text", "number", "section__review__reference", "section__review__pseudonym"
        )
        said_before = {
            plain(text): f"recommendation {number} of {reference} {pseudonym}".replace("  ", " ").strip()
            for text, number, reference, pseudonym in known
        }
        around = warnings.Surroundings(on=timezone.localdate(), report_on=report_on, before=said_before)
        return warnings.of_document(self.corrected, around)

    @property
    def has_plan_already(self):
        """Whether the review has a plan, with which this one would have to be compared."""
        return bool(self.record.review_id) and Section.objects.filter(review=self.record.review_id).exists()

    @property
    def is_ready(self):
        """Whether it is known of which review this is the plan."""
        return bool(self.record.review_id or self.record.details)


@transaction.atomic
def correct(*, draft, operation, by, sent=None):
    """Add a correction to a draft, and return the draft. What it does is tried first: it must fit."""
    draft = open_draft(draft)
    if sent:
        sent.take_once(by=by)
        _refuse_what_meets(draft, operation, sent.version)
    entry = {**operation, "by": by.pk, "who": str(by), "at": timezone.now().isoformat(timespec="seconds")}
    before = corrections.meanings(draft.corrections)
    operations = [*draft.corrections, entry]
    why_not = corrections.apply(Plan.from_json(draft.recognised), operations).set_aside.get(len(operations) - 1)
    if why_not:
        raise RuleBroken(why_not)
    draft.corrections = operations
    if corrections.meanings(operations) != before:
        return _read_anew(draft)
    draft.save(update_fields=["corrections"])
    return draft


def _refuse_what_meets(draft, operation, version):
    """Raise ChangedMeanwhile where somebody corrected the same thing after the form was shown."""
    since = draft.corrections[version or 0 :]
    others = set().union(*(corrections.touches(each, draft.corrections) for each in since))
    if corrections.meet(corrections.touches(operation, draft.corrections), others):
        raise ChangedMeanwhile(version)


def _read_anew(draft):
    """Recognise the document again, now that a column means something else."""
    with draft.file.open() as file:
        content = file.read()
    if len(content) > LONG[check(content, draft.file_name)]:
        return read_soon(draft)
    try:
        _fill(draft, content)
    except CannotImport as error:
        raise RuleBroken(f"With this meaning no plan is found any more. {error}") from error
    draft.save()
    return draft


def settle(*, draft, number, by):
    """Note that a place that was not understood is right as it is."""
    if not 0 <= number < len(draft.problems):
        raise RuleBroken("There is no such place to look at.")
    problem = draft.problems[number]
    return correct(draft=draft, operation={"op": "settle", **problem}, by=by)


def undo(*, draft, number, by):
    """Take back a correction; what was done after it stays, where it still fits."""
    if not 0 <= number < len(draft.corrections) or draft.corrections[number]["op"] == "undo":
        raise RuleBroken("There is no such correction to undo.")
    if number not in {n for n, _ in corrections.in_force(draft.corrections)}:
        raise RuleBroken("This correction was undone already.")
    return correct(draft=draft, operation={"op": "undo", "of": number}, by=by)


@transaction.atomic
def describe_review(*, draft, by, sent=None, **details):
    """Say of which new review the plan is: kind, reference, pseudonym, dates."""
    draft = open_draft(draft)
    if sent:
        sent.take_once(by=by)
    if why_not := obstacle(draft.partnership, details["reference"]):
        raise RuleBroken(why_not)
    draft.details = {name: str(value) for name, value in details.items() if value}
    draft.save(update_fields=["details"])
    return draft


@transaction.atomic
def hand_over(*, draft, to, by):
    """Give a draft to somebody to check, perhaps oneself."""
    draft = open_draft(draft)
    draft.checked_by = to
    draft.save(update_fields=["checked_by"])
    return draft


@transaction.atomic
def drop(*, draft, by):
    """Give an import up. Its file is kept."""
    draft = PlanImport.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if draft.state in (State.IMPORTED, State.DROPPED):
        raise RuleBroken(f"{draft.file_name} was {draft.get_state_display().lower()} already.")
    draft.state, draft.closed_by, draft.closed_at = State.DROPPED, by, timezone.now()
    draft.save(update_fields=["state", "closed_by", "closed_at"])
    return draft


@transaction.atomic
def bring_in(*, draft, by, sent=None):
    """Save the checked plan as that of its review, and return what save_plan returns."""
    draft = open_draft(draft)
    if sent:
        sent.take_once(by=by)
        if sent.version is not None and sent.version != draft.version:
            raise ChangedMeanwhile(sent.version)
    checked = Draft(draft)
    if not checked.is_ready:
        raise RuleBroken("Say first of which review this is the plan.")
    details = dict(draft.details)
    reference = draft.review.reference if draft.review else details.pop("reference")
    kind = draft.review.kind if draft.review else details.pop("kind")
    more = {name: date.fromisoformat(value) if name.endswith("_on") else value for name, value in details.items()}
    try:
        return save_plan(
            plan=replace(checked.plan, plan=reference),
            partnership=draft.partnership,
            reference=reference,
            kind=kind,
            by=by,
            source=ImportedFile(draft.file_name, b"", tuple(problem for _, problem, _ in checked.problems)),
            agencies=corrections.agencies(draft.corrections),
            draft=draft,
            **({} if draft.review else more),
        )
    except CannotImport as error:
        raise RuleBroken(str(error)) from error


def open_document(*, record, by, into, request=None):
    """Copy the document of an import for somebody, checked against its SHA-256, and enter it in the audit log."""
    about = f"Imported document {record.pk}"
    if storing.digest_of(record.file.name, into=into) != record.sha256:
        audit.record(AuditEvent.Kind.FILE_CHANGED, by=by, about=about, request=request, file=record.pk)
        raise storing.FileChanged(record.file.name)
    into.seek(0)
    audit.record(AuditEvent.Kind.DOWNLOADED, by=by, about=about, request=request, sha256=record.sha256)
    return File(into, name=record.file_name)


def open_draft(draft):
    """Return an import, locked, if it can still be worked on."""
    draft = PlanImport.objects.select_for_update(of=("self",)).select_related("partnership", "review").get(pk=draft.pk)
    if not draft.is_open:
        raise RuleBroken(f"{draft.file_name} is not being checked any more: {draft.get_state_display().lower()}.")
    return draft
