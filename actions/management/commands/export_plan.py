"""Writes a review's plan out of the database: as Word, Excel or CSV to edit, or in the interchange schema."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from actions.exporting.files import KINDS
from actions.exporting.plans import plan_file
from actions.management.finding import find_review
from scr_tracker import audit
from scr_tracker.models import AuditEvent


class Command(BaseCommand):
    """manage.py export_plan REVIEW [--format docx|xlsx|csv|json] [--output OUT] [--partnership NAME]"""

    help = "Export the plan of a review, as Word, Excel or CSV to edit and import again, or as JSON."

    def add_arguments(self, parser):
        parser.add_argument("review", metavar="REVIEW", help="the review's reference, such as 0319")
        parser.add_argument("--partnership", metavar="NAME", help="whose review, where two have one reference")
        parser.add_argument(
            "--format", choices=list(KINDS), help="docx, xlsx, csv or json (default: by the ending of OUT, or json)"
        )
        parser.add_argument("--output", metavar="OUT", help="the file to write (default for json: the screen)")

    def handle(self, *, review, partnership, output, **options):
        ending = Path(output).suffix.lower().removeprefix(".") if output else ""
        kind = options["format"] or (ending if ending in KINDS else "json")
        if not output and kind != "json":
            raise CommandError(f"A {KINDS[kind].name} file cannot be shown on the screen: give --output.")
        found = find_review(review, partnership)
        file = plan_file(found, kind)
        if output:
            try:
                Path(output).write_bytes(file.content)
            except OSError as error:
                raise CommandError(f"Cannot write {output} ({error.strerror}): choose another file.") from error
            self.stdout.write(f"Wrote the plan of review {found} to {output}.")
        else:
            self.stdout.write(file.content.decode().rstrip("\n"))
        audit.record(
            AuditEvent.Kind.EXPORTED,
            about=output or file.name,
            review=found.pk,
            format=kind,
            actions=file.actions,
        )
