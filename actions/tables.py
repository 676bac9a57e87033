"""Lists of actions."""

from urllib.parse import urlencode

import django_tables2 as tables
from django.db.models import F, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django_tables2.data import TableQuerysetData

from scr_tracker import paging
from scr_tracker.templatetags.components import rating_pair, rating_tag, status_tag
from scr_tracker.words import day, shortened

from .models import Action
from .rating import WORST_FIRST

#: What a box says that is ticked already.
TICKED = mark_safe(" checked")
#: The place of a rating among all, the worst first; so written, the database works the rating out only once.
PLACE_OF_RATING = StrIndex(Value(" ".join(WORST_FIRST)), F("rated"))
#: The ratings in their order, where a list is sorted by them.
BY_RATING = {"rating": WORST_FIRST, "-rating": WORST_FIRST[::-1]}

#: The columns that a person can choose, in the order in which they first stand, and what chooses calls them.
CHOICE = {
    **{"review": "Review", "number": "Number", "lead": "Lead", "due": "Due", "rating": "Rating"},
    **{"status": "Status", "updated": "Last update", "officers": "Lead officers", "assigned": "Assigned to"},
    **{"own": "Own rating", "moved": "Times moved", "originally": "First due", "supporting": "Supporting"},
}
#: Those that everybody begins with.
FIRST_CHOICE = ("review", "number", "lead", "due", "rating", "status", "updated")
#: The columns that need more of an action than it says itself, and what of it.
RELATED = {"assigned": "people", "supporting": "supporting_agencies"}


def known_columns(names):
    """Return those of the names that are columns, each once, or the first choice where none is."""
    return [name for name in dict.fromkeys(names) if name in CHOICE] or list(FIRST_CHOICE)


class KeysFirst(TableQuerysetData):
    """Actions of which a page is cut by key alone, and no more are counted than anybody looks through.

    The database then sorts and skips narrow rows, and joins what a list shows to the page's rows only. What it skips
    it must read, so pages of the second half are counted from the end, where that is known: the last page costs what
    the first does. ``most`` says how many are counted; ``is_over`` whether there are more, which only what narrows
    the list brings to light.

    ``ways`` are the same actions in parts (``ways_to_see``): the first of all are among the first of each.
    """

    def __init__(self, data, related=(), most=paging.MOST, ways=()):
        super().__init__(data)
        self.related, self.most, self.ratings = related, most, ()
        #: All actions in the order of the list, and those of each way.
        self._parts = [Action.objects.order_by(*data.query.order_by), *ways] if len(ways) > 1 else []

    @cached_property
    def _counted(self):
        if not self._parts:
            return paging.count_up_to(self.data, self.most)
        return paging.count_of_parts_up_to(self._parts[1:], self.most)

    def __len__(self):
        return min(self._counted, self.most)

    @property
    def is_over(self):
        """Whether there are more than are counted."""
        return self._counted > self.most

    def order_by(self, aliases):
        """Sort by some columns."""
        self.ratings = BY_RATING.get(str(next(iter(aliases), "")), ())
        in_order = []
        for actions in (*self._parts, self.data):
            self.data = actions
            super().order_by(aliases)
            in_order.append(self.data)
        *self._parts, self.data = in_order

    def __getitem__(self, page):
        """Return the actions of a slice, in order, with everything that a list shows."""
        keys = self._keys_by_rating(page.stop)[page] if self.ratings else self._keys(page)
        found = Action.objects.for_list().prefetch_related(*self.related).in_bulk(keys)
        return [found[key] for key in keys]

    def _keys(self, page):
        total = len(self)
        if page.start > total // 2 and not self.is_over:
            return self._cut(max(total - page.stop, 0), total - page.start, lambda actions: actions.reverse())[::-1]
        return self._cut(page.start, page.stop)

    def _keys_by_rating(self, stop):
        """Return the first keys by rating: one rating after the other, by urgency, until there are enough.

        No index knows a rating, because it depends on the day: the database would work out and sort all of them.
        """
        keys = []
        for rated in self.ratings:
            # The name is bound now: the next rating is another.
            keys += self._cut(0, stop - len(keys), lambda actions, of=rated: actions.filter(rated=of).by_urgency())
            if len(keys) == stop:
                break
        return keys

    def _cut(self, start, stop, changed=lambda actions: actions):
        """Return the keys from one place to another, of the actions or of these narrowed or in another order."""
        found = changed(self.data)
        if self._parts:
            all_actions, *ways = map(changed, self._parts)
            found = all_actions.filter(pk__in=paging.first_of_each(ways, stop))
        return list(found.values_list("pk", flat=True)[start:stop])


class ActionTable(tables.Table):
    """Actions with where each comes from, who leads it, when it is due and how it stands.

    ``chosen`` are the columns in their order; ``worker`` is who can choose rows and change them here, and ``back``
    the query of the list that they come back to. ``said`` are words beside actions, by their keys.
    """

    chosen = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name="Choose",
        attrs={"beside": "row", "th": {"class": "app-list__choose"}, "td": {"class": "app-list__choose"}},
    )
    # What is rendered from the record alone needs no value looked up first: empty_values=() says so.
    action = tables.Column(accessor="text", verbose_name="Action", empty_values=(), order_by=("text", "pk"))
    review = tables.Column(accessor="review", empty_values=(), order_by=("review__reference", "pk"))
    number = tables.Column(
        accessor="called", verbose_name="Number", empty_values=(), order_by=("recommendation", "order")
    )
    lead = tables.Column(
        accessor="lead_agency", verbose_name="Lead", empty_values=(), order_by=("lead_agency__name", "pk")
    )
    due = tables.Column(accessor="target_date", verbose_name="Due", empty_values=())
    rating = tables.Column(accessor="own_rating", verbose_name="Rating", empty_values=())
    status = tables.Column(empty_values=(), order_by=("status", "pk"))
    updated = tables.Column(accessor="last_update_on", verbose_name="Last update", empty_values=())
    officers = tables.Column(accessor="lead_officers", verbose_name="Lead officers", orderable=False, default="")
    assigned = tables.Column(accessor="pk", verbose_name="Assigned to", orderable=False)
    own = tables.Column(accessor="own_rating", verbose_name="Own rating", order_by=("own_rating", "pk"), default="")
    moved = tables.Column(
        accessor="times_moved", verbose_name="Times moved", attrs={"td": {"class": "app-table__number"}}
    )
    originally = tables.Column(accessor="originally_due", verbose_name="First due", default="")
    supporting = tables.Column(accessor="pk", verbose_name="Supporting", orderable=False)
    change = tables.Column(
        empty_values=(),
        orderable=False,
        verbose_name="Change",
        attrs={"beside": "row", "td": {"class": "app-list__do"}},
    )

    class Meta:
        model = Action
        fields = ()
        caption = "Actions"

    def __init__(self, *args, chosen=FIRST_CHOICE, worker=None, back="", said=None, **kwargs):
        shown = ["action", *chosen]
        if worker:
            shown = ["chosen", *shown, *["change"] * worker.may_change_some]
        kwargs["sequence"] = shown
        kwargs["exclude"] = [name for name in self.base_columns if name not in shown]
        super().__init__(*args, **kwargs)
        self.worker, self.back, self.said = worker, back, said or {}

    @property
    def order_in_words(self):
        """In which order the actions stand."""
        sorted_by = [each for each in self.order_by or () if each.bare in self.base_columns]
        if not sorted_by:
            return "open ones first, the most urgent at the top"
        way = "in reverse order of" if sorted_by[0].is_descending else "in order of"
        return f"{way} “{self.base_columns[sorted_by[0].bare].verbose_name}”"

    def open_row(self, record):
        """Return the start tag of an action's row, by which scripts and addresses find it."""
        if not self.worker:
            return '<tr role="row">'
        return format_html('<tr role="row" id="action-{}" data-row="{}">', record.pk, record.pk)

    def render_chosen(self, record):
        """Show a box to tick; it belongs to the form below the table."""
        return format_html(
            '<span class="app-tick"><input type="checkbox" class="app-tick__box" name="chosen" value="{0}"'
            ' form="choose" id="choose-{0}" autocomplete="off"{3}><label for="choose-{0}">'
            '<span class="govuk-visually-hidden">Choose action {1} of {2}</span></label></span>',
            record.pk,
            record.called,
            record.review,
            TICKED if record.pk in self.worker.selected else "",
        )

    def render_change(self, record):
        """Lead to changing the action here, where the person may."""
        if not self.worker.may_change(record):
            return ""
        address = f"{reverse('quick-change', args=[record.pk])}?{urlencode({'back': self.back})}"
        return format_html(
            '<a class="govuk-link" data-change hx-get="{0}" hx-target="closest tr" hx-swap="outerHTML" href="{0}">'
            'Change<span class="govuk-visually-hidden"> action {1} of {2}</span></a>',
            address,
            record.called,
            record.review,
        )

    def render_officers(self, value):
        """Show the posts, one after the other."""
        return ", ".join(value)

    def render_assigned(self, record):
        """Show the people to whom it is assigned."""
        return ", ".join(str(person) for person in record.people.all())

    def render_supporting(self, record):
        """Show the agencies that support it."""
        return ", ".join(agency.short_name or agency.name for agency in record.supporting_agencies.all())

    def render_own(self, record):
        """Show the lead's own rating as word, shape and colour."""
        return rating_tag(record.own_rating, record.review.partnership.rating_labels)

    def render_action(self, record):
        """Show the first words of the action, as a link to it."""
        return format_html(
            '<a class="govuk-link" data-open href="{}">{}</a>{}',
            reverse("action", args=[record.pk]),
            shortened(record.text, 140),
            self.said.get(record.pk, ""),
        )

    def render_review(self, record):
        """Show the reference and the pseudonym of the review."""
        return str(record.review)

    def render_number(self, record):
        """Show what people call the action."""
        return record.called

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

    def render_updated(self, record):
        """Show the day of the last update."""
        return day(record.last_update_on) if record.last_update_on else ""

    def order_originally(self, queryset, is_descending):
        """Sort by the first target date; those without one stay last."""
        date = F("original_target_date")
        return queryset.order_by(IsNull(date, True), date.desc() if is_descending else date, "pk"), True

    def order_moved(self, queryset, is_descending):
        """Sort by how often the date was moved."""
        times = F("times_moved")
        return queryset.order_by(times.desc() if is_descending else times.asc(), "pk"), True

    def order_due(self, queryset, is_descending):
        """Sort by target date; those without a date stay last."""
        date = F("target_date")
        return queryset.order_by(IsNull(date, True), date.desc() if is_descending else date, "pk"), True

    def order_rating(self, queryset, is_descending):
        """Sort by rating, worst first."""
        place = PLACE_OF_RATING.desc() if is_descending else PLACE_OF_RATING.asc()
        queryset = queryset.with_rating().by_urgency()
        return queryset.order_by(place, *queryset.query.order_by), True

    def order_updated(self, queryset, is_descending):
        """Sort by last update; those without one count as oldest."""
        return queryset.by_last_update(latest=is_descending), True
