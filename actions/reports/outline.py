"""What a report says, in its order, before it is any kind of file: Word, Excel and the page on the screen write it.

A part is a chapter in Word and on the screen, and in Excel a sheet, or a piece of the first one. What a form leaves
out is said of the column that it leaves out, and nowhere else.
"""

from dataclasses import dataclass
from functools import cached_property

from .columns import Line
from .words import counted, listed, times

#: A sign of the shape of each rating, for files that cannot draw: what pictures.SHAPES are on the page.
SIGNS = {"red": "◆", "amber": "▲", "green": "●", "grey": "▌▌", "blue": "■", "no_action": "○"}

RATINGS_SAID = (
    "A rating is computed from dates, status and news. One that the partnership has set itself is marked “validated”"
    " and stands over it, with its reason. A recommendation takes the worst rating of its actions."
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


class Outline:
    """A report as its title, the facts over it, its parts before and after the plans, and the plans."""

    def __init__(self, report, edition):
        self.report, self.edition = report, edition
        self.words = {each.key: each.word for each in report.ratings}

    @property
    def made_at(self):
        """When this copy of the report was made."""
        return self.edition.made_at if self.edition else self.heading.as_at

    @property
    def heading(self):
        """What the report says of itself."""
        return self.report.heading

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

    @cached_property
    def parts(self):
        """What stands before the plans."""
        return [part for part in (self._summary(), self._asked(), self._reviews(), self._exceptions()) if part]

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
        rows = [(self._rated(each.key), _words(each.meaning)) for each in self.report.ratings]
        statuses = [(_words(each.word), _words(each.meaning)) for each in self.report.statuses]
        return Part(
            "key",
            "Key",
            tables=(Table("Ratings", heads, tuple(rows)), Table("Statuses", heads, tuple(statuses))),
            notes=(RATINGS_SAID, *([PLACES_SAID] if self.report.named_by_place else [])),
            sheet="Key",
        )

    # --- Before the plans ---

    def _summary(self):
        summary = self.report.summary
        ratings = [(self._rated(each.key), _number(each.count)) for each in summary.ratings]
        statuses = [(_words(each.word), _number(each.count)) for each in summary.statuses]
        counts = (Head("word", "Rating", 3), Head("count", "Actions"))
        tables = [
            Table(
                "The plan" if len(self.plans) == 1 else "The plans",
                (Head("word", "What", 3), Head("count", "How many")),
                (
                    (_words("Recommendations"), _number(summary.recommendations)),
                    (_words("Recommendations without an action"), _number(summary.without_action)),
                    (_words("Actions"), _number(summary.actions)),
                    (_words("Actions that are complete"), _number(summary.complete)),
                    (_words("Actions that are overdue"), _number(summary.overdue)),
                    (_words("Longest overdue, in days"), _number(summary.longest_overdue)),
                ),
            ),
            Table("By rating", counts, tuple(ratings)),
            *([Table("By status", (Head("word", "Status", 3), counts[1]), tuple(statuses))] if statuses else []),
        ]
        if agencies := self.report.agencies:
            tables.append(self._ratings_table("By lead agency", "Lead agency", agencies, lambda row: row.agency))
        heading = "Where the plan stands" if len(self.plans) == 1 else "Where the plans stand"
        points = [("Dates, news and evidence", summary.facts, False)] if summary.facts else []
        return Part("summary", heading, summary.headline, points=tuple(points), tables=tuple(tables))

    def _asked(self):
        heading = self.heading
        if not (heading.introduction or heading.decisions):
            return None
        points = [("", heading.decisions, True)] if heading.decisions else []
        title = "Decisions asked for" if heading.decisions else "Introduction"
        return Part("asked", title, prose=heading.introduction, points=tuple(points))

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
                _words(name_of(row)),
                *(_number(each.count) for each in row.ratings),
                *([_number(row.overdue)] if overdue else []),
                _number(row.total),
            )
            for row in rows
        )
        return Table(caption, tuple(heads), tuple(made))

    def _exceptions(self):
        return self.found(
            "exceptions",
            "Exceptions",
            self.report.exceptions,
            ENTRY_HEADS,
            self._entry,
            "There is nothing to report here.",
        )

    def found(self, key, heading, lists, heads, row_of, nothing):
        """Return a part with lists of things that were found, or were looked for and not found.

        Each list has a heading, what it means, and entries; ``row_of`` makes the cells of an entry for ``heads``.
        """
        tables = tuple(
            Table(each.heading, heads, tuple(row_of(entry) for entry in entries), each.meaning, each.counted)
            for each, entries in ((each, entries_of(each)) for each in lists)
            if entries
        )
        empty = [each.heading.lower() for each in lists if not entries_of(each)]
        also = "Also looked for" if tables else "Looked for"
        prose = (f"{also}, and not found: {listed(empty)}.",) if empty else ()
        return Part(key, heading, "" if tables else nothing, prose=prose, tables=tables, sheet=heading)

    def _entry(self, entry):
        text = [Line(entry.text), *(Line(words, "note") for words in (entry.review, entry.section) if words)]
        due = [Line(entry.due)] if entry.due else []
        if entry.days_overdue:
            due.append(Line(f"Overdue {counted(entry.days_overdue, 'day')}", "alert"))
        first = f"First {entry.first_due}" if entry.first_due else ""
        moved = f"moved {times(entry.times_moved)}" if entry.times_moved else ""
        if first or moved:
            said = ", ".join(filter(None, [first, moved]))
            due.append(Line(f"{said[0].upper()}{said[1:]}", "note"))
        last = entry.last_word
        return (
            Cell((Line(entry.reference, link=entry.anchor),), entry.rating, self.words[entry.rating], entry.reference),
            _words(f"{SIGNS[entry.rating]} {self.words[entry.rating]}"),
            _words(entry.review),
            Cell(tuple(text), value=entry.text),
            _words(entry.section),
            _words(entry.lead),
            Cell(tuple(due), value=entry.due),
            _number(entry.days_overdue or None),
            _words(entry.first_due),
            _number(entry.times_moved or None),
            Cell((last or Line("No word", "note"),)),
        )

    def _rated(self, rating):
        return Cell((), rating, self.words[rating])


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


def entries_of(found):
    """Return what stands in a list of things that were found."""
    return found.entries


def _words(text):
    return Cell((Line(text),) if text else ())


def _number(count):
    return Cell((Line(f"{count:,}"),) if count is not None else (), value=count)
