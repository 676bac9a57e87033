"""Finds the figures and warnings of every review that has changed, or whose day has passed."""

from django.core.management.base import BaseCommand

from actions import found_warnings, standing, sums, theme_sums
from actions.models import Standing
from reviews.models import Review
from scr_tracker.models import Partnership


class Command(BaseCommand):
    """manage.py refresh_figures"""

    help = "Finds the figures and warnings that first pages show: at night, so that nobody waits for them at day."

    def handle(self, *args, **options):
        everything = Review.objects.all()
        standing.refresh(everything)
        theme_sums.refresh(Partnership.objects.all())
        due = Standing.objects.filter(warnings_are_due=True).count()
        found_warnings.look_through(everything)
        sums.refresh(Partnership.objects.all())
        self.stdout.write(f"The figures of {everything.count()} reviews are those of today; {due} were looked through.")
