from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actions import found_warnings
from actions.demonstration import load
from actions.models import Action
from reviews.models import Review


class Command(BaseCommand):
    help = "Loads the demonstration: invented partnerships, with plans that were worked on until today."

    def handle(self, **options):
        if not settings.DEBUG:
            raise CommandError(
                "The demonstration has accounts with a password that everybody can read, and is not for a"
                " service in use. Set DEBUG to True to load it on this machine."
            )
        reviews = load()
        if not reviews:
            self.stdout.write("The demonstration is loaded already. Nothing was changed.")
            return
        found_warnings.look_through(Review.objects.all())
        actions = Action.objects.filter(review__in=reviews).count()
        self.stdout.write(f"Loaded the demonstration: {len(reviews)} reviews with {actions} actions.")
