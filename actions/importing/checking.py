"""Whether a plan that comes as data is one: each value of the kind that its place says."""

import types
from dataclasses import fields
from datetime import date
from typing import Any, Union, get_args, get_origin, get_type_hints

from actions.choices import Status, TargetKind


def checked(plan):
    """Return a plan read from JSON if each of its values is of its kind, or raise ValueError."""
    check(plan)
    for action in plan.actions:
        Status(action.status), TargetKind(action.date_kind)
        for day in (action.target_date_iso, action.completed_on_iso):
            if day is not None:
                date.fromisoformat(day)
    return plan


def check(value):
    """Raise ValueError unless each field of a dataclass, and of those within it, holds what it says it holds."""
    hints = get_type_hints(type(value))
    for each in fields(value):
        if not _is_a(getattr(value, each.name), hints[each.name]):
            raise ValueError(each.name)


def _is_a(value, kind: Any):
    if hasattr(kind, "__dataclass_fields__"):
        if isinstance(value, kind):
            check(value)
        return isinstance(value, kind)
    arguments = get_args(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return any(_is_a(value, each) for each in arguments)
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(_is_a(each, arguments[0]) for each in value)
    if get_origin(kind) is dict:
        return isinstance(value, dict) and all(
            _is_a(key, arguments[0]) and _is_a(each, arguments[1]) for key, each in value.items()
        )
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))
