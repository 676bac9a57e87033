"""Asks ClamAV about files. Whatever goes wrong on the way means "not scanned yet", never "clean"."""

import logging
import re
import socket
import struct
from dataclasses import dataclass

from django.conf import settings

from actions.models import Evidence

logger = logging.getLogger(__name__)

#: Seconds to wait for the daemon to answer.
PATIENCE = 30
CHUNK = 1 << 16


@dataclass(frozen=True)
class Verdict:
    """What became of asking: one of Evidence.Scan, and what was found."""

    scan: str
    found: str = ""


def scan(file):
    """Return what the scanner says of an open file, and leave the file at its beginning."""
    if not settings.CLAMAV:
        return Verdict(Evidence.Scan.NOT_NEEDED)
    file.seek(0)
    try:
        answer = _ask(file)
    except OSError as error:
        logger.error("ClamAV cannot be reached (%s): evidence waits in quarantine. See CLAMAV_SOCKET.", error)
        return Verdict(Evidence.Scan.WAITING)
    finally:
        file.seek(0)
    if answer == "stream: OK":
        return Verdict(Evidence.Scan.CLEAN)
    if found := re.fullmatch(r"stream: (.+) FOUND", answer):
        return Verdict(Evidence.Scan.INFECTED, found[1][:200])
    logger.error("ClamAV could not scan (%s): evidence waits in quarantine. See StreamMaxLength.", answer)
    return Verdict(Evidence.Scan.WAITING)


def _ask(file):
    """Send a file to the daemon and return its answer, "stream: OK" or "stream: NAME FOUND"."""
    with _connected() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
        daemon.sendall(struct.pack("!L", 0))
        with daemon.makefile("rb") as answer:
            return answer.read(4096).rstrip(b"\0\n").decode(errors="replace")


def _connected():
    if isinstance(settings.CLAMAV, tuple):
        return socket.create_connection(settings.CLAMAV, timeout=PATIENCE)
    daemon = socket.socket(socket.AF_UNIX)
    daemon.settimeout(PATIENCE)
    try:
        daemon.connect(settings.CLAMAV)
    except OSError:
        daemon.close()
        raise
    return daemon
