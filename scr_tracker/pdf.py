"""The one door to WeasyPrint: a template becomes a PDF/UA-1 document.

WeasyPrint is imported when the first document is made, so that the site starts without the system
libraries it needs. The stylesheet, with its fonts, is read once and kept.
"""

import atexit
import gc
import logging
import re
import threading
import unicodedata
from collections import defaultdict
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.template.loader import render_to_string

from . import frontend
from .room import with_room

log = logging.getLogger(__name__)

#: What this door reads: the built front end, and nothing else of this machine or of any other.
DIST = frontend.FOLDER / "dist"

#: Characters that no document may contain; word processors leave some behind.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

#: The bullets of Word's symbol fonts, which no other font has.
SYMBOL_FONT_BULLETS = dict.fromkeys([0xF0A7, 0xF0B7, 0xF0D8, 0xF0FC], "•")

#: One document at a time: Pango's font map is shared, and the work is all this process can do anyway.
_one_at_a_time = threading.Lock()


class PdfError(Exception):
    """A PDF cannot be made here; the message says what to do."""


@with_room
def render(template, context):
    """Return the template, filled in, as the bytes of a PDF/UA-1 document.

    A character that no font here can draw is spelt out in brackets: nothing is lost without a trace.
    """
    html = CONTROL_CHARACTERS.sub(" ", render_to_string(template, context)).translate(SYMBOL_FONT_BULLETS)
    with _one_at_a_time, _seldom_collecting_garbage(), _keeping_pace():
        pdf, lost = _write(html)
        if lost:
            log.warning("No font can draw %s: spelt out in the document.", ", ".join(map(_named, lost)))
            pdf, lost = _write(html.translate({ord(each): f"[{_named(each)}]" for each in lost}))
        if lost:
            raise PdfError("This machine's fonts are incomplete. Run apt-get install -y fonts-dejavu-core")
    return pdf


def _write(html):
    """Return the PDF of some HTML, and the characters that no font could draw."""
    weasyprint = _weasyprint()
    stylesheet, fonts = _stylesheet(_changed(DIST / "report.css"))
    with _noting_lost_characters() as lost:
        document = weasyprint.HTML(string=html, base_url=f"{DIST.as_uri()}/", url_fetcher=_fetcher())
        pdf = document.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            finisher=lambda _, pdf: _link_cells_with_heads(pdf),
        )
    return pdf, lost


def _weasyprint():
    try:
        import weasyprint
    except OSError as error:
        raise PdfError(
            "PDF documents need Pango, which this machine lacks. Run"
            " apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    return weasyprint


def _changed(path):
    """Return when the stylesheet was built, so that a new one is noticed."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        raise PdfError(
            "PDF documents take their look from the front end, which is not built. Run manage.py build_frontend"
        ) from None


@lru_cache(maxsize=1)
def _stylesheet(changed):
    """Return the stylesheet and its fonts: reading them takes as long as setting five pages."""
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    css = (DIST / "report.css").read_text()
    stylesheet = _weasyprint().CSS(string=css, base_url=f"{DIST.as_uri()}/", url_fetcher=_fetcher(), font_config=fonts)
    return stylesheet, fonts


#: The fonts must go while WeasyPrint is still there to clear up after them.
atexit.register(_stylesheet.cache_clear)


@cache
def _fetcher():
    """Return what reads the things a document refers to: the built front end and data, nothing else."""
    from weasyprint.urls import URLFetcher

    class FrontEndFetcher(URLFetcher):
        def fetch(self, url, headers=None):
            parts = urlsplit(url)
            if parts.scheme == "file" and not Path(unquote(parts.path)).resolve().is_relative_to(DIST.resolve()):
                raise ValueError(f"A document may not read {url}.")
            return super().fetch(url, headers)

    return FrontEndFetcher(allowed_protocols={"data", "file"}, allow_redirects=False)


@contextmanager
def _noting_lost_characters():
    """Collect the characters that WeasyPrint reports it could not draw, and keep them out of the log."""
    lost = set()

    def note(record):
        if not str(record.msg).startswith(".notdef glyph"):
            return True
        lost.add(record.args[0])
        return False

    weasyprint_log = logging.getLogger("weasyprint")
    weasyprint_log.addFilter(note)
    try:
        yield lost
    finally:
        weasyprint_log.removeFilter(note)


def _named(character):
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()


@contextmanager
def _seldom_collecting_garbage():
    """Let the collector look seldom while a document is made: nearly all that it would look at is in use.

    Switching it off costs more than it saves: everything made meanwhile is looked at when it is on again.
    """
    usual = gc.get_threshold()
    gc.set_threshold(300_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _keeping_pace():
    """Spare WeasyPrint and pydyf two searches that make each page slower the more of them there are."""
    from pydyf import PDF
    from weasyprint.layout import page

    listed, styled = PDF.page_references, page.set_page_type_computed_styles
    PDF.page_references = property(_PageList(listed))
    page.set_page_type_computed_styles = _style_page
    try:
        yield
    finally:
        PDF.page_references, page.set_page_type_computed_styles = listed, styled


class _PageList:
    """Remembers the list of all pages, which pydyf makes anew for each element that says on which page it is."""

    def __init__(self, listed):
        self.listed = listed
        self.of = self.references = None

    def __call__(self, document):
        of = (document, document.pages["Count"])
        if self.of != of:
            self.of, self.references = of, self.listed.__get__(document)
        return self.references


def _style_page(page_type, html, style_for):
    """Set the styles of a page as WeasyPrint does, but look for its margins by name, not among all elements."""
    from weasyprint.css import PAGE_MARGIN_BOXES

    style_for.add_page_declarations(page_type)
    about = {"root": html.etree_element, "base_url": html.base_url}
    style_for.set_computed_styles(page_type, parent=html.etree_element, **about)
    for margin in (f"@{name}" for name in PAGE_MARGIN_BOXES):
        if (page_type, margin) in style_for.get_cascaded_styles():
            style_for.set_computed_styles(page_type, pseudo_type=margin, parent=page_type, **about)


def _link_cells_with_heads(pdf):
    """Say in a PDF which heads each cell of a table stands under.

    WeasyPrint does this too, but loses count in rows below a cell that spans several, and does not say of
    a head whether it is a column's or a row's. Here a head in the table's head is its columns', a head in
    its body its rows', and a cell's place is counted as a browser does.
    """
    by_reference = {item.reference: item for item in pdf.objects}

    def children(element):
        for reference in element["K"]:
            child = by_reference.get(reference) if isinstance(reference, bytes) else None
            if isinstance(child, dict) and "S" in child:
                yield child

    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/Table":
            _link_cells_of(item, children)


def _link_cells_of(table, children):
    import pydyf

    column_heads, row_heads, cells = defaultdict(list), defaultdict(list), []
    spanned_to = defaultdict(int)
    for y, (row, in_head) in enumerate(_rows(table, children)):
        x = 0
        for cell in children(row):
            while spanned_to[x] > y:
                x += 1
            about = cell["A"]
            across = range(x, x + int(about.get("ColSpan", 1)))
            down = range(y, y + int(about.get("RowSpan", 1)))
            spanned_to.update(dict.fromkeys(across, down.stop))
            x = across.stop
            if cell["S"] == "/TD":
                cells.append((about, across, down))
                continue
            about["Scope"] = "/Column" if in_head else "/Row"
            for place in across if in_head else down:
                (column_heads if in_head else row_heads)[place].append(cell["ID"])
    for about, across, down in cells:
        heads = [head for y in down for head in row_heads[y]] + [head for x in across for head in column_heads[x]]
        about["Headers"] = pydyf.Array(dict.fromkeys(heads))


def _rows(table, children):
    """Yield each row of a table, and whether it belongs to the table's head."""
    for part in children(table):
        if part["S"] in ("/THead", "/TBody"):
            yield from ((row, part["S"] == "/THead") for row in children(part))
