"""The command is killed, again and again, by kill -9: nobody gets two, nobody none."""

import random
import time
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from actions.models import Digest, Reminder
from scr_tracker.models import Membership, User
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, AgencyFactory, ReviewFactory, SectionFactory
from tests.mailserver import MailServer
from tests.senders import start

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, MOST_RUNS, PATIENCE = 70, 40, 90


@pytest.fixture
def people():
    """Many people who each answer for an action that is long overdue, and so are chased as well."""
    review = ReviewFactory()
    agency = AgencyFactory(partnerships=[review.partnership])
    section = SectionFactory(review=review)
    found = User.objects.bulk_create(User(email=f"lead{n}@example.org", name=f"Lead {n}") for n in range(PEOPLE))
    for user in found:
        Membership(user=user, role=Role.AGENCY_LEAD, agency=agency).save()
        action = ActionFactory(
            recommendation__section=section, lead_agency=agency, target_date=timezone.localdate() - timedelta(30)
        )
        action.last_update_on = None
        action.save()
        action.people.add(user)
    return found


def test_nobody_gets_two_and_nobody_none(people):
    draw = random.Random(20261124)
    with MailServer() as server:
        kills, under_way = 0, []
        for _ in range(MOST_RUNS):
            process = start(server)
            before, wanted = len(server.taken), draw.randrange(1, PEOPLE // 5)
            deadline = time.monotonic() + PATIENCE
            while process.poll() is None and len(server.taken) < before + wanted:
                assert time.monotonic() < deadline
                time.sleep(0.0005)
            time.sleep(draw.random() * 0.03)
            if process.poll() is not None:
                assert process.returncode == 0, process.stdout.read()
                process.stdout.close()
                break
            process.kill()
            process.wait()
            process.stdout.close()
            kills += 1
            under_way += Digest.objects.under_way().values_list("person__email", flat=True)
        else:
            pytest.fail("It never came to the end.")
        taken = server.taken

    # Nobody is left out, and everybody's message has one Message-ID, by which it is one message.
    assert kills >= 5
    assert set(taken.addresses) == {user.email for user in people}
    assert Counter(address for address, _ in set(zip(taken.addresses, taken.names, strict=True))) == Counter(
        user.email for user in people
    )
    # The server took a message twice only where the kill fell between its "250" and the end of the transaction.
    twice = [address for address, times in Counter(taken.addresses).items() if times > 1]
    assert set(twice) <= set(under_way)
    assert len(taken) - len(people) <= kills
    # What was recorded is what was sent.
    assert Digest.objects.sent().count() == Reminder.objects.count() == len(people)


def test_a_refused_address_stops_nobody_else_and_is_tried_again(people):
    with MailServer(refused=["lead3@example.org"]) as server:
        process = start(server)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert "The mail server refused: lead3@example.org" in said
        assert len(server.taken) == PEOPLE - 1
        assert "nobody of this name" in Digest.objects.get(person__email="lead3@example.org").problem
        server.refused.clear()
        process = start(server)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert sorted(server.taken.addresses) == sorted(user.email for user in people)


def test_a_mail_server_that_is_away_leaves_everybody_to_the_next_run(people):
    with MailServer() as server:
        port = server.port
    process = start(SimpleNamespace(port=port))
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "The mail server cannot be reached" in said
    assert not Digest.objects.sent().exists()
    with MailServer() as server:
        process = start(server)
        process.communicate(timeout=PATIENCE)
        assert len(server.taken) == PEOPLE
