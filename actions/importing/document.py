"""What every document is made of, whichever kind of file it came from."""

import re
from dataclasses import dataclass
from datetime import date

from actions.importing.plan import Plan


@dataclass(frozen=True)
class Problem:
    """A place in a document that was not understood, or not kept as it stood, and what was done about it."""

    where: str
    text: str
    what: str

    def __str__(self):
        shown = " / ".join(self.text.split("\n"))
        shown = shown if len(shown) <= 100 else f"{shown[:99]}…"
        return f"{self.where}: {self.what}: “{shown}”" if shown else f"{self.where}: {self.what}"


#: Signs that people (and Word, in its symbol fonts) put before the points of a list.
BULLET = re.compile(r"\s*(?:[•●▪▫◦‣∙·■□➢➤✓✔\uf000-\uf0ff]|o(?=\t)|\*(?=\s)|[-–—](?=\s|[A-Za-z]))\s*(?=\S)")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its list level is None outside a bulleted list, and its bullet sign is left out."""

    text: str
    level: int | None = None
    bold: bool = False
    where: str = ""

    @classmethod
    def typed(cls, text, *, level=None, bold=False, where=""):
        """Return the paragraph of a line as it was typed: a bullet sign makes it a point of a list."""
        text = text.replace("\0", "")
        if sign := BULLET.match(text):
            return cls(text[sign.end() :], level or 0, bold, where)
        return cls(text, level, bold, where)

    @property
    def is_blank(self):
        return not self.text.strip()

    @property
    def is_bullet(self):
        return self.level is not None


@dataclass(frozen=True)
class Heading:
    """A heading; level 0 is a title, and the name of a spreadsheet's page is a heading too."""

    text: str
    level: int
    where: str = ""
    is_sheet_name: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table; where cells are merged, each place covered holds the same cell."""

    paragraphs: tuple[Paragraph, ...] = ()
    fill: str | None = None
    day: date | None = None

    @property
    def text(self):
        """The words of the cell, one line per paragraph that has any."""
        return "\n".join(each.text.strip() for each in self.paragraphs if not each.is_blank)

    @property
    def is_blank(self):
        return not self.text


@dataclass(frozen=True)
class Place:
    """One place in the grid of a table: its cell, and whether that cell began further up or further left."""

    cell: Cell
    from_above: bool = False
    from_left: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table: as many places as the table has columns, and where in the document it is.

    ``identities``: what a Word document that went out from here says, hidden, that the row shows.
    """

    places: tuple[Place, ...]
    where: str
    identities: tuple[str, ...] = ()

    @property
    def cells(self):
        """The cells that begin in this row, in order."""
        return [each.cell for each in self.places if not each.from_above and not each.from_left]

    @property
    def is_blank(self):
        return all(each.cell.is_blank for each in self.places)


@dataclass(frozen=True)
class Table:
    """A table, or the used part of a spreadsheet's page."""

    rows: tuple[Row, ...]
    where: str


@dataclass(frozen=True)
class Document:
    """A document: its blocks in order, what stands at its edges, and what could not be read in it.

    ``said``: the plan that one in the interchange schema says itself; ``carried``: what one that went out from
    here carries hidden in itself (``actions.exporting.carried``).
    """

    name: str
    kind: str
    blocks: tuple[Heading | Paragraph | Table, ...]
    margins: tuple[Paragraph, ...] = ()
    problems: tuple[Problem, ...] = ()
    carried: str = ""
    said: Plan | None = None

    @property
    def tables(self):
        return [block for block in self.blocks if isinstance(block, Table)]
