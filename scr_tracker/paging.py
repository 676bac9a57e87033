"""Pages of lists that may be very long: no more is counted, and led to page by page, than anybody looks through."""

from contextlib import suppress

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property

#: How many are counted; and how many where to count them is to look through much else.
MOST, FEWER = 10_000, 1_000


def count_up_to(queryset, most):
    """Return how many a QuerySet has, or one more than ``most`` where it has more; the database stops there."""
    return queryset.order_by().values("pk")[: most + 1].count()


def counts_up_to(querysets, most):
    """Return the same of each of several QuerySets of one model, by one query."""
    cut = [queryset.order_by().values("pk")[: most + 1].query.sql_with_params() for queryset in querysets]
    counts = [f"(SELECT count(*) FROM ({sql}) part)" for sql, _ in cut]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", [value for _, values in cut for value in values])
        return list(cursor.fetchone())


def rows_of(querysets):
    """Return the rows of several QuerySets of the same values, each of which may be cut, by one query."""
    sql, values = _all_of(querysets)
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def count_of_parts_up_to(parts, most):
    """Return how many several QuerySets that share nothing have together, or one more than ``most``."""
    sql, values = _all_of([part.order_by().values("pk")[: most + 1] for part in parts])
    if not sql:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql} LIMIT {most + 1}) found", values)
        return cursor.fetchone()[0]


def first_of_each(parts, number):
    """Return the keys of the first so many of each of several QuerySets, to look for a key in."""
    sql, values = _all_of([part.values("pk")[:number] for part in parts])
    return RawSQL(sql, values) if sql else []


def _all_of(querysets):
    """Return the SQL of the rows of several QuerySets of the same values, and its values."""
    parts = []
    for queryset in querysets:
        # Django makes no SQL of what can find nothing.
        with suppress(EmptyResultSet):
            parts.append(queryset.query.sql_with_params())
    sql = " UNION ALL ".join(f"SELECT * FROM ({sql}) part" for sql, _ in parts)
    return sql, [value for _, values in parts for value in values]


class LongPaginator(Paginator):
    """The pages of what waits for somebody, in a QuerySet: the first FEWER of it."""

    @cached_property
    def _counted(self):
        return count_up_to(self.object_list, FEWER)

    @cached_property
    def count(self):
        """How many there are, as far as they are counted."""
        return min(self._counted, FEWER)

    @property
    def is_over(self):
        """Whether there are more than are counted."""
        return self._counted > FEWER
