"""What the page of data warnings asks: which to show, and why one is all right."""

from urllib.parse import urlencode

from django import forms
from django.urls import reverse

from scr_tracker.forms import OnceForm
from scr_tracker.models import Agency

from . import found_warnings, offering
from .forms import long_text
from .warnings import Kind


class WarningFilterForm(forms.Form):
    """Which warnings are shown: of one review, of one agency, of one kind, and those that were found all right."""

    review = forms.ChoiceField(label="Review", required=False)
    agency = forms.ModelChoiceField(
        queryset=Agency.objects.none(), label="Agency", empty_label="All agencies", required=False
    )
    kind = forms.ChoiceField(choices=[("", ""), *Kind.choices], widget=forms.HiddenInput, required=False)
    settled = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, data, *, reviews, user):
        super().__init__(data)
        offered, is_cut = offering.reviews_offered(reviews, data.get("review", ""))
        self.fields["review"].choices = [("", "All reviews"), *((str(review.pk), str(review)) for review in offered)]
        if is_cut:
            self.fields["review"].help_text = f"The newest {offering.MOST}"
        self.fields["agency"].queryset = Agency.objects.visible_to(user).only("name")

    def narrow(self, found):
        """Return whether the settled are wanted, the kind or nothing, and the warnings of the review and agency."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("review"):
            found = found.filter(review=chosen["review"])
        if chosen.get("agency"):
            found = found.filter(found_warnings.concerning([chosen["agency"].pk]))
        return bool(chosen.get("settled")), chosen.get("kind") or "", found

    @property
    def is_narrowed(self):
        """Whether a review or an agency is chosen."""
        return bool(self.data.get("review") or self.data.get("agency"))

    def address(self, **changes):
        """Return the address of the same list with something changed."""
        now = {name: self.data.get(name, "") for name in self.fields} | changes
        query = urlencode({name: value for name, value in now.items() if value})
        return f"{reverse('data-warnings')}{'?' if query else ''}{query}"


class SettleForm(OnceForm):
    """Why a warning is all right."""

    why = long_text(
        "Why is it all right?",
        "Enter why it is all right",
        "Whoever issues the next report reads this instead of the warning. "
        "If what the warning is about changes, the warning comes back.",
    )
