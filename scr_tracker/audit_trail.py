"""The audit trail as rows: every line of every history, everything that is only ever added, and the audit log.

Made to be opened in a spreadsheet: a row for each field that changed, with what it was and what it became.
"""

import heapq
from dataclasses import astuple, dataclass, fields
from itertools import islice

from django.apps import apps
from django.db.models import Model

from .history import AppendOnly
from .spreadsheets import harmless

HOW = {"+": "added", "~": "changed", "-": "removed"}
#: How many lines are read at a time.
AT_ONCE = 1000


@dataclass
class Row:
    """One thing that happened."""

    at: str
    who: str = ""
    what: str = ""
    key: str = ""
    how: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    why: str = ""

    def cells(self):
        """Return the row as texts that no spreadsheet takes for a formula."""
        return [harmless(text) for text in astuple(self)]


HEADINGS = [field.name for field in fields(Row)]


def rows(start=None, end=None):
    """Yield a Row for everything that happened from one moment to before another, the oldest first."""
    tracked = [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]
    added = [model for model in apps.get_models() if issubclass(model, AppendOnly) and hasattr(model, "at")]
    streams = [_of_history(model, start, end) for model in tracked] + [_of_added(model, start, end) for model in added]
    for _, told in heapq.merge(*streams, key=lambda each: each[0]):
        yield from told


def _between(queryset, when, start, end):
    bounds = {f"{when}__gte": start, f"{when}__lt": end}
    return queryset.filter(**{name: moment for name, moment in bounds.items() if moment})


def _in_batches(queryset):
    found = queryset.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(found, AT_ONCE)):
        yield batch


def _of_history(model, start, end):
    """Yield (moment, rows) for each line of the history of a model."""
    lines = _between(model.history.all(), "history_date", start, end).order_by("history_date", "history_id")
    links = [field.name for field in model._meta.many_to_many if hasattr(model.history.model, field.name)]
    for batch in _in_batches(lines.with_previous().select_related("history_user")):
        before = model.history.in_bulk({line.previous for line in batch} - {None})
        linked = _links(model, links, [*batch, *before.values()])
        for line in batch:
            now = _values(line, linked)
            then = _values(before.get(line.previous), linked)
            yield line.history_date, list(_told(model, line, then, now))


def _told(model, line, then, now):
    about = {
        "at": line.history_date.isoformat(),
        "who": _name(line.history_user),
        "what": model._meta.verbose_name,
        "key": str(line.id),
        "how": HOW[line.history_type],
        "why": line.history_change_reason or "",
    }
    changed = [name for name in now if then.get(name, "") != now[name]]
    if not changed:
        yield Row(**about)
    for name in changed:
        yield Row(**about, field=name, before=then.get(name, ""), after=now[name])


def _values(line, linked):
    """Return {field: text} of a line of history; nothing for no line."""
    if line is None:
        return {}
    values = {field.name: _text(getattr(line, field.attname)) for field in line.tracked_fields if not field.primary_key}
    return values | {name: of.get(line.pk, "") for name, of in linked.items()}


def _links(model, names, lines):
    """Return {field: {line: keys of what it linked to}} for many-to-many fields."""
    found = {}
    for name in names:
        field = model._meta.get_field(name)
        there = f"{field.m2m_reverse_field_name()}_id"
        of_line = found.setdefault(name, {})
        if lines:
            links = getattr(lines[0], name).model.objects.filter(history__in=[line.pk for line in lines])
            for line, key in links.order_by(there).values_list("history_id", there):
                of_line[line] = f"{of_line[line]}, {key}" if line in of_line else str(key)
    return found


def _of_added(model: type[Model], start, end):
    """Yield (moment, rows) for each thing of a model that is only ever added, such as an update or an audit event."""
    told = [field for field in model._meta.fields if field.name not in {"id", "at", "by"}]
    added = _between(model.objects.select_related("by"), "at", start, end).order_by("at", "pk")
    for batch in _in_batches(added):
        for each in batch:
            about = {
                "at": each.at.isoformat(),
                "who": _name(each.by),
                "what": model._meta.verbose_name,
                "key": str(each.pk),
                "how": HOW["+"],
            }
            values = [(field.name, _text(getattr(each, field.attname))) for field in told]
            yield each.at, [Row(**about, field=name, after=value) for name, value in values if value]


def _name(user):
    return f"{user} <{user.email}>" if user else ""


def _text(value):
    return "" if value in (None, "", [], {}) else str(value)
