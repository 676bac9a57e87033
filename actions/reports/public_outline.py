"""What a public response says in Word, in Excel and on the screen: what its PDF says, and no more."""

from functools import cached_property

from .columns import Line
from .outline import Bare, Cell, Head, Part, Table

HEADS = (Head("recommendation", "Recommendation", 1), Head("response", "Response", 1))


class PublicOutline(Bare):
    """The introduction, and what each review recommended with the responses."""

    is_wide = False
    marking = ""

    @property
    def name(self):
        """What stands largest on the cover."""
        return self.heading.headline

    @cached_property
    def facts(self):
        """What stands on the cover: (name, text)."""
        heading = self.heading
        published = heading.reviews[0].published if len(heading.reviews) == 1 else ""
        said = [
            ("Report", heading.name),
            ("Partnership", heading.partnership),
            ("Review", published),
            ("As at", heading.as_at_words),
            ("Edition", self.edition.words if self.edition else "Draft: not approved for publication"),
        ]
        return [each for each in said if each[1]]

    @cached_property
    def parts(self):
        """The introduction and the reviews."""
        introduction = self.heading.introduction
        parts = [Part("introduction", "Introduction", prose=introduction)] if introduction else []
        alone = len(self.report.reviews) == 1
        for place, review in enumerate(self.report.reviews, start=1):
            heading = "Recommendations and responses" if alone else review.name.full
            prose = (review.name.published,) if review.name.published and not alone else ()
            tables = tuple(self._section(section) for section in review.sections)
            sheet = "Responses" if alone else f"Responses {place}"
            parts.append(Part(f"review-{place}", heading, prose=prose, tables=tables, sheet=sheet, tells="Section"))
        return parts

    def _section(self, section):
        return Table(section.full_title, HEADS, tuple(self._answer(answer) for answer in section.answers))

    def _answer(self, answer):
        """Return the cells of recommendations and of their response."""
        recommended = [
            Line(f"{each.number} {line}".strip() if not place else line)
            for each in answer.recommendations
            for place, line in enumerate(each.text)
        ]
        response = [answer.heading, *answer.response] if answer.heading else answer.response
        return Cell(tuple(recommended)), Cell(tuple(map(Line, response)))
