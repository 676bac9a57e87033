"""Forms for bringing a plan in: uploading it, correcting what was recognised, and saving it."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.text import Truncator

from actions.choices import Status
from actions.forms import radios
from actions.importing import corrections
from actions.importing.headings import MEANINGS
from actions.importing.plan import PlanAction
from actions.importing.read import CLAIMS
from reviews.models import Kind, Level
from scr_tracker.forms import OnceForm, VersionedForm
from scr_tracker.govuk import GovukDateField

#: How long a text of a plan may be.
LONGEST = 100_000
NEW_REVIEW = "new"


class UploadForm(OnceForm):
    """A document, and the review whose plan it is: one that is there, or a new one of a partnership."""

    review = forms.ChoiceField(
        label="Which review is this the plan of?",
        error_messages={"required": "Choose the review, or “A new review”"},
    )
    file = forms.FileField(
        label="The plan",
        help_text="A Word document (.docx), an Excel workbook (.xlsx), a CSV file or a PDF, at most 50 MB.",
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(CLAIMS)}),
        error_messages={"required": "Choose the file of the plan"},
    )

    def __init__(self, *args, partnerships, reviews, **kwargs):
        super().__init__(*args, **kwargs)
        self.partnerships = {str(each.pk): each for each in partnerships}
        self.reviews = {str(each.pk): each for each in reviews}
        new = [(f"{NEW_REVIEW}-{pk}", "A new review") for pk in self.partnerships]
        if len(new) == 1:
            known = [(pk, str(review)) for pk, review in self.reviews.items()]
            choices = [*new, *known]
        else:
            choices = [("", "Choose a review")] + [
                (str(each), [choice, *((pk, str(r)) for pk, r in self.reviews.items() if r.partnership_id == each.pk)])
                for each, choice in zip(partnerships, new, strict=True)
            ]
        self.fields["review"].choices = choices

    def clean(self):
        """Put the partnership and the review in place of the choice."""
        cleaned = super().clean()
        if chosen := cleaned.pop("review", None):
            review = self.reviews.get(chosen)
            cleaned["review"] = review
            cleaned["partnership"] = review.partnership if review else self.partnerships[chosen.split("-")[1]]
        return cleaned


class ReviewForm(OnceForm):
    """The review that an import creates."""

    kind = forms.ChoiceField(label="Kind of review", choices=Kind.choices)
    level = forms.ChoiceField(
        label="Local or national?",
        choices=Level.choices,
        initial=Level.LOCAL,
        required=False,
        help_text="National is a review by a national panel or inquiry, whose recommendations are answered here too.",
    )
    reference = forms.CharField(
        label="Reference",
        max_length=40,
        help_text="The partnership’s own, such as 0319.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
        error_messages={"required": "Enter the reference of the review"},
    )
    pseudonym = forms.CharField(
        label="Pseudonym (optional)",
        max_length=120,
        required=False,
        help_text="The name that the review gives the child or adult. Never the real one.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )
    commissioned_on = GovukDateField(label="Commissioned on (optional)", required=False)
    completed_on = GovukDateField(
        label="Report completed on (optional)",
        required=False,
        help_text="Actions that were complete before this date are pointed out.",
    )
    published_on = GovukDateField(label="Published on (optional)", required=False)

    def clean_level(self):
        """Take it for a local review where nothing is said."""
        return self.cleaned_data["level"] or Level.LOCAL

    def clean(self):
        """Refuse a report that was completed before it was commissioned."""
        cleaned = super().clean()
        commissioned, completed = cleaned.get("commissioned_on"), cleaned.get("completed_on")
        if commissioned and completed and completed < commissioned:
            self.add_error("completed_on", "The report cannot be completed before it was commissioned")
        return cleaned


class CorrectionForm(VersionedForm):
    """A correction of one row: it knows the draft and the row, and makes the operation."""

    def __init__(self, data=None, *, draft, row=None, by, **kwargs):
        self.draft, self.row = draft, row
        super().__init__(data, by=by, version=draft.record.version, **kwargs)

    @property
    def made(self):
        """The section, recommendation or action that is corrected."""
        return self.row.made


class EditForm(CorrectionForm):
    """The texts of a row, and how its date and status are read."""

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.names = {}
        for number, (name, (field, value)) in enumerate(self._asked().items()):
            field.initial = value
            safe = f"printed_{number}" if name.startswith(corrections.AS_PRINTED) else name
            self.names[safe] = name
            self.fields[safe] = field

    def _asked(self):
        """Return {name: (field, value)} for everything about the row that can be edited, in the order of the page."""
        made, is_action = self.made, isinstance(self.made, PlanAction)
        labels = corrections.ACTION_TEXTS if is_action else corrections.RECOMMENDATION_TEXTS
        asked = {}
        for name, label in labels.items():
            asked[name] = (_text_field(label, made, name, is_needed=name == "text"), corrections.text_of(made, name))
            if name == "text":
                short, label, most = ("label", "Label", 10) if is_action else ("number", "Number", 20)
                narrow = forms.TextInput(attrs={"class": "govuk-input--width-5"})
                field = forms.CharField(label=f"{label} (optional)", required=False, max_length=most, widget=narrow)
                asked[short] = (field, getattr(made, short) or "")
            elif name == "target_date_text" and is_action:
                day = GovukDateField(
                    label="Target date (optional)",
                    required=False,
                    help_text="Leave it as it is to have it read from the words above.",
                )
                asked["target_date_iso"] = (day, made.target_date_iso and date.fromisoformat(made.target_date_iso))
            elif name == "status_text" and is_action:
                asked["status"] = (forms.ChoiceField(label="Status is read as", choices=Status.choices), made.status)
        for heading, text in made.as_printed.items():
            name = f"{corrections.AS_PRINTED}{heading}"
            asked[name] = (_text_field(f"{heading} (kept as printed)", made, name, is_needed=None), text)
        return asked

    def operation(self):
        """Return the correction, with what stood there before; None where nothing was changed."""
        changes = {}
        for safe, name in self.names.items():
            typed = self.cleaned_data[safe]
            text = (typed.isoformat() if hasattr(typed, "isoformat") else str(typed or "")).replace("\r\n", "\n")
            if text.strip() != self._standing(name).strip():
                changes[name] = text
        if not changes:
            return None
        was = {name: self._standing(name) for name in changes}
        return {"op": "edit", "key": self.row.key, "changes": changes, "was": was}

    def _standing(self, name):
        return corrections.text_of(self.made, name)


def _text_field(label, made, name, *, is_needed):
    """Return a field for a text of a row, as large as the text."""
    text = corrections.text_of(made, name)
    rows = max(1, min(12, sum(len(line) // 75 + 1 for line in text.split("\n"))))
    return forms.CharField(
        label=f"{label} (optional)" if is_needed is False else label,
        required=bool(is_needed),
        widget=forms.Textarea(attrs={"rows": rows}),
        validators=[MaxLengthValidator(LONGEST)],
        error_messages={"required": f"Enter the {label.lower()}"},
    )


class SplitForm(CorrectionForm):
    """Where a row is to be taken apart."""

    text = forms.CharField(
        label="Text",
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Enter the text, with an empty line where the next one begins"},
    )
    share = forms.BooleanField(
        label="Give each of them the same date, lead and status",
        required=False,
        initial=True,
        help_text="Otherwise they stay with the first.",
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        called = "action" if isinstance(self.made, PlanAction) else "recommendation"
        self.fields["text"].initial = self.made.text
        self.fields["text"].help_text = f"Put an empty line where the next {called} begins. The words stay as they are."
        if called == "recommendation":
            del self.fields["share"]

    def clean_text(self):
        """Refuse other words than the row has, and a text that is not taken apart."""
        parts = [part.strip() for part in self.cleaned_data["text"].replace("\r\n", "\n").split("\n\n")]
        parts = [part for part in parts if part]
        if not corrections.same_words([self.made.text], parts):
            raise ValidationError("The words must stay as they are. Use “Edit” to change them")
        if len(parts) < 2:
            raise ValidationError("Put an empty line where the next one begins")
        return parts

    def operation(self):
        """Return the correction."""
        share = self.cleaned_data.get("share", False)
        return {"op": "split", "key": self.row.key, "parts": self.cleaned_data["text"], "share": share}


class MoveForm(CorrectionForm):
    """Which lines of a text go where."""

    lines = forms.MultipleChoiceField(
        label="Which words?", widget=forms.CheckboxSelectMultiple, required=False, choices=[]
    )
    words = forms.CharField(
        label="Or a part of a line (optional)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Copy the words here exactly as they stand.",
    )
    to = forms.ChoiceField(label="Where to?", error_messages={"required": "Choose where the words go"})
    to_field = forms.ChoiceField(label="As what?")

    def __init__(self, data=None, *, field, nearby, **kwargs):
        """``field`` is the text that words are taken from; ``nearby`` the rows that they may go to."""
        self.field_name = field
        super().__init__(data, **kwargs)
        text = corrections.text_of(self.made, field)
        self.lines = [line for line in text.split("\n") if line.strip()]
        self.fields["lines"].choices = [(str(n), line) for n, line in enumerate(self.lines)]
        self.fields["to"].choices = [("", "Choose"), *nearby]
        both = {**corrections.RECOMMENDATION_TEXTS, **corrections.ACTION_TEXTS, "text": "Text"}
        self.fields["to_field"].choices = list(both.items())
        self.fields["to_field"].initial = field if field in both else "text"

    def clean(self):
        """Ask for words, and for words that stand there."""
        cleaned = super().clean()
        pieces = [self.lines[int(n)] for n in cleaned.get("lines", [])]
        if words := (cleaned.get("words") or "").replace("\r\n", "\n").strip():
            pieces.append(words)
            if words not in corrections.text_of(self.made, self.field_name):
                self.add_error("words", "These words do not stand there. Copy them exactly as they are")
        if not pieces and not self.errors:
            self.add_error("lines", "Choose the words that go elsewhere")
        cleaned["pieces"] = pieces
        return cleaned

    def operation(self):
        """Return the correction."""
        to, _, new = self.cleaned_data["to"].partition(" ")
        moved = {"op": "move", "key": self.row.key, "field": self.field_name, "pieces": self.cleaned_data["pieces"]}
        return (
            {**moved, "to": to, "new": "action"}
            if new
            else {**moved, "to": to, "to_field": self.cleaned_data["to_field"]}
        )


class ShareForm(CorrectionForm):
    """Which line of a text that stands on the recommendation belongs to which of its actions."""

    def __init__(self, data=None, *, field, **kwargs):
        self.field_name = field
        super().__init__(data, **kwargs)
        text = corrections.text_of(self.made, field)
        self.lines = [line for line in text.split("\n") if line.strip()]
        choices = [("", "None of these"), *((str(n), Truncator(line).chars(100)) for n, line in enumerate(self.lines))]
        self.actions = {}
        for number, action in enumerate(self.row.below, start=1):
            name = f"action_{number}"
            label = f"{number}. {Truncator(' '.join(action.made.text.split())).chars(160)}"
            first = str(number - 1) if len(self.lines) >= number and not self.is_bound else ""
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=first)
            self.actions[name] = action.key

    def clean(self):
        """Ask for something to be given to somebody."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned[name] for name in self.actions):
            raise ValidationError("Choose what belongs to at least one of the actions")
        return cleaned

    def operation(self):
        """Return the correction: what no action was given stays where it is."""
        chosen = {key: self.cleaned_data[name] for name, key in self.actions.items() if self.cleaned_data[name]}
        lines = [self.lines[n] for n in sorted({int(n) for n in chosen.values()})]
        given = {key: self.lines[int(n)] for key, n in chosen.items()}
        return {"op": "share", "key": self.row.key, "field": self.field_name, "lines": lines, "given": given}


class MergeForm(CorrectionForm):
    """Which row another is merged into."""

    into = forms.ChoiceField(
        label="Merge it into which?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is merged into"},
    )

    def __init__(self, data=None, *, nearby, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["into"].choices = nearby

    def operation(self):
        """Return the correction."""
        return {"op": "merge", "key": self.row.key, "into": self.cleaned_data["into"]}


class DropForm(CorrectionForm):
    """That a row is no part of the plan."""

    def operation(self):
        """Return the correction."""
        return {"op": "drop", "key": self.row.key}


class RescueForm(CorrectionForm):
    """What words are that were not understood, and where they belong."""

    kind = radios(
        "What is it?",
        "Choose what it is",
        [("recommendation", "A recommendation"), ("action", "An action of the recommendation chosen below")],
    )
    after = forms.ChoiceField(
        label="Where does it belong?",
        help_text="A recommendation is put after the one chosen; an action becomes the last of its actions.",
    )

    def __init__(self, data=None, *, problem, nearby, **kwargs):
        self.problem = problem
        super().__init__(data, **kwargs)
        self.fields["after"].choices = nearby

    def operation(self):
        """Return the correction."""
        cleaned = self.cleaned_data
        rescued = {"op": "rescue", "as": cleaned["kind"], "after": cleaned["after"]}
        return {**rescued, "text": self.problem.text, "where": self.problem.where}


class HeadingForm(CorrectionForm):
    """What a column means."""

    field = forms.ChoiceField(label="What stands in this column?", choices=[("", "Not known: keep it as printed")])

    def __init__(self, data=None, *, heading, **kwargs):
        self.heading = heading
        super().__init__(data, **kwargs)
        self.fields["field"].required = False
        self.fields["field"].choices = [("", "None of these: keep it as printed"), *MEANINGS.items()]
        self.fields["field"].initial = heading.field or ""

    def operation(self):
        """Return the correction."""
        return {"op": "column", "heading": self.heading.heading, "field": self.cleaned_data["field"] or None}


class AgencyForm(CorrectionForm):
    """Which agency a name stands for."""

    agency = forms.ChoiceField(label="Which agency is it?", widget=forms.RadioSelect)

    def __init__(self, data=None, *, named, agencies, **kwargs):
        self.named = named
        super().__init__(data, **kwargs)
        likely = {agency.pk for agency in named.likely}
        ordered = sorted(agencies, key=lambda agency: (agency.pk not in likely, agency.name))
        known = [(str(agency.pk), agency.name) for agency in ordered]
        self.fields["agency"].choices = [*known, (NEW_REVIEW, f"A new agency, “{Truncator(named.name).chars(80)}”")]
        self.fields["agency"].initial = str(named.agency.pk) if named.agency else NEW_REVIEW

    def operation(self):
        """Return the correction."""
        chosen = self.cleaned_data["agency"]
        return {"op": "agency", "name": self.named.name, "agency": None if chosen == NEW_REVIEW else int(chosen)}


class HandOverForm(forms.Form):
    """Who checks a draft."""

    to = forms.ChoiceField(label="Who checks it?", error_messages={"required": "Choose who checks it"})

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["to"].choices = [("", "Choose somebody"), *((pk, str(each)) for pk, each in self.people.items())]

    def clean_to(self):
        """Return the person."""
        return self.people[self.cleaned_data["to"]]


class BringInForm(VersionedForm):
    """That the plan is right, and is to be saved."""

    def __init__(self, data=None, *, draft, by, **kwargs):
        super().__init__(data, by=by, version=draft.version, **kwargs)
