"""Lets one process at a time do something on a database; a process that dies, by kill -9 too, makes way at once."""

import fcntl
import time
import zlib
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


@contextmanager
def alone(name, *, patience=5):
    """Give whether nobody else does ``name`` now; wait so many seconds for somebody who does.

    PostgreSQL holds the lock for the connection; beside an SQLite database, which is on this machine, a file does.
    """
    if connection.vendor == "postgresql":
        yield from _held(_PostgresLock(name), patience)
    else:
        yield from _held(_FileLock(name), patience)


def _held(lock, patience):
    deadline = time.monotonic() + patience
    while not (held := lock.take()) and time.monotonic() < deadline:
        time.sleep(0.1)
    try:
        yield held
    finally:
        lock.leave(held)


class _PostgresLock:
    def __init__(self, name):
        self.key = zlib.crc32(name.encode())

    def take(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self.key])
            return cursor.fetchone()[0]

    def leave(self, held):
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [self.key])


class _FileLock:
    def __init__(self, name):
        folder = Path(settings.DATA_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        self.file = (folder / f"{name}.lock").open("a")

    def take(self):
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def leave(self, held):
        self.file.close()
