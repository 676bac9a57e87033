"""What every page knows of actions."""

from django.db.models import Count, Value

from scr_tracker.permissions import Permission

from .models import Action


def queues(request):
    """Return how many actions wait in each queue that the person may work off: {section: number}, one query."""
    user = getattr(request, "user", None)
    return {"queues": count_queues(user)} if user and user.is_authenticated else {}


def count_queues(user):
    """Return {section: number} for the queues of a person, and nothing for somebody who has none."""
    waiting = {
        "sign-off": (Permission.SIGN_OFF_ACTION, Action.objects.waiting_for_sign_off()),
        "extensions": (Permission.DECIDE_EXTENSION, Action.objects.waiting_for_a_later_date()),
    }
    counts = [
        actions.visible_to(user)
        .where_granted(user, permission)
        .order_by()
        .values(queue=Value(name))
        .annotate(number=Count("pk"))
        for name, (permission, actions) in waiting.items()
        if user.is_superuser or user.partnerships_granting(permission)
    ]
    if not counts:
        return {}
    return dict.fromkeys(waiting, 0) | dict(counts[0].union(*counts[1:], all=True).values_list("queue", "number"))
