"""What a saved section, recommendation or action is known by outside: "R12" in the hidden column of a workbook."""

import re

from actions.models import Action
from reviews.models import Recommendation, Section

LETTERS = {Section: "S", Recommendation: "R", Action: "A"}


def identity_of(thing):
    """Return what a saved section, recommendation or action is known by."""
    return f"{LETTERS[type(thing)]}{thing.pk}"


def key_in(identity, model):
    """Return the key of the thing of this model that an identity names, or None where it names none."""
    match = re.fullmatch(rf"{LETTERS[model]}(\d{{1,18}})", identity or "")
    return int(match.group(1)) if match else None
