"""The form by which a lead reports on an action and adds what shows it, in one go."""

from uuid import UUID, uuid5

from django import forms
from django.conf import settings

from scr_tracker.govuk import errors_by_id

from .evidence import checking
from .evidence.forms import STRENGTH_CHOICES, FilesField
from .evidence.services import About, Content
from .forms import ProgressForm
from .models import Evidence

#: What is asked only of those who add files.
OF_EVIDENCE = ("files", "kind", "strength")
#: What is needed beside files, and what is said where it is missing.
MISSING = {
    "what_was_done": "Enter what was done: it says what the files show",
    "kind": "Choose the kind of evidence",
    "strength": "Choose how strongly the files show it",
}
#: How long what a piece of evidence shows may be.
LONGEST_SHOWN = 5000


class UpdateForm(ProgressForm):
    """A progress update, and the files that show it.

    What was done is what the files show, so it is asked for once. ``files_follow`` is for the script of the page, which
    has everything else checked first, and then sends one file at a time.
    """

    files = FilesField(label="Files that show it (optional)", required=False, allow_empty_file=True)
    kind = forms.ChoiceField(label="Kind of evidence", required=False)
    strength = forms.ChoiceField(label="How strongly do they show it?", widget=forms.RadioSelect, required=False)

    def __init__(self, *args, files_follow=False, takes_evidence=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.takes_evidence, self.files_follow = takes_evidence, files_follow
        if len(self.fields["status"].choices) == 1:
            self.fields["status"].widget = forms.HiddenInput()
        self.fields["files"].help_text = (
            f"{checking.TAKEN}. Up to {settings.DATA_UPLOAD_MAX_NUMBER_FILES} files, at most"
            f" {settings.EVIDENCE_MAX_MB} MB each."
        )
        # A form copies what its class says of a field, each choice by itself.
        self.fields["kind"].choices = [("", "Choose"), *Evidence.Kind.choices]
        self.fields["strength"].choices = STRENGTH_CHOICES
        if not takes_evidence:
            for name in OF_EVIDENCE:
                del self.fields[name]

    def clean(self):
        """Ask of those who add files what they are and what they show."""
        cleaned = super().clean()
        if cleaned.get("files") or self.files_follow:
            for name, sentence in MISSING.items():
                if name not in self.errors and not cleaned.get(name):
                    self.add_error(name, sentence)
        if self.errors and self.files:
            self.add_error("files", "Choose your files again: your browser has let go of them")
        return cleaned

    def _typed(self, field):
        """Leave out what was said of files: they are taken in whatever else has changed."""
        return "" if field.name in OF_EVIDENCE else super()._typed(field)

    def errors_by_id(self):
        """Return [(id of the input, sentence)] for the script of the page."""
        return errors_by_id(self)

    @property
    def reported(self):
        """What the update says."""
        return {name: self.cleaned_data[name] for name in ("status", "what_was_done", "own_rating")}

    @property
    def content(self):
        """Return one Content for each file."""
        return [Content(file=file) for file in self.cleaned_data.get("files") or ()]

    @property
    def said(self):
        """Return what is said about the files."""
        cleaned = self.cleaned_data
        shows = cleaned["what_was_done"][:LONGEST_SHOWN]
        return About(title="", kind=cleaned["kind"], strength=cleaned["strength"], what_it_shows=shows)

    @property
    def submission(self):
        """Return the name under which files of this form are taken in, so that one sent twice is stored once."""
        return uuid5(UUID(hex=self.sent.token), f"{self.action.pk}/{self.by.pk}")
