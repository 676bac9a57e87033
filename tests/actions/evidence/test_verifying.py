"""manage.py verify_evidence, and what is left when the server is killed in the middle of an upload."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from actions.evidence import services, storing, verifying
from actions.evidence.services import Content
from tests.factories import ActionFactory

from .files import upload, word
from .test_working_with_evidence import add

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def no_grace(monkeypatch):
    """Do not wait for transactions that may be under way: in tests there are none."""
    monkeypatch.setattr(storing, "GRACE", timedelta(0))


@pytest.mark.django_db
class TestVerifying:
    def test_says_when_all_is_well(self, action, manager, capsys):
        evidence = add(action, manager)
        services.reuse(evidence=evidence, actions=[ActionFactory()], by=manager)
        add(action, manager, content=Content(note="Seen."))
        call_command("verify_evidence")
        said = capsys.readouterr().out
        assert "1 files are as they were uploaded." in said
        assert "Every piece of evidence has its file" in said

    def test_names_what_is_missing_and_what_is_changed_and_leaves_it_to_the_backup(self, action, manager, capsys):
        missing, changed = add(action, manager), add(action, manager, content=Content(file=upload("b.docx", word())))
        default_storage.delete(missing.file.name)
        with open(default_storage.path(changed.file.name), "ab") as file:
            file.write(b"!")
        for options in ([], ["--repair"]):
            with pytest.raises(CommandError, match="from a backup"):
                call_command("verify_evidence", *options)
            said = capsys.readouterr().out
            assert f"Missing: {missing.file.name} of evidence {missing.pk} (Audit of May.pdf)" in said
            assert f"Changed: {changed.file.name} of evidence {changed.pk} (b.docx)" in said

    @pytest.mark.usefixtures("no_grace")
    def test_names_what_belongs_to_nothing_and_deletes_it_if_asked(self, action, manager, capsys, stored_files):
        evidence = add(action, manager)
        default_storage.save("evidence/00/lost", upload("x", b"x"))
        with pytest.raises(CommandError, match="--repair"):
            call_command("verify_evidence")
        assert "Belongs to nothing: evidence/00/lost" in capsys.readouterr().out
        assert len(stored_files()) == 2
        call_command("verify_evidence", "--repair")
        assert stored_files() == [evidence.file.name]

    def test_gives_a_new_file_the_time_to_get_its_row(self, action, manager, monkeypatch):
        waited = []
        monkeypatch.setattr(verifying.time, "sleep", waited.append)
        default_storage.save("evidence/00/new", upload("x", b"x"))
        assert verifying.verify().without_a_row == ["evidence/00/new"]
        assert 0 < waited[0] <= storing.GRACE.total_seconds()


#: Starts the site in a process of its own, which kills itself, as kill -9 does, when an upload has come so far.
SERVER = """
import os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from actions.evidence import services, storing
from django.db import transaction

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

moment, port = sys.argv[1:]
if moment == "while storing":
    real = storing.default_storage.save
    def save(name, content):
        content.chunks = lambda chunk_size=None: pieces()
        return real(name, content)
    def pieces():
        yield b"half a file"
        die()
    storing.default_storage.save = save
elif moment == "before the row":
    services.remember = die
elif moment == "before the end of the transaction":
    real = services._serve
    services._serve = lambda *args, **kwargs: (real(*args, **kwargs), die())
elif moment == "after the transaction":
    real = services.add
    services.add = lambda *args, **kwargs: (real(*args, **kwargs), die())
from django.core.management import call_command
call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, use_threading=True, verbosity=0)
"""

PREPARE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from tests.factories import ActionFactory, MembershipFactory
action = ActionFactory()
client = Client()
client.force_login(MembershipFactory(partnership=action.review.partnership).user)
print(action.pk, client.cookies["sessionid"].value)
"""

COUNT = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from actions.models import Evidence
print(Evidence.objects.count())
"""


class Site:
    """The site in processes of its own, with a database and a storage of its own."""

    def __init__(self, folder, address):
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        if address:
            kept["DATABASE_URL"] = address
        self.environment = {**kept, "DATA_DIR": str(folder), "SECRET_KEY": "x", "TMPDIR": str(folder / "tmp")}
        (folder / "tmp").mkdir()
        self.action, self.session = self.run("-c", PREPARE).stdout.split()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def run(self, *command, check=True):
        """Run a Python command to its end."""
        command = [sys.executable, *command]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=check)

    def start(self, moment):
        """Start the server, which dies at that moment of an upload."""
        command = [sys.executable, "-c", SERVER, moment, str(self.port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.server = subprocess.Popen(command, cwd=ROOT, env=self.environment, **quiet)
        for _ in range(300):
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=30)
            except OSError:
                assert self.server.poll() is None
                time.sleep(0.1)
        raise AssertionError("The server did not start")

    def send(self, connection, share=1.0):
        """Send a form with a file of three megabytes, or the first share of it."""
        fields = {"source": "files", "kind": "audit", "what_it_shows": "x", "strength": "said"}
        fields["csrfmiddlewaretoken"] = token = "x" * 32
        head = "--B\r\nContent-Disposition: form-data; name="
        parts = [f'{head}"{name}"\r\n\r\n{value}' for name, value in fields.items()]
        parts.append(f'{head}"files"; filename="a.txt"\r\n\r\n{"word " * 600_000}')
        body = ("\r\n".join(parts) + "\r\n--B--\r\n").encode()
        head = (
            f"POST /actions/{self.action}/evidence/add/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: sessionid={self.session}; csrftoken={token}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: multipart/form-data; boundary=B\r\n\r\n"
        ).encode()
        connection.sendall(head + body[: int(len(body) * share)])

    def files(self):
        """Return every file in the storage and in the folder for what is under way."""
        folders = (self.folder / "media", self.folder / "tmp")
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def rows(self):
        """Return how many rows there are."""
        return int(self.run("-c", COUNT).stdout)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Prepare the site once; each test goes on from how the one before left it, which is whole."""
    with own_database() as address:
        yield Site(tmp_path_factory.mktemp("site"), address)


@contextmanager
def own_database():
    """Give the address of a database beside the one of the tests, or nothing where that is SQLite."""
    address = os.environ.get("DATABASE_URL")
    if not address:
        yield ""
        return
    name = f"killed_{os.getpid()}"
    with closing(psycopg2.connect(address)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
            yield f"{address.rpartition('/')[0]}/{name}"
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("moment", "left", "kept"),
    [
        ("while sending", 0, 0),
        ("while storing", 1, 0),
        ("before the row", 1, 0),
        ("before the end of the transaction", 1, 0),
        ("after the transaction", 1, 1),
    ],
)
def test_kill_9_in_the_middle_of_an_upload_leaves_neither_row_nor_file_alone(prepared, moment, left, kept):
    with prepared.start(moment) as connection:
        prepared.send(connection, share=0.5 if moment == "while sending" else 1)
        if moment == "while sending":
            time.sleep(0.5)
            prepared.server.kill()
        assert prepared.server.wait(30) == -signal.SIGKILL
    assert (len(prepared.files()), prepared.rows()) == (left, kept)
    for path in prepared.files():
        os.utime(path, (time.time() - 60,) * 2)  # a minute later
    repaired = prepared.run("manage.py", "verify_evidence", "--repair", check=False)
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert len(prepared.files()) == prepared.rows() == kept
