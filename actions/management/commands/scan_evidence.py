from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from actions.evidence import quarantine


class Command(BaseCommand):
    help = "Lets ClamAV look at the evidence that waits in quarantine; with --all, at everything anew."

    def add_arguments(self, parser):
        parser.add_argument(
            "--all",
            action="store_true",
            dest="everything",
            help="look at all files again, such as when the scanner has learnt of new viruses",
        )

    def handle(self, *, everything, **options):
        if not settings.CLAMAV:
            raise CommandError("Set CLAMAV_SOCKET or CLAMAV_HOST to say where ClamAV's daemon is.")
        done = quarantine.scan(everything=everything)
        for evidence in done.infected:
            self.stdout.write(f"Virus: {evidence.scan_found} in evidence {evidence.pk} ({evidence.file_name})")
        for evidence in done.changed:
            self.stdout.write(f"Missing or changed: evidence {evidence.pk} ({evidence.file_name})")
        self.stdout.write(f"{done.clean} clean, {len(done.infected)} infected, {done.waiting} still waiting.")
        if done.waiting:
            raise CommandError("The scanner could not be asked about all files: see the log, and run this again.")
        if done.changed:
            raise CommandError("Some files are not the ones that were uploaded: see verify_evidence.")
