"""A file that went out from here comes in again: what its cells say now, over the plan that it carries.

A cell that shows what it showed when it went out leaves its part of the plan as it was, to the last sign. A cell
that somebody changed is read as an import reads it. A row without a reference is new; one that is missing was
taken out; a column or a page that is missing changes nothing.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from actions.choices import OwnRating, Status
from actions.exporting import carried
from actions.exporting.table import (
    OF_ACTION,
    OF_RECOMMENDATION,
    heading_of,
    is_same,
    laid_out,
    says_status,
    words_of,
)
from actions.importing.document import Heading, Paragraph, Problem, Row, Table
from actions.importing.leads import split_leads
from actions.importing.lists import label_of, without_label
from actions.importing.plan import PlanAction, PlanKey, PlanRecommendation, PlanSection
from actions.importing.rows import NUMBER
from actions.importing.sections import part_called
from actions.importing.statuses import standing
from actions.importing.vocabulary import plain
from actions.target_dates import find_dates, parse_target_date

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
    return Returned(reader.plan(), tuple(reader.problems), sent) if reader.has_table else None


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
        self.problems, self.paragraphs = [], defaultdict(list)
        self.title, self.answered = None, set()

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
        return replace(plan, **changed)

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
                if before and {part.identity, before.identity} & self.answered:
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
            made = self.with_words(made, place, text, where)
        if not made.text:
            number = f"Recommendation {made.number}" if made.number else "Recommendation"
            made = replace(made, text=number)
            self.problem(where, "", "no recommendation stands beside this action")
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
            self.problem(where, text, "these words stand in another row of the same recommendation; they were left out")
        return texts[0] if texts else None

    def has_action(self, seen):
        place = self.table.place("action")
        return place is not None and any(each.cells.get(place) for each in seen.rows)

    def with_words(self, made, place, text, where):
        """Return a recommendation with what one of its cells says now."""
        name, text = self.fields[place], words_of(text)
        if name == "number":
            match = NUMBER.fullmatch(text)
            number = match["number"] if match else text.strip(" .")
            return replace(made, number=number or None, number_printed=text or None)
        if name == "recommendation":
            return self.with_text(made, text, where)
        if name == "response":
            self.answered.add(made.identity)
            return replace(made, response=text or None)
        if name in OF_RECOMMENDATION:
            return replace(made, **{OF_RECOMMENDATION[name]: text or None})
        return replace(made, as_printed=self.kept(made.as_printed, place, text))

    def with_text(self, made, text, where):
        if not text:
            self.problem(where, made.text, "the words of this recommendation were taken out; they are kept")
            return made
        if "number" in self.fields:
            return replace(made, text=text)
        printed = made.number_printed or made.number
        if printed and text.startswith(f"{printed} "):
            return replace(made, text=text[len(printed) :].strip())
        match = NUMBER.match(text)
        if not match or not (match["word"] or match["stop"].strip()) or not text[match.end() :].strip():
            return replace(made, text=text, number=None, number_printed=None)
        number_printed = match.group().strip()
        return replace(made, text=text[match.end() :].strip(), number=match["number"], number_printed=number_printed)

    def kept(self, as_printed, place, text):
        """Return what is kept by heading, with what a cell says now under the heading of its column."""
        column = self.table.columns[place]
        name = "rating" if column.field == "rating" else column.heading
        name = f"{name} (column)" if f"{name} (column)" in as_printed else name
        others = {key: value for key, value in as_printed.items() if key != name}
        return others | ({name: text} if text else {})

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
                made = self.with_cell(made, place, words_of(text), each.row.where)
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

    def with_cell(self, action, place, text, where):
        """Return an action with what one of its cells says now."""
        name = self.fields[place]
        if name == "action":
            return self.with_task(action, text, where)
        if name == "label":
            return replace(action, label=text or None)
        if name == "target_date":
            target = parse_target_date(text)
            if not target.understood:
                self.problem(where, text, "this target date was not understood; its words are kept")
            day = target.date.isoformat() if target.date else None
            return replace(action, target_date_text=text or None, target_date_iso=day, date_kind=target.kind.value)
        if name == "lead":
            return replace(action, lead_text=text or None, leads=split_leads(text))
        if name == "completed_on":
            return self.with_completion(action, text, where)
        if name == "status_now":
            return replace(action, status=self.status_called(text, where).value)
        if name == says_status(self.table.columns):
            action = self.with_status(action, text, where)
            return action if name != "rating" else replace(action, as_printed=self.kept(action.as_printed, place, text))
        if name in OF_ACTION:
            return replace(action, **{OF_ACTION[name]: text or None})
        if name == "rating" and plain(text) not in {"", *(rating.value for rating in OwnRating)}:
            self.problem(where, text, "this rating is not red, amber or green; its words are kept")
        return replace(action, as_printed=self.kept(action.as_printed, place, text))

    def with_task(self, action, text, where):
        if not text:
            if action.text:
                self.problem(where, action.text, "the words of this action were taken out; they are kept")
            return action
        if "label" in self.fields:
            return replace(action, text=text)
        if action.label and text.startswith(f"{action.label}) "):
            return replace(action, text=text[len(action.label) + 2 :].strip())
        label = label_of(text)
        return replace(action, text=without_label(text).strip() or text, label=label)

    def with_status(self, action, text, where):
        said = standing(text)
        if said.status == Status.UNKNOWN and plain(text):
            self.problem(where, text, "this status was not understood; its words are kept")
        action = replace(action, status_text=text or None, status=said.status.value)
        if said.completed_on and "completed_on" not in self.fields:
            return replace(action, completed_on_text=said.completed_on_text, completed_on_iso=said.completed_on)
        return action

    def status_called(self, text, where):
        """Return the status of this name, or the one that a text says."""
        named = next((status for status in Status if plain(status.label) == plain(text)), None)
        status = named or standing(text).status
        if status == Status.UNKNOWN and text and not named:
            self.problem(where, text, "this status was not understood; choose one from the list")
        return status

    def with_completion(self, action, text, where):
        dates = find_dates(text)
        if text and not dates:
            self.problem(where, text, "this date was not understood; its words are kept")
        day = dates[-1].date.isoformat() if dates else None
        status = Status.COMPLETE.value if day and action.status == Status.UNKNOWN else action.status
        return replace(action, completed_on_text=text or None, completed_on_iso=day, status=status)

    def problem(self, where, text, what):
        self.problems.append(Problem(where, text or "", what))


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
