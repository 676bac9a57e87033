from django.core.management.base import BaseCommand, CommandError

from actions.evidence import verifying


class Command(BaseCommand):
    help = "Hashes all evidence and issued reports again, and says what is missing, changed, or belongs to nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--repair",
            action="store_true",
            help="delete files that belong to nothing, as an interrupted upload leaves them, and infected files",
        )

    def handle(self, *, repair, **options):
        findings = verifying.verify()
        self.say(findings)
        if repair and (findings.without_a_row or findings.infected):
            verifying.repair(findings)
            self.stdout.write("Deleted what belongs to nothing.")
        if not findings.all_is_well:
            raise CommandError(self.what_to_do(findings))
        self.stdout.write(
            self.style.SUCCESS("Every piece of evidence has its file, every report its own, and no file is left over.")
        )

    def say(self, findings):
        """Write what was found, one line for each file that is not as it should be."""
        self.stdout.write(f"{findings.whole} files are as they were uploaded.")
        for evidence in findings.missing:
            self.stdout.write(f"Missing: {evidence.file.name} of evidence {evidence.pk} ({evidence.file_name})")
        for evidence in findings.changed:
            self.stdout.write(f"Changed: {evidence.file.name} of evidence {evidence.pk} ({evidence.file_name})")
        for report in findings.broken_reports:
            self.stdout.write(f"Missing or changed: {report.pdf.name} of “{report}”, version {report.version}")
        for name in findings.without_a_row:
            self.stdout.write(f"Belongs to nothing: {name}")
        for name in findings.infected:
            self.stdout.write(f"Infected, and should be gone: {name}")

    def what_to_do(self, findings):
        """Return the sentence for whoever runs this."""
        if findings.missing or findings.changed or findings.broken_reports:
            return "Bring the missing and changed files back from a backup, under the names given, and verify again."
        return "Run verify_evidence --repair to delete what belongs to nothing (after restoring a backup, look first)."
