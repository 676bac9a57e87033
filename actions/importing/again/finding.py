"""Finds what a document would change in a plan. Nothing here knows the database: two plans go in.

Where the state of the plan at the time of an export is known (``base``), only what the other side changed since then
counts, and what changed on both sides is a conflict.
"""

from bisect import bisect_left
from collections import Counter

from actions.choices import Status
from actions.importing.again.differences import DECISION, PLACE, Change, Difference, Differences, Group, Kind, title_of
from actions.importing.again.fields import DITTO, fields_of, lines_of, silent_columns
from actions.importing.again.matching import Node, Pair, below, match, tree_of
from actions.importing.plan import Plan, PlanAction
from actions.importing.vocabulary import plain


def differences_between(
    ours: Plan, theirs: Plan, *, base: Plan | None = None, exported=None, answers=None, withdrawn=frozenset()
):
    """Return what a document (``theirs``) would change in our plan, whose parts all have their identity.

    ``base`` is our plan when the document was exported, ``exported`` the identities that it then held. ``answers``
    says of doubtful pairs, by their key, whether they are one and the same; ``withdrawn`` are the identities of
    recommendations that no longer count.
    """
    return _Comparison(ours, theirs, base, exported, answers or {}, withdrawn).differences()


class _Comparison:
    """Compares two plans once."""

    def __init__(self, ours, theirs, base, exported, answers, withdrawn):
        self.whole = Node("P", "plan", ours), Node("nP", "plan", theirs)
        self.ours, self.theirs = tree_of(ours, ""), tree_of(theirs, "n")
        self.is_silent = silent_columns(theirs)
        self.silent = {}
        self.withdrawn, self.exported = withdrawn, exported
        self.base = base and {node.key: node for node in self._whole(tree_of(base, ""))}
        self.is_return = any(node.part.identity for node in self._whole(self.theirs))
        match(self.ours, self.theirs, answers)
        self.settled_otherwise, self.out_of_order = {}, {}

    @staticmethod
    def _whole(sections):
        return [*sections, *below(sections), *below(below(sections))]

    def differences(self):
        """Return everything that is different."""
        self._set_aside_what_is_only_laid_out_otherwise()
        found = [each for node in self._whole(self.theirs) if (each := self._of_theirs(node))]
        found += [self._of_the_whole()] if not self.is_return and any(self._changes(Pair(*self.whole))) else []
        found += [each for node in self._whole(self.ours) if (each := self._of_ours(node))]
        paired = [node for node in self._whole(self.theirs) if node.pair and node.level != "section"]
        changed = {id(each.pair) for each in found if each.pair}
        return Differences(
            self._grouped(found),
            sum(id(node.pair) not in changed for node in paired if not self._is_doubtful(node)),
            tuple(self.silent),
            self.ours,
            self.theirs,
            self.base is not None,
        )

    def _returns(self, pair):
        """Yield that a recommendation that was withdrawn here stands in a newer version of the plan."""
        if pair.ours.key in self.withdrawn and not self.is_return:
            yield Change(f"{pair.ours.key}:{DECISION}", DECISION, "Decision", False, True, "Withdrawn", "In the plan")

    def _is_doubtful(self, node):
        """Whether a node, or what it stands beneath, may or may not be one of ours: a person has to say first."""
        while node:
            if node.pair and node.pair.doubt:
                return True
            node = node.parent
        return False

    def _of_theirs(self, node):
        """Return what is new, changed or doubtful about a part of the document, if anything."""
        if node.parent and self._is_doubtful(node.parent):
            return None
        if node.pair is None:
            return self._new(node)
        if node.level != "section" and self._is_doubtful(node.pair.ours.parent):
            return None
        changes = [*self._returns(node.pair), *self._changes(node.pair), *self._moves(node)]
        if node.pair.doubt:
            return Difference(Kind.DOUBTFUL, node, self._place(node), changes, pair=node.pair)
        return Difference(Kind.CHANGED, node.pair.ours, self._place(node), changes, pair=node.pair) if changes else None

    def _of_the_whole(self):
        """Return what is different around the sections of the plan."""
        pair = Pair(*self.whole)
        return Difference(Kind.CHANGED, pair.ours, (-1,), list(self._changes(pair)), pair=pair)

    def _new(self, node):
        if node.level == "section":
            return None if node.children else Difference(Kind.NEW, node, self._place(node))
        if node.level == "action" and node.parent.pair is None:
            return None  # comes with its recommendation
        if node.level == "action" and self._is_only_split_otherwise(node.parent.pair.ours):
            return None
        return Difference(Kind.NEW, node, self._place(node), below=[each for each in node.children if not each.pair])

    def _of_ours(self, node):
        """Return what the document leaves out, if this is."""
        is_out = node.pair is None and node.level != "section" and self._counts(node)
        if not is_out or self._is_doubtful(node.parent):
            return None
        if node.level == "action" and (node.parent.pair is None or self._is_only_split_otherwise(node.parent)):
            return None
        return Difference(
            Kind.GONE,
            node,
            self._place_of_ours(node),
            below=[each for each in node.children if not each.pair and self._counts(each)],
        )

    def _is_only_split_otherwise(self, recommendation):
        return self.settled_otherwise.get(recommendation.key) == {"all"}

    def _counts(self, node):
        """Whether a part of our plan still counts, and was there when the document was made."""
        if (self.base is not None and node.key not in self.base) or (self.exported and node.key not in self.exported):
            return False
        is_set_aside = isinstance(node.part, PlanAction) and node.part.status == Status.SUPERSEDED
        return not (is_set_aside or node.key in self.withdrawn)

    def _changes(self, pair):
        """Yield each field of which the document says something else."""
        ours, theirs = pair.ours, pair.theirs
        base = self.base and self.base.get(ours.key)
        settled = self.settled_otherwise.get((ours if ours.level == "recommendation" else ours.parent or ours).key, {})
        for each in fields_of(ours.level, ours.part, theirs.part):
            mine, other = each.read(ours.part), each.read(theirs.part)
            if each.same(mine, other):
                continue
            if self.is_silent(each):
                self.silent[each.label] = True
                continue
            if (
                (each.column and each.column in settled)
                or settled == {"all"}
                or self._is_ditto(each, pair, mine, other)
            ):
                continue
            before = each.read(base.part) if base else None
            if base and each.same(before, other):
                continue
            yield Change(
                f"{ours.key}:{each.name}",
                each.name,
                each.label,
                mine,
                other,
                str(each.words(mine, other)),
                str(each.words(other, mine)),
                is_conflict=bool(base) and before != mine,
                was=str(each.words(before)) if base else "",
            )

    @staticmethod
    def _is_ditto(each, pair, mine, other):
        """Whether a cell is empty because it is the same as that of another action of its recommendation."""
        if pair.ours.level != "action" or each.column not in DITTO or plain(str(each.words(other))):
            return False
        return lines_of(str(each.words(mine))) <= _said(pair.theirs.parent, each.column)

    def _set_aside_what_is_only_laid_out_otherwise(self):
        """Find recommendations of which a column says the same, printed for all actions together or for each."""
        for node in below(self.theirs):
            if not node.pair or node.pair.doubt:
                continue
            ours, theirs = node.pair.ours, node
            columns = {each.column for part in (ours, theirs) for each in _fields_within(part) if each.column}
            settled = {column for column in columns if _is_laid_out_otherwise(ours, theirs, column)}
            if len(ours.children) != len(theirs.children) and _everything(ours) == _everything(theirs):
                settled = {"all"}
            if settled:
                self.settled_otherwise[ours.key] = settled

    def _moves(self, node):
        """Yield that a part stands in another place: beneath another one, or before or after its neighbours."""
        pair = node.pair
        if node.level == "section" and self.is_return:
            return
        ours_parent, their_parent = pair.ours.parent, node.parent
        is_elsewhere = bool(ours_parent) and not (their_parent.pair and their_parent.pair.ours is ours_parent)
        if not is_elsewhere and (self.is_return or node not in self._out_of_order(their_parent)):
            return
        base = self.base and self.base.get(pair.ours.key)
        if is_elsewhere and base and their_parent.pair and base.parent.key == their_parent.pair.ours.key:
            return
        yield Change(
            f"{pair.ours.key}:{PLACE}",
            PLACE,
            "Place in the plan",
            _raw_place(pair.ours),
            _raw_place(node),
            self._where(pair.ours),
            self._where(node),
        )

    def _out_of_order(self, parent):
        """Return the children of a part of the document that stand in another order than ours do."""
        if id(parent) not in self.out_of_order:
            self.out_of_order[id(parent)] = self._find_out_of_order(parent)
        return self.out_of_order[id(parent)]

    def _find_out_of_order(self, parent):
        siblings = parent.children if parent else self.theirs
        ours = parent.pair.ours.children if parent and parent.pair else [] if parent else self.ours
        places = {node: index for index, node in enumerate(ours)}
        kept = [node for node in siblings if node.pair and node.pair.ours in places]
        in_order = _longest_rise([places[node.pair.ours] for node in kept])
        return {node for index, node in enumerate(kept) if index not in in_order}

    def _where(self, node):
        siblings = node.parent.children if node.parent else self.ours if node in self.ours else self.theirs
        index = node.index
        beneath = title_of(node.parent) if node.parent else ""
        after = f"after {title_of(siblings[index - 1])}" if index else "first"
        return f"{beneath}: {after}" if beneath else after

    def _place(self, node):
        """Return where a part of the document stands, as numbers to sort by."""
        return (*(self._place(node.parent) if node.parent else ()), node.index)

    def _place_of_ours(self, node):
        """Return where what the document leaves out would stand in it: after what stands before it here."""
        siblings = node.parent.children if node.parent else self.ours
        for other in reversed(siblings[: node.index]):
            if other.pair:
                *above, last = self._place(other.pair.theirs)
                return (*above, last + 0.5)
        above = node.parent and (self._place(node.parent.pair.theirs) if node.parent.pair else None)
        return (*(above or self._place_of_ours(node.parent)), -0.5) if node.parent else (-0.5,)

    def _grouped(self, found):
        """Return the differences by section, in the order of the document."""
        groups = {}
        for each in sorted(found, key=lambda each: each.place):
            section = each.pair.theirs if each.pair else each.node
            while section.parent:
                section = section.parent
            if section.pair:
                section = section.pair.theirs
            groups.setdefault(section, []).append(each)
        return [Group(section.key, title_of(section), within) for section, within in groups.items()]


def _raw_place(node):
    return [node.parent and node.parent.key, node.index]


def _fields_within(node):
    """Return the fields of a recommendation and its actions."""
    parts = [child.part for child in node.children]
    return (*fields_of("recommendation", node.part), *(each for part in parts for each in fields_of("action", part)))


def _for_all(node, column):
    """Return what a recommendation itself says in a column, for all its actions together."""
    return [
        each.words(each.read(node.part)) for each in fields_of("recommendation", node.part) if each.column == column
    ]


def _is_laid_out_otherwise(ours, theirs, column):
    """Whether a column says the same on both sides, but for all actions together on one, and for each on the other.

    What a document repeats for each action says no more than what is said for all of them.
    """
    if _for_all(ours, column) != _for_all(theirs, column):
        return _said(ours, column) == _said(theirs, column)
    cells = [[text for text in _texts(node, column) if plain(text)] for node in (ours, theirs)]
    lines = [Counter(plain(line) for text in texts for line in text.splitlines()) for texts in cells]
    return lines[0] == lines[1] and min(map(len, cells)) == 1 < max(map(len, cells))


def _said(node, column):
    """Return every line that a recommendation and its actions say in a column."""
    return {line for text in _texts(node, column) for line in lines_of(text)}


def _texts(node, column=None):
    for level, part in (("recommendation", node.part), *(("action", child.part) for child in node.children)):
        for each in fields_of(level, part):
            if column is None or each.column == column:
                yield str(each.words(each.read(part)))


def _everything(node):
    """Return every line that a recommendation and its actions say anywhere."""
    return {line for text in _texts(node) for line in lines_of(text)}


def _longest_rise(numbers):
    """Return the indices of a longest rising run of numbers, which are those that need not move."""
    ends, last, before = [], [], {}
    for index, number in enumerate(numbers):
        place = bisect_left(ends, number)
        before[index] = last[place - 1] if place else None
        ends[place : place + 1], last[place : place + 1] = [number], [index]
    rise, index = set(), last[-1] if last else None
    while index is not None:
        rise.add(index)
        index = before[index]
    return rise
