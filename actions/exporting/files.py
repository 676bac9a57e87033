"""The kinds of file that a plan goes out as."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from actions.exporting.excel import workbook
from actions.exporting.separated import separated
from actions.exporting.word import document


@dataclass(frozen=True)
class Kind:
    """A kind of file: what people call it, what a browser calls it, and how a plan is written as one."""

    name: str
    content_type: str
    write: Callable


def _json(plan, about):
    """Return a plan in the interchange schema."""
    return (json.dumps(plan.to_json(), ensure_ascii=False, indent=2) + "\n").encode()


KINDS = {
    "docx": Kind("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", document),
    "xlsx": Kind("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
    "csv": Kind("CSV", "text/csv; charset=utf-8", separated),
    "json": Kind("JSON", "application/json", _json),
}
