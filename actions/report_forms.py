"""Forms for drafting and issuing reports."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from scr_tracker.forms import OnceForm, VersionedForm
from scr_tracker.govuk import GovukDateField
from scr_tracker.models import Agency

from .forms import long_text
from .models import Meeting
from .reports.kinds import KINDS


class ReviewChoice(forms.ModelMultipleChoiceField):
    """Reviews to choose from, which say when they are restricted."""

    def label_from_instance(self, review):
        """Return the review's name."""
        return f"{review}, restricted: only who may see it gets the report" if review.restricted else str(review)


class ReportForm(VersionedForm):
    """What is chosen for a report of a partnership."""

    kind = forms.ChoiceField(
        label="What kind of report is it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what kind of report it is"},
    )
    reviews = ReviewChoice(
        None,
        label="Which reviews is it about?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Select at least one review"},
    )
    agencies = forms.ModelMultipleChoiceField(
        None,
        label="Is it only about some agencies?",
        help_text="Then it holds only what these lead or support. Select none for everything.",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "app-two-columns"}),
        required=False,
    )
    meeting = forms.ModelChoiceField(
        None, label="Which meeting is it for?", required=False, empty_label="None", help_text=""
    )
    as_at_day = GovukDateField(
        label="As at which day?",
        help_text="How the plans stood then. Leave it empty for how they stand when you issue the report.",
        required=False,
    )
    as_at_time = forms.TimeField(
        label="As at what time?",
        help_text="Such as 17:30. Leave it empty for the end of the day.",
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(attrs={"class": "govuk-input--width-5"}, format="%H:%M"),
        error_messages={"invalid": "Enter a time such as 17:30"},
    )
    report_version = forms.IntegerField(
        label="Version",
        min_value=1,
        max_value=999,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"}),
        error_messages={
            "required": "Enter the number of this version",
            "invalid": "Enter a number such as 2",
            "min_value": "Enter a number from 1 to 999",
            "max_value": "Enter a number from 1 to 999",
        },
    )
    protective_marking = forms.CharField(
        label="Protective marking",
        max_length=60,
        help_text="It stands at the top and bottom of every page",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        error_messages={"required": "Enter the protective marking, such as OFFICIAL-SENSITIVE"},
    )
    introduction = long_text("Introduction", help_text="What its readers should know first.")
    decisions_asked = long_text("Decisions asked for", help_text="One on each line. A public response has none.")
    embargo_day = GovukDateField(
        label="Until which day is it under embargo?",
        help_text="For a public response: only business managers see it until then. Leave it empty for no embargo.",
        required=False,
    )
    embargo_time = forms.TimeField(
        label="Until what time on that day?",
        help_text="Such as 00:01. Leave it empty for the beginning of the day.",
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(attrs={"class": "govuk-input--width-5"}, format="%H:%M"),
        error_messages={"invalid": "Enter a time such as 17:30"},
    )

    def __init__(self, *args, partnership, reviews, superseded=None, draft=None, **kwargs):
        """``reviews`` are those that may be reported on; ``draft`` is what is changed."""
        super().__init__(*args, version=draft.revision if draft else 0, **kwargs)
        self.partnership = partnership
        self.superseded = superseded
        kinds = [superseded.kind] if superseded else list(KINDS)
        self.fields["kind"].choices = [(key, KINDS[key].name) for key in kinds if key in KINDS]
        self.fields["reviews"].queryset = reviews
        self.fields["agencies"].queryset = Agency.objects.of(partnership).order_by("name")
        self.fields["meeting"].queryset = Meeting.objects.filter(partnership=partnership)

    def clean(self):
        """Put day and time together; say at once what cannot be."""
        cleaned = super().clean()
        day, at = cleaned.pop("as_at_day", None), cleaned.pop("as_at_time", None)
        cleaned["version"] = cleaned.pop("report_version", None)
        cleaned["supersedes"] = self.superseded
        cleaned["as_at"] = self._moment(day, at)
        cleaned["embargo_until"] = self._embargo(cleaned.pop("embargo_day", None), cleaned.pop("embargo_time", None))
        return cleaned

    def say_if_changed(self, draft):
        """Say that somebody else has changed the draft meanwhile; saving once more keeps what stands here."""
        if self.started_from != draft.revision:
            self.renew(version=draft.revision)
            self.add_error(
                None,
                "Somebody else changed this draft while you were writing. Nothing is saved yet: look at the draft in"
                " another window, then save again to keep what stands here.",
            )

    def _embargo(self, day, at):
        if day is None:
            if at:
                self.add_error("embargo_day", "Enter the day to which the time belongs")
            return None
        until = timezone.make_aware(datetime.combine(day, at or time.min))
        if until <= timezone.now():
            self.add_error("embargo_day", "Enter a moment to come, or leave it empty for no embargo")
        return until

    def _moment(self, day, at):
        if day is None:
            if at:
                self.add_error("as_at_day", "Enter the day to which the time belongs")
            return None
        moment = timezone.make_aware(datetime.combine(day, at or time.max))
        if moment <= timezone.now():
            return moment
        if day == timezone.localdate() and at is None:
            return None
        self.add_error("as_at_time" if day == timezone.localdate() else "as_at_day", "Enter a moment in the past")
        return None


def initial_of(draft_or_chosen, reviews):
    """Return what the form begins with: what a draft says, or what was chosen so far."""
    chosen = draft_or_chosen if isinstance(draft_or_chosen, dict) else _chosen_in(draft_or_chosen)
    as_at = chosen.get("as_at")
    local = timezone.localtime(as_at) if as_at else None
    is_end = local and local.time() == time.max
    embargo = timezone.localtime(chosen["embargo_until"]) if chosen.get("embargo_until") else None
    return {
        "kind": chosen.get("kind", next(iter(KINDS))),
        "reviews": chosen.get("reviews", [review for review in reviews if not review.restricted]),
        "agencies": chosen.get("agencies", ()),
        "meeting": chosen.get("meeting"),
        "as_at_day": local.date() if local else None,
        "as_at_time": local.time() if local and not is_end else None,
        "report_version": chosen.get("version", 1),
        "protective_marking": chosen["protective_marking"],
        "introduction": chosen.get("introduction", ""),
        "decisions_asked": chosen.get("decisions_asked", ""),
        "embargo_day": embargo.date() if embargo else None,
        "embargo_time": embargo.time() if embargo else None,
    }


def _chosen_in(draft):
    names = ("kind", "meeting", "as_at", "version", "protective_marking", "introduction", "decisions_asked")
    names += ("embargo_until",)
    return {name: getattr(draft, name) for name in names} | {
        "reviews": draft.reviews.all(),
        "agencies": draft.agencies.all(),
    }


class DraftStepForm(VersionedForm):
    """A button that issues a draft, or discards it: once, and only as it was looked over."""

    def __init__(self, *args, draft, **kwargs):
        super().__init__(*args, version=draft.revision, **kwargs)


class ClearForm(OnceForm):
    """Why words that might identify somebody may be published."""

    reason = long_text("Why may these words be published?", missing="Say why these words may be published")


class PackForm(OnceForm):
    """The review or the agency whose evidence is packed."""

    about = forms.ChoiceField(
        label="Whose evidence?", error_messages={"required": "Select the review or the agency whose evidence you need"}
    )

    def __init__(self, *args, reviews, agencies, **kwargs):
        super().__init__(*args, **kwargs)
        self._chosen = {
            **{f"review-{each.pk}": (f"Review: {each}", each) for each in reviews},
            **{f"agency-{each.pk}": (f"Agency: {each}", each) for each in agencies},
        }
        choices = [(key, label) for key, (label, _) in self._chosen.items()]
        self.fields["about"].widget = forms.Select()
        self.fields["about"].choices = choices if len(choices) == 1 else [("", "Select one"), *choices]

    @property
    def offers_anything(self):
        """Whether there is anything to choose."""
        return bool(self._chosen)

    def clean_about(self):
        """Return the review or the agency."""
        return self._chosen[self.cleaned_data["about"]][1]
