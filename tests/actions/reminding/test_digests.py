"""One message a day for everybody: what stands in it, when it comes, and what never stands in it."""

from contextlib import nullcontext
from datetime import timedelta
from io import StringIO
from threading import Thread

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from actions import load, services
from actions.choices import Status
from actions.models import Action, Digest, Meeting
from actions.reminding import digests, sending, waiting
from actions.reminding.duties import Duties
from scr_tracker.alone import alone
from scr_tracker.models import Frequency, Partnership, User
from scr_tracker.permissions import Role
from tests import crowd
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    ReviewFactory,
    UserFactory,
)

from .conftest import TODAY

pytestmark = pytest.mark.django_db


class TestADigest:
    def test_is_one_message_with_everything_by_how_near_it_is(self, due, send, world):
        for days, text in ((30, "Thirty"), (14, "Fourteen"), (0, "Now"), (-3, "Late"), (31, "Far"), (15, "Fifteen")):
            due(days, text=f"{text} days.")
        told = send()
        assert list(told) == ["lea@example.org"]
        words = told["lea@example.org"]
        order = [words.index(text) for text in ("OVERDUE (1)", "Late", "DUE TODAY", "Now", "NEXT 14", "Fourteen")]
        assert order == sorted(order)
        assert words.index("NEXT 30 DAYS (2)") < words.index("Fifteen") < words.index("Thirty")
        assert "Far" not in words
        assert words.startswith("SCR Tracker: 1 overdue, 1 due today, 3 due soon\n")
        assert "3 days ago" in words

    def test_has_text_and_html_with_links_to_the_actions_and_to_the_setting(self, due, send, settings):
        settings.SITE_URL = "https://tracker.example.gov.uk"
        action = due(3)
        send()
        (message,) = mail.outbox
        (html, kind), *_ = message.alternatives
        assert kind == "text/html"
        for part in (message.body, html):
            assert f"https://tracker.example.gov.uk/actions/{action.pk}/#update" in part
            assert "https://tracker.example.gov.uk/account/reminders/" in part
        assert message.extra_headers["List-Unsubscribe"] == "<https://tracker.example.gov.uk/account/reminders/>"
        assert "<img" not in html

    def test_goes_to_the_leads_of_the_agency_where_nobody_is_assigned(self, due, send, world):
        due(3, people=[])
        assert sorted(send()) == ["lea@example.org", "sena@example.org"]

    def test_goes_to_the_leads_of_the_agency_where_who_was_assigned_has_left(self, due, send, world):
        due(3, people=[UserFactory(is_active=False)])
        assert sorted(send()) == ["lea@example.org", "sena@example.org"]

    def test_tells_managers_what_waits_for_them_but_not_what_they_submitted_themselves(self, due, send, world):
        about = {"status": Status.SUBMITTED, "submitted_at": timezone.now()}
        due(9, text="By the lead.", submitted_by=world.lead, **about)
        due(9, text="By the manager.", submitted_by=world.manager, **about)
        late = due(-9, text="Takes longer.")
        services.ask_extension(action=late, by=world.lead, asked_for_date=TODAY + timedelta(90), reason="Training.")
        told = send()
        assert list(told) == ["mana@example.org"]
        assert told["mana@example.org"].startswith("SCR Tracker: 1 to sign off, 1 later date asked for\n")
        assert "By the lead" in told["mana@example.org"]
        assert "By the manager" not in told["mana@example.org"]

    def test_tells_what_came_back(self, due, send, world):
        came_back, taken_back = due(60, text="Came back."), due(60, text="Taken back.")
        for action in (came_back, taken_back):
            EvidenceFactory(actions=[action])
            services.submit_action(action=action, by=world.lead, what_was_done="All of it.")
        services.return_action(action=came_back, by=world.manager, reason="The night shift is missing.")
        services.take_back(action=taken_back, by=world.lead, reason="Too soon.")
        told = send()
        assert list(told) == ["lea@example.org"]
        assert "CAME BACK TO YOU (1)" in told["lea@example.org"]
        assert "Taken back" not in told["lea@example.org"]
        services.report_progress(
            action=came_back, by=world.lead, status="in_progress", what_was_done="More.", own_rating=""
        )
        assert not send(1)

    def test_says_nothing_of_what_is_closed_or_waits_for_others(self, due, send, world):
        due(-3, status=Status.COMPLETE)
        due(-3, paused=True)
        due(-3, status=Status.SUBMITTED, submitted_at=timezone.now(), submitted_by=world.manager)
        assert not send()

    def test_lists_twenty_and_counts_the_rest(self, due, send):
        for number in range(23):
            due(3, text=f"Task {number:02}.")
        words = send()["lea@example.org"]
        assert words.count("Task") == 20
        assert "and 3 more" in words

    def test_is_not_sent_to_somebody_who_has_left_or_for_a_partnership_that_sends_none(self, due, send, world):
        due(3)
        User.objects.filter(pk=world.lead.pk).update(is_active=False)
        Partnership._base_manager.update(sends_reminders=False)
        assert not send()


def test_among_many_people_exactly_those_are_told_for_whom_something_waits(day, settings):
    today = day()
    load.make(400, in_each=20, with_history=False)
    crowd.share_out(60)
    load.gather_statistics()
    # Nobody is assigned to every third action, or somebody who has left: all leads of its agency answer for it.
    Action.people.through.objects.filter(action__in=Action.objects.order_by("pk")[::3]).delete()
    User.objects.filter(email__in=["crowd3@example.org", "crowd17@example.org"]).update(is_active=False)
    expected = crowd.have_something(today)
    sending.run(today)
    told = [message.to[0] for message in mail.outbox]
    assert len(told) == len(set(told))
    assert set(told) == expected
    assert 30 < len(expected) < User.objects.count() - 10


class TestWhatMayNotBeSeen:
    def test_is_told_nobody(self, due, send, world):
        """Everybody is assigned to everything: each is told what they may see, and of nothing else."""
        elsewhere = PartnershipFactory()
        other = AgencyFactory(partnerships=[world.partnership, elsewhere])
        people = [
            *(world.lead, world.senior, world.chair, world.member, world.manager),
            MembershipFactory(agency_lead=True, agency=other).user,
            MembershipFactory(partnership=elsewhere).user,
            MembershipFactory(partnership=elsewhere, role=Role.BOARD_MEMBER).user,
            UserFactory(),
        ]
        restricted = ReviewFactory(partnership=world.partnership, restricted=True, pseudonym="Zanzibar")
        named = ReviewFactory(partnership=world.partnership, restricted=True)
        named.named_people.add(world.lead, world.member)
        foreign = ReviewFactory(partnership=elsewhere)
        reviews = {"open": world.review, "restricted": restricted, "named": named, "foreign": foreign}
        for days, about in ((-60, {}), (-1, {}), (3, {}), (3, {"status": Status.SUBMITTED}), (3, {"extension": True})):
            for name, review in reviews.items():
                for agency in (world.agency, other, None):
                    more = dict(about)
                    more["extension_pending"] = more.pop("extension", False)
                    if "status" in more:
                        more |= {"submitted_at": timezone.now(), "submitted_by": UserFactory()}
                    text = f"{name} {agency} {days} {more}."
                    action = due(days, people=people, recommendation__section__review=review, text=text, **more)
                    Action._base_manager.filter(pk=action.pk).update(lead_agency=agency)
        told = send()
        assert len(told) >= 8
        for person in people:
            words = told.pop(person.email, "")
            for action in Action.objects.all():
                if not Action.objects.visible_to(person).filter(pk=action.pk).exists():
                    assert f"/actions/{action.pk}/" not in words, (person, action.text)
            assert "Zanzibar" not in words
            assert "restricted" not in words
        assert not told

    def test_stands_in_no_subject(self, due, send, world):
        due(-60, text="Ring Zanzibar.")
        send()
        for message in mail.outbox:
            assert not {"Zanzibar", "Kit", "0319", "Police", "Wyvernshire", "Lea"} & set(message.subject.split())

    def test_is_asked_again_at_the_moment_of_sending(self, due, world, day):
        action = due(3, text="Hidden meanwhile.")
        people, found = waiting.candidates(TODAY)
        world.review.restricted = True
        world.review.save()
        assert digests.content_for(people[world.lead.pk], found[world.lead.pk], TODAY, None) is None
        assert action.pk in found[world.lead.pk].groups[waiting.SOON]

    def test_is_known_in_bulk_as_visible_to_knows_it(self, due, world):
        other = AgencyFactory(partnerships=[world.partnership])
        helper = MembershipFactory(agency_lead=True, agency=other).user
        administrator, nobody = UserFactory(administrator=True), UserFactory()
        named = ReviewFactory(partnership=world.partnership, restricted=True)
        named.named_people.add(helper, world.member)
        everybody = [world.lead, world.senior, world.chair, world.member, world.manager, helper, administrator, nobody]
        for review in (world.review, named, ReviewFactory(partnership=world.partnership, restricted=True)):
            due(3, people=everybody, recommendation__section__review=review)
            due(3, people=everybody, recommendation__section__review=review, supporting_agencies=[other])
        due(3, people=everybody, recommendation__section__review=ReviewFactory())
        duties = Duties(Action.objects.all())
        for person in everybody:
            seen = set(Action.objects.visible_to(person).values_list("pk", flat=True))
            assert {key for key, row in duties.rows.items() if duties.sees(person.pk, row)} == seen, person


class TestHowOften:
    @pytest.fixture
    def choose(self, world):
        def choose(frequency):
            User.objects.filter(pk=world.lead.pk).update(reminders=frequency)

        return choose

    def test_with_news_comes_when_something_is_new(self, due, send, choose):
        choose(Frequency.NEWS)
        due(15)
        assert send()
        assert not send(0)
        assert send(1)  # 14 days
        assert not send(2)
        due(20)
        assert send(3)

    def test_what_became_new_on_a_weekend_is_told_on_monday(self, due, send, choose):
        choose(Frequency.NEWS)
        due(19)  # 14 days before: the Sunday
        assert send()
        assert not send(4)
        assert not send(5)
        assert send(6)

    def test_every_working_day_comes_every_working_day(self, due, send, choose):
        choose(Frequency.DAILY)
        due(25)
        assert [bool(send(days)) for days in range(8)] == [True, True, True, True, False, False, True, True]

    def test_once_a_week_comes_on_monday_or_the_first_day_after_it(self, due, send, choose):
        choose(Frequency.WEEKLY)
        due(28)
        came = [days for days in range(20) if send(days)]
        assert came == [0, 6, 13]

    def test_never_is_never_but_for_what_wants_an_answer(self, due, send, choose):
        choose(Frequency.NEVER)
        due(3)
        due(-14, text="No answer.")
        words = send()["lea@example.org"]
        assert "No answer" in words
        assert "NEXT" not in words


class TestQuiet:
    @pytest.fixture
    def meeting(self, world):
        """Papers close on Wednesday, and the board meets on the Tuesday after."""
        return Meeting.objects.create(
            partnership=world.partnership,
            name="Board",
            date=TODAY + timedelta(7),
            papers_close_on=TODAY + timedelta(1),
        )

    def test_leads_are_left_in_peace_from_the_day_after_papers_close_to_the_day_of_the_meeting(
        self, due, send, world, meeting
    ):
        User.objects.update(reminders=Frequency.DAILY)
        due(20)
        due(-40)
        came = [days for days in range(10) if "lea@example.org" in send(days)]
        assert came == [0, 1, 8, 9]

    def test_managers_are_told_of_their_queues_all_the_same(self, due, send, world, meeting):
        due(9, status=Status.SUBMITTED, submitted_at=timezone.now(), submitted_by=world.lead)
        assert list(send(2)) == ["mana@example.org"]

    def test_another_partnership_is_not_quiet_for_it(self, due, send, world, meeting):
        elsewhere = PartnershipFactory()
        due(20)
        due(20, text="Elsewhere.", recommendation__section__review=ReviewFactory(partnership=elsewhere))
        words = send(3)["lea@example.org"]
        assert "Elsewhere" in words
        assert words.startswith("SCR Tracker: 1 due soon\n")

    def test_a_partnership_may_do_without_it(self, due, send, world, meeting):
        Partnership._base_manager.update(quiet_before_meetings=False)
        due(20)
        assert send(3)


class TestTheDay:
    @pytest.mark.parametrize("moment", ["2026-03-30T23:30:00Z", "2026-10-26T23:30:00Z"])
    def test_is_that_of_london_in_summer_and_in_winter(self, world, time_machine, moment):
        """At half past eleven at night by Greenwich, it is the next day in London in summer alone."""
        time_machine.move_to(moment, tick=False)
        target = timezone.localdate()
        action = ActionFactory(
            recommendation__section__review=world.review, lead_agency=world.agency, target_date=target
        )
        action.people.add(world.lead)
        call_command("send_reminders", stdout=StringIO())
        (message,) = mail.outbox
        assert "DUE TODAY" in message.body
        assert Digest.objects.get().day == target
        assert target.day == (31 if moment.startswith("2026-03") else 26)


class TestTheCommand:
    def test_sends_once_however_often_it_is_run(self, due, capsys):
        due(3)
        call_command("send_reminders")
        call_command("send_reminders")
        assert len(mail.outbox) == 1
        assert "0 sent, 1 sent before today" in capsys.readouterr().out

    def test_says_what_it_would_send_and_sends_nothing(self, due, capsys):
        due(3)
        due(-2)
        call_command("send_reminders", "--dry-run")
        said = capsys.readouterr().out
        assert "lea@example.org: 1 overdue, 1 due soon" in said
        assert "1 would be sent a digest" in said
        assert not mail.outbox
        assert not Digest.objects.exists()

    def test_does_nothing_while_another_runs(self, due, monkeypatch):
        due(3)
        monkeypatch.setattr("actions.management.commands.send_reminders.alone", lambda name: nullcontext(False))
        with pytest.raises(CommandError, match="being sent already"):
            call_command("send_reminders")
        assert not mail.outbox

    def test_takes_a_constant_number_of_queries_for_each_person(self, due, world, day, django_assert_max_num_queries):
        for number in range(40):
            due(number - 20)
        for _ in range(10):
            person = MembershipFactory(agency_lead=True, agency=world.agency).user
            due(3, people=[person])
            for _ in range(3):
                due(-40, people=[person])
        with django_assert_max_num_queries(14 + 13 * 13):
            sending.run(day())
        assert len(mail.outbox) == 11


@pytest.mark.django_db(transaction=True)
def test_only_one_holds_a_lock_at_a_time(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    found = []

    def try_it():
        with alone("a-test", patience=0) as held:
            found.append(held)
        connection.close()

    with alone("a-test") as held:
        assert held
        thread = Thread(target=try_it)
        thread.start()
        thread.join()
    with alone("a-test", patience=0) as held:
        assert held
    assert found == [False]
