"""A workbook of five thousand rows comes in by a worker, with progress, in little memory; its pages stay quick."""

import sys
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actions.models import PlanImport
from scr_tracker.models import Job
from tests.conftest import hidden
from tests.factories import MembershipFactory
from tests.workers import at_work, wait_until

from .documents import workbook

ROWS = 5_000
MOST_MEGABYTES = 300
MOST_SECONDS_FOR_A_PAGE = 3

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def large():
    """The bytes of a workbook with a row for each of five thousand actions."""
    rows = [["Section", "No", "Recommendation", "Action", "By when", "Lead", "Status", "Evidence of completion"]]
    rows += [
        [
            f"Agency {n // 500}",
            n // 2 + 1,
            f"Recommendation {n // 2} asks that everybody who meets a family writes down what they see",
            f"Do task {n} and tell the board what came of it",
            "May 2013",
            "Named Nurse",
            "Complete",
            f"Audit {n} to be commissioned.",
        ]
        for n in range(ROWS)
    ]
    return workbook(Plan=rows)


def peak_megabytes(process):
    """Return the most memory that a process has had, as Linux counts it."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_worker_reads_it_in_little_memory_and_its_pages_are_quick(client, large, settings, tmp_path):
    settings.JOBS = "worker"
    log = tmp_path / "worker.log"
    log.touch()
    client.force_login(MembershipFactory().user)
    form = client.get(reverse("import-plan")).context["form"]
    chosen = form.fields["review"].choices[0][0]
    file = SimpleUploadedFile("large.xlsx", large)
    address = client.post(reverse("import-plan"), {**hidden(form), "review": chosen, "file": file})["Location"]
    record = PlanImport.objects.get()
    assert record.state == PlanImport.State.WAITING

    steps = set()

    def is_done():
        steps.add(Job.objects.get().step)
        return Job.objects.get().has_ended

    with at_work(log) as worker:
        wait_until(is_done, log)
        assert peak_megabytes(worker.process) < MOST_MEGABYTES
    assert len(steps - {""}) >= 2, steps
    record.refresh_from_db()
    assert record.state == PlanImport.State.DRAFT, record.failure
    for page in (address, f"{address}look-at/", f"{address}sections/section-agency-0/?page=3", f"{address}agencies/"):
        started = time.process_time()
        response = client.get(page)
        assert response.status_code == 200
        assert time.process_time() - started < MOST_SECONDS_FOR_A_PAGE, page
        assert len(response.content) < 500_000
