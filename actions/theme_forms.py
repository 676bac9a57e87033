"""Forms about themes: giving them to recommendations, and looking after the themes themselves."""

from django import forms

from reviews import themes
from reviews.models import Theme
from scr_tracker.forms import OnceForm, VersionedForm
from scr_tracker.models import Partnership
from scr_tracker.permissions import Permission

#: The choice that no theme fits.
NONE_FITS = "none"


class ThemesForm(OnceForm):
    """Which themes a recommendation has: those given are taken away, others are given, with a reason."""

    give = forms.ModelMultipleChoiceField(
        queryset=None,
        label="Themes to give it",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "app-two-columns"}),
    )
    take_away = forms.ModelMultipleChoiceField(
        queryset=None,
        label="Take away",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="These are its themes now. Tick one only if it does not fit.",
    )
    why = forms.CharField(
        label="Why? (optional, unless you take a theme away)",
        required=False,
        max_length=500,
        help_text="The history keeps it.",
    )

    def __init__(self, data=None, *, recommendation, **kwargs):
        super().__init__(data, **kwargs)
        has = Theme.objects.filter(given__recommendation=recommendation)
        fitting = Theme.objects.fitting(recommendation.section.review.partnership)
        self.fields["give"].queryset = fitting.exclude(pk__in=has.values("pk"))
        self.fields["take_away"].queryset = has
        if not has.exists():
            del self.fields["take_away"]

    def clean(self):
        """Ask for a reason where a theme is taken away, and for something to do."""
        cleaned = super().clean()
        if cleaned.get("take_away") and not cleaned.get("why"):
            self.add_error("why", "Enter why the theme does not fit")
        if not self.errors and not (cleaned.get("give") or cleaned.get("take_away")):
            self.add_error("give", "Select a theme to give it, or one to take away")
        return cleaned


class RunThroughForm(OnceForm):
    """The themes of several recommendations at once; what is left alone is left for later."""

    def __init__(self, data=None, *, recommendations, **kwargs):
        super().__init__(data, **kwargs)
        self.recommendations = recommendations
        self.suggested = themes.suggested_for(recommendations)
        fitting = themes.fitting_for(each.section.review.partnership_id for each in recommendations)
        self.rows = []
        for each in recommendations:
            suggested, all_of_them = self.suggested[each.pk], fitting[each.section.review.partnership_id]
            offered = {suggestion.theme.pk for suggestion in suggested}
            name = f"{each} of {each.section.review}"
            self.fields[f"give-{each.pk}"] = forms.MultipleChoiceField(
                label=f"Themes of {name}",
                required=False,
                widget=forms.CheckboxSelectMultiple,
                choices=[*((s.theme.pk, self._why(s)) for s in suggested), (NONE_FITS, "No theme fits")],
            )
            others = [(theme.pk, theme.name) for theme in all_of_them if theme.pk not in offered]
            self.fields[f"more-{each.pk}"] = forms.ChoiceField(
                label=f"Another theme for {name}", required=False, choices=[("", "Another theme"), *others]
            )
            self.rows.append((each, self[f"give-{each.pk}"], self[f"more-{each.pk}"]))
        self.themes = {theme.pk: theme for several in fitting.values() for theme in several}

    def _why(self, suggestion):
        words = ", ".join(f"“{each}”" for each in suggestion.words[:3])
        return f"{suggestion.theme} (it says {words})"

    def clean(self):
        """Refuse a theme beside the word that none fits."""
        cleaned = super().clean()
        for each in self.recommendations:
            given, more = cleaned.get(f"give-{each.pk}", []), cleaned.get(f"more-{each.pk}")
            if NONE_FITS in given and (len(given) > 1 or more):
                self.add_error(f"give-{each.pk}", "Choose a theme, or that no theme fits, but not both")
        return cleaned

    @property
    def answers(self):
        """What was said: [(recommendation, themes to give, suggestions refused)], of those of which something was."""
        found = []
        for each in self.recommendations:
            chosen = [*self.cleaned_data[f"give-{each.pk}"], self.cleaned_data[f"more-{each.pk}"]]
            give = [self.themes[int(key)] for key in chosen if key and key != NONE_FITS]
            refuse = [s.theme for s in self.suggested[each.pk] if s.theme not in give]
            if NONE_FITS in chosen:
                found.append((each, [], [*refuse, None]))
            elif give:
                found.append((each, give, refuse))
        return found


def words_of_theme():
    """Return the fields of a theme, new for each form."""
    return {
        "name": forms.CharField(
            label="Name", max_length=120, error_messages={"required": "Enter a name for the theme"}
        ),
        "about": forms.CharField(
            label="What belongs to it? (optional)",
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="In a sentence, so that two people mean the same by it",
        ),
        "words": forms.CharField(
            label="Words that suggest it (optional)",
            required=False,
            max_length=5000,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text="One word or phrase to a line. “midwi*” stands for midwife, midwives and midwifery.",
        ),
    }


class AddThemeForm(OnceForm):
    """A new theme, for a partnership or, by administrators, for everybody."""

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields |= words_of_theme()
        partnerships = Partnership.objects.where(self.by, may=Permission.MANAGE_THEMES)
        self.partnerships = {str(each.pk): each for each in partnerships}
        choices = [(key, str(each)) for key, each in self.partnerships.items()]
        if self.by.is_superuser:
            choices = [("everybody", "Everybody"), *choices]
        self.fields["whose"] = forms.ChoiceField(
            label="Whose theme is it?",
            choices=choices,
            widget=forms.RadioSelect,
            initial=choices[0][0] if len(choices) == 1 else None,
            error_messages={"required": "Choose whose theme it is"},
            help_text="Only people of the partnership see it, and those who lead what is recommended under it.",
        )

    def clean(self):
        """Turn the choice into a partnership, or None for everybody."""
        cleaned = super().clean()
        if "whose" in cleaned:
            cleaned["partnership"] = self.partnerships.get(cleaned.pop("whose"))
        return cleaned


class ChangeThemeForm(VersionedForm):
    """Another name for a theme, other words for it."""

    why = forms.CharField(
        label="Why?",
        max_length=500,
        help_text="The history keeps it, beside the name that it had.",
        error_messages={"required": "Enter why the theme is changed"},
    )
    field_order = ["name", "about", "words", "why"]

    def __init__(self, data=None, *, theme, **kwargs):
        initial = {name: getattr(theme, name) for name in ("name", "about", "words")}
        version = theme.history.order_by("-history_id").values_list("history_id", flat=True).first()
        super().__init__(data, initial=initial, version=version, **kwargs)
        self.fields |= words_of_theme()
        self.order_fields(self.field_order)


class MergeThemeForm(OnceForm):
    """Into which other theme one is merged, and why."""

    into = forms.ModelChoiceField(
        queryset=None,
        label="Which theme should it become part of?",
        empty_label="Choose a theme",
        error_messages={"required": "Choose a theme", "invalid_choice": "Choose one of the themes of the list"},
    )
    why = forms.CharField(label="Why?", max_length=500, error_messages={"required": "Enter why the themes are one"})

    def __init__(self, data=None, *, theme, **kwargs):
        super().__init__(data, **kwargs)
        whose = Theme.objects.current().filter(partnership=None)
        if theme.partnership_id:
            whose = Theme.objects.fitting(theme.partnership)
        self.fields["into"].queryset = whose.exclude(pk=theme.pk)


class UnlinkForm(OnceForm):
    """Why a link between two recommendations is undone."""

    why = forms.CharField(
        label="Why?",
        max_length=500,
        help_text="Such as “It asks for something else after all”. The history keeps it.",
        error_messages={"required": "Enter why the link is undone"},
    )
