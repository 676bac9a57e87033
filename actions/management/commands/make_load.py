from argparse import ArgumentTypeError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from actions import load, standing
from reviews.models import Review


def number_of_actions(text):
    """Return how many actions are wanted."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"“{text}” is not a whole number such as 100000")
    return int(text)


class Command(BaseCommand):
    help = "Fills the database with invented plans, to measure speed with. Never for a service in use."

    def add_arguments(self, parser):
        parser.add_argument(
            "--actions", type=number_of_actions, required=True, help="how many actions to make, such as 100000"
        )
        parser.add_argument(
            "--no-history", action="store_true", help="leave out the lines of history, which takes half the time"
        )

    def handle(self, *, actions, no_history, **options):
        if not settings.DEBUG:
            raise CommandError(
                "A load is for measuring speed, and not for a service in use."
                " Set DEBUG to True to make one on this machine."
            )
        if (there := load.already_made()) is not None:
            raise CommandError(
                f"This database already holds a load of {there:,} actions. Start with an empty database."
            )
        # With DEBUG on Django would keep the text of every query.
        with override_settings(DEBUG=False):
            saved = load.make(actions, with_history=not no_history, say=self._say)
            load.gather_statistics()
            # Or else whoever opens the first page waits for the figures of every plan at once.
            standing.refresh(Review.objects.all())
        self.stdout.write("Made:")
        for model, number in saved.items():
            self.stdout.write(f"{number:>12,} {model._meta.verbose_name_plural}")
        self.stdout.write(f"{load.MANAGER}, who has no password, sees all of it.")

    def _say(self, made):
        self.stdout.write(f"{made:,} actions so far")
        self.stdout.flush()
