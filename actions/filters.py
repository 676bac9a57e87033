"""How lists of actions are narrowed."""

import django_filters as filters
from django import forms
from django.db.models import Q

from reviews.models import Recommendation
from scr_tracker.models import Agency, Partnership

from .choices import Rating, Status
from .models import Action
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

    def of_agency(self, queryset, name, agency):
        """Recommendations that the agency answers, as far as the person sees that, and those of its part of a plan."""
        answering = Action.objects.visible_to(self.request.user).of_agency(agency)
        return queryset.filter(Q(section__agency=agency) | Q(pk__in=answering.values("recommendation")))

    def of_years(self, queryset, name, year):
        """Those of reviews that were completed, or else commissioned, from or up to a year."""
        until = {"since": "gte", "until": "lte"}[name]
        begun = Q(section__review__completed_on=None, **{f"section__review__commissioned_on__year__{until}": year})
        return queryset.filter(Q(**{f"section__review__completed_on__year__{until}": year}) | begun)


class ActionFilter(filters.FilterSet):
    """The actions list by review, agency, status, rating, due date and words."""

    text = filters.CharFilter(
        label="Words in the action or recommendation", method="with_words", widget=forms.TextInput
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
    due_after = filters.DateFilter(field_name="target_date", lookup_expr="gte", label="Due on or after", **DATE_FIELD)
    due_before = filters.DateFilter(field_name="target_date", lookup_expr="lte", label="Due on or before", **DATE_FIELD)

    class Meta:
        model = Action
        fields = ["text", "review", "agency", "status", "rating", "due_after", "due_before"]

    def __init__(self, *args, reviews, **kwargs):
        """Take the reviews to choose from: {key: name}."""
        super().__init__(*args, **kwargs)
        choices = [(str(key), name) for key, name in reviews.items()]
        # Of a list, unlike a function, Django would copy every choice for every form.
        self.filters["review"].extra["choices"] = lambda: choices

    def with_words(self, queryset, name, value):
        """Actions in which, or in whose recommendation, every word and phrase stands, as search finds them."""
        return finding.narrowed(queryset, asked.read(value))

    def of_agency(self, queryset, name, agency):
        """Actions that the agency leads or supports."""
        return queryset.of_agency(agency)

    def in_status(self, queryset, name, value):
        """Actions with a status, or all that are open."""
        return queryset.open() if value == "open" else queryset.filter(status=value)

    def rated(self, queryset, name, value):
        """Actions with a rating, or all that are overdue."""
        return queryset.overdue() if value == "overdue" else queryset.with_rating().filter(rated=value)
