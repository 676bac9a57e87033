"""Reads the tag tree of a PDF back, as a screen reader does, and says what does not make sense in it."""

from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO

import pdfplumber
import pikepdf


@dataclass
class Tag:
    """An element of the tree: its kind, its children in their order, and the text that is marked as its own.

    ``kids`` are tags and texts, as they come; ``pages`` are the numbers of the pages on which its own texts stand.
    """

    kind: str
    kids: list = field(default_factory=list)
    pages: list = field(default_factory=list)
    alt: str = ""
    scope: str = ""
    headers: int = 0

    @property
    def children(self):
        """The tags in it."""
        return [kid for kid in self.kids if isinstance(kid, Tag)]

    @property
    def text(self):
        """All that it says, in the order of the tree."""
        return " ".join(filter(None, ((kid.text if isinstance(kid, Tag) else kid).strip() for kid in self.kids)))

    @property
    def first_page(self):
        """The page on which it begins, or None where it holds nothing that is printed."""
        pages = [*self.pages[:1], *(page for kid in self.children if (page := kid.first_page) is not None)]
        return min(pages, default=None)

    def all(self, *kinds):
        """Yield the tags of some kinds in it, in the order of the tree."""
        for kid in self.children:
            if kid.kind in kinds:
                yield kid
            yield from kid.all(*kinds)


def read(pdf):
    """Return the tag at the root of a PDF's tree."""
    texts = _texts(pdf)
    with pikepdf.open(BytesIO(pdf)) as opened:
        numbers = {page.objgen: number for number, page in enumerate(opened.pages)}
        tree = opened.Root.StructTreeRoot
        return Tag("Root", [_tag(kid, None, texts, numbers) for kid in _kids(tree)])


def _texts(pdf):
    """Return {(page, number of the marked content): text}."""
    found = defaultdict(list)
    with pdfplumber.open(BytesIO(pdf)) as opened:
        for number, page in enumerate(opened.pages):
            for char in page.chars:
                found[number, char["mcid"]].append(char["text"])
    return {place: "".join(chars) for place, chars in found.items()}


def _tag(element, page, texts, numbers):
    page = numbers[element.Pg.objgen] if "/Pg" in element else page
    about = _attributes(element)
    tag = Tag(
        str(element.S)[1:],
        alt=str(element.get("/Alt", "")),
        scope=str(about.get("/Scope", "")),
        headers=len(about.get("/Headers", ())),
    )
    for kid in _kids(element):
        if isinstance(kid, int) or kid.get("/Type") == "/MCR":
            at = page if isinstance(kid, int) or "/Pg" not in kid else numbers[kid.Pg.objgen]
            tag.pages.append(at)
            tag.kids.append(texts.get((at, kid if isinstance(kid, int) else int(kid.MCID)), ""))
        elif "/S" in kid:
            tag.kids.append(_tag(kid, page, texts, numbers))
    return tag


def _kids(element):
    kids = element.get("/K", [])
    return [
        int(kid) if isinstance(kid, int) else kid
        for kid in (kids if isinstance(kids, pikepdf.Array | list) else [kids])
    ]


def _attributes(element):
    about = element.get("/A", {})
    found = {}
    for each in about if isinstance(about, pikepdf.Array) else [about]:
        found.update(dict(each.items()))
    return found


def problems(root):
    """Yield what does not make sense in a tree, in words."""
    yield from _of_headings(root)
    yield from _of_lists(root)
    for number, table in enumerate(root.all("Table"), start=1):
        yield from (f"table {number} ({table.text[:40]}): {problem}" for problem in _of_table(table))
    yield from (
        f"a picture on page {figure.first_page} has no words" for figure in root.all("Figure") if not figure.alt
    )
    yield from _of_pages(root)


def headings(root):
    """Return (level, text) of the headings, in the order of the tree."""
    return [(int(tag.kind[1]), tag.text) for tag in root.all(*(f"H{level}" for level in range(1, 7)))]


def _of_headings(root):
    levels = headings(root)
    if [level for level, _ in levels].count(1) != 1:
        yield "there is not one heading of the first level"
    above = 0
    for level, text in levels:
        if level > above + 1:
            yield f"the heading “{text}” skips a level"
        if not text:
            yield "a heading says nothing"
        above = level


def _of_lists(root):
    for found in root.all("L"):
        if any(kid.kind not in ("LI", "Caption") for kid in found.children) or not found.children:
            yield f"a list has more in it than its items: {found.text[:60]}"
        for item in found.children:
            if item.kind == "LI" and not any(kid.kind == "LBody" for kid in item.children):
                yield f"an item of a list has no body: {item.text[:60]}"
    inside = {id(item) for found in root.all("L") for item in found.children}
    yield from (f"an item stands in no list: {item.text[:60]}" for item in root.all("LI") if id(item) not in inside)


def _of_table(table):
    heads = [cell for part in table.all("THead") for row in part.all("TR") for cell in row.children]
    if not any(cell.kind == "TH" for cell in heads):
        yield "it has no head"
    for cell in heads:
        if cell.kind == "TH" and (cell.scope != "/Column" or not cell.text):
            yield f"the head “{cell.text}” is not said to be its column’s"
        if cell.kind == "TD" and cell.text:
            yield f"“{cell.text}” is no head, and stands among them"
    for part in table.all("TBody"):
        for row in part.all("TR"):
            for cell in row.children:
                if cell.kind == "TH" and cell.scope != "/Row":
                    yield f"the head “{cell.text[:40]}” is not said to be its row’s"
                if cell.kind == "TD" and not cell.headers:
                    yield f"“{cell.text[:40]}” stands under no head"


def _of_pages(root):
    """Rows and whatever is no table are read page after page; only within a row does a cell begin further up."""
    last = 0
    for tag in _blocks(root):
        page = tag.first_page
        if page is None:
            continue
        if page < last:
            yield f"“{tag.text[:60]}” of page {page + 1} is read after what stands on page {last + 1}"
        last = max(last, page)


def _blocks(tag):
    for kid in tag.children:
        if kid.kind in ("TR", "P", "H1", "H2", "H3", "H4", "LI", "Figure"):
            yield kid
        else:
            yield from _blocks(kid)


def out_of_order(texts, root):
    """Return the first of these texts that does not stand in the tree after the one before it, or None."""
    said = _together(root.text)
    place = 0
    for text in texts:
        found = said.find(_together(text), place)
        if found < 0:
            return text
        place = found + len(_together(text))
    return None


def _together(text):
    return "".join(letter for letter in text.lower() if letter.isalnum())
