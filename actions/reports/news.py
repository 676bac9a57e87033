"""What a report tells of a plan's actions that the plan itself does not hold: what was asked, returned, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from scr_tracker.words import cut, day, sentence

from ..models import Action, Extension
from ..steps import RETURN, SUBMIT


@dataclass(frozen=True)
class News:
    """News of the actions of a review up to a moment, each {key of the action: …}.

    ``asked_for`` says of each request for a later date for when and why, ``returned`` when and why a submission
    was sent back last, unless it was submitted again, and ``touched`` when anybody last changed the action.
    """

    asked_for: dict[int, str]
    returned: dict[int, str]
    touched: dict[int, datetime]

    @classmethod
    def of(cls, review, moment):
        """Return the news of a review's actions as at a moment; takes a constant number of queries."""
        extensions = Extension.objects.filter(action__review=review, asked_at__lte=moment).order_by("asked_at", "pk")
        history = Action.history.filter(review_id=review.pk, history_date__lte=moment)
        return cls(
            asked_for={each.action_id: said_of_request(each) for each in extensions},
            returned=dict(returned_in(history)),
            touched=dict(history.order_by().values_list("id").annotate(Max("history_date"))),
        )


def said_of_request(extension):
    """Return when a later date was asked for, until when, and why."""
    asked = f"Asked on {_on(extension.asked_at)} for {day(extension.asked_for_date)}"
    return sentence(f"{asked}: {cut(extension.reason)}")


def returned_in(history):
    """Yield (key of an action, when and why it was returned) for those whose last such step was to be returned."""
    told = history.filter(history_change_reason__startswith=RETURN.done) | history.filter(
        history_change_reason__startswith=SUBMIT.done
    )
    steps = told.order_by("history_date", "history_id").values_list("id", "history_date", "history_change_reason")
    last = {pk: (at, why) for pk, at, why in steps}
    for pk, (at, why) in last.items():
        if why.startswith(RETURN.done):
            reason = why.removeprefix(RETURN.done).removeprefix(": ")
            yield pk, sentence(": ".join(filter(None, [f"Returned on {_on(at)}", cut(reason)])))


def _on(at):
    return day(timezone.localdate(at))
