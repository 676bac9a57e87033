"""Who has not answered: everybody who answers for something that is due, when they were reminded and last reported."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Max, OuterRef, Q, Subquery, When
from django.utils import timezone

from scr_tracker.models import Membership, Partnership, User
from scr_tracker.permissions import Permission

from ..models import Action, Digest, Extension, Meeting, Reminder, Update
from .duties import Duties
from .waiting import LATER_DAYS, at_work


@dataclass
class Standing:
    """One person, what waits for them in some partnerships, and whether they have answered."""

    person: User
    places: list
    overdue: int = 0
    due_soon: int = 0
    reminded_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def is_silent(self):
        """Whether something is overdue, they were reminded, and have not reported since."""
        if not (self.overdue and self.reminded_at):
            return False
        return self.answered_at is None or self.answered_at < self.reminded_at


def who_answers(partnerships):
    """Return a Standing of everybody who answers for something due in the partnerships.

    The number of queries is constant. Those who were reminded longest ago and have not answered come first. Only
    actions to which somebody is assigned are looked at one by one; of the others, those that are alike are counted.
    """
    today = timezone.localdate()
    pks = [partnership.pk for partnership in partnerships]
    theirs = Action.objects.filter(review__partnership__in=pks)
    due = at_work() & theirs.filter(target_date__lte=today + timedelta(LATER_DAYS))
    assigned = Q(pk__in=Action.people.through.objects.filter(user__is_active=True).values("action"))
    duties = Duties(due.filter(assigned), "target_date")
    overdue, due_soon = Counter(), Counter()
    for key, row in duties.rows.items():
        (overdue if row["target_date"] < today else due_soon).update(duties.answering(key))
    for row in _alike(due.exclude(assigned), today):
        for person in duties.leading(row):
            overdue[person] += row["overdue"]
            due_soon[person] += row["due_soon"]
    concerned = overdue.keys() | due_soon.keys()
    reminded, answered = _reminded(pks, concerned), _answered(pks, concerned)
    places = _places(pks, concerned)
    found = [
        Standing(duties.people[key], places[key], overdue[key], due_soon[key], reminded.get(key), answered.get(key))
        for key in concerned
    ]
    long_ago = timezone.now() + timedelta(1)
    return sorted(
        found, key=lambda each: (not each.is_silent, each.reminded_at or long_ago, -each.overdue, each.person.name)
    )


def why_nobody(everybody):
    """Return (title, text) that say why nobody of a list of standings is silent, where nobody is."""
    overdue = [each for each in everybody if each.overdue]
    waiting = [each for each in overdue if not each.reminded_at]
    if not overdue:
        return "Nothing is overdue", "Nobody answers for an action that is past its target date."
    if len(waiting) == len(overdue):
        return "Nobody has been reminded yet", "Whoever has overdue actions is listed here once reminded of them."
    if waiting:
        text = "The others with overdue actions have not been reminded yet."
        return "Everybody who was reminded has answered", text
    return "Everybody has answered", "Everybody with overdue actions was reminded, and has reported since."


def _alike(due, today):
    """Return how many actions are alike to whoever asks who leads them and sees them: rows as those of Duties.

    Those of a restricted review are counted by themselves, because a review says who sees it.
    """
    restricted = Case(When(review__restricted=True, then="review"))
    alike = due.filter(lead_agency__isnull=False).order_by()
    rows = alike.values("review__partnership", "review__restricted", "lead_agency", restricted=restricted).annotate(
        overdue=Count("pk", filter=Q(target_date__lt=today)), due_soon=Count("pk", filter=Q(target_date__gte=today))
    )
    return [{**row, "pk": None, "review": row["restricted"]} for row in rows]


def _reminded(partnerships, people):
    """Return {person: when they were last told something of the partnerships}."""
    digests = Digest.objects.sent().filter(about__in=partnerships, person__in=people).order_by()
    by_hand = Reminder.objects.filter(action__review__partnership__in=partnerships, person__in=people).order_by()
    return _latest(
        digests.values_list("person").annotate(latest=Max("sent_at")),
        by_hand.values_list("person").annotate(latest=Max("at")),
    )


def _answered(partnerships, people):
    """Return {person: when they last reported in the partnerships, or asked for a later date}."""
    there = Q(action__review__partnership__in=partnerships)
    updates = Update.objects.filter(there, by=OuterRef("pk")).order_by("-at").values("at")
    asked = Extension.objects.filter(there, asked_by=OuterRef("pk")).order_by("-asked_at").values("asked_at")
    # One person after the other: the first that an index gives is the latest, however many there are.
    found = User.objects.filter(pk__in=people).annotate(reported=Subquery(updates[:1]), asked=Subquery(asked[:1]))
    moments = found.values_list("pk", "reported", "asked")
    return {person: max(filter(None, at)) for person, *at in moments if any(at)}


def _latest(*found):
    latest = {}
    for rows in found:
        for person, at in rows:
            latest[person] = max(at, latest.get(person, at))
    return latest


def _places(partnerships, people):
    """Return {person: names of the agencies and partnerships, of those given, for which they are here}."""
    found = defaultdict(list)
    memberships = Membership.objects.of(partnerships).filter(user__in=people).select_related("agency", "partnership")
    for membership in memberships:
        found[membership.user_id].append(f"{membership.place}{f', {membership.senior_words}' * membership.is_senior}")
    return found


def upcoming_quiet(partnerships):
    """Return the meetings of the partnerships for which leads are, or will be, left in peace, the next first."""
    today = timezone.localdate()
    house = Q(partnership__in=partnerships, partnership__quiet_before_meetings=True)
    found = Meeting.objects.filter(house, papers_close_on__isnull=False, date__gte=today)
    return found.select_related("partnership").order_by("date", "pk")[:5]


def managed(user):
    """The partnerships whose leads the user reminds."""
    return Partnership.objects.where(user, may=Permission.REMIND)
