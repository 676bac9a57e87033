"""What a yearly extract says in Word, in Excel and on the screen."""

from functools import cached_property

from scr_tracker.words import counted, day

from .columns import Line
from .outline import Bare, Cell, Head, Part, Table, cell_of, number_of

LITTLE_PROGRESS_SAID = (
    "Open actions that are overdue by more than 90 days, were moved three times or more, or were last reported on"
    " before the year."
)
CHECKED_SAID = "Actions whose impact was checked in the year."
THEMES_SAID = "What these reviews recommended, by the themes that the partnership gave it."

CARRIED_OUT_HEADS = (
    Head("review", "Review", 1.4),
    Head("name", "Kind", 2),
    Head("count", "Recommendations", 1.3),
    Head("count", "Without action"),
    Head("count", "Actions"),
    Head("count", "Completed in the year"),
    Head("count", "Complete"),
    Head("count", "Open"),
)
IMPACT_HEADS = (
    Head("ref", "Reference", 1),
    Head("review", "Review", 1.2),
    Head("action", "Action", 3),
    Head("lead", "Lead", 1.6),
    Head("word", "What was found", 1.6),
    Head("target_date", "When", 1.2),
    Head("notes", "In the words of who looked", 2.4),
)
SLOW_HEADS = (
    Head("ref", "Reference", 1),
    Head("review", "Review", 1.2),
    Head("action", "Action", 3),
    Head("lead", "Lead", 1.6),
    Head("target_date", "Target date", 1.3),
    Head("notes", "Why", 2.4),
)
AGAIN_HEADS = (
    Head("ref", "Reference", 1),
    Head("review", "Review", 1.2),
    Head("recommendation", "Recommendation", 4),
    Head("name", "Repeats", 2),
)
THEME_HEADS = (
    Head("name", "Theme", 3),
    Head("count", "Reviews"),
    Head("count", "Recommendations", 1.4),
    Head("count", "Recommended again", 1.4),
    Head("count", "Actions"),
    Head("count", "Complete"),
    Head("count", "Made a lasting difference", 1.2),
    Head("count", "Did not last"),
)


class YearlyOutline(Bare):
    """The year in figures, and what is behind each of them."""

    @cached_property
    def parts(self):
        """All that the extract says."""
        parts = (
            self._figures(),
            self.asked(),
            self._carried_out(),
            self._impact(),
            self._areas(),
            self._repeats(),
            self._themes(),
        )
        return [part for part in parts if part]

    def _figures(self):
        heads = Head("word", "What", 3), Head("count", "How many")
        rows = tuple((cell_of(words), cell_of(figure)) for figure, words in self.report.figures)
        prose = (f"The year is {self.report.period}.",)
        return Part(
            "figures", "The year", self.report.headline, prose=prose, tables=(Table("In figures", heads, rows),)
        )

    def _carried_out(self):
        tables = tuple(
            Table(level.heading, CARRIED_OUT_HEADS, tuple(map(_carried_out, level.reviews)), level.headline)
            for level in self.report.levels
        )
        heading = "What reviews recommended, and how far it is carried out"
        return Part("carried-out", heading, tables=tables, sheet="Carried out", tells="Reviews")

    def _impact(self):
        if not self.report.impact:
            return Part("impact", "Impact", prose=("No impact check was made in the year.",))
        rows = tuple(
            (*_about(each), cell_of(each.result), cell_of(day(each.on)), cell_of(each.note))
            for each in self.report.impact
        )
        return Part(
            "impact", "Impact", tables=(Table("Impact checks", IMPACT_HEADS, rows, CHECKED_SAID),), sheet="Impact"
        )

    def _areas(self):
        tables = tuple(
            Table(
                area.name,
                SLOW_HEADS,
                tuple(
                    (*_about(each), cell_of(each.due or "No target date"), cell_of(each.why)) for each in area.actions
                ),
                f"{len(area.actions):,} of {area.open:,} open.",
            )
            for area in self.report.areas
        )
        prose = (LITTLE_PROGRESS_SAID,) if tables else (LITTLE_PROGRESS_SAID, "There is none.")
        return Part(
            "areas",
            "Areas with little progress",
            prose=prose,
            tables=tables,
            sheet="Little progress",
            tells="Section of the plan",
        )

    def _repeats(self):
        heading = "Recommended again"
        if not self.report.repeats:
            nothing = "No recommendation is marked as repeating another of these reviews."
            return Part("repeats", heading, prose=(nothing,))
        rows = tuple(
            (
                cell_of(each.reference),
                cell_of(each.review),
                cell_of(each.text),
                Cell((Line(f"{each.earlier_reference} of {each.earlier_review}"),)),
            )
            for each in self.report.repeats
        )
        table = Table("What was recommended again", AGAIN_HEADS, rows)
        return Part("repeats", heading, tables=(table,), sheet="Recommended again")

    def _themes(self):
        if self.report.themes is None:
            return None
        if not self.report.themes:
            return Part("themes", "Themes", prose=("No recommendation of these reviews was given a theme.",))
        rows = tuple(
            (
                cell_of(each.name),
                *map(number_of, (each.reviews, each.recommendations, each.repeats, each.actions, each.done)),
                *map(number_of, (each.held, each.not_held)),
            )
            for each in self.report.themes
        )
        without = self.report.without_theme
        has = "has" if without == 1 else "have"
        more = (f"{counted(without, 'recommendation')} {has} no theme.",) if without else ()
        table = Table("By theme", THEME_HEADS, rows, THEMES_SAID)
        return Part("themes", "Themes", prose=more, tables=(table,), sheet="Themes")


def _carried_out(each):
    """Return the cells of a review."""
    counts = each.recommendations, each.without_action, each.actions, each.done_in_year, each.done, each.open
    return cell_of(each.review), cell_of(each.kind), *map(number_of, counts)


def _about(each):
    """Return the cells that say which action it is."""
    return cell_of(each.reference), cell_of(each.review), cell_of(each.text), cell_of(each.lead)
