"""The people and bodies named in one text: "Named Nurse / Designated Doctor and Head of Service" are three."""

import re

from actions.importing.lists import without_label
from actions.importing.vocabulary import first_phrase, plain, vocabulary

#: Always stand between two names.
HARD = re.compile(r"\s*[\n;]\s*|\s*/\s*(?!or\b)|\s+and/or\s+|(?<=\s)-(?=\s)")
#: Stand between two names, or within one ("Schools & Nurseries"); the last binds the closest.
SOFT = [re.compile(pattern) for pattern in (r"(\s*,[\s,]*(?:and\s+|&\s*)?)", r"(\s+and\s+)", r"(\s+&\s+)")]
INITIALS = re.compile(r"\b[A-Z]{2,}\d*$|\b[A-Z]+\d+\b")
PERSON = re.compile(r"(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof|DI|DCI|DS|DSU)\.? )?[A-Z][a-z'’-]+(?: [A-Z][A-Za-z'’-]+){1,2}")


def split_leads(text):
    """Return each post, team or agency that a text names, in its order and without repeating any."""
    text = re.sub(r"\band/or\b", ";", text or "")
    names = (name for part in HARD.split(text) for name in _names(without_label(part.strip())))
    tidy = (re.sub(r"^[\s,.:–-]+|[\s,.:–-]+$", "", name) for name in names)
    return tuple(dict.fromkeys(name for name in tidy if plain(name)))


def _names(text, joints=SOFT):
    """Return the names in a text; a piece that is no name by itself stays with its neighbour."""
    if not joints:
        return [text]
    pieces = joints[0].split(text)
    if all(PERSON.fullmatch(piece.strip()) for piece in pieces[::2]):
        return pieces[::2]
    names = pieces[:1]
    for joint, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if _is_name(names[-1]) and _is_name(piece):
            names.append(piece)
        else:
            names[-1] += joint + piece
    return [each for name in names for each in _names(name, joints[1:])]


def _is_name(text):
    """Whether a piece names a post or a body, or is somebody's initials."""
    return bool(first_phrase(plain(text), vocabulary()["leads"]["posts"]) or INITIALS.search(text.strip()))
