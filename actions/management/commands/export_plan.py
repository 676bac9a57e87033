"""Writes a review's plan out of the database, in the schema in which import_plan writes what it recognised."""

import json

from django.core.management.base import BaseCommand, CommandError

from actions.importing.export import plan_of
from actions.management.commands.import_plan import write_json
from reviews.models import Review
from scr_tracker.models import Partnership


class Command(BaseCommand):
    """manage.py export_plan REVIEW --format json --output OUT [--partnership NAME]"""

    help = "Export the plan of a review."

    def add_arguments(self, parser):
        parser.add_argument("review", metavar="REVIEW", help="the review's reference, such as 0319")
        parser.add_argument("--partnership", metavar="NAME", help="whose review, where two have one reference")
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--output", metavar="OUT", help="the file to write (default: the screen)")

    def handle(self, *, review, partnership, output, **options):
        found = self.review(review, partnership)
        plan = plan_of(found)
        if output:
            write_json(plan, output)
            self.stdout.write(f"Wrote the plan of review {found} to {output}.")
        else:
            self.stdout.write(json.dumps(plan.to_json(), ensure_ascii=False, indent=2))

    def review(self, reference, partnership):
        """Return the one review of this reference."""
        reviews = Review.objects.filter(reference__iexact=reference).select_related("partnership")
        if partnership:
            reviews = reviews.filter(partnership__in=Partnership.objects.known_as(partnership))
        found = list(reviews)
        if len(found) == 1:
            return found[0]
        if found:
            names = "; ".join(sorted(review.partnership.name for review in found))
            raise CommandError(f"Several partnerships have a review {reference}: give --partnership, one of {names}.")
        of = f" of {partnership}" if partnership else ""
        raise CommandError(f"There is no review {reference}{of}: check its reference.")
