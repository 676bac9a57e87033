"""What a report of exceptions only says in Word, in Excel and on the screen."""

from functools import cached_property

from .outline import PLACES_SAID, RATINGS_SAID, Bare, Head, Part, Table, cell_of, summary_tables


class ExceptionsOutline(Bare):
    """The figures, every exception, and what the ratings mean."""

    @cached_property
    def parts(self):
        """What stands before the key."""
        return [part for part in (self._summary(), self.asked(), self.exceptions()) if part]

    @cached_property
    def annexes(self):
        """The key."""
        return [self.key]

    @cached_property
    def key(self):
        """What the ratings mean."""
        heads = Head("word", "Word", 1), Head("meaning", "Meaning", 4)
        rows = tuple((self.rated(each.key), cell_of(each.meaning)) for each in self.report.ratings)
        notes = (RATINGS_SAID, *([PLACES_SAID] if self.report.named_by_place else []))
        return Part("key", "Key", tables=(Table("Ratings", heads, rows),), notes=notes, sheet="Key")

    def _summary(self):
        summary, alone = self.report.summary, len(self.heading.reviews) == 1
        heading = "Where the plan stands" if alone else "Where the plans stand"
        points = (("Dates, news and evidence", summary.facts, False),) if summary.facts else ()
        tables = summary_tables(summary, self.rated, alone=alone)
        return Part("summary", heading, summary.headline, points=points, tables=tables)
