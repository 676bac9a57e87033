"""Reads Word documents (.docx).

Works on the XML, because a document's text is more than its library shows: tracked insertions, content
controls (the usual home of a status), nested tables and the numbers of numbered lists are read; deletions are
left out.
"""

import io

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from actions.exporting.carried import BOOKMARK, XML_NAME
from actions.importing.document import Cell, Document, Heading, Paragraph, Place, Row, Table
from actions.importing.numbering import Numbering

#: Wrappers whose content is part of the document.
TRANSPARENT = {qn(f"w:{tag}") for tag in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink")}
#: What is deleted, is said twice for old programs, or is not text.
LEFT_OUT = {qn(f"w:{tag}") for tag in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText", "delText")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
P, R, T, TBL, TR, TC = (qn(f"w:{tag}") for tag in ("p", "r", "t", "tbl", "tr", "tc"))
TEXT_BOX = qn("w:txbxContent")
SIGNS = {qn("w:tab"): "\t", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
BREAK = qn("w:br")

MARGINS = {
    "header": "header",
    "footer": "footer",
    "footnotes": "footnotes",
    "endnotes": "endnotes",
    "comments": "comments",
}


def read_word(content, name):
    """Return the document in the bytes of a .docx file."""
    package = docx.Document(io.BytesIO(content))
    return _Reader(package).document(name)


class _Reader:
    """Walks one document from top to bottom; numbered lists are counted on the way."""

    def __init__(self, package):
        self.package = package
        self.styles = {style.style_id: style for style in package.styles}
        self.numbering = Numbering(package)
        self.tables = self.paragraphs = 0

    def document(self, name):
        blocks = tuple(self.blocks(self.package.element.body))
        return Document(name, "docx", blocks, tuple(self.margins()), carried=self.carried())

    def carried(self):
        """Return what a document that went out from here carries in a part of its own."""
        for relationship in self.package.part.rels.values():
            if relationship.reltype.endswith("/customXml") and not relationship.is_external:
                root = parse_xml(relationship.target_part.blob)
                if root.tag == XML_NAME:
                    return root.text or ""
        return ""

    def blocks(self, parent):
        for element in _children(parent):
            if element.tag == TBL:
                yield self.table(element)
            elif element.tag == P:
                self.paragraphs += 1
                where = f"paragraph {self.paragraphs}"
                level = self.heading_level(element)
                for paragraph in self.lines(element, where):
                    is_heading = level is not None and not paragraph.is_blank
                    yield Heading(paragraph.text.strip(), level, where) if is_heading else paragraph

    def margins(self):
        """Yield what stands in headers, footers, notes and comments."""
        for relationship in self.package.part.rels.values():
            margin = MARGINS.get(relationship.reltype.rpartition("/")[2])
            if margin and not relationship.is_external:
                part = relationship.target_part
                root = part.element if hasattr(part, "element") else parse_xml(part.blob)
                for element in root.iter(P):
                    yield from (line for line in self.lines(element, margin) if not line.is_blank)

    # Tables

    def table(self, element):
        self.tables += 1
        number, rows, above = self.tables, [], []
        for index, row in enumerate((each for each in _children(element) if each.tag == TR), start=1):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                continue
            above = self.places(row, above)
            rows.append((above, f"table {number}, row {index}", tuple(_identities(row))))
        width = max((len(places) for places, *_ in rows), default=0)
        blank = Place(Cell())
        padded = (Row((*places, *[blank] * (width - len(places))), *rest) for places, *rest in rows)
        return Table(tuple(padded), f"table {number}")

    def places(self, row, above):
        """Return a row's places in the grid; a cell merged with the one above is that cell again."""
        places = [Place(Cell())] * int(_value(row, "w:trPr/w:gridBefore", "0"))
        for element in _children(row):
            if element.tag != TC:
                continue
            span = int(_value(element, "w:tcPr/w:gridSpan", "1"))
            merge = _value(element, "w:tcPr/w:vMerge", "continue", absent=None)
            column = len(places)
            if merge == "continue" and column < len(above):
                covered = Place(above[column].cell, from_above=True)
            else:
                covered = Place(self.cell(element))
            places.append(covered)
            places += [Place(covered.cell, covered.from_above, from_left=True)] * (span - 1)
        return places

    def cell(self, element):
        fill = _value(element, "w:tcPr/w:shd", None, attribute="w:fill")
        paragraphs = tuple(self.paragraphs_in(element))
        return Cell(paragraphs, None if fill in (None, "auto", "FFFFFF") else fill)

    def paragraphs_in(self, parent):
        """Yield the paragraphs of a cell, with those of tables inside it in their place."""
        for element in _children(parent):
            if element.tag == P:
                yield from self.lines(element)
            elif element.tag in (TBL, TR, TC):
                yield from self.paragraphs_in(element)

    # Paragraphs

    def lines(self, element, where=""):
        """Yield the paragraph; a line break within it begins another, and text boxes follow it."""
        pieces, boxes = [], []
        _collect(element, pieces, boxes)
        label, level = self.numbering.of(element, self.style_of(element))
        runs = [(text, bold) for text, bold in pieces if text.strip()]
        bold = bool(runs) and all(bold for _, bold in runs) or bool(runs) and self.is_bold_style(element)
        text = "".join(text for text, _ in pieces)
        for index, line in enumerate(text.split("\n")):
            line = f"{label} {line}" if label and index == 0 and line.strip() else line
            yield Paragraph.typed(line, level=level, bold=bold, where=where)
        for box in boxes:
            yield from (line for line in self.lines(box, where) if not line.is_blank)

    def style_of(self, element):
        return self.styles.get(_value(element, "w:pPr/w:pStyle", None))

    def is_bold_style(self, element):
        style = self.style_of(element)
        return bool(style is not None and style.font.bold)

    def heading_level(self, element):
        """Return the level of a heading by its style or outline level; None for other paragraphs."""
        outline = _value(element, "w:pPr/w:outlineLvl", None)
        style = self.style_of(element)
        name = (style.name or "").lower() if style is not None else ""
        if name == "title":
            return 0
        if name.startswith("heading ") and name[8:].isdigit():
            return int(name[8:])
        return int(outline) + 1 if outline is not None and outline.isdigit() and int(outline) < 9 else None


def _children(element):
    """Yield the children that count, as if the wrappers around them were not there."""
    for child in element:
        if child.tag in TRANSPARENT:
            yield from _children(child)
        elif child.tag not in LEFT_OUT:
            yield child


def _identities(row):
    """Yield what the hidden bookmarks of a row say that it shows."""
    for bookmark in row.iter(qn("w:bookmarkStart")):
        name = bookmark.get(qn("w:name"), "")
        if name.startswith(BOOKMARK):
            yield name.removeprefix(BOOKMARK)


def _collect(element, pieces, boxes, bold=False):
    """Collect the text of a paragraph with whether it is bold, and the paragraphs of its text boxes."""
    for child in element:
        if child.tag in LEFT_OUT:
            continue
        if child.tag == TEXT_BOX:
            boxes.extend(each for each in child.iter(P))
        elif child.tag == T:
            pieces.append((child.text or "", bold))
        elif child.tag in SIGNS:
            pieces.append((SIGNS[child.tag], bold))
        elif child.tag == BREAK:
            pieces.append(("\n" if child.get(qn("w:type")) in (None, "textWrapping") else "", bold))
        elif child.tag == R:
            _collect(child, pieces, boxes, _value(child, "w:rPr/w:b", "1", absent="0") not in ("0", "false"))
        else:
            _collect(child, pieces, boxes, bold)


def _value(element, path, default, *, attribute="w:val", absent=...):
    """Return an attribute of a descendant: `default` where it has none, `absent` where there is none."""
    found = element.find("/".join(qn(tag) for tag in path.split("/")))
    if found is None:
        return default if absent is ... else absent
    return found.get(qn(attribute), default)
