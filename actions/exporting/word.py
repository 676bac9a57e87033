"""Writes a plan as a Word document, ready to edit: its own columns in their order, landscape, sections under headings.

The words stand in real styles, tables repeat their head on every page, and each row is known by a hidden bookmark.
"""

from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Pt

from actions.exporting import carried
from actions.exporting.paper import TABLE_WIDTH, Paper, cell, head, paragraphs, row, table
from actions.exporting.table import fit_for_a_file, laid_out
from scr_tracker.words import day

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


def document(plan, about):
    """Return the bytes of a Word document of a plan."""
    plan = carried.identified(plan)
    paper = _PlanPaper(plan, about)
    paper.write()
    return paper.written()


def list_document(columns, rows, *, title, about, marking):
    """Return the bytes of a Word document with a table of rows, and above it what is said about it: (name, text)."""
    paper = Paper(title, "", marking)
    paper.document.add_paragraph(fit_for_a_file(title), style="Title")
    said = " · ".join(f"{name}: {text}" for name, text in about)
    paper.document.add_paragraph(fit_for_a_file(said), style="Subtitle").paragraph_format.space_after = Pt(8)
    widths = _widths(columns)
    lines = "".join(
        row("".join(cell(paragraphs(text), width) for text, width in zip(cells, widths, strict=True))) for cells in rows
    )
    paper.add(table(head([each.heading for each in columns], widths) + lines, widths, title))
    return paper.written()


class _PlanPaper(Paper):
    """Writes a plan from top to bottom."""

    def __init__(self, plan, about):
        made = timezone.localtime(about.moment) if about.moment else None
        stood = f"As it stood on {day(made)}" if made else ""
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
            items = "".join(row(cell(paragraphs(item), TABLE_WIDTH // 2)) for item in key.items)
            self.add(table(items, [TABLE_WIDTH // 2], key.heading))
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
        rows = [head([each.heading for each in self.table.columns], widths)]
        shared = self.table.place("response")
        for block in section.blocks:
            goes_on = {shared} if shared is not None and self.is_shared(block, section) else set()
            rows += self.rows(block, widths, goes_on)
        self.add(table("".join(rows), widths, section.heading))

    def is_shared(self, block, section):
        """Whether the response to a recommendation is that to the one above it, printed once."""
        before = section.blocks[section.blocks.index(block) - 1] if block is not section.blocks[0] else None
        one, other = block.recommendation, before.recommendation if before else None
        return bool(before and one.shares_response and one.response == other.response)

    def rows(self, block, widths, goes_on):
        """Yield the rows of a recommendation, whose own cells are merged beside all its actions."""
        number = block.recommendation.number_printed or block.recommendation.number
        stays = len(block.rows) <= STAY_TOGETHER
        for index, line in enumerate(block.rows):
            cells = []
            merged_upwards = goes_on | block.whole if index else goes_on
            # Word forgets what stands in a cell that is merged with the one above it.
            own = [place for place in range(len(line.cells)) if place not in merged_upwards]
            marked = next((place for place in own if place not in block.whole), own[0] if own else None)
            for place, text in enumerate(line.cells):
                merge = ""
                if place in merged_upwards:
                    merge, text = "continue", ""
                elif place in block.whole and (len(block.rows) > 1 or place == self.table.place("response")):
                    merge = "restart"
                strong = number if place == self.table.place("recommendation") and text.startswith(f"{number} ") else ""
                bookmark = self.bookmark(line.reference) if place == marked else ""
                content = bookmark + paragraphs(text, strong=strong, stays=stays and line is not block.rows[-1])
                cells.append(cell(content, widths[place], merge=merge))
            yield row("".join(cells))

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
