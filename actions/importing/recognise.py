"""The second step of an import: a document becomes a plan. Knows the words of the trade, not files."""

from dataclasses import dataclass

from actions.exporting.carried import Carried
from actions.exporting.returned import returned
from actions.importing import front
from actions.importing.columns import find_header, plan_columns
from actions.importing.document import Document, Heading, Problem, Table
from actions.importing.headings import FoundHeading, headings_of
from actions.importing.plan import Plan, PlanSection
from actions.importing.problems import NoPlanFound
from actions.importing.recommendations import Above, recommendation_in
from actions.importing.rows import Grouping
from actions.importing.sections import (
    Part,
    is_recommendation,
    is_title_of_document,
    part_called,
    part_of_owner,
    title_in_row,
)
from actions.importing.vocabulary import agency_called, source_named_in


@dataclass(frozen=True)
class Recognised:
    """The plan in a document, each place that was not understood, and what each column was taken for.

    ``sent``: what went out from here, if the document is a plan or a form that did, and comes in again.
    """

    plan: Plan
    problems: tuple[Problem, ...]
    headings: tuple[FoundHeading, ...] = ()
    sent: Carried | None = None


def recognise(document: Document, meanings=None):
    """Return the plan that a document holds, or raise NoPlanFound. One that went out from here says more itself.

    ``meanings``: {heading in plain words: field, or None}, what a person said that columns mean.
    """
    if document.said:
        return Recognised(document.said, ())
    if again := returned(document):
        return Recognised(again.plan, again.problems, sent=again.sent)
    return _Recogniser(document, meanings).recognised()


class _Recogniser:
    """Goes through a document once, remembering the headings above each table."""

    def __init__(self, document, meanings=None):
        self.document, self.meanings = document, meanings
        self.problems = list(document.problems)
        self.front = front.FrontMatter()
        self.colours = {}
        self.headers = []
        self.unknown = set()
        self.grouping = Grouping()
        self.headings = {}
        self.sheet = self.part = self.named_in_row = self.key_heading = self.nearest = None

    def recognised(self):
        self.front.lines, blocks = front.title_lines(self.document.blocks)
        self._give_back_heading(blocks)
        for block in blocks:
            if isinstance(block, Table):
                self._table(block)
            elif isinstance(block, Heading):
                self._heading(block)
            elif not block.is_blank:
                self._paragraph(block)
        if not self.grouping.groups:
            raise NoPlanFound(self._why_there_is_no_plan())
        self._notes_from_margins()
        plan = self._plan()
        return Recognised(plan, tuple(self.problems), headings_of(self.grouping.groups))

    def _why_there_is_no_plan(self):
        name = self.document.name
        if not self.document.tables:
            return f"{name} holds no table, and so no plan: put the plan into a table with a heading on each column."
        if not any(find_header(table, self.meanings) for table in self.document.tables):
            return (
                f"{name} holds no plan that could be recognised: no table has a row of headings with "
                "“Recommendation” or “Action” and another column such as “By when” or “Lead”."
            )
        return f"{name} holds the headings of a plan but no recommendation under them: check that it is the right file."

    # Outside tables

    def _give_back_heading(self, blocks):
        """The last line before the first table may be the title of its part rather than of the document."""
        lines = self.front.lines
        if len(lines) > 1 and blocks and isinstance(blocks[0], Table) and not is_title_of_document(lines[-1]):
            found = find_header(blocks[0], self.meanings)
            if found and not found.header.owner:
                blocks.insert(0, Heading(lines.pop(), 9))

    def _heading(self, heading):
        self.nearest = heading.text
        if heading.is_sheet_name:
            self.sheet, self.headings, self.part = heading.text, {}, None
            if len(self.document.tables) > 1:
                self.front.headings.append((len(self.front.notes), heading.text))
            self.grouping.end_recommendation()
            return
        self.front.headings.append((len(self.front.notes), heading.text))
        self.headings = {level: text for level, text in self.headings.items() if level < heading.level}
        self.headings[heading.level] = heading.text
        self.part = None
        self.key_heading = heading.text if front.announces_key(heading.text) else None

    def _paragraph(self, paragraph):
        self.nearest = paragraph.text.strip()
        if front.announces_key(paragraph.text):
            self.front.headings.append((len(self.front.notes), paragraph.text.strip()))
            self.key_heading = paragraph.text
        elif paragraph.bold and front.is_short(paragraph.text):
            self._heading(Heading(paragraph.text.strip(), 9, paragraph.where))
        else:
            self.front.notes.append(paragraph.text.strip())

    def _notes_from_margins(self):
        seen = set()
        for each in self.document.margins:
            text = front.without_page_number(each.text)
            if text and text not in seen:
                seen.add(text)
                self.front.notes.append(f"{each.where.capitalize()}: {text}")

    # Tables

    def _table(self, table):
        found = find_header(table, self.meanings)
        if found:
            rows_before = self.grouping.rows
            self._begin(found.header, found.above, found.row)
            self._rows(found.rows)
            if self.grouping.rows == rows_before:
                self.headers.pop()
                self._keep_as_notes(table)
        elif self._continues(table):
            self._rows(table.rows)
        elif key := front.key_in(table, self.key_heading):
            self.front.keys.append(key)
            self.colours |= front.colours_in(table)
        elif any(not row.is_blank for row in table.rows):
            self._keep_as_notes(table)
        self.key_heading = self.nearest = None

    def _continues(self, table):
        """Whether a table without a header goes on where the one before it ended, after a page break."""
        if not self.headers or not table.rows or self.part is None:
            return False
        places = [column.place for column in self.headers[-1].columns]
        return len(table.rows[0].places) > 1 and len(table.rows[0].places) == max(places) + 1

    def _keep_as_notes(self, table):
        text = "\n".join(
            "\t".join(cell.text for cell in row.cells if not cell.is_blank) for row in table.rows if not row.is_blank
        )
        self.front.notes.append(text)
        what = "this table was not recognised as part of the plan; its words are kept in the notes"
        self.problems.append(Problem(table.where, text, what))

    def _begin(self, header, lines_above, row):
        """Begin a table of the plan, and its part where its headings say whose it is."""
        if self.headers and header.columns != self.headers[-1].columns:
            self.grouping.end_recommendation()
        self.headers.append(header)
        if header.key and header.key not in self.front.keys:
            self.front.keys.append(header.key)
        for column in header.columns:
            if column.field is None and column.heading not in self.unknown:
                self.unknown.add(column.heading)
                what = "this column heading is not known; what stands under it is kept as printed"
                self.problems.append(Problem(row.where, column.heading, what))
        text = self._recommendation_above() if not header.of("recommendation") else None
        title = self._title_above(lines_above, header)
        if header.owner:
            if title:
                self.front.headings.append((len(self.front.notes), title))
            self._start(part_of_owner(header, self._above()))
        elif title:
            self._start(part_called(title, self._above()), title)
        elif self.part is None:
            *above, nearest = [*self.headings.values()] or [self.sheet or ""]
            self._start(part_called(nearest, above) if nearest else Part(""))
        if text:
            self.grouping.begin(text, row, self.part, header)
        elif not header.of("recommendation"):
            what = "no column holds recommendations: each action stands for its own"
            self.problems.append(Problem(row.where, "", what))
            self.headers[-1] = header.with_actions_as_recommendations()

    def _recommendation_above(self):
        """Return the recommendation that stands above a table of its actions, taken out of headings and notes."""
        text = self.nearest
        if not text or not is_recommendation(text):
            return None
        self.headings = {level: heading for level, heading in self.headings.items() if heading != text}
        if self.front.notes and self.front.notes[-1] == text:
            self.front.notes.pop()
        return text

    def _title_above(self, rows, header):
        """Return the title of the part in the rows above a table's header; the others title the document."""
        texts = ["\n".join(cell.text for cell in row.cells if not cell.is_blank) for row in rows]
        part = None
        is_only_title = len(texts) == 1 and self.sheet and len(self.document.tables) > 1
        if texts and (is_only_title or not is_title_of_document(texts[-1])):
            part = texts.pop()
        for text in texts:
            (self.front.lines if front.is_short(text) else self.front.notes).append(text)
        return part

    def _above(self):
        return tuple(self.headings.values())

    def _start(self, part, printed=None):
        if printed:
            self.front.headings.append((len(self.front.notes), printed))
        self.part, self.named_in_row = part, None
        self.grouping.end_recommendation()

    def _rows(self, rows):
        for index, row in enumerate(rows):
            header = self.headers[-1]
            if row.is_blank:
                continue
            if again := header.again_in(row):
                if again.columns != header.columns or again.owner != header.owner:
                    self._begin(again.with_columns_without_heading(rows[index + 1 :]), [], row)
            elif title := title_in_row(row, header):
                self._start(part_called(title, self._above()), title)
            else:
                self._row(row, header)

    def _row(self, row, header):
        if sections := header.of("section"):
            name = row.places[sections[0].place].cell.text
            if name and name != self.named_in_row:
                self._start(part_called(name, self._above()), name)
                self.named_in_row = name
        if not self.grouping.add(row, self.part, header):
            text = "\t".join(cell.text for cell in row.cells if not cell.is_blank)
            self.front.notes.append(text)
            what = "this row stands above any recommendation; its words are kept in the notes"
            self.problems.append(Problem(row.where, text, what))

    # The plan

    def _plan(self):
        title = self.front.title
        agencies = self._agencies()
        used = [text for group in self.grouping.groups for text in (group.part.printed, group.part.header_text)]
        flat = self._tables_with_one_action_a_row()
        sections, above = {}, Above()
        for group in self.grouping.groups:
            made = recommendation_in(
                group,
                one_action_a_row=id(group.header) in flat,
                above=above,
                source=self.colours.get(group.fill)
                or source_named_in(group.part.title, group.part.above)
                or source_named_in(title or ""),
                problems=self.problems,
            )
            sections.setdefault(group.part.key, (group.part, []))[1].append(made)
        return Plan(
            title=title,
            partnership=self.front.partnership,
            review_name=self.front.review_name(self.document.name),
            columns=plan_columns(self.headers),
            keys=tuple(self.front.keys),
            notes=self.front.all_notes(unless=[*used, title, *(key.heading for key in self.front.keys)]),
            sections=tuple(
                PlanSection(
                    title=part.title or title or "Recommendations",
                    number=part.number,
                    header_text=part.header_text,
                    agency=agencies[part.key],
                    recommendations=tuple(made),
                )
                for part, made in sections.values()
            ),
        )

    def _agencies(self):
        """Return the agency of each part. The parts of a plan are of a kind: if most are agencies', all are."""
        parts = {group.part.key: group.part for group in self.grouping.groups}
        named = [part for part in parts.values() if part.agency]
        if 2 * len(named) <= len(parts):
            return {key: part.agency for key, part in parts.items()}
        return {key: part.agency or agency_called(part.title) for key, part in parts.items()}

    def _tables_with_one_action_a_row(self):
        """Return the headers of tables in which each action has a row, so that a cell never holds several."""
        by_header = {}
        for group in self.grouping.groups:
            by_header.setdefault(id(group.header), []).append(group)
        return {
            header
            for header, groups in by_header.items()
            if any(len(group.action_starts) > 1 for group in groups) and not any(group.has_lists() for group in groups)
        }
