"""The list of what a meeting decided: data first, then a page, a PDF and a Word document of the same."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from scr_tracker import audit, jobs, pdf
from scr_tracker.models import AuditEvent
from scr_tracker.rules import RuleBroken
from scr_tracker.words import counted, cut, day, listed

from ..choices import Outcome
from ..evidence import storing
from ..exporting.paper import NARROW_TABLE_WIDTH, Paper, cell, head, paragraph, paragraphs, row, run, table
from ..exporting.settled import settled
from ..exporting.table import fit_for_a_file
from ..models import Meeting
from ..reports import plain
from ..reports.frozen import Frozen
from ..reports.heading import paragraphs as lines_of
from . import agenda

#: Where PDFs wait to be downloaded, and for how long.
FOLDER, KEPT_FOR = "minutes", timedelta(days=1)

#: The headings of the two tables, and how wide their columns are beside each other.
DECISIONS, DECISION_WIDTHS = ("No.", "Item", "What the meeting decided"), (8, 42, 50)
TASKS, TASK_WIDTHS = ("By when", "Who", "What", "No."), (18, 26, 48, 8)


@dataclass(frozen=True)
class Decided(Frozen):
    """One thing that was decided on an item. ``corrected`` says when the record was put right."""

    key: int
    outcome: str
    text: str
    who: str
    by_when: str
    new_date: str
    corrected: str

    @property
    def title(self):
        """What was done, and until when: "New target date set: 31 May 2027"."""
        return f"{self.outcome}: {self.new_date}" if self.new_date else self.outcome

    @property
    def task(self):
        """Who is to do it by when, as a sentence; empty where nobody is named and no day."""
        if not (self.by_when or (self.who and self.outcome == Outcome.DECISION.label)):
            return ""
        said = " ".join(filter(None, [self.who, f"by {self.by_when}" if self.by_when else ""]))
        return f"{said[:1].upper()}{said[1:]}"

    @property
    def lines(self):
        """All that is said of it after its title."""
        return tuple(filter(None, [self.text, self.task and f"To do: {self.task}", self.corrected]))


@dataclass(frozen=True)
class MinutedItem(Frozen):
    """An item that the meeting dealt with; ``key`` and ``url`` lead to it on the site."""

    number: int
    key: str
    url: str
    review: str
    reference: str
    text: str
    lead: str
    decisions: tuple[Decided, ...]


@dataclass(frozen=True)
class Task(Frozen):
    """What somebody is to do by some day."""

    by_when: str
    who: str
    what: str
    number: int


@dataclass(frozen=True)
class Minutes(Frozen):
    """What a meeting decided, as far as somebody may see it."""

    partnership: str
    marking: str
    meeting: str
    on: str
    present: tuple[str, ...]
    notes: tuple[str, ...]
    items: tuple[MinutedItem, ...]
    tasks: tuple[Task, ...]
    made_at: datetime

    @property
    def title(self):
        """What the document is called."""
        return f"Decisions – {self.meeting} – {self.on}"

    @property
    def summary(self):
        """How much was decided, in a sentence."""
        outcomes = [each.outcome for item in self.items for each in item.decisions]
        if not outcomes:
            return "The meeting has recorded no decision."
        kinds = [f"{outcomes.count(each)} {each.lower()}" for each in dict.fromkeys(Outcome.labels) if each in outcomes]
        return f"{counted(len(self.items), 'item')} dealt with: {listed(kinds)}."


def of(meeting, user):
    """Return what a meeting decided, as far as a person may see it; takes a constant number of queries."""
    found = agenda.decisions_of(meeting, user)
    places = {row.key: row.place for row in meeting.agenda_items.all()}
    items, tasks = [], []
    for key in sorted(found, key=lambda key: (places.get(key, len(places) + 1), found[key][0].pk)):
        standing = [each for each in found[key] if not (each.was_corrected or each.withdrawn)]
        if not standing:
            continue
        item = agenda.Item(key, standing[0].about)
        number = len(items) + 1
        decided = tuple(map(_decided, standing))
        lead = _lead_of(item)
        items.append(
            MinutedItem(
                number=number,
                key=key,
                url=item.about.get_absolute_url(),
                review=str(item.review),
                reference=item.reference.partition(" · ")[2],
                text=cut(" ".join(item.about.text.split()), 300),
                lead=lead,
                decisions=decided,
            )
        )
        tasks += [(each, number, one, lead) for each, one in zip(standing, decided, strict=True) if one.task]
    tasks.sort(key=lambda each: (each[0].by_when is None, each[0].by_when or meeting.date, each[1]))
    return Minutes(
        partnership=meeting.partnership.name,
        marking=meeting.partnership.protective_marking,
        meeting=meeting.name,
        on=day(meeting.date),
        present=_present(meeting),
        notes=lines_of(meeting.decisions),
        items=tuple(items),
        tasks=tuple(
            Task(by_when=one.by_when or "No date", who=one.who or lead, what=cut(one.text, 300), number=number)
            for _, number, one, lead in tasks
        ),
        made_at=timezone.localtime(),
    )


def _present(meeting):
    people = [", ".join(filter(None, [str(each), each.job_title])) for each in meeting.attended.all()]
    return (*people, *lines_of(meeting.present))


def _lead_of(item):
    posts = listed(item.about.lead_officers) if item.is_action else ""
    return str(item.lead) if item.lead else posts or "No lead"


def _decided(decision):
    corrected = f"Record corrected on {day(timezone.localdate(decision.at))} by {decision.by}."
    return Decided(
        key=decision.pk,
        outcome=decision.get_outcome_display(),
        text=decision.text,
        who=decision.who,
        by_when=day(decision.by_when) if decision.by_when else "",
        new_date=day(decision.new_date) if decision.new_date else "",
        corrected=corrected if decision.corrects_id else "",
    )


# --- The forms in which it goes out --------------------------------------------------------------


def as_pdf(minutes):
    """Return the decisions as the bytes of a PDF."""
    return pdf.render("reports/minutes.html", {"minutes": minutes, "decisions": DECISIONS, "tasks": TASKS})


def as_word(minutes):
    """Return the decisions as the bytes of a Word document."""
    paper = Paper(
        minutes.title, minutes.partnership, minutes.marking, f"{minutes.meeting}, {minutes.on}", is_wide=False
    )
    paper.words(minutes.partnership, "Subtitle")
    paper.words(f"Decisions of the {minutes.meeting}", "Title")
    paper.words(minutes.on, "Lead")
    paper.words(minutes.summary, "Lead")
    paper.heading("Present")
    for each in minutes.present or ("Nobody has been noted as present.",):
        paper.words(each, "List Bullet" if minutes.present else "Normal")
    if minutes.items:
        paper.heading("Decisions")
        widths = _shared_out(DECISION_WIDTHS)
        rows = [head(DECISIONS, widths), *(_row_of(item, widths) for item in minutes.items)]
        paper.add(table("".join(rows), widths, "Decisions"))
    if minutes.tasks:
        paper.heading("Who does what by when")
        widths = _shared_out(TASK_WIDTHS)
        rows = [head(TASKS, widths), *(_row_of_task(each, widths) for each in minutes.tasks)]
        paper.add(table("".join(rows), widths, "Who does what by when"))
    if minutes.notes:
        paper.heading("Notes of the meeting")
        for words in minutes.notes:
            paper.words(words)
    return settled(paper.written(), minutes.made_at)


def _shared_out(weights):
    return [round(NARROW_TABLE_WIDTH * weight / sum(weights)) for weight in weights]


def _row_of(item, widths):
    what = paragraph(run(fit_for_a_file(f"{item.review} · {item.reference}"), bold=True))
    what += paragraphs(item.text) + paragraphs(item.lead, "Table note")
    decided = "".join(
        paragraph(run(fit_for_a_file(each.title), bold=True)) + "".join(map(paragraphs, each.lines))
        for each in item.decisions
    )
    cells = (paragraphs(str(item.number)), what, decided)
    return row("".join(cell(each, width) for each, width in zip(cells, widths, strict=True)))


def _row_of_task(task, widths):
    cells = (task.by_when, task.who, task.what, str(task.number))
    return row("".join(cell(paragraphs(each), width) for each, width in zip(cells, widths, strict=True)))


def file_name(minutes, ending):
    """Return the name of a file of the decisions, in plain letters."""
    return f"{plain(minutes.title)}.{ending}"


def write_word(*, meeting, by, request=None):
    """Return the name and the bytes of a meeting's decisions as Word, and enter in the audit log who has them."""
    minutes = of(meeting, by)
    _audit(minutes, meeting, "docx", by, request)
    return file_name(minutes, "docx"), as_word(minutes)


# --- The PDF, which is set in the background and kept for a day ------------------------------------


@transaction.atomic
def begin_pdf(*, meeting, by):
    """Ask for the decisions of a meeting as a PDF, and return the job that sets it."""
    return jobs.start(make_pdf, title=f"List of decisions: {meeting}", by=by, meeting=meeting.pk)


@jobs.job
def make_pdf(job, *, meeting):
    """Set the PDF of what a meeting decided, as far as who asked for it may see it; clear away those of yesterday."""
    meeting = Meeting.objects.visible_to(job.by).select_related("partnership").get(pk=meeting)
    jobs.tell(job, "Setting the pages", done=0, of=1)
    minutes = of(meeting, job.by)
    try:
        content = as_pdf(minutes)
    except pdf.PdfError as error:
        raise RuleBroken(str(error)) from error
    for name in storing.names(FOLDER):
        if name in (_name(job, "pdf"), _name(job, "json")) or storing.age_of(name) > KEPT_FOR:
            storing.forget(name)
    default_storage.save(_name(job, "pdf"), BytesIO(content))
    default_storage.save(_name(job, "json"), BytesIO(json.dumps(minutes.to_dict()).encode()))
    with jobs.finishing(job, leads_to=reverse("minutes", args=[meeting.pk, job.pk])):
        pass


def open_pdf(*, meeting, job, by, request=None):
    """Return the name and the file of a PDF for who asked for it.

    Raises RuleBroken where it has been cleared away, or something was decided since that it does not say, or the
    person may not see any more what it says.
    """
    if not default_storage.exists(_name(job, "json")):
        raise RuleBroken("This list has been cleared away. Make another.")
    with default_storage.open(_name(job, "json")) as file:
        made = Minutes.from_dict(json.load(file))
    if replace(of(meeting, by), made_at=made.made_at) != made:
        raise RuleBroken("What this list says has changed since it was made. Make another.")
    _audit(made, meeting, "pdf", by, request)
    return file_name(made, "pdf"), default_storage.open(_name(job, "pdf"))


def _name(job, ending):
    return f"{FOLDER}/{job.pk}.{ending}"


def _audit(minutes, meeting, form, by, request):
    about = {"meeting": meeting.pk, "format": form}
    audit.record(AuditEvent.Kind.DOWNLOADED, by=by, about=minutes.title, request=request, **about)
