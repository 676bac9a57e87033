"""A manager's own reminder: of selected actions, or by the button on an action's page."""

import smtplib

import pytest
from django.core import mail
from django.urls import reverse

from actions import services, timeline
from actions.choices import Status
from actions.models import Reminder
from actions.reminding import remind
from actions.reminding.services import change_rules
from scr_tracker.models import Frequency, User
from tests.factories import ActionFactory, AgencyFactory, EvidenceFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_is_one_message_for_each_person_and_a_line_on_each_timeline(due, world):
    User.objects.update(reminders=Frequency.NEVER)
    first, second, third = due(3, text="First."), due(-3, text="Second."), due(9, text="Third.", people=[])
    outcome = remind([first, second, third], world.manager, "The inspector comes on Monday.")
    assert {person: {action.pk for action in actions} for person, actions in outcome.told} == {
        world.lead: {first.pk, second.pk, third.pk},
        world.senior: {third.pk},
    }
    assert outcome.words == "Reminder sent to Lea, Sena"
    to_lead, to_senior = sorted(mail.outbox, key=lambda message: message.to)
    assert to_lead.subject == "SCR Tracker: a reminder about 3 actions"
    assert "Mana reminds you of these actions" in to_lead.body
    assert "The inspector comes on Monday." in to_lead.body
    assert "First" not in to_senior.body
    (event,) = (each for each in timeline.of_action(third, world.manager) if each.kind == "reminder")
    assert (event.title, event.who, event.text) == (
        "Reminder sent: Lea, Sena",
        "Mana",
        "The inspector comes on Monday.",
    )


def test_says_of_which_actions_nobody_was_told_and_why(due, world):
    done = due(3, status=Status.COMPLETE)
    lonely = due(3, people=[], lead_agency=AgencyFactory())
    outcome = remind([done, lonely], world.manager, "")
    assert [(action, why) for action, why in outcome.not_told] == [
        (done, "it is complete"),
        (lonely, "nobody is assigned to it, and its lead agency has nobody here who sees it"),
    ]
    assert outcome.words.startswith("Nobody was reminded. Not about 2 actions: it is complete; nobody is assigned")
    assert not mail.outbox


def test_is_for_managers_of_the_partnership_alone(due, world):
    action, foreign = due(3), ActionFactory()
    for person in (world.lead, world.member, world.chair):
        assert not remind([action], person).told
    outcome = remind([action, foreign], world.manager)
    assert [actions for _, actions in outcome.told] == [[action]]
    assert not outcome.not_told
    stranger = MembershipFactory().user
    assert not remind([action], stranger).not_told


def test_never_tells_anybody_of_what_they_may_not_see(due, world):
    world.review.restricted = True
    world.review.save()
    action = due(3)
    outcome = remind([action], world.manager)
    assert not outcome.told
    assert not mail.outbox


def test_records_nothing_that_the_mail_server_did_not_take(due, world, monkeypatch):
    def refuse(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("scr_tracker.notifications.send", refuse)
    outcome = remind([due(3)], world.manager)
    assert outcome.words == "Nobody was reminded. Not about 1 action: the message to Lea could not be sent"
    assert not Reminder.objects.exists()


def test_takes_a_number_of_queries_that_follows_the_people_and_not_the_actions(
    due, world, django_assert_max_num_queries
):
    actions = [due(3) for _ in range(30)]
    world.manager.holds  # noqa: B018  (read once for a request)
    with django_assert_max_num_queries(24):
        remind(actions, world.manager)


class TestTheButton:
    def test_sends_once_and_says_to_whom(self, due, world, client, fill_in):
        action = due(-3)
        client.force_login(world.manager)
        address = reverse("remind-lead", args=[action.pk])
        assert address in client.get(action.get_absolute_url()).content.decode()
        page = client.get(address)
        assert "goes to <strong>Lea</strong>" in page.content.decode()
        form = {field.html_name: field.value() for field in page.context["form"]} | {"note": "Please."}
        for _ in range(2):
            assert client.post(address, form)["Location"] == action.get_absolute_url()
        assert len(mail.outbox) == 1
        assert "Reminder sent to Lea" in client.get(action.get_absolute_url()).content.decode()

    def test_is_not_there_for_others_or_for_what_is_closed(self, due, world, client):
        action, done = due(-3), due(-3, status=Status.COMPLETE)
        client.force_login(world.lead)
        assert "remind/" not in client.get(action.get_absolute_url()).content.decode()
        client.force_login(world.manager)
        assert "remind/" not in client.get(done.get_absolute_url()).content.decode()
        page = client.get(reverse("remind-lead", args=[done.pk])).content.decode()
        assert "Nobody can be reminded of this action now: it is complete." in page


class TestWhoHasNotAnswered:
    def test_lists_who_was_reminded_and_has_not_reported_since(self, due, world, client, send, day):
        due(-3)
        due(5)
        due(-5, people=[world.senior])
        send()
        day(1)
        client.force_login(world.manager)
        page = client.get(reverse("reminders"))
        assert {(each.person.name, each.overdue, each.due_soon) for each in page.context["page"]} == {
            ("Lea", 1, 1),
            ("Sena", 1, 0),
        }
        action = world.lead.assigned_actions.first()
        services.report_progress(
            action=action, by=world.lead, status="in_progress", what_was_done="Half.", own_rating=""
        )
        assert [each.person.name for each in client.get(reverse("reminders")).context["page"]] == ["Sena"]
        everybody = client.get(reverse("reminders"), {"show": "everybody"})
        assert [each.person.name for each in everybody.context["page"]] == ["Sena", "Lea"]

    def test_says_why_it_lists_nobody(self, due, world, client, send, day):
        def says():
            client.force_login(world.manager)
            page = client.get(reverse("reminders"))
            title, text = page.context["why_nobody"]
            assert f">{title}</p>" in page.content.decode()
            assert f">{text}</p>" in page.content.decode()
            return title

        def answer(person):
            for action in person.assigned_actions.all():
                services.report_progress(
                    action=action, by=person, status="in_progress", what_was_done="Half.", own_rating=""
                )

        due(3)
        assert says() == "Nothing is overdue"
        due(-3)
        assert says() == "Nobody has been reminded yet"
        send()
        day(1)
        answer(world.lead)
        assert says() == "Everybody has answered"
        due(-5, people=[world.senior])
        assert says() == "Everybody who was reminded has answered"

    def test_tells_a_manager_nothing_of_other_partnerships(self, due, world, client, send):
        due(-3)
        send()
        due(-9)
        foreign = ActionFactory(overdue=True, lead_agency=world.agency)
        foreign.people.add(world.lead)
        manager = MembershipFactory(partnership=foreign.review.partnership).user
        client.force_login(manager)
        (standing,) = client.get(reverse("reminders"), {"show": "everybody"}).context["page"]
        assert (standing.person, standing.overdue, standing.reminded_at) == (world.lead, 1, None)
        assert not standing.places

    def test_takes_the_same_few_queries_for_one_person_and_for_many(
        self, due, world, client, django_assert_max_num_queries
    ):
        for _ in range(20):
            person = MembershipFactory(agency_lead=True, agency=world.agency).user
            due(-3, people=[person])
            EvidenceFactory()
        client.force_login(world.manager)
        client.get(reverse("reminders"))
        with django_assert_max_num_queries(18):
            assert len(client.get(reverse("reminders"), {"show": "everybody"}).context["page"].object_list) == 20


class TestTheRules:
    def test_are_changed_by_a_manager_and_remembered(self, world, client, fill_in):
        client.force_login(world.manager)
        address = reverse("reminder-rules", args=[world.partnership.pk])
        typed = {"sends_reminders": "on", "chase_lead_days": "7", "chase_senior_days": "", "chase_chair_days": "30"}
        assert fill_in(address, **typed)["Location"] == reverse("reminders")
        world.partnership.refresh_from_db()
        assert (world.partnership.chase_lead_days, world.partnership.chase_senior_days) == (7, None)
        assert not world.partnership.quiet_before_meetings
        line = world.partnership.history.latest("history_id")
        assert (line.history_user, line.history_change_reason) == (world.manager, "Rules of reminding changed")

    def test_must_follow_each_other(self, world, client, fill_in):
        client.force_login(world.manager)
        typed = {"chase_lead_days": "20", "chase_senior_days": "20", "chase_chair_days": "0"}
        page = fill_in(reverse("reminder-rules", args=[world.partnership.pk]), **typed).content.decode()
        assert "Enter more days than for the lead, which are 20" in page
        assert "Enter a number of days between 1 and 366" in page

    def test_are_not_saved_over_somebody_elses_change(self, world, client):
        client.force_login(world.manager)
        address = reverse("reminder-rules", args=[world.partnership.pk])
        form = client.get(address).context["form"]
        hidden = {field.html_name: field.value() for field in form.hidden_fields()}
        change_rules(partnership=world.partnership, by=UserFactory(), chase_lead_days=5)
        page = client.post(address, {**hidden, "chase_lead_days": "9"})
        assert "Somebody else changed this while you were writing" in page.content.decode()
        world.partnership.refresh_from_db()
        assert world.partnership.chase_lead_days == 5
        again = {field.html_name: field.value() for field in page.context["form"].hidden_fields()}
        assert client.post(address, {**again, "chase_lead_days": "9"}).status_code == 302

    def test_a_manager_says_who_is_senior(self, world, client):
        client.force_login(world.manager)
        for user, word in ((world.lead, "senior lead"), (world.member, "chair")):
            membership = user.memberships.get()
            address = reverse("senior-role", args=[membership.pk])
            assert f"Make {word}" in client.get(address).content.decode()
            client.post(address)
            membership.refresh_from_db()
            assert membership.is_senior
            assert word in client.get(reverse("person", args=[user.pk])).content.decode().lower()
            client.post(address)
            membership.refresh_from_db()
            assert not membership.is_senior
        manager = world.manager.memberships.get()
        page = client.post(reverse("senior-role", args=[manager.pk]), follow=True).content.decode()
        assert "Only an agency lead can be senior lead" in page

    def test_people_choose_how_often(self, world, client):
        client.force_login(world.lead)
        assert client.post(reverse("reminder-settings"), {"reminders": "weekly"})["Location"] == reverse("account")
        world.lead.refresh_from_db()
        assert world.lead.reminders == "weekly"
        assert "Once a week" in client.get(reverse("account")).content.decode()
        assert "Choose when" in client.post(reverse("reminder-settings"), {"reminders": ""}).content.decode()
