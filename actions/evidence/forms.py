"""Forms for evidence."""

from uuid import uuid4, uuid5

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.html import format_html

from actions.models import Evidence
from scr_tracker.govuk import GovukDateField, errors_by_id

from . import checking
from .services import About, Content

FILES, LINK, NOTE = "files", "link", "note"

WHAT_A_LINK_IS = "Enter a link such as https://www.example.gov.uk/policy"

#: What each strength means to somebody who has to choose one.
STRENGTHS = {
    Evidence.Strength.SAID: "Somebody says that it was done",
    Evidence.Strength.DISSEMINATED: "It was sent, taught or published to those who need it",
    Evidence.Strength.IN_PLACE: "It is there and in use: a policy in force, people trained, a service open",
    Evidence.Strength.AUDITED: "Somebody looked at practice and found it",
    Evidence.Strength.OUTCOME: "Things have become better for children, adults or families",
}

STRENGTH_CHOICES = [
    (value, format_html("<strong>{}</strong>: {}", label, STRENGTHS[value].lower()))
    for value, label in Evidence.Strength.choices
]


class FilesInput(forms.ClearableFileInput):
    """A file chooser for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files. Whether they may come in, evidence/checking.py says."""

    widget = FilesInput(attrs={"accept": ",".join(checking.ENDINGS)})

    def clean(self, data, initial=None):
        """Return the files as a list, empty ones too: the check has a sentence for each."""
        files = data if isinstance(data, list | tuple) else [data]
        return [file for file in files if file]


class EvidenceForm(forms.Form):
    """What a person adds as evidence: files, a link or a note, and what it shows.

    The token makes that a form sent twice is stored once. ``files_follow`` is for the script of the page, which
    has everything else checked first, and then sends one file at a time.
    """

    source = forms.ChoiceField(
        label="What are you adding?",
        choices=[(FILES, "Files"), (LINK, "A link"), (NOTE, "A note")],
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"}),
        initial=FILES,
        error_messages={"required": "Choose what you are adding"},
    )
    files = FilesField(label="Files", required=False, allow_empty_file=True)
    link = forms.URLField(
        label="Link",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Where it is kept, if the people who look at this plan can open it there.",
        error_messages={"invalid": WHAT_A_LINK_IS},
        validators=[URLValidator(schemes=["http", "https"], message=WHAT_A_LINK_IS)],
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What you saw or were told: by whom, when, how many. Do not name children or families.",
    )
    title = forms.CharField(label="Title", required=False, max_length=200)
    kind = forms.ChoiceField(
        label="Kind of evidence",
        choices=[("", "Choose"), *Evidence.Kind.choices],
        error_messages={"required": "Choose the kind of evidence"},
    )
    dated = GovukDateField(
        label="Date of the evidence (optional)",
        required=False,
        help_text="When it was written, agreed or measured, which may be long before today.",
    )
    what_it_shows = forms.CharField(
        label="What does it show?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="In a sentence or two, for somebody who will not open it: what was done, and what it changed.",
        error_messages={"required": "Enter what it shows"},
    )
    strength = forms.ChoiceField(
        label="How strongly does it show that?",
        choices=STRENGTH_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how strongly it shows that"},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, by, about, files_follow=False, single=False, **kwargs):
        """``about`` is the action or the piece that the form stands on; ``single`` takes one file only."""
        super().__init__(*args, **kwargs)
        self.by, self.about, self.files_follow = by, about, files_follow
        self.initial.setdefault("token", uuid4())
        self.single = single
        if single:
            self.fields["source"].choices = [(FILES, "A file"), (LINK, "A link"), (NOTE, "A note")]
        self.fields["files"].help_text = self._what_may_come_in()
        self.fields["title"].help_text = "Leave it empty to use the name of the file." + (
            "" if single else " Several files are always called by their names."
        )

    def _what_may_come_in(self):
        most = settings.EVIDENCE_MAX_MB
        how_many = f"At most {most} MB" if self.single else f"Up to {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files"
        each = "" if self.single else f", at most {most} MB each"
        return f"{checking.TAKEN}. {how_many}{each}."

    def clean_dated(self):
        """Refuse what has not happened yet: it is a plan, not evidence."""
        dated = self.cleaned_data["dated"]
        if dated and dated > timezone.localdate():
            raise forms.ValidationError(
                "Date of the evidence must be today or in the past. What is still to come is not evidence yet"
            )
        return dated

    def clean(self):
        """Ask for what was said to be added, and nothing else."""
        cleaned = super().clean()
        source = cleaned.get("source")
        for other in {LINK, NOTE} - {source}:
            self.errors.pop(other, None)
        if source == FILES and not cleaned.get("files") and not self.files_follow:
            self._ask("files", "Choose a file" if self.single else "Choose at least one file")
        if source == FILES and self.single and len(cleaned.get("files", [])) > 1:
            self._ask("files", "Choose one file: it takes the place of the present version")
        if source == LINK:
            self._ask_for("link", "Enter the link")
        if source == NOTE:
            self._ask_for("note", "Enter the note")
        if source in (LINK, NOTE):
            self._ask_for("title", f"Enter a title for the {source}")
        return cleaned

    def _ask_for(self, name, sentence):
        if not self.cleaned_data.get(name):
            self._ask(name, sentence)

    def _ask(self, name, sentence):
        if name not in self.errors:
            self.add_error(name, sentence)

    def errors_by_id(self):
        """Return [(id of the input, sentence)] for the script of the page."""
        return errors_by_id(self)

    @property
    def content(self):
        """Return what it consists of: one Content for each file, or one for the link or note."""
        cleaned = self.cleaned_data
        if cleaned["source"] == FILES:
            return [Content(file=file) for file in cleaned["files"]]
        return [Content(**{cleaned["source"]: cleaned[cleaned["source"]]})]

    @property
    def said(self):
        """Return what is said about it."""
        names = ("kind", "strength", "what_it_shows", "dated")
        title = "" if len(self.content) > 1 else self.cleaned_data["title"]
        return About(title=title, **{name: self.cleaned_data[name] for name in names})

    @property
    def submission(self):
        """Return the name of this form, of this person, about this action or piece."""
        token = self.cleaned_data["token"]
        return uuid5(token, f"{self.about._meta.label_lower}/{self.about.pk}/{self.by.pk}") if token else None


class ReasonForm(forms.Form):
    """Why a piece of evidence is withdrawn or returned."""

    reason = forms.CharField(
        label="Why?",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args, hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class AcceptForm(forms.Form):
    """What a person says when they accept a piece of evidence."""

    note = forms.CharField(
        label="Note (optional)",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Such as what you checked, or what is still to be shown.",
    )


class SearchForm(forms.Form):
    """Words to look for in a long list."""

    text = forms.CharField(label="Words", required=False, max_length=200)


class ChooseForm(forms.Form):
    """Several of the things that may be chosen; the page lists some of them, found by words."""

    chosen = forms.ModelMultipleChoiceField(queryset=None, error_messages={"required": ""})

    def __init__(self, *args, among, sentence, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        field.queryset = among
        field.error_messages["required"] = sentence
        field.error_messages["invalid_choice"] = "One of these cannot be chosen any more. Choose again"
