"""Forms for reminders."""

from django import forms

from scr_tracker.forms import OnceForm, VersionedForm


class RemindForm(OnceForm):
    """What a manager adds to a reminder."""

    note = forms.CharField(
        label="Anything to add? (optional)",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the e-mail and on the action’s timeline. Do not name children or families.",
    )


def days(label, hint=""):
    """Return a field for a number of days; empty is never."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=366,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
        error_messages={
            "invalid": "Enter a number of days, such as 14",
            "min_value": "Enter a number of days between 1 and 366",
            "max_value": "Enter a number of days between 1 and 366",
        },
    )


class RulesForm(VersionedForm):
    """When a partnership reminds and chases."""

    sends_reminders = forms.BooleanField(
        label="Send reminders about this partnership’s actions by e-mail", required=False
    )
    quiet_before_meetings = forms.BooleanField(
        label="Leave agency leads in peace from the day after papers close until the day of the meeting", required=False
    )
    chase_lead_days = days(
        "Ask the lead for an answer after", "Days overdue without an answer. Leave it empty for never. The same below."
    )
    chase_senior_days = days("Tell the agency’s senior lead after")
    chase_chair_days = days("Tell the board’s chair after")

    def __init__(self, data=None, *, partnership, by, **kwargs):
        initial = {name: getattr(partnership, name) for name in self.base_fields if hasattr(partnership, name)}
        version = partnership.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0
        super().__init__(data, by=by, version=version, initial=initial, **kwargs)

    def clean(self):
        """Refuse steps that do not follow each other."""
        cleaned = super().clean()
        before, called = 0, ""
        for name, who in (
            ("chase_lead_days", "the lead"),
            ("chase_senior_days", "the senior lead"),
            ("chase_chair_days", ""),
        ):
            number = cleaned.get(name)
            if number is None:
                continue
            if number <= before:
                self.add_error(name, f"Enter more days than for {called}, which are {before}")
            before, called = number, who
        return cleaned
