"""A file that went out from here comes in again: what its cells say now, over the plan that it carries.

A cell that shows what it showed when it went out leaves its part of the plan as it was, to the last sign. A cell
that somebody changed is read as an import reads it. A row without a reference is new; one that is missing was
taken out; a column or a page that is missing changes nothing.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from actions.exporting import carried
from actions.exporting.cells import ChangedCells
from actions.exporting.table import (
    OF_ACTION,
    REFERENCE,
    heading_of,
    is_same,
    laid_out,
    words_of,
)
from actions.importing.document import Heading, Paragraph, Problem, Row, Table
from actions.importing.plan import PlanAction, PlanKey, PlanRecommendation, PlanSection
from actions.importing.references import with_references
from actions.importing.sections import part_called

ROWS_ABOVE_A_HEADER = 25
#: A header is one if it has this part of the headings that went out; people take columns away.
PART_OF_HEADINGS = 0.5


@dataclass(frozen=True)
class Returned:
    """A plan that came in again, what of it was not understood, and what went out."""

    plan: object
    problems: tuple[Problem, ...]
    sent: carried.Carried


def returned(document):
    """Return the plan in a document that went out from here; None for any other, or where its table is gone."""
    sent = carried.read(document.carried) if document.carried else None
    if sent is None:
        return None
    reader = _Reader(document, sent)
    reader.read()
    return Returned(reader.plan(), tuple(reader.cells.problems), sent) if reader.has_table else None


def without_our_columns(document):
    """Return a document without the columns that only we read; they say nothing to anybody who reads its words."""
    blocks = (_without_our_columns(block) if isinstance(block, Table) else block for block in document.blocks)
    return replace(document, blocks=tuple(blocks))


def _without_our_columns(table):
    ours = {
        place
        for row in table.rows[:ROWS_ABOVE_A_HEADER]
        for place, each in enumerate(row.places)
        if each.cell.text in (REFERENCE.heading, carried.HEADING)
    }
    if not ours:
        return table
    kept = [[each for place, each in enumerate(row.places) if place not in ours] for row in table.rows]
    rows = (replace(row, places=tuple(places)) for row, places in zip(table.rows, kept, strict=True))
    return replace(table, rows=tuple(rows))


@dataclass
class _SeenRow:
    """A row as it came in: where it belongs, and what its cells say by the place of their column."""

    row: Row
    cells: dict[int, str]
    heading: str
    sent: object = None


@dataclass
class _Seen:
    """A recommendation as it came in: the block that went out (None: a new one), and its rows."""

    block: object
    rows: list = field(default_factory=list)

    @property
    def heading(self):
        return self.rows[0].heading


class _Reader:
    """Goes through a document once, finding for each row the one that went out."""

    def __init__(self, document, sent):
        self.document, self.sent = document, sent
        is_flat = document.kind != "docx"
        self.keeps_order = is_flat
        self.table = laid_out(sent.plan, is_flat=is_flat, is_form=sent.about.form == "return")
        self.fields = [column.field for column in self.table.columns]
        self.blocks = [block for section in self.table.sections for block in section.blocks]
        self.going_out = {row.reference: (block, row) for block in self.blocks for row in block.rows}
        self.homes = {id(block): index for index, each in enumerate(self.table.sections) for block in each.blocks}
        self.seen, self.by_block, self.current = [], {}, None
        self.has_table = False
        self.cells = ChangedCells(self.table)
        self.paragraphs, self.title = defaultdict(list), None

    # Reading

    def read(self):
        heading = ""
        for block in self.document.blocks:
            if isinstance(block, Heading):
                heading = block.text
                if block.level == 0:
                    self.title = block.text
            elif isinstance(block, Table):
                self.read_table(block, heading)
            elif isinstance(block, Paragraph) and not block.is_blank:
                self.paragraphs[words_of(heading)].append(block.text)

    def read_table(self, table, heading):
        places = None
        for index, row in enumerate(table.rows):
            if found := self.header(row) if places is None and index < ROWS_ABOVE_A_HEADER else None:
                places, self.has_table = found, True
            elif places and not row.is_blank:
                self.read_row(row, places, heading)
        if places is None:
            self.read_other_table(table, heading)

    def read_other_table(self, table, heading):
        """Keep the lines of a table that is not one of the plan: a key, or the page that says what a workbook is."""
        if not self.keeps_order:
            self.paragraphs[words_of(heading)] += [row.places[0].cell.text for row in table.rows if not row.is_blank]
            return
        under = ""
        for row in table.rows:
            name, *rest = [place.cell.text for place in row.places] or [""]
            if name == "Title" and under and rest:
                self.title = rest[0]
            elif name and not any(rest):
                under = words_of(name)
            elif not name and rest:
                self.paragraphs[under].append(rest[0])

    def header(self, row):
        """Return {place in the row: place of the column that went out} for the heads of the table, or None."""
        free = {place: words_of(column.heading) for place, column in enumerate(self.table.columns)}
        found = {}
        for place, each in enumerate(row.places):
            said = words_of(each.cell.text).replace("\n", " ").removesuffix(" (fill in)")
            match = next((column for column, words in free.items() if words.replace("\n", " ") == said), None)
            if match is not None and said and not each.from_left:
                found[place] = match
                del free[match]
        is_header = len(found) >= max(1, PART_OF_HEADINGS * sum(bool(column.heading) for column in self.table.columns))
        return found if is_header else None

    def read_row(self, row, places, heading):
        if self.header(row):
            return
        cells = {column: row.places[place].cell.text for place, column in places.items()}
        if not any(cells.values()):
            return
        section, reference = self.table.place("section"), self.table.place("reference")
        name = cells.get(reference) or next(iter(row.identities), "")
        block, sent = self.going_out.get(name, (None, None))
        if sent and any(each.sent is sent for each in self.by_block.get(id(block), _Seen(None)).rows):
            block = sent = None
        covered = {column for place, column in places.items() if row.places[place].from_above}
        block_seen = self.known(block) if sent else self.home_of_new(cells, covered)
        under = cells.get(section) or (heading if section is None else "")
        block_seen.rows.append(_SeenRow(row, cells, under, sent))
        self.current = block_seen

    def known(self, block):
        """Return what has come in of a block that went out."""
        if id(block) not in self.by_block:
            self.by_block[id(block)] = _Seen(block)
            self.seen.append(self.by_block[id(block)])
        return self.by_block[id(block)]

    def home_of_new(self, cells, covered):
        """Return the recommendation to which a new row belongs: the one above, one that it names, or a new one."""
        naming = [place for place in (self.table.place("number"), self.table.place("recommendation")) if place in cells]
        said = [words_of(cells[place]) for place in naming]
        if self.current and (not any(said) or covered & set(naming)):
            return self.current
        for block in self.blocks:
            shown = [words_of(self.shown(block, place)) for place in naming]
            if said and said == shown:
                return self.known(block)
        new = _Seen(None)
        self.seen.append(new)
        return new

    def shown(self, block, place):
        """Return what a recommendation's own cell showed."""
        return block.rows[0].cells[place] if block.rows else ""

    # The plan

    def plan(self):
        plan = self.sent.plan
        made = {}
        for seen in self.seen:
            made[id(seen)] = self.recommendation(seen)
        sections = self.sections(made)
        title = words_of(self.title)
        changed = {"sections": self.with_shared_responses(sections)}
        if title and title != words_of(plan.title or "Action plan"):
            changed["title"] = title.replace("\n", " ")
        told = [(carried.NOTES, [plan.notes or ""]), *((key.heading, key.items) for key in plan.keys)]
        notes, *items = [
            self.under(heading, [each for each in told if words_of(each[0]) == words_of(heading)])
            for heading, _ in told
        ]
        if notes is not None:
            changed["notes"] = "\n".join(notes) or None
        changed["keys"] = tuple(
            key if lines is None else PlanKey(key.heading, tuple(lines))
            for key, lines in zip(plan.keys, items, strict=True)
        )
        changed = replace(plan, **changed)
        return changed if changed == plan else with_references(changed)

    def under(self, heading, told):
        """Return the lines that now stand under a heading, if they are others than went out; else None.

        Where two things went out under one heading, nobody can tell which of them was changed.
        """
        heading = words_of(heading)
        if heading not in self.paragraphs or len(told) > 1:
            return None
        now = [words_of(line) for line in self.paragraphs[heading]]
        before = [words_of(line) for _, lines in told for line in lines]
        return None if _lines(now) == _lines(before) else now

    def sections(self, made):
        """Return the sections with what came in of each; in Word in the order of the document, else in the plan's."""
        sent = self.sent.plan.sections
        headings = [words_of(section.heading) for section in self.table.sections]
        said = defaultdict(set)
        for seen in self.seen:
            if seen.block:
                said[self.homes[id(seen.block)]].add(words_of(seen.heading))
        names, members, home = {}, defaultdict(list), None
        for seen in self.seen:
            heading = words_of(seen.heading)
            own = self.homes[id(seen.block)] if seen.block else home
            if own is None or (heading and not (isinstance(own, int) and headings[own] == heading) and own != heading):
                if heading in headings:
                    own = headings.index(heading)
                elif seen.block and said[own] == {heading}:
                    names[own] = heading
                elif names.get(own) != heading:
                    own = heading
            home = own
            members[own].append(seen)
        found = []
        for index, section in enumerate(sent):
            if members[index] or not section.recommendations:
                parts = [made[id(seen)] for seen in self.in_order(members[index])]
                renamed = _renamed(section, names[index]) if index in names else section
                found.append(replace(renamed, recommendations=tuple(parts)))
        for name in [name for name in members if isinstance(name, str)]:
            part = part_called(name or "Recommendations")
            parts = tuple(made[id(seen)] for seen in members[name])
            found.append(PlanSection(part.title, part.number, None, part.agency, parts))
        return found

    def in_order(self, members):
        """Return the recommendations of a section in order: a spreadsheet may have been sorted by anything."""
        order = {id(block): index for index, block in enumerate(self.blocks)}
        return _in_order(members, lambda seen: order.get(id(seen.block))) if self.keeps_order else members

    def with_shared_responses(self, sections):
        """Say of each recommendation whether it still shares the response of the one above it."""
        before, found = None, []
        for section in sections:
            parts = []
            for part in section.recommendations:
                if before and {part.identity, before.identity} & self.cells.answered:
                    is_same_response = words_of(part.response) == words_of(before.response)
                    part = replace(part, shares_response=part.shares_response and is_same_response)
                parts.append(part)
                before = part
            found.append(replace(section, recommendations=tuple(parts)))
        return tuple(found)

    # A recommendation

    def recommendation(self, seen):
        block = seen.block
        made = block.recommendation if block else PlanRecommendation("")
        where = seen.rows[0].row.where
        for place, name in enumerate(self.fields):
            if name in ("section", "reference", "status_now", "label"):
                continue
            text = self.changed_of_recommendation(seen, place)
            is_new_action = name == "action" and not (block and made.action_intro)
            if text is None or is_new_action:
                continue
            made = self.cells.with_words(made, place, text, where)
        if not made.text:
            number = f"Recommendation {made.number}" if made.number else "Recommendation"
            made = replace(made, text=number)
            self.cells.problem(where, "", "no recommendation stands beside this action")
        return replace(made, where=where, actions=self.actions(seen))

    def changed_of_recommendation(self, seen, place):
        """Return what a recommendation's own cell says now, if that is not what it said; else None."""
        block = seen.block
        if block is None:
            is_own = self.fields[place] not in (*OF_ACTION, "action", "rating") or not self.has_action(seen)
            texts = [each.cells[place] for each in seen.rows if each.cells.get(place)] if is_own else []
            return texts[0] if texts else None
        own = [each for each in seen.rows if each.sent and (place in block.whole or each.sent.action is None)]
        now = [
            words_of(each.cells[place])
            for each in own
            if place in each.cells and not is_same(self.fields[place], each.cells[place], each.sent.cells[place])
        ]
        return self.together(list(dict.fromkeys(now)), place, seen.rows[0].row.where)

    def together(self, texts, place, where):
        """Return what stands beside all actions of a recommendation, where its rows were changed differently."""
        if self.fields[place] not in ("number", "recommendation"):
            return "\n".join(filter(None, texts)) if texts else None
        for text in texts[1:]:
            what = "these words stand in another row of the same recommendation; they were left out"
            self.cells.problem(where, text, what)
        return texts[0] if texts else None

    def has_action(self, seen):
        place = self.table.place("action")
        return place is not None and any(each.cells.get(place) for each in seen.rows)

    # Its actions

    def actions(self, seen):
        rows = seen.rows
        if self.keeps_order and seen.block:
            order = {id(row): index for index, row in enumerate(seen.block.rows)}
            rows = _in_order(rows, lambda each: order.get(id(each.sent)))
        made = (self.action(each, seen.block) for each in rows)
        return tuple(action for action in made if action)

    def action(self, each, block):
        """Return the action of a row with what its cells say now, or None for a row without one."""
        known = each.sent.action if each.sent else None
        if known is None and not self.is_new_action(each, block):
            return None
        made = known or PlanAction("")
        for place, text in each.cells.items():
            name = self.fields[place]
            if name in ("section", "reference", "number", "recommendation"):
                continue
            if each.sent and (known and place in block.whole):
                continue
            before = self.shown(block, place) if block and place in block.whole else ""
            before = each.sent.cells[place] if each.sent else before
            if not is_same(name, text, before):
                made = self.cells.with_cell(made, place, words_of(text), each.row.where)
        return made

    def is_new_action(self, each, block):
        """Whether a row without an action names one now."""
        place = self.table.place("action")
        if place is None or not words_of(each.cells.get(place)):
            return False
        if each.sent:
            return not is_same("action", each.cells[place], each.sent.cells[place]) and not (
                block.recommendation.action_intro
            )
        return True


def _renamed(section, heading):
    """Return a section under another heading."""
    part = part_called(heading)
    if heading_of(section) == heading:
        return section
    return replace(section, title=part.title, number=part.number)


def _in_order(members, place_of):
    """Return members by the place that they had; what is new stays behind the one before it."""
    before, keyed = -1, []
    for index, each in enumerate(members):
        place = place_of(each)
        before = before if place is None else place
        keyed.append((before, index, each))
    return [each for *_, each in sorted(keyed, key=lambda one: one[:2])]


def _lines(texts):
    return [line for text in texts for line in text.split("\n") if line]
