"""The first step of an import: a file becomes a document, by what it holds and not only by its name."""

import io
import zipfile
from pathlib import Path

import olefile

from actions.importing.continued import joined
from actions.importing.data import read_json
from actions.importing.excel import read_workbook
from actions.importing.pdf import read_pdf
from actions.importing.problems import UnreadableFile
from actions.importing.separated import looks_like_text, read_separated
from actions.importing.unpacking import DAMAGED, refuse_what_is_unsafe
from actions.importing.word import read_word

READERS = {
    "Word document": read_word,
    "Excel workbook": read_workbook,
    "text file": read_separated,
    "PDF": read_pdf,
    "JSON": read_json,
}

#: Kinds of document whose tables may have been cut in pieces by the end of a page.
CUT_BY_PAGES = {"Word document", "PDF"}

#: What a file's name claims it to be.
CLAIMS = {
    ".docx": "Word document",
    ".doc": "old Word document",
    ".xlsx": "Excel workbook",
    ".xls": "old Excel workbook",
    ".csv": "text file",
    ".tsv": "text file",
    ".txt": "text file",
    ".json": "JSON",
    ".pdf": "PDF",
}

LARGEST_FILE = 50_000_000

BEGINNINGS = [
    (b"{\\rtf", "{name} is a Rich Text document: open it in Word, save it as .docx and import that."),
    (b"\x89PNG", "{name} is a picture: import the document that it was made from."),
    (b"\xff\xd8\xff", "{name} is a picture: import the document that it was made from."),
    (b"GIF8", "{name} is a picture: import the document that it was made from."),
    (b"Rar!", "{name} is a packed folder: unpack it and import the plan inside it."),
    (b"7z\xbc\xaf", "{name} is a packed folder: unpack it and import the plan inside it."),
    (b"\x1f\x8b", "{name} is a packed file: unpack it and import the plan inside it."),
]
MARKUP = ("<!doctype", "<html", "<?xml", "<table")

UNKNOWN = "{name} is neither a Word document, an Excel workbook, a CSV file nor a PDF: save the plan as one of these."


def check(content, name):
    """Return what kind of file this is by what it holds, or raise UnreadableFile; nothing in it is read yet."""
    kind = _kind(content, name)
    claim = CLAIMS.get(Path(name).suffix.lower())
    if claim and claim != kind:
        raise UnreadableFile(
            f"{name} is named as {_article(claim)}, but it is {_article(kind)}: "
            "check that it is the right file, and give it the right ending."
        )
    return kind


def read(source, name=None):
    """Return the document in a path or an open file, or raise UnreadableFile: what is wrong, what to do."""
    name = name or Path(getattr(source, "name", None) or str(source)).name
    content = content_of(source, name)
    kind = check(content, name)
    try:
        document = READERS[kind](content, name)
        return joined(document) if kind in CUT_BY_PAGES and not document.carried else document
    except UnreadableFile:
        raise
    except Exception as error:  # whatever is wrong inside a file, its reader may trip over it in any way
        raise UnreadableFile(DAMAGED.format(name=name)) from error


def content_of(source, name):
    """Return the bytes of a file, which must be there, hold something, and not be enormous."""
    if hasattr(source, "read"):
        source.seek(0)
        content = source.read(LARGEST_FILE + 1)
    else:
        path = Path(source)
        if path.is_dir():
            raise UnreadableFile(f"{name} is a folder: give the file of the plan inside it.")
        if not path.is_file():
            raise UnreadableFile(f"There is no file {path}: check its name and folder.")
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise UnreadableFile(f"{name} cannot be opened ({error.strerror}): check who may read it.") from error
    if not content.strip():
        raise UnreadableFile(f"{name} is empty: save the plan again and import that.")
    if len(content) > LARGEST_FILE:
        raise UnreadableFile(f"{name} is larger than 50 MB: remove its pictures and import it again.")
    return content


def _kind(content, name):
    """Return what kind of file this is by what it holds."""
    for beginning, sentence in BEGINNINGS:
        if content.startswith(beginning):
            raise UnreadableFile(sentence.format(name=name))
    if content.startswith(olefile.MAGIC):
        raise UnreadableFile(_what_is_wrong_with_ole(content).format(name=name))
    if b"%PDF-" in content[:1024]:
        return "PDF"
    if content.startswith(b"PK"):
        return _kind_of_package(content, name)
    if not looks_like_text(content):
        raise UnreadableFile(UNKNOWN.format(name=name))
    if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(tuple(each.encode() for each in MARKUP)):
        raise UnreadableFile(
            f"{name} is a web page or XML, whatever its name: open it in Excel or Word, save it as .xlsx or "
            ".docx and import that."
        )
    return "JSON" if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "text file"


def _what_is_wrong_with_ole(content):
    """Return the sentence for a file in Microsoft's old container, which also holds what has a password."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            streams = {"/".join(entry).lower() for entry in container.listdir()}
    except Exception:  # olefile raises what it likes on a container that is cut short
        return DAMAGED
    if "encryptedpackage" in streams:
        return "{name} is protected by a password: open it, take the password off, save it and import that."
    if "worddocument" in streams:
        return "{name} is an old Word document (.doc): open it in Word, save it as .docx and import that."
    if streams & {"workbook", "book"}:
        return "{name} is an old Excel workbook (.xls): open it in Excel, save it as .xlsx and import that."
    return UNKNOWN


def _kind_of_package(content, name):
    """Return which kind of Office document a packed file is, having made sure that it is safe to unpack."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            refuse_what_is_unsafe(package, len(content), name)
            names = set(package.namelist())
            if "mimetype" in names:
                raise UnreadableFile(f"{name} is an OpenDocument file: save it as .docx or .xlsx and import that.")
            if "[Content_Types].xml" not in names:
                raise UnreadableFile(f"{name} is a packed folder: unpack it and import the plan inside it.")
            types = package.read("[Content_Types].xml").decode("utf-8", "replace")
            relationships = package.read("_rels/.rels").decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise UnreadableFile(DAMAGED.format(name=name)) from error
    if "macroEnabled" in types or any(each.lower().endswith("vbaproject.bin") for each in names):
        raise UnreadableFile(
            f"{name} contains macros, which are not accepted: save it as .docx or .xlsx without them and import that."
        )
    if "purl.oclc.org/ooxml" in relationships:
        raise UnreadableFile(
            f"{name} is saved as “Strict Open XML”: save it as a plain .docx or .xlsx and import that."
        )
    if "wordprocessingml.document.main" in types:
        return "Word document"
    if "spreadsheetml.sheet.main" in types:
        return "Excel workbook"
    raise UnreadableFile(UNKNOWN.format(name=name))


def _article(kind):
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"
