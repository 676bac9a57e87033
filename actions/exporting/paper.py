"""Documents in Word as this site makes them: in its letters, with its foot, in English, titled, their tables named."""

import io
from functools import cache
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from actions.exporting.table import fit_for_a_file

#: A4: its long side and its short one, and what stays free at each edge.
LONG, SHORT, MARGIN = Mm(297), Mm(210), Mm(15)
TABLE_WIDTH, NARROW_TABLE_WIDTH = Mm(297 - 2 * 15).twips, Mm(210 - 2 * 15).twips
FONT, INK, QUIET, LINE, HEAD, NEWS, ALERT = "Arial", "0B0C0C", "505A5F", "B1B4B6", "1D3557", "1D4F91", "A3160C"


class Paper:
    """A document as this site makes them: in its letters, with its marking and its foot, in English, titled.

    ``said`` stands in the foot of every page, beside its number.
    """

    def __init__(self, title, author, marking, *said, is_wide=True):
        self.document = docx.Document()
        _leave_out(self.document, "thumbnail", "customXml")
        self.marking, self.said = marking, said
        self.describe(title, author)
        _set_styles(self.document)
        self._set(self.document.sections[0], is_wide)

    def turn(self, *, is_wide):
        """Go on on a new page that is wide, or is not."""
        page = self.document.add_section(WD_SECTION.NEW_PAGE)
        page.header.is_linked_to_previous = page.footer.is_linked_to_previous = False
        self._set(page, is_wide)

    def _set(self, page, is_wide):
        """Set the size of a section's pages, and what stands at the head and foot of each."""
        width, height = (LONG, SHORT) if is_wide else (SHORT, LONG)
        page.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = width, height
        page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
        page.header_distance = page.footer_distance = Mm(8)
        self._foot(page, width - 2 * MARGIN)
        if self.marking:
            page.header.paragraphs[0].style = self.document.styles["Footer"]
            page.header.paragraphs[0].add_run(fit_for_a_file(self.marking)).bold = True

    def describe(self, title, author):
        """Say of the document what it is and in which language."""
        properties = self.document.core_properties
        properties.title = fit_for_a_file(title)[:255]
        properties.author = properties.last_modified_by = fit_for_a_file(author)[:255] or "SCR Tracker"
        properties.language, properties.comments, properties.keywords = "en-GB", "", ""

    def _foot(self, page, width):
        """Write the foot of every page, with its number."""
        paragraph = page.footer.paragraphs[0]
        paragraph.style = self.document.styles["Footer"]
        paragraph.add_run(" · ".join(fit_for_a_file(each) for each in self.said if each) + "\tPage ")
        field(paragraph, "PAGE")
        paragraph.add_run(" of ")
        field(paragraph, "NUMPAGES")
        paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)

    def heading(self, text, level=1):
        """Write a heading, and return its paragraph."""
        return self.words(text, f"Heading {level}")

    def words(self, text, style="Normal"):
        """Write a paragraph, and return it."""
        return self.document.add_paragraph(fit_for_a_file(text), style=style)

    def add(self, xml):
        """Add a table before the properties of the page, which end the document."""
        self.document.element.body.sectPr.addprevious(parse_xml(xml))

    def written(self):
        """Return the document as bytes."""
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()


def _leave_out(document, *kinds):
    """Leave out of a document what the empty one that it begins with brings along, and nobody needs."""
    for part in (document.part.package, document.part):
        for key, relationship in list(part.rels.items()):
            if relationship.reltype.endswith(kinds):
                del part.rels[key]


def table(rows, widths, caption):
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


def head(headings, widths):
    """Return the XML of the row of headings, which every page repeats."""
    cells = (
        cell(paragraphs(heading, "Table heading"), width, fill=HEAD)
        for heading, width in zip(headings, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def row(cells, *, may_break=False):
    """Return the XML of a row, which stays on one page unless it may break."""
    return f"<w:tr><w:trPr>{'' if may_break else '<w:cantSplit/>'}</w:trPr>{cells}</w:tr>"


def cell(content, width, *, merge="", fill=""):
    """Return the XML of a cell; ``merge`` says that it begins one over several rows ("restart") or goes on with it."""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    shaded = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}{shaded}</w:tcPr>{content}</w:tc>'


def paragraphs(text, style="Table text", strong="", *, stays=False):
    """Return a text as paragraphs, the words with which it begins made strong; one that stays keeps with the next."""
    lines = fit_for_a_file(text).split("\n")
    return "".join(_paragraph(line, style, strong if not index else "", stays) for index, line in enumerate(lines))


def _paragraph(line, style, strong, stays):
    runs = run(line[: len(strong)], bold=True) + run(line[len(strong) :]) if strong else run(line)
    return paragraph(runs, style, stays=stays)


def paragraph(runs, style="Table text", *, stays=False):
    """Return the XML of a paragraph of runs."""
    keeps = "<w:keepNext/>" if stays else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/>{keeps}</w:pPr>{runs}</w:p>'


def run(text, *, bold=False, colour=""):
    """Return the XML of a piece of text."""
    pieces = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    looks = f"{'<w:b/>' if bold else ''}{f'<w:color w:val={quoteattr(colour)}/>' if colour else ''}"
    return f"<w:r>{f'<w:rPr>{looks}</w:rPr>' if looks else ''}{pieces}</w:r>" if text else ""


def field(paragraph, name):
    """Add a field that Word works out, such as the number of the page."""
    shown = "<w:r><w:t>1</w:t></w:r>"
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{name}">{shown}</w:fldSimple>'))


#: The styles of a document: their size in points, whether bold, their colour, and the space before and after.
STYLES = (
    ("Normal", 10, False, INK, 0, 4),
    ("Subtitle", 11, False, INK, 0, 2),
    ("Title", 20, True, INK, 0, 10),
    ("Heading 1", 13, True, INK, 14, 5),
    ("Heading 2", 11, True, INK, 12, 4),
    ("Heading 3", 10, True, INK, 10, 3),
    ("List Bullet", 10, False, INK, 0, 3),
    ("List Number", 10, False, INK, 0, 3),
    ("Footer", 8, False, INK, 0, 0),
    ("Lead", 13, False, INK, 0, 6),
    ("Contents heading", 13, True, INK, 30, 5),
    ("toc 1", 10, True, INK, 4, 2),
    ("toc 2", 10, False, INK, 0, 1),
    ("Table text", 8.5, False, INK, 0, 2),
    ("Table note", 8, False, QUIET, 0, 2),
    ("Table update", 8.5, False, NEWS, 0, 2),
    ("Table alert", 8.5, True, ALERT, 0, 2),
    ("Table heading", 8.5, True, "FFFFFF", 0, 0),
)


#: What the styles that Word does not bring along are known by in a document.
OWN_STYLES = {
    name: name.replace("toc", "TOC").replace(" ", "")
    for name, *_ in STYLES
    if name in ("Lead", "Contents heading") or name.startswith(("Table ", "toc "))
}


@cache
def _colour(value):
    return RGBColor.from_string(value)


def _set_styles(document):
    """Set the styles of a document: one family of letters, in sizes for reading on paper."""
    styles = document.styles
    for name, size, bold, colour, before, after in STYLES:
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
        style.font.color.rgb = _colour(colour)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0
        if name in OWN_STYLES:
            style.base_style = styles["Normal"]
            style.element.set(qn("w:styleId"), OWN_STYLES[name])
        style.paragraph_format.keep_with_next = True if name.startswith("Heading") else None
    for level in (1, 2):
        contents = styles[f"toc {level}"].paragraph_format
        contents.left_indent = Mm(5 * (level - 1))
        contents.tab_stops.add_tab_stop(SHORT - 2 * MARGIN, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    defaults = styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for language in defaults.findall(qn("w:lang")):
        defaults.remove(language)
    defaults.append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB" w:eastAsia="en-GB" w:bidi="ar-SA"/>'))
