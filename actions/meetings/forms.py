"""Forms for meetings: entering them, choosing and arranging their agendas, and recording what they decide."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html

from reviews.models import Review
from scr_tracker.forms import OnceForm, VersionedForm
from scr_tracker.govuk import GovukDateField
from scr_tracker.models import Membership, User
from scr_tracker.words import day

from ..choices import AgendaKind, Outcome
from ..forms import long_text, radios
from ..models import Meeting
from . import agenda


class MeetingForm(OnceForm):
    """A meeting: what it is called, when it is, when its papers close."""

    name = forms.CharField(
        label="Name of the meeting",
        max_length=200,
        help_text="Such as Board, or Case Review Sub-group. Meetings of one name are a series.",
        error_messages={"required": "Enter the name of the meeting"},
    )
    date = GovukDateField(label="When is it?", error_messages={"required": "Enter when the meeting is"})
    papers_close_on = GovukDateField(label="When do its papers close? (optional)", required=False)

    def __init__(self, *args, partnership, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnership = partnership

    def others(self):
        """Return the meetings that it may not be the same as."""
        return Meeting.objects.filter(partnership=self.partnership)

    def clean(self):
        """Say at once what the meeting cannot be."""
        cleaned = super().clean()
        day, close = cleaned.get("date"), cleaned.get("papers_close_on")
        if day and close and close > day:
            self.add_error("papers_close_on", "Enter a day on or before the meeting")
        if day and self.others().filter(name=cleaned.get("name"), date=day).exists():
            self.add_error("name", "This meeting has been entered already")
        return cleaned


class VersionedMeetingForm(VersionedForm):
    """A form about a meeting, which does not save over somebody else's change unseen."""

    def __init__(self, *args, meeting, **kwargs):
        self.meeting = meeting
        super().__init__(*args, version=Meeting.objects.version_of(meeting), **kwargs)

    def say_if_changed(self):
        """Say where somebody else changed the meeting, and let the form be saved once more as it is."""
        now = Meeting.objects.version_of(self.meeting)
        if self.started_from not in (None, now):
            self.renew(version=now)
            self.add_error(
                None,
                "Somebody else changed this meeting while you were at it. Check what you entered, then save again.",
            )


class ChangeMeetingForm(VersionedMeetingForm, MeetingForm):
    """What is known of a meeting, and its notes."""

    decisions = long_text(
        "Notes of the meeting (optional)",
        help_text="What was decided beside the items of the agenda. Everybody on the board can read this: name no"
        " restricted review.",
    )

    def __init__(self, *args, meeting, **kwargs):
        names = ("name", "date", "papers_close_on", "decisions")
        initial = {name: getattr(meeting, name) for name in names}
        super().__init__(*args, meeting=meeting, partnership=meeting.partnership, initial=initial, **kwargs)

    def others(self):
        """Return the meetings that it may not be the same as."""
        return super().others().exclude(pk=self.meeting.pk)


class _PersonChoice(forms.ModelMultipleChoiceField):
    """People to tick, with what they are."""

    def label_from_instance(self, person):
        """Return "Kim Osei, Head of Safeguarding"."""
        return ", ".join(filter(None, [str(person), person.job_title]))


class PresentForm(VersionedMeetingForm):
    """Who is there."""

    attended = _PersonChoice(
        label="People of the partnership",
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    present = long_text(
        "Who else, and who sent apologies (optional)",
        help_text="Such as “Designated Doctor. Apologies: Integrated Care Board”.",
        rows=3,
    )

    def __init__(self, *args, meeting, **kwargs):
        there = list(meeting.attended.values_list("pk", flat=True))
        super().__init__(*args, meeting=meeting, initial={"attended": there, "present": meeting.present}, **kwargs)
        roles = Membership.objects.of([meeting.partnership]).values("user")
        people = User.objects.filter(Q(pk__in=roles, is_active=True) | Q(pk__in=there))
        self.fields["attended"].queryset = people.order_by("name", "pk")


class _ReviewChoice(forms.ModelMultipleChoiceField):
    """Reviews to choose from, which say when they are restricted."""

    def label_from_instance(self, review):
        """Return the review's name."""
        return f"{review}, restricted" if review.restricted else str(review)


class ScopeForm(VersionedMeetingForm):
    """From which reviews an agenda gathers what."""

    kinds = forms.MultipleChoiceField(label="Which kinds of item?", widget=forms.CheckboxSelectMultiple, required=False)
    reviews = _ReviewChoice(
        label="From which reviews?",
        queryset=Review.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Choose none for all of them.",
    )

    def __init__(self, *args, meeting, counts, **kwargs):
        initial = {
            "kinds": meeting.agenda_kinds,
            "reviews": list(meeting.agenda_reviews.values_list("pk", flat=True)),
        }
        super().__init__(*args, meeting=meeting, initial=initial, **kwargs)
        reviews = Review.objects.wholly_visible_to(self.by).filter(partnership=meeting.partnership)
        self.fields["kinds"].choices = [(kind, f"{label} ({counts[kind]:,})") for kind, label in AgendaKind.choices]
        self.fields["reviews"].queryset = reviews.order_by("reference", "pk")


class ArrangeForm(VersionedMeetingForm):
    """The places of the items of an agenda, and which are left out; the page lays out its fields itself."""

    def __init__(self, *args, meeting, shown, **kwargs):
        super().__init__(*args, meeting=meeting, **kwargs)
        for item in shown.items:
            wrong = f"Enter the place of {item.reference} as a number such as 3"
            self.fields[f"place_{item.key}"] = forms.IntegerField(
                label=f"Place of {item.reference}",
                min_value=1,
                max_value=9999,
                initial=item.place,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-2"}),
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
            )
        for item in (*shown.items, *shown.dropped):
            if not item.decisions:
                self.fields[f"drop_{item.key}"] = forms.BooleanField(
                    label=format_html('Leave out<span class="govuk-visually-hidden"> {}</span>', item.reference),
                    required=False,
                    initial=item in shown.dropped,
                )

    def clean(self):
        """Gather the places and the items that are left out."""
        cleaned = super().clean()
        said = [(*name.partition("_")[::2], value) for name, value in cleaned.items()]
        places = {key: value for what, key, value in said if what == "place"}
        dropped = {key for what, key, value in said if what == "drop" and value}
        return {"places": places, "dropped": dropped}


class AddForm(VersionedMeetingForm):
    """An action that belongs on an agenda, by its number in the plan."""

    review = forms.ModelChoiceField(
        label="Review",
        queryset=Review.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose the review"},
    )
    number = forms.CharField(
        label="Number in the plan",
        max_length=40,
        help_text="Such as 12 a for one action, or 12 for all of recommendation 12.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
        error_messages={"required": "Enter the number of the action"},
    )

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, meeting=meeting, auto_id="add_%s", **kwargs)
        reviews = Review.objects.wholly_visible_to(self.by).filter(partnership=meeting.partnership)
        self.fields["review"].queryset = reviews.order_by("reference", "pk")

    def clean(self):
        """Find what the number names."""
        cleaned = super().clean()
        review, number = cleaned.pop("review", None), cleaned.pop("number", "")
        if review and number:
            cleaned["things"] = agenda.find_things(number, review, self.by)
            if not cleaned["things"]:
                self.add_error("number", f"Nothing in {review} has the number {number}. Copy it from the plan")
        return cleaned


class MeetingStepForm(VersionedMeetingForm):
    """A button that changes an agenda."""


class ItemForm(VersionedForm):
    """What a meeting makes of an item; it knows what had been recorded, and how the action stood, when it was shown."""

    outcome = Outcome.NOTED
    heard = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, item, by, **kwargs):
        self.item = item
        version = item.about.version if item.is_action else 0
        super().__init__(data, by=by, version=version, auto_id=f"{self.name}_%s", **kwargs)
        self.initial["heard"] = item.heard

    @property
    def name(self):
        """What the form is called on its page."""
        return type(self).__name__.removesuffix("Form").lower()

    def was_overtaken(self):
        """Whether somebody else changed the action, or recorded something on the item, since the form was shown."""
        heard = str(self["heard"].value() or 0)
        version = self.item.about.version if self.item.is_action else 0
        return self.is_bound and (self.started_from != version or heard != str(self.item.heard))

    def clean(self):
        """Say what comes of it."""
        cleaned = super().clean()
        cleaned["heard"] = cleaned.get("heard") or 0
        cleaned["outcome"] = self.outcome
        return cleaned


class NoteForm(ItemForm):
    """That the meeting took note, and decided nothing."""


class _TaskForm(ItemForm):
    """Something that somebody is to do by some day."""

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, item=item, **kwargs)
        self.fields["who"] = forms.CharField(label="Who is to do it? (optional)", max_length=200, required=False)
        self.fields["by_when"] = GovukDateField(
            label="By when? (optional)", called="date by when it is to be done", required=False
        )
        if item.lead:
            self.fields["who"].initial = str(item.lead)

    def clean(self):
        """Refuse a day that has passed."""
        cleaned = super().clean()
        if cleaned.get("by_when") and cleaned["by_when"] < timezone.localdate():
            self.add_error("by_when", "The date by when it is to be done must be today or in the future")
        return cleaned


class DecideForm(_TaskForm):
    """What was decided, and who is to do it by when."""

    outcome = Outcome.DECISION
    text = long_text("What was decided?", "Enter what was decided", rows=3)


class ChallengeForm(_TaskForm):
    """What the meeting challenges the lead agency to answer."""

    outcome = Outcome.CHALLENGE
    text = long_text(
        "What does the meeting challenge?",
        "Enter what the meeting challenges",
        "It stands beside the action as a challenge, which the lead agency is asked to answer.",
        rows=3,
    )


class ReturnForm(_TaskForm):
    """Why a submission goes back."""

    outcome = Outcome.RETURNED
    text = long_text("What is missing?", "Enter what is missing, so that the lead agency knows what to do", rows=3)


class SignForm(ItemForm):
    """A word with a sign-off."""

    outcome = Outcome.SIGNED_OFF
    text = long_text("Note (optional)", rows=2)


class DateForm(ItemForm):
    """Until when the meeting gives more time: the date asked for, none, or another."""

    answer = radios("What does the meeting decide?", "Choose what the meeting decides about the date")
    new_date = GovukDateField(label="New target date", called="new target date", required=False)
    text = long_text("Why? (needed unless the date asked for is agreed)", rows=2)

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, item=item, **kwargs)
        self.request = item.about.request_that_waits
        if self.request:
            self.fields["answer"].choices = [
                (Outcome.DATE_AGREED, f"Agree {day(self.request.asked_for_date)}, as asked for"),
                (Outcome.DATE_REFUSED, "Refuse it; the date stays"),
                (Outcome.DATE_SET, "Set another date"),
            ]
            self.fields["new_date"].help_text = "Only if you set another date."
        else:
            del self.fields["answer"]
            self.fields["text"].label = "Why?"
        self.order_fields(["answer", "new_date", "text"])

    def clean(self):
        """Ask for what the answer needs, and for nothing else."""
        cleaned = super().clean()
        answer = cleaned.pop("answer", Outcome.DATE_SET if not self.request else None)
        day = cleaned.get("new_date")
        if answer is None:
            return cleaned
        cleaned["outcome"] = answer
        if answer != Outcome.DATE_SET:
            cleaned["new_date"] = None
        elif not day and "new_date" not in self.errors:
            self.add_error("new_date", "Enter the new target date")
        elif day and day <= timezone.localdate():
            self.add_error("new_date", "The new target date must be in the future")
        if answer != Outcome.DATE_AGREED and not cleaned.get("text"):
            self.add_error("text", "Enter why the meeting decides so")
        return cleaned


class CorrectForm(OnceForm):
    """How a decision ought to have been recorded."""

    text = long_text("What was decided?", rows=3)
    who = forms.CharField(label="Who is to do it? (optional)", max_length=200, required=False)
    by_when = GovukDateField(label="By when? (optional)", called="date by when it is to be done", required=False)
    withdrawn = forms.BooleanField(
        label="The meeting did not decide this: take the record off the list, and say above why", required=False
    )

    def __init__(self, *args, decision, **kwargs):
        initial = {name: getattr(decision, name) for name in ("text", "who", "by_when")}
        super().__init__(*args, initial=initial, **kwargs)
