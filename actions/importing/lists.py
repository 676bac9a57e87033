"""Lists in cells: several actions in one cell, and beside them in the next their dates, leads and statuses.

They are shared out among the actions where their labels or their counts agree. One value beside several actions
is shared by them all. Where neither holds the text stays whole, for a person to look at: it is never guessed.
"""

import re
from dataclasses import dataclass
from enum import Enum

from actions.importing.document import Paragraph

LABEL = re.compile(r"\s*\(?(?:(?P<bracket>[A-Za-z]|\d{1,2}|[ivx]{2,4})\)\s*|(?P<stop>[a-z]|\d{1,2})\.\s+)(?=\S)")
LABEL_WITHIN = re.compile(r"(?<=\s)\(?(?P<bracket>[A-Za-z]|\d{1,2})\)\s+(?=\S)")
FIRST_LABELS = ("a", "1", "i")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")

#: A paragraph that says that something is to be done: "To review …", "Training to be provided", "Staff will …".
IS_TASK = re.compile(
    r"to [a-z]+|.{0,150}?\b(?:will|must|to be|to (?!(?:the|their|a|an|all|any|his|her|its)\b)[a-z]+)\b", re.I
)
STARTS_WITH_VERB = re.compile(
    r"(?:agree|amend|arrange|audit|carry|circulate|commission|complete|conduct|consult|create|deliver|design|develop"
    r"|disseminate|draft|ensure|establish|evaluate|explore|identify|implement|include|introduce|issue|launch|monitor"
    r"|obtain|produce|promote|provide|publish|raise|ratify|report|review|revise|roll|send|set|share|train|undertake"
    r"|update|write)\b",
    re.I,
)


class How(Enum):
    """How the text of a cell belongs to the actions beside it."""

    NONE = "none"
    OWN = "own"
    SHARED = "shared"
    UNALIGNED = "unaligned"


@dataclass(frozen=True)
class Items:
    """The actions found in a cell: their texts, their labels (None where not labelled), and a lead-in."""

    texts: tuple[str, ...] = ()
    labels: tuple[str | None, ...] = ()
    intro: str | None = None


@dataclass(frozen=True)
class Shares:
    """What of a cell belongs to each action (None: nothing), how, and what belongs to the actions' lead-in."""

    how: How
    values: tuple[str | None, ...]
    for_intro: str | None = None


def without_label(text):
    """Return a text without the label it begins with: "a) Named Nurse" is "Named Nurse"."""
    label = LABEL.match(text)
    return text[label.end() :] if label else text


def label_of(text):
    """Return the label that a text begins with ("a", "1"), or None."""
    label = LABEL.match(text)
    return (label["bracket"] or label["stop"]).lower() if label else None


def line_by_line(paragraphs):
    """Return the texts of paragraphs, each point of a list that was typed into one by itself."""
    return [each.text for each in _explode(paragraphs) if not each.is_blank]


def split_actions(paragraphs, counts=()):
    """Return the actions in a cell. ``counts``: how many values other cells of the row may hold."""
    paragraphs = _explode(paragraphs)
    if labelled := _labelled(paragraphs):
        labels, groups = zip(*labelled, strict=True)
        return Items(tuple(_text(group) for group in groups), labels)
    groups = _blank_line_groups(paragraphs)
    if len(groups) > 1:
        return _items([_text(group) for group in groups])
    return _split_by_paragraphs([each for each in paragraphs if not each.is_blank], set(counts))


def possible_counts(paragraphs):
    """Return how many values a cell may hold: by its blank lines, and by its paragraphs."""
    return {len(values) for values in _possible_values(_explode(paragraphs))}


def share_out(paragraphs, actions, *, may_be_shared=True, understood=None):
    """Return what of a cell belongs to each of the actions beside it.

    ``may_be_shared``: whether one value holds for several actions (a date, but not a piece of evidence).
    ``understood``: tells of a value whether it is one; values that are not are no list (text among dates).
    """
    paragraphs = _explode(paragraphs)
    count = len(actions.texts)
    whole = _text(paragraphs)
    if not whole:
        return Shares(How.NONE, (None,) * count)
    if by_label := _by_label(paragraphs, actions.labels):
        return Shares(How.OWN, by_label)
    if count == 1:
        return Shares(How.OWN, (whole,))
    for values in _possible_values(paragraphs):
        if understood and len(values) > 1 and not all(understood(value) for value in values):
            continue
        if len(values) == count:
            return Shares(How.OWN, tuple(values))
        if may_be_shared and actions.intro and len(values) == count + 1:
            return Shares(How.OWN, tuple(values[1:]), for_intro=values[0])
    if may_be_shared and "\n" not in whole:
        return Shares(How.SHARED, (whole,) * count)
    return Shares(How.UNALIGNED, (None,) * count)


def _split_by_paragraphs(paragraphs, counts):
    """Return the actions in a cell without labels or blank lines between them."""
    groups = _points_under_what_they_belong_to(paragraphs)
    if not groups:
        return Items()
    first = groups[0]
    points = [each for each in first[1:] if each.is_bullet]
    if first[0].is_bullet or len(groups) > 1 or len(points) < 2 or len(points) != len(first) - 1:
        return _items([_text(group) for group in groups])
    # A lead-in with points is one action, unless its points have dates, leads or statuses of their own.
    if _ends_open(first[0]):
        if len(points) in counts or len(points) + 1 in counts:
            return Items(tuple(_text([each]) for each in points), (None,) * len(points), _text(first[:1]))
    elif len(first) in counts:
        return _items([_text([each]) for each in first])
    return _items([_text(first)])


def _points_under_what_they_belong_to(paragraphs):
    """Group paragraphs so that each group is one task: what stands in a list belongs to what opened the list."""
    groups = []
    is_open = False
    for each in paragraphs:
        top = groups[0][0].level if groups and groups[0][0].is_bullet else None
        if not groups:
            belongs = False
        elif each.is_bullet:
            belongs = top is None or each.level > top
        elif LABEL.match(each.text):
            belongs = True
        else:
            previous = groups[-1][-1]
            belongs = is_open and ((_ends_open(previous) and not previous.is_bullet) or not _reads_as_task(each.text))
        if belongs:
            groups[-1].append(each)
        else:
            groups.append([each])
            is_open = False
        is_open = is_open or _ends_open(each)
    return groups


def _ends_open(paragraph):
    """Whether a paragraph announces a list."""
    return bool(re.search(r":\W*$", paragraph.text))


def _reads_as_task(text):
    return bool(IS_TASK.match(text) or STARTS_WITH_VERB.match(text))


def _items(texts):
    return Items(tuple(texts), (None,) * len(texts))


def _possible_values(paragraphs):
    """Return the ways to see a cell as a list, the surer first: by blank lines between, by paragraphs."""
    groups = _blank_line_groups(paragraphs)
    by_blank_lines = [_text(group) for group in groups]
    by_paragraphs = [_text([each]) for each in paragraphs if not each.is_blank]
    return [by_blank_lines, by_paragraphs] if len(groups) > 1 else [by_paragraphs]


def _blank_line_groups(paragraphs):
    """Return the groups of paragraphs between blank ones; what announces a list stays with the list."""
    groups, previous_is_blank = [], True
    for each in paragraphs:
        if each.is_blank:
            previous_is_blank = True
            continue
        if previous_is_blank and not (groups and _ends_open(groups[-1][-1])):
            groups.append([])
        groups[-1].append(each)
        previous_is_blank = False
    return groups


def _by_label(paragraphs, labels):
    """Return the value of each labelled action in a cell that carries their labels too, else nothing."""
    labelled = dict(_labelled(paragraphs) or [])
    if not labelled or None in labels or not set(labelled) <= set(labels):
        return None
    if len(labelled) == 1 < len(labels):
        return None
    return tuple(_text(labelled[label]) if label in labelled else None for label in labels)


def _labelled(paragraphs):
    """Return (label, paragraphs) for each point of a labelled list that begins with the cell, else nothing."""
    found, expected = [], None
    for each in paragraphs:
        label = label_of(each.text)
        if label and (label in expected if found else label in FIRST_LABELS):
            found.append((label, [Paragraph(without_label(each.text), None, each.bold)]))
            expected = _following(label)
        elif found:
            found[-1][1].append(each)
        elif not each.is_blank:
            return None
    return found or None


def _following(label):
    """Return the labels that may come next; "i" is a letter and a number."""
    following = set()
    if label.isdigit():
        following.add(str(int(label) + 1))
    elif len(label) == 1:
        following.add(chr(ord(label) + 1))
    if label in ROMAN[:-1]:
        following.add(ROMAN[ROMAN.index(label) + 1])
    return following


def _explode(paragraphs):
    """Return the paragraphs, a list that was typed into one ("a) May b) June") taken apart."""
    return [part for each in paragraphs for part in _parts(each)]


def _parts(paragraph):
    first = LABEL.match(paragraph.text)
    if not first or not first["bracket"] or first["bracket"].lower() not in FIRST_LABELS:
        return [paragraph]
    starts, expected = [0], _following(first["bracket"].lower())
    for match in LABEL_WITHIN.finditer(paragraph.text, first.end()):
        if match["bracket"].lower() in expected:
            starts.append(match.start())
            expected = _following(match["bracket"].lower())
    ends = [*starts[1:], len(paragraph.text)]
    return [
        Paragraph(paragraph.text[start:end].strip(), paragraph.level, paragraph.bold)
        for start, end in zip(starts, ends, strict=True)
    ]


def _text(paragraphs):
    return "\n".join(each.text.strip() for each in paragraphs if not each.is_blank)
