"""Writes a plan as a Word document, ready to edit: its own columns in their order, landscape, sections under headings.

The words stand in real styles, tables repeat their head on every page, and each row is known by a hidden bookmark.
"""

import io
from functools import cache
from xml.sax.saxutils import escape, quoteattr

import docx
from django.utils import timezone
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from actions.exporting import carried
from actions.exporting.table import fit_for_a_file, laid_out

#: How much of the page's width a column takes, beside the others.
WEIGHTS = {
    "number": 0.5,
    "label": 0.5,
    "recommendation": 2.4,
    "response": 3,
    "action": 2.4,
    "target_date": 1.05,
    "completed_on": 1.05,
    "lead": 1.35,
    "intended_outcome": 1.7,
    "evidence_expected": 1.7,
    "completion_evidence": 2.2,
    "progress": 2,
    "status": 1.2,
    "rating": 0.8,
    "source": 1,
    "status_now": 1,
    "review": 1,
    "agency": 1.2,
}
USUAL_WEIGHT = 1.3
#: Recommendations with no more rows than this stay on one page.
STAY_TOGETHER = 5
WIDTH, HEIGHT, MARGIN = Mm(297), Mm(210), Mm(15)
TABLE_WIDTH = Mm(297 - 2 * 15).twips
FONT, INK, LINE, HEAD, BAND = "Arial", "0B0C0C", "B1B4B6", "1D3557", "F3F5F7"


def document(plan, about):
    """Return the bytes of a Word document of a plan."""
    plan = carried.identified(plan)
    paper = _PlanPaper(plan, about)
    paper.write()
    return paper.written()


def list_document(columns, rows, *, title, about, marking):
    """Return the bytes of a Word document with a table of rows, and above it what is said about it: (name, text)."""
    paper = _Paper(title, "", marking)
    paper.document.add_paragraph(fit_for_a_file(title), style="Title")
    said = " · ".join(f"{name}: {text}" for name, text in about)
    paper.document.add_paragraph(fit_for_a_file(said), style="Subtitle").paragraph_format.space_after = Pt(8)
    widths = _widths(columns)
    lines = "".join(
        _row("".join(_cell(_paragraphs(text), width) for text, width in zip(cells, widths, strict=True)))
        for cells in rows
    )
    paper.add(_table(_head(columns, widths) + lines, widths, title))
    return paper.written()


class _Paper:
    """A document as this site makes them: landscape, in its letters, with its foot, in English, titled."""

    def __init__(self, title, author, marking, *said):
        self.document = docx.Document()
        self.describe(title, author)
        page = self.document.sections[0]
        page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, WIDTH, HEIGHT
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
        page.header_distance = page.footer_distance = Mm(8)
        _set_styles(self.document)
        self.foot(page, said)
        if marking:
            page.header.paragraphs[0].style = self.document.styles["Footer"]
            page.header.paragraphs[0].add_run(fit_for_a_file(marking)).bold = True

    def describe(self, title, author):
        """Say of the document what it is and in which language."""
        properties = self.document.core_properties
        properties.title = fit_for_a_file(title)[:255]
        properties.author = properties.last_modified_by = fit_for_a_file(author)[:255] or "SCR Tracker"
        properties.language, properties.comments, properties.keywords = "en-GB", "", ""

    def foot(self, page, said):
        """Write the foot of every page, with its number."""
        paragraph = page.footer.paragraphs[0]
        paragraph.style = self.document.styles["Footer"]
        paragraph.add_run(" · ".join(fit_for_a_file(each) for each in said if each) + "\tPage ")
        _field(paragraph, "PAGE")
        paragraph.add_run(" of ")
        _field(paragraph, "NUMPAGES")
        paragraph.paragraph_format.tab_stops.add_tab_stop(WIDTH - 2 * MARGIN, WD_TAB_ALIGNMENT.RIGHT)

    def heading(self, text):
        self.document.add_paragraph(fit_for_a_file(text), style="Heading 1")

    def add(self, xml):
        """Add a table before the properties of the page, which end the document."""
        self.document.element.body.sectPr.addprevious(parse_xml(xml))

    def written(self):
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()


class _PlanPaper(_Paper):
    """Writes a plan from top to bottom."""

    def __init__(self, plan, about):
        made = timezone.localtime(about.moment) if about.moment else None
        stood = f"As it stood on {made.day} {made:%B %Y}" if made else ""
        title = plan.title or f"Action plan {about.review}".strip()
        super().__init__(title, about.partnership, about.marking, about.review, stood)
        self.plan, self.about = plan, about
        self.table = laid_out(plan, is_flat=False)
        self.bookmarks = 0

    def write(self):
        if partnership := self.plan.partnership or self.about.partnership:
            self.document.add_paragraph(fit_for_a_file(partnership), style="Subtitle")
        self.document.add_paragraph(fit_for_a_file(self.plan.title or "Action plan"), style="Title")
        for section in self.table.sections:
            self.section(section)
        for key in self.plan.keys:
            self.heading(key.heading)
            items = "".join(_row(_cell(_paragraphs(item), TABLE_WIDTH // 2)) for item in key.items)
            self.add(_table(items, [TABLE_WIDTH // 2], key.heading))
            self.document.add_paragraph()
        if self.plan.notes:
            self.heading(carried.NOTES)
            for line in fit_for_a_file(self.plan.notes).split("\n"):
                self.document.add_paragraph(line)
        self.carry()

    def section(self, section):
        self.heading(section.heading)
        if not section.blocks:
            return
        widths = _widths(self.table.columns)
        rows = [_head(self.table.columns, widths)]
        shared = self.table.place("response")
        for block in section.blocks:
            goes_on = {shared} if shared is not None and self.is_shared(block, section) else set()
            rows += self.rows(block, widths, goes_on)
        self.add(_table("".join(rows), widths, section.heading))

    def is_shared(self, block, section):
        """Whether the response to a recommendation is that to the one above it, printed once."""
        before = section.blocks[section.blocks.index(block) - 1] if block is not section.blocks[0] else None
        one, other = block.recommendation, before.recommendation if before else None
        return bool(before and one.shares_response and one.response == other.response)

    def rows(self, block, widths, goes_on):
        """Yield the rows of a recommendation, whose own cells are merged beside all its actions."""
        number = block.recommendation.number_printed or block.recommendation.number
        stays = len(block.rows) <= STAY_TOGETHER
        for index, row in enumerate(block.rows):
            cells = []
            marked = next((place for place in range(len(row.cells)) if place not in block.whole), 0)
            for place, text in enumerate(row.cells):
                merge = ""
                if place in goes_on or (place in block.whole and index):
                    merge, text = "continue", ""
                elif place in block.whole and (len(block.rows) > 1 or place == self.table.place("response")):
                    merge = "restart"
                strong = number if place == self.table.place("recommendation") and text.startswith(f"{number} ") else ""
                bookmark = self.bookmark(row.reference) if place == marked and merge != "continue" else ""
                content = bookmark + _paragraphs(text, strong=strong, stays=stays and row is not block.rows[-1])
                cells.append(_cell(content, widths[place], merge=merge))
            yield _row("".join(cells))

    def bookmark(self, reference):
        self.bookmarks += 1
        name = quoteattr(carried.BOOKMARK + reference)
        return f'<w:bookmarkStart w:id="{self.bookmarks}" w:name={name}/><w:bookmarkEnd w:id="{self.bookmarks}"/>'

    def carry(self):
        """Put the plan itself into a part of the document that is not shown."""
        tag, namespace = carried.XML_NAME.partition("}")[2], carried.XML_NAME.partition("}")[0][1:]
        text = escape(carried.written(self.plan, self.about))
        blob = f'<?xml version="1.0" encoding="UTF-8"?><{tag} xmlns="{namespace}">{text}</{tag}>'.encode()
        package = self.document.part.package
        name = PackURI(package.next_partname("/customXml/item%d.xml"))
        self.document.part.relate_to(Part(name, "application/xml", blob, package), RELATIONSHIP_TYPE.CUSTOM_XML)


def _widths(columns):
    """Share out the width of the page among the columns."""
    weights = [WEIGHTS.get(column.field, USUAL_WEIGHT) for column in columns]
    return [round(TABLE_WIDTH * weight / sum(weights)) for weight in weights]


def _table(rows, widths, caption):
    """Return the XML of a table, named for those who hear it read."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f"<w:tbl {nsdecls('w')}><w:tblPr>"
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="45" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
        '<w:bottom w:w="45" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" '
        'w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(fit_for_a_file(caption))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _head(columns, widths):
    """Return the XML of the row of headings, which every page repeats."""
    cells = (
        _cell(_paragraphs(column.heading, "Table heading"), width, fill=HEAD)
        for column, width in zip(columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(cells):
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(content, width, *, merge="", fill=""):
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    shaded = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}{shaded}</w:tcPr>{content}</w:tc>'


def _paragraphs(text, style="Table text", strong="", *, stays=False):
    """Return a text as paragraphs, the words with which it begins made strong; one that stays keeps with the next."""
    lines = fit_for_a_file(text).split("\n")
    return "".join(_paragraph(line, style, strong if not index else "", stays) for index, line in enumerate(lines))


def _paragraph(line, style, strong, stays):
    runs = _run(line[: len(strong)], bold=True) + _run(line[len(strong) :]) if strong else _run(line)
    keeps = "<w:keepNext/>" if stays else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/>{keeps}</w:pPr>{runs}</w:p>'


def _run(text, *, bold=False):
    pieces = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    return f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{pieces}</w:r>" if text else ""


def _field(paragraph, name):
    """Add a field that Word works out, such as the number of the page."""
    run = "<w:r><w:t>1</w:t></w:r>"
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{name}">{run}</w:fldSimple>'))


@cache
def _colour(value):
    return RGBColor.from_string(value)


def _set_styles(document):
    """Set the styles of a document: one family of letters, in sizes for reading on paper."""
    styles = document.styles
    for name, size, bold, before, after in (
        ("Normal", 10, False, 0, 4),
        ("Subtitle", 11, False, 0, 2),
        ("Title", 20, True, 0, 10),
        ("Heading 1", 13, True, 14, 5),
        ("Footer", 8, False, 0, 0),
        ("Table text", 8.5, False, 0, 2),
        ("Table heading", 8.5, True, 0, 0),
    ):
        style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        properties = style.element.get_or_add_rPr()
        for element in list(properties):
            properties.remove(element)
        for tabs in style.element.get_or_add_pPr().findall(qn("w:tabs")):
            style.element.pPr.remove(tabs)
        if (borders := style.element.get_or_add_pPr().find(qn("w:pBdr"))) is not None:
            style.element.pPr.remove(borders)
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
        properties.rFonts.set(qn("w:eastAsia"), FONT)
        properties.rFonts.set(qn("w:cs"), FONT)
        style.font.color.rgb = _colour("FFFFFF" if name == "Table heading" else INK)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
    for name in ("Table text", "Table heading"):
        styles[name].base_style = styles["Normal"]
        styles[name].element.set(qn("w:styleId"), name.replace(" ", ""))
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for language in defaults.findall(qn("w:lang")):
        defaults.remove(language)
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/>'))
