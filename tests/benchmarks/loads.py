"""Databases with loads of several sizes, and the one connection of Django that is switched between them.

With BENCHMARK_KEEP=1 the databases stay, in the PostgreSQL or in scr-tracker-benchmarks of the folder for temporary
files, and the next run takes them as they are: for work on speed, not for a run that is to be reported.
"""

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.test import Client

from actions import found_warnings, load
from actions.models import Action
from reviews.models import Review
from scr_tracker.models import Membership, Partnership, User
from scr_tracker.permissions import Role

from . import copies

#: A member of one partnership; sees what is not restricted of an eighth of the load.
MEMBER = "load-member@example.org"

#: How many actions are in each plan: 100,000 actions are in 1,000 reviews.
IN_EACH = 100

#: A multiple of so many is copied from so many, on PostgreSQL.
COPIED = 100_000


class Loads:
    """Makes databases, each when it is first used; drops them at the end."""

    def __init__(self, folder):
        self.keep = os.environ.get("BENCHMARK_KEEP") == "1"
        self.folder = Path(tempfile.gettempdir(), "scr-tracker-benchmarks") if self.keep else folder
        self.folder.mkdir(exist_ok=True)
        self.own_name = connection.settings_dict["NAME"]
        self.made = set()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._connect(self.own_name)
        connection.close()
        if connection.vendor == "postgresql" and not self.keep:
            for size in self.made:
                self._outside(f"DROP DATABASE IF EXISTS {self._name(size)}")

    def use(self, size):
        """Connect to the database with so many actions."""
        if size not in self.made:
            self._make(size)
        self._connect(self._name(size))

    @contextmanager
    def copy_of(self, size):
        """Connect to a copy of the database with so many actions, for what cannot be undone in it."""
        self.use(size)
        connection.close()
        name = f"{self._name(size)}_copy"
        if connection.vendor == "postgresql":
            self._outside(f"DROP DATABASE IF EXISTS {name}")
            self._outside(f"CREATE DATABASE {name} TEMPLATE {self._name(size)}")
        else:
            shutil.copy(self._name(size), name)
        self._connect(name)
        try:
            yield
        finally:
            self._connect(self.own_name)
            connection.close()
            if connection.vendor == "postgresql":
                self._outside(f"DROP DATABASE {name}")
            else:
                Path(name).unlink()

    def sign_in(self, email):
        """Return a browser in which somebody is signed in."""
        client = Client()
        client.force_login(User.objects.get(email=email))
        return client

    def _make(self, size):
        name = self._name(size)
        if self.keep and self._is_kept(name, size):
            self.made.add(size)
            return
        copied = connection.vendor == "postgresql" and size > COPIED and size % COPIED == 0
        if copied:
            self.use(COPIED)
        if connection.vendor == "postgresql":
            self._outside(f"DROP DATABASE IF EXISTS {name}")
            self._outside(f"CREATE DATABASE {name}" + (f" TEMPLATE {self._name(COPIED)}" if copied else ""))
        self.made.add(size)
        self._connect(name)
        if copied:
            copies.multiply(size // COPIED)
            return
        call_command("migrate", verbosity=0)
        # No page that is measured here reads the history.
        load.make(size, in_each=IN_EACH, with_history=False)
        Membership._base_manager.create(
            user=User.objects.create(email=MEMBER, name="Member of one partnership"),
            role=Role.BOARD_MEMBER,
            partnership=Partnership.objects.earliest("pk"),
        )
        # In service, a worker looks through plans that have changed.
        found_warnings.look_through(Review.objects.all())
        load.gather_statistics()

    def _is_kept(self, name, size):
        """Return whether an earlier run has made a database to its end."""
        if connection.vendor != "postgresql":
            if not Path(name).exists():
                return False
        elif not self._outside("SELECT 1 FROM pg_database WHERE datname = %s", name):
            return False
        self._connect(name)
        if User._meta.db_table not in connection.introspection.table_names():
            return False
        return User.objects.filter(email=MEMBER).exists() and Action.objects.count() == size

    def _name(self, size):
        if connection.vendor == "postgresql":
            return f"scr_tracker_benchmark_{size}"
        return str(self.folder / f"{size}.sqlite3")

    def _connect(self, name):
        if connection.settings_dict["NAME"] != name:
            connection.close()
            connection.settings_dict["NAME"] = name

    def _outside(self, sql, *values):
        """Run a statement that no database may be connected for; return the first row of its answer."""
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone() if cursor.description else None
