"""What a report on one review says in Word, in Excel and on the screen, beside what every monitoring report does."""

from functools import cached_property

from .columns import Line
from .outline import SIGNS, Cell, Head, Outline, Part, Table, cell_of

STORIES_SAID = (
    "What people reported, asked, decided, brought and challenged, the first thing first, with who said it and when."
)
SAID_AGAIN_SAID = "Recommendations of this and other reviews that somebody has marked as saying the same."
NOTHING_SAID_AGAIN = "No recommendation is marked as repeating another, or as repeated by one."

FACT_HEADS = (Head("word", "What", 1), Head("meaning", "What is known", 3))

STORY_HEADS = (
    Head("ref", "Reference", 1),
    Head("rating", "Rating", on_paper=False),
    Head("action", "Action", 2.6),
    Head("target_date", "When", 1.2),
    Head("name", "What happened", 2),
    Head("word", "Who", 1.4),
    Head("progress", "In their words", 3),
)

SAID_AGAIN_HEADS = (
    Head("ref", "Reference", 1),
    Head("recommendation", "Recommendation", 3),
    Head("name", "Where else", 1.6),
    Head("recommendation", "What it says there", 3),
    Head("word", "Where that stands", 1.6),
)


class StoryOutline(Outline):
    """A report on one review: its parts, with what the review is, what happened, and what was said again."""

    @cached_property
    def parts(self):
        """What stands before the plan."""
        summary, *others = super().parts
        return [summary, self._about(), *others]

    @cached_property
    def annexes(self):
        """What stands after the plan."""
        return [self._stories(), self._said_again(), *super().annexes]

    def _about(self):
        rows = tuple(
            (cell_of(fact.name), Cell(tuple(Line(line) for line in fact.text.split("\n"))))
            for fact in self.report.about
        )
        return Part("about", "The review", tables=(Table("What is known of the review", FACT_HEADS, rows),))

    def _stories(self):
        rows = tuple(
            self._happening(story, happening, is_first=not place)
            for story in self.report.stories
            for place, happening in enumerate(story.happenings)
        )
        tables = (Table("Everything that happened, by action", STORY_HEADS, rows, STORIES_SAID),) if rows else ()
        prose = (self.report.silence,) if self.report.silence else ()
        return Part("stories", "What happened", prose=prose, tables=tables, sheet="What happened")

    def _happening(self, story, happening, *, is_first):
        """Return the cells of something that happened; on paper the first of an action says what that is."""
        rated = (story.rating, self.words[story.rating]) if is_first else ("", "")
        return (
            Cell((Line(story.reference, link=story.anchor),), *rated, story.reference),
            cell_of(f"{SIGNS[story.rating]} {self.words[story.rating]}"),
            Cell((Line(story.text),) if is_first else (), value=story.text),
            cell_of(happening.on),
            cell_of(happening.what),
            cell_of(happening.who),
            cell_of(happening.words),
        )

    def _said_again(self):
        heading = "Recommended before and since"
        if not self.report.said_again:
            return Part("said-again", heading, prose=(NOTHING_SAID_AGAIN,))
        rows = tuple(self._same(each) for each in self.report.said_again)
        table = Table("What was said again", SAID_AGAIN_HEADS, rows, SAID_AGAIN_SAID)
        return Part("said-again", heading, tables=(table,), sheet="Before and since")

    def _same(self, each):
        where = Line(f"{each.how} {each.other_review}"), Line(f"Recommendation {each.other_reference}", "note")
        return (
            Cell((Line(each.reference, link=each.anchor),), value=each.reference),
            cell_of(each.text),
            Cell(where),
            cell_of(each.other_text),
            cell_of(each.standing),
        )
