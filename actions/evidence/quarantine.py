"""Lets the virus scanner look at files that are in storage already."""

import tempfile
from dataclasses import dataclass, field

from actions.models import Evidence

from . import scanning, services, storing


@dataclass
class Done:
    """What became of the files: how many are clean or still wait, and the pieces that are infected or not whole."""

    clean: int = 0
    waiting: int = 0
    infected: list = field(default_factory=list)
    changed: list = field(default_factory=list)


def scan(everything=False):
    """Scan the files in quarantine, or every file that may be opened besides, and act on what is found."""
    asked = Evidence.objects.with_a_file().exclude(scan=Evidence.Scan.INFECTED)
    if not everything:
        asked = asked.waiting_for_a_scan()
    done = Done()
    for evidence in list(asked.order_by("pk")):
        if evidence.file.name not in {infected.file.name for infected in done.infected}:
            _scan_one(evidence, done)
    return done


def _scan_one(evidence, done):
    with tempfile.SpooledTemporaryFile(max_size=5_000_000) as copy:
        try:
            storing.fetch(evidence, into=copy)
        except storing.FileChanged:
            services.record_changed(evidence)
            done.changed.append(evidence)
            return
        verdict = scanning.scan(copy)
    if verdict.scan == Evidence.Scan.INFECTED:
        twins = Evidence.objects.filter(file=evidence.file.name).exclude(scan=Evidence.Scan.INFECTED)
        done.infected += [services.record_scan(evidence=twin, verdict=verdict) for twin in twins]
        storing.forget(evidence.file.name)
    elif verdict.scan == Evidence.Scan.CLEAN:
        services.record_scan(evidence=evidence, verdict=verdict)
        done.clean += 1
    else:
        done.waiting += 1
