"""The people of a partnership: who is there, who has left, and what they leave behind."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, Update
from scr_tracker import services
from scr_tracker.models import AuditEvent, Invitation, Membership, name_people
from scr_tracker.permissions import Permission, Role
from scr_tracker.rules import RuleBroken
from tests.conftest import hidden
from tests.factories import (
    APP_KEY,
    PASSWORD,
    ActionFactory,
    AgencyFactory,
    InvitationFactory,
    MembershipFactory,
    PartnershipFactory,
    UpdateFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire")


@pytest.fixture
def agency(partnership):
    return AgencyFactory(name="Constabulary", partnerships=[partnership])


@pytest.fixture
def manager(sign_in_as, partnership):
    return sign_in_as(Role.BUSINESS_MANAGER, partnership)


@pytest.fixture
def callum(agency):
    """An agency lead with an open action, a finished one, and one in another partnership."""
    lead = MembershipFactory(
        agency_lead=True, agency=agency, user__name="Callum Oyelaran", user__email="callum@example.org"
    ).user
    ours = agency.partnerships.get()
    for text, review, traits in (
        ("Brief every officer.", ours, {}),
        ("Buy a new whiteboard.", ours, {"complete": True}),
        ("Tell nobody about this.", PartnershipFactory(), {}),
    ):
        action = ActionFactory(text=text, recommendation__section__review__partnership=review, **traits)
        action.people.add(lead)
    return lead


def page_of(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


class TestTheList:
    def test_shows_everybody_in_ones_partnership_and_its_agencies(self, client, manager, callum):
        MembershipFactory(user__name="A Stranger")
        page = page_of(client, "people")
        assert "Callum Oyelaran" in page
        assert "Agency lead, Constabulary" in page
        assert "A Stranger" not in page

    @pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.AGENCY_LEAD])
    def test_is_for_business_managers(self, client, sign_in_as, partnership, agency, role):
        sign_in_as(role, agency if role == Role.AGENCY_LEAD else partnership)
        assert client.get(reverse("people")).status_code == 403
        assert "/people/" not in page_of(client, "home")

    def test_stands_in_the_menu_of_those_who_may_see_it(self, client, manager):
        assert 'href="/people/"' in page_of(client, "home")

    def test_takes_the_same_number_of_queries_however_many_there_are(
        self, client, manager, partnership, django_assert_max_num_queries
    ):
        for _ in range(15):
            MembershipFactory(partnership=partnership)
            InvitationFactory(partnership=partnership, secret_hash=str(_))
        with django_assert_max_num_queries(10):
            client.get(reverse("people"))


class TestNaming:
    def test_records_of_several_kinds_are_given_the_people_whom_they_name_in_one_query(
        self, manager, callum, django_assert_num_queries
    ):
        submitted = ActionFactory(submitted_by=callum, submitted_at=timezone.now())
        signed_off = ActionFactory(
            submitted_by=callum, submitted_at=timezone.now(), signed_off_by=manager, signed_off_at=timezone.now()
        )
        update = UpdateFactory(by=manager)
        actions = list(Action.objects.filter(pk__in=[submitted.pk, signed_off.pk]).order_by("pk"))
        updates = list(Update.objects.filter(pk=update.pk))
        with django_assert_num_queries(1):
            name_people((actions, "submitted_by", "signed_off_by"), (updates, "by"))
        with django_assert_num_queries(0):
            assert [(each.submitted_by, each.signed_off_by) for each in actions] == [(callum, None), (callum, manager)]
            assert updates[0].by == manager

    def test_where_nobody_is_named_nobody_is_asked_for(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            name_people(([Action()], "submitted_by"), ([], "by"))


class TestAPerson:
    def test_shows_the_open_actions_that_one_may_see(self, client, manager, callum):
        page = page_of(client, "person", callum.pk)
        assert "Brief every officer." in page
        assert "Buy a new whiteboard." not in page
        assert "Tell nobody about this." not in page

    def test_of_another_partnership_is_not_found(self, client, manager):
        stranger = MembershipFactory()
        for name in ("person", "let-go", "bring-back", "reset-second-factor"):
            assert client.get(reverse(name, args=[stranger.user.pk])).status_code == 404
            assert client.post(reverse(name, args=[stranger.user.pk])).status_code in {404, 405}
        assert client.post(reverse("end-role", args=[stranger.pk])).status_code == 404
        assert Membership.objects.filter(pk=stranger.pk).exists()

    @pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.AGENCY_LEAD])
    def test_is_not_found_by_who_manages_nobody(self, client, sign_in_as, partnership, agency, callum, role):
        sign_in_as(role, agency if role == Role.AGENCY_LEAD else partnership)
        for name in ("person", "let-go", "bring-back", "reset-second-factor"):
            assert client.post(reverse(name, args=[callum.pk])).status_code == 404
        callum.refresh_from_db()
        assert callum.is_active


class TestLettingGo:
    def test_lists_what_is_left_to_hand_over_and_closes_the_account(self, client, manager, callum):
        browser = Client()
        browser.post(reverse("sign-in"), {"login": callum.email, "password": PASSWORD})
        InvitationFactory(email=callum.email)
        assert "Brief every officer." in page_of(client, "let-go", callum.pk)
        client.post(reverse("let-go", args=[callum.pk]))
        assert not get_user(browser).is_authenticated
        browser.post(reverse("sign-in"), {"login": callum.email, "password": PASSWORD})
        assert not get_user(browser).is_authenticated
        assert not Invitation.objects.open().exists()
        assert "Have left" in page_of(client, "people")
        page = page_of(client, "person", callum.pk)
        assert "Open actions to hand over" in page
        assert "Brief every officer." in page

    def test_keeps_name_roles_and_assignments(self, manager, callum):
        services.let_go(person=callum, by=manager)
        callum.refresh_from_db()
        assert (callum.name, callum.is_active) == ("Callum Oyelaran", False)
        assert callum.memberships.count() == 1
        assert callum.assigned_actions.count() == 3

    def test_is_in_the_audit_log_with_who_did_it(self, manager, callum):
        services.let_go(person=callum, by=manager)
        event = AuditEvent.objects.get(kind=AuditEvent.Kind.ACCOUNT_CHANGED)
        assert (event.by, event.about, event.detail["what"]) == (manager, callum.email, "Account closed: has left")

    def test_somebody_with_roles_elsewhere_keeps_the_account(self, client, manager, callum):
        MembershipFactory(user=callum)
        assert "has other roles" in page_of(client, "let-go", callum.pk)
        client.post(reverse("let-go", args=[callum.pk]))
        callum.refresh_from_db()
        assert callum.is_active

    def test_neither_oneself_nor_an_administrator(self, manager, partnership):
        administrator = UserFactory(administrator=True)
        MembershipFactory(user=administrator, partnership=partnership)
        for person in (manager, administrator):
            with pytest.raises(RuleBroken):
                services.let_go(person=person, by=manager)

    def test_a_mistake_is_put_right(self, client, manager, callum):
        services.let_go(person=callum, by=manager)
        client.post(reverse("bring-back", args=[callum.pk]))
        browser = Client()
        browser.post(reverse("sign-in"), {"login": callum.email, "password": PASSWORD})
        assert get_user(browser) == callum


class TestResettingASecondFactor:
    def test_takes_it_away_says_so_by_e_mail_and_is_in_the_audit_log(
        self, client, manager, callum, fill_in, django_capture_on_commit_callbacks
    ):
        TOTP.activate(callum, APP_KEY)
        browser = Client()
        browser.force_login(callum)
        UserSession.objects.create(
            user=callum, ip="127.0.0.1", user_agent="", session_key=browser.session.session_key, data={}
        )
        address = reverse("reset-second-factor", args=[callum.pk])
        assert address in page_of(client, "person", callum.pk)
        with django_capture_on_commit_callbacks(execute=True):
            assert fill_in(address, reason="Lost his phone; he told me so in person.").status_code == 302
        assert not Authenticator.objects.filter(user=callum).exists()
        assert not get_user(browser).is_authenticated
        (message,) = mail.outbox
        assert (message.to, "Lost his phone" in message.body, str(manager) in message.body) == (
            [callum.email],
            True,
            True,
        )
        event = AuditEvent.objects.get(kind=AuditEvent.Kind.ACCOUNT_CHANGED)
        assert (event.by, event.about) == (manager, callum.email)
        assert event.detail == {"what": "Second factor reset", "reason": "Lost his phone; he told me so in person."}
        assert address not in page_of(client, "person", callum.pk)

    def test_needs_a_reason(self, manager, callum, fill_in):
        TOTP.activate(callum, APP_KEY)
        response = fill_in(reverse("reset-second-factor", args=[callum.pk]))
        assert "Enter why the second factor is reset" in response.content.decode()
        assert Authenticator.objects.filter(user=callum).exists()

    def test_sent_twice_does_it_once(self, client, manager, callum, fill_in):
        TOTP.activate(callum, APP_KEY)
        address = reverse("reset-second-factor", args=[callum.pk])
        typed = {**hidden(client.get(address).context["form"]), "reason": "Lost his phone."}
        client.post(address, typed)
        TOTP.activate(callum, APP_KEY)
        assert client.post(address, typed).status_code == 302
        assert Authenticator.objects.filter(user=callum).exists()

    def test_is_not_for_oneself_nor_for_somebody_with_roles_elsewhere_nor_where_there_is_none(self, manager, callum):
        with pytest.raises(RuleBroken, match="has no second factor"):
            services.reset_second_factor(person=callum, by=manager, reason="Lost.")
        for person in (manager, callum):
            TOTP.activate(person, APP_KEY)
        MembershipFactory(user=callum)
        for person, sentence in ((manager, "your own account"), (callum, "has other roles")):
            with pytest.raises(RuleBroken, match=sentence):
                services.reset_second_factor(person=person, by=manager, reason="Lost.")
        services.reset_second_factor(person=callum, by=UserFactory(administrator=True), reason="Lost.")
        assert set(Authenticator.objects.values_list("user", flat=True)) == {manager.pk}


class TestEndingARole:
    def test_takes_the_role_and_leaves_the_person_and_the_history(self, client, manager, callum):
        membership = callum.memberships.get()
        client.post(reverse("end-role", args=[membership.pk]))
        assert not callum.memberships.exists()
        callum.refresh_from_db()
        assert callum.is_active
        last = Membership.history.filter(id=membership.pk).latest()
        assert (last.history_type, last.history_user, last.history_change_reason) == ("-", manager, "Role ended")

    def test_asks_before(self, client, manager, callum):
        membership = callum.memberships.get()
        assert "agency lead, Constabulary" in page_of(client, "end-role", membership.pk)
        assert callum.memberships.exists()

    def test_not_ones_own(self, client, manager):
        response = client.post(reverse("end-role", args=[manager.memberships.get().pk]), follow=True)
        assert "You cannot end your own role" in response.content.decode()
        assert manager.memberships.exists()


def test_managing_people_reaches_the_agencies_of_ones_partnership_and_no_further(manager, partnership, agency):
    assert manager.has_perm(Permission.MANAGE_PEOPLE, partnership)
    assert manager.has_perm(Permission.MANAGE_PEOPLE, agency)
    assert not manager.has_perm(Permission.MANAGE_PEOPLE, PartnershipFactory())
    assert not manager.has_perm(Permission.MANAGE_PEOPLE, AgencyFactory(partnerships=[PartnershipFactory()]))


def test_administrators_manage_everybody(client, callum):
    client.force_login(UserFactory(administrator=True))
    assert "Callum Oyelaran" in page_of(client, "people")
