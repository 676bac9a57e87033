"""What is read in Word documents, which hold more than meets the eye."""

import docx
import pytest

from actions.importing.document import Heading, Paragraph

from .documents import document_in, saved, word, xml


def blocks_of(document):
    """Return the blocks read in a document that python-docx has open."""
    return document_in(saved(document)).blocks


def first_cell(table):
    return table.rows[0].places[0].cell


@pytest.fixture
def document():
    return docx.Document()


@pytest.fixture
def paragraph(document):
    paragraph = document.add_paragraph("before ")
    return paragraph._p


def test_headings_paragraphs_and_tables_come_in_their_order():
    first, second, third = document_in(word("# Fire Service", "Some words", [["a", "b"]])).blocks
    assert first == Heading("Fire Service", 1, "paragraph 1")
    assert second == Paragraph("Some words", where="paragraph 2")
    assert [cell.text for cell in third.rows[0].cells] == ["a", "b"]


def test_every_row_says_where_it_is():
    *_, table = document_in(word([["a"]], [["b"], ["c"]])).blocks
    assert [row.where for row in table.rows] == ["table 2, row 1", "table 2, row 2"]


def test_tracked_insertions_are_read_and_deletions_left_out(document, paragraph):
    paragraph.append(xml('<w:ins w:id="1" w:author="x"><w:r><w:t>inserted</w:t></w:r></w:ins>'))
    paragraph.append(xml('<w:del w:id="2" w:author="x"><w:r><w:delText>deleted</w:delText></w:r></w:del>'))
    paragraph.append(xml('<w:moveFrom w:id="3" w:author="x"><w:r><w:t>moved away</w:t></w:r></w:moveFrom>'))
    paragraph.append(xml('<w:moveTo w:id="4" w:author="x"><w:r><w:t> moved here</w:t></w:r></w:moveTo>'))
    assert blocks_of(document)[0].text == "before inserted moved here"


def test_a_deleted_row_is_left_out(document):
    table = document.add_table(2, 1)
    table.cell(0, 0).text, table.cell(1, 0).text = "stays", "goes"
    properties = table.rows[1]._tr.get_or_add_trPr()
    properties.append(xml('<w:del w:id="1" w:author="x"/>'))
    [read] = blocks_of(document)
    assert [each.cells[0].text for each in read.rows] == ["stays"]


def test_content_controls_are_read_in_a_line_around_a_paragraph_and_around_a_cell(document, paragraph):
    control = "<w:sdt><w:sdtPr><w:dropDownList/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    paragraph.append(xml(control.format("<w:r><w:t>in line</w:t></w:r>")))
    table = document.add_table(1, 1)
    table.cell(0, 0)._tc.insert(1, xml(control.format("<w:p><w:r><w:t>In progress</w:t></w:r></w:p>")))
    table.rows[0]._tr.append(xml(control.format("<w:tc><w:p><w:r><w:t>a cell</w:t></w:r></w:p></w:tc>")))
    line, table = blocks_of(document)
    assert line.text == "before in line"
    assert [cell.text for cell in table.rows[0].cells] == ["In progress", "a cell"]


def test_a_line_break_begins_a_paragraph_and_a_tab_is_kept(document):
    run = document.add_table(1, 1).cell(0, 0).paragraphs[0].add_run("one")
    run.add_break()
    run.add_text("two\tand more")
    assert [each.text for each in first_cell(blocks_of(document)[0]).paragraphs] == ["one", "two\tand more"]


def test_a_page_break_is_no_text(document):
    document.add_page_break()
    assert blocks_of(document)[0].is_blank


def test_the_text_of_a_table_within_a_cell_is_the_cells(document):
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "outer"
    cell.add_table(1, 2).cell(0, 1).text = "inner"
    [table] = blocks_of(document)
    assert [each.text for each in table.rows[0].cells] == ["outer\ninner", ""]


def test_a_text_box_is_read_once(document, paragraph):
    box = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"
    choice = f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">\
<mc:Choice Requires="wps">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>'
    paragraph.append(xml(f"<w:r>{choice}</w:r>"))
    assert [each.text for each in blocks_of(document)] == ["before ", "in a box"]


def test_cells_merged_downwards_hold_the_cell_above():
    [table] = document_in(word([["a", "b"], ["^", "c"], ["^", "d"]])).blocks
    places = [each.places[0] for each in table.rows]
    assert [place.cell.text for place in places] == ["a", "a", "a"]
    assert [place.from_above for place in places] == [False, True, True]


def test_cells_merged_sideways_hold_the_cell_to_the_left(document):
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 2).text = "third"
    [read] = blocks_of(document)
    assert [place.from_left for place in read.rows[0].places] == [False, True, False]
    assert read.rows[0].places[1].cell.text == "wide"
    assert read.rows[1].places[2].cell.text == "third"


def test_bullets_have_a_level_whether_word_makes_them_or_somebody_typed_them(document):
    for text, style in (("top", "List Bullet"), ("under it", "List Bullet 2"), ("• typed", None), ("- dash", None)):
        document.add_paragraph(text, style=style)
    document.add_paragraph("plain - text")
    read = blocks_of(document)
    assert [each.level for each in read] == [0, 1, 0, 0, None]
    assert [each.text for each in read] == ["top", "under it", "typed", "dash", "plain - text"]


def test_the_numbers_of_numbered_lists_are_read_as_word_shows_them(document):
    for text in ("first", "second"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("in between")
    document.add_paragraph("third", style="List Number")
    assert [each.text for each in blocks_of(document)] == ["1. first", "2. second", "in between", "3. third"]


def test_letters_and_nested_numbers_are_counted_as_their_list_says(document):
    numbering = document.part.numbering_part.element
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    levels = level.format(0, "lowerLetter", "%1)") + level.format(1, "lowerRoman", "%1.%2")
    numbering.insert(0, xml(f'<w:abstractNum w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(xml('<w:num w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for depth in (0, 0, 1, 1, 0):
        paragraph = document.add_paragraph("x")
        properties = paragraph._p.get_or_add_pPr()
        properties.append(xml(f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>'))
    assert [each.text for each in blocks_of(document)] == ["a) x", "b) x", "b.i x", "b.ii x", "c) x"]


def test_the_colour_behind_a_cell_is_kept(document):
    cell = document.add_table(1, 1).cell(0, 0)
    cell._tc.get_or_add_tcPr().append(xml('<w:shd w:val="clear" w:fill="FFCC99"/>'))
    assert first_cell(blocks_of(document)[0]).fill == "FFCC99"


def test_bold_is_said_of_a_paragraph_that_is_bold_throughout(document):
    document.add_paragraph().add_run("all").bold = True
    mixed = document.add_paragraph()
    mixed.add_run("some ").bold = True
    mixed.add_run("not")
    assert [each.bold for each in blocks_of(document)] == [True, False]


def test_headers_and_footers_are_kept_apart_from_the_text(document):
    document.sections[0].header.paragraphs[0].text = "OFFICIAL"
    read = document_in(saved(document))
    assert [(each.where, each.text) for each in read.margins] == [("header", "OFFICIAL")]
