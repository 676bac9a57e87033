"""Reads settings from the environment, and refuses what it does not understand in a sentence.

Every variable is described in docs/operations.md; a test holds that table and this module's record
of what was read against each other.
"""

import os

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

#: The names of all variables asked for so far, in order.
asked_for = []


def text(name, default=None, *, needed=""):
    """Return a variable's text.

    ``needed`` makes the variable compulsory: it is the rest of the sentence "Set NAME …".
    """
    if name not in asked_for:
        asked_for.append(name)
    value = os.environ.get(name, "").strip()
    if not value and needed:
        raise ImproperlyConfigured(f"Set {name} {needed}")
    return value or default


def boolean(name, *, default):
    """Return an on/off variable, refusing anything but True or False."""
    value = text(name, str(default))
    if value not in {"True", "False"}:
        raise ImproperlyConfigured(f"Set {name} to True or False, not “{value}”.")
    return value == "True"


def whole_number(name, *, default):
    """Return a variable that is a whole number, zero or more."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"Set {name} to a whole number such as {default}, not “{value}”.")
    return int(value)


def words(name, *, default=()):
    """Return a variable that lists several values, separated by commas."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def one_of(name, choices, *, default):
    """Return a variable that must be one of ``choices``."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"Set {name} to one of {', '.join(choices)}, not “{value}”.")
    return value


def all_or_none(*names, purpose):
    """Return the texts of variables that only make sense together, or an empty text for each."""
    values = [text(name, default="") for name in names]
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing and len(missing) < len(names):
        raise ImproperlyConfigured(f"Set {' and '.join(missing)} as well to {purpose}, or none of {', '.join(names)}.")
    return values


def database(name, *, default_file):
    """Return Django's description of the database: PostgreSQL by its address, or an SQLite file.

    SQLite keeps a write-ahead log, so that readers do not wait for a writer, and takes its lock when
    a transaction begins, so that two writers queue instead of failing. PostgreSQL is told not to compile
    statements: among a million actions it takes some for long ones, and to compile them takes longer than they do.
    """
    address = text(name)
    if not address:
        default_file.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": default_file,
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    example = "postgresql://USER:PASSWORD@HOST:5432/NAME"
    if not address.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"Set {name} to the address of a PostgreSQL database, such as {example}.")
    try:
        found = dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"Set {name} to an address such as {example} ({error}).") from error
    if not found["NAME"]:
        raise ImproperlyConfigured(f"Set {name} to an address that ends in a database name, such as {example}.")
    found.setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
    return found


def file_storage():
    """Return Django's description of where files are kept: an S3-compatible bucket, or a folder of our own."""
    bucket, region, endpoint = text("S3_BUCKET"), text("S3_REGION"), text("S3_ENDPOINT")
    if not bucket:
        if region or endpoint:
            raise ImproperlyConfigured("Set S3_BUCKET to the name of the bucket, or leave S3_REGION and S3_ENDPOINT.")
        options = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        return {"BACKEND": "scr_tracker.storage.PrivateFolder", "OPTIONS": options}
    if endpoint and not endpoint.startswith(("https://", "http://")):
        raise ImproperlyConfigured("Set S3_ENDPOINT to an address such as https://storage.example.gov.uk.")
    options = {"bucket_name": bucket, "default_acl": None, "file_overwrite": False, "max_memory_size": 5_000_000}
    options |= {"region_name": region} if region else {}
    options |= {"endpoint_url": endpoint} if endpoint else {}
    return {"BACKEND": "scr_tracker.bucket.PrivateBucket", "OPTIONS": options}


def virus_scanner():
    """Return how to reach ClamAV's daemon: the path of its socket, its (host, port), or None."""
    path, host, port = text("CLAMAV_SOCKET"), text("CLAMAV_HOST"), whole_number("CLAMAV_PORT", default=3310)
    if path and host:
        raise ImproperlyConfigured("Set CLAMAV_SOCKET or CLAMAV_HOST, not both.")
    return path or ((host, port) if host else None)
