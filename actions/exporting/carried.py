"""What a file carries hidden in itself: the plan it was made from, whose it is, and when it was made.

Recommendations and actions are known by what ``actions.importing.identities`` calls them ("R12", "A34"). A workbook
has that in a hidden column, a CSV file in its last but one, a Word document in hidden bookmarks on its rows; each row
finds its way back by it. A plan that is not saved takes such names by its order.

The rest is one text, made and read here. A workbook has it on a hidden page, a Word document in a part of
its own (custom XML), a CSV file, packed, in its last column. It is written by whoever has the file in hand, so nothing
in it is trusted: it says what the file showed, and never what anybody may do.
"""

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from actions.importing.checking import check, checked
from actions.importing.plan import Plan, PlanAction, PlanRecommendation

VERSION = 1
HIDDEN_PAGE = "For the tracker"
PAGE_ABOUT = "About"
NOTES = "Notes"
XML_NAME = "{urn:scr-tracker:plan}carried"
BOOKMARK = "_Tracker_"
HEADING = "Tracker data: leave as it is"
PIECE = 30_000
LARGEST = 100_000_000


@dataclass(frozen=True)
class About:
    """What is known of a file besides its plan: whose plan it is, for which agency it was made, and when.

    ``form`` is "plan", or "return" for the workbook in which an agency fills in where its actions stand.
    """

    partnership: str = ""
    review: str = ""
    review_key: int | None = None
    agency: str = ""
    form: str = "plan"
    marking: str = ""
    exported_at: str = ""

    @property
    def moment(self):
        """When the file was made, or None where it does not say."""
        return datetime.fromisoformat(self.exported_at) if self.exported_at else None


@dataclass(frozen=True)
class Carried:
    """The plan that a file was made from, every recommendation and action with its identity."""

    plan: Plan
    about: About

    def as_values(self):
        """Return whose plan went out, for whom, when, and what was in it, as plain values."""
        return {
            "review": self.about.review_key,
            "agency": self.about.agency,
            "at": self.about.exported_at,
            "held": _identities(self.plan),
        }


def identified(plan):
    """Return a plan of which every recommendation and action has an identity."""
    numbers = {letter: count(1) for letter in "RA"}

    def named(part, letter):
        return part.identity or f"{letter}{next(numbers[letter])}"

    def recommendation(part):
        actions = tuple(replace(action, identity=named(action, "A")) for action in part.actions)
        return replace(part, identity=named(part, "R"), actions=actions)

    return _with_recommendations(plan, recommendation)


def written(plan, about):
    """Return what a file carries, as text without any sign that a file may not hold."""
    values = {
        "version": VERSION,
        "about": vars(about),
        "plan": plan.to_json(),
        "identities": [[each.identity, [action.identity for action in each.actions]] for each in plan.recommendations],
    }
    return json.dumps(values, separators=(",", ":"))


def read(text):
    """Return what a file carries, or None where that is not what was written."""
    try:
        values = json.loads(text)
        if values["version"] != VERSION:
            return None
        names = iter(values["identities"])
        plan = checked(Plan.from_json(values["plan"]))
        plan = _with_recommendations(plan, lambda each: _named(each, *next(names)))
        carried = Carried(plan, About(**values["about"]))
        check(carried.about)
        carried.about.moment  # noqa: B018  reading it is the check
        return carried if len({*_identities(carried.plan)}) == len(_identities(carried.plan)) else None
    except (ValueError, TypeError, KeyError, AttributeError, LookupError, StopIteration, RecursionError):
        return None


def packed(text):
    """Return a text in pieces that fit into cells, each beginning with its place among them ("1/3:")."""
    whole = base64.b64encode(zlib.compress(text.encode(), 9)).decode()
    pieces = [whole[start : start + PIECE] for start in range(0, len(whole), PIECE)]
    return [f"{place}/{len(pieces)}:{piece}" for place, piece in enumerate(pieces, start=1)]


def unpacked(pieces):
    """Return the text of such pieces, in whatever order, or None where one is missing or changed."""
    found = {}
    for piece in pieces:
        place, _, rest = piece.partition(":")
        found[place] = rest
    total = len(found)
    try:
        whole = "".join(found[f"{place}/{total}"] for place in range(1, total + 1))
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(base64.b64decode(whole, validate=True), LARGEST)
        return text.decode() if unpacker.eof else None
    except (KeyError, binascii.Error, zlib.error, ValueError):
        return None


def _named(recommendation: PlanRecommendation, identity, identities):
    actions: list[PlanAction] = [
        replace(action, identity=str(name)) for action, name in zip(recommendation.actions, identities, strict=True)
    ]
    return replace(recommendation, identity=str(identity), actions=tuple(actions))


def _identities(plan):
    return [each.identity for each in (*plan.recommendations, *plan.actions)]


def _with_recommendations(plan, change):
    sections = (
        replace(section, recommendations=tuple(change(each) for each in section.recommendations))
        for section in plan.sections
    )
    return replace(plan, sections=tuple(sections))
