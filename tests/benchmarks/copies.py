"""A large load out of a smaller one, by copying its reviews within PostgreSQL: made from nothing, it takes an hour."""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import Max

from actions import load
from actions.models import SearchEntry
from actions.search import index
from reviews.models import Review


def multiply(times):
    """Let there be so many of each review, with all that hangs on it; only references tell the copies apart."""
    models = _of_reviews()
    steps = {model: _highest(model) for model in models}
    reviews = Review.objects.count()
    index.uninstall("default")
    with connection.cursor() as cursor:
        # What refers to what is copied whole, so nothing needs to be looked up or triggered row by row.
        cursor.execute("SET session_replication_role = replica")
        for model in models:
            values = [_value(field, steps, reviews) for field in model._meta.local_concrete_fields]
            columns = ", ".join(f'"{field.column}"' for field in model._meta.local_concrete_fields)
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {', '.join(values)}"
                f" FROM {model._meta.db_table}, generate_series(1, {times - 1}) AS copy"
            )
        cursor.execute("SET session_replication_role = DEFAULT")
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    index.rebuild()
    load.gather_statistics()


def _of_reviews():
    """Return the models with rows that hang on a review, however far away; the index of search is made anew instead."""
    found, more = set(), {Review}
    while more:
        found |= more
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            if any(field.remote_field and field.related_model in found for field in model._meta.local_concrete_fields)
        } - found
    return [model for model in found - {SearchEntry} if model._base_manager.exists()]


def _highest(model):
    return model._base_manager.aggregate(highest=Max("pk"))["highest"]


def _value(field, steps, reviews):
    """Return what stands in a column of a copy, as SQL."""
    column = f'"{field.column}"'
    model = field.related_model if field.remote_field else field.model if field.primary_key else None
    if model in steps:
        return f"{column} + copy * {steps[model]}"
    if field == Review._meta.get_field("reference"):
        return f"'L' || lpad((substr({column}, 2)::integer + copy * {reviews})::text, 5, '0')"
    return column
