"""What tests of evidence share: a storage of their own, an action to add to, and a real virus scanner."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from actions.evidence import storing
from tests.conftest import skip_or_fail
from tests.factories import ActionFactory, MembershipFactory

from .files import EICAR

#: What our own scanner knows: one harmless text, under a name of our own.
SIGNATURE = f"Tests.Eicar:0:*:{EICAR.hex()}\n"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    """Keep the files of each test apart."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def stored_files():
    """Return a function that returns the names of all stored files."""
    return lambda: sorted(storing.names())


@pytest.fixture
def action():
    return ActionFactory()


@pytest.fixture
def manager(action):
    """The business manager of the action's partnership."""
    return MembershipFactory(user__name="Siân Ahmed", partnership=action.review.partnership).user


@pytest.fixture(scope="session")
def clamd_socket():
    """Start a real clamd that knows one signature, and return the path of its socket."""
    if not shutil.which("clamd"):
        skip_or_fail("ClamAV is not installed (sudo apt-get install -y --no-install-recommends clamav-daemon).")
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    (folder / "signatures").mkdir()
    (folder / "signatures" / "tests.ndb").write_text(SIGNATURE)
    path = folder / "socket"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {path}\nDatabaseDirectory {folder}/signatures\nForeground yes\nStreamMaxLength 2M\n"
    )
    command = ["clamd", "-c", str(folder / "clamd.conf")]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        _wait_for(path, daemon)
        yield str(path)
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()
        shutil.rmtree(folder)


def _wait_for(path, daemon):
    """Wait until the daemon answers on its socket."""
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as attempt:
            try:
                attempt.connect(str(path))
            except OSError:
                assert daemon.poll() is None, daemon.stdout.read()
                time.sleep(0.1)
            else:
                return
    raise AssertionError("clamd did not start within 20 seconds")


@pytest.fixture
def clamd(settings, clamd_socket):
    """Let the scanner be asked about uploads."""
    settings.CLAMAV = clamd_socket
    return clamd_socket


@pytest.fixture
def no_clamd(settings, tmp_path):
    """Say that there is a scanner where there is none."""
    settings.CLAMAV = str(tmp_path / "no-such-socket")
