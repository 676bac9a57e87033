"""Looks through the packed documents of Word, Excel, PowerPoint and OpenDocument."""

import io
import re
import zipfile

import olefile

from .wrong import Wrong

#: What the list of a package's parts says of its main part.
OFFICE = {
    "wordprocessingml.document.main+xml": "docx",
    "wordprocessingml.template.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "spreadsheetml.template.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
    "presentationml.slideshow.main+xml": "pptx",
    "presentationml.template.main+xml": "pptx",
}
OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}

MOST_PARTS = 10_000
LARGEST_UNPACKED = 400_000_000
#: Parts are unpacked piece by piece; what is looked for may lie across two pieces.
CHUNK, OVERLAP = 1 << 20, 4096
#: Office files shrink some 5 to 60 times when packed; what shrinks a thousand times was made to do harm.
LARGEST_RATIO, RATIO_COUNTS_FROM = 250, 10_000_000

CONTENT_TYPES = "[Content_Types].xml"

_SAVE = "open it, save it again and upload that."
_WITHOUT_MACROS = "save a copy without macros (.docx, .xlsx, .pptx, .odt) or as PDF and upload that."
_AS_PDF = "save it as PDF and upload that."
BOMB = f"unpacks to far more than a document holds and could stop the machine that opens it: {_SAVE}"

#: What a part's name says, small letters, and why that is not taken.
PARTS = [
    (r"(^|/)vbaproject\.bin$|(^|/)vbadata\.xml$", f"holds macros, whatever its name says: {_WITHOUT_MACROS}"),
    (r"^xl/macrosheets/", f"holds macros of old Excel (a macro sheet): {_WITHOUT_MACROS}"),
    (r"^(basic|scripts)/.", f"holds macros of LibreOffice, whatever its name says: {_WITHOUT_MACROS}"),
    (r"(^|/)activex/", f"holds controls that run programs (ActiveX): {_AS_PDF}"),
    (r"\.(exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|lnk|jar|msi|swf)$", f"has a program inside it: {_AS_PDF}"),
    (r"\.(docm|dotm|xlsm|xltm|xlam|xlsb|pptm|potm|ppsm)$", f"has a document with macros inside it: {_AS_PDF}"),
]
#: What a part says, and why that is not taken.
WORDS = [
    (rb"<!ENTITY", f"defines words of its own that could stop the machine that opens it: {_SAVE}"),
    (rb"<w:instrText[^>]*>[^<]*\bDDE(AUTO)?\b", f"starts a program when it is opened (DDE): {_AS_PDF}"),
    (rb"<ddeLink\b", f"starts a program when it is opened (DDE): {_AS_PDF}"),
]

#: What a document may not fetch from the web by itself. (Links that a reader follows are another matter.)
FETCHES = re.compile(rb"/(attachedTemplate|frame|oleObject|subDocument)\b")


def check(file):
    """Return "docx", "xlsx", … or raise Wrong."""
    try:
        package = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise Wrong(
            "is a document or packed folder that breaks off before its end: get the whole file, "
            "or save it again, and upload that."
        ) from error
    with package:
        parts = package.infolist()
        _refuse_two_in_one(file, package, parts)
        _look_at_the_list(parts)
        kind = _kind(package)
        _look_at_the_parts(package, parts)
    return kind


def refuse_macros(content):
    """Raise Wrong where the bytes of an attached or embedded document hold macros or a program."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _look_at_the_names(package.infolist())
    elif olefile.isOleFile(io.BytesIO(content)) and len(content) >= olefile.MINIMAL_OLEFILE_SIZE:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            names = {part.lower() for path in container.listdir() for part in path}
        if names & {"_vba_project", "_vba_project_cur", "macros"}:
            raise Wrong(f"has a document with macros inside it: {_AS_PDF}")
        if any("ole10native" in name for name in names):
            raise Wrong(f"has another file packed inside it: take it out, upload it by itself, and {_SAVE}")


def _refuse_two_in_one(file, package, parts):
    """Raise Wrong where something stands before the first part or after the list of parts."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 22))
    whole = file.read(4) == b"PK\x05\x06" and not package.comment
    first = min((part.header_offset for part in parts), default=0)
    if not whole or first:
        raise Wrong(f"has something before its beginning or after its end, and can pass for two kinds of file: {_SAVE}")
    file.seek(0)
    if b"%PDF-" in file.read(1024):
        raise Wrong(f"is a packed document and a PDF in one, so that it can pass for either: {_SAVE}")


def _look_at_the_list(parts):
    """Look at what the list of parts says, before anything is unpacked."""
    if not parts:
        raise Wrong("is an empty packed folder: upload the document that should be in it.")
    if len(parts) > MOST_PARTS:
        raise Wrong(f"holds more parts than any document and could stop the machine that opens it: {_SAVE}")
    if any(part.flag_bits & 1 for part in parts):
        raise Wrong("is locked with a password, so that it cannot be checked: save a copy without it and upload that.")
    names = [part.orig_filename for part in parts]
    for name in names:
        if re.search(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\|[\x00-\x1f\x7f]", name):
            raise Wrong(f"has a part whose name would write outside its folder when unpacked: {_SAVE}")
    if len({name.lower() for name in names}) < len(names):
        raise Wrong(f"has two parts of the same name, so that two programs may read it differently: {_SAVE}")
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED or _is_a_bomb(packed, unpacked):
        raise Wrong(BOMB)


def _is_a_bomb(packed, unpacked):
    return unpacked > RATIO_COUNTS_FROM and unpacked > LARGEST_RATIO * max(1, packed)


def _look_at_the_names(parts):
    for part in parts:
        for pattern, sentence in PARTS:
            if re.search(pattern, part.filename.lower()):
                raise Wrong(sentence)


def _kind(package):
    """Return what the package says that it is."""
    names = package.namelist()
    if CONTENT_TYPES in names:
        listed = _read(package, CONTENT_TYPES, 1_000_000).decode(errors="replace")
        if "macroEnabled" in listed:
            raise Wrong(f"is a document with macros, whatever its name says: {_WITHOUT_MACROS}")
        if "ms-excel.sheet.binary" in listed:
            raise Wrong("is a binary Excel workbook (.xlsb): save it as .xlsx and upload that.")
        for content_type, kind in OFFICE.items():
            if content_type in listed:
                return kind
    if "mimetype" in names:
        said = _read(package, "mimetype", 200).strip()
        if said in OPEN:
            if b"encryption-data" in _read(package, "META-INF/manifest.xml", 10_000_000):
                raise Wrong("is locked with a password, so that it cannot be checked: save a copy without it.")
            return OPEN[said]
    _look_at_the_names(package.infolist())
    raise Wrong("is a packed folder (.zip): unpack it and upload the documents inside it, several at once if you like.")


def _read(package, name, most):
    """Return at most so many bytes of a part, or nothing where there is no such part."""
    try:
        with package.open(name) as part:
            return part.read(most)
    except KeyError:
        return b""


def _look_at_the_parts(package, parts):
    """Unpack every part once, within bounds, and look at what it holds."""
    _look_at_the_names(parts)
    left = LARGEST_UNPACKED
    for part in parts:
        name = part.filename.lower()
        embedded, before = [], b""
        with package.open(part) as opened:
            while chunk := opened.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise Wrong(BOMB)
                if not before and chunk.startswith((b"MZ", b"\x7fELF")) and b"\0" in chunk[:64]:
                    raise Wrong(f"has a program inside it: {_AS_PDF}")
                _look_at(name, before + chunk)
                before = chunk[-OVERLAP:]
                if "embeddings/" in name or name.startswith("object"):
                    embedded.append(chunk)
        if embedded:
            refuse_macros(b"".join(embedded))


def _look_at(name, content):
    """Raise Wrong where a piece of a part says something that is not taken."""
    if name.endswith((".xml", ".rels", ".vml")):
        for pattern, sentence in WORDS:
            if re.search(pattern, content):
                raise Wrong(sentence)
    if name.endswith(".rels"):
        for relation in re.findall(rb"<Relationship\b[^>]*>", content):
            if b"External" in relation and FETCHES.search(relation) and re.search(rb"Target=.https?:", relation):
                raise Wrong(f"fetches something from the web when it is opened: {_AS_PDF}")
    if name.endswith((".html", ".htm", ".svg", ".xhtml")) and b"<script" in content.lower():
        raise Wrong(f"has a web page or picture with a script inside it: {_AS_PDF}")
