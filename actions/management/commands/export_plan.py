"""Writes a review's plan out of the database, in the schema in which import_plan writes what it recognised."""

import json

from django.core.management.base import BaseCommand

from actions.importing.export import plan_of
from actions.management.commands.import_plan import write_json
from actions.management.finding import find_review
from scr_tracker import audit
from scr_tracker.models import AuditEvent


class Command(BaseCommand):
    """manage.py export_plan REVIEW --format json --output OUT [--partnership NAME]"""

    help = "Export the plan of a review."

    def add_arguments(self, parser):
        parser.add_argument("review", metavar="REVIEW", help="the review's reference, such as 0319")
        parser.add_argument("--partnership", metavar="NAME", help="whose review, where two have one reference")
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--output", metavar="OUT", help="the file to write (default: the screen)")

    def handle(self, *, review, partnership, output, **options):
        found = find_review(review, partnership)
        plan = plan_of(found)
        audit.record(AuditEvent.Kind.EXPORTED, about=f"plan of {found}", review=found.pk)
        if output:
            write_json(plan, output)
            self.stdout.write(f"Wrote the plan of review {found} to {output}.")
        else:
            self.stdout.write(json.dumps(plan.to_json(), ensure_ascii=False, indent=2))
