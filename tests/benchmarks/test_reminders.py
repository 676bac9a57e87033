"""What one morning's reminders cost: 2,000 people with all actions of a load, in one pass.

Who should be told is worked out a second time, the long way (tests/crowd.py), and nobody else may be.
"""

import time
from collections import Counter
from datetime import timedelta
from time import perf_counter

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from actions.models import Digest
from actions.reminding import overview, sending, waiting
from scr_tracker.models import Partnership
from tests import crowd
from tests.mailserver import MailServer
from tests.senders import start

pytestmark = pytest.mark.benchmark

SIZES, PEOPLE = (10_000, 100_000), 2_000
#: Queries for each person, and for everybody together, however many actions there are.
FOR_EACH, FOR_ALL = 16, 30
#: After which shares of the messages the command is killed.
KILLED_AT = (0.2, 0.5, 0.8)


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


def test_what_reminders_cost(loads, results, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    today = timezone.localdate()
    today -= timedelta(today.weekday())
    rows = []
    for size in SIZES:
        loads.use(size)
        with transaction.atomic():
            crowd.share_out(PEOPLE)
            mail.outbox = []
            with Counted() as pass_alone:
                waiting.candidates(today)
            with Counted() as run:
                sending.run(today)
            told = [message.to[0] for message in mail.outbox]
            with Counted() as page:
                overview.who_answers(list(Partnership.objects.all()))
            each = (run.queries - pass_alone.queries) / len(told)
            seconds = [pass_alone.seconds, run.seconds, page.seconds]
            rows.append([size, len(told), pass_alone.queries, each, page.queries, *seconds])
            assert pass_alone.queries <= FOR_ALL
            assert each <= FOR_EACH
            assert Digest.objects.sent().filter(day=today).count() == len(told) == len(set(told))
            assert set(told) == crowd.have_something(today)
            transaction.set_rollback(True)
    results.add(
        "Reminders to 2,000 people",
        ["actions", "sent", "queries of the pass", "for each", "of the page", "s: the pass", "all of it", "the page"],
        rows,
    )
    assert len(told) > PEOPLE


def test_killed_in_the_middle_nobody_gets_two_and_nobody_none(loads, results):
    with loads.copy_of(SIZES[-1]):
        crowd.share_out(PEOPLE)
        expected = crowd.have_something(timezone.localdate())
        assert len(expected) > PEOPLE
        under_way = set()
        with MailServer() as server:
            for share in KILLED_AT:
                process = start(server)
                while len(server.taken) < PEOPLE * share:
                    assert process.poll() is None, process.stdout.read()
                    time.sleep(0.001)
                process.kill()
                process.communicate()
                under_way |= set(Digest.objects.under_way().values_list("person__email", flat=True))
            process = start(server)
            said, _ = process.communicate()
            assert process.returncode == 0, said
        times = Counter(server.taken.addresses)
        twice = {address for address, number in times.items() if number > 1}
        results.add(
            "Reminders of 100,000 actions, killed in the middle",
            ["people", "kills", "sent", "under way at a kill", "sent twice under one Message-ID"],
            [[len(expected), len(KILLED_AT), len(times), len(under_way), len(twice)]],
        )
        assert set(times) == expected
        assert len(set(server.taken.names)) == len(expected)
        assert twice <= under_way
        assert Digest.objects.sent().count() == len(expected)
