from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.reminding import sending
from scr_tracker.alone import alone


class Command(BaseCommand):
    help = (
        "Sends everybody their reminders of today. Run it once each morning; run again, or after it was killed, it "
        "goes on where it was and sends nobody a second message. On Saturdays and Sundays it does nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="only say who would be told how much of what")

    def handle(self, *, dry_run, verbosity, **options):
        with alone("reminders") as nobody_else:
            if not nobody_else:
                raise CommandError("Reminders are being sent already. Nothing was done here.")
            say = self.stdout.write if dry_run or verbosity > 1 else lambda line: None
            outcome = sending.run(timezone.localdate(), say=say, dry=dry_run)
        if dry_run:
            self.stdout.write(f"{outcome.sent} would be sent a digest; {outcome.before} were sent one already.")
            return
        self.stdout.write(f"{outcome.sent} sent, {outcome.before} sent before today, {len(outcome.failed)} refused.")
        if outcome.again:
            self.stdout.write(
                f"{outcome.again} of them had been begun when an earlier run stopped. If the mail server had just "
                "taken it, it has the same Message-ID as the one sent now."
            )
        if outcome.stopped:
            raise CommandError(f"The mail server cannot be reached ({outcome.stopped}). Run this again when it can.")
        if outcome.failed:
            raise CommandError(f"The mail server refused: {', '.join(outcome.failed)}. The admin says why (Digests).")
