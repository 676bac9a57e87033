"""Writes the monitoring report of a review as a PDF."""

import re
from datetime import datetime, time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions import reports
from actions.management.finding import find_review
from actions.target_dates import find_dates
from scr_tracker import audit
from scr_tracker.models import AuditEvent
from scr_tracker.pdf import PdfError
from scr_tracker.rules import RuleBroken


class Command(BaseCommand):
    """manage.py report REVIEW --output OUT [--as-at DATE] [--partnership NAME]"""

    help = "Write the monitoring report of a review as a PDF, as its plan stands or stood."

    def add_arguments(self, parser):
        parser.add_argument("review", metavar="REVIEW", help="the review's reference, such as 0319")
        parser.add_argument("--output", required=True, metavar="OUT", help="the file to write")
        parser.add_argument(
            "--as-at",
            metavar="DATE",
            help="a past day, at its end (14/03/2026, 2026-03-14 or “14 March 2026”), perhaps with a time (17:30)",
        )
        parser.add_argument("--partnership", metavar="NAME", help="whose review, where two have one reference")

    def handle(self, *, review, output, as_at, partnership, verbosity, **options):
        found = find_review(review, partnership)
        try:
            _, pdf = reports.monitoring_pdf(found, as_at=moment(as_at) if as_at else None)
            Path(output).write_bytes(pdf)
        except (RuleBroken, PdfError) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot write {output} ({error.strerror}): choose another file.") from error
        audit.record(AuditEvent.Kind.EXPORTED, about=f"monitoring report of {found}", review=found.pk, size=len(pdf))
        if verbosity:
            self.stdout.write(f"Wrote the monitoring report of {found} to {output}.")


#: A day, and perhaps a time after it.
MOMENT = re.compile(r"(?P<day>.+?)(?:[T,\s]\s*(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d))?")


def moment(words):
    """Return the moment that these words name: a day at its end, or a time on it, in London.

    Raises CommandError where they name none.
    """
    named = MOMENT.fullmatch(words.strip())
    days = [found.date for found in find_dates(named["day"]) if found.kind == "day"] if named else []
    if len(days) != 1:
        raise CommandError(f"“{words}” is no day: give one such as 14/03/2026, perhaps with a time such as 17:30.")
    if named["hour"]:
        return timezone.make_aware(datetime.combine(days[0], time(int(named["hour"]), int(named["minute"]))))
    if days[0] == timezone.localdate():
        return timezone.now()
    return timezone.make_aware(datetime.combine(days[0], time.max))
