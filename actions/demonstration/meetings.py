"""What the meetings of the demonstration are about to talk about, and what they decided."""

from actions.models import AgendaItem, MeetingDecision
from scr_tracker.history import remember

from .history import when


def add_agendas_and_decisions(told, plans, world, clock):
    """Choose the agendas of the meetings that say what theirs gathers, and add what the others decided."""
    for each, meeting in zip(told["meetings"], world.meetings, strict=True):
        if chosen := each.get("agenda"):
            _choose(meeting, chosen, plans, world)
        if decided := each.get("decided"):
            _prepare(meeting, each["days_ago"], decided, plans, world, clock)
            for number, decision in enumerate(decided):
                _decide(meeting, each["days_ago"], number, decision, plans, world, clock)


def _choose(meeting, told, plans, world):
    """Let an agenda gather what is chosen for it."""
    reviews = {review.reference: review for review in plans.reviews}
    meeting.agenda_kinds = told["kinds"]
    remember(meeting, by=world.people[told["by"]], why="Agenda chosen")
    meeting.agenda_reviews.set(reviews[reference] for reference in told["reviews"])


def _prepare(meeting, days_ago, decided, plans, world, clock):
    """Let the agenda of a past meeting be what it decided on."""
    by = world.people[decided[0]["by"]]
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, place=place, why=[["added", each["why"]]], **_about(each, plans))
        for place, each in enumerate(decided, start=1)
    )
    meeting.prepared_at, meeting.prepared_by = clock.moment(days_ago + 1), by
    remember(when(meeting, meeting.prepared_at), by=by, why="Agenda prepared")


def _decide(meeting, days_ago, number, told, plans, world, clock):
    """Add a decision, and its correction where the record had to be put right."""
    said = {name: told.get(name, "") for name in ("outcome", "text", "who")}
    by_when = clock.day(told["by_when_days_ago"]) if "by_when_days_ago" in told else None
    first = MeetingDecision.objects.create(
        meeting=meeting,
        **_about(told, plans),
        **said,
        by_when=by_when,
        by=world.people[told["by"]],
        at=clock.moment(days_ago, minutes=60 + 9 * number),
    )
    if corrected := told.get("corrected"):
        MeetingDecision.objects.create(
            meeting=meeting,
            **_about(told, plans),
            **{**said, **{name: corrected[name] for name in said if name in corrected}},
            by_when=by_when,
            by=world.people[corrected["by"]],
            at=clock.moment(days_ago - 4),
            corrects=first,
        )


def _about(told, plans):
    """Return what a decision is about: an action or a recommendation."""
    if "action" in told:
        return {"action": plans.actions[told["action"]][1]}
    return {"recommendation": plans.recommendations[told["recommendation"]]}
