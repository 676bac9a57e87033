"""Looks through files without a mark of their own: text, tables as CSV, e-mails as text."""

import re
import unicodedata

from . import mail
from .markup import markup_in
from .wrong import Wrong

#: The endings under which plain text may come in.
TEXT, TABLES, MESSAGES = {"", ".txt", ".text", ".log", ".md"}, {".csv", ".tsv"}, {".eml"}

#: What texts begin with that are no documents, small letters, and the sentence for each.
BEGINNINGS = [
    ("#!", "is a script: programs are not taken."),
    ("@echo", "is a script for Windows: programs are not taken."),
    ("[internetshortcut]", "is a shortcut to a web page: add the address as a link instead."),
    ("[desktop entry]", "is a shortcut that starts a program: upload the file that it leads to."),
    ("windows registry editor", "changes the settings of Windows: programs are not taken."),
]
#: A cell that starts a program when the table is opened in Excel.
STARTS_A_PROGRAM = re.compile(r"(^|[,;\t\n\"])\s*[=+\-@][^,;\t\n\"]*\|", re.MULTILINE)

NOT_TAKEN = (
    "is of a kind that is not taken: upload Word, Excel, PowerPoint or OpenDocument files, PDFs, PNG or JPEG pictures, "
    "text or CSV files, or e-mails (.eml, .msg)."
)


def check(file, ending):
    """Return "txt", "csv" or "eml", or raise Wrong."""
    file.seek(0)
    content = file.read()
    if ending in MESSAGES and mail.is_message(content):
        return mail.check_message(content)
    text = _text(content)
    _refuse_pages_and_scripts(text, content)
    if ending in TABLES:
        if STARTS_A_PROGRAM.search(text):
            raise Wrong(
                "has a cell that starts a program when it is opened in Excel: take out the cells that begin with "
                "=, +, - or @ and hold a |, and upload that."
            )
        return "csv"
    if ending in TEXT:
        return "txt"
    if ending in MESSAGES:
        raise Wrong("is no e-mail, though its name ends in .eml: save the message again from the mail program.")
    if ending in mail.PROGRAMS or ending in {".php", ".svg", ".html", ".htm", ".xml", ".css", ".vb", ".rb", ".pl"}:
        raise Wrong(f"is a program or a web page ({ending}): print what it shows to PDF and upload that.")
    raise Wrong(
        f"is plain text, though its name ends in {ending}: check that it is the right file, and if it is, "
        "give it a name that ends in .txt."
    )


def _text(content):
    """Return the text of a file, or raise Wrong where it is none."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(letter) == "Cc" for letter in set(text) - set("\t\r\n\f\x1a\x85")):
            return text
    raise Wrong(NOT_TAKEN)


def _refuse_pages_and_scripts(text, content):
    start = text.lstrip().lower()[:200]
    for beginning, sentence in BEGINNINGS:
        if start.startswith(beginning):
            raise Wrong(sentence)
    if "mime-version:" in start and "multipart/related" in text[:4000].lower():
        raise Wrong("is a saved web page (.mht): print the page to PDF and upload that.")
    found = markup_in(text.encode())
    if found == "svg":
        raise Wrong("is an SVG picture, which can run scripts: save it as PNG and upload that.")
    if found in {"script", "?php", "%@"}:
        raise Wrong("holds a script, whatever its name says: print what it shows to PDF and upload that.")
    if found:
        raise Wrong("is a web page, whatever its name says: print the page to PDF and upload that.")
    if start.startswith("<"):
        raise Wrong("is an XML file, which only programs read: print what it shows to PDF and upload that.")
