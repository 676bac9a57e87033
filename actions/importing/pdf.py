"""Reads PDFs: a page is letters and rules, out of which lines, paragraphs and the cells of tables are made again.

A PDF may be made to do harm, and the library that takes it apart has no limits. It is read in a process of its
own that may use so much memory and time and no more.
"""

import io
import pickle
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfplumber.page import Page as PlumberPage
from pdfplumber.utils.exceptions import PdfminerException

from actions.importing.document import Cell, Document, Heading, Place, Row, Table
from actions.importing.pdf_margins import take_margins
from actions.importing.pdf_tables import clustered, find_tables_ruled_across, page_of
from actions.importing.pdf_text import LABEL, paragraphs_of, usual_pitch
from actions.importing.problems import UnreadableFile

MOST_PAGES = 300
MOST_MEMORY = 1_000_000_000
MOST_SECONDS = 120

PROTECTED = "{name} is protected by a password: open it, save it without one and import that."
TOO_LONG = "{name} has more than {most} pages: save the pages of the plan as a PDF of their own and import that."
NO_TEXT = (
    "{name} holds pictures of pages and no text: import the Word or Excel document that it was made from, or have "
    "its text recognised first."
)
TOO_HEAVY = (
    "{name} needs far more memory or time than an action plan does, which is not safe to read: save the plan as "
    "Word, Excel or a plain PDF and import that."
)
DAMAGED = "{name} is damaged and cannot be opened: open it in the program it came from and save it again."

#: Headings are at least so much larger than other text.
LARGER = 1.15
#: How many lines above the foot of the page the last words of a row may end that goes on overleaf.
LINES_LEFT_AT_FOOT = 4.5
#: How many lines of a column show where its lines end.
ENOUGH_LINES = 12


def read_pdf(content, name):
    """Return the document in the bytes of a PDF, read within bounds of memory and time."""
    command = [sys.executable, "-m", "actions.importing.pdf", name]
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(command, input=content, capture_output=True, cwd=root, timeout=MOST_SECONDS + 10)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(TOO_HEAVY.format(name=name)) from error
    if done.returncode:
        raise UnreadableFile(TOO_HEAVY.format(name=name))
    document = pickle.loads(done.stdout)
    if isinstance(document, str):
        raise UnreadableFile(document)
    return document


def document_in(content, name):
    """Return the document in the bytes of a PDF, or raise UnreadableFile."""
    pages = list(_pages(content, name))
    if not any(page.lines or page.grids for page in pages):
        raise UnreadableFile(NO_TEXT.format(name=name))
    return _Reader(pages).document(name)


def _pages(content, name):
    """Yield what stands on each page."""
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            found = list(islice(PDFPage.create_pages(pdf.doc), MOST_PAGES + 1))
            if len(found) > MOST_PAGES:
                raise UnreadableFile(TOO_LONG.format(name=name, most=MOST_PAGES))
            for number, each in enumerate(found, start=1):
                page = PlumberPage(pdf, each, page_number=number, initial_doctop=0)
                yield page_of(page, number)
                page.close()
    except PdfminerException as error:
        reasons = {PDFPasswordIncorrect: PROTECTED, MemoryError: TOO_HEAVY}
        why = next((reasons[type(each)] for each in error.args if type(each) in reasons), DAMAGED)
        raise UnreadableFile(why.format(name=name)) from error


class _Reader:
    """Makes a document of pages."""

    def __init__(self, pages):
        self.pages = pages
        self.margins = take_margins(pages)
        before = None
        for page in pages:
            find_tables_ruled_across(page, before)
            before = page.grids[-1] if page.grids else None
        cells = [box.lines for page in pages for grid in page.grids for box in grid.boxes]
        self.pitch_in_cells = usual_pitch(cells)
        self.pitch = usual_pitch([page.lines for page in pages])
        self.size = self.size_of_text(cells)
        self.columns = self.chains()
        self.foot = max((grid.bottom for page in pages for grid in page.grids), default=0)
        self.foot = max([self.foot, *(line.bottom for page in pages for line in page.lines)])

    def document(self, name):
        blocks = [block for page in self.pages for block in self.blocks(page)]
        for index, block in enumerate(blocks):
            if not isinstance(block, Heading) or LABEL.match(block.text):
                break
            blocks[index] = replace(block, level=0)
        return Document(name, "pdf", tuple(blocks), tuple(self.margins))

    def blocks(self, page):
        """Yield what stands on a page from top to bottom."""
        edges = [grid.top for grid in page.grids]
        groups = [[] for _ in range(len(edges) + 1)]
        for line in page.lines:
            groups[sum(edge < (line.top + line.bottom) / 2 for edge in edges)].append(line)
        right = max((line.x1 for line in page.lines), default=0)
        yield from self.paragraphs(groups[0], right, page)
        for number, (grid, lines) in enumerate(zip(page.grids, groups[1:], strict=True), start=1):
            yield self.table(grid, f"page {page.number}, table {number}")
            yield from self.paragraphs(lines, right, page)

    # Outside tables

    def size_of_text(self, cells):
        """Return the size of most letters that are not in headings."""
        sizes = Counter()
        lines = [line for page in self.pages for line in page.lines]
        width = max((line.x1 - line.x0 for line in lines), default=0)
        long = [line for line in lines if line.x1 - line.x0 > 0.6 * width and not line.bold]
        for line in [*long, *(line for box in cells for line in box)]:
            sizes[round(line.size, 1)] += len(line.text)
        outside = Counter()
        for line in long:
            outside[round(line.size, 1)] += len(line.text)
        common = (outside if len(long) > 5 else sizes) or sizes
        return common.most_common(1)[0][0] if common else 0

    def paragraphs(self, lines, right, page):
        groups = []
        for line in lines:
            if groups and round(line.size, 1) == round(groups[-1][-1].size, 1) and line.bold == groups[-1][-1].bold:
                groups[-1].append(line)
            else:
                groups.append([line])
        for group in groups:
            is_large = self.size and group[0].size >= LARGER * self.size
            for made in paragraphs_of(group, right, self.pitch, f"page {page.number}"):
                if is_large and not made.is_blank and not made.is_bullet:
                    yield Heading(made.text.strip(), self.level(group[0].size), made.where)
                else:
                    yield made

    def level(self, size):
        """Return the level of a heading by its size: the largest letters are a first heading's."""
        sizes = {round(line.size, 1) for page in self.pages for line in page.lines if line.size >= LARGER * self.size}
        return 1 + sum(other > round(size, 1) for other in sizes)

    # Tables

    def chains(self):
        """Return, for each table, its columns, which it shares with the pages before that it goes on from."""
        found, before, last = {}, None, None
        for page in self.pages:
            for index, grid in enumerate(page.grids):
                is_next = last is not None and page.number == last + 1 and index == 0
                if is_next and abs(before.x0 - grid.x0) <= 6 and abs(before.x1 - grid.x1) <= 6:
                    found[id(before)].append(grid)
                    found[id(grid)] = found[id(before)]
                else:
                    found[id(grid)] = [grid]
                before, last = grid, page.number
        made = {id(chain): _Columns(chain) for chain in found.values()}
        return {key: made[id(chain)] for key, chain in found.items()}

    def table(self, grid, where):
        columns = self.columns[id(grid)]
        edges = columns.edges
        tops = clustered([each for box in grid.boxes for each in (box.top, box.bottom)])
        places = [[Place(Cell())] * (len(edges) - 1) for _ in tops[1:]]
        for box in sorted(grid.boxes, key=lambda each: (each.top, each.x0)):
            left, right = _nearest(edges, box.x0), _nearest(edges, box.x1)
            top, bottom = _nearest(tops, box.top), _nearest(tops, box.bottom)
            cell = self.cell(box, columns.limits.get(right, box.x1), grid)
            for row in range(top, bottom):
                for column in range(left, right):
                    places[row][column] = Place(cell, from_above=row > top, from_left=column > left)
        rows = [Row(tuple(row), f"{where}, row {number}") for number, row in enumerate(places, start=1)]
        return Table(tuple(rows), where)

    def cell(self, box, right, grid):
        paragraphs = tuple(paragraphs_of(box.lines, right, self.pitch_in_cells))
        reaches = None
        if box.lines:
            line = box.lines[-1]
            room = LINES_LEFT_AT_FOOT * self.pitch_in_cells * line.size
            reaches = self.foot - line.bottom < room and grid.bottom - box.bottom < line.size
        return Cell(paragraphs, box.fill, reaches_foot=reaches)


class _Columns:
    """The columns of a table: their edges, and up to where the words in the cells that end at each may go."""

    def __init__(self, grids):
        boxes = [box for grid in grids for box in grid.boxes]
        self.edges = clustered([each for box in boxes for each in (box.x0, box.x1)])
        self.has_uprights = all(grid.has_uprights for grid in grids)
        by_edge = {}
        for box in boxes:
            if box.lines:
                by_edge.setdefault(_nearest(self.edges, box.x1), []).append(box)
        self.limits = {right: self.limit(right, ending) for right, ending in by_edge.items()}

    def limit(self, right, boxes):
        """Return the limit of cells: as far from the right edge as from the left, or where the longest line ends."""
        several = [line.x1 for box in boxes for line in box.lines if len(line.words) > 1]
        size = median(line.size for box in boxes for line in box.lines)
        if self.has_uprights:
            margin = min(line.x0 - box.x0 for box in boxes for line in box.lines)
        else:
            margin = self.edges[right] if len(several) >= ENOUGH_LINES else size
        return max([self.edges[right] - margin, *several])


def _nearest(edges, value):
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))


def _answer(name):
    """Return the document in the standard input, or the sentence that says why there is none."""
    try:
        return document_in(sys.stdin.buffer.read(), name)
    except UnreadableFile as error:
        return str(error)
    except MemoryError:
        return TOO_HEAVY.format(name=name)
    except Exception:  # whatever is wrong inside a file, the library may trip over it in any way
        return DAMAGED.format(name=name)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.stdout.buffer.write(pickle.dumps(_answer(sys.argv[1])))
