from django.core.management.base import BaseCommand, CommandError

from scr_tracker import frontend


class Command(BaseCommand):
    help = "Fetches GOV.UK Frontend and the font, and compiles our styles into static/dist."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-stale",
            action="store_true",
            help="do nothing if static/dist is as new as what it is made from",
        )

    def handle(self, *, if_stale, verbosity, **options):
        try:
            built = frontend.build_if_stale() if if_stale else frontend.build()
        except frontend.FrontEndError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            said = "Built the front end in static/dist." if built else "The front end is up to date."
            self.stdout.write(said)
