"""Who answers for an action: the people assigned to it, or else the leads of its lead agency.

Nobody is counted who has left or who may not see the action. Here that is said for many actions and people at once,
in a few queries; before anything is sent to a person, ``visible_to`` has the last word (digests.py).
"""

from collections import defaultdict

from reviews.models import Review
from scr_tracker.models import Membership, User
from scr_tracker.permissions import GRANTS, Permission, Role

from ..models import Action

#: What is read of each action to tell who answers for it.
FIELDS = ("pk", "review__partnership", "review", "review__restricted", "lead_agency")


class Duties:
    """The people of the partnerships with their roles, and who answers for each of some actions.

    ``actions`` is a QuerySet; it is read with ``FIELDS`` and the further fields asked for: ``rows`` has a dict of
    each by its key.
    """

    def __init__(self, actions, *more):
        self.rows = {row["pk"]: row for row in actions.order_by().values(*FIELDS, *more)}
        keys = actions.order_by().values("pk")
        self.people = {}
        self.managers, self.signing_off, self.deciding = defaultdict(set), defaultdict(set), defaultdict(set)
        self.members, self.chairs = defaultdict(set), defaultdict(set)
        self.leads, self.seniors = defaultdict(set), defaultdict(set)
        self._read_roles()
        self.assigned = defaultdict(list)
        through = Action.people.through.objects.filter(action__in=keys, user__is_active=True)
        for action, user in through.order_by("user").values_list("action", "user"):
            self.assigned[action].append(user)
        self._read_assigned()
        self.supporting = defaultdict(set)
        if self.assigned:
            helping = Action.supporting_agencies.through.objects.filter(action__in=keys)
            for action, agency in helping.values_list("action", "agency"):
                self.supporting[action].add(agency)
        named = Review.named_people.through.objects.filter(review__restricted=True, user__is_active=True)
        self.named = set(named.values_list("review", "user"))

    def _read_roles(self):
        """Put everybody with a role where the role counts."""
        for each in Membership.objects.filter(user__is_active=True).select_related("user").order_by("user", "pk"):
            self.people[each.user_id] = each.user
            if each.role == Role.AGENCY_LEAD:
                self.leads[each.agency_id].add(each.user_id)
                if each.is_senior:
                    self.seniors[each.agency_id].add(each.user_id)
                continue
            where = self.managers if each.role == Role.BUSINESS_MANAGER else self.members
            where[each.partnership_id].add(each.user_id)
            if each.is_senior:
                self.chairs[each.partnership_id].add(each.user_id)
            for permission, of in (
                (Permission.SIGN_OFF_ACTION, self.signing_off),
                (Permission.DECIDE_EXTENSION, self.deciding),
            ):
                if permission in GRANTS[each.role]:
                    of[each.partnership_id].add(each.user_id)

    def _read_assigned(self):
        """Add those who are assigned without a role, as an administrator may be."""
        assigned = {user for users in self.assigned.values() for user in users}
        if missing := assigned - self.people.keys():
            self.people |= User.objects.in_bulk(missing)

    def sees(self, person, row):
        """Whether somebody sees an action: what ``Action.objects.visible_to`` says, held against it by a test."""
        if self.people[person].is_superuser or person in self.managers[row["review__partnership"]]:
            return True
        if row["review__restricted"] and (row["review"], person) not in self.named:
            return False
        if person in self.members[row["review__partnership"]]:
            return True
        taking_part = {row["lead_agency"], *self.supporting.get(row["pk"], ())}
        return any(person in self.leads[agency] for agency in taking_part if agency)

    def answering(self, key):
        """Return the keys of the people who answer for an action."""
        row = self.rows[key]
        assigned = {person for person in self.assigned.get(key, ()) if self.sees(person, row)}
        return assigned or self.leading(row)

    def leading(self, row):
        """Return the keys of the leads of the lead agency who see an action, or many that are alike."""
        if not row["lead_agency"]:
            return set()
        return {person for person in self.leads[row["lead_agency"]] if self.sees(person, row)}

    def senior(self, key):
        """Return the keys of the senior leads of the lead agency who see an action and do not answer for it."""
        row = self.rows[key]
        seniors = self.seniors[row["lead_agency"]] if row["lead_agency"] else set()
        return {person for person in seniors if self.sees(person, row)} - self.answering(key)

    def chair(self, key):
        """Return the keys of those who chair the board and see an action."""
        row = self.rows[key]
        return {person for person in self.chairs[row["review__partnership"]] if self.sees(person, row)}

    def judging(self, key, who):
        """Return the keys of the managers, of those given by partnership, who see an action."""
        row = self.rows[key]
        return {person for person in who[row["review__partnership"]] if self.sees(person, row)}
