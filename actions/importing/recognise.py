"""The second step of an import: a document becomes a plan. Knows the words of the trade, not files."""

import re
from dataclasses import dataclass, replace

from actions.exporting.carried import Carried
from actions.exporting.returned import returned, without_our_columns
from actions.importing import front
from actions.importing.columns import headings_mean, plan_columns
from actions.importing.document import Document, Heading, Problem, Table
from actions.importing.forms import find_plan
from actions.importing.headings import FoundHeading, headings_of
from actions.importing.plan import Plan, PlanSection
from actions.importing.problems import NoPlanFound
from actions.importing.prose import laid_out
from actions.importing.ratings import is_key_of_ratings, key_in_line, key_in_rows
from actions.importing.recommendations import Above, Ratings, recommendation_in
from actions.importing.references import with_references
from actions.importing.rows import Grouping
from actions.importing.sections import (
    Part,
    is_recommendation,
    is_title_of_document,
    part_called,
    part_of_owner,
    title_in_row,
)
from actions.importing.vocabulary import agency_called, begins_with, is_phrase, plain, source_named_in, vocabulary

#: A heading that says no more than which recommendation stands under it.
NUMBERED_ONLY = re.compile(
    r"\s*(?:recommendation|rec|learning point|finding)\s*(?:no\.?|number)?\s*[\w.]{1,6}\s*[:.]?\s*", re.I
)


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
    document = without_our_columns(document)
    with headings_mean(meanings or {}):
        try:
            return _Recogniser(document).recognised()
        except NoPlanFound:
            in_lines = laid_out(document)
            if in_lines is None:
                raise
            return _Recogniser(in_lines).recognised()


class _Recogniser:
    """Goes through a document once, remembering the headings above each table."""

    def __init__(self, document):
        self.document = document
        self.problems = list(document.problems)
        self.front = front.FrontMatter()
        self.colours = {}
        self.headers = []
        self.unknown = set()
        self.grouping = Grouping()
        self.empty_parts = []
        self.headings = {}
        self.sheet = self.part = self.named_in_row = self.key_heading = None
        self.lines_above = []

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
        plan = with_references(self._plan())
        return Recognised(plan, tuple(self.problems), headings_of(self.grouping.groups))

    def _why_there_is_no_plan(self):
        name = self.document.name
        if not self.document.tables:
            return f"{name} holds no table, and so no plan: put the plan into a table with a heading on each column."
        if not any(find_plan(table) for table in self.document.tables):
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
            found = find_plan(blocks[0])
            if found and not found.header.owner:
                blocks.insert(0, Heading(lines.pop(), 9))

    def _heading(self, heading):
        self.lines_above = [heading]
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
        if self.headings and is_phrase(plain(paragraph.text), vocabulary()["prose"]["none"]):
            *above, title = self.headings.values()
            self.empty_parts.append((len(self.grouping.groups), part_called(title, above)))
            self.front.headings.append((len(self.front.notes), title))
            self.front.notes.append(f"{title}: {paragraph.text.strip()}")
            return
        self.lines_above = [*self.lines_above, paragraph]
        if key := key_in_line(paragraph.text):
            self.front.keys.append(key)
        elif front.announces_key(paragraph.text):
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
        found = find_plan(table)
        if found:
            rows_before = self.grouping.rows
            self._begin(found.header, found.above, found.row, found.rows)
            self._rows(found.rows)
            if self.grouping.rows == rows_before:
                self.headers.pop()
                self._keep_as_notes(table)
        elif self._continues(table):
            self._rows(table.rows)
        elif key := front.key_in(table, self.key_heading or self._sheet_of_keys(table)):
            self._keep_key(key)
        elif self._is_cover(table):
            for row in table.rows:
                for cell in row.cells:
                    (self.front.lines if front.is_short(cell.text) else self.front.notes).extend(cell.text.splitlines())
        elif any(not row.is_blank for row in table.rows):
            self._keep_as_notes(table)
        self.key_heading, self.lines_above = None, []

    def _is_cover(self, table):
        """Whether a table above the plan is a cover: lines by themselves."""
        said = [sum(not cell.is_blank for cell in row.cells) for row in table.rows]
        return not self.grouping.groups and any(said) and max(said) == 1

    def _sheet_of_keys(self, table):
        """Return the name of the sheet that a table fills, if it says that it holds a key."""
        is_alone = self.sheet and table.where == f"sheet {self.sheet}"
        return self.sheet if is_alone and front.announces_key(self.sheet) else None

    def _keep_key(self, key):
        self.front.keys.append(key.key)
        self.colours |= key.colours

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

    def _begin(self, header, lines_above, row, rows):
        """Begin a table of the plan, and its part where its headings say whose it is."""
        if self.headers and header.columns != self.headers[-1].columns:
            self.grouping.end_recommendation()
        self.headers.append(header)
        if header.key and header.key not in self.front.keys:
            self.front.keys.append(header.key)
        for column in header.columns:
            is_kept = begins_with(plain(column.heading), vocabulary()["columns_kept"]["headings"])
            is_unsure = column.by_content or (column.field is None and not is_kept)
            if is_unsure and column.heading not in self.unknown:
                self.unknown.add(column.heading)
                what = "this column heading is not known; what stands under it is kept as printed"
                if column.field:
                    name = column.field.replace("_", " ")
                    what = f"this column heading is not known; by what stands under it, taken for “{name}”"
                self.problems.append(Problem(row.where, column.heading, what))
        text = where = None
        if not header.of("recommendation"):
            text, where = self._recommendation_above()
            if lines_above and text is None and (text := _recommendation_across(lines_above[-1])):
                where, lines_above = lines_above[-1].where, lines_above[:-1]
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
            self.grouping.begin(text, where, self.part, header)
        elif not header.of("recommendation") and not any(_recommendation_across(row) for row in rows):
            what = "no column holds recommendations: each action stands for its own"
            self.problems.append(Problem(row.where, "", what))
            self.headers[-1] = header.with_actions_as_recommendations()

    def _recommendation_above(self):
        """Return the recommendation that stands above a table of its actions and where, out of headings and notes.

        It is the line above the table, or what stands there under a heading that only numbers it.
        """
        if not self.lines_above:
            return None, None
        *_, last = self.lines_above
        lines = [last] if is_recommendation(last.text) else self.lines_above
        text = " ".join(each.text.strip() for each in lines)
        if not (is_recommendation(last.text) or NUMBERED_ONLY.fullmatch(lines[0].text) and len(lines) > 1):
            return None, None
        said = [each.text.strip() for each in lines]
        self.headings = {level: heading for level, heading in self.headings.items() if heading.strip() not in said}
        self.front.notes = [note for note in self.front.notes if note not in said]
        self.front.headings = [(place, heading) for place, heading in self.front.headings if heading not in said]
        return text, lines[0].where

    def _title_above(self, rows, header):
        """Return the title of the part in the rows above a table's header; the others title the document."""
        rows = self._without_key(rows)
        said = [[cell.text for cell in row.cells if not cell.is_blank] for row in rows]
        texts = [" ".join(cells) for cells in said]
        part = None
        is_only_title = len(texts) == 1 and self.sheet and len(self.document.tables) > 1
        if texts and (is_only_title or not (is_title_of_document(texts[-1]) or len(said[-1]) > 1 or ":" in texts[-1])):
            part = texts.pop()
        for text in texts:
            is_title = front.is_short(text) and not re.search(r"\d{4}|:\s*\S", text)
            (self.front.lines if is_title else self.front.notes).append(text)
        return part

    def _without_key(self, rows):
        """Return the rows above a header without those of a key, which is kept."""
        kept, index = [], 0
        while index < len(rows):
            length = self._key_at(rows, index)
            kept += [] if length else [rows[index]]
            index += length or 1
        return kept

    def _key_at(self, rows, index):
        """Keep the key that begins in one of these rows; return how many rows it is, 0 for none."""
        said = [cell.text for cell in rows[index].cells if not cell.is_blank]
        if len(said) != 1:
            return 0
        if key := key_in_line(said[0]):
            self.front.keys.append(key)
            return 1
        if not front.announces_key(said[0]):
            return 0
        begin = end = index + 1
        while end < len(rows) and not rows[end].is_blank and key_in_rows(rows[begin : end + 1], said[0]):
            end += 1
        if key := key_in_rows(rows[begin:end], said[0]):
            self._keep_key(key)
            return end - index
        return 0

    def _above(self):
        return tuple(self.headings.values())

    def _start(self, part, printed=None):
        if printed:
            self.front.headings.append((len(self.front.notes), printed))
        self.part, self.named_in_row = part, None
        self.grouping.end_recommendation()

    def _rows(self, rows):
        key_ends = 0
        for index, row in enumerate(rows):
            header = self.headers[-1]
            if row.is_blank or index < key_ends:
                continue
            if length := self._key_at(rows, index):
                key_ends = index + length
                continue
            if not header.of("recommendation") and (text := _recommendation_across(row)):
                self.grouping.begin(text, row.where, self.part, header)
                continue
            if again := header.again_in(row):
                if again.columns != header.columns or again.owner != header.owner:
                    self._begin(again.with_columns_without_heading(rows[index + 1 :]), [], row, rows[index + 1 :])
            elif title := title_in_row(row, header):
                self._start(part_called(title, self._above()), title)
            else:
                self._row(row, header)

    def _row(self, row, header):
        if sections := header.of("section"):
            name = row.places[sections[0].place].cell.text
            if name and name != self.named_in_row:
                self._start(self._part_in_column(name, sections[0]), name)
                self.named_in_row = name
        if not self.grouping.add(row, self.part, header):
            text = "\t".join(cell.text for cell in row.cells if not cell.is_blank)
            self.front.notes.append(text)
            what = "this row stands above any recommendation; its words are kept in the notes"
            self.problems.append(Problem(row.where, text, what))

    def _part_in_column(self, name, column):
        """Return the part that a column names; the agency, where it is a column of agencies."""
        part = part_called(name, self._above())
        phrases = vocabulary()["columns_left_of_recommendation"]["section"]
        is_agency = is_phrase(plain(column.heading), phrases)
        return replace(part, agency=part.agency or agency_called(name)) if is_agency else part

    # The plan

    def _plan(self):
        title = self.front.title or self._title_in_headings()
        agencies = self._agencies()
        used = [text for group in self.grouping.groups for text in (group.part.printed, group.part.header_text)]
        used += [part.printed for _, part in self.empty_parts]
        self._number_actions()
        flat = self._tables_with_one_action_a_row()
        sections, above, empty_parts = {}, Above(), [*self.empty_parts]
        for index, group in enumerate(self.grouping.groups):
            while empty_parts and empty_parts[0][0] <= index:
                part = empty_parts.pop(0)[1]
                sections.setdefault(part.key, (part, []))
            made = recommendation_in(
                group,
                one_action_a_row=id(group.header) in flat,
                above=above,
                source=self._source_by_colour(group)
                or source_named_in(group.part.title, group.part.above)
                or source_named_in(title or ""),
                ratings=Ratings(self.colours, tuple(self.front.keys)),
                problems=self.problems,
            )
            sections.setdefault(group.part.key, (group.part, []))[1].append(made)
        sections |= {part.key: (part, []) for _, part in empty_parts if part.key not in sections}
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

    def _title_in_headings(self):
        """Return the first heading of a document without a title, if it is no part of the plan."""
        parts = {plain(text or "") for group in self.grouping.groups for text in (group.part.title, group.part.printed)}
        first = next((block for block in self.document.blocks if isinstance(block, Heading)), None)
        is_one = (
            first and not first.is_sheet_name and is_title_of_document(first.text) and plain(first.text) not in parts
        )
        if is_one and plain(first.text) == plain(self.front.partnership or ""):
            return None
        return first.text.strip() if is_one else None

    def _source_by_colour(self, group):
        """Return whose recommendation the key says this colour marks, unless its colours are ratings."""
        meaning = self.colours.get(group.fill)
        return meaning if meaning and not is_key_of_ratings(meaning) else None

    def _agencies(self):
        """Return the agency of each part. The parts of a plan are of a kind: if most are agencies', all are."""
        parts = [*(group.part for group in self.grouping.groups), *(part for _, part in self.empty_parts)]
        parts = {part.key: part for part in parts}
        named = [part for part in parts.values() if part.agency]
        if 2 * len(named) <= len(parts):
            return {key: part.agency for key, part in parts.items()}
        return {key: part.agency or agency_called(part.title) for key, part in parts.items()}

    def _number_actions(self):
        """Where a column of numbers has another beside each action of a recommendation, it numbers actions."""
        numbering = {id(each.header) for each in self.grouping.groups if len(set(each.references)) > 1}
        for group in self.grouping.groups:
            if id(group.header) in numbering:
                group.number_actions()

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


def _recommendation_across(row):
    """Return the recommendation that stands by itself in a row, above its actions, or None."""
    texts = [cell.text for cell in row.cells if not cell.is_blank]
    return texts[0] if len(texts) == 1 and is_recommendation(texts[0]) else None
