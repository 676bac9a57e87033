"""The agenda of a meeting: what the rules find in the plans, in the order that somebody gave it.

A live agenda is worked out anew each time: what no longer needs attention falls away unless the meeting dealt with
it, and what is new comes last. A prepared one stays as it is. Both take a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F
from django.utils import timezone

from reviews.models import Recommendation, Review
from scr_tracker.models import Partnership
from scr_tracker.words import cut, day, sentence

from .. import rating
from ..choices import AgendaKind
from ..models import Action, Comment, Extension, Meeting
from ..reports.exceptions import silence
from ..reports.news import returned_in, said_of_request
from ..summaries import without_action

#: More than a meeting could ever talk about: beyond it, somebody must choose.
MOST_ITEMS = 300
#: Why something stands on an agenda that no rule put there.
BY_HAND = "added"


@dataclass(frozen=True)
class Scope:
    """What an agenda gathers from, as far as a person may see it: on which day, and since when things are new."""

    partnership: Partnership
    actions: object
    recommendations: object
    on: date
    since: date | None

    @classmethod
    def of(cls, meeting, user):
        """Return the scope of a meeting's agenda for a person."""
        reviews = Review.objects.wholly_visible_to(user).filter(partnership=meeting.partnership_id)
        if chosen := list(meeting.agenda_reviews.values_list("pk", flat=True)):
            reviews = reviews.filter(pk__in=chosen)
        keys = list(reviews.values_list("pk", flat=True))
        earlier = Meeting.objects.before(meeting).values_list("date", flat=True).first()
        return cls(
            partnership=meeting.partnership,
            actions=Action.objects.filter(review__in=keys),
            recommendations=Recommendation.objects.filter(section__review__in=keys),
            on=timezone.localdate(),
            since=earlier,
        )


def _entered_since(scope):
    if scope.since is None:
        return scope.actions.none()
    entered = Action.history.filter(history_type="+", history_date__date__gt=scope.since)
    return scope.actions.filter(pk__in=entered.values("id")).in_plan_order()


def _challenged(scope):
    challenged = Comment.objects.open_challenges().values("action")
    return scope.actions.filter(pk__in=challenged).in_plan_order()


#: How the things of each kind are found, those first that cannot wait.
RULES: dict[str, Callable] = {
    AgendaKind.SIGN_OFF: lambda scope: scope.actions.waiting_for_sign_off().order_by("submitted_at", "pk"),
    AgendaKind.EXTENSION: lambda scope: scope.actions.waiting_for_a_later_date().by_target_date(),
    AgendaKind.CHALLENGE: _challenged,
    AgendaKind.RETURNED: lambda scope: scope.actions.returned().in_plan_order(),
    AgendaKind.OVERDUE: lambda scope: scope.actions.overdue(scope.on).by_target_date(),
    AgendaKind.NO_ACTION: lambda scope: without_action(scope.recommendations).in_plan_order(),
    AgendaKind.NO_EVIDENCE: lambda scope: scope.actions.without_evidence().in_plan_order(),
    AgendaKind.IMPACT_CHECK: lambda scope: scope.actions.waiting_for_an_impact_check(
        scope.on - timedelta(days=1)
    ).order_by("impact_check_due", "pk"),
    AgendaKind.SILENT: lambda scope: scope.actions.silent(scope.on).order_by(
        F("last_update_on").asc(nulls_first=True), "pk"
    ),
    AgendaKind.NEW: _entered_since,
}


@dataclass
class Item:
    """Something on an agenda, why it is there, and what the meeting has made of it so far."""

    key: str
    about: object
    why: list = field(default_factory=list)
    decisions: list = field(default_factory=list)
    place: int = 0
    by_hand: bool = False

    @property
    def is_action(self):
        """Whether it is an action, and not a recommendation that has none."""
        return isinstance(self.about, Action)

    @property
    def recommendation(self):
        """The recommendation that asked for it."""
        return self.about.recommendation if self.is_action else self.about

    @property
    def review(self):
        """The review whose plan it belongs to."""
        return self.about.review if self.is_action else self.about.section.review

    @property
    def reference(self):
        """Where it stands in the plan: "WSCP-07 Kit · Recommendation 12 a"."""
        label = self.about.label.strip(" .()") if self.is_action else ""
        return f"{self.review} · {self.recommendation}{f' {label}' if label else ''}"

    @property
    def lead(self):
        """Who leads it: the agency, or that of the section where no action says."""
        return self.about.lead_agency if self.is_action else self.about.section.agency

    @property
    def rating(self):
        """How it is rated today."""
        return self.about.rating() if self.is_action else rating.NO_ACTION

    @property
    def standing(self):
        """The decisions on it that hold, the latest last."""
        return [each for each in self.decisions if not (each.was_corrected or each.withdrawn)]

    @property
    def is_dealt_with(self):
        """Whether the meeting has decided something about it."""
        return bool(self.standing)

    @property
    def heard(self):
        """The key of what was recorded on it last, by which forms know whether somebody else was quicker."""
        return max((each.pk for each in self.decisions), default=0)


@dataclass
class Agenda:
    """The items of a meeting in their order, those left out, and whether there were too many to show."""

    meeting: Meeting
    items: list[Item]
    dropped: list[Item]
    is_cut: bool = False

    @property
    def dealt_with(self):
        """How many of the items the meeting has dealt with."""
        return sum(item.is_dealt_with for item in self.items)

    @property
    def next_item(self):
        """The first item that the meeting has not dealt with yet, or None."""
        return next((item for item in self.items if not item.is_dealt_with), None)

    def place_of(self, key):
        """Return where an item stands, with those beside it; None where it is not on the agenda."""
        for item, before, after in zip(self.items, [None, *self.items], [*self.items[1:], None], strict=False):
            if item.key == key:
                return Place(self, item, before, after)
        return None


@dataclass(frozen=True)
class Place:
    """Where an item stands on an agenda: the items before and after it, None where there is none."""

    agenda: Agenda
    item: Item
    before: Item | None
    after: Item | None


def of(meeting, user):
    """Return the agenda of a meeting as far as a person may see it."""
    scope = Scope.of(meeting, user)
    rows = {row.key: row for row in meeting.agenda_items.all()}
    decided = decisions_of(meeting, user)
    found, is_cut = ({}, False) if meeting.prepared_at else _found(meeting, scope)
    keys = [
        *(key for key, row in rows.items() if meeting.prepared_at or row.by_hand or key in found or key in decided),
        *(key for key in (*found, *decided) if key not in rows),
    ]
    things = _things(keys, user, meeting)
    tell = _Teller(things, scope)
    items, dropped = [], []
    for key in dict.fromkeys(keys):
        if key not in things:
            continue
        row = rows.get(key)
        why = tell.why(key, found.get(key, ())) or (row.why if row else [])
        item = Item(key, things[key], why, decided.get(key, []), by_hand=bool(row and row.by_hand))
        left_out = row and row.dropped and not item.decisions
        (dropped if left_out else items).append(item)
    for number, item in enumerate(items, start=1):
        item.place = number
    return Agenda(meeting, items, dropped, is_cut)


def counts_of(meeting, user):
    """Return {kind: how many things of it there are} within the reviews of a meeting's agenda."""
    scope = Scope.of(meeting, user)
    return {kind: rule(scope).order_by().count() for kind, rule in RULES.items()}


def decisions_of(meeting, user):
    """Return {key: its decisions at the meeting, the oldest first} as far as a person may see them."""
    found = defaultdict(list)
    for decision in meeting.items_decided.visible_to(user).with_surroundings():
        found[decision.key].append(decision)
    return found


def _found(meeting, scope):
    """Return {key: its kinds} of what the rules find, in their order, and whether that had to be cut."""
    found = defaultdict(list)
    for kind, rule in RULES.items():
        if kind in meeting.agenda_kinds:
            letter = "r" if kind == AgendaKind.NO_ACTION else "a"
            for pk in rule(scope).values_list("pk", flat=True)[: MOST_ITEMS + 1]:
                found[f"{letter}{pk}"].append(kind)
    return dict(list(found.items())[:MOST_ITEMS]), len(found) > MOST_ITEMS


def _things(keys, user, meeting):
    """Return {key: the action or recommendation} of those that a person may see and the partnership owns."""
    of_kind = {letter: [int(key[1:]) for key in keys if key[0] == letter] for letter in "ar"}
    whole = list(
        Review.objects.wholly_visible_to(user).filter(partnership=meeting.partnership_id).values_list("pk", flat=True)
    )
    actions = Action.objects.filter(pk__in=of_kind["a"], review__in=whole).select_related(
        *("review__partnership", "recommendation__section", "lead_agency", "submitted_by")
    )
    recommendations = Recommendation.objects.filter(pk__in=of_kind["r"], section__review__in=whole).select_related(
        "section__review__partnership", "section__agency"
    )
    return {key_of(each): each for each in (*actions, *recommendations)}


class _Teller:
    """Says of each thing why it stands on the agenda; reads what that takes once for all of them."""

    def __init__(self, things, scope):
        self.things, self.scope = things, scope
        actions = [each for each in things.values() if isinstance(each, Action)]
        keys = [each.pk for each in actions]
        requests = Extension.objects.filter(action__in=keys, decision="waiting")
        challenges = Comment.objects.open_challenges().filter(action__in=keys).select_related("by")
        self.asked = {each.action_id: said_of_request(each) for each in requests}
        self.challenged = {each.action_id: each for each in challenges}
        self.returned = dict(returned_in(Action.history.filter(id__in=keys)))

    def why(self, key, kinds):
        """Return the reasons as [[kind, words]]."""
        return [[str(kind), self._words(AgendaKind(kind), self.things[key])] for kind in kinds]

    def _words(self, kind, thing):
        match kind:
            case AgendaKind.SIGN_OFF:
                on = day(timezone.localdate(thing.submitted_at))
                return f"Submitted as complete by {thing.submitted_by} on {on}; it waits for sign-off."
            case AgendaKind.EXTENSION:
                return self.asked.get(thing.pk, "A later date has been asked for.")
            case AgendaKind.CHALLENGE:
                challenge = self.challenged[thing.pk]
                return sentence(f"{challenge.by}, {day(timezone.localdate(challenge.at))}: {cut(challenge.text)}")
            case AgendaKind.RETURNED:
                return self.returned.get(thing.pk, "Sent back to the lead agency.")
            case AgendaKind.OVERDUE:
                return f"Overdue by {thing.delay}; it was due {thing.due}."
            case AgendaKind.NO_ACTION:
                return "The review recommended it, and no action answers it."
            case AgendaKind.NO_EVIDENCE:
                return "Said to be complete, and nothing shows it."
            case AgendaKind.IMPACT_CHECK:
                return f"The impact check was due on {day(thing.impact_check_due)}."
            case AgendaKind.SILENT:
                return silence(thing, self.scope.on)
            case AgendaKind.NEW:
                return f"Entered since the meeting of {day(self.scope.since)}."


def key_of(thing):
    """Return what an item about a thing is called: a12 is an action, r5 a recommendation."""
    return f"{'a' if isinstance(thing, Action) else 'r'}{thing.pk}"


def find_things(text, review, user):
    """Return what a number names in a plan: an action ("12 a"), all actions of a recommendation, or the latter.

    An empty list where nothing has this number that the person may see.
    """
    wanted = _plain(text)
    visible = Action.objects.visible_to(user).filter(review=review).select_related("recommendation")
    named = [
        action
        for action in visible.in_plan_order()
        if wanted in (_plain(f"{action.recommendation.number}{action.label}"), _plain(action.recommendation.number))
    ]
    exact = [each for each in named if each.label and _plain(f"{each.recommendation.number}{each.label}") == wanted]
    if exact or named:
        return exact or named
    without = Recommendation.objects.visible_to(user).filter(section__review=review).in_plan_order()
    return [each for each in without if each.number and _plain(each.number) == wanted]


def _plain(text):
    return "".join(each for each in text.casefold() if each.isalnum() or each == ".").strip(".")
