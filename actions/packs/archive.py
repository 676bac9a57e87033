"""Makes the ZIP file of a pack while it is sent: no more than one file of evidence is held at a time."""

import hashlib
import io
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

from actions.evidence import services, storing

from . import index
from .contents import CHANGED, QUARANTINE, WITHDRAWN

INDEX_PDF, INDEX_CSV, SUMS = "Index.pdf", "Index.csv", "SHA256SUMS"

#: How much of a file is kept in memory before it goes to the disk.
IN_MEMORY = 1_000_000


class _Pipe:
    """What a ZipFile writes to, and from which it is sent on. One cannot go back in it."""

    def __init__(self):
        self._pieces = []

    def write(self, piece):
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self):
        """Do nothing: what is written is there."""

    def taken(self):
        """Return what was written since the last time."""
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces


class _Archive:
    """A ZIP file under way, and the hashes of what is in it so far."""

    def __init__(self, at):
        self.pipe = _Pipe()
        self.zip = ZipFile(self.pipe, "w")
        self.at = at
        self.sums = []

    def add(self, path, file, *, size, at=None):
        """Yield the pieces of the ZIP file while an open file goes into it."""
        entry = ZipInfo(path, (at or self.at).timetuple()[:6])
        # Many programs that read a ZIP as it comes in take only compressed entries.
        entry.compress_type, entry.file_size, entry.external_attr = ZIP_DEFLATED, size, 0o644 << 16
        digest = hashlib.sha256()
        with self.zip.open(entry, "w") as into:
            while chunk := file.read(storing.CHUNK):
                digest.update(chunk)
                into.write(chunk)
                yield self.pipe.taken()
        self.sums.append(f"{digest.hexdigest()}  {path}\n")
        yield self.pipe.taken()

    def add_bytes(self, path, content):
        """Yield the pieces of the ZIP file while some bytes go into it."""
        yield from self.add(path, io.BytesIO(content), size=len(content))


def stream(contents, rows, index_pdf, *, by, request=None):
    """Yield the ZIP file of a pack, piece by piece.

    ``rows`` are its pieces of evidence as they now are, by their keys. A file that is not as it was uploaded any
    more, or that has been withdrawn, is left out; the index as CSV, which comes last, says so.
    """
    archive = _Archive(timezone.localtime(datetime.fromisoformat(contents.made_at)))
    yield from archive.add_bytes(INDEX_PDF, index_pdf)
    lines = []
    for line in contents.lines:
        with _copy(line, rows[line.evidence], by, request) as (copy, left_out):
            if copy:
                added = timezone.localtime(rows[line.evidence].uploaded_at)
                yield from archive.add(line.path, copy, size=line.size, at=added)
        lines.append(replace(line, left_out=left_out))
    yield from archive.add_bytes(INDEX_CSV, index.as_csv(lines))
    yield from archive.add_bytes(SUMS, "".join(archive.sums).encode())
    archive.zip.close()
    yield archive.pipe.taken()


@contextmanager
def _copy(line, evidence, by, request):
    """Give a checked copy of the file of a line, if it goes into the pack, and why not where it was to."""
    left_out = line.left_out
    if evidence.is_withdrawn:
        left_out = WITHDRAWN
    elif evidence.is_in_quarantine:
        left_out = QUARANTINE
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
        if line.path and not left_out:
            try:
                storing.fetch(evidence, into=copy)
            except storing.FileChanged:
                services.record_changed(evidence, by=by, request=request)
                left_out = CHANGED
        yield (copy if line.path and not left_out else None), left_out
