from django.core.management.base import BaseCommand, CommandError

from actions.search import index


class Command(BaseCommand):
    help = "Makes the index of search anew from the data, or compares the two."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail where the index differs from the data"
        )

    def handle(self, *, check, **options):
        if not check:
            self.stdout.write(f"{index.rebuild():,} entries.")
        elif found := index.differences():
            raise CommandError(
                f"The index differs from the data: {found.missing:,} entries are missing or out of date, and"
                f" {found.surplus:,} should not be there. Run rebuild_search without --check."
            )
        else:
            self.stdout.write("The index is as the data.")
