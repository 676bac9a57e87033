"""What managers decide about reminders."""

from django.db import transaction

from scr_tracker.history import remember
from scr_tracker.models import Partnership


@transaction.atomic
def change_rules(*, partnership, by, sent=None, **rules):
    """Change when a partnership reminds and chases. Raises ChangedMeanwhile over somebody else's change."""
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if sent:
        sent.take_once(by=by)
        latest = partnership.history.order_by("-history_id").values_list("history_id", flat=True).first()
        sent.check_version(latest or 0)
    for name, value in rules.items():
        setattr(partnership, name, value)
    return remember(partnership, by=by, why="Rules of reminding changed")
