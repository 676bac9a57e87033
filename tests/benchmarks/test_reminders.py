"""What one morning's reminders cost: 2,000 people with all actions of a load, in one pass."""

from datetime import timedelta
from itertools import cycle
from time import perf_counter

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from actions.models import Action, Digest
from actions.reminding import overview, sending, waiting
from scr_tracker.models import Agency, Membership, Partnership, User
from scr_tracker.permissions import Role

pytestmark = pytest.mark.benchmark

SIZES, PEOPLE = (10_000, 100_000), 2_000
#: Queries for each person, and for everybody together, however many actions there are.
FOR_EACH, FOR_ALL = 16, 30


class Counted:
    """Counts the queries of a block, and the seconds that it takes; Django's own log ends at some thousands."""

    def __enter__(self):
        self.queries, self.start = 0, perf_counter()
        self.wrapper = connection.execute_wrapper(self._count)
        self.wrapper.__enter__()
        return self

    def __exit__(self, *error):
        self.wrapper.__exit__(*error)
        self.seconds = perf_counter() - self.start

    def _count(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)


@pytest.fixture
def share_out():
    """Return a function that shares the open actions of a load out among many leads."""

    def share():
        people = User.objects.bulk_create(
            User(email=f"benchmark{n}@example.org", name=f"Lead {n}") for n in range(PEOPLE)
        )
        agencies = cycle(Agency.objects.order_by("pk"))
        of_agency = {}
        memberships = []
        for person in people:
            agency = next(agencies)
            of_agency.setdefault(agency.pk, []).append(person)
            memberships.append(Membership(user=person, role=Role.AGENCY_LEAD, agency=agency))
        Membership._base_manager.bulk_create(memberships)
        turns = {agency: cycle(those) for agency, those in of_agency.items()}
        through = Action.people.through
        rows = Action.objects.open().filter(lead_agency__in=of_agency).values_list("pk", "lead_agency")
        through.objects.bulk_create(
            (through(action_id=pk, user=next(turns[agency])) for pk, agency in rows), batch_size=5000
        )

    return share


def test_what_reminders_cost(loads, share_out, results, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    today = timezone.localdate()
    today -= timedelta(today.weekday())
    rows = []
    for size in SIZES:
        loads.use(size)
        with transaction.atomic():
            share_out()
            mail.outbox = []
            with Counted() as pass_alone:
                waiting.candidates(today)
            with Counted() as run:
                sending.run(today)
            sent = len(mail.outbox)
            with Counted() as page:
                overview.who_answers(list(Partnership.objects.all()))
            each = (run.queries - pass_alone.queries) / sent
            seconds = [pass_alone.seconds, run.seconds, page.seconds]
            rows.append([size, sent, pass_alone.queries, each, page.queries, *seconds])
            assert pass_alone.queries <= FOR_ALL
            assert each <= FOR_EACH
            assert Digest.objects.sent().filter(day=today).count() == sent
            transaction.set_rollback(True)
    results.add(
        "Reminders to 2,000 people",
        ["actions", "sent", "queries of the pass", "for each", "of the page", "s: the pass", "all of it", "the page"],
        rows,
    )
    assert sent >= PEOPLE * 0.9
