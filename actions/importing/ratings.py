"""What a rating means: a letter, a word, a sign or the colour of a cell, by the plan's own key if it has one."""

import colorsys
import re
from dataclasses import dataclass

from actions.choices import Rating
from actions.importing.plan import PlanKey
from actions.importing.vocabulary import first_phrase, is_phrase, plain, vocabulary

#: Between a sign and its meaning in the items of a key.
MEANS = " – "
ITEM = re.compile(r"\s*(?P<sign>\S{1,12}(?: \S{1,12})?)\s*(?:=|:|\s[–—-]\s|\t)\s*(?P<meaning>\S.*)", re.DOTALL)
MOST_ITEMS, MOST_CELLS = 10, 3
LEAST_COLOUR = 0.25


@dataclass(frozen=True)
class Key:
    """A key found in a document, and which of its colours stands for which words."""

    key: PlanKey
    colours: dict[str, str]


def rating_named(text, keys=()):
    """Return the rating that a text means beyond doubt, as one of Rating's values, or None."""
    text = (text or "").strip()
    if not text:
        return None
    if found := _of_sign(text):
        return found
    for key in keys:
        for item in key.items:
            sign, _, meaning = item.partition(MEANS)
            if meaning and plain(text or "") == plain(meaning) and (found := _of_sign(sign)):
                return found
            if meaning and text.casefold() == sign.strip().casefold():
                return _of_sign(sign) or _of_words(meaning)
    return _of_words(text) if len(plain(text).split()) <= 4 else None


def meaning_of(text, keys):
    """Return what the keys of a plan say that a sign means, or None."""
    for key in keys:
        for item in key.items:
            sign, _, meaning = item.partition(MEANS)
            if meaning and text and text.strip().casefold() == sign.strip().casefold():
                return meaning
    return None


def colour_called(fill):
    """Return the name of the colour behind a cell if it is one of a rating's, or None for white, pale or another."""
    if not fill or len(fill) != 6:
        return None
    try:
        red, green, blue = (int(fill[place : place + 2], 16) / 255 for place in (0, 2, 4))
    except ValueError:
        return None
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < LEAST_COLOUR:
        return Rating.GREY.value if 0.3 < light < 0.8 else None
    if light < 0.1 or light > 0.93:
        return None
    degrees = hue * 360
    for until, name in ((18, Rating.RED), (68, Rating.AMBER), (170, Rating.GREEN), (255, Rating.BLUE), (330, None)):
        if degrees < until:
            return name.value if name else None
    return Rating.RED.value


def is_key_of_ratings(meaning):
    """Whether the words beside a colour in a key say how well something goes, rather than whose it is."""
    return bool(_of_sign(meaning) or _of_words(meaning))


def key_in_rows(rows, heading):
    """Return the key that rows of signs or colours with their meanings are, or None."""
    found = []
    for row in rows:
        cells = [place.cell for place in row.places if not (place.from_left or place.from_above)]
        cells = [cell for cell in cells if not cell.is_blank or colour_called(cell.fill)]
        if cells and (len(cells) > MOST_CELLS or not any(cell.text for cell in cells)):
            return None
        if cells:
            said = [cell.text for cell in cells if cell.text]
            found.append((said, next((cell.fill for cell in cells if cell.fill), None)))
    if not found or len(found) > MOST_ITEMS:
        return None
    is_of_ratings = any(_of_words(said[-1]) for said, _ in found)
    items = [_item(said, fill if is_of_ratings else None) for said, fill in found]
    colours = {fill: item.rpartition(MEANS)[2] for item, (_, fill) in zip(items, found, strict=True) if fill}
    return Key(PlanKey(heading.rstrip(": "), tuple(items)), colours)


def _item(said, fill):
    """Return the item of a key: its sign, or the name of its colour if it has no other, and what that means."""
    if len(said) > 1:
        return MEANS.join((said[0], " ".join(said[1:])))
    if found := ITEM.fullmatch(said[0]):
        return MEANS.join((found["sign"], found["meaning"]))
    name = colour_called(fill)
    return MEANS.join((name.capitalize(), said[0])) if name and not _of_sign(said[0]) else said[0]


def is_key(key):
    """Whether most items of a key are ratings with their meaning, so that nothing need announce it."""
    ratings = [item for item in key.items if _of_sign(item.partition(MEANS)[0])]
    return len({_of_sign(item.partition(MEANS)[0]) for item in ratings}) > 2 and 2 * len(ratings) > len(key.items)


def key_in_line(text):
    """Return the key in one line ("Key: R = overdue, A = slipping, G = on track"), or None."""
    heading, colon, rest = text.partition(":")
    if not colon or not first_phrase(plain(heading), vocabulary()["front_page"]["key_line"]):
        heading, rest = "Key", text
    parts = re.split(r"\s*[;,|\n\t]\s*(?=\S{1,12}\s*(?:=|:|[–—-]\s))", rest.strip())
    found = [ITEM.fullmatch(part.strip(" .")) for part in parts]
    if len(found) < 3 or not all(found):
        return None
    items = tuple(MEANS.join((each["sign"], each["meaning"])) for each in found)
    key = PlanKey(heading.strip(), items)
    return key if colon and heading != "Key" or is_key(key) else None


def _of_sign(text):
    """Return the rating that a letter, a colour's name or a sign is."""
    stripped = text.strip().rstrip(".:").strip()
    words = vocabulary()["ratings"]
    for rating, signs in words["signs"].items():
        if stripped in signs or stripped.rstrip("\ufe0f") in signs:
            return rating
    for rating, names in words["names"].items():
        if is_phrase(plain(stripped), names):
            return rating
    return None


def _of_words(text):
    """Return the rating that the meaning of a sign in a key stands for, if its words say one and only one."""
    said = plain(text)
    words = vocabulary()["ratings"]
    named = {rating for rating, names in words["colours"].items() if first_phrase(said, names)}
    if not named:
        opening = {rating: first_phrase(said, phrases) for rating, phrases in words["meanings"].items()}
        places = {rating: (match.start(), -match.end()) for rating, match in opening.items() if match}
        named = {min(places, key=places.get)} if places else set()
    return named.pop() if len(named) == 1 else None
