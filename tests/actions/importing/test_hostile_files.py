"""Files that were made to do harm, or are far too large, are refused in seconds and in little memory."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .documents import separated, word, workbook

ROOT = Path(__file__).resolve().parents[3]
#: Reads and recognises a file under a limit on memory, and says how much of it was needed.
CHILD = """
import resource, sys, time
sys.path.insert(0, {root!r})
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.problems import CannotImport
def most():
    # not ru_maxrss, which counts what the parent had before it started this process
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) // 1024
before = most()
resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
try:
    document = read({path!r})
    print(len(recognise(document).plan.actions), "actions")
except CannotImport as refusal:
    print(refusal)
print(most(), before)
"""
MEGABYTE = 1_000_000


def read_apart(path, *, limit=900 * MEGABYTE, seconds=20):
    """Return what a process by itself says of a file, and how many megabytes it needed in all and at the start."""
    code = CHILD.format(root=str(ROOT), limit=limit, seconds=seconds, path=str(path))
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *said, figures = done.stdout.strip().split("\n")
    needed, at_start = map(int, figures.split())
    return "\n".join(said), needed, at_start


def with_sheet(xml):
    """Return a workbook whose sheet is this XML."""
    return _with_part(workbook(Plan=[["Recommendation", "Action"], ["x", "y"]]), "xl/worksheets/sheet1.xml", xml)


def with_body(xml):
    """Return a Word document whose body is this XML."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{namespace}"><w:body>{xml}</w:body></w:document>'
    return _with_part(word("text"), "word/document.xml", body)


def _with_part(content, name, part):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for each in source.infolist():
            package.writestr(each.filename, part if each.filename == name else source.read(each))
        # something that cannot be packed, so that the whole is not refused for how much it was packed
        package.writestr("word/media/noise.bin", bytes(range(256)) * 20, zipfile.ZIP_STORED)
    return file.getvalue()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'
MILLION = 1_000_000
HOSTILE = {
    "a million columns in a sheet": (
        "plan.xlsx",
        lambda: with_sheet(SHEET.format(f"<row>{'<c><v>1</v></c>' * MILLION}</row>", "")),
    ),
    "a cell in the last column": (
        "plan.xlsx",
        lambda: with_sheet(SHEET.format('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "")),
    ),
    "all cells merged": (
        "plan.xlsx",
        lambda: with_sheet(SHEET.format("", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
    ),
    "a million columns in a table": (
        "plan.docx",
        lambda: with_body(f"<w:tbl><w:tr>{'<w:tc><w:p/></w:tc>' * MILLION}</w:tr></w:tbl>"),
    ),
    "cells that span a million columns": (
        "plan.docx",
        lambda: with_body(
            "<w:tbl>"
            + '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr><w:p/></w:tc></w:tr>' * 1_000
            + "</w:tbl>"
        ),
    ),
    "a row that begins in column a million": (
        "plan.docx",
        lambda: with_body(
            "<w:tbl>"
            + '<w:tr><w:trPr><w:gridBefore w:val="1000000"/></w:trPr><w:tc><w:p/></w:tc></w:tr>' * 1_000
            + "</w:tbl>"
        ),
    ),
    "tables in tables in tables": (
        "plan.docx",
        lambda: with_body("<w:tbl><w:tr><w:tc>" * 3_000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3_000),
    ),
    "a million columns in a text file": (
        "plan.csv",
        lambda: b"Recommendation,Action\n" + b"," * MILLION + b"\nx,y\n" * 1_000,
    ),
    "a million rows in a text file": ("plan.csv", lambda: b"Recommendation,Action\n" + b"x,y\n" * MILLION),
    "a zip bomb": ("plan.docx", lambda: with_body("<w:p/>" + "0" * 80 * MILLION)),
    "entities that grow": (
        "plan.docx",
        lambda: _with_part(
            word("text"),
            "word/document.xml",
            f"<?xml version='1.0'?><!-- {'x' * 5_000} -->"
            "<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><d>&b;</d>",
        ),
    ),
    "entities in another encoding": (
        "plan.docx",
        lambda: _with_part(
            word("text"),
            "word/document.xml",
            "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE d [<!ENTITY a 'aaaa'>]><d>&a;</d>".encode("utf-16"),
        ),
    ),
    "nothing": ("plan.docx", lambda: b""),
    "a picture": ("plan.docx", lambda: b"\x89PNG\r\n\x1a\n" + bytes(1_000)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_one_sentence_in_seconds_and_in_little_memory(case, tmp_path):
    name, content = HOSTILE[case]
    path = tmp_path / name
    path.write_bytes(content())
    said, needed, at_start = read_apart(path)
    assert said.count("\n") == 0
    assert said.startswith(name)
    assert ": " in said
    assert needed - at_start < 300


def test_a_workbook_of_five_thousand_rows_needs_little_memory(tmp_path):
    rows = [
        ["No", "Recommendation", "Action", "By when", "Lead", "Status", "Outcome", "Evidence", "Comments", "Agency"]
    ]
    rows += [
        [
            *(n, f"Recommendation {n} asks agencies to work better together in every case", f"Write standard {n}"),
            *("31 May 2021", "Head of Service", "In progress", "Children are safer " * 5, "Audit of files " * 5),
            *(f"The group met and talked about standard {n}. " * 3, f"Agency {n // 500}"),
        ]
        for n in range(1, 5_001)
    ]
    path = tmp_path / "plan.xlsx"
    path.write_bytes(workbook(Plan=rows))
    said, needed, _ = read_apart(path, seconds=120)
    assert said == "5000 actions"
    assert needed <= 300


def test_a_text_file_as_large_is_read_too(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_bytes(
        separated([["Recommendation", "Action", "By when"], *([f"r{n}", "x", "May 2021"] for n in range(5_000))])
    )
    assert read_apart(path, seconds=60)[0] == "5000 actions"
