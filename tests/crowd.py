"""Many agency leads who share the actions of a load, and what waits for each, worked out the long way."""

from collections import defaultdict
from datetime import timedelta
from itertools import cycle

from django.db.models import F

from actions import steps
from actions.choices import Status
from actions.models import Action
from scr_tracker.models import Membership, Partnership, User
from scr_tracker.permissions import Role


def share_out(number):
    """Make so many leads in the agencies that lead open actions, and assign these in turn, the soonest due first.

    So everybody has as many as the next of what is due soon, and somebody is without only where there is too little.
    """
    leading = Action.objects.open().filter(lead_agency__isnull=False, review__restricted=False).order_by()
    agencies = sorted(set(leading.values_list("lead_agency", flat=True)))
    people = User.objects.bulk_create(User(email=f"crowd{n}@example.org", name=f"Lead {n}") for n in range(number))
    of_agency = defaultdict(list)
    for person, agency in zip(people, cycle(agencies), strict=False):
        of_agency[agency].append(person)
    Membership._base_manager.bulk_create(
        Membership(user=person, role=Role.AGENCY_LEAD, agency_id=agency)
        for agency, those in of_agency.items()
        for person in those
    )
    turns = {agency: cycle(those) for agency, those in of_agency.items()}
    at_work = leading.filter(lead_agency__in=turns, status__in=steps.AT_WORK, extension_pending=False)
    soonest = at_work.order_by(F("target_date").asc(nulls_last=True), "pk").values_list("pk", "lead_agency")
    through = Action.people.through
    through.objects.bulk_create(
        (through(action_id=pk, user=next(turns[agency])) for pk, agency in soonest), batch_size=5000
    )


def have_something(today):
    """Return the addresses of all for whom something waits on a day, from the rules as the guide tells them.

    One person after the other, each by what they may see. Nothing of a load was returned, and nobody is senior.
    """
    houses = set(Partnership._base_manager.filter(sends_reminders=True).values_list("pk", flat=True))
    people = User.objects.filter(is_active=True, memberships__isnull=False).distinct().prefetch_related("memberships")
    manages, leads, seen, answer = {}, {}, {}, defaultdict(set)
    for person in people:
        roles = list(person.memberships.all())
        manages[person] = {each.partnership_id for each in roles if each.role == Role.BUSINESS_MANAGER}
        leads[person] = {each.agency_id for each in roles if each.role == Role.AGENCY_LEAD}
        fields = ("pk", "status", "extension_pending", "target_date", "lead_agency", "submitted_by")
        rows = Action.objects.visible_to(person).open().filter(review__partnership__in=houses).order_by()
        seen[person] = list(rows.values_list(*fields, "review__partnership"))
        for key in rows.filter(people=person).values_list("pk", flat=True):
            answer[key].add(person)
    found = set()
    for person, rows in seen.items():
        for key, status, asked, target, agency, submitted_by, house in rows:
            if house in manages[person] and ((status == Status.SUBMITTED and submitted_by != person.pk) or asked):
                found.add(person.email)
            answers = person in answer[key] if answer[key] else agency in leads[person]
            near = target is not None and target <= today + timedelta(30)
            if answers and near and not asked and status in steps.AT_WORK:
                found.add(person.email)
    return found
