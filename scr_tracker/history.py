"""The only writer of the history: every change says who made it and why.

Tracked models use TrackedQuerySet, which refuses the bulk writes that would leave no trace.
"""

from django.db import models, transaction
from simple_history.utils import bulk_update_with_history, get_history_manager_for_model


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
    """Save the named fields of many instances of one model at once, each with a line of history."""
    if not instances:
        return 0
    model = type(instances[0])
    return bulk_update_with_history(
        instances,
        model,
        fields,
        default_user=by,
        default_change_reason=why,
        manager=model._base_manager,
        batch_size=500,
    )


class TrackedQuerySet(models.QuerySet):
    """A QuerySet of something whose every change is kept, which therefore refuses silent ones."""

    def _refuse(self, *args, **kwargs):
        raise TypeError(
            f"{self.model.__name__} has a history that this write would not enter: "
            "use remember, remember_new, remember_changed or remember_end of scr_tracker.history."
        )

    update = delete = bulk_create = bulk_update = _refuse
    update.alters_data = True
