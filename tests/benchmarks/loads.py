"""Databases with loads of several sizes, and the one connection of Django that is switched between them."""

from django.core.management import call_command
from django.db import connection
from django.test import Client

from actions import load
from scr_tracker.models import Membership, Partnership, User
from scr_tracker.permissions import Role

#: A member of one partnership; sees what is not restricted of an eighth of the load.
MEMBER = "load-member@example.org"


class Loads:
    """Makes databases, each when it is first used; drops them at the end."""

    def __init__(self, folder):
        self.folder = folder
        self.own_name = connection.settings_dict["NAME"]
        self.made = set()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._connect(self.own_name)
        connection.close()
        if connection.vendor == "postgresql":
            for size in self.made:
                self._outside(f"DROP DATABASE IF EXISTS {self._name(size)}")

    def use(self, size):
        """Connect to the database with so many actions."""
        if size not in self.made:
            self._make(size)
        self._connect(self._name(size))

    def sign_in(self, email):
        """Return a browser in which somebody is signed in."""
        client = Client()
        client.force_login(User.objects.get(email=email))
        return client

    def _make(self, size):
        name = self._name(size)
        if connection.vendor == "postgresql":
            self._outside(f"DROP DATABASE IF EXISTS {name}")
            self._outside(f"CREATE DATABASE {name}")
        self.made.add(size)
        self._connect(name)
        call_command("migrate", verbosity=0)
        # No page that is measured here reads the history.
        load.make(size, with_history=False)
        Membership._base_manager.create(
            user=User.objects.create(email=MEMBER, name="Member of one partnership"),
            role=Role.BOARD_MEMBER,
            partnership=Partnership.objects.earliest("pk"),
        )
        load.gather_statistics()

    def _name(self, size):
        if connection.vendor == "postgresql":
            return f"scr_tracker_benchmark_{size}"
        return str(self.folder / f"{size}.sqlite3")

    def _connect(self, name):
        if connection.settings_dict["NAME"] != name:
            connection.close()
            connection.settings_dict["NAME"] = name

    def _outside(self, sql):
        """Run a statement that no database may be connected for."""
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)
