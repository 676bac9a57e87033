"""One item of a meeting as the room sees it: the facts, and what can be recorded on it."""

from dataclasses import dataclass

from .. import steps
from ..choices import Status
from ..models import Action, MeetingDecision
from .forms import ChallengeForm, DateForm, DecideForm, NoteForm, ReturnForm, SignForm

#: How many pieces of evidence the room is shown by name.
EVIDENCE_SHOWN = 4


@dataclass(frozen=True)
class Panel:
    """A form on the screen of an item: its name, what its button says, and why it cannot be used, if it cannot."""

    name: str
    label: str
    button: str
    form: object
    refusal: str = ""
    is_open: bool = False


@dataclass
class Screen:
    """What the room sees of an item."""

    item: object
    last_word: object = None
    evidence: tuple = ()
    earlier: object = None

    @classmethod
    def of(cls, item, meeting, user):
        """Return the screen of an item of a meeting; reads the item's action once more, with all that is shown."""
        if item.is_action:
            seen = Action.objects.visible_to(user).with_surroundings().with_version()
            item.about = seen.get(pk=item.about.pk)
        decided = MeetingDecision.objects.visible_to(user).standing().filter(meeting__date__lt=meeting.date)
        of_thing = {"action" if item.is_action else "recommendation": item.about}
        earlier = decided.filter(**of_thing).select_related("meeting").order_by("-meeting__date", "-at", "-pk").first()
        if not item.is_action:
            return cls(item, earlier=earlier)
        word = item.about.updates.exclude(what_was_done="").select_related("by").first()
        evidence = tuple(item.about.evidence.for_list().counting())
        return cls(item, word, evidence, earlier)

    @property
    def version(self):
        """The version of the action that the screen shows."""
        return self.item.about.version if self.item.is_action else 0

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

    def form_sent(self, data, user):
        """Return the form that was sent, or None where nothing was, or nothing that this item offers."""
        form = next((form for name, *_, form in self._offered() if data and name == data.get("form")), None)
        return form and form(data, item=self.item, by=user)

    def panels(self, user, sent=None):
        """Return the forms of the screen, the one that could not be saved among them as it was typed."""
        return [
            Panel(
                name=name,
                label=label,
                button=button,
                form=sent if isinstance(sent, form) else form(item=self.item, by=user),
                refusal=self._refusal(form, user),
                is_open=isinstance(sent, form),
            )
            for name, label, button, form in self._offered()
            if self._may(form, user)
        ]

    def _offered(self):
        """Yield (name, what it is called, its button, its form) of what can be recorded on the item now."""
        yield "decide", "Decision", "Record the decision", DecideForm
        if self.item.is_action:
            action = self.item.about
            if action.status == Status.SUBMITTED:
                yield "sign", "Sign off", "Sign it off", SignForm
                yield "return", "Return", "Return it to the lead agency", ReturnForm
            if action.is_open or action.extension_pending:
                yield "date", "Target date", "Record the date", DateForm
            yield "challenge", "Challenge", "Record the challenge", ChallengeForm
        yield "note", "Noted", "Record that it was noted", NoteForm

    def _refusal(self, form, user):
        """Return the sentence that says why a step cannot be taken now."""
        step = self._step(form)
        return step.refusal(self.item.about, user) if step else ""

    def _may(self, form, user):
        step = self._step(form)
        return step is None or user.has_perm(step.permission, self.item.about)

    def _step(self, form):
        """Return the step with the action that a form takes, or None."""
        if form is DateForm:
            return steps.AGREE_EXTENSION if self.item.about.extension_pending else steps.SET_TARGET_DATE
        return {SignForm: steps.SIGN_OFF, ReturnForm: steps.RETURN, ChallengeForm: steps.COMMENT}.get(form)

    def may_send(self, form, user):
        """Whether a person may do what a form that was sent does."""
        return self._may(type(form), user)
