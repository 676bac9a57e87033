"""Who is in the demonstration: partnerships, agencies, people and meetings."""

from django.contrib.auth.hashers import make_password

from actions.models import Meeting
from scr_tracker.history import remember, remember_joined
from scr_tracker.models import Agency, Membership, Partnership, User
from scr_tracker.permissions import Role

from .history import when

#: How long ago the tracker was taken into use.
SET_UP = 800


class World:
    """The partnerships, agencies and people of the demonstration, by their keys in the files."""

    def __init__(self, told, clock):
        self.partnerships = {each["key"]: _partnership(each) for each in told["partnerships"]}
        self.agencies = {}
        for each in told["agencies"]:
            self.agencies[each["key"]] = self._agency(each, clock.moment(SET_UP))
        remember_joined(
            Agency,
            "partnerships",
            [
                (self.agencies[each["key"]], self.partnerships[key])
                for each in told["agencies"]
                for key in each["partnerships"]
            ],
        )
        password = make_password(told["password"])
        self.people = {each["key"]: _person(each, password, clock) for each in told["people"]}
        self.leads, self.managers = {}, {}
        for each in told["people"]:
            for role in each.get("roles", []):
                self._membership(self.people[each["key"]], role, clock.moment(SET_UP, minutes=30))
        self.meetings = [self._meeting(each, clock) for each in told["meetings"]]

    def _agency(self, told, at):
        return remember(
            when(
                Agency(
                    name=told["name"],
                    short_name=told["short_name"],
                    colour=told["colour"],
                    other_names=told.get("other_names", []),
                    successor=self.agencies.get(told.get("successor")),
                ),
                at,
            ),
            by=None,
            why="Set up",
        )

    def _membership(self, person, told, at):
        agency = self.agencies.get(told.get("agency"))
        membership = Membership(
            user=person,
            role=told["role"],
            partnership=self.partnerships.get(told.get("partnership")),
            agency=agency,
        )
        remember(when(membership, at), by=None, why="Set up")
        if agency:
            self.leads[agency] = person
        elif membership.role == Role.BUSINESS_MANAGER:
            self.managers.setdefault(membership.partnership, person)

    def _meeting(self, told, clock):
        """Enter a meeting, two months before it where that has been."""
        partnership, entered = self.partnerships[told["partnership"]], clock.moment(max(told["days_ago"] + 60, 1))
        meeting = Meeting(
            partnership=partnership,
            name=told["name"],
            date=clock.day(told["days_ago"]),
            papers_close_on=clock.day(told["papers_close_days_ago"]),
            present=told.get("present", ""),
            decisions=told.get("decisions", ""),
        )
        remember(when(meeting, entered), by=self.managers[partnership], why="Meeting entered")
        if attended := told.get("attended"):
            when(meeting, clock.moment(told["days_ago"]), by=self.managers[partnership], why="Presence noted")
            meeting.attended.add(*(self.people[key] for key in attended))
        return meeting


def _partnership(told):
    return Partnership.objects.create(**{name: value for name, value in told.items() if name != "key"})


def _person(told, password, clock):
    administrator = told.get("administrator", False)
    return User.objects.create(
        email=told["email"],
        name=told["name"],
        job_title=told["job_title"],
        password=password if told["signs_in"] else make_password(None),
        is_active=told.get("active", True),
        is_staff=administrator,
        is_superuser=administrator,
        date_joined=clock.moment(SET_UP),
    )
