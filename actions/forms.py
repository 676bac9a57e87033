"""Forms for working on actions: each asks for what a step needs, and only that."""

import re
from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.text import Truncator

from scr_tracker.forms import OnceForm, VersionedForm
from scr_tracker.govuk import GovukDateField

from .choices import ImpactResult, OwnRating, ValidatedRating
from .models import Action, Comment
from .steps import reportable

#: How long a text may be.
LONGEST = 10000


def long_text(label, missing="", help_text="", rows=4):
    """Return a field for some sentences, needed where there are words for its being missing."""
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows}),
        required=bool(missing),
        max_length=LONGEST,
        help_text=help_text,
        error_messages={"required": missing} if missing else {},
    )


def radios(label, missing, choices=()):
    """Return a field to choose one of a few."""
    return forms.ChoiceField(
        label=label, widget=forms.RadioSelect, choices=choices, error_messages={"required": missing}
    )


class StepForm(VersionedForm):
    """The form of a step with an action; it knows which version of the action it started from."""

    def __init__(self, data=None, *, action, by, **kwargs):
        self.action = action
        super().__init__(data, by=by, version=action.version, **kwargs)

    def compared(self):
        """Return what somebody wrote here beside what stands there now: [(label, now, written)]."""
        return [
            (field.label, self._standing(field.name), self._typed(field))
            for field in self.visible_fields()
            if self._typed(field) or self._standing(field.name)
        ]

    def _typed(self, field):
        value = field.value()
        if isinstance(value, list):
            return " ".join(filter(None, value))
        choices = dict(getattr(field.field, "choices", ()))
        return str(choices.get(value, value) if value else "")

    def _standing(self, name):
        if name == "what_was_done":
            latest = self.action.updates.first()
            return latest.what_was_done if latest else ""
        display = getattr(self.action, f"get_{name}_display", None)
        return display() if display else ""


class ProgressForm(StepForm):
    """What the lead agency says of an action now."""

    status = radios("Where does this action stand?", "Choose where this action stands")
    what_was_done = long_text(
        "What was done since the last update?",
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
        super().__init__(*args, action=action, initial=initial, **kwargs)
        self.fields["status"].choices = reportable(action.status)
        self.fields["own_rating"].choices = [("", "No rating of my own"), *OwnRating.choices]

    def clean(self):
        """Refuse an update that says nothing."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        same = cleaned["status"] == self.action.status and cleaned["own_rating"] == self.action.own_rating
        if same and not cleaned["what_was_done"]:
            self.add_error("what_was_done", "Enter what was done, or change the status or your rating")
        return cleaned


class SubmitForm(StepForm):
    """That an action is complete: what was done, when, and why there is no evidence where there is none."""

    what_was_done = long_text(
        "What was done?",
        "Enter what was done to complete this action",
        "Say what was done and what it changed. Do not name children or families.",
    )
    completed_on = GovukDateField(
        label="When was it done? (optional)",
        called="date when it was done",
        required=False,
        help_text="For example, 27 3 2026. Leave it empty for today.",
    )
    no_evidence_reason = long_text(
        "Why is there no evidence?",
        "Add evidence on the action’s page first, or enter why there is none",
        "The person who signs it off reads this instead. Evidence that was returned or withdrawn, or still waits for "
        "its virus scan, does not count.",
        rows=3,
    )

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, action=action, **kwargs)
        if action.has_evidence():
            del self.fields["no_evidence_reason"]

    def clean_completed_on(self):
        """Refuse a day that is yet to come."""
        day = self.cleaned_data["completed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError("The date when it was done must be today or in the past")
        return day


class TakeBackForm(StepForm):
    """Why a submission is taken back."""

    reason = long_text("Why do you take the submission back?", "Enter why you take the submission back")


class SignOffForm(StepForm):
    """A word with the sign-off."""

    note = long_text("Note (optional)", help_text="Everybody who can see the action can read it.")


class ReturnForm(StepForm):
    """Why a submission goes back."""

    reason = long_text(
        "What is missing?",
        "Enter what is missing, so that the lead agency knows what to do",
        "The lead agency reads this. Say what would show that the action is complete.",
    )


class AskExtensionForm(StepForm):
    """Until when more time is needed, and why."""

    asked_for_date = GovukDateField(
        label="What should the new target date be?", called="new target date", help_text="For example, 27 3 2026"
    )
    reason = long_text(
        "Why is more time needed?",
        "Enter why more time is needed",
        "Say what stood in the way and what will be different now.",
    )

    def clean_asked_for_date(self):
        """Refuse a day that is not later than the present target date, or that has passed."""
        day, present = self.cleaned_data["asked_for_date"], self.action.target_date
        if present and day <= present:
            raise forms.ValidationError("The new target date must be after the present one")
        if day <= timezone.localdate():
            raise forms.ValidationError("The new target date must be in the future")
        return day


class WithdrawExtensionForm(StepForm):
    """Why more time is no longer needed."""

    note = long_text(
        "Why is it no longer needed? (optional)", help_text="Everybody who can see the action can read it."
    )


class AgreeExtensionForm(StepForm):
    """A word with the agreement to a later date."""

    note = long_text("Note (optional)", help_text="Everybody who can see the action can read it.")


class RefuseExtensionForm(StepForm):
    """Why a later date is refused."""

    note = long_text("Why is the later date refused?", "Enter why the later date is refused")


class PauseForm(StepForm):
    """Why an action is paused."""

    reason = long_text(
        "Why is the action paused?",
        "Enter why the action is paused",
        "Say what it waits for. It is shown beside the action.",
    )


class ResumeForm(StepForm):
    """Why an action is taken up again."""

    reason = long_text("Why is the action taken up again?", "Enter why the action is taken up again")


class _ActionChoice(forms.ModelChoiceField):
    """Names actions by their place in the plan and their first words."""

    def label_from_instance(self, action):
        """Return "12 b): Hold three workshops…"."""
        place = " ".join(filter(None, [action.recommendation.number, action.label and f"{action.label})"]))
        return f"{place}: {Truncator(action.text).chars(80)}".removeprefix(": ")


class SupersedeForm(StepForm):
    """Why an action is given up, and what takes its place."""

    reason = long_text(
        "Why is the action superseded?",
        "Enter why the action is superseded",
        "Say what has taken its place, such as a new law, a new service or another action.",
    )
    superseded_by = _ActionChoice(
        label="Which action of this plan takes its place? (optional)",
        queryset=Action.objects.none(),
        required=False,
        empty_label="None of this plan",
    )
    elsewhere = forms.CharField(
        label="If an action of another plan takes its place, the address of its page (optional)",
        required=False,
        max_length=300,
        help_text="Copy it from the top of your browser, for example https://…/actions/123/",
    )

    def __init__(self, *args, action, by, **kwargs):
        super().__init__(*args, action=action, by=by, **kwargs)
        self.seen = Action.objects.visible_to(by).exclude(pk=action.pk)
        of_plan = self.seen.filter(review=action.review_id).select_related("recommendation").in_plan_order()
        self.fields["superseded_by"].queryset = of_plan

    def clean(self):
        """Find the action that an address leads to, among those that the person may see."""
        cleaned = super().clean()
        if address := cleaned.pop("elsewhere", ""):
            found = re.search(r"(?:^|/actions/)([0-9]{1,9})/?$", address.strip())
            cleaned["superseded_by"] = self.seen.filter(pk=found[1]).first() if found else None
            if not cleaned["superseded_by"]:
                self.add_error("elsewhere", "Enter the address of an action’s page that you can open yourself")
        return cleaned


class ImpactForm(StepForm):
    """Whether an action made a difference."""

    result = radios("What did the check find?", "Choose what the check found", ImpactResult.choices)
    note = long_text(
        "What shows it?",
        "Enter what shows whether it made a difference",
        "For example, what an audit, data or the people concerned say now.",
    )
    check_again_on = GovukDateField(
        label="If it has lasted, when should somebody check again? (optional)",
        called="date of the next check",
        required=False,
        help_text="For example, 27 3 2027. It then returns to the impact checks. Leave it empty for never.",
    )

    def clean_check_again_on(self):
        """Refuse a day that is not yet to come."""
        day = self.cleaned_data["check_again_on"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError("The date of the next check must be in the future")
        return day


class RatingForm(StepForm):
    """The partnership's own rating."""

    rating = radios("How does the partnership rate this action?", "Choose the partnership’s rating")
    reason = long_text(
        "Why?", "Enter why the partnership rates it so", "It is shown beside the rating wherever the action is."
    )

    def __init__(self, *args, action, **kwargs):
        initial = {"rating": action.validated_rating, "reason": action.validated_reason}
        super().__init__(*args, action=action, initial=initial, **kwargs)
        labels = action.review.partnership.rating_labels
        self.fields["rating"].choices = [
            (value, labels.get(value) or label) for value, label in ValidatedRating.choices
        ]


class WithdrawRatingForm(StepForm):
    """Why the partnership's rating no longer holds."""

    reason = long_text("Why does the partnership’s rating no longer hold?", "Enter why the rating no longer holds")


class CommentForm(OnceForm):
    """A remark on an action, or a challenge."""

    kind = forms.ChoiceField(
        label="What is it?",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        choices=Comment.Kind.choices,
        initial=Comment.Kind.COMMENT,
        help_text="A challenge asks the lead agency for an answer.",
        error_messages={"required": "Choose whether it is a comment or a challenge"},
    )
    text = long_text(
        "What do you want to say?",
        "Enter your comment or challenge",
        "Everybody who can see the action can read it. Do not name children or families.",
    )

    def __init__(self, data=None, *, action, by, **kwargs):
        super().__init__(data, by=by, auto_id="comment_%s", **kwargs)


class ReplyForm(OnceForm):
    """An answer to a comment or challenge."""

    text = long_text("What is your reply?", "Enter your reply", "Everybody who can see the action can read it.")


class AsAtForm(forms.Form):
    """The past day as at which a plan is shown."""

    as_at = forms.DateField(
        label="Show the plan as it stood at the end of",
        widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Enter a date", "invalid": "Enter a date such as 31/3/2026"},
    )

    def clean_as_at(self):
        """Refuse a day that has not ended."""
        day = self.cleaned_data["as_at"]
        if day >= timezone.localdate():
            raise forms.ValidationError("Enter a date in the past")
        return day

    def moment(self):
        """Return the last moment of the day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["as_at"], time.max))
