"""Forms for working on actions: each asks for what a step needs, and only that."""

import re
from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.text import Truncator

from scr_tracker.forms import OnceForm, VersionedForm
from scr_tracker.govuk import GovukDateField
from scr_tracker.models import Agency, User

from .choices import ImpactResult, OwnRating, ValidatedRating
from .models import Action, Comment
from .steps import reportable
from .target_dates import parse_target_date

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
        choices = {str(key): label for key, label in getattr(field.field, "choices", ())}
        if isinstance(value, list):
            return (", " if choices else " ").join(choices.get(str(each), str(each)) for each in value if each)
        return str(choices.get(str(value), value) if value else "")

    def _standing(self, name):
        if name == "what_was_done":
            latest = self.action.updates.first()
            return latest.what_was_done if latest else ""
        if name == "target":
            return self.action.due
        if name in ("assigned", "supporting_agencies"):
            linked = self.action.people if name == "assigned" else self.action.supporting_agencies
            return ", ".join(map(str, linked.all()))
        if name in ("lead_agency", "lead_officers"):
            return str(self.action.lead_agency or "") if name == "lead_agency" else "; ".join(self.action.lead_officers)
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


class TargetField(forms.CharField):
    """A target date as people write it: 31/3/2026, March 2026, or the quarter or year in which something is due."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=60,
            widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value):
        """Return the TargetDate that was typed, or None for nothing."""
        target = parse_target_date(super().clean(value))
        if target.words and target.date is None:
            raise forms.ValidationError("Enter a date such as 31/3/2026, or a month such as March 2026")
        return target if target.words else None


class PeopleField(forms.ModelMultipleChoiceField):
    """People to assign an action to, each with the job that tells them apart."""

    def label_from_instance(self, person):
        """Return "Siân Ahmed, Named nurse"."""
        return ", ".join(filter(None, [str(person), person.job_title]))


def posts(words):
    """Return the posts in a text that separates them by semicolons or lines."""
    return [post for each in re.split(r"[;\n]", words or "") if (post := " ".join(each.split()))]


def responsible_fields(action):
    """Return the fields that say who is responsible for an action, with what stands there now."""
    agencies = Agency.objects.of(action.review.partnership).order_by("name", "pk")
    people = User.objects.assignable_to(action)
    return {
        "lead_agency": forms.ModelChoiceField(
            agencies, label="Lead agency", required=False, empty_label="None", initial=action.lead_agency_id
        ),
        "lead_officers": forms.CharField(
            label="Lead officers",
            help_text="Posts, separated by semicolons",
            required=False,
            max_length=500,
            initial="; ".join(action.lead_officers),
        ),
        "assigned": PeopleField(
            people,
            label="Assigned to",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=[person.pk for person in action.people.all()],
        ),
    }


class AssignForm(StepForm):
    """Who is responsible for an action, and why that changes."""

    why = long_text("Why does it change? (optional)", help_text="Everybody who can see the action can read it.", rows=2)

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, action=action, **kwargs)
        serving = Agency.objects.of(action.review.partnership).order_by("name", "pk")
        self.fields |= responsible_fields(action)
        self.fields["supporting_agencies"] = forms.ModelMultipleChoiceField(
            serving,
            label="Supporting agencies",
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "app-two-columns"}),
            initial=[agency.pk for agency in action.supporting_agencies.all()],
        )
        self.order_fields(["lead_agency", "supporting_agencies", "lead_officers", "assigned", "why"])

    def clean_lead_officers(self):
        """Return the posts as a list."""
        return posts(self.cleaned_data["lead_officers"])


class TargetDateForm(StepForm):
    """By when an action is due now, and why that changes."""

    target = TargetField(
        label="By when is it due?",
        help_text="For example, 31/3/2026 or March 2026. The original date stays on record.",
        error_messages={"required": "Enter a date such as 31/3/2026, or a month such as March 2026"},
    )
    why = long_text("Why?", help_text="Needed where it had a date before. It counts as moved.", rows=3)

    def __init__(self, *args, action, **kwargs):
        super().__init__(*args, action=action, initial={"target": action.due if action.target_date else ""}, **kwargs)

    def clean(self):
        """Say at once where a reason is missing."""
        cleaned = super().clean()
        target = cleaned.pop("target", None)
        if target is None:
            return cleaned
        cleaned |= {"target_date": target.date, "target_kind": target.kind}
        if self.action.target_date not in (None, target.date) and not cleaned.get("why"):
            self.add_error("why", "Enter why the target date is moved")
        return cleaned


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
