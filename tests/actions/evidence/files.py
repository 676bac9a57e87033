"""Makes files of every kind that people upload, good and bad, without keeping any of them in the repository."""

import io
import zipfile
import zlib

import docx
import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

#: The harmless text that every virus scanner takes for a virus, put together here so that no scanner finds it here.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*").encode()

PACKAGE = "application/vnd.openxmlformats-officedocument."


def upload(name, content):
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def saved(document):
    """Return the bytes of a document of python-docx, openpyxl or Pillow."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word():
    """Return a Word document."""
    document = docx.Document()
    document.add_paragraph("Supervision now asks what daily life is like for the child.")
    return saved(document)


def excel():
    """Return an Excel workbook."""
    book = openpyxl.Workbook()
    book.active.append(["Agency", "Trained"])
    return saved(book)


def packed(parts, method=zipfile.ZIP_DEFLATED):
    """Return a zip file of {name: content}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            package.writestr(name, content)
    return file.getvalue()


def with_parts(content, **parts):
    """Return a packed document with further parts; in their names, __ stands for / and the last _ for a dot."""
    return with_named_parts(
        content, {".".join(name.replace("__", "/").rsplit("_", 1)): part for name, part in parts.items()}
    )


def with_named_parts(content, parts):
    """Return a packed document with further parts {name: content}."""
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


def changed(content, part, old, new):
    """Return a packed document of which one part says something else."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for each in source.infolist():
            read = source.read(each)
            package.writestr(each.filename, read.replace(old, new) if each.filename == part else read)
    return file.getvalue()


def powerpoint():
    """Return as much of a PowerPoint presentation as says that it is one."""
    main = f"{PACKAGE}presentationml.presentation.main+xml"
    types = f'<Types><Override PartName="/ppt/presentation.xml" ContentType="{main}"/></Types>'
    return packed({"[Content_Types].xml": types, "ppt/presentation.xml": "<p:presentation/>"})


def open_document(kind="text", manifest="<manifest:manifest/>"):
    """Return as much of an OpenDocument file as says what it is."""
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": "<office:document-content/>",
            "META-INF/manifest.xml": manifest,
        }
    )


def pdf(objects=b"", trailer=b"", after=b""):
    """Return a PDF of one page, with further objects, further words in its trailer, and more after its end."""
    body = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        ),
        start=1,
    ):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    body += objects
    start = len(body)
    body += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size 4 /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)
    return body + after


def hidden_in_pdf(objects):
    """Return a PDF that has these objects packed into a stream, as newer ones do."""
    packed_objects = zlib.compress(b"4 0 " + objects)
    head = b"4 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed_objects)
    return pdf(objects=head + packed_objects + b"\nendstream\nendobj\n")


def picture(kind="PNG", size=(40, 30), **extra):
    """Return a picture."""
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **extra)
    return file.getvalue()


def png_of(width, height):
    """Return a PNG that says it has so many points, without them."""

    def part(name, content):
        return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


def message(attachment=None, name="letter.pdf"):
    """Return an e-mail, with an attachment if one is given."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["To"] = "lead@example.org", "manager@example.org"
    mail["Subject"], mail["Date"] = "Training", "Mon, 02 Nov 2026 09:00:00 +0000"
    mail.set_content("All 40 staff were trained.")
    if attachment is not None:
        mail.add_attachment(attachment, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def ole(*names, **contents):
    """Return a file in Microsoft's old container, with streams of these names, empty or with these contents.

    ``contents`` are given under the last figures of a stream's name: _3701 for __substg1.0_37010102.
    """
    streams = [(name, b"") for name in names]
    streams += [(f"__substg1.0{key}", content.ljust(4096, b"\0")) for key, content in contents.items()]
    sector, free, end, special = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def integers(*values):
        return b"".join(value.to_bytes(4, "little") for value in values)

    directory_sectors = (len(streams) + 1 + 3) // 4
    table = [special] + [number + 2 for number in range(directory_sectors - 1)] + [end]
    starts, body = [], b""
    for _, content in streams:
        if not content:
            starts.append(end)
            continue
        content += bytes(-len(content) % sector)
        starts.append(len(table))
        count = len(content) // sector
        table += [len(table) + 1 + place for place in range(count - 1)] + [end]
        body += content
    table += [free] * (128 - len(table))
    assert len(table) == 128, "too long for one sector of the table"

    def entry(name, kind, right=free, child=free, start=end, size=0):
        encoded = f"{name}\0".encode("utf-16-le")
        text = encoded.ljust(64, b"\0") + len(encoded).to_bytes(2, "little") + bytes([kind, 1])
        return text + integers(free, right, child) + bytes(36) + integers(start, size, 0)

    entries = [entry("Root Entry", 5, child=1 if streams else free)]
    for place, ((name, content), start) in enumerate(zip(streams, starts, strict=True), start=1):
        right = place + 1 if place < len(streams) else free
        entries.append(entry(name, 2, right=right, start=start, size=len(content)))
    directory = b"".join(entries).ljust(directory_sectors * sector, b"\0")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + bytes.fromhex("3e000300feff09000600") + bytes(6)
    header += integers(0, 1, 1, 0, 4096, end, 0, end, 0, 0) + integers(*[free] * 108)
    return header + integers(*table) + directory + body


def outlook(**contents):
    """Return an e-mail as Outlook saves it, with these attachments."""
    return ole("__properties_version1.0", "__substg1.0_0037001F", **contents)
