"""How lists of actions are narrowed."""

import re
from datetime import date, timedelta

import django_filters as filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from reviews.models import Recommendation, Theme
from scr_tracker.models import Agency, Partnership

from . import offering
from .choices import Rating, Status
from .models import Action, ThemeStanding
from .search import asked, finding

DATE_FIELD = {
    "help_text": "For example, 31/3/2026",
    "error_messages": {"invalid": "Enter a date such as 31/3/2026"},
}
YEAR_FIELD = {
    "min_value": 1950,
    "max_value": 2200,
    "help_text": "For example, 2019",
    "error_messages": {"invalid": "Enter a year such as 2019"},
    "widget": forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-4"}),
}
#: More days than anybody asks for.
MOST_DAYS = 36_500


def can_be_looked_for(text):
    """Refuse words that search can do nothing with, and say what to enter instead."""
    if problem := asked.read(text).problem:
        raise forms.ValidationError(problem)


def visible_agencies(request):
    """Return the agencies to choose from."""
    return Agency.objects.visible_to(request.user).only("name")


def visible_partnerships(request):
    """Return the partnerships to choose from."""
    return Partnership.objects.visible_to(request.user).only("name")


class YearFilter(filters.NumberFilter):
    """A year, as a whole number."""

    field_class = forms.IntegerField


class ThemeFilter(filters.FilterSet):
    """The recommendations of a theme by agency, partnership and the years of their reviews."""

    agency = filters.ModelChoiceFilter(
        queryset=visible_agencies, label="Agency", empty_label="All agencies", method="of_agency"
    )
    partnership = filters.ModelChoiceFilter(
        queryset=visible_partnerships,
        label="Partnership",
        empty_label="All partnerships",
        field_name="section__review__partnership",
    )
    since = YearFilter(label="From the year", method="of_years", **YEAR_FIELD)
    until = YearFilter(label="To the year", method="of_years", **YEAR_FIELD)

    class Meta:
        model = Recommendation
        fields = ["agency", "partnership", "since", "until"]

    @property
    def asked(self):
        """What is asked for, as far as it can be understood."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def of_reviews(self, rows):
        """Narrow ThemeStandings to the reviews that are asked for."""
        asked = self.asked
        if "partnership" in asked:
            rows = rows.filter(partnership=asked["partnership"])
        if "since" in asked:
            rows = rows.filter(dated__gte=date(asked["since"], 1, 1))
        if "until" in asked:
            rows = rows.filter(dated__gt=ThemeStanding.NO_DAY, dated__lte=date(asked["until"], 12, 31))
        return rows

    def of_agency(self, queryset, name, agency):
        """Recommendations that the agency answers, as far as the person sees that, and those of its part of a plan."""
        answering = Action.objects.visible_to(self.request.user).of_agency(agency)
        return queryset.filter(Q(section__agency=agency) | Q(pk__in=answering.values("recommendation")))

    def of_years(self, queryset, name, year):
        """Those of reviews that were completed, or else commissioned, from or up to a year."""
        until = {"since": "gte", "until": "lte"}[name]
        begun = Q(section__review__completed_on=None, **{f"section__review__commissioned_on__year__{until}": year})
        return queryset.filter(Q(**{f"section__review__completed_on__year__{until}": year}) | begun)


def visible_themes(request):
    """Return the themes to choose from."""
    return Theme.objects.visible_to(request.user)


class WholeNumberField(forms.IntegerField):
    """A small number, in a short box."""

    def __init__(self, *args, **kwargs):
        kwargs |= {"min_value": 0, "max_value": MOST_DAYS}
        super().__init__(*args, **kwargs)
        wrong = "Enter a whole number, such as 30"
        self.error_messages |= {"invalid": wrong, "min_value": wrong, "max_value": wrong}
        self.widget = forms.TextInput(attrs={"inputmode": "numeric"})


class WholeNumberFilter(filters.Filter):
    """A filter by a number of days or times."""

    field_class = WholeNumberField


class DayOrDaysField(forms.DateField):
    """A day, or how many days ago it was."""

    widget = forms.TextInput

    def to_python(self, value):
        """Return the day that was typed: "31/3/2026", or "90" for ninety days ago."""
        days = re.fullmatch(r"\s*(\d{1,5})(?:\s*days?)?\s*", value) if isinstance(value, str) else None
        if days and int(days[1]) <= MOST_DAYS:
            return timezone.localdate() - timedelta(int(days[1]))
        return super().to_python(value)


class DayOrDaysFilter(filters.Filter):
    """A filter by a day, or by so many days ago."""

    field_class = DayOrDaysField


class ActionFilter(filters.FilterSet):
    """The actions list by review, agency, status, rating, due date and words."""

    text = filters.CharFilter(
        label="Words of the action", method="with_words", widget=forms.TextInput, validators=[can_be_looked_for]
    )
    review = filters.ChoiceFilter(label="Review", empty_label="All reviews")
    agency = filters.ModelChoiceFilter(
        queryset=visible_agencies, label="Agency", empty_label="All agencies", method="of_agency"
    )
    status = filters.ChoiceFilter(
        label="Status",
        choices=[("open", "Open"), *Status.choices],
        empty_label="Any status",
        method="in_status",
    )
    rating = filters.ChoiceFilter(
        label="Rating",
        choices=[*Rating.choices, ("overdue", "Overdue")],
        empty_label="Any rating",
        method="rated",
    )
    mine = filters.ChoiceFilter(label="Mine", empty_label="Everybody’s", method="of_mine")
    due_after = filters.DateFilter(field_name="target_date", lookup_expr="gte", label="Due on or after", **DATE_FIELD)
    due_before = filters.DateFilter(field_name="target_date", lookup_expr="lte", label="Due on or before", **DATE_FIELD)

    lead = filters.CharFilter(label="Lead officer or person assigned", method="led_by", widget=forms.TextInput)
    theme = filters.ModelChoiceFilter(
        queryset=visible_themes, label="Theme", empty_label="All themes", field_name="recommendation__themes"
    )
    overdue_by = WholeNumberFilter(label="Overdue by more than … days", method="late_by", help_text="For example, 30")
    moved = WholeNumberFilter(
        label="Date moved at least … times", field_name="times_moved", lookup_expr="gte", help_text="For example, 3"
    )
    evidence = filters.ChoiceFilter(
        label="Evidence",
        choices=[("none", "No evidence"), ("some", "Some evidence")],
        empty_label="With or without",
        method="with_evidence",
    )
    silent_since = DayOrDaysFilter(
        label="No update since",
        method="without_update_since",
        help_text="A date, or a number of days",
        error_messages={"invalid": "Enter a date such as 31/3/2026, or a number of days"},
    )

    selected = filters.ChoiceFilter(
        label="Selected", choices=[("yes", "only these")], method="that_are_ticked", widget=forms.HiddenInput
    )

    #: Those that are needed now and then, and stand folded up.
    further = (
        *("lead", "theme", "due_after", "due_before"),
        *("overdue_by", "moved", "evidence", "silent_since"),
    )

    class Meta:
        model = Action
        fields = [
            *("text", "review", "agency", "status", "rating", "mine", "lead", "theme", "due_after", "due_before"),
            *("overdue_by", "moved", "evidence", "silent_since", "selected"),
        ]

    def __init__(self, *args, **kwargs):
        """Offer the reviews that the person may see, and what is theirs."""
        super().__init__(*args, **kwargs)
        chosen = (self.data or {}).get("review", "")
        reviews, is_cut = offering.reviews_offered(offering.reviews_seen_by(self.request.user), chosen)
        choices = [(str(review.pk), str(review)) for review in reviews]
        # Of a list, unlike a function, Django would copy every choice for every form.
        self.filters["review"].extra["choices"] = lambda: choices
        self.is_over_very_many = is_cut
        if is_cut:
            self.filters["review"].extra["help_text"] = f"The newest {offering.MOST}"
            self.filters["text"].extra["help_text"] = "Or a review’s reference"
        mine = [("assigned", "Assigned to me")]
        if self.led:
            mine.insert(0, ("agency", "My agency’s" if len(self.led) == 1 else "My agencies’"))
        self.filters["mine"].extra["choices"] = mine
        self._words = {}

    def narrow(self, actions):
        """Return other actions, narrowed as the list is."""
        if not self.is_bound:
            return actions
        return self.filter_queryset(actions) if self.is_valid() else actions.none()

    @cached_property
    def led(self):
        """The keys of the agencies that the person leads for."""
        return set(self.request.user.led_agencies)

    def with_words(self, queryset, name, value):
        """Actions in which, or in whose recommendation, every word and phrase stands, as search finds them."""
        if value not in self._words:
            self._words[value] = finding.condition(asked.read(value))
        return queryset.filter(self._words[value])

    def of_agency(self, queryset, name, agency):
        """Actions that the agency leads or supports."""
        return queryset.of_agency(agency)

    def in_status(self, queryset, name, value):
        """Actions with a status, or all that are open."""
        return queryset.open() if value == "open" else queryset.filter(status=value)

    def rated(self, queryset, name, value):
        """Actions with a rating, or all that are overdue."""
        return queryset.overdue() if value == "overdue" else queryset.with_rating().filter(rated=value)

    def of_mine(self, queryset, name, value):
        """Actions assigned to the person, or that an agency of theirs leads or supports."""
        return queryset.assigned_to(self.request.user) if value == "assigned" else queryset.of_agencies(self.led)

    def led_by(self, queryset, name, value):
        """Actions of a post, or of a person, with these words in the name."""
        return queryset.led_by(value)

    def late_by(self, queryset, name, value):
        """Actions that are overdue by more than so many days."""
        return queryset.overdue().filter(target_date__lt=timezone.localdate() - timedelta(value))

    def with_evidence(self, queryset, name, value):
        """Actions beside which no evidence that counts stands, or some."""
        return queryset.bare_of_evidence(value == "none")

    def that_are_ticked(self, queryset, name, value):
        """Actions that the person has ticked in the list, on whatever page."""
        return queryset.selected_by(self.request.user)

    def without_update_since(self, queryset, name, value: date):
        """Actions on which nobody has reported since a day."""
        return queryset.filter(Q(last_update_on__lt=value) | Q(last_update_on__isnull=True))
