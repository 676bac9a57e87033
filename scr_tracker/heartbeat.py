"""The sign of life of a worker, and what it does about workers that show none."""

import logging
import os
import socket
import threading
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from . import jobs
from .models import Worker

log = logging.getLogger(__name__)

#: How the process ends that others took for dead, so that it is started anew.
TAKEN_FOR_DEAD = 75


class Heartbeat(threading.Thread):
    """Says every few seconds that its worker lives, and puts the jobs of dead workers back in the queue."""

    def __init__(self, worker_id):
        super().__init__(name="heartbeat", daemon=True)
        self.worker_id = worker_id
        self.stopped = threading.Event()
        self.every = settings.WORKER_LOST_AFTER_SECONDS / 5

    def __enter__(self):
        Worker.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()
        Worker.objects.create(pk=self.worker_id, on_machine=socket.gethostname())
        self.start()
        return self

    def __exit__(self, *exception):
        self.stopped.set()
        self.join()
        Worker.objects.filter(pk=self.worker_id).delete()

    def run(self):
        """Beat until the worker stops."""
        try:
            while not self.stopped.wait(self.every):
                self.beat()
        finally:
            connection.close()

    def beat(self):
        """Show a sign of life. A worker that comes to after it was taken for dead ends at once, its job with it."""
        try:
            is_alive = Worker.objects.alive().filter(pk=self.worker_id).update(seen_at=Now())
            if is_alive:
                jobs.recover()
        except DatabaseError:
            log.exception("The worker %s cannot show that it lives", self.worker_id)
            connection.close()
            return
        if not is_alive:
            log.critical("The worker %s was taken for dead and ends", self.worker_id)
            os._exit(TAKEN_FOR_DEAD)
