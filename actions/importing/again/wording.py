"""How near two texts are, and which of their words differ."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from actions.importing.vocabulary import plain

#: Texts that share nothing still share "the" and "of"; below this they say something else.
ALIKE = 0.5
#: From here on two texts are the same one, edited.
NEARLY_THE_SAME = 0.8


@dataclass(frozen=True)
class Piece:
    """Some words of a text, and whether the other text has them."""

    text: str
    is_changed: bool = False


def words_of(text):
    """Return the words of a text, without signs and capitals."""
    return tuple(plain(text or "").split())


def likeness(ours, theirs):
    """Return how much of two sequences of words is the same in the same order: from 0 to 1."""
    return Indel.normalized_similarity(ours, theirs)


def compared(before, after):
    """Return two texts as pieces, with those marked that only one of them has."""
    ours, theirs = _tokens(before), _tokens(after)
    old, new = [], []
    for step in Indel.opcodes(ours, theirs):
        is_changed = step.tag != "equal"
        _add(old, "".join(ours[step.src_start : step.src_end]), is_changed)
        _add(new, "".join(theirs[step.dest_start : step.dest_end]), is_changed)
    return tuple(old), tuple(new)


def _tokens(text):
    return re.findall(r"\s+|[^\s]+", text or "")


def _add(pieces, text, is_changed):
    """Add words to the pieces; a space between two changed words belongs to them."""
    if not text:
        return
    if len(pieces) > 1 and is_changed and not pieces[-1].text.strip() and pieces[-2].is_changed:
        text = pieces.pop().text + text
    if pieces and pieces[-1].is_changed == is_changed:
        text = pieces.pop().text + text
    pieces.append(Piece(text, is_changed))
