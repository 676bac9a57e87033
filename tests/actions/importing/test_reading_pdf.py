"""PDFs are read as documents: text, headings, and tables in the layouts in which plans are published."""

import pytest

from actions.importing.continued import joined
from actions.importing.document import Heading, Paragraph, Table
from actions.importing.pdf import document_in
from actions.importing.recognise import recognise

from .pdfs import ACROSS, GRID, HEAD, cell, plan_rows, printed, sentence, table

ROWS = plan_rows(12, long=True)
LAYOUTS = {
    "ruled grid": table(HEAD, ROWS),
    "rows kept on one page": table(HEAD, ROWS),
    "rules across only": table(HEAD, ROWS),
    "no repeated head": table(HEAD, ROWS).replace("thead", "tbody"),
    "portrait": table(HEAD, ROWS),
    "rows coloured in turn": table(HEAD, ROWS),
    "no frame": table(HEAD, ROWS),
    "dotted rules": table(HEAD, ROWS),
    "each cell with a frame": table(HEAD, ROWS),
    "words set to both sides": table(HEAD, ROWS),
}
STYLES = {
    "rows kept on one page": GRID + "tr { break-inside: avoid }",
    "rules across only": ACROSS,
    "portrait": GRID + "@page { size: A4 portrait } body { font-size: 7.5pt }",
    "rows coloured in turn": "th, tr:nth-child(even) td { background: #eee }",
    "no frame": "td, th { border-left: 0.5pt solid; border-top: 0.5pt solid } :first-child { border-left: 0 }",
    "dotted rules": "td, th { border: 1pt dotted #000 }",
    "each cell with a frame": GRID + "table { border-collapse: separate; border-spacing: 2pt }",
    "words set to both sides": GRID + "td { text-align: justify }",
}


def pdf(body, css=GRID):
    """Return the document in a PDF of ours, as an import reads it."""
    return joined(document_in(printed(body, css), "plan.pdf"))


def texts(document):
    """Return the texts in each row of a document's tables."""
    return [[place.cell.text for place in row.places] for each in document.tables for row in each.rows]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_row_is_read_whole_though_pages_cut_it(layout):
    document = pdf(f"<h1>Fern Valley action plan</h1>{LAYOUTS[layout]}", STYLES.get(layout, GRID))
    read = texts(document)
    assert [row for row in ROWS if row not in read] == []
    assert read.count(HEAD) == 1
    assert [each.text for each in document.margins] == ["Fern Valley action plan Page 1"]
    assert document.problems == ()


def test_a_row_says_on_which_pages_it_stands():
    [found] = pdf(table(HEAD, ROWS)).tables
    assert found.rows[1].where == "page 1, table 1, row 2"
    assert any(" and page 2, table 1, row 2" in row.where for row in found.rows)


def test_rows_without_numbers_are_read_whole_too():
    rows = plan_rows(12, numbered=False)
    for css in (GRID, ACROSS):
        document = pdf(table(HEAD[1:], rows), css)
        assert [row for row in rows if row not in texts(document)] == []


def test_titles_of_parts_bullets_and_a_page_header_of_three_parts_do_not_disturb_rules_across():
    bulleted = [[*row[:2], "\n".join(f"* {line}" for line in row[2].split("\n")), *row[3:]] for row in ROWS]
    parts = ["".join("<tr>" + "".join(map(cell, row)) + "</tr>" for row in bulleted[at : at + 4]) for at in (0, 4, 8)]
    names = ["Hillford Housing", "Fern Valley Police", "Early Help"]
    titled = "".join(
        f'<tr><td colspan="7"><b>{each}</b></td></tr>{part}' for each, part in zip(names, parts, strict=True)
    )
    header = (
        '@page { @top-left { content: "OFFICIAL" } @top-center { content: "Fern Valley" } '
        '@top-right { content: "v3" } }'
    )
    document = pdf(table(HEAD, []).replace("<tbody>", f"<tbody>{titled}"), ACROSS + header)
    assert [row for row in ROWS if row not in texts(document)] == []
    levels = {each.level for row in document.tables[0].rows[2:4] for each in row.places[2].cell.paragraphs}
    assert levels == {0}
    plan = recognise(document).plan
    assert [section.title for section in plan.sections] == names
    assert len(plan.recommendations) == 12


def test_merged_cells_are_the_same_cell_in_each_row():
    merged = cell(f"1. {sentence(1)}", attributes="rowspan=2")
    rows = "".join(f"<tr>{each}{cell(sentence(2))}{cell('May 2024')}</tr>" for each in (merged, ""))
    head = "".join(cell(each, "th") for each in ["Recommendation", "Action", "By when"])
    [found] = pdf(f"<table><tr>{head}</tr>{rows}</table>").tables
    assert found.rows[1].places[0].cell is found.rows[2].places[0].cell
    assert [row.places[0].from_above for row in found.rows] == [False, False, True]


def test_a_cell_keeps_its_colour_and_bold_words_are_bold():
    coloured = cell("Late", attributes="style='background: #fce4e4'")
    body = f"<table><tr>{cell('Red', 'th')}{coloured}</tr><tr><td>a</td><td>b</td></tr></table>"
    [found] = pdf(body).tables
    head, coloured = found.rows[0].cells
    assert head.paragraphs[0].bold
    assert (coloured.fill, coloured.paragraphs[0].bold) == ("FCE4E4", False)


def test_text_outside_tables_stands_in_its_order():
    numbered = "".join(f"<p>{n}. {sentence(n)} {sentence(n + 1)}</p>" for n in range(1, 30))
    document = pdf(
        f"<h1>Fern Valley response</h1><h2>Housing</h2>{numbered}{table(HEAD, ROWS[:1])}<p>Written in May.</p>"
    )
    kinds = [type(each) for each in document.blocks]
    assert kinds == [Heading, Heading, *[Paragraph] * 29, Table, Paragraph]
    assert [each.text for each in document.blocks[2:31]] == [
        f"{n}. {sentence(n)} {sentence(n + 1)}" for n in range(1, 30)
    ]
    assert [each.level for each in document.blocks[:2]] == [0, 0]


def test_a_row_without_a_number_at_the_top_of_a_page_is_shown_when_nothing_says_where_it_belongs():
    def rows(*texts):
        return "".join(f"<tr>{cell(text)}{cell(sentence(1))}{cell('May')}</tr>" for text in texts)

    filler = "<p style='height: 130mm'>Foreword.</p>"
    css = GRID + "tr { break-inside: avoid }"
    head = "".join(map(cell, ["Recommendation", "Action", "By when"]))
    body = f"<table><tr>{head}</tr>{rows(*map(sentence, range(4)))}</table>"
    document = pdf(filler + body, css)
    [problem] = document.problems
    assert "the first on its page" in problem.what
    assert problem.where.startswith("page 2, table 1, row 1")
