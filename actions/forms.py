"""Forms for working on actions."""

from django import forms

from .choices import OwnRating, Status
from .steps import reportable


class ProgressForm(forms.Form):
    """What the lead agency says of an action now."""

    status = forms.ChoiceField(
        label="Where does this action stand?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where this action stands"},
    )
    what_was_done = forms.CharField(
        label="What was done since the last update?",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=10000,
        help_text="Say what was done and what it changed. Do not name children or families.",
    )
    own_rating = forms.ChoiceField(
        label="How do you rate it yourself? (optional)",
        widget=forms.RadioSelect,
        required=False,
        help_text="Your rating can make the computed rating worse, never better.",
    )

    def __init__(self, *args, action, **kwargs):
        initial = {"status": action.status, "own_rating": action.own_rating}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["status"].choices = reportable(action.status)
        self.fields["own_rating"].choices = [("", "No rating of my own"), *OwnRating.choices]
        self.action = action

    def clean(self):
        """Refuse an update that says nothing, and a submission that does not say what was done."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        same = cleaned["status"] == self.action.status and cleaned["own_rating"] == self.action.own_rating
        if not cleaned["what_was_done"]:
            if same:
                self.add_error("what_was_done", "Enter what was done, or change the status or your rating")
            elif cleaned["status"] == Status.SUBMITTED:
                self.add_error("what_was_done", "Enter what was done to complete this action")
        return cleaned
