"""What people do with meetings. Every verb is one transaction, and says who did it and why.

What a meeting decides on an action is done by the services of actions (actions/services.py), under the rules of its
steps, and recorded here beside it.
"""

from django.db import transaction
from django.utils import timezone

from scr_tracker.history import remember
from scr_tracker.models import Partnership
from scr_tracker.permissions import Permission
from scr_tracker.rules import ChangedMeanwhile, RuleBroken

from .. import services
from ..choices import SAYS_ENOUGH, Outcome
from ..models import Action, AgendaItem, Comment, Meeting, MeetingDecision
from . import agenda

#: What only an action can be made the object of.
OF_ACTIONS = set(Outcome) - {Outcome.DECISION, Outcome.NOTED}


@transaction.atomic
def enter_meeting(*, partnership, by, name, date, papers_close_on=None, decisions="", sent=None):
    """Enter a meeting that reports can be made for and that can be run from the screen."""
    if sent:
        sent.take_once(by=by)
    meeting = Meeting(
        partnership=partnership, name=name, date=date, papers_close_on=papers_close_on, decisions=decisions
    )
    return remember(meeting, by=by, why="Meeting entered")


@transaction.atomic
def change_meeting(*, meeting, by, name, date, papers_close_on=None, decisions="", sent=None):
    """Put right what a meeting is called, when it is, when its papers close, and the notes of it."""
    meeting = _begin(meeting, by=by, sent=sent)
    meeting.name, meeting.date, meeting.papers_close_on, meeting.decisions = name, date, papers_close_on, decisions
    return remember(meeting, by=by, why="Meeting changed")


@transaction.atomic
def note_present(*, meeting, by, attended, present="", sent=None):
    """Say who was there: people of the partnership, and in words who else."""
    meeting = _begin(meeting, by=by, sent=sent)
    meeting.present = present
    remember(meeting, by=by, why="Presence noted")
    meeting.attended.set(attended)
    return meeting


@transaction.atomic
def choose_agenda(*, meeting, by, reviews, kinds, sent=None):
    """Choose from which reviews the agenda gathers what; none chosen means all reviews."""
    meeting = _begin(meeting, by=by, sent=sent)
    _refuse_if_prepared(meeting)
    if any(review.partnership_id != meeting.partnership_id for review in reviews):
        raise RuleBroken("Choose reviews of the meeting’s own partnership only.")
    meeting.agenda_kinds = list(kinds)
    remember(meeting, by=by, why="Agenda chosen")
    meeting.agenda_reviews.set(reviews)
    return meeting


@transaction.atomic
def arrange_agenda(*, meeting, by, places=None, dropped=(), sent=None):
    """Put the items of an agenda in order, by {key: place}, and leave out those whose keys are in ``dropped``."""
    meeting = _begin(meeting, by=by, sent=sent)
    shown, places = agenda.of(meeting, by), places or {}
    items = sorted(shown.items, key=lambda item: _between(places.get(item.key, item.place), item.place))
    _pin(meeting, [*items, *(item for item in shown.dropped if item.key not in dropped)])
    known = {item.key for item in (*shown.items, *shown.dropped)}
    for row in meeting.agenda_items.all():
        if row.key in known and row.dropped != (row.key in dropped):
            row.dropped = row.key in dropped
            row.save(update_fields=["dropped"])
    return remember(meeting, by=by, why="Agenda arranged")


@transaction.atomic
def add_items(*, meeting, by, things, sent=None):
    """Put actions, or recommendations without any, on an agenda by hand; they come last."""
    meeting = _begin(meeting, by=by, sent=sent)
    shown = agenda.of(meeting, by)
    _pin(meeting, shown.items)
    rows, on_it = {row.key: row for row in meeting.agenda_items.all()}, {item.key for item in shown.items}
    for place, thing in enumerate(things, start=len(on_it) + 1):
        row = rows.get(agenda.key_of(thing)) or AgendaItem(meeting=meeting, **_about(thing))
        if row.key not in on_it:
            row.place, row.why = place, [[agenda.BY_HAND, f"Put on the agenda by {by}."]]
        row.by_hand, row.dropped = True, False
        row.save()
    return remember(meeting, by=by, why="Agenda added to")


@transaction.atomic
def prepare_agenda(*, meeting, by, sent=None):
    """Let an agenda stay as it is now, whatever changes in the plans."""
    meeting = _begin(meeting, by=by, sent=sent)
    _refuse_if_prepared(meeting)
    _pin(meeting, agenda.of(meeting, by).items)
    meeting.prepared_at, meeting.prepared_by = timezone.now(), by
    return remember(meeting, by=by, why="Agenda prepared")


@transaction.atomic
def open_agenda(*, meeting, by, sent=None):
    """Let a prepared agenda follow the plans again."""
    meeting = _begin(meeting, by=by, sent=sent)
    meeting.prepared_at = meeting.prepared_by = None
    return remember(meeting, by=by, why="Agenda opened again")


@transaction.atomic
def record(*, meeting, about, by, outcome, text="", who="", by_when=None, new_date=None, heard=0, sent=None):
    """Record what a meeting made of an item, and do it: agree the date, sign off, return, challenge.

    ``heard`` is the key of what had been recorded on the item when the form was shown. Raises ChangedMeanwhile
    where somebody else was quicker, and RuleBroken where the rules of the step stand in the way.
    """
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if sent:
        sent.take_once(by=by)
    of_item = meeting.items_decided.filter(**_about(about))
    latest = of_item.order_by("-pk").values_list("pk", flat=True).first() or 0
    if sent and heard != latest:
        raise ChangedMeanwhile(heard)
    outcome = Outcome(outcome)
    if not text and outcome not in SAYS_ENOUGH:
        raise RuleBroken("Enter what was decided.")
    if isinstance(about, Action):
        about = Action.objects.select_for_update().get(pk=about.pk)
        if sent:
            sent.check_version(Action.objects.version_of(about))
    elif outcome in OF_ACTIONS:
        raise RuleBroken("No action answers this recommendation yet: record what was decided instead.")
    _pin(meeting, agenda.of(meeting, by).items)
    waiting = about.request_that_waits if outcome == Outcome.DATE_AGREED else None
    decision = MeetingDecision.objects.create(
        meeting=meeting,
        **_about(about),
        outcome=outcome,
        text=text,
        who=who,
        by_when=by_when,
        new_date=waiting.asked_for_date if waiting else new_date,
        by=by,
        at=timezone.now(),
    )
    _do(decision, about, by=by)
    return decision


@transaction.atomic
def correct_decision(*, decision, by, text, who="", by_when=None, withdrawn=False, sent=None):
    """Put right how a decision was recorded, by a new record that names it; what was done to the action stays."""
    decision = MeetingDecision.objects.select_for_update().get(pk=decision.pk)
    if sent:
        sent.take_once(by=by)
    if MeetingDecision.objects.filter(corrects=decision).exists():
        raise RuleBroken("This record has been corrected already. Open the meeting, and correct its latest form.")
    if decision.withdrawn:
        raise RuleBroken("This record was withdrawn. Record the decision anew.")
    if not text and (withdrawn or decision.outcome not in SAYS_ENOUGH):
        raise RuleBroken("Say why it is withdrawn." if withdrawn else "Enter what was decided.")
    return MeetingDecision.objects.create(
        meeting=decision.meeting,
        action=decision.action,
        recommendation=decision.recommendation,
        outcome=decision.outcome,
        text=text,
        who="" if withdrawn else who,
        by_when=None if withdrawn else by_when,
        new_date=decision.new_date,
        by=by,
        at=timezone.now(),
        corrects=decision,
        withdrawn=withdrawn,
    )


def partnerships_of(user):
    """Return the partnerships whose meetings the user runs."""
    return Partnership.objects.where(user, may=Permission.RUN_MEETING)


def _do(decision, action, *, by):
    """Do to an action what was decided, under the rules of the step."""
    at = f"Decided at {decision.meeting}"
    why = f"{at}: {decision.text}" if decision.text else at
    match decision.outcome:
        case Outcome.CHALLENGE:
            services.comment_action(action=action, by=by, kind=Comment.Kind.CHALLENGE, text=decision.text)
        case Outcome.DATE_AGREED:
            services.agree_extension(action=action, by=by, note=why)
        case Outcome.DATE_REFUSED:
            services.refuse_extension(action=action, by=by, note=why)
        case Outcome.DATE_SET:
            if decision.new_date == action.target_date:
                raise RuleBroken("This is the target date already.")
            if action.extension_pending:
                services.refuse_extension(action=action, by=by, note=f"{at}: another date was set.")
            services.set_target_date(action=action, by=by, target_date=decision.new_date, why=why)
        case Outcome.SIGNED_OFF:
            services.sign_off(action=action, by=by, note=why)
        case Outcome.RETURNED:
            services.return_action(action=action, by=by, reason=why)


def _begin(meeting, *, by, sent):
    """Lock a meeting, and refuse where the form was sent before or somebody else changed the meeting."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("partnership").get(pk=meeting.pk)
    if sent:
        sent.take_once(by=by)
        sent.check_version(Meeting.objects.version_of(meeting))
    return meeting


def _refuse_if_prepared(meeting):
    if meeting.prepared_at:
        raise RuleBroken("The agenda is prepared. Open it again before you choose otherwise.")


def _about(thing):
    return {"action" if isinstance(thing, Action) else "recommendation": thing}


def _between(place, before):
    """Return what an item sorts by that goes from one place to another: past the item that stands there."""
    return place + (place > before) / 2 - (place < before) / 2


def _pin(meeting, items):
    """Keep the items of an agenda in this order, with the reasons why they are there, and forget what has left it."""
    rows = {row.key: row for row in meeting.agenda_items.all()}
    kept = {item.key for item in items}
    gone = [row.pk for row in rows.values() if row.key not in kept and not row.dropped]
    AgendaItem.objects.filter(pk__in=gone).delete()
    changed, new = [], []
    for place, item in enumerate(items, start=1):
        row = rows.get(item.key)
        if row is None:
            new.append(AgendaItem(meeting=meeting, place=place, why=item.why, **_about(item.about)))
        elif (row.place, row.why) != (place, item.why):
            row.place, row.why = place, item.why
            changed.append(row)
    AgendaItem.objects.bulk_create(new)
    AgendaItem.objects.bulk_update(changed, ["place", "why"])
