"""Writes a report as a Word document: portrait for what is read, landscape for what is looked up.

Headings are headings, contents and numbers of pages are fields, tables have heads that every page repeats, and a
rating is a sign and a word before it is a colour.
"""

from io import BytesIO
from xml.sax.saxutils import quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from actions.exporting.paper import (
    NARROW_TABLE_WIDTH,
    TABLE_WIDTH,
    Paper,
    cell,
    head,
    paragraph,
    row,
    run,
    table,
)
from actions.exporting.settled import settled
from actions.exporting.table import fit_for_a_file

from .layout import PlanLayout, rating_of, spread
from .outline import SIGNS
from .pictures import COLOURS

#: Millimetres: the box into which a logo fits.
LOGO = 60, 22

#: The style of a line of each kind.
STYLES = {"": "Table text", "note": "Table note", "update": "Table update", "alert": "Table alert"}


def as_word(outline):
    """Return the bytes of a Word document of a report."""
    paper = _ReportPaper(outline)
    paper.write()
    return settled(paper.written(), outline.made_at)


class _ReportPaper(Paper):
    """Writes a report from its cover to its key."""

    def __init__(self, outline):
        heading = outline.heading
        about = heading.about_in_full if len(heading.reviews) == 1 else heading.partnership
        said = [f"{about}, as at {heading.as_at_words}"]
        super().__init__(outline.report.title, heading.partnership, outline.marking, *said, is_wide=False)
        self.outline, self.width = outline, NARROW_TABLE_WIDTH
        self.listed, self.bookmarks = [], 0

    def write(self):
        contents = self.cover()
        for part in self.outline.parts:
            self.part(part)
        for place, plan in enumerate(self.outline.plans):
            self.go_on(is_wide=True, is_new=not place)
            self.plan(plan)
        for part in self.outline.annexes:
            self.part(part)
        contents.addprevious(parse_xml(self.contents_field()))
        for entry in self.listed[1:]:
            contents.addprevious(parse_xml(_entry(*entry)))
        contents.addprevious(parse_xml(_p(_mark("end"))))
        contents.getparent().remove(contents)

    def go_on(self, *, is_wide, is_new=True):
        """Go on on pages that are wide, or are not."""
        if is_new:
            self.turn(is_wide=is_wide)
        self.width = TABLE_WIDTH if is_wide else NARROW_TABLE_WIDTH

    def cover(self):
        """Write what the report is and whose, and return the place of its contents."""
        heading = self.outline.heading
        if logo := getattr(heading, "logo", None):
            self.picture(logo)
        self.words(heading.partnership, "Subtitle").paragraph_format.space_before = Mm(8 if logo else 30)
        self.words(self.outline.name, "Title")
        for name, text in self.outline.facts[2:]:
            fact = self.words("")
            fact.add_run(fit_for_a_file(name)).bold = True
            fact.add_run(f"\t{fit_for_a_file(text)}")
            fact.paragraph_format.tab_stops.add_tab_stop(Mm(55))
            fact.paragraph_format.left_indent, fact.paragraph_format.first_line_indent = Mm(55), -Mm(55)
        self.words("Contents", "Contents heading")
        return self.words("")._p

    def picture(self, logo):
        """Write the partnership's logo, with what it shows for those who do not see it."""
        width = Mm(logo.width_in(*LOGO))
        picture = self.words("").add_run().add_picture(BytesIO(logo.content), width=width)
        picture._inline.docPr.set("descr", fit_for_a_file(logo.words))

    def listed_heading(self, text, level):
        """Write a heading that the contents name."""
        name = f"_Toc{len(self.listed) + 1:06}"
        heading = self.heading(text, level)
        heading.paragraph_format.page_break_before = not self.listed  # the cover is a page of its own
        self.mark(heading._p, name)
        self.listed.append((fit_for_a_file(text), level, name))

    def mark(self, written, name):
        """Set a bookmark into a paragraph."""
        self.bookmarks += 1
        start, end = _bookmark(name, self.bookmarks, f" {nsdecls('w')}")
        written.insert(1, parse_xml(start))
        written.append(parse_xml(end))

    def contents_field(self):
        """Return the beginning of the contents, which Word brings up to date."""
        instruction = '<w:r><w:instrText xml:space="preserve">TOC \\o "1-2" \\h \\z \\u</w:instrText></w:r>'
        return _entry(*self.listed[0], before=_mark("begin", ' w:dirty="true"') + instruction + _mark("separate"))

    # --- Parts ---

    def part(self, part):
        if part is self.outline.key:
            self.go_on(is_wide=False)
        elif part.sheet and part.tables and self.outline.is_wide:
            self.go_on(is_wide=True)
        self.listed_heading(part.heading, 1)
        if part.lead:
            self.words(part.lead, "Lead")
        for words in part.prose:
            self.words(words)
        for heading, items, is_numbered in part.points:
            if heading:
                self.heading(heading, 2)
            for item in items:
                self.words(item, "List Number" if is_numbered else "List Bullet")
        for each in part.tables:
            self.table(each)
        for words in part.notes:
            self.words(words).paragraph_format.space_before = Mm(2)

    def table(self, written):
        caption = f"{written.caption} ({written.counted})" if written.counted else written.caption
        self.listed_heading(caption, 2) if written.counted else self.heading(caption, 2)
        if written.about:
            self.words(written.about).paragraph_format.keep_with_next = True
        heads = written.heads_on_paper
        widths = _shared_out(self.width, [each.weight for each in heads])
        rows = [head([each.heading for each in heads], widths)]
        for cells in written.rows_on_paper():
            texts = (
                cell(self.cell(each.lines, each.rating, each.rated), width)
                for each, width in zip(cells, widths, strict=True)
            )
            rows.append(row("".join(texts)))
        self.add(table("".join(rows), widths, written.caption))

    def cell(self, lines, rating="", rated="", *, stays=False):
        """Return what a cell holds: its rating, then its lines."""
        first, *more = rated.split("\n")
        written = [paragraph(_rating(rating, first), stays=stays)] if rating else []
        written += [paragraph(run(fit_for_a_file(text)), stays=stays) for text in more]
        written += [paragraph(_line(line), STYLES[line.kind], stays=stays) for line in lines]
        return "".join(written) or paragraph("", stays=stays)

    # --- Plans ---

    def plan(self, plan):
        self.listed_heading(self.outline.heading_of(plan), 1)
        if plan.title:
            self.words(plan.title).runs[0].bold = True
        for words in (*plan.review.dates, *plan.of, *plan.notes.split("\n")):
            if words:
                self.words(words)
        for key in plan.keys:
            self.heading(key.heading, 3)
            for item in key.items:
                self.words(item, "List Bullet")
        layout = PlanLayout(plan.columns, plan.sections)
        widths = _shared_out(self.width, [width for _, width in layout.headed])
        for section in plan.sections:
            self.listed_heading(f"{section.number} {section.title}".strip(), 2)
            said = self.words(". ".join(filter(None, [section.subtitle, section.standing])))
            said.paragraph_format.keep_with_next = bool(section.recommendations)
            if section.recommendations:
                rows = [head([column.heading for column in plan.columns], widths)]
                for recommendation in section.recommendations:
                    rows += self.rows(layout, recommendation, widths)
                self.add(table("".join(rows), widths, section.title))

    def rows(self, layout, recommendation, widths):
        """Yield the rows of a recommendation, whose own cells stand beside all its actions."""
        group = layout.group(recommendation)
        rows = spread(group, len(widths))
        for index, (line, cells) in enumerate(rows):
            below = rows[index + 1][1] if index + 1 < len(rows) else None
            stays = group.is_whole and below is not None
            written = []
            for place, (each, goes_on) in enumerate(cells):
                merge = "continue" if goes_on else "restart" if below and below[place][1] else ""
                if goes_on:
                    content = paragraph("", stays=stays)
                else:
                    rating, rated = rating_of(each, line, recommendation, self.outline.words)
                    rated = f"{SIGNS[rating]} {rated}" if rating else rated
                    content = (
                        self.cell(each.lines, rating or "none", rated, stays=stays)
                        if rated
                        else (self.cell(each.lines, stays=stays))
                    )
                    if each.is_head:
                        self.bookmarks += 1
                        content = "".join(_bookmark(_name(recommendation.anchor), self.bookmarks)) + content
                written.append(cell(content, widths[place], merge=merge))
            yield row("".join(written), may_break=line.is_tall)


def _shared_out(width, weights):
    return [round(width * weight / sum(weights)) for weight in weights]


def _rating(rating, words):
    fill, outline = COLOURS.get(rating, ("", ""))
    sign, space, rest = words.partition(" ") if fill else ("", "", words)
    return run(sign + space, bold=True, colour=outline.lstrip("#")) + run(fit_for_a_file(rest), bold=True)


def _line(line):
    """Return a line as runs; a link leads to another place in the report."""
    if not line.link:
        return run(fit_for_a_file(line.said))
    before = run(fit_for_a_file(f"{line.opening} ")) if line.label else ""
    return f"{before}<w:hyperlink w:anchor={quoteattr(_name(line.link))}>{run(fit_for_a_file(line.text))}</w:hyperlink>"


def _name(anchor):
    """Return the name of a bookmark for a place in the report."""
    return anchor.replace("-", "_")


def _bookmark(name, number, namespaces=""):
    return (
        f'<w:bookmarkStart{namespaces} w:id="{number}" w:name={quoteattr(name)}/>',
        f'<w:bookmarkEnd{namespaces} w:id="{number}"/>',
    )


def _entry(text, level, name, before=""):
    """Return a line of the contents with the number of its page."""
    page = f'<w:r><w:tab/></w:r><w:fldSimple w:instr="PAGEREF {name} \\h"><w:r><w:t></w:t></w:r></w:fldSimple>'
    return _p(f'{before}<w:hyperlink w:anchor="{name}">{run(text)}{page}</w:hyperlink>', f"TOC{level}")


def _p(runs, style="TOC1"):
    return f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _mark(kind, more=""):
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{more}/></w:r>'
