"""Makes PDFs of our own for the tests, in the layouts in which plans are published."""

from html import escape

from weasyprint import HTML

HEAD = ["No.", "Recommendation", "Action required", "By when", "Lead officer", "Outcome", "Status"]

SENTENCES = [
    "Fern Valley Partnership should make sure that every practitioner who meets a family asks who else lives at home",
    "the designated nurse will bring a summary of each strategy meeting to the health sub-group within ten days",
    "schools receive the outcome of a referral in writing and know whom to ring when they do not",
    "Hillford Housing should tell the allocated social worker before a family is moved out of the borough",
    "records say what the child said, how it was heard, and what was done about it",
    "the voice of the father is sought by letter, by telephone and in person before an assessment is closed",
]
LEADS = ["Head of Safeguarding", "Designated Nurse", "Service Manager, Early Help", "Detective Inspector"]
MONTHS = ["May 2024", "30 September 2024", "December 2024", "31/03/2025"]
STATUSES = ["Complete", "In progress", "Ongoing", "Not started"]


def sentence(number):
    """Return a sentence of our own; there are as many as wanted."""
    text = SENTENCES[number % len(SENTENCES)]
    return f"{text[0].upper()}{text[1:]}."


def plan_rows(count, *, numbered=True, long=False):
    """Return the rows of a plan; a line of a cell is a paragraph."""
    rows = []
    for number in range(1, count + 1):
        more = [sentence(number + step) for step in range(1, 4 if long else 2)]
        rows.append(
            [
                *([str(number)] if numbered else []),
                f"{sentence(number)[:-1]} ({'abcdefgh'[number % 8]} {number * 7}).",
                "\n".join(more),
                MONTHS[number % 4],
                LEADS[number % 4],
                sentence(number + 3),
                STATUSES[number % 4],
            ]
        )
    return rows


def cell(text, tag="td", attributes=""):
    """Return a cell; lines that begin with "* " are points of a list."""
    parts = []
    for line in text.split("\n"):
        parts.append(f"<li>{escape(line[2:])}</li>" if line.startswith("* ") else f"<p>{escape(line)}</p>")
    return f"<{tag} {attributes}>{''.join(parts)}</{tag}>"


def table(head, rows):
    """Return a table with a head that is repeated on every page."""
    top = "".join(cell(each, "th", 'width="5%"' if each == "No." else "") for each in head)
    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


COMMON = """
@page { size: A4 landscape; margin: 15mm; @bottom-center { content: "Fern Valley action plan   Page " counter(page) } }
body { font: 9pt "DejaVu Sans"; line-height: 1.3 }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
td, th { vertical-align: top; text-align: left; padding: 3pt 4pt }
p { margin: 0 0 4pt } li { margin: 0 0 0 10pt; padding: 0 }
"""
GRID = "td, th { border: 0.5pt solid #000 } th { background: #dde6f0 }"
ACROSS = "td { border-bottom: 0.7pt solid #999 } th { border-bottom: 1.5pt solid #000 }"


def printed(body, css=GRID):
    """Return the bytes of a PDF."""
    return HTML(string=f"<html><head><style>{COMMON}{css}</style></head><body>{body}</body></html>").write_pdf()
