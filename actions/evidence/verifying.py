"""Holds the files in storage and the rows that name them against each other."""

import time
from dataclasses import dataclass, field

from actions.models import Evidence, Report, ReportFile

from . import services, storing


@dataclass
class Findings:
    """What was found: how many files are as they were uploaded, and the names of those that are not."""

    whole: int = 0
    missing: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    without_a_row: list = field(default_factory=list)
    infected: list = field(default_factory=list)
    broken_reports: list = field(default_factory=list)

    @property
    def all_is_well(self):
        """Whether every row has its file, as it was uploaded, and every file its row."""
        return not (self.missing or self.changed or self.without_a_row or self.infected or self.broken_reports)


def verify():
    """Hash every file of evidence and every issued report again, and return what was found."""
    findings = Findings()
    named = {}
    for evidence in Evidence.objects.with_a_file().order_by("pk").iterator():
        named.setdefault(evidence.file.name, []).append(evidence)
    for name, pieces in named.items():
        _look_at(name, pieces, findings)
    for evidence in (*findings.missing, *findings.changed):
        services.record_changed(evidence)
    for report, name, sha256 in _files_of_reports():
        named[name] = report
        if storing.digest_of(name) == sha256:
            findings.whole += 1
        elif report not in findings.broken_reports:
            findings.broken_reports.append(report)
    findings.without_a_row = _without_a_row(set(named))
    return findings


def repair(findings):
    """Delete files that no row names, as an interrupted upload leaves them, and infected files that should be gone.

    Missing and changed files cannot be repaired from here: they are for the backup.
    """
    for name in (*findings.without_a_row, *findings.infected):
        storing.forget(name)
    findings.without_a_row, findings.infected = [], []


def _files_of_reports():
    """Yield (report, name of a file, its hash) for every file of every issued report."""
    for report in Report.objects.only("title", "version", "pdf", "sha256").order_by("pk").iterator():
        yield report, report.pdf.name, report.sha256
    for each in ReportFile.objects.select_related("report").defer("report__data").order_by("pk").iterator():
        yield each.report, each.file.name, each.sha256


def _look_at(name, pieces, findings):
    """Enter one file, and the pieces of evidence that consist of it, among the findings."""
    digest = storing.digest_of(name)
    if any(piece.scan == Evidence.Scan.INFECTED for piece in pieces):
        if digest:
            findings.infected.append(name)
    elif not digest:
        findings.missing.extend(pieces)
    elif any(piece.sha256 != digest for piece in pieces):
        findings.changed.extend(pieces)
    else:
        findings.whole += 1


def _without_a_row(named):
    """Return the names of files that no row names, giving those that are very new the time to get one."""
    names = (*storing.names(), *storing.names(storing.REPORTS))
    lonely = [name for name in names if name not in named]
    time.sleep(max((storing.seconds_of_grace(name) for name in lonely), default=0))
    since = set(Evidence.objects.filter(file__in=lonely).values_list("file", flat=True))
    since |= set(Report.objects.filter(pdf__in=lonely).values_list("pdf", flat=True))
    since |= set(ReportFile.objects.filter(file__in=lonely).values_list("file", flat=True))
    return [name for name in lonely if name not in since]
