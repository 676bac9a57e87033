"""What a document would change in a plan: what is new, changed field by field, gone, doubtful, or the same."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import TextChoices
from django.utils.text import Truncator

from actions.importing.again.matching import Node, Pair
from actions.importing.again.wording import compared

#: What is not a field of a document: where something stands in the plan, and whether it was withdrawn from it here.
PLACE, DECISION = "place", "decision"


class Kind(TextChoices):
    """What a document says of a part of the plan."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    GONE = "gone", "Gone"
    DOUBTFUL = "doubtful", "Perhaps the same"
    SAME = "same", "The same"


@dataclass(frozen=True)
class Since:
    """Who changed here what a returned document changed too, and when."""

    by: str
    when: object


@dataclass
class Change:
    """A field of which the document says something else. ``ours`` and ``theirs`` are its plain values.

    ``refusal`` says why it cannot be accepted; ``effect`` what accepting it does besides.
    """

    key: str
    name: str
    label: str
    ours: object
    theirs: object
    before: str
    after: str
    is_conflict: bool = False
    was: str = ""
    since: Since | None = None
    refusal: str = ""
    effect: str = ""

    @cached_property
    def pieces(self):
        """Both texts as pieces, with the words marked that only one of them has."""
        return compared(self.before, self.after)

    @property
    def fingerprint(self):
        """What tells whether the same two values still stand against each other."""
        return _fingerprint(self.ours, self.theirs)

    @property
    def is_open(self):
        """Whether it can be accepted."""
        return not self.refusal


@dataclass
class Difference:
    """A section, recommendation or action that the document changes, adds or leaves out."""

    kind: Kind
    node: Node
    place: tuple
    changes: list[Change] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)
    refusal: str = ""
    effect: str = ""
    not_theirs: str = ""
    pair: Pair | None = None

    @property
    def key(self):
        """What it is known by: our identity, or its place in the document."""
        return self.pair.key if self.kind == Kind.DOUBTFUL else self.node.key

    @property
    def level(self):
        """Whether it is a section, a recommendation or an action."""
        return self.node.level

    @property
    def part(self):
        """What it says: in the document where it is new, else here."""
        return self.node.part

    @property
    def title(self):
        """What a person knows it by."""
        return title_of(self.node)

    @property
    def text(self):
        """Its own words."""
        return self.part.text if self.level in ("recommendation", "action") else self.part.title or ""

    @property
    def is_conflict(self):
        """Whether one of its fields was changed on both sides."""
        return any(change.is_conflict for change in self.changes)

    @property
    def is_whole(self):
        """Whether it is accepted as a whole, not field by field."""
        return self.kind in (Kind.NEW, Kind.GONE)

    @property
    def is_open(self):
        """Whether anything of it can be accepted."""
        return not (self.refusal or self.not_theirs) and self.kind != Kind.DOUBTFUL

    @property
    def fingerprint(self):
        """What tells whether it is still the same that would be added or withdrawn."""
        return _fingerprint(*(repr(node.part) for node in (self.node, *self.below)))

    @property
    def choices(self):
        """Everything in it that can be accepted: {key: fingerprint}."""
        if not self.is_open:
            return {}
        if self.is_whole:
            return {self.key: self.fingerprint}
        return {change.key: change.fingerprint for change in self.changes if change.is_open}

    @property
    def safe_choices(self):
        """What can be accepted without looking at each: everything but conflicts."""
        conflicts = {change.key for change in self.changes if change.is_conflict}
        return {key: value for key, value in self.choices.items() if key not in conflicts}


@dataclass
class Group:
    """The differences of one section, in the order of the plan."""

    key: str
    title: str
    differences: list[Difference]


@dataclass
class Differences:
    """Everything that a document would change in a plan, section by section."""

    groups: list[Group]
    same: int
    silent: tuple[str, ...] = ()
    sections: list[Node] = field(default_factory=list)
    their_sections: list[Node] = field(default_factory=list)
    base_given: bool = False

    @cached_property
    def all(self):
        """All differences, in the order of the plan."""
        return [difference for group in self.groups for difference in group.differences]

    @cached_property
    def counts(self):
        """How many differences there are of each kind, with conflicts and what is not theirs."""
        counts = {kind.value: sum(each.kind == kind for each in self.all) for kind in Kind}
        counts[Kind.SAME.value] = self.same
        counts["conflict"] = sum(each.is_conflict and not each.not_theirs for each in self.all)
        counts["not_theirs"] = sum(bool(each.not_theirs) for each in self.all)
        return counts

    @cached_property
    def choices(self):
        """Everything that can be accepted: {key: fingerprint}."""
        return {key: value for each in self.all for key, value in each.choices.items()}

    @cached_property
    def safe_choices(self):
        """Everything that can be accepted without conflict: {key: fingerprint}."""
        return {key: value for each in self.all for key, value in each.safe_choices.items()}

    def __bool__(self):
        return bool(self.all)


def title_of(node):
    """Return what a person knows a section, recommendation or action by."""
    if node.level == "plan":
        return "The plan as a whole"
    if node.level == "section":
        return f"{node.part.number}. {node.part.title}" if node.part.number else node.part.title
    if node.level == "recommendation":
        return f"Recommendation {node.part.number}" if node.part.number else f"“{Truncator(node.part.text).words(8)}”"
    label = node.part.label or str(node.index + 1)
    return f"{title_of(node.parent)}, action {label}"


def _fingerprint(*values):
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, default=str).encode()).hexdigest()[:16]
