"""Real workers for tests: processes of their own on the test's database, which can be killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]

#: Seconds: how soon tests take a worker for dead, and how long they wait for anything.
LOST_AFTER, PATIENCE = 3, 90


class WorkerProcess:
    """A worker that runs."""

    def __init__(self, log, *options, **variables):
        self.log = log
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "JOBS": "worker",
            "WORKER_LOST_AFTER_SECONDS": str(LOST_AFTER),
            "TEST_DATABASE": str(connection.settings_dict["NAME"]),
            **variables,
        }
        command = [sys.executable, "manage.py", "worker", "--interval", "0.1", *options]
        with log.open("ab") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    def kill(self):
        """End it as kill -9, lack of memory or a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Tell it to stop, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def wait(self):
        """Wait until it has stopped by itself."""
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def at_work(log):
    """Have a worker run meanwhile; leave none behind."""
    worker = WorkerProcess(log)
    try:
        yield worker
    finally:
        worker.kill()


def wait_until(is_so, log):
    """Wait until something is so, or fail with what the workers said."""
    deadline = time.monotonic() + PATIENCE
    while not (found := is_so()):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    return found
