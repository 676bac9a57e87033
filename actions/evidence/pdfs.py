"""Looks through PDFs."""

import re
import zipfile
import zlib

from .markup import markup_in
from .wrong import Wrong

_PRINT = "open it, print it to PDF and upload that."

#: What a PDF does by itself, and why that is not taken.
DOES = [
    (rb"/JavaScript\b", f"holds a program (JavaScript) that runs when it is opened: {_PRINT}"),
    (rb"/Launch\b", f"starts a program when it is opened: {_PRINT}"),
    (rb"/EmbeddedFiles?\b", "has other files packed inside it: take them out, upload each by itself."),
    (rb"/(RichMedia|Movie|Sound)\b", f"holds a film, a sound or an animation: {_PRINT}"),
    (rb"/XFA\s*(\[|\d+\s+\d+\s+R)", f"is a form that is filled in by a program (XFA): {_PRINT}"),
]
ENCRYPTED = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
OBJECT_STREAM = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)

#: The most that is unpacked of the streams that list a PDF's objects.
LARGEST_UNPACKED = 100_000_000


def check(file):
    """Return "pdf", or raise Wrong where the file is locked, cut off, active, or something else besides."""
    file.seek(0)
    content = file.read()
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content:
        raise Wrong("is a PDF that breaks off before its end: get the whole file, or save it again, and upload that.")
    if content[end + 5 :].strip(b"\r\n\t \0"):
        raise Wrong(f"is a PDF with something else after its end, so that it can pass for two kinds of file: {_PRINT}")
    if zipfile.is_zipfile(file):
        raise Wrong(f"is a PDF and a packed folder (.zip) in one, so that it can pass for either: {_PRINT}")
    if markup_in(content[:1024]):
        raise Wrong(f"is a PDF and a web page in one, so that it can pass for either: {_PRINT}")
    if ENCRYPTED.search(content):
        raise Wrong(
            "is a PDF locked with a password or against copying, so that it cannot be checked or read years later: "
            "save a copy without protection and upload that."
        )
    _refuse_what_acts(content)
    return "pdf"


def _refuse_what_acts(content):
    """Raise Wrong where the objects of a PDF, in the open or packed, do something by themselves."""
    for part in (content, *_object_streams(content)):
        written_out = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), part)
        for pattern, sentence in DOES:
            if re.search(pattern, written_out):
                raise Wrong(sentence)


def _object_streams(content):
    """Yield the objects that are packed into streams, as newer PDFs do."""
    left = LARGEST_UNPACKED
    for found in OBJECT_STREAM.finditer(content):
        unpacked = zlib.decompressobj().decompress(content[found.end() :], left)
        left -= len(unpacked)
        if left <= 0:
            raise Wrong(f"unpacks to far more than a document holds and could stop the machine that opens it: {_PRINT}")
        yield unpacked
