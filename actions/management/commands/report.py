"""Writes a report of reviews as a PDF, or issues it."""

import re
from datetime import datetime, time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions import issuing
from actions.management.finding import find_review
from actions.models import Meeting, Report, ReportKind
from actions.reports import Edition, Order
from actions.reports.kinds import KINDS
from actions.target_dates import find_dates
from scr_tracker import audit
from scr_tracker.models import Agency, AuditEvent, Job, User
from scr_tracker.pdf import PdfError
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken


class Command(BaseCommand):
    """manage.py report REVIEW… [--output OUT] [--as-at DATE] [--issue --by E-MAIL] …"""

    help = "Write a report of reviews as a PDF, as their plans stand or stood; --issue keeps it for good."

    def add_arguments(self, parser):
        parser.add_argument("reviews", nargs="+", metavar="REVIEW", help="a review's reference, such as 0319")
        parser.add_argument("--output", metavar="OUT", help="the file to write; needed unless the report is issued")
        parser.add_argument(
            "--as-at",
            metavar="DATE",
            help="a past day, at its end (14/03/2026, 2026-03-14 or “14 March 2026”), perhaps with a time (17:30)",
        )
        parser.add_argument("--partnership", metavar="NAME", help="whose review, where two have one reference")
        parser.add_argument(
            "--kind",
            choices=list(KINDS),
            default=ReportKind.MONITORING.value,
            help="what sort of report",
        )
        parser.add_argument(
            "--agency",
            action="append",
            default=[],
            metavar="NAME",
            help="only what it leads or supports; may be repeated",
        )
        parser.add_argument("--meeting", metavar="NAME", help="the latest meeting of this name")
        parser.add_argument("--marking", default="", help="the protective marking, unless it is the partnership's")
        parser.add_argument("--introduction", default="", metavar="TEXT", help="what the board should know first")
        parser.add_argument(
            "--decision", action="append", default=[], metavar="TEXT", help="asked for; may be repeated"
        )
        parser.add_argument(
            "--embargo",
            metavar="DATE",
            help="for a public response that is issued: only business managers see it before this day, or this moment",
        )
        parser.add_argument("--issue", action="store_true", help="issue the report: it is kept and can be downloaded")
        parser.add_argument("--by", metavar="E-MAIL", help="who issues it")
        parser.add_argument("--report-version", type=int, metavar="NUMBER", help="its version, if it is issued")
        parser.add_argument("--supersedes", type=int, metavar="NUMBER", help="the issued report whose place it takes")

    def handle(self, *, reviews, output, issue, verbosity, **chosen):
        if not (output or issue):
            raise CommandError("Give --output with the file to write, or --issue to issue the report, or both.")
        if chosen["embargo"] and not issue:
            raise CommandError("Only a report that is issued has an embargo: give --issue too.")
        order = order_of([find_review(each, chosen["partnership"]) for each in reviews], **chosen)
        kind = KINDS[chosen["kind"]]
        try:
            issuing.check_scope(chosen["kind"], order.reviews, order.agencies)
            pdf = issued(order, **chosen) if issue else kind.as_pdf(kind.of(order), Edition(made_at=timezone.now()))
            if output:
                Path(output).write_bytes(pdf)
        except (RuleBroken, PdfError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write {output} ({error.strerror}): choose another file.") from error
        about = ", ".join(map(str, order.reviews))
        if output:
            audit.record(AuditEvent.Kind.EXPORTED, about=f"{kind.name} of {about}", file=output, size=len(pdf))
        if verbosity:
            done = " and ".join(["Issued"] * issue + ["wrote"] * bool(output))
            where = f" to {output}" if output else ""
            self.stdout.write(f"{done[:1].upper()}{done[1:]} the {kind.name.lower()} of {about}{where}.")


def order_of(reviews, *, as_at, agency, meeting, marking, introduction, decision, **options):
    """Return what is ordered by these options."""
    partnership = reviews[0].partnership
    if any(review.partnership_id != partnership.pk for review in reviews):
        raise CommandError("Give reviews of one partnership only.")
    return Order(
        partnership=partnership,
        reviews=tuple(reviews),
        agencies=tuple(_agency(partnership, name) for name in agency),
        as_at=moment(as_at) if as_at else None,
        meeting=_meeting(partnership, meeting) if meeting else None,
        marking=marking,
        introduction=introduction,
        decisions="\n".join(decision),
    )


def issued(order, *, by, kind, report_version, supersedes, embargo, **options):
    """Issue what is ordered, here and now, and return its PDF."""
    person = _person(by, order.partnership)
    old = Report.objects.filter(pk=supersedes).first() if supersedes else None
    if supersedes and not old:
        raise CommandError(f"There is no issued report {supersedes}: its number stands in its address.")
    draft = issuing.begin_draft(
        by=person,
        kind=kind,
        partnership=order.partnership,
        reviews=order.reviews,
        agencies=order.agencies,
        meeting=order.meeting,
        as_at=order.as_at,
        version=report_version or (old.version + 1 if old else 1),
        supersedes=old,
        embargo_until=_embargo(embargo) if embargo else None,
        protective_marking=order.marking or order.partnership.protective_marking,
        introduction=order.introduction,
        decisions_asked=order.decisions,
    )
    try:
        job = Job.objects.get(pk=issuing.issue(draft=draft, by=person, at_once=True).job_id)
    except RuleBroken as broken:
        raise CommandError(f"{broken} The draft waits at {draft.get_absolute_url()}") from broken
    if job.state != Job.State.DONE:
        raise CommandError(job.problem or "The report could not be issued.")
    with draft.report.pdf.open("rb") as file:
        return file.read()


def _embargo(words):
    """Return until when only business managers are to see the report."""
    until = moment(words, is_end=False)
    if until <= timezone.now():
        raise CommandError(f"The embargo “{words}” is over: give a moment to come, or leave it out.")
    return until


def _person(email, partnership):
    """Return who issues: somebody who may."""
    person = User.objects.filter(email__iexact=email or "", is_active=True).first()
    if person is None:
        raise CommandError("Give --by with the e-mail of who issues the report.")
    if not person.has_perm(Permission.MAKE_REPORT, partnership):
        raise CommandError(f"{person} may not issue reports of {partnership}.")
    return person


def _agency(partnership, name):
    """Return the agency of the partnership that is known by a name."""
    agencies = list(Agency.objects.of(partnership).order_by("name"))
    for agency in agencies:
        if name.casefold() in map(str.casefold, agency.names):
            return agency
    raise CommandError(f"There is no agency {name} in {partnership}: {', '.join(map(str, agencies)) or 'it has none'}.")


def _meeting(partnership, name):
    """Return the latest meeting of a name."""
    found = Meeting.objects.filter(partnership=partnership, name__iexact=name).first()
    if found is None:
        raise CommandError(f"There is no meeting called {name}. Enter it on the page “Reports” first.")
    return found


#: A day, and perhaps a time after it.
MOMENT = re.compile(r"(?P<day>.+?)(?:[T,\s]\s*(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d))?")


def moment(words, *, is_end=True):
    """Return the moment that these words name: a day at its end (or its beginning), or a time on it, in London.

    Raises CommandError where they name none.
    """
    named = MOMENT.fullmatch(words.strip())
    days = [found.date for found in find_dates(named["day"]) if found.kind == "day"] if named else []
    if len(days) != 1:
        raise CommandError(f"“{words}” is no day: give one such as 14/03/2026, perhaps with a time such as 17:30.")
    if named["hour"]:
        return timezone.make_aware(datetime.combine(days[0], time(int(named["hour"]), int(named["minute"]))))
    if not is_end:
        return timezone.make_aware(datetime.combine(days[0], time.min))
    if days[0] == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(days[0], time.max))
