"""Questions to the database that are written once, and then asked of one thing after another.

Django writes a QuerySet out in SQL whenever it is read. For a page about one thing, which reads a dozen small tables,
that takes several times as long as the database takes to answer (docs/adr/0039-write-the-questions-of-a-page-once.md).
"""

from copy import copy

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.functional import cached_property

#: Stands for the key in a question as it is written. No key is negative.
SOME_KEY = -1


class Written:
    """A question about one thing: ``ask`` returns, for a key, the QuerySet of what is to be read.

    What the QuerySet says must not depend on anything but the key. It prefetches nothing.
    """

    def __init__(self, ask):
        self.ask = ask

    def of(self, key):
        """Return what is read about the thing with this key, as the QuerySet would give it, in a list."""
        queryset, compiler, sql, values, converters = self._written
        compiler = copy(compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda: (sql, [key if value == SOME_KEY else value for value in values])
        compiler.get_converters = lambda columns: converters
        return list(queryset._iterable_class(_Asked(queryset, compiler)))

    def fill(self, instance, name):
        """Have a link of an instance to many others hold what is read about it, as if it had been prefetched."""
        others = getattr(instance, name).all()
        others._result_cache = self.of(instance.pk)
        instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = others

    @cached_property
    def _written(self):
        queryset = self.ask(SOME_KEY)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        return queryset, compiler, sql, values, converters


class _Asked:
    """As much of a QuerySet as its iterable reads, with a compiler that has written before."""

    _known_related_objects = {}

    def __init__(self, queryset, compiler):
        self.db, self._fields = DEFAULT_DB_ALIAS, queryset._fields
        self.query = copy(queryset.query)
        self.query.get_compiler = lambda using: compiler
