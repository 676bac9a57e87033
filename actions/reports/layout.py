"""How a plan is set on the page: the widths of its columns, and which cells span the rows of a recommendation."""

from dataclasses import dataclass

#: How wide letters of the text face are, in ems; the rest are about half an em.
LETTER_WIDTHS = {each: 0.26 for each in " .,;:!'’|ijlI()[]ft/-"} | {each: 0.8 for each in "mwMW@%&—"}
LETTER_WIDTHS |= dict.fromkeys("ABCDEFGHKNOPQRUVXYZ", 0.6)

#: Millimetres: the type area of a page, an em of the table's type, its line, and the space around a cell's words.
PAGE_WIDTH, PAGE_HEIGHT = 269.0, 158.0
EM, LINE, GUTTER, ROW_SPACE = 3.03, 3.9, 4.2, 3.2

#: No column is narrower, nor so wide as to keep a long address from being broken.
NARROWEST, WIDEST_WORD = 16.0, 40.0


@dataclass(frozen=True)
class PageCell:
    """A cell on the page."""

    field: str
    lines: tuple
    rowspan: int = 1


@dataclass(frozen=True)
class PageRow:
    """A row: an action, or what belongs to a recommendation as a whole (then ``action`` is None)."""

    action: object
    cells: list


@dataclass(frozen=True)
class PageGroup:
    """Rows kept together: a recommendation, or as much of one as a page holds."""

    recommendation: object
    rows: list
    continued: bool = False


class PlanLayout:
    """A plan as tables of fixed columns."""

    def __init__(self, columns, sections):
        self.columns = columns
        self.rated = next((column.field for column in columns if column.rated), "")
        self._lengths = [
            _lengths(recommendation) for section in sections for recommendation in section.recommendations
        ]
        self._least = self._least_widths(sections)
        self.widths = self._shortest()

    @property
    def headed(self):
        """Each column with its width in per cent of the table."""
        total = sum(self.widths)
        return [
            (column, round(100 * width / total, 2))
            for column, width in zip(self.columns, self.widths, strict=True)
        ]

    # --- Rows ---

    def groups(self, section):
        """Return the rows of a section, in groups that a page can keep together."""
        return [group for each in section.recommendations for group in self._groups(each)]

    def _groups(self, recommendation):
        """Set a recommendation beside its actions; one that is longer than a page goes on below its name."""
        spans = [
            field == "recommendation" or not any(action.cells[place] for action in recommendation.actions)
            for place, field in enumerate(column.field for column in self.columns)
        ]
        together = any(
            lines and not spans[place] for place, lines in enumerate(recommendation.cells)
        ) and bool(recommendation.actions)
        rows = [None] * (together or not recommendation.actions) + list(recommendation.actions)
        for start, end in self._pages(recommendation, rows, spans):
            yield PageGroup(
                recommendation,
                [
                    PageRow(row, self._cells(recommendation, row, spans, first=not place, rowspan=end - start, continued=start > 0))
                    for place, row in enumerate(rows[start:end])
                ],
                continued=start > 0,
            )

    def _cells(self, recommendation, row, spans, *, first, rowspan, continued):
        cells = []
        for place, column in enumerate(self.columns):
            if spans[place]:
                if first:
                    cells.append(PageCell(column.field, () if continued else recommendation.cells[place], rowspan))
            else:
                lines = (row or recommendation).cells[place]
                cells.append(PageCell(column.field, lines))
        return cells

    def _pages(self, recommendation, rows, spans):
        """Yield the ranges of rows that a page holds, as far as that can be told beforehand."""
        start, height = 0, 0.0
        beside = max(
            (self._height(lines, place) for place, lines in enumerate(recommendation.cells) if spans[place]),
            default=0,
        )
        for place, row in enumerate(rows):
            tall = max(
                self._height(lines, column)
                for column, lines in enumerate((row or recommendation).cells)
                if not (spans[column] and row is None)
            )
            if place > start and height + tall > 0.85 * PAGE_HEIGHT and beside < PAGE_HEIGHT:
                yield start, place
                start, height = place, 0.0
            height += tall
        yield start, len(rows)

    def _height(self, lines, column):
        return ROW_SPACE + LINE * sum(1 + _ems(line) * EM // (self.widths[column] - GUTTER) for line in lines)

    # --- Widths ---

    def _least_widths(self, sections):
        """Return how wide each column must be for its longest word."""
        longest = [max((_word(word) for word in column.heading.split()), default=0) for column in self.columns]
        for section in sections:
            for recommendation in section.recommendations:
                for row in (recommendation, *recommendation.actions):
                    for place, lines in enumerate(row.cells):
                        words = (word for line in lines for word in f"{line.label} {line.text}".split())
                        longest[place] = max(longest[place], max(map(_word, words), default=0))
        return [max(NARROWEST, min(WIDEST_WORD, longest_word * EM) + GUTTER) for longest_word in longest]

    def _shortest(self, rounds=80):
        """Return the widths that make the plan shortest: width goes from who needs it least to who needs it most."""
        count = len(self.columns)
        spare = PAGE_WIDTH - sum(self._least)
        if spare <= 0 or not self._lengths:
            return [PAGE_WIDTH * least / sum(self._least) for least in self._least]
        widths = [least + spare / count for least in self._least]
        step = spare / 12
        for _ in range(rounds):
            gain = self._gains(widths)
            giver = min((place for place in range(count) if widths[place] - step >= self._least[place]), key=gain.__getitem__, default=None)
            taker = max(range(count), key=gain.__getitem__)
            if giver is None or giver == taker:
                step /= 2
                continue
            widths[giver] -= step
            widths[taker] += step
            step *= 0.95
        return widths

    def _gains(self, widths):
        """Return how much shorter the plan gets for each millimetre that a column gets wider."""
        gains = [0.0] * len(widths)
        room = [width - GUTTER for width in widths]
        for own, actions in self._lengths:
            by_row = [_tallest(lengths, room) for lengths in actions]
            height = sum(lengths[place] / room[place] for lengths, place in zip(actions, by_row, strict=True))
            place = _tallest(own, room)
            if own[place] / room[place] >= height:
                gains[place] += own[place] / room[place] ** 2
            else:
                for lengths, of_row in zip(actions, by_row, strict=True):
                    gains[of_row] += lengths[of_row] / room[of_row] ** 2
        return gains


def _tallest(lengths, room):
    return max(range(len(room)), key=lambda place: lengths[place] / room[place])


def _lengths(recommendation):
    """Return the lengths of its own cells, and those of each action."""
    return _row_lengths(recommendation.cells), [_row_lengths(action.cells) for action in recommendation.actions]


def _row_lengths(cells):
    """Return how long the words of each cell would be on one line, in ems, short last lines counted as half full."""
    return [sum(_ems(line) + 4 for line in lines) for lines in cells]


def _ems(line):
    return 0.47 * (len(line.text) + len(line.label))


def _word(word):
    return sum(LETTER_WIDTHS.get(letter, 0.51) for letter in word)
