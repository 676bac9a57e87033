"""Forms for the house: a partnership's rules, and the agencies that belong to it."""

from django import forms

from scr_tracker.forms import OnceForm
from scr_tracker.models import Agency, Partnership

from .choices import Rating
from .editing_forms import Named, PlanForm, short_text
from .forms import long_text, radios

#: What begins the names of the fields that hold a partnership's own words for ratings.
LABEL = "label_"


def days(label, most, help_text, unit):
    """Return a field for a number of days or months."""
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-4", "inputmode": "numeric"}),
        error_messages={
            "required": f"Enter a number of {unit}",
            "invalid": f"Enter a whole number of {unit}, such as 30",
            "min_value": f"Enter 1 to {most} {unit}",
            "max_value": f"Enter 1 to {most} {unit}",
        },
    )


def reason():
    """Return the field for why something of the house is changed."""
    return long_text("Why is it changed? (optional)", help_text="The history keeps your reason.", rows=2)


class PartnershipForm(PlanForm):
    """The rules of a partnership's house; its name is for administrators."""

    headings = {
        "short_name": "Names",
        "due_soon_days": "When an action needs attention",
        f"{LABEL}red": "Your words for the ratings",
        "reason": "The change",
    }
    short_name = short_text(
        "Short name (optional)", most=60, width="20", help_text="As lists and reports abbreviate it."
    )
    protective_marking = short_text(
        "Protective marking",
        "Enter the protective marking",
        most=60,
        width="20",
        help_text="It stands on every page and on every page of a report.",
    )
    due_soon_days = days("Days that count as due soon", 366, "An action due within these days wants news.", "days")
    stale_days = days("Days without an update that count as stale", 366, "Silence for longer turns it amber.", "days")
    impact_check_months = days(
        "Months from sign-off to the impact check", 60, "Then somebody asks whether it made a difference.", "months"
    )

    FIELDS = ("short_name", "protective_marking", "due_soon_days", "stale_days", "impact_check_months")

    def __init__(self, data=None, *, partnership, by, **kwargs):
        initial = {name: getattr(partnership, name) for name in self.FIELDS}
        initial |= {f"{LABEL}{rating}": word for rating, word in partnership.rating_labels.items()}
        super().__init__(data, thing=partnership, by=by, initial=initial, **kwargs)
        for rating in Rating:
            field = short_text(f"{rating.label} (optional)", most=20, width="10")
            self.fields[f"{LABEL}{rating.value}"] = field
        self.fields[f"{LABEL}{Rating.RED}"].help_text = "Leave a word empty to use ours."
        self.fields["reason"] = reason()

    def clean(self):
        """Gather the words for ratings; keep those that no page asks for."""
        cleaned = super().clean()
        words = {rating.value: cleaned.pop(f"{LABEL}{rating.value}", "") for rating in Rating}
        kept = {name: word for name, word in self.thing.rating_labels.items() if name not in words}
        cleaned["rating_labels"] = kept | {rating: word for rating, word in words.items() if word}
        return cleaned


class LogoForm(OnceForm):
    """The picture of a partnership's logo, and what it shows."""

    picture = forms.FileField(
        label="The logo",
        help_text="A PNG or JPEG picture of at least 200 points in width or height, at most 5 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        error_messages={"required": "Choose the picture of the logo"},
    )
    words = short_text(
        "What does it show?",
        "Enter what the logo shows",
        most=200,
        help_text="For those who do not see it: such as “Wyvernshire Safeguarding Partnership, a bridge over a river”.",
    )
    remove = forms.BooleanField(label="Take the logo away", required=False)

    def __init__(self, *args, partnership, **kwargs):
        super().__init__(*args, initial={"words": partnership.logo_words}, **kwargs)
        if partnership.logo:
            self.fields["picture"].label = "Another logo (optional)"
            self.fields["picture"].required = False
        else:
            del self.fields["remove"]


class AgencyForm(PlanForm):
    """What an agency is called, and who took over from it."""

    name = short_text("Name", "Enter the name of the agency", most=200, help_text="In full, as in reports.")
    short_name = short_text("Short name (optional)", most=60, width="20", help_text="Such as ICB.")
    other_names = forms.CharField(
        label="Other names (optional)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Names that plans have for it, one to a line. An import then knows whom they mean.",
    )
    colour = short_text(
        "Colour (optional)",
        most=7,
        width="5",
        help_text="Stands beside its name in lists. Six figures after a #, such as #1d70b8.",
    )
    successor = forms.ModelChoiceField(
        label="Which agency took over its duties? (optional)",
        queryset=Agency.objects.none(),
        required=False,
        empty_label="None: it is at work",
    )
    serves = Named(
        label="Which other partnerships of yours does it serve? (optional)",
        queryset=Partnership.objects.none(),
        required=False,
    )

    FIELDS = ("name", "short_name", "colour", "successor")
    version_of = staticmethod(Agency.version)

    def __init__(self, data=None, *, partnerships, agency=None, by, **kwargs):
        self.partnerships = list(partnerships)
        initial = {name: getattr(agency, name) for name in self.FIELDS} if agency else {}
        initial["other_names"] = "\n".join(agency.other_names) if agency else ""
        super().__init__(data, thing=agency, by=by, initial=initial, **kwargs)
        self.seen = Agency.objects.visible_to(by).exclude(pk=agency and agency.pk)
        self.fields["successor"].queryset = self.seen.order_by("name")
        self.fields["colour"].validators += Agency._meta.get_field("colour").validators
        self._offer_partnerships(agency)
        if agency:
            self.fields["reason"] = reason()

    def _offer_partnerships(self, agency):
        if agency:
            served = set(agency.partnerships.values_list("pk", flat=True))
            further = [each.pk for each in self.partnerships if each.pk not in served]
            self.fields["serves"].queryset = Partnership.objects.filter(pk__in=further)
        if not (agency and further):
            del self.fields["serves"]
        if not agency and len(self.partnerships) > 1:
            choices = [(str(each.pk), str(each)) for each in self.partnerships]
            asked = radios("Which partnership does it belong to?", "Choose the partnership", choices)
            self.fields = {"partnership": asked, **self.fields}

    def clean_other_names(self):
        """Return the names, one to a line."""
        lines = (" ".join(line.split()) for line in self.cleaned_data["other_names"].splitlines())
        return list(dict.fromkeys(filter(None, lines)))

    def clean_name(self):
        """Refuse a name that another agency has, as far as the person may know."""
        name = self.cleaned_data["name"]
        if self.seen.filter(name__iexact=name).exists():
            raise forms.ValidationError(f"There is already an agency called {name}")
        return name

    def clean(self):
        """Put the partnership in place of its key; keep a successor that the person may not see."""
        cleaned = super().clean()
        if not self.thing:
            chosen = cleaned.pop("partnership", None)
            cleaned["partnership"] = next(
                (each for each in self.partnerships if chosen is None or str(each.pk) == chosen), None
            )
        elif self.thing.successor_id and not self.seen.filter(pk=self.thing.successor_id).exists():
            cleaned["successor"] = cleaned.get("successor") or self.thing.successor
        return cleaned
