"""Settings come from the environment; a wrong one stops the start with a sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from scr_tracker import environment

ROOT = Path(__file__).resolve().parents[2]


def start(**variables):
    """Start the project with these variables alone, and return what it said."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "Set SECRET_KEY to a long random text"),
        ({"DEBUG": "yes"}, "Set DEBUG to True or False, not “yes”."),
        (
            {"SECRET_KEY": "x", "DATABASE_URL": "mysql://localhost/x"},
            "Set DATABASE_URL to the address of a PostgreSQL",
        ),
        ({"SECRET_KEY": "x", "DATABASE_URL": "postgresql://localhost"}, "ends in a database name"),
        ({"SECRET_KEY": "x", "HSTS_SECONDS": "a year"}, "Set HSTS_SECONDS to a whole number"),
        (
            {"SECRET_KEY": "x", "ENTRA_TENANT": "1234"},
            "Set ENTRA_CLIENT_ID and ENTRA_CLIENT_SECRET as well to let people sign in with Microsoft Entra ID",
        ),
        (
            {"SECRET_KEY": "x", "ENTRA_TENANT": "common", "ENTRA_CLIENT_ID": "x", "ENTRA_CLIENT_SECRET": "x"},
            "Set ENTRA_TENANT to the id of your own tenant, not “common”",
        ),
        ({"SECRET_KEY": "x", "INACTIVITY_MINUTES": "0"}, "Set INACTIVITY_MINUTES to 1 or more."),
        ({"SECRET_KEY": "x", "EMAIL_SECURITY": "ssl"}, "Set EMAIL_SECURITY to one of starttls, tls, none"),
        ({"SECRET_KEY": "x", "EVIDENCE_MAX_MB": "much"}, "Set EVIDENCE_MAX_MB to a whole number"),
        ({"SECRET_KEY": "x", "S3_REGION": "eu-west-2"}, "Set S3_BUCKET to the name of the bucket"),
        ({"SECRET_KEY": "x", "S3_BUCKET": "b", "S3_ENDPOINT": "storage"}, "Set S3_ENDPOINT to an address"),
        ({"SECRET_KEY": "x", "CLAMAV_SOCKET": "/x", "CLAMAV_HOST": "y"}, "Set CLAMAV_SOCKET or CLAMAV_HOST, not both"),
        ({"SECRET_KEY": "x", "JOBS": "later"}, "Set JOBS to one of worker, at-once, not “later”."),
        ({"SECRET_KEY": "x", "WORKER_LOST_AFTER_SECONDS": "1"}, "Set WORKER_LOST_AFTER_SECONDS to 2 or more."),
        ({"SECRET_KEY": "x", "LOG_LEVEL": "LOUD"}, "Set LOG_LEVEL to one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_a_wrong_or_missing_variable_stops_the_start_with_a_sentence(variables, sentence, tmp_path):
    result = start(DATA_DIR=str(tmp_path), **variables)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_the_start_goes_well_with_a_secret_key_alone(tmp_path):
    result = start(DATA_DIR=str(tmp_path), SECRET_KEY="a-secret")
    assert result.returncode == 0, result.stderr


def test_every_variable_stands_in_the_table_of_the_documentation():
    table = (ROOT / "docs/operations.md").read_text()
    documented = re.findall(r"^\| `([A-Z0-9_]+)` \|", table, re.MULTILINE)
    assert sorted(documented) == sorted(environment.asked_for)


def test_the_database_is_sqlite_with_a_write_ahead_log_unless_an_address_is_given(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = environment.database("DATABASE_URL", default_file=tmp_path / "new" / "file.sqlite3")
    assert found["ENGINE"].endswith("sqlite3")
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]
    assert (tmp_path / "new").is_dir()


def test_a_postgresql_address_is_understood(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@db.example:5433/tracker")
    found = environment.database("DATABASE_URL", default_file=tmp_path / "unused")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", 5433, "tracker")
    assert found["OPTIONS"] == {"options": "-c jit=off"}


def test_postgresql_is_told_not_to_compile_statements_unless_the_address_says_otherwise(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@db.example/tracker?options=-c%20jit%3Don&sslmode=require")
    found = environment.database("DATABASE_URL", default_file=tmp_path / "unused")
    assert found["OPTIONS"] == {"options": "-c jit=on", "sslmode": "require"}


def test_lists_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "tracker.example, www.tracker.example ,")
    assert environment.words("ALLOWED_HOSTS") == ["tracker.example", "www.tracker.example"]


def test_a_needed_variable_says_what_to_set(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY to something"):
        environment.text("SECRET_KEY", needed="to something")
