"""Looks through e-mails and their attachments, and through Microsoft's old container."""

import email
import email.policy
import io

import olefile

from . import naming, packages
from .wrong import Wrong

OLE = bytes.fromhex("d0cf11e0a1b11ae1")

#: Attachments of these names are programs, or start one.
PROGRAMS = {
    *(".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".wsh", ".hta"),
    *(".lnk", ".jar", ".msi", ".reg", ".iso", ".img", ".vhd", ".one", ".chm", ".cpl", ".pif", ".url", ".sh", ".py"),
}
MACROS = {".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".potm", ".ppsm"}

_WITHOUT = "save the message without it, or as PDF, and upload that."

#: What the old container holds, by the name of its main part, and why that is not taken.
OLD_FILES = [
    ("WordDocument", "is in the format of Word before 2007 (.doc): save it as .docx and upload that."),
    ("Workbook", "is in the format of Excel before 2007 (.xls): save it as .xlsx and upload that."),
    ("Book", "is in the format of Excel before 2007 (.xls): save it as .xlsx and upload that."),
    ("PowerPoint Document", "is in the format of PowerPoint before 2007 (.ppt): save it as .pptx and upload that."),
    ("VisioDocument", "is a Visio drawing: save it as PDF and upload that."),
]
MOST_ATTACHMENTS = 500


def check_outlook(file):
    """Return "msg", or raise Wrong for anything else in Microsoft's old container."""
    with olefile.OleFileIO(_copy(file)) as container:
        if container.exists("EncryptedPackage"):
            raise Wrong(
                "is locked with a password, so that it cannot be checked or read years later: "
                "open it, take the password away (File, Info, Protect), save it and upload that."
            )
        if not container.exists("__properties_version1.0"):
            for part, sentence in OLD_FILES:
                if container.exists(part):
                    raise Wrong(sentence)
            raise Wrong("is an old Microsoft file that is neither a document nor an e-mail: save it as PDF.")
        for path in container.listdir():
            if path[-1].startswith(("__substg1.0_3707", "__substg1.0_3704")):
                _refuse_name(_text_of(container, path))
            elif path[-1].startswith("__substg1.0_3701") and path[-1].endswith("0102"):
                _refuse_content(container.openstream(path).read())
    return "msg"


def _text_of(container, path):
    content = container.openstream(path).read()
    return content.decode("utf-16-le" if path[-1].endswith("001F") else "cp1252", errors="replace")


def is_message(content):
    """Whether some bytes begin like an e-mail: with who sent it, and when or by which way."""
    headers = email.message_from_bytes(content[:65536], policy=email.policy.compat32)
    return "From" in headers and any(name in headers for name in ("Date", "Received", "Message-ID"))


def check_message(content):
    """Return "eml", or raise Wrong where an attachment may not come in."""
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for number, part in enumerate(message.walk()):
        if number > MOST_ATTACHMENTS:
            raise Wrong(f"is an e-mail of more parts than any person writes: {_WITHOUT}")
        if part.is_multipart():
            continue
        if name := part.get_filename():
            _refuse_name(str(name))
        if part.get_content_maintype() != "text" or name:
            _refuse_content(part.get_payload(decode=True) or b"")
    return "eml"


def _refuse_name(name):
    ending = naming.ending_of(naming.shown(name)).lower()
    if ending in PROGRAMS:
        raise Wrong(f"is an e-mail with a program attached ({naming.brief(name, 40)}): {_WITHOUT}")
    if ending in MACROS:
        raise Wrong(f"is an e-mail with a document with macros attached ({naming.brief(name, 40)}): {_WITHOUT}")


def _refuse_content(content):
    if content.startswith((b"MZ", b"\x7fELF", b"L\x00\x00\x00\x01\x14\x02\x00")):
        raise Wrong(f"is an e-mail with a program attached: {_WITHOUT}")
    try:
        packages.refuse_macros(content)
    except Wrong as wrong:
        raise Wrong(
            f"is an e-mail with an attachment that holds macros, a program or another file: {_WITHOUT}"
        ) from wrong


def _copy(file):
    """Return the file's bytes to be read, because the reader closes what it is given."""
    file.seek(0)
    return io.BytesIO(file.read())
