"""What a report says, in its order, before it is any kind of file: Word, Excel and the page on the screen write it.

A part is a chapter in Word and on the screen, and in Excel a sheet, or a piece of the first one. What a form leaves
out is said of the column that it leaves out, and nowhere else.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from scr_tracker.words import day, listed, moment

from .columns import Line

#: A sign of the shape of each rating, for files that cannot draw: what pictures.SHAPES are on the page.
SIGNS = {"red": "◆", "amber": "▲", "green": "●", "grey": "▌▌", "blue": "■", "no_action": "○"}

RATINGS_SAID = (
    "A rating is computed from dates, status and news. One that the partnership has set itself is marked “validated”"
    " and stands over it, with its reason. A recommendation takes the worst rating of its actions."
)
EVIDENCE_SAID = (
    "Every file, link and note that was brought for an action, unless it was withdrawn or replaced. What the plan"
    " itself says of evidence stands in the plan."
)
PLACES_SAID = (
    "Recommendations that have no number of their own in the plan, or share one, go by their place: §3.2 is the second"
    " recommendation of the third section."
)


@dataclass(frozen=True)
class Head:
    """A column. ``field`` says what it holds; ``weight`` how wide it is beside the others.

    Where there is no room for a column, another says the same in its own words: on paper (and on the screen, which
    is set like it), or in a spreadsheet.
    """

    field: str
    heading: str
    weight: float = 1.0
    on_paper: bool = True
    in_sheets: bool = True


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: lines of words, perhaps after a rating and its word.

    ``value`` is what a spreadsheet has there: a number, or words with nothing added; None for the lines.
    """

    lines: tuple[Line, ...] = ()
    rating: str = ""
    word: str = ""
    value: int | str | None = None

    @property
    def rated(self):
        """The rating as a sign and a word."""
        return f"{SIGNS[self.rating]} {self.word}" if self.rating else ""

    @property
    def text(self):
        """All that the cell says, as plain text."""
        return "\n".join(filter(None, [self.rated, *(line.said for line in self.lines)]))


@dataclass(frozen=True)
class Table:
    """A table under a caption; ``about`` stands between the two. The first column names its rows."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: str = ""
    counted: str = ""

    @property
    def look(self):
        """How it is set on the screen: things that were "found", or a "narrow" column of figures."""
        if self.counted:
            return "found"
        return "narrow" if [head.field for head in self.heads[1:]] == ["count"] else ""

    def rows_on_paper(self):
        """Yield the rows as they stand on paper."""
        return self._chosen([head.on_paper for head in self.heads])

    def rows_in_sheets(self):
        """Yield the rows as they stand in a spreadsheet."""
        return self._chosen([head.in_sheets for head in self.heads])

    @property
    def heads_on_paper(self):
        """The columns that there is room for on paper."""
        return [head for head in self.heads if head.on_paper]

    @property
    def heads_in_sheets(self):
        """The columns of a spreadsheet."""
        return [head for head in self.heads if head.in_sheets]

    def _chosen(self, chosen):
        for row in self.rows:
            yield [cell for cell, is_chosen in zip(row, chosen, strict=True) if is_chosen]


@dataclass(frozen=True)
class Part:
    """A part of a report: a heading, sentences, lists and tables.

    ``sheet`` is the name of the sheet that holds its tables as one, to filter; empty for what stands on the first.
    ``tells`` heads the column that says there which table a row is of, if that is not the name of the sheet.
    ``lead`` is said largest. ``points`` come with their own headings: (heading, items, numbered).
    """

    key: str
    heading: str
    lead: str = ""
    prose: tuple[str, ...] = ()
    points: tuple[tuple[str, tuple[str, ...], bool], ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    sheet: str = ""
    tells: str = ""


class Bare:
    """What every report is made of: its title, the facts over it, and its parts; ``is_wide`` is one of wide tables."""

    is_wide = True
    annexes = plans = ()
    key = None

    def __init__(self, report, edition):
        self.report, self.edition = report, edition
        self.words = {each.key: each.word for each in getattr(report, "ratings", ())}

    @property
    def made_at(self):
        """When this copy of the report was made."""
        return self.edition.made_at if self.edition else self.heading.as_at

    @property
    def heading(self):
        """What the report says of itself."""
        return self.report.heading

    @property
    def name(self):
        """What stands largest on the cover."""
        return self.heading.name

    @property
    def marking(self):
        """The protective marking of every page."""
        return self.heading.marking

    @cached_property
    def facts(self):
        """What stands on the cover: (name, text)."""
        heading = self.heading
        marking = heading.marking
        if heading.restricted:
            marking = f"{marking}, restricted: for business managers and the people named only"
        said = [
            ("Report", heading.name),
            ("Partnership", heading.partnership),
            *(("Review", review.full) for review in heading.reviews),
            ("Only what these lead or support", ", ".join(heading.agencies)),
            ("For", ", ".join(filter(None, [heading.meeting, heading.meeting_on]))),
            ("As at", heading.as_at_words),
            ("Edition", self.edition.words if self.edition else ""),
            ("Marking", marking),
        ]
        return [each for each in said if each[1]]

    def asked(self):
        """Return the part with the introduction and the decisions asked for; None where there is neither."""
        heading = self.heading
        if not (heading.introduction or heading.decisions):
            return None
        points = [("", heading.decisions, True)] if heading.decisions else []
        title = "Decisions asked for" if heading.decisions else "Introduction"
        return Part("asked", title, prose=heading.introduction, points=tuple(points))

    def rated(self, rating):
        """Return a cell that says a rating."""
        return Cell((), rating, self.words[rating])

    def found(self, key, heading, lists, heads, row_of, nothing):
        """Return a part with lists of things that were found, or were looked for and not found.

        Each list has a heading, what it means, and entries; ``row_of`` makes the cells of an entry for ``heads``.
        """
        tables = tuple(
            Table(each.heading, heads, tuple(row_of(entry) for entry in each.entries), each.about, each.counted)
            for each in lists
            if each.entries
        )
        above = tuple(each.told_above for each in lists if each.told_above)
        empty = [each.heading.lower() for each in lists if not (each.entries or each.told_above)]
        also = "Also looked for" if tables else "Looked for"
        prose = (*above, *([f"{also}, and not found: {listed(empty)}."] if empty else []))
        return Part(key, heading, "" if tables else nothing, prose=prose, tables=tables, sheet=heading)

    def exceptions(self):
        """Return the part with what the board must look at."""
        lists = self.report.exceptions
        nothing = "There is nothing to report here."
        return self.found("exceptions", "Exceptions", lists, ENTRY_HEADS, self._entry, nothing)

    def _entry(self, entry):
        text = [Line(entry.text), *(Line(words, "note") for words in (entry.review, entry.section) if words)]
        said = [*([Line(entry.said)] if entry.said else []), *([entry.last_word] if entry.last_word else [])]
        return (
            Cell((Line(entry.reference, link=entry.anchor),), entry.rating, self.words[entry.rating], entry.reference),
            cell_of(f"{SIGNS[entry.rating]} {self.words[entry.rating]}"),
            cell_of(entry.review),
            Cell(tuple(text), value=entry.text),
            cell_of(entry.section),
            cell_of(entry.lead),
            Cell(entry.dates, value=entry.due),
            number_of(entry.days_overdue or None),
            cell_of(entry.first_due),
            number_of(entry.times_moved or None),
            Cell(tuple(said) or (Line("No word", "note"),)),
        )


class Outline(Bare):
    """A monitoring report: its parts before and after the plans, and the plans."""

    @cached_property
    def parts(self):
        """What stands before the plans."""
        found = self._summary(), self.asked(), self._reviews(), self.exceptions(), self._changes()
        return [part for part in found if part]

    @cached_property
    def annexes(self):
        """What stands after the plans: the evidence, if there is any, and last the key."""
        return [part for part in (self._evidence(), self.key) if part]

    @property
    def plans(self):
        """The plans, which each form sets in its own way."""
        return self.report.plans

    def heading_of(self, plan):
        """Return the heading over a plan."""
        return "The plan" if len(self.plans) == 1 else f"The plan: {plan.review.short}"

    @cached_property
    def key(self):
        """What stands at the end: what its words mean."""
        heads = (Head("word", "Word", 1), Head("meaning", "Meaning", 4))
        rows = [(self.rated(each.key), cell_of(each.meaning)) for each in self.report.ratings]
        statuses = [(cell_of(each.word), cell_of(each.meaning)) for each in self.report.statuses]
        glossary = [(cell_of(each.word), cell_of(each.meaning)) for each in self.report.glossary]
        tables = [Table("Ratings", heads, tuple(rows)), Table("Statuses", heads, tuple(statuses))]
        return Part(
            "key",
            "Key",
            tables=(*tables, *([Table("Glossary", heads, tuple(glossary))] if glossary else [])),
            notes=(RATINGS_SAID, *([PLACES_SAID] if self.report.named_by_place else [])),
            sheet="Key",
        )

    # --- Before the plans ---

    def _summary(self):
        summary = self.report.summary
        tables = [*summary_tables(summary, self.rated, alone=len(self.plans) == 1)]
        if agencies := self.report.agencies:
            tables.append(self._ratings_table("By lead agency", "Lead agency", agencies, lambda row: row.agency))
        if self.report.trend:
            tables.append(self._trend())
        heading = "Where the plan stands" if len(self.plans) == 1 else "Where the plans stand"
        lead = " ".join([summary.headline, *([self.report.changes.headline] if self.report.changes else [])])
        points = [("Dates, news and evidence", summary.facts, False)] if summary.facts else []
        return Part("summary", heading, lead, points=tuple(points), tables=tuple(tables))

    def _trend(self):
        """How things stood in each earlier report, and stand now."""
        heads = [
            Head("name", "As at", 3),
            *(Head("count", each.word) for each in self.report.summary.ratings),
            Head("count", "Overdue"),
            Head("count", "All"),
        ]
        rows = (
            (
                Cell((Line(day(point.as_at)), Line(point.report, "note"))),
                *(number_of(each.count) for each in point.ratings),
                number_of(point.overdue),
                number_of(point.total),
            )
            for point in self.report.trend
        )
        return Table("How it has gone since earlier reports", tuple(heads), tuple(rows))

    def _reviews(self):
        """How each review stands, where there are several."""
        if len(self.report.reviews) < 2:
            return None
        table = self._ratings_table(
            "How each review stands", "Review", self.report.reviews, lambda row: row.review, overdue=True
        )
        return Part("reviews", "By review", tables=(table,))

    def _ratings_table(self, caption, first, rows, name_of, *, overdue=False):
        heads = [
            Head("name", first, 3),
            *(Head("count", each.word) for each in self.report.summary.ratings),
            *([Head("count", "Overdue")] if overdue else []),
            Head("count", "All"),
        ]
        made = (
            (
                cell_of(name_of(row)),
                *(number_of(each.count) for each in row.ratings),
                *([number_of(row.overdue)] if overdue else []),
                number_of(row.total),
            )
            for row in rows
        )
        return Table(caption, tuple(heads), tuple(made))

    def _changes(self):
        """What changed since the last report, as the board was given it."""
        changes = self.report.changes
        if changes is None:
            return None
        heading = f"What changed since {changes.since}"
        found = self.found("changes", heading, changes.lists, CHANGE_HEADS, self._change, changes.headline)
        compared = f"Compared with “{changes.report}”, as at {moment(changes.as_at)}, as the board was given it."
        return replace(found, lead=changes.headline, prose=(compared, *found.prose), sheet="Changes")

    def _change(self, change):
        link = change.anchor if change.anchor in self._anchors else ""
        text = [Line(change.text), *([Line(change.review, "note")] if change.review else [])]
        now = [Line(change.now or "Not in the report"), *([Line(change.by, "note")] if change.by else [])]
        return (
            Cell((Line(change.reference, link=link),), value=change.reference),
            cell_of(change.review),
            Cell(tuple(text), value=change.text),
            cell_of(change.lead or "Not said"),
            cell_of(change.before or "Not in the report"),
            Cell(tuple(now), value=change.now or "Not in the report"),
            cell_of(change.by),
        )

    @cached_property
    def _anchors(self):
        """The places in this report to which links can lead."""
        sections = (section for plan in self.plans for section in plan.sections)
        return {each.anchor for section in sections for each in section.recommendations}

    # --- After the plans ---

    def _evidence(self):
        if not self.report.evidence:
            return None
        rows = (
            self._piece(of, piece, is_first=not place)
            for of in self.report.evidence
            for place, piece in enumerate(of.pieces)
        )
        table = Table("Evidence, by recommendation", EVIDENCE_HEADS, tuple(rows), EVIDENCE_SAID)
        return Part("evidence", "Evidence", tables=(table,), sheet="Evidence")

    def _piece(self, of, piece, *, is_first):
        """Return the cells of a piece of evidence; on paper the first of a recommendation says what that asks for."""
        text = [Line(of.text), *([Line(of.review, "note")] if of.review else [])] if is_first else []
        return (
            Cell((Line(of.reference, link=of.anchor),), value=of.reference),
            cell_of(of.review),
            Cell(tuple(text), value=of.text),
            cell_of(piece.title),
            cell_of(listed(piece.actions)),
            cell_of(piece.kind),
            cell_of(piece.strength),
            cell_of(piece.dated),
            cell_of(piece.standing),
        )


ENTRY_HEADS = (
    Head("ref", "Reference", 1),
    Head("rating", "Rating", on_paper=False),
    Head("review", "Review", on_paper=False),
    Head("action", "Action or recommendation", 3),
    Head("section", "Section of the plan", on_paper=False),
    Head("lead", "Lead", 1.6),
    Head("target_date", "Target date", 1.4),
    Head("count", "Days overdue", on_paper=False),
    Head("target_date", "First target date", on_paper=False),
    Head("count", "Times moved", on_paper=False),
    Head("progress", "Last word", 3),
)

CHANGE_HEADS = (
    Head("ref", "Reference", 1),
    Head("review", "Review", on_paper=False),
    Head("action", "Action or recommendation", 3),
    Head("lead", "Lead", 1.6),
    Head("name", "Then", 1.8),
    Head("name", "Now", 1.8),
    Head("name", "By how much", on_paper=False),
)

EVIDENCE_HEADS = (
    Head("ref", "Reference", 1),
    Head("review", "Review", on_paper=False),
    Head("recommendation", "Recommendation", 3),
    Head("name", "Evidence", 2),
    Head("ref", "Action", 1.2),
    Head("word", "Kind", 1.2),
    Head("word", "Strength", 1.2),
    Head("target_date", "Date", 1.2),
    Head("word", "Standing", 1.2),
)


def summary_tables(summary, rated, *, alone):
    """Return the tables of a summary's figures; ``rated`` makes the cell of a rating."""
    ratings = tuple((rated(each.key), number_of(each.count)) for each in summary.ratings)
    statuses = tuple((cell_of(each.word), number_of(each.count)) for each in summary.statuses)
    figures = (
        (cell_of("Recommendations"), number_of(summary.recommendations)),
        (cell_of("Recommendations without an action"), number_of(summary.without_action)),
        (cell_of("Actions"), number_of(summary.actions)),
        (cell_of("Actions that are complete"), number_of(summary.complete)),
        (cell_of("Actions that are overdue"), number_of(summary.overdue)),
        (cell_of("Longest overdue, in days"), number_of(summary.longest_overdue)),
        *_timeliness(summary),
    )
    heads = Head("word", "What", 3), Head("count", "How many")
    counts = Head("word", "Rating", 3), Head("count", "Actions")
    return (
        Table("The plan" if alone else "The plans", heads, figures),
        Table("By rating", counts, ratings),
        *([Table("By status", (Head("word", "Status", 3), counts[1]), statuses)] if statuses else []),
    )


def _timeliness(summary):
    """Yield the rows that say how far actions keep to their first dates, as far as that is known."""
    if summary.timed:
        yield cell_of("Complete actions whose first and last days are known"), number_of(summary.timed)
        yield cell_of("Of these, on time"), number_of(summary.on_time)
        yield cell_of("On time, in a hundred"), cell_of(summary.on_time_rate)
    if summary.slip_days is not None:
        yield cell_of("Average slip, in days"), number_of(summary.slip_days)


def cell_of(text):
    """Return a cell that says one thing."""
    return Cell((Line(text),) if text else ())


def number_of(count):
    """Return a cell that says how many; an empty one for None."""
    return Cell((Line(f"{count:,}"),) if count is not None else (), value=count)
