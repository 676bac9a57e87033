import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scr_tracker import audit, audit_trail
from scr_tracker.models import AuditEvent


class Command(BaseCommand):
    help = "Writes the audit trail as CSV: every change of every plan, who made it, when and why, and the audit log."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first", type=self.day, help="the first day, such as 2026-03-01")
        parser.add_argument("--to", dest="last", type=self.day, help="the last day, such as 2026-03-31")
        parser.add_argument("--output", required=True, type=Path, help="the file to write")

    def handle(self, *, first, last, output, **options):
        if first and last and first > last:
            raise CommandError("Give a first day that is not after the last.")
        start = midnight(first) if first else None
        end = midnight(last + timedelta(1)) if last else None
        try:
            with output.open("w", newline="", encoding="utf-8-sig") as file:
                writer = csv.writer(file)
                writer.writerow(audit_trail.HEADINGS)
                number = 0
                for row in audit_trail.rows(start, end):
                    writer.writerow(row.cells())
                    number += 1
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        audit.record(
            AuditEvent.Kind.EXPORTED, about="audit trail", rows=number, first=str(first or ""), last=str(last or "")
        )
        self.stdout.write(f"{number} rows written to {output}.")

    @staticmethod
    def day(text):
        """Return the day that an argument names."""
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"“{text}” is not a day: write it as 2026-03-31.") from error


def midnight(day):
    """Return the first moment of a day where the partnership is."""
    return timezone.make_aware(datetime.combine(day, time.min))
