"""The state of the list of actions: what its address says, what a saved view adds, what a person keeps."""

import re
from functools import cached_property

from django.http import QueryDict
from django.urls import reverse

from scr_tracker.permissions import Permission

from .models import Action, ListSettings, SavedView, Selected
from .tables import RELATED, known_columns

#: What an address says beside the filters and the order, and what no view keeps.
BESIDE = ("page", "view", "columns")

#: What the keys do, on the list.
KEYS = (
    ("j or ↓", "Go to the next action"),
    ("k or ↑", "Go to the action before"),
    ("Enter or o", "Open the action"),
    ("e", "Change the action in its row"),
    ("Ctrl and Enter", "Save what you have typed"),
    ("Enter", "Save, when you are not in the note"),
    ("Esc", "Leave the row as it was"),
    ("u", "Undo what you have just changed"),
    ("x", "Select the action, or no longer"),
    ("n", "Go to the next page"),
    ("p", "Go to the page before"),
    ("a", "Do something with all that are selected"),
    ("s", "Change the actions of this page on a sheet"),
    ("g", "Go to an action by its number"),
    ("?", "Show these keys"),
)


def state_of(query):
    """Return the filters and the order of an address, as text, in one order, without what is empty."""
    kept = QueryDict(mutable=True)
    for name in sorted(set(query) - set(BESIDE)):
        kept.setlist(name, [value for value in query.getlist(name) if value])
    return kept.urlencode()


def address_of(query):
    """Return all that an address of the list says, as text that is safe to go back to; empty filters are left out."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def keys_in(texts):
    """Return the keys of actions that a page sent, as numbers; what is none is left out."""
    return [int(text) for text in map(str, texts) if re.fullmatch("[0-9]{1,15}", text)]


class Listing:
    """The list as somebody sees it: the columns, the view that is open, and what they may change in it."""

    def __init__(self, user, query):
        self.user, self.query = user, query

    @cached_property
    def settings(self):
        """What the person has chosen for good; not saved yet where they have chosen nothing."""
        found = ListSettings.objects.filter(user=self.user).first()
        return found or ListSettings(user=self.user)

    @cached_property
    def views(self):
        """The saved views that the person can open, their own first."""
        found = SavedView.objects.visible_to(self.user).select_related("partnership", "agency")
        return sorted(found, key=lambda view: view.owner_id != self.user.pk)

    @cached_property
    def first_view(self):
        """The view that opens first, or None; one that is no longer shared with the person is none."""
        return next((view for view in self.views if view.pk == self.settings.opens_with_id), None)

    @cached_property
    def view(self):
        """The saved view that the address names, or None."""
        named = self.query.get("view", "")
        return next((view for view in self.views if str(view.pk) == named), None)

    @cached_property
    def columns(self):
        """The columns: those of the address, else of the view, else of the person, else everybody's."""
        asked = [name for name in self.query.get("columns", "").split(",") if name]
        return known_columns(asked or (self.view and self.view.columns) or self.settings.columns)

    @property
    def differs_from_view(self):
        """Whether the filters, the order or the columns are no longer those of the view that was opened."""
        view = self.view
        if view is None:
            return False
        return view.query != state_of(self.query) or (view.columns and view.columns != self.columns)

    @property
    def cannot_change_view(self):
        """Whether the view that was opened is for others to change."""
        return self.view is None or not self.view.may_be_changed_by(self.user)

    @property
    def url(self):
        """The address of this list."""
        return f"{reverse('action-list')}?{self.back or 'view=all'}"

    @property
    def keys(self):
        """What single keys do here."""
        return KEYS

    @property
    def back(self):
        """What the address of this list ends in."""
        return address_of(self.query)

    @cached_property
    def related(self):
        """What else must be read of each action, for the columns and for what may be changed."""
        needed = {RELATED[name] for name in self.columns if name in RELATED}
        return sorted(needed | ({"supporting_agencies"} if self._agencies else set()))

    def ways(self, seen_whole):
        """Return what the person may see in parts, one for each way to an action, the most urgent first."""
        return Action.objects.by_urgency().ways_to_see(self.user, whole=seen_whole)

    @cached_property
    def selected(self):
        """The keys of the actions that the person has ticked on whatever page, as far as they still see them."""
        if not Selected.objects.filter(by=self.user).exists():
            return set()
        seen = Action.objects.visible_to(self.user).selected_by(self.user)
        return set(seen.order_by().values_list("pk", flat=True))

    def selection_beside(self, shown):
        """Return what is said of the ticks, where a page shows the actions with these keys."""
        return {
            **{"shown": shown, "number": len(self.selected), "elsewhere": len(self.selected - set(shown))},
            "is_all_that_shows": bool(self.query.get("selected")),
        }

    @cached_property
    def _partnerships(self):
        return self.user.partnerships_granting(Permission.UPDATE_ACTION)

    @cached_property
    def _agencies(self):
        return set(self.user.led_agencies)

    @property
    def may_change_some(self):
        """Whether the person may change any action at all; board members only read."""
        return self.user.is_superuser or bool(self._partnerships) or bool(self._agencies)

    def may_change(self, action):
        """Whether the person may change an action that the list shows, without asking the database."""
        if self.user.is_superuser or action.review.partnership_id in self._partnerships:
            return True
        if not self._agencies or action.lead_agency_id in self._agencies:
            return bool(self._agencies)
        return any(each.pk in self._agencies for each in action.supporting_agencies.all())
