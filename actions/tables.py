"""Lists of actions."""

import django_tables2 as tables
from django.db.models import F, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django_tables2.data import TableQuerysetData

from scr_tracker.templatetags.components import rating_pair, status_tag

from .models import Action
from .rating import WORST_FIRST

#: The place of a rating among all, the worst first; so written, the database works the rating out only once.
PLACE_OF_RATING = StrIndex(Value(" ".join(WORST_FIRST)), F("rated"))


class KeysFirst(TableQuerysetData):
    """Actions of which a page is cut by key alone.

    The database then sorts and skips narrow rows, and joins what a list shows to the page's rows only. What
    it skips it must read, so pages of the second half are counted from the end: the last page of a hundred
    thousand costs what the first does.
    """

    def __getitem__(self, page):
        """Return the actions of a slice, in order, with everything that a list shows."""
        keys, total = self.data.values_list("pk", flat=True), len(self)
        if page.start > total // 2:
            keys = list(keys.reverse()[max(total - page.stop, 0) : total - page.start])[::-1]
        else:
            keys = list(keys[page])
        found = Action.objects.for_list().in_bulk(keys)
        return [found[key] for key in keys]


class ActionTable(tables.Table):
    """Actions with where each comes from, who leads it, when it is due and how it stands."""

    action = tables.Column(accessor="text", verbose_name="Action", order_by=("text", "pk"))
    review = tables.Column(accessor="review", order_by=("review__reference", "pk"))
    number = tables.Column(
        accessor="recommendation__number", verbose_name="Recommendation", order_by=("recommendation", "order")
    )
    lead = tables.Column(
        accessor="lead_agency", verbose_name="Lead", empty_values=(), order_by=("lead_agency__name", "pk")
    )
    due = tables.Column(accessor="target_date", verbose_name="Due", empty_values=())
    rating = tables.Column(accessor="own_rating", verbose_name="Rating", empty_values=())
    status = tables.Column(order_by=("status", "pk"))
    updated = tables.Column(accessor="last_update_on", verbose_name="Last update", default="")

    class Meta:
        model = Action
        fields = ()
        sequence = ("action", "review", "number", "lead", "due", "rating", "status", "updated")
        caption = "Actions"

    def render_action(self, record):
        """Show the first words of the action, as a link to it."""
        return format_html(
            '<a class="govuk-link" href="{}">{}</a>',
            reverse("action", args=[record.pk]),
            Truncator(record.text).chars(140),
        )

    def render_lead(self, record):
        """Show the agency that leads, or the post where no agency is known."""
        if record.lead_agency:
            return record.lead_agency.short_name or record.lead_agency.name
        return ", ".join(record.lead_officers)

    def render_due(self, record):
        """Show the target date as exactly as it is known, and how late the action is."""
        if not (delay := record.delay):
            return record.due
        return format_html('{}<br><span class="app-overdue">{} overdue</span>', record.due, delay)

    def render_rating(self, record):
        """Show the rating as word, shape and colour; the partnership's own is marked as such."""
        labels, validated = record.review.partnership.rating_labels, bool(record.validated_rating)
        return rating_pair(record.rating(), labels, validated=validated, agency_says=record.agency_says)

    def render_status(self, record):
        """Show the status as a tag."""
        return status_tag(record.status)

    def render_updated(self, value):
        """Show the day of the last update."""
        return f"{value.day} {value:%b %Y}"

    def order_due(self, queryset, is_descending):
        """Sort by target date; those without a date stay last."""
        date = F("target_date")
        return queryset.order_by(IsNull(date, True), date.desc() if is_descending else date, "pk"), True

    def order_rating(self, queryset, is_descending):
        """Sort by rating, worst first."""
        place = PLACE_OF_RATING.desc() if is_descending else PLACE_OF_RATING.asc()
        return queryset.with_rating().order_by(place, "target_date", "pk"), True

    def order_updated(self, queryset, is_descending):
        """Sort by last update; those without one count as oldest."""
        date = F("last_update_on")
        order = date.desc(nulls_last=True) if is_descending else date.asc(nulls_first=True)
        return queryset.order_by(order, "pk"), True
