"""Names of files, made safe: what people read on the page, and what their browser saves."""

import re
import unicodedata
from pathlib import PurePosixPath

#: The longest name that is kept, and the longest that a disk takes after the browser has added to it.
LONGEST_SHOWN, LONGEST_SAVED = 255, 200

#: What Windows, macOS or Linux do not take in a name.
NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])$", re.IGNORECASE)


def shown(name):
    """Return the name of an uploaded file for display: its last part, without invisible or turning characters."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", str(name)))[-1]
    visible = "".join(letter for letter in name if not unicodedata.category(letter).startswith("C"))
    visible = " ".join(visible.split()) or "file"
    if len(visible) <= LONGEST_SHOWN:
        return visible
    ending = ending_of(visible)[:20]
    return visible[: LONGEST_SHOWN - len(ending)] + ending


def saved(name, ending, longest=LONGEST_SAVED):
    """Return the name under which a browser saves the file: safe everywhere, and with its true ending."""
    name = shown(name)
    written = ending_of(name)
    stem = name[: -len(written)] if written else name
    stem = NOT_IN_NAMES.sub("-", stem).strip(" .-")
    stem = stem.encode()[: longest - len(ending)].decode(errors="ignore").rstrip(" .")
    if not stem or RESERVED.match(stem.split(".")[0]):
        stem = f"file-{stem}".rstrip("-")
    return stem + ending


def ending_of(name):
    """Return the ending of a name with its dot, as written, or nothing."""
    ending = PurePosixPath(name).suffix
    return ending if re.fullmatch(r"\.[A-Za-z0-9]{1,10}", ending) else ""


def brief(name, longest=60):
    """Return a name short enough for a sentence."""
    name = shown(name)
    return name if len(name) <= longest else f"{name[: longest - 20]}…{name[-19:]}"
