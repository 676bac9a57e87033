"""Which part of one version of a plan is which part of the other: by identity, then number, then wording.

Each part is paired once at most, the surest pairs first. Where that is not sure a person is asked, with both
texts: ``Pair.doubt`` says why.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from zlib import crc32

from actions.importing.again.wording import ALIKE, NEARLY_THE_SAME, likeness, words_of

#: A text as short as this may stand in any place; longer ones are known again wherever they stand.
SHORT = 4
#: How much nearer the nearest must be than the next, for the choice between them to be sure.
MARGIN = 0.1
MOST_CANDIDATES = 8

NAMED_ANOTHER = "The hidden column of the workbook names another one."
NUMBER_ONLY = "It has the same number, but says something else."
PLACE_ONLY = "It stands in the same place, but says something else."
WORDING_ONLY = "It says something like it in another place."
SEVERAL = "More than one comes as near."


@dataclass(eq=False)
class Node:
    """A section, recommendation or action in its plan. ``key`` is unique among both plans."""

    key: str
    level: str
    part: object
    parent: "Node | None" = None
    index: int = 0
    children: list["Node"] = field(default_factory=list)
    words: tuple = ()
    pair: "Pair | None" = None

    @property
    def name(self):
        """Its key with what it says, so that an answer about it means nothing once it says something else."""
        return f"{self.key}~{crc32(' '.join(self.words).encode()):08x}"

    @property
    def number(self):
        """What it is numbered by: its number, or the label of an action."""
        name = "label" if self.level == "action" else "number"
        return " ".join(words_of(getattr(self.part, name)))

    def __post_init__(self):
        self.words = words_of(self.part.title if self.level in ("plan", "section") else self.part.text)


@dataclass(eq=False)
class Pair:
    """A part of our plan and the part of the document that it is, or may be."""

    ours: Node
    theirs: Node
    doubt: str = ""

    @property
    def key(self):
        """What the pair is known by."""
        return f"{self.ours.name}={self.theirs.name}"


def tree_of(plan, prefix):
    """Return the sections of a plan as nodes; ``prefix`` begins the key of what has no identity of ours."""
    sections = []
    for s, section in enumerate(plan.sections, start=1):
        node = _node("section", section, prefix, f"{s}", None, sections)
        for r, recommendation in enumerate(section.recommendations, start=1):
            below = _node("recommendation", recommendation, prefix, f"{s}.{r}", node, node.children)
            for a, action in enumerate(recommendation.actions, start=1):
                _node("action", action, prefix, f"{s}.{r}.{a}", below, below.children)
    return sections


def _node(level, part, prefix, place, parent, siblings):
    key = f"{prefix}{place}" if prefix else part.identity
    node = Node(key, level, part, parent, len(siblings))
    siblings.append(node)
    return node


def below(nodes):
    """Return what stands beneath nodes, in order."""
    return [child for node in nodes for child in node.children]


def match(ours, theirs, answers):
    """Pair the parts of two trees. ``answers`` says of doubtful pairs, by key, whether they are one and the same."""
    _match_sections(ours, theirs, answers)
    for _ in range(2):
        _Level(below(ours), below(theirs), answers).match()
        if not _match_sections_by_content(ours, theirs):
            break
        for node in (*below(ours), *below(theirs)):
            node.pair = None
    _Level(below(below(ours)), below(below(theirs)), answers).match()


def _match_sections(ours, theirs, answers):
    """Pair the sections of the same number and title, then title, then number with a like title."""
    for same in (
        lambda node: node.part.identity,
        lambda node: (node.number, node.words),
        lambda node: node.words,
    ):
        _pair_by(ours, theirs, same)
    for node in _free(theirs):
        for other in _free(ours):
            if node.number and node.number == other.number and likeness(node.words, other.words) >= ALIKE:
                _join(other, node)
                break


def _match_sections_by_content(ours, theirs):
    """Pair sections that hold the same recommendations; say whether any was found."""
    found = False
    for node in _free(theirs):
        held = Counter(child.pair.ours.parent for child in node.children if child.pair and not child.pair.doubt)
        for other, count in held.most_common(1):
            if not other.pair and count * 2 > max(len(node.children), len(other.children)):
                _join(other, node)
                found = True
    return found


def _pair_by(ours, theirs, name: Callable, doubt=""):
    """Pair those that share a name; where several do, the first with the first."""
    named = defaultdict(list)
    for node in _free(ours):
        if name(node):
            named[name(node)].append(node)
    for node in _free(theirs):
        if named.get(name(node)):
            _join(named[name(node)].pop(0), node, doubt)


def _free(nodes):
    return [node for node in nodes if not node.pair]


def _join(ours, theirs, doubt=""):
    ours.pair = theirs.pair = Pair(ours, theirs, doubt)


def _parent(node):
    """Return the key of what a node stands beneath, that of our side where it is paired."""
    return node.parent.pair.ours.key if node.parent.pair else node.parent.key


class _Level:
    """Pairs all recommendations of two plans, or all their actions."""

    def __init__(self, ours, theirs, answers):
        self.ours, self.theirs, self.answers = ours, theirs, answers
        both = [Counter(node.number for node in nodes if node.number) for nodes in (ours, theirs)]
        #: Numbers that a whole plan has once only, so that they say which without the section.
        self.unique = {number for number, count in both[0].items() if count == 1 == both[1][number]}

    def match(self):
        """Pair them, the surest first."""
        self._answered()
        self._by_identity()
        self._by_same_wording()
        self._by_number(ALIKE)
        self._by_like_wording(NEARLY_THE_SAME)
        self._by_number(0, NUMBER_ONLY)
        self._by_like_wording(ALIKE, WORDING_ONLY)
        self._by_place_alone()

    def _answered(self):
        by_name = {node.name: node for node in (*self.ours, *self.theirs)} if self.answers else {}
        for key, is_same in self.answers.items():
            first, _, second = key.partition("=")
            if is_same and first in by_name and second in by_name:
                _join(by_name[first], by_name[second])

    def _may_be(self, ours, theirs):
        return not self.answers or self.answers.get(f"{ours.name}={theirs.name}") is not False

    def _join(self, ours, theirs, doubt=""):
        if self._may_be(ours, theirs):
            _join(ours, theirs, doubt)

    def _by_identity(self):
        """Trust the identity, unless the words are somebody else's."""
        named = {node.part.identity: node for node in _free(self.ours)}
        wordings = defaultdict(list)
        for node in _free(self.ours):
            wordings[node.words].append(node)
        best = {}
        for node in _free(self.theirs):
            if ours := named.get(node.part.identity):
                best.setdefault(ours, []).append((likeness(ours.words, node.words), node))
        for ours, claims in best.items():
            near, node = max(claims, key=lambda claim: claim[0])
            says = [other for other in wordings[node.words] if other is not ours] if len(node.words) > SHORT else []
            if near >= ALIKE or not says:
                self._join(ours, node)
            elif not says[0].pair:
                self._join(says[0], node, NAMED_ANOTHER)

    def _place(self, node, is_ours):
        """Return what says where a node stands, in the same words for both plans."""
        if node.level == "recommendation" and node.number in self.unique:
            return node.number
        parent = node.parent
        if parent.pair:
            parent = parent.pair.ours
        elif not is_ours:
            return None
        return parent.key, node.number

    def _by_same_wording(self):
        """Pair those that say the same: in the same place, beneath the same, then anywhere."""
        self._in_order(lambda node, is_ours: (self._place(node, is_ours), node.words))
        self._in_order(lambda node, is_ours: (_parent(node), node.words))
        ours, theirs = self._alone(self.ours), self._alone(self.theirs)
        for words in ours.keys() & theirs.keys():
            self._join(ours[words], theirs[words])

    def _in_order(self, name):
        named = defaultdict(list)
        for node in _free(self.ours):
            named[name(node, True)].append(node)
        for node in _free(self.theirs):
            for other in named.get(name(node, False), ()):
                if not other.pair and self._may_be(other, node):
                    _join(other, node)
                    break

    def _alone(self, nodes):
        """Return those whose words are long enough to be known again, and that no other free one shares."""
        free = _free(nodes)
        times = Counter(node.words for node in free)
        return {node.words: node for node in free if len(node.words) > SHORT and times[node.words] == 1}

    def _by_number(self, at_least, doubt=""):
        """Pair those of the same number in the same part, if their wording is alike enough."""
        named = {}
        for node in _free(self.ours):
            if node.number:
                named.setdefault(self._place(node, True), node)
        for node in _free(self.theirs):
            ours = named.get(self._place(node, False)) if node.number else None
            if ours and not ours.pair and likeness(ours.words, node.words) >= at_least:
                self._join(ours, node, doubt)

    def _by_like_wording(self, at_least, doubt=""):
        """Pair those that say nearly the same, the nearest first; not sure where another is as near."""
        found = [each for each in self._candidates() if each[0] >= at_least]
        rivals = defaultdict(list)
        for near, ours, theirs in found:
            rivals[ours].append((near, theirs))
            rivals[theirs].append((near, ours))
        for near, ours, theirs in sorted(found, key=lambda each: -each[0]):
            if ours.pair or theirs.pair:
                continue
            others = [
                likely
                for likely, other in (*rivals[ours], *rivals[theirs])
                if not other.pair and other not in (ours, theirs)
            ]
            if any(likely > near - MARGIN for likely in others):
                self._join(ours, theirs, SEVERAL)
            else:
                self._join(ours, theirs, "" if not others and _parent(ours) == _parent(theirs) else doubt)

    def _candidates(self):
        """Yield (likeness, ours, theirs) of those that share the most of their rarer words."""
        ours = _free(self.ours)
        with_word = defaultdict(list)
        for index, node in enumerate(ours):
            for word in set(node.words):
                with_word[word].append(index)
        too_common = max(50, len(ours) // 10)
        for node in _free(self.theirs):
            shared = Counter(
                index for word in set(node.words) if len(with_word[word]) <= too_common for index in with_word[word]
            )
            for index, _ in shared.most_common(MOST_CANDIDATES):
                yield likeness(ours[index].words, node.words), ours[index], node

    def _by_place_alone(self):
        """Offer what is left over on both sides beneath the same part, one of each, as perhaps the same."""
        left = defaultdict(lambda: ([], []))
        for side, nodes in enumerate((self.ours, self.theirs)):
            for node in _free(nodes):
                if node.parent.pair and not node.number:
                    left[node.parent.pair.ours.key][side].append(node)
        for ours, theirs in left.values():
            if len(ours) == len(theirs) == 1:
                self._join(ours[0], theirs[0], PLACE_ONLY)
