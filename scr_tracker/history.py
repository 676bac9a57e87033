"""The only writer of the history: every change says who made it and why.

Tracked models use TrackedQuerySet, which refuses the bulk writes that would leave no trace, and History,
whose lines can be added and read, never changed or removed. On PostgreSQL the database refuses it too
(append_only.py).
"""

import time

from django.db import connection, models, transaction
from simple_history.manager import HistoricalQuerySet, HistoryDescriptor, HistoryManager
from simple_history.models import HistoricalRecords
from simple_history.utils import get_history_manager_for_model

#: Told of everything that is added to a record, lines of history among it: functions that take a list of it.
WATCHERS = []

#: More things than ever stand in one order.
OUT_OF_THE_WAY = 1_000_000


def remember(instance, *, by, why):
    """Save ``instance`` and record in its history who changed it and for what reason.

    ``by`` is a user, or None for the command line; ``why`` is a phrase such as "Progress update".
    """
    instance._history_user = by
    instance._change_reason = why
    instance.save()
    return instance


def remember_end(instance, *, by, why):
    """Take ``instance`` away, leaving in its history who did so and for what reason."""
    instance._history_user = by
    instance._change_reason = why
    instance.delete()


@transaction.atomic
def remember_new(instances, *, by, why):
    """Create many instances of one model at once, each with its first line of history."""
    if instances:
        model = type(instances[0])
        model._base_manager.bulk_create(instances, batch_size=500)
        get_history_manager_for_model(model).bulk_history_create(
            instances, batch_size=500, default_user=by, default_change_reason=why
        )
    return instances


def remember_changed(instances, fields, *, by, why):
    """Save the named fields of many instances of one model at once, each with a line of history.

    The line says too what each is linked to now, as that of ``remember`` does.
    """
    if not instances:
        return 0
    model = type(instances[0])
    with transaction.atomic():
        changed = set_each(instances, fields)
        lines = get_history_manager_for_model(model).bulk_history_create(
            instances, batch_size=500, update=True, default_user=by, default_change_reason=why
        )
        _remember_links(model, lines)
    return changed


def set_each(instances, fields):
    """Save the named fields of many instances of one model at once.

    The lines of history say so that ``remember_changed`` writes next.
    """
    if not (instances and fields):
        return 0
    return type(instances[0])._base_manager.bulk_update(instances, fields, batch_size=500)


def _remember_links(model, lines):
    """Write beside new lines of history what each thing is linked to now, through the fields that are tracked."""
    by_key = {line.id: line for line in lines}
    for field in model.history.model._history_m2m_fields:
        through, here = field.remote_field.through, f"{field.m2m_field_name()}_id"
        links = through._base_manager.filter(**{f"{here}__in": by_key})
        past = getattr(model.history.model, field.name).model
        rows = links.values(*(part.attname for part in through._meta.fields))
        past.objects.bulk_create(past(history=by_key[row[here]], **row) for row in rows)


def remember_joined(model, name, pairs):
    """Fill a many-to-many field of many new instances at once, in every line of their history so far.

    ``pairs`` are (instance, other).
    """
    field = model._meta.get_field(name)
    through, here, there = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    links = through._base_manager.bulk_create(through(**{here: one, there: other}) for one, other in pairs)
    of_instance = {}
    for link in links:
        of_instance.setdefault(getattr(link, f"{here}_id"), []).append(link)
    records = model.history.filter(id__in=of_instance)
    past = model.history.model._meta.apps.get_model(model._meta.app_label, f"Historical{through.__name__}")
    past._base_manager.bulk_create(
        past(history=record, **{part.attname: getattr(link, part.attname) for part in through._meta.fields})
        for record in records
        for link in of_instance[record.id]
    )


def relate(instance, name, others):
    """Have a many-to-many field hold these, as the line of history says that ``remember`` writes next."""
    instance.skip_history_when_saving = True
    try:
        getattr(instance, name).set(others)
    finally:
        del instance.skip_history_when_saving


def relate_each(model, name, wanted):
    """Have a many-to-many field of many instances, {key: keys of others}, hold these and no others.

    The lines of history say so that ``remember_changed`` writes next.
    """
    field = model._meta.get_field(name)
    through = field.remote_field.through
    here, there = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    missing = {(key, other) for key, others in wanted.items() for other in others}
    surplus = []
    for pk, key, other in through._base_manager.filter(**{f"{here}__in": wanted}).values_list("pk", here, there):
        if (key, other) in missing:
            missing.remove((key, other))
        else:
            surplus.append(pk)
    through._base_manager.filter(pk__in=surplus).delete()
    through._base_manager.bulk_create(through(**{here: key, there: other}) for key, other in sorted(missing))


def version_of(instance):
    """Return the number of the latest line in the history of an instance; every change adds one."""
    return type(instance).history.filter(id=instance.pk).aggregate(latest=models.Max("history_id"))["latest"]


def settle(patience=60):
    """Wait until every change that was under way has been saved or dropped, so that the past is complete.

    A change is dated when it is made and seen when its transaction ends; whoever reads the history up to this
    moment would else miss it, and find it the next time. Not within a transaction, where it does nothing.
    """
    if connection.in_atomic_block:
        return
    if connection.vendor != "postgresql":
        with transaction.atomic():  # SQLite lets one write at a time: our turn comes when the others are through
            return
    deadline, before = time.monotonic() + patience, _under_way()
    while before & _under_way():
        if time.monotonic() > deadline:
            raise TimeoutError("Another change has gone on for very long; the past cannot be read yet.")
        time.sleep(0.1)


def _under_way():
    """Return the numbers of the transactions of others that change something in this database of PostgreSQL.

    Each holds a lock on its own number. Those of other databases on the same server concern nobody here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT transactionid::text FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {number for (number,) in cursor.fetchall()}


@transaction.atomic
def remember_order(instances, *, by, why):
    """Save many instances of one model whose ``order`` changed among them, each with a line of history.

    Two of them may change places, so all first make way for one another.
    """
    if instances:
        of_them = type(instances[0])._base_manager.filter(pk__in=[each.pk for each in instances])
        of_them.update(order=models.F("order") + OUT_OF_THE_WAY)
    for each in instances:
        remember(each, by=by, why=why)


class TrackedQuerySet(models.QuerySet):
    """A QuerySet of something whose every change is kept, which therefore refuses silent ones."""

    def _refuse(self, *args, **kwargs):
        raise TypeError(
            f"{self.model.__name__} has a history that this write would not enter: "
            "use remember, remember_new, remember_changed or remember_end of scr_tracker.history."
        )

    update = delete = bulk_create = bulk_update = _refuse
    update.alters_data = True


def _tell(added):
    """Tell the watchers what was added to a record."""
    for watch in WATCHERS:
        watch(added)


class AppendOnlyQuerySet(models.QuerySet):
    """A QuerySet of what is added and read, never changed or removed."""

    def _refuse(self, *args, **kwargs):
        raise TypeError(f"{self.model.__name__} is only ever added to.")

    update = delete = bulk_update = update_or_create = _refuse
    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        """Add many at once."""
        added = super().bulk_create(objs, *args, **kwargs)
        _tell(added)
        return added


class AppendOnly(models.Model):
    """Something that is added and read, never changed or removed."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        """Add it; refuse to change what was added before."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is only ever added to.")
        super().save(*args, **kwargs)
        _tell([self])

    def delete(self, *args, **kwargs):
        """Refuse."""
        raise TypeError(f"{type(self).__name__} is only ever added to.")


class LineQuerySet(AppendOnlyQuerySet, HistoricalQuerySet):
    """Lines of history in the domain's words."""

    def with_previous(self):
        """Add ``previous``: the number of the line before, of the same thing."""
        earlier = self.model.objects.filter(id=models.OuterRef("id"), history_id__lt=models.OuterRef("history_id"))
        return self.annotate(previous=models.Subquery(earlier.order_by("-history_id").values("history_id")[:1]))


class Lines(HistoryDescriptor):
    """Where lines of history are asked for. The class of their manager is made once, not whenever they are."""

    manager_class = HistoryManager.from_queryset(LineQuerySet)

    def __init__(self, model):
        self.model = model

    def __get__(self, instance, owner):
        """Return the lines of an instance, or of all."""
        return self.manager_class(self.model, instance)


class History(HistoricalRecords):
    """The history of a model: lines that are added and read, never changed or removed."""

    def __init__(self, **kwargs):
        super().__init__(bases=(AppendOnly,), m2m_bases=(AppendOnly,), **kwargs)

    def finalize(self, sender, **kwargs):
        """Make the models of the history; their links to others are guarded as they are."""
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            lines = getattr(sender, self.manager_name).model
            setattr(sender, self.manager_name, Lines(lines))
            for field, links in self.m2m_models.items():
                setattr(lines, field.name, Lines(links))
