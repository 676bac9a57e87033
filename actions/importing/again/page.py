"""What the page of differences shows: those of a kind, some at a time, each with what was chosen of it."""

from dataclasses import dataclass
from itertools import groupby

from django.core.paginator import Paginator

from actions.importing.again.differences import Change, Difference, Group, Kind

PER_PAGE = 20

#: What the page may be narrowed to: (name in the address, words, test).
FILTERS = {
    "doubtful": ("Perhaps the same", lambda each, row: each.kind == Kind.DOUBTFUL),
    "conflict": ("Changed on both sides", lambda each, row: each.is_conflict and not each.not_theirs),
    "new": ("New", lambda each, row: each.kind == Kind.NEW),
    "changed": ("Changed", lambda each, row: each.kind == Kind.CHANGED),
    "gone": ("Gone", lambda each, row: each.kind == Kind.GONE),
    "theirs": ("Not theirs", lambda each, row: bool(each.not_theirs)),
    "open": ("Not chosen yet", lambda each, row: row.is_undecided),
}
WORDS = {Kind.NEW: ("Add it", "Leave it out"), Kind.GONE: ("Withdraw it", "Keep it")}
OF_A_FIELD = ("Accept", "Keep ours")
TAGS = {Kind.NEW: "green", Kind.CHANGED: "blue", Kind.GONE: "grey", Kind.DOUBTFUL: "yellow"}


@dataclass
class Choice:
    """A choice to be made: its key, what it is about, its words, what was chosen, and whether that is out of date."""

    key: str
    about: str
    words: tuple
    chosen: bool | None
    is_stale: bool
    change: Change | None = None


@dataclass
class Row:
    """A difference with the choices in it."""

    difference: Difference
    choices: list[Choice]
    answer: bool | None = None

    @property
    def tag(self):
        """The words and the colour of its tag."""
        each = self.difference
        if each.is_conflict and not each.not_theirs:
            return "Changed on both sides", "red"
        return each.kind.label, TAGS[each.kind]

    @property
    def is_undecided(self):
        """Whether something of it waits for a choice."""
        if self.difference.kind == Kind.DOUBTFUL:
            return True
        return any(choice.about and choice.chosen is None for choice in self.choices)


@dataclass
class Part:
    """Some differences of one section."""

    group: Group
    rows: list[Row]
    waiting: int


@dataclass
class Filter:
    """A way to narrow the page, and how many differences that leaves."""

    name: str
    words: str
    count: int
    is_chosen: bool


class Page:
    """The differences of an import as its page shows them."""

    def __init__(self, choosing, show="", number=None):
        self.choosing = choosing
        self.taken, self.stale = choosing.taken, choosing.stale
        rows = [(group, self._row(each)) for group in choosing.differences.groups for each in group.differences]
        self.filters = [Filter("", "All", len(rows), show not in FILTERS)]
        for name, (words, test) in FILTERS.items():
            count = sum(test(row.difference, row) for _, row in rows)
            if count:
                self.filters.append(Filter(name, words, count, name == show))
        if show in FILTERS:
            rows = [each for each in rows if FILTERS[show][1](each[1].difference, each[1])]
        self.page = Paginator(rows, PER_PAGE).get_page(number)
        self.parts = [
            Part(group, [row for _, row in within], len(self.waiting(group)))
            for group, within in groupby(self.page.object_list, key=lambda each: each[0])
        ]

    def waiting(self, group):
        """Return what of a section can be accepted without conflict and was not chosen: {key: what it is about}."""
        return waiting(group, self.taken)

    def _row(self, difference):
        if difference.kind == Kind.DOUBTFUL:
            return Row(difference, [])
        if difference.is_whole:
            return Row(difference, [self._choice(difference.key, difference.choices, WORDS[difference.kind])])
        return Row(
            difference,
            [self._choice(change.key, difference.choices, OF_A_FIELD, change) for change in difference.changes],
        )

    def _choice(self, key, choices, words, change=None):
        return Choice(key, choices.get(key, ""), words, self.taken.get(key), key in self.stale, change)


def waiting(group, taken):
    """Return what of a section can be accepted without conflict and was not chosen: {key: what it is about}."""
    return {
        key: about for each in group.differences for key, about in each.safe_choices.items() if taken.get(key) is None
    }
