"""Questions to the database that are written once, and then asked of one thing after another.

Django writes a QuerySet out in SQL whenever it is read. For a page about one thing, which reads a dozen small tables,
that takes several times as long as the database takes to answer (docs/adr/0039-write-the-questions-of-a-page-once.md).
"""

from django.utils.functional import cached_property

#: Stands for the key in a question as it is written. No key is negative.
SOME_KEY = -1


class Written:
    """A question about one thing: ``ask`` returns, for its key, the QuerySet of what is to be read."""

    def __init__(self, ask):
        self.ask = ask

    def of(self, key):
        """Return what is read about the thing with this key, as a list of instances."""
        read, sql, values = self._written
        return list(read(sql, [key if value == SOME_KEY else value for value in values]))

    @cached_property
    def _written(self):
        query = self.ask(SOME_KEY).query
        return query.model._base_manager.raw, *query.sql_with_params()
