"""A file that is not what it claims, or cannot be read, gets one clear sentence."""

import io
import zipfile
import zlib

import docx
import pikepdf
import pytest

from actions.importing.problems import NoPlanFound, UnreadableFile
from actions.importing.read import read
from actions.importing.recognise import recognise

from .documents import document_in, saved, separated, word, workbook

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def packed(**parts):
    """Return the bytes of a zip file with these parts; the first underscore of a name stands for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("_", ".", 1), content)
    return file.getvalue()


def with_part(content, name, part):
    """Return a packed document with one part more."""
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as package:
        package.writestr(name, part)
    return file.getvalue()


def retyped(content, old, new):
    """Return a packed document whose list of content types says something else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w") as package:
        for part in source.infolist():
            package.writestr(
                part, source.read(part).replace(old, new) if "Content_Types" in part.filename else source.read(part)
            )
    return file.getvalue()


def ole_file(*streams):
    """Return the bytes of a file in Microsoft's old container with empty streams of these names."""
    sector, free, end, special = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def integers(*values):
        return b"".join(value.to_bytes(4, "little") for value in values)

    header = OLE + bytes(16) + bytes.fromhex("3e000300feff0900060000000000000000000000")[:10] + bytes(6)
    header += integers(0, 1, 1, 0, 4096, end, 0, end, 0, 0) + integers(*[free] * 108)
    table = integers(special, end, *[free] * 126)

    def entry(name, kind, left=free, right=free, child=free):
        encoded = f"{name}\0".encode("utf-16-le")
        text = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little") + bytes([kind, 1])
        return text + integers(left, right, child) + bytes(36) + integers(end, 0, 0)

    entries = [entry("Root Entry", 5, child=1)]
    entries += [
        entry(name, 2, right=index + 2 if index + 1 < len(streams) else free) for index, name in enumerate(streams)
    ]
    directory = b"".join(entries).ljust(sector, b"\0")
    return header.ljust(sector, b"\0") + table + directory


def pdf(*, pages=1, password=None, drawing=0):
    """Return the bytes of a PDF without text; what is drawn on its pages may be so many spaces, packed."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if drawing:
        packer = zlib.compressobj()
        packed_drawing = b"".join(packer.compress(bytes([32]) * 10_000_000) for _ in range(drawing // 10_000_000))
        stream = pikepdf.Stream(document, packed_drawing + packer.flush(), Filter=pikepdf.Name.FlateDecode)
        document.pages[0].Contents = document.make_indirect(stream)
    file = io.BytesIO()
    document.save(file, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return file.getvalue()


#: (name, content or what makes it, what the sentence says)
REFUSED = {
    "a PDF cut short": ("plan.pdf", b"%PDF-1.7 ...", "damaged"),
    "a PDF named as Word": ("plan.docx", b"%PDF-1.7 ...", "named as a Word document, but it is a PDF"),
    "a PDF with a password": ("plan.pdf", pdf(password="a secret"), "protected by a password"),
    "a PDF of pictures": ("plan.pdf", pdf(), "no text"),
    "a PDF of ten thousand pages": ("plan.pdf", lambda: pdf(pages=10_000), "more than 300 pages"),
    "a PDF that unpacks to two gigabytes": ("plan.pdf", lambda: pdf(drawing=2_000_000_000), "not safe to read"),
    "an empty file": ("plan.csv", b" \n", "is empty"),
    "a workbook named as Word": ("plan.docx", workbook(A=[["a"]]), "named as a Word document, but it is an Excel"),
    "Word named as a workbook": ("plan.xlsx", word("text"), "named as an Excel workbook, but it is a Word"),
    "Word named as CSV": ("plan.csv", word("text"), "named as a text file, but it is a Word"),
    "CSV named as Word": ("plan.docx", separated([["a", "b"]]), "but it is a text file"),
    "a document with a password": (
        "plan.docx",
        ole_file("EncryptedPackage", "EncryptionInfo"),
        "protected by a password",
    ),
    "an old Word document": ("plan.doc", ole_file("WordDocument"), r"old Word document \(.doc\)"),
    "an old workbook": ("plan.xls", ole_file("Workbook"), r"old Excel workbook \(.xls\)"),
    "something else of Microsoft's": ("plan.msg", ole_file("Mail"), "neither a Word document"),
    "an old container cut short": ("plan.doc", OLE + b"\0\0", "damaged"),
    "a document cut short": ("plan.docx", word("text")[:3000], "damaged"),
    "a packed folder": ("plans.zip", packed(plan_txt="x"), "packed folder"),
    "an OpenDocument text": ("plan.odt", packed(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument"),
    "a document with macros": ("plan.docx", with_part(word("x"), "word/vbaProject.bin", b"x"), "contains macros"),
    "a document that says it has macros": (
        "plan.docx",
        retyped(word("x"), b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"),
        "contains macros",
    ),
    "too much when unpacked": ("plan.docx", lambda: packed(a_xml="0" * 30_000_000), "not safe to open"),
    "too many parts": ("plan.docx", lambda: packed(**{f"a{n}_xml": "" for n in range(10_001)}), "not safe to open"),
    "entities of its own": ("plan.docx", packed(a_xml="<!DOCTYPE x [<!ENTITY y 'z'>]><x/>"), "damaged"),
    "no text": ("plan.csv", bytes(range(256)) * 20, "neither a Word document"),
    "a picture": ("plan.docx", b"\x89PNG\r\n\x1a\n....", "is a picture"),
    "Rich Text": ("plan.doc", b"{\\rtf1 text}", "Rich Text"),
    "a web page named as a workbook": ("plan.xls", b"<html><table><tr><td>x</td></tr></table></html>", "web page"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_sentence_says_what_is_wrong_and_what_to_do(case):
    name, content, sentence = REFUSED[case]
    with pytest.raises(UnreadableFile, match=sentence) as refusal:
        read(io.BytesIO(content() if callable(content) else content), name)
    said = str(refusal.value)
    assert name in said
    assert "\n" not in said
    assert said.endswith(".")
    assert ": " in said


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr("actions.importing.pdf.MOST_SECONDS", -9.9)
    with pytest.raises(UnreadableFile, match="needs far more memory or time"):
        read(io.BytesIO(pdf()), "plan.pdf")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match="There is no file"):
        read(tmp_path / "nothing.docx")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UnreadableFile, match="is a folder"):
        read(tmp_path)


def test_a_file_is_read_by_its_path_and_takes_its_name(tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(word("text"))
    assert read(path).name == "plan.docx"
    assert read(str(path)).name == "plan.docx"


def test_capitals_in_the_ending_do_not_matter():
    assert document_in(word("text"), "PLAN.DOCX").kind == "docx"


WITHOUT_PLAN = {
    "minutes.docx": (word("Minutes of a meeting"), "holds no table"),
    "nothing.docx": (saved(docx.Document()), "holds no table"),
    "menu.docx": (word([["Day", "Menu"], ["Monday", "Soup"]]), "no table has a row of headings"),
    "people.csv": (separated([["name", "age"], ["x", "3"]]), "no table has a row of headings"),
    "blank.xlsx": (workbook(A=[[]]), "no table has a row of headings"),
    "form.docx": (word([["Recommendation", "Action", "By when"]]), "no recommendation under them"),
}


@pytest.mark.parametrize("name", WITHOUT_PLAN)
def test_a_document_without_a_plan_gets_a_sentence_too(name):
    content, sentence = WITHOUT_PLAN[name]
    with pytest.raises(NoPlanFound, match=sentence):
        recognise(document_in(content, name))
