"""One item of a meeting as the room sees it: the facts, and what can be recorded on it."""

from collections.abc import Callable
from dataclasses import dataclass

from .. import steps
from ..choices import Status
from ..models import Action, MeetingDecision
from .forms import ChallengeForm, DateForm, DecideForm, NoteForm, ReturnForm, SignForm

#: How many pieces of evidence the room is shown by name.
EVIDENCE_SHOWN = 4


def _is_submitted(item):
    return item.is_action and item.about.status == Status.SUBMITTED


def _waits_for_a_date(item):
    return item.is_action and item.about.extension_pending


def _may_be_dated(item):
    return item.is_action and item.about.is_open and not item.about.extension_pending


def _is_action(item):
    return item.is_action


def _is_anything(item):
    return True


@dataclass(frozen=True)
class Way:
    """What a meeting can make of an item: its name and words, its form, for which items, and the step that it takes."""

    name: str
    label: str
    button: str
    form: type
    fits: Callable
    step: steps.Step | None = None
    is_awaited: bool = False

    def is_allowed(self, item, user):
        """Whether a person may do it to an item."""
        return self.step is None or (item.is_action and user.has_perm(self.step.permission, item.about))

    def refusal(self, item, user):
        """Return the sentence that says why it cannot be done now, or nothing."""
        return self.step.refusal(item.about, user) if self.step else ""


#: Everything that can be recorded on an item, in the order in which it is offered: first what the item waits for.
WAYS = (
    Way("sign", "Sign off", "Sign it off", SignForm, _is_submitted, steps.SIGN_OFF, is_awaited=True),
    Way("return", "Return", "Return it to the lead agency", ReturnForm, _is_submitted, steps.RETURN, is_awaited=True),
    Way("date", "Later date", "Record the date", DateForm, _waits_for_a_date, steps.AGREE_EXTENSION, is_awaited=True),
    Way("decide", "Decision", "Record the decision", DecideForm, _is_anything),
    Way("date", "Target date", "Record the date", DateForm, _may_be_dated, steps.SET_TARGET_DATE),
    Way("challenge", "Challenge", "Record the challenge", ChallengeForm, _is_action, steps.COMMENT),
    Way("note", "Noted", "Record that it was noted", NoteForm, _is_anything),
)


@dataclass(frozen=True)
class Panel:
    """A way that stands on the screen of an item, with its form, and why it cannot be gone, if it cannot."""

    way: Way
    form: object
    refusal: str = ""
    is_open: bool = False


@dataclass
class Screen:
    """What the room sees of an item, which stands at a place of the agenda."""

    place: object
    last_word: object = None
    evidence: tuple = ()
    earlier: object = None

    @classmethod
    def of(cls, place, meeting, user):
        """Return the screen of a place of an agenda; reads its action once more, with all that is shown."""
        item = place.item
        if item.is_action:
            seen = Action.objects.visible_to(user).with_surroundings().with_version()
            item.about = seen.get(pk=item.about.pk)
        decided = MeetingDecision.objects.visible_to(user).standing().filter(meeting__date__lt=meeting.date)
        of_thing = {"action" if item.is_action else "recommendation": item.about}
        earlier = decided.filter(**of_thing).select_related("meeting").order_by("-meeting__date", "-at", "-pk").first()
        if not item.is_action:
            return cls(place, earlier=earlier)
        word = item.about.updates.exclude(what_was_done="").select_related("by").first()
        evidence = tuple(item.about.evidence.for_list().counting())
        return cls(place, word, evidence, earlier)

    @property
    def item(self):
        """The item."""
        return self.place.item

    @property
    def shown_evidence(self):
        """The pieces of evidence that are named."""
        return self.evidence[:EVIDENCE_SHOWN]

    @property
    def more_evidence(self):
        """How many pieces there are besides."""
        return max(len(self.evidence) - EVIDENCE_SHOWN, 0)

    @property
    def outcome_asked_for(self):
        """What the recommendation or action is to achieve."""
        recommendation = self.item.recommendation
        own = self.item.about.intended_outcome if self.item.is_action else ""
        return own or recommendation.intended_outcome

    def way_sent(self, name):
        """Return the way that a form was sent for, though it may fit no longer; None where there is no such way."""
        named = [way for way in WAYS if way.name == name and (self.item.is_action or way.step is None)]
        return next((way for way in named if way.fits(self.item)), named[0] if named else None)

    def panels(self, user, sent=None):
        """Return what can be recorded on the item, and what could not be saved among it, as it was typed."""
        ways = [way for way in WAYS if way.fits(self.item) or (sent and way == self.way_sent(sent.name))]
        return [
            Panel(
                way,
                sent if isinstance(sent, way.form) else way.form(item=self.item, by=user),
                refusal=way.refusal(self.item, user),
                is_open=isinstance(sent, way.form),
            )
            for way in ways
            if way.is_allowed(self.item, user)
        ]
