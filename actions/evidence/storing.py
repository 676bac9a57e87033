"""Puts files into storage and takes them out again, so that file and row are there together or not at all.

A file is stored under a random name while a transaction is open that has already taken its locks; the row that
names the file is written next, and the transaction ends. So a row never names a file that is not there yet. If
we are stopped in between, even by kill -9, the transaction never was, and a file is left that no row names:
``manage.py verify_evidence --repair`` removes it, once it is old enough not to belong to a transaction under way.
What the browser has sent so far lies in a nameless file, which the machine itself clears away.
"""

import hashlib
import secrets
from contextlib import contextmanager
from datetime import timedelta

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

#: Where files of evidence are kept, and those of issued reports.
FOLDER, REPORTS = "evidence", "reports"

#: How long a file may be without its row: far longer than a transaction takes from the one to the other.
GRACE = timedelta(seconds=30)

CHUNK = 1 << 20


class FileChanged(Exception):
    """The file in storage is not the one that was uploaded, or is gone."""


@contextmanager
def stored(file, *, folder=FOLDER):
    """Store an open file and give its name; should the transaction fail, take the file away again."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Begin a transaction before storing a file.")
    name = secrets.token_hex(20)
    file.seek(0)
    name = default_storage.save(f"{folder}/{name[:2]}/{name}", File(file))
    try:
        yield name
    except BaseException:
        default_storage.delete(name)
        raise


def fetch(evidence, *, into):
    """Copy the file of a piece of evidence, or raise FileChanged.

    The copy is checked as it is made, so that nothing can change between the check and the use.
    """
    if digest_of(evidence.file.name, into=into) != evidence.sha256:
        raise FileChanged(evidence.file.name)
    into.seek(0)


def digest_of(name, *, into=None):
    """Return the SHA-256 of a stored file, copying it on the way if asked; or nothing where there is no file."""
    digest = hashlib.sha256()
    try:
        with default_storage.open(name) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                if into:
                    into.write(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def forget(name):
    """Delete a stored file."""
    default_storage.delete(name)


def names(folder=FOLDER):
    """Yield the name of every file that is stored in a folder."""
    yield from _names_in(folder)


def _names_in(folder):
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}"
    for name in folders:
        yield from _names_in(f"{folder}/{name}")


def age_of(name):
    """Return how long a file has been stored; nothing where it is gone."""
    try:
        return timezone.now() - default_storage.get_modified_time(name)
    except FileNotFoundError:
        return timedelta.max


def seconds_of_grace(name):
    """Return how long a file may still be without its row, in seconds: nothing if that time is over."""
    return max(0, (GRACE - age_of(name)).total_seconds())
