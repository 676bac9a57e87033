"""What people send from the pages of a plan that comes in again."""

import hashlib
import json

from django import forms

from actions.forms import long_text
from scr_tracker.forms import OnceForm

ANSWERS = {"yes": True, "no": False}
CHANGED = "What you are about to accept is not what this page showed before. Read it again, then accept it."


def choices_in(posted):
    """Return the choices on a page: {key: (True, False or None, what it is about)} and {doubtful pair: answer}."""
    take, same = {}, {}
    for name in posted:
        kind, _, key = name.partition(":")
        if kind == "about":
            take[key] = (ANSWERS.get(posted.get(f"take:{key}")), posted[name])
        elif kind == "pair":
            same[key] = ANSWERS.get(posted.get(f"same:{key}"))
    return take, same


class ReturnForm(forms.Form):
    """Of which agency a document is the return."""

    agency = forms.ChoiceField(label="Whose return is it?", required=False)

    def __init__(self, *args, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self.agencies = {str(each.pk): each for each in agencies}
        self.fields["agency"].choices = [
            ("", "Nobody’s: it is a newer version of the whole plan"),
            *((key, str(agency)) for key, agency in self.agencies.items()),
        ]

    @property
    def chosen(self):
        """The agency chosen, or None."""
        return self.agencies.get(self.cleaned_data["agency"])


class AcceptForm(OnceForm):
    """That the choices are to be carried out, as they were shown, and why."""

    reason = long_text("Why? (optional)", help_text="It stands in the history of everything that changes.", rows=3)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, choosing, **kwargs):
        super().__init__(*args, **kwargs)
        self.digest = _digest(choosing.to_accept)
        self.initial["shown"] = self.digest
        gone = [each for each in choosing.differences.all if each.key in choosing.to_accept and each.kind == "gone"]
        if gone:
            field = self.fields["reason"]
            field.label, field.required = "Why is something withdrawn?", True
            field.error_messages["required"] = "Enter why what is gone is withdrawn"

    def clean(self):
        """Refuse to accept anything but what the page showed."""
        cleaned = super().clean()
        if cleaned.pop("shown", "") != self.digest:
            self.renew(shown=self.digest)
            self.add_error(None, CHANGED)
        return cleaned


def _digest(accepted):
    return hashlib.sha256(json.dumps(sorted(accepted.items())).encode()).hexdigest()
