"""Forms of the list of actions: changing one or many without leaving it, keeping a view, choosing columns."""

from django import forms

from scr_tracker.forms import OnceForm
from scr_tracker.models import Agency, Partnership, User
from scr_tracker.permissions import Permission

from . import steps
from .changing import NO_RATING, Change
from .choices import OwnRating
from .forms import StepForm, TargetField, long_text, posts, responsible_fields
from .models import SavedView

#: What a choice in a form for many says that nothing is to change.
AS_IT_IS = ("", "As it is")
NOTE_HELP = "What was done, or why it changes. Do not name children or families."


def short_note(help_text="", rows=2):
    """Return a field for a note, without the count of its letters."""
    field = long_text("Note", help_text=help_text, rows=rows)
    del field.widget.attrs["maxlength"]
    return field


def own_ratings(first):
    """Return the choices of the lead's own rating after a first one."""
    return [first, *OwnRating.choices]


class QuickForm(StepForm):
    """What can be changed of an action in its row of the list, as far as the person may."""

    status = forms.ChoiceField(label="Status")
    own_rating = forms.ChoiceField(label="Own rating", required=False)
    target = TargetField(label="Target date", required=False, help_text="31/3/2026 or March 2026")

    def __init__(self, *args, action, by, **kwargs):
        initial = {"status": action.status, "own_rating": action.own_rating}
        initial["target"] = action.due if action.target_date else ""
        super().__init__(*args, action=action, by=by, initial=initial, **kwargs)
        self.fields["status"].choices = steps.reportable(action.status)
        self.fields["own_rating"].choices = own_ratings((NO_RATING, "None"))
        if by.has_perm(steps.ASSIGN.permission, action):
            self.fields |= responsible_fields(action)
        if not by.has_perm(steps.SET_TARGET_DATE.permission, action):
            del self.fields["target"]
        if not by.has_perm(steps.UPDATE.permission, action):
            del self.fields["status"], self.fields["own_rating"]
        self.fields["note"] = short_note(NOTE_HELP)
        self.order_fields(["status", "own_rating", "target", "lead_agency", "lead_officers", "note", "assigned"])
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["autocomplete"] = "off"
            field.widget.attrs.setdefault("data-field", name)

    def clean(self):
        """Return the change that all of it makes, and say at once what stands in its way."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        target = cleaned.get("target")
        if "target" in self.fields and target is None and self.action.target_date:
            self.add_error("target", "Enter a target date. To do without one, edit the plan")
            return cleaned
        as_it_was = target is None or (target.date, target.kind) == (self.action.target_date, self.action.target_kind)
        agency = cleaned.get("lead_agency")
        if "lead_agency" in self.fields and agency is None and self.action.lead_agency_id:
            self.add_error("lead_agency", "Select the agency that leads")
            return cleaned
        change = Change(
            status=cleaned.get("status") or None,
            own_rating=cleaned.get("own_rating"),
            note=cleaned["note"],
            target_date=None if as_it_was else target.date,
            target_kind=Change.target_kind if as_it_was else target.kind,
            lead_agency=agency.pk if agency else None,
            lead_officers=tuple(posts(cleaned["lead_officers"])) if "lead_officers" in self.fields else None,
            assigned=tuple(each.pk for each in cleaned["assigned"]) if "assigned" in self.fields else None,
        )
        taken = change.steps_for(self.action)
        if not taken:
            self.add_error("note", "Change something, or enter a note")
        elif steps.SET_TARGET_DATE in taken and self.action.target_date and not change.note:
            self.add_error("note", "Enter why the target date is moved")
        return {"change": change}


class UndoForm(OnceForm):
    """What is undone: everything between two versions of an action."""

    before = forms.IntegerField(widget=forms.HiddenInput)
    after = forms.IntegerField(widget=forms.HiddenInput)


class SheetRowForm(StepForm):
    """An action's line on the sheet: its status, the lead's own rating and a note."""

    status = forms.ChoiceField(label="Status")
    own_rating = forms.ChoiceField(label="Own rating", required=False)
    note = short_note(rows=1)

    def __init__(self, *args, action, by, **kwargs):
        initial = {"status": action.status, "own_rating": action.own_rating}
        super().__init__(*args, action=action, by=by, initial=initial, **kwargs)
        self.fields["status"].choices = steps.reportable(action.status)
        self.fields["own_rating"].choices = own_ratings((NO_RATING, "None"))

    @property
    def says_something(self):
        """Whether anything in the line differs from what the action says."""
        typed = {name: (self[name].value() or "").strip() for name in ("status", "own_rating", "note")}
        return typed != {"status": self.action.status, "own_rating": self.action.own_rating, "note": ""}

    def clean(self):
        """Return the change that the line makes."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        return {"change": Change(cleaned["status"], cleaned["own_rating"], cleaned["note"])}


class BatchForm(OnceForm):
    """What is to change of all the actions chosen; what is left empty stays as it is on each."""

    status = forms.ChoiceField(
        label="Status", required=False, choices=[AS_IT_IS, *((each.value, each.label) for each in steps.REPORTED)]
    )
    own_rating = forms.ChoiceField(
        label="Own rating", required=False, choices=[AS_IT_IS, *OwnRating.choices, ("none", "None")]
    )
    target = TargetField(label="Target date", required=False, help_text="31/3/2026 or March 2026")
    lead_agency = forms.ModelChoiceField(None, label="Lead agency", required=False, empty_label=AS_IT_IS[1])
    lead_officers = forms.CharField(
        label="Lead officers", help_text="Posts, separated by semicolons", required=False, max_length=500
    )
    assigned = forms.ModelChoiceField(None, label="Assigned to", required=False, empty_label=AS_IT_IS[1])
    note = short_note(NOTE_HELP)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        places = Partnership.objects.where(by, may=steps.ASSIGN.permission)
        if not by.may_somewhere(steps.ASSIGN.permission):
            for name in ("target", "lead_agency", "lead_officers", "assigned"):
                del self.fields[name]
            return
        self.fields["lead_agency"].queryset = Agency.objects.filter(partnerships__in=places).distinct()
        self.fields["assigned"].queryset = User.objects.at_work_in(places)

    def clean(self):
        """Return the change that is to be made to each."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        target, agency, person = (cleaned.get(name) for name in ("target", "lead_agency", "assigned"))
        rating, officers = cleaned["own_rating"], posts(cleaned.get("lead_officers"))
        change = Change(
            status=cleaned["status"] or None,
            own_rating={"": None, "none": NO_RATING}.get(rating, rating),
            note=cleaned["note"],
            target_date=target.date if target else None,
            target_kind=target.kind if target else Change.target_kind,
            lead_agency=agency.pk if agency else None,
            lead_officers=tuple(officers) or None,
            assigned=(person.pk,) if person else None,
        )
        if change.is_empty:
            self.add_error(None, "Choose what to change, or enter a note")
        elif target and not change.note:
            self.add_error("note", "Enter why the target date is moved")
        return {"change": change}


class RemindForm(OnceForm):
    """A word that goes with the reminder."""

    note = long_text("What do you want to say? (optional)", help_text="It stands in the e-mail, above the actions.")


class ConfirmForm(OnceForm):
    """A button that does what was shown before, once."""


class SaveViewForm(OnceForm):
    """A name for a view, and who sees it."""

    name = forms.CharField(
        label="What do you call it?",
        max_length=60,
        help_text="For example, Police, overdue by a month",
        error_messages={"required": "Enter a name for the view"},
    )
    team = forms.ChoiceField(
        label="Who can open it?",
        widget=forms.RadioSelect,
        required=False,
        help_text="Everybody sees in it only what they may see. A team’s view can be changed by all of the team.",
    )
    opens_first = forms.BooleanField(label="Open the actions with this view", required=False, help_text="For you alone")

    def __init__(self, *args, by, view=None, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.view = view
        partnerships = Partnership.objects.where(by, may=Permission.SHARE_VIEW)
        agencies = Agency.objects.led_by(by)
        self.teams = {
            **{f"partnership-{each.pk}": {"partnership": each} for each in partnerships},
            **{f"agency-{each.pk}": {"agency": each} for each in agencies},
        }
        said = [(key, self._called(**team)) for key, team in self.teams.items()]
        self.fields["team"].choices = [("", "Only me"), *said]
        if not self.teams:
            del self.fields["team"]

    @staticmethod
    def _called(partnership=None, agency=None):
        return f"Me and the other managers of {partnership}" if partnership else f"Me and the other leads of {agency}"

    def clean_name(self):
        """Refuse a name that the person has given already."""
        name = " ".join(self.cleaned_data["name"].split())
        owner = self.view.owner if self.view else self.by
        if SavedView.objects.filter(owner=owner, name=name).exclude(pk=self.view and self.view.pk).exists():
            raise forms.ValidationError("There is a view with this name already. Choose another name")
        return name

    def clean(self):
        """Return the team as a partnership or an agency."""
        cleaned = super().clean()
        if not self.errors:
            cleaned["team"] = self.teams.get(cleaned.get("team"), {})
        return cleaned
