"""The command that sends reminders as a process of its own on the test's database, which can be killed."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]

#: Runs the command on whatever day it is, a Sunday as well.
RUN = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
from django.core.management import call_command
from actions.reminding import sending
sending.WEEKEND = ()
print("ready", flush=True)
call_command("send_reminders")
"""


def start(server):
    """Start the command with a mail server, and wait until it is about to work."""
    variables = {
        **os.environ,
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(server.port),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout.readline() == "ready\n", process.stdout.read()
    return process
