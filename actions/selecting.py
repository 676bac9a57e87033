"""What a person has ticked in the list, page by page, to do something with all of it.

It is kept on the server, so that it outlasts going to another page, sorting and filtering. Whatever has since gone
from a person's sight is not in it (``Action.objects.visible_to(user).selected_by(user)``).
"""

from django.db import transaction

from .models import Action, Selected


@transaction.atomic
def keep(*, by, ticked, shown=()):
    """Keep which actions a page has ticked, of those that it shows; what is ticked on other pages stays."""
    Selected.objects.filter(by=by, action__in=set(shown) - set(ticked)).delete()
    seen = Action.objects.visible_to(by).filter(pk__in=ticked).values_list("pk", flat=True)
    Selected.objects.bulk_create([Selected(by=by, action_id=key) for key in seen], ignore_conflicts=True)


@transaction.atomic
def clear(*, by):
    """Take every tick away."""
    Selected.objects.filter(by=by).delete()


@transaction.atomic
def done_with(*, by, keys):
    """Take the ticks away from actions with which something was done; what was ticked since stays."""
    Selected.objects.filter(by=by, action__in=keys).delete()
