"""What a file is, by what it holds and not by what it is called, and whether it may come in.

Everything that is not on the short list of FILE_TYPES is refused. Of what is on the list, each is looked
through for what makes it dangerous or unreadable: see packages, pdfs, pictures, mail and texts.
"""

import hashlib
from dataclasses import dataclass

from django.conf import settings

from . import mail, naming, packages, pdfs, pictures, texts
from .wrong import Refused, Wrong


@dataclass(frozen=True)
class FileType:
    """A kind of file that may come in."""

    name: str
    ending: str
    content_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

FILE_TYPES = {
    "pdf": FileType("PDF", ".pdf", "application/pdf"),
    "docx": FileType("Word document", ".docx", f"{_OFFICE}wordprocessingml.document"),
    "xlsx": FileType("Excel workbook", ".xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    "pptx": FileType("PowerPoint presentation", ".pptx", f"{_OFFICE}presentationml.presentation"),
    "odt": FileType("OpenDocument text", ".odt", f"{_OPEN}text"),
    "ods": FileType("OpenDocument spreadsheet", ".ods", f"{_OPEN}spreadsheet"),
    "odp": FileType("OpenDocument presentation", ".odp", f"{_OPEN}presentation"),
    "png": FileType("PNG picture", ".png", "image/png"),
    "jpeg": FileType("JPEG picture", ".jpg", "image/jpeg"),
    "txt": FileType("Text file", ".txt", "text/plain"),
    "csv": FileType("CSV file", ".csv", "text/csv"),
    "eml": FileType("E-mail", ".eml", "message/rfc822"),
    "msg": FileType("Outlook e-mail", ".msg", "application/vnd.ms-outlook"),
}
BY_CONTENT_TYPE = {each.content_type: each for each in FILE_TYPES.values()}
ENDINGS = [*(each.ending for each in FILE_TYPES.values()), ".jpeg", ".tsv"]

#: The list in words, for hints and for the sentence of a file that is not on it.
TAKEN = "Word, Excel, PowerPoint and OpenDocument files, PDFs, PNG and JPEG pictures, text and CSV files, and e-mails"

_SAVE_AS_PNG = "open it, save it as PNG or JPEG and upload that."
_ONE_BY_ONE = "unpack it and upload the documents inside it, several at once if you like."
_NO_PROGRAMS = "programs are not taken."
_NO_RECORDINGS = "recordings are not taken. Add a link to where it is kept, or a note of what was said."

#: What files that are not taken begin with, and the sentence for each.
BEGINNINGS = [
    (b"MZ", f"is a program for Windows, whatever its name says: {_NO_PROGRAMS}"),
    (b"\x7fELF", f"is a program for Linux, whatever its name says: {_NO_PROGRAMS}"),
    (b"\xca\xfe\xba\xbe", f"is a Java or Mac program, whatever its name says: {_NO_PROGRAMS}"),
    (b"\xcf\xfa\xed\xfe", f"is a program for the Mac, whatever its name says: {_NO_PROGRAMS}"),
    (b"\x00asm", f"is a program for web pages (WebAssembly): {_NO_PROGRAMS}"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "is a Windows shortcut: upload the file that it leads to."),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", "is a OneNote section: export it from OneNote as a PDF and upload that."),
    (b"ITSF", "is a Windows help file, which can run programs: print it to PDF and upload that."),
    (b"MSCF", f"is a packed folder (.cab): {_ONE_BY_ONE}"),
    (b"Rar!", f"is a packed folder (.rar): {_ONE_BY_ONE}"),
    (b"7z\xbc\xaf\x27\x1c", f"is a packed folder (.7z): {_ONE_BY_ONE}"),
    (b"\x1f\x8b", f"is a packed file (.gz): {_ONE_BY_ONE}"),
    (b"BZh", f"is a packed file (.bz2): {_ONE_BY_ONE}"),
    (b"\xfd7zXZ\x00", f"is a packed file (.xz): {_ONE_BY_ONE}"),
    (b"{\\rtf", "is a Rich Text document, which can hide programs: open it in Word, save it as .docx and upload that."),
    (b"%!PS", "is a PostScript file, which is a program: print it to PDF and upload that."),
    (b"GIF8", f"is a GIF picture: {_SAVE_AS_PNG}"),
    (b"BM", f"is a BMP picture: {_SAVE_AS_PNG}"),
    (b"II*\x00", f"is a TIFF picture: {_SAVE_AS_PNG}"),
    (b"MM\x00*", f"is a TIFF picture: {_SAVE_AS_PNG}"),
    (b"RIFF", f"is a WebP picture or a recording: {_SAVE_AS_PNG} Recordings are not taken."),
    (b"ID3", f"is a sound recording: {_NO_RECORDINGS}"),
    (b"SQLite format 3", "is a database: export what it shows as CSV or PDF and upload that."),
    (b"!BDN", "is an Outlook mailbox: save the one message that is meant as .msg or PDF and upload that."),
]
#: Those with which a sentence may begin as well.
MAY_BE_WORDS = {b"MZ", b"BM", b"BZh", b"ID3", b"RIFF", b"ITSF", b"MSCF"}

#: Films and pictures of telephones say what they are from the fifth byte on.
BRANDS = {
    b"heic": f"is a HEIC picture, as iPhones take them: {_SAVE_AS_PNG}",
    b"heix": f"is a HEIC picture, as iPhones take them: {_SAVE_AS_PNG}",
    b"mif1": f"is a HEIC picture, as iPhones take them: {_SAVE_AS_PNG}",
    b"avif": f"is an AVIF picture: {_SAVE_AS_PNG}",
}

_SAVE_AGAIN = "open it in the program it came from, save it again and upload that."
DAMAGED = f"is damaged or incomplete and cannot be opened: {_SAVE_AGAIN}"


@dataclass(frozen=True)
class Checked:
    """A file that may come in: what it is, what it is called, how large it is, its SHA-256."""

    type: FileType
    name: str
    size: int
    sha256: str


def check(file, *, name, size):
    """Return what an open file is, or raise Refused with the sentence for whoever uploads it."""
    try:
        if not size:
            raise Wrong(f"is empty (0 bytes): {_SAVE_AGAIN}")
        if size > settings.EVIDENCE_MAX_BYTES:
            raise Wrong(
                f"is larger than {settings.EVIDENCE_MAX_MB} MB, the most that can be taken: "
                "make it smaller or split it, or add a link to where it is kept."
            )
        key = _kind(file, name)
    except Wrong as wrong:
        raise Refused(f"“{naming.brief(name)}” {wrong}") from wrong
    return Checked(FILE_TYPES[key], naming.shown(name), size, sha256_of(file))


def sha256_of(file):
    """Return the SHA-256 of an open file, and leave it at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _kind(file, name):
    """Return the key of the file's type in FILE_TYPES, or raise Wrong."""
    file.seek(0)
    start = file.read(4096)
    for beginning, sentence in BEGINNINGS:
        if start.startswith(beginning) and (beginning not in MAY_BE_WORDS or not _is_words(start)):
            raise Wrong(sentence)
    if start[4:8] == b"ftyp":
        raise Wrong(BRANDS.get(start[8:12], f"is a film or recording: {_NO_RECORDINGS}"))
    for beginning, look_through in (
        (b"%PDF-", pdfs.check),
        (b"PK\x03\x04", packages.check),
        (b"PK\x05\x06", packages.check),
        (mail.OLE, mail.check_outlook),
        (b"\x89PNG\r\n\x1a\n", pictures.check_png),
        (b"\xff\xd8\xff", pictures.check_jpeg),
    ):
        if start.startswith(beginning):
            return _carefully(look_through, file)
    if b"%PDF-" in start[:1024]:
        raise Wrong(
            "is a PDF with something else before its beginning, so that it can pass for two kinds of file: "
            "open it, print it to PDF and upload that."
        )
    return _carefully(texts.check, file, naming.ending_of(name).lower())


def _is_words(start):
    return not any(byte < 9 for byte in start)


def _carefully(look_through, *given):
    """Look a file through; whatever is wrong inside it, its reader may trip over it in any way."""
    try:
        return look_through(*given)
    except Wrong:
        raise
    except Exception as error:
        raise Wrong(DAMAGED) from error
