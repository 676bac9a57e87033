"""Gives the demonstration a past: lines of history bear the day on which things are said to have happened."""


def when(instance, at, *, by=None, why=None):
    """Date the next line of an instance's history; say who made the change and why, where that is known."""
    instance._history_date = at
    if why:
        instance._history_user, instance._change_reason = by, why
    return instance


def join(model, name, pairs):
    """Fill a many-to-many field of many instances at once, in every line of their history so far."""
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
