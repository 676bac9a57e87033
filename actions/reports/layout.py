"""How a plan is set on the page: the widths of its columns, and which cells span the rows of a recommendation."""

from dataclasses import dataclass

from .columns import Line

#: How wide letters of the text face are, in ems; the rest are about half an em.
LETTER_WIDTHS = dict.fromkeys(" .,;:!'’|ijlI()[]ft/-", 0.26) | dict.fromkeys("mwMW@%&—", 0.8)
LETTER_WIDTHS |= dict.fromkeys("ABCDEFGHKNOPQRUVXYZ", 0.6)

#: Millimetres: the type area of a page, an em of the table's type, its line, and the space around a cell's words.
PAGE_WIDTH, PAGE_HEIGHT = 269.0, 178.0
EM, LINE, GUTTER, ROW_SPACE = 2.96, 3.75, 3.6, 2.6

#: What is estimated to be lower fits on a page under a section's heading and the table's head.
FITS = 0.72 * PAGE_HEIGHT

#: What is lower is kept together: anything taller would leave too much of the page before it empty. The first of a
#: plan stands below what is said of the plan as a whole.
TOGETHER, FIRST_TOGETHER = 0.6 * PAGE_HEIGHT, 0.35 * PAGE_HEIGHT

#: No column is narrower, nor so wide as to keep a long address from being broken.
NARROWEST, RATING, WIDEST_WORD = 16.0, 29.0, 40.0

#: A column with a line of so many letters is read as prose, and is no narrower than this if the others leave it room;
#: that of the recommendations, which every row is read with, is wider.
PROSE_LETTERS, PROSE, HEAD = 40, 24.0, 36.0

#: What stands in place of an action where the plan says something of all of them together.
ALL_TOGETHER = Line("All its actions together", "note")


#: How many letters stand beside a rating's shape on one line.
ROOM_BESIDE_A_RATING = 15


@dataclass(frozen=True)
class PageCell:
    """A cell on the page."""

    lines: tuple
    rowspan: int = 1
    is_head: bool = False
    is_rated: bool = False
    is_continued: bool = False


@dataclass(frozen=True)
class PageRow:
    """A row: an action, or what belongs to a recommendation as a whole (then ``action`` is None).

    ``is_tall`` if it may not fit on a page, and so must be allowed to break.
    """

    action: object
    cells: list
    is_tall: bool


@dataclass(frozen=True)
class PageGroup:
    """The rows of a recommendation; ``is_whole`` if they are kept together on a page."""

    recommendation: object
    rows: list
    is_whole: bool


class PlanLayout:
    """A plan as tables of fixed columns."""

    def __init__(self, columns, sections):
        self.columns = columns
        recommendations = [each for section in sections for each in section.recommendations]
        self._lengths = [_lengths(each) for each in recommendations]
        self._first = recommendations[0] if recommendations else None
        least = self._least_widths(recommendations)
        comfortable = [max(pair) for pair in zip(least, self._comfortable_widths(recommendations), strict=True)]
        self._least = comfortable if sum(comfortable) < PAGE_WIDTH else least
        self.widths = self._shortest()

    @property
    def headed(self):
        """Each column with its width in per cent of the table."""
        total = sum(self.widths)
        return [
            (column, round(100 * width / total, 2)) for column, width in zip(self.columns, self.widths, strict=True)
        ]

    # --- Rows ---

    def group(self, recommendation):
        """Set a recommendation beside its actions.

        What belongs to the recommendation alone spans its rows, unless these are too tall to be kept together: then
        each row has all its cells, so that the group can be broken between any two.
        """
        actions = recommendation.actions
        spans = [
            column.field == "recommendation"
            or not (column.rated and actions or any(action.cells[place] for action in actions))
            for place, column in enumerate(self.columns)
        ]
        said_together = any(lines and not spans for lines, spans in zip(recommendation.cells, spans, strict=True))
        rows = [*([None] if said_together or not actions else []), *actions]
        spanning = self._tallest(recommendation.cells, spans)
        heights = [self._tallest((row or recommendation).cells, [not each for each in spans]) for row in rows]
        whole = max(spanning, sum(heights)) < (FIRST_TOGETHER if recommendation is self._first else TOGETHER)
        if not whole:
            heights[0] = max(heights[0], spanning)
        return PageGroup(
            recommendation,
            [
                PageRow(row, list(self._cells(recommendation, row, spans, rows, whole)), height > FITS)
                for row, height in zip(rows, heights, strict=True)
            ],
            whole,
        )

    def _cells(self, recommendation, row, spans, rows, whole):
        """Return the cells of a row; those that span the group stand in its first."""
        for place, column in enumerate(self.columns):
            is_head = column.field == "recommendation"
            if not spans[place]:
                lines = (row or recommendation).cells[place]
                if not row and not lines and column.field == "action":
                    lines = (ALL_TOGETHER,)
                yield PageCell(lines, is_rated=column.rated)
            elif row is rows[0]:
                yield PageCell(recommendation.cells[place], len(rows) if whole else 1, is_head=is_head)
            elif not whole:
                yield PageCell((), is_head=is_head, is_continued=True)

    def _tallest(self, cells, counts):
        """Return how tall the tallest of those cells is that count."""
        return max(
            (
                ROW_SPACE + LINE * sum(1 + _ems(line) * EM // (width - GUTTER) for line in lines)
                for lines, width, counts in zip(cells, self.widths, counts, strict=True)
                if counts
            ),
            default=0.0,
        )

    # --- Widths ---

    def _least_widths(self, recommendations):
        """Return how wide each column must be for its longest word."""
        longest = [max((_word(word) for word in column.heading.split()), default=0) for column in self.columns]
        for recommendation in recommendations:
            for row in (recommendation, *recommendation.actions):
                for place, lines in enumerate(row.cells):
                    words = (word for line in lines for word in f"{line.label} {line.text}".split())
                    longest[place] = max(longest[place], max(map(_word, words), default=0))
        return [
            max(RATING if column.rated else NARROWEST, min(WIDEST_WORD, word * EM) + GUTTER)
            for column, word in zip(self.columns, longest, strict=True)
        ]

    def _comfortable_widths(self, recommendations):
        """Return how wide each column must be to be read with ease: prose is not set in lines of a word or two."""
        letters = [0] * len(self.columns)
        for recommendation in recommendations:
            for row in (recommendation, *recommendation.actions):
                for place, lines in enumerate(row.cells):
                    letters[place] = max(letters[place], max((len(line.text) for line in lines), default=0))
        return [
            (HEAD if column.field == "recommendation" else PROSE) if found >= PROSE_LETTERS else 0.0
            for column, found in zip(self.columns, letters, strict=True)
        ]

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
            giver = min(
                (place for place in range(count) if widths[place] - step >= self._least[place]),
                key=gain.__getitem__,
                default=None,
            )
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
            by_row = [_highest(lengths, room) for lengths in actions]
            height = sum(lengths[place] / room[place] for lengths, place in zip(actions, by_row, strict=True))
            place = _highest(own, room)
            if own[place] / room[place] >= height:
                gains[place] += own[place] / room[place] ** 2
            else:
                for lengths, of_row in zip(actions, by_row, strict=True):
                    gains[of_row] += lengths[of_row] / room[of_row] ** 2
        return gains


def _highest(lengths, room):
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


def rating_of(cell, row, recommendation, words):
    """Return a cell's rating, and the words of the line that says it."""
    if cell.is_head:
        name = recommendation.number or recommendation.reference
        if cell.is_continued:
            return recommendation.rating, f"{name} continued"
        return recommendation.rating, " · ".join(filter(None, [name, words.get(recommendation.rating)]))
    if cell.is_rated and row.action:
        action = row.action
        said = words[action.rating] + " (validated)" * action.validated
        together = len(said) + len(action.status) < ROOM_BESIDE_A_RATING
        return action.rating, (" · " if together else "\n").join(filter(None, [said, action.status]))
    return "", ""


def spread(group, count):
    """Return the rows of a group with a cell for each of so many columns: (cell, whether it goes on from above)."""
    rows, above, left = [], [None] * count, [0] * count
    for row in group.rows:
        cells, spread_out = iter(row.cells), []
        for place in range(count):
            cell = above[place] if left[place] else next(cells)
            goes_on = bool(left[place]) or cell.is_continued
            if goes_on:
                left[place] = max(0, left[place] - 1)
            else:
                above[place], left[place] = cell, cell.rowspan - 1
            spread_out.append((above[place], goes_on))
        rows.append((row, spread_out))
    return rows
