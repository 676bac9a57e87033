"""Questions to the database that are written once, and then asked of one thing after another.

Django writes a QuerySet out in SQL whenever it is read. For a page about one thing, which reads a dozen small tables,
that takes several times as long as the database takes to answer (docs/adr/0040-write-the-questions-of-a-page-once.md).
"""

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.functional import cached_property


class Written:
    """A question about one thing, or so many: ``ask`` returns, for their keys, the QuerySet of what is to be read.

    What the QuerySet says must not depend on anything but the keys. It prefetches nothing, and
    reads nothing whose key is of several fields.
    """

    def __init__(self, ask, number=1):
        self.ask = ask
        #: They stand for the keys in the question as it is written. No key is negative.
        self.places = range(-number, 0)

    def of(self, *keys):
        """Return what is read about the things with these keys, as the QuerySet would give it, in a list."""
        if self._written is None:
            return []
        queryset, compiler, sql, values, converters = self._written
        given = dict(zip(self.places, keys, strict=True))
        sender = object.__new__(type(compiler))
        vars(sender).update(
            vars(compiler),
            connection=connections[DEFAULT_DB_ALIAS],
            as_sql=lambda: (sql, [given.get(value, value) for value in values]),
            get_converters=lambda columns: converters,
            has_composite_fields=lambda columns: False,
        )
        return list(queryset._iterable_class(_Asked(queryset, sender)))

    def fill(self, instance, name):
        """Have a link of an instance to many others hold what is read about it, as if it had been prefetched."""
        others = getattr(instance, name).all()
        others._result_cache = self.of(instance.pk)
        instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = others

    @cached_property
    def _written(self):
        queryset = self.ask(*self.places)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:  # nothing can be found, whatever the keys
            return None
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        return queryset, compiler, sql, values, converters


class _Asked:
    """As much of a QuerySet and of its query as what makes instances reads, with a compiler that has written before."""

    db, _known_related_objects = DEFAULT_DB_ALIAS, {}

    def __init__(self, queryset, compiler):
        self.query, self._fields = self, queryset._fields
        self.get_compiler = lambda using: compiler
        of_query = queryset.query
        self.extra_select, self.annotation_select = of_query.extra_select, of_query.annotation_select
        self.values_select = of_query.values_select
