"""Does the jobs that wait in the queue."""

import logging

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from scr_tracker import jobs
from scr_tracker.heartbeat import Heartbeat


class Command(BaseCommand):
    """manage.py worker [--until-empty]"""

    help = "Do slow work in the background, such as making reports, until stopped. Any number may run."

    def add_arguments(self, parser):
        parser.add_argument("--until-empty", action="store_true", help="stop when no job waits")
        parser.add_argument(
            "--interval", type=float, default=1.0, metavar="SECONDS", help="how often to look for jobs (default: 1)"
        )

    def handle(self, *, until_empty, interval, verbosity, **options):
        if settings.JOBS != "worker":
            raise CommandError("Jobs are done at once here. Set JOBS to worker, for the site as for this command.")
        if not 0 < interval <= 60:
            raise CommandError("Set --interval to a number of seconds from 0.1 to 60.")
        if verbosity > 1:
            logging.getLogger("django_tasks_db").setLevel(logging.INFO)
        worker = Worker(
            worker_id=get_random_string(32),
            backend_name="worker",
            queue_names=["*"],
            excluded_queue_names=[],
            interval=interval,
            batch=until_empty,
            startup_delay=False,
            max_tasks=None,
        )
        worker.configure_signals()
        with Heartbeat(worker.worker_id):
            jobs.recover()
            worker.run()
