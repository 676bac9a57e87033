"""Data that a report is made of: frozen, plain, and the same again after being kept as JSON."""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints


class Frozen:
    """A dataclass that holds texts, numbers, dates, tuples of them and others of its sort.

    ``from_dict`` reads what ``to_dict`` wrote, also after it has been through JSON; what was kept before a field
    was added has that field's default.
    """

    def to_dict(self):
        """Return the data as JSON can hold it."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, data):
        """Return what ``to_dict`` was asked of."""
        return cls(**{name: _restored(kind, data[name]) for name, kind in _kinds(cls).items() if name in data})


@lru_cache(maxsize=64)
def _kinds(cls):
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def _plain(value):
    if isinstance(value, Frozen):
        return value.to_dict()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def _restored(kind, value):
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        kind = next(each for each in get_args(kind) if each is not NoneType)
    if get_origin(kind) is tuple:
        of = get_args(kind)
        kinds = [of[0]] * len(value) if of[-1] is Ellipsis else of
        return tuple(_restored(each, part) for each, part in zip(kinds, value, strict=True))
    if is_dataclass(kind):
        return kind.from_dict(value)
    return kind.fromisoformat(value) if kind in (date, datetime) else value
