"""Makes sure that a packed Office document is safe to open, before anything in it is built up in memory."""

import re
import zipfile

from actions.importing.problems import UnreadableFile

#: Office files shrink some 5 to 60 times when packed; what shrinks a thousand times was made to do harm.
LARGEST_UNPACKED, LARGEST_RATIO = 400_000_000, 250
LARGEST_XML, MOST_ELEMENTS, MOST_PARTS = 60_000_000, 2_000_000, 10_000
MOST_MERGED_CELLS = 500_000
CHUNK = 1_000_000
#: What no Office program writes: a document type, which may define entities, and XML in another encoding.
DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x4c\x6f\xa7\x94")
MERGED = re.compile(rb'mergeCell [^>]{0,100}?ref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
OVERLAP = 200

TOO_MUCH = (
    "{name} unpacks to far more than an action plan holds, which is not safe to open: copy the plan into a new "
    "document and import that."
)
DAMAGED = "{name} is damaged and cannot be opened: open it in the program it came from and save it again."


def refuse_what_is_unsafe(package: zipfile.ZipFile, size, name):
    """Refuse a package that has a password, would not end when unpacked, or defines its own XML entities."""
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile(f"{name} is protected by a password: save it without one and import that.")
    unpacked = sum(part.file_size for part in parts)
    xml = [part for part in parts if part.filename.lower().endswith((".xml", ".rels"))]
    if (
        len(parts) > MOST_PARTS
        or unpacked > min(LARGEST_UNPACKED, LARGEST_RATIO * size)
        or sum(part.file_size for part in xml) > LARGEST_XML
    ):
        raise UnreadableFile(TOO_MUCH.format(name=name))
    elements = merged = 0
    for part in xml:
        with package.open(part) as file:
            for text in _chunks(file):
                if DOCUMENT_TYPE.search(text) or text.startswith(OTHER_ENCODINGS):
                    raise UnreadableFile(DAMAGED.format(name=name))
                elements += text.count(b"<")
                merged += sum(map(_area, MERGED.finditer(text)))
                if elements > MOST_ELEMENTS or merged > MOST_MERGED_CELLS:
                    raise UnreadableFile(TOO_MUCH.format(name=name))


def _chunks(file):
    """Yield a file piece by piece, each with the end of the one before it, so that nothing is cut in two."""
    before = b""
    while piece := file.read(CHUNK):
        yield before + piece
        before = piece[-OVERLAP:]


def _area(match):
    """Return how many cells a merged range covers."""
    left, top, right, bottom = match.groups()
    return (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)


def _column(letters):
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
