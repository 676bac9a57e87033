"""Reads plans in the interchange schema (.json), as export_plan writes them."""

import json

from actions.importing.checking import checked
from actions.importing.document import Document
from actions.importing.plan import Plan
from actions.importing.problems import UnreadableFile


def read_json(content, name):
    """Return the document in the bytes of a .json file: the plan that it says itself."""
    try:
        return Document(name, "json", (), said=checked(Plan.from_json(json.loads(content.decode("utf-8-sig")))))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableFile(
            f"{name} is JSON, but not a plan as this site writes it: export the plan again and import that."
        ) from error
