"""Invitations: how people come to have an account, and nobody else does."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from scr_tracker import services
from scr_tracker.models import AuditEvent, Invitation, Membership, User
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.factories import (
    PASSWORD,
    SECRET,
    AgencyFactory,
    InvitationFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NEW = {"name": "Ngozi Achterberg", "job_title": "Chair", "password": "three random words"}


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire")


@pytest.fixture
def manager(sign_in_as, partnership):
    return sign_in_as(Role.BUSINESS_MANAGER, partnership)


def invite(client, partnership, role=Role.BOARD_MEMBER, email="Ngozi@Example.org", place=None):
    """Send the form that invites somebody."""
    place = place or partnership
    return client.post(reverse("invite"), {"email": email, "role": f"{role.value}-{place.pk}"})


def link():
    """Return the address in the last message."""
    return re.search(r"http://testserver(/invitations/\S+)", mail.outbox[-1].body)[1]


class TestInviting:
    def test_sends_a_link_in_words_and_in_html(self, client, manager, partnership):
        assert invite(client, partnership)["Location"] == reverse("people")
        message = mail.outbox[0]
        assert message.to == ["ngozi@example.org"]
        assert "board member, Wyvernshire" in message.body
        assert link() in message.alternatives[0].content
        invitation = Invitation.objects.get()
        assert (invitation.invited_by, invitation.partnership) == (manager, partnership)

    def test_offers_roles_in_ones_own_partnerships_and_their_agencies_only(self, client, manager, partnership):
        ours = AgencyFactory(name="Ours", partnerships=[partnership])
        theirs = AgencyFactory(name="Theirs", partnerships=[PartnershipFactory(name="Elsewhere")])
        page = client.get(reverse("invite")).content.decode()
        assert "Agency lead, Ours" in page
        assert "Theirs" not in page
        assert "Elsewhere" not in page
        invite(client, partnership, Role.AGENCY_LEAD, place=theirs)
        assert not Invitation.objects.exists()
        invite(client, partnership, Role.AGENCY_LEAD, place=ours)
        assert Invitation.objects.get().agency == ours

    def test_is_for_business_managers(self, client, sign_in_as, partnership):
        agency = AgencyFactory(partnerships=[partnership])
        for role, of in ((Role.BOARD_MEMBER, partnership), (Role.AGENCY_LEAD, agency)):
            sign_in_as(role, of)
            assert client.get(reverse("invite")).status_code == 403
            assert invite(client, partnership).status_code == 403
        assert not Invitation.objects.exists()

    def test_twice_says_that_it_was_done(self, client, manager, partnership):
        invite(client, partnership)
        assert "has been invited already" in invite(client, partnership).content.decode()
        assert len(mail.outbox) == 1

    def test_to_a_role_that_the_person_has_says_so(self, client, manager, partnership):
        MembershipFactory(user__email="ngozi@example.org", role=Role.BOARD_MEMBER, partnership=partnership)
        assert "has the role already" in invite(client, partnership).content.decode()

    def test_a_mail_server_that_is_down_keeps_the_invitation_and_says_so(self, client, manager, partnership, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        page = client.get(invite(client, partnership)["Location"]).content.decode()
        assert "could not be sent to ngozi@example.org" in page
        assert Invitation.objects.open().count() == 1

    def test_the_link_is_not_kept(self, client, manager, partnership):
        invite(client, partnership)
        secret = link().split("/")[2]
        assert secret not in str(Invitation.objects.values().get())
        assert not [each for each in AuditEvent.objects.values() if secret in str(each)]


class TestAccepting:
    def test_makes_an_account_with_the_role_and_signs_in(self, client, manager, partnership):
        invite(client, partnership)
        browser = Client()
        assert "board member, Wyvernshire" in browser.get(link()).content.decode()
        assert browser.post(link(), NEW)["Location"] == reverse("home")
        user = User.objects.get(email="ngozi@example.org")
        assert get_user(browser) == user
        assert (user.name, user.job_title) == ("Ngozi Achterberg", "Chair")
        assert user.check_password("three random words")
        membership = user.memberships.get()
        assert (membership.role, membership.partnership) == (Role.BOARD_MEMBER, partnership)
        first = membership.history.get()
        assert first.history_user == manager
        assert first.history_change_reason.startswith("Accepted the invitation of")

    def test_works_once(self, client, manager, partnership):
        invite(client, partnership)
        Client().post(link(), NEW)
        response = Client().get(link())
        assert response.status_code == 404
        assert "does not work any more" in response.content.decode()
        assert Client().post(link(), {**NEW, "name": "Mallory"}).status_code == 404
        assert User.objects.filter(email="ngozi@example.org").count() == 1

    def test_ends_after_a_week(self, client, clock):
        InvitationFactory()
        address = reverse("invitation", args=[SECRET])
        assert client.get(address).status_code == 200
        clock.shift(timedelta(days=7, minutes=1))
        assert client.post(address, NEW).status_code == 404
        assert not Membership.objects.exists()

    def test_does_not_let_the_e_mail_or_the_role_be_changed(self, client):
        InvitationFactory(email="ngozi@example.org")
        more = {"email": "mallory@example.org", "role": "business_manager", "is_superuser": "on"}
        client.post(reverse("invitation", args=[SECRET]), {**NEW, **more})
        user = User.objects.get(name="Ngozi Achterberg")
        assert (user.email, user.is_superuser, user.memberships.get().role) == (
            "ngozi@example.org",
            False,
            Role.BOARD_MEMBER,
        )

    def test_refuses_a_weak_password_and_an_empty_name(self, client):
        InvitationFactory()
        page = client.post(reverse("invitation", args=[SECRET]), {"name": "", "password": "password"})
        assert "Enter your name" in page.content.decode()
        assert "at least 12 characters" in page.content.decode()
        assert Invitation.objects.open().count() == 1

    @pytest.mark.usefixtures("second_factor_required")
    def test_leads_to_a_second_factor_where_everybody_needs_one(self, client):
        InvitationFactory()
        response = client.post(reverse("invitation", args=[SECRET]), NEW, follow=True)
        assert response.request["PATH_INFO"] == reverse("mfa_index")

    def test_with_an_account_asks_to_sign_in_and_adds_the_role(self, client, partnership):
        user = UserFactory(email="ngozi@example.org")
        InvitationFactory(email="ngozi@example.org", partnership=partnership)
        address = reverse("invitation", args=[SECRET])
        assert "Sign in to accept" in client.get(address).content.decode()
        client.post(address, NEW)
        assert not user.memberships.exists()
        client.post(reverse("sign-in"), {"login": user.email, "password": PASSWORD})
        client.post(address)
        assert user.memberships.get().partnership == partnership
        user.refresh_from_db()
        assert user.name != "Ngozi Achterberg"

    def test_signed_in_as_somebody_else_gives_nothing(self, client, sign_in_as, partnership):
        InvitationFactory(email="ngozi@example.org", partnership=partnership)
        other = sign_in_as(Role.BUSINESS_MANAGER)
        page = client.post(reverse("invitation", args=[SECRET]), follow=True).content.decode()
        assert "This invitation is for ngozi@example.org" in page
        assert not other.memberships.exists()
        assert Invitation.objects.open().exists()

    def test_the_rule_holds_below_the_page_too(self):
        invitation = InvitationFactory(email="ngozi@example.org")
        with pytest.raises(RuleBroken, match="This invitation is for ngozi@example.org"):
            services.accept(invitation=invitation, by=UserFactory())


class TestOpenInvitations:
    def test_sending_again_gives_a_new_link_and_ends_the_old(self, client, manager, partnership):
        invite(client, partnership)
        old = link()
        client.post(reverse("invite-again", args=[Invitation.objects.get().pk]))
        assert Client().get(old).status_code == 404
        assert Client().get(link()).status_code == 200

    def test_an_expired_one_can_be_sent_again(self, client, manager, partnership, clock):
        invite(client, partnership)
        clock.shift(timedelta(days=8))
        client.force_login(manager)
        assert "Expired" in client.get(reverse("people")).content.decode()
        client.post(reverse("invite-again", args=[Invitation.objects.get().pk]))
        assert Client().get(link()).status_code == 200

    def test_cancelling_ends_the_link(self, client, manager, partnership):
        invite(client, partnership)
        client.post(reverse("cancel-invitation", args=[Invitation.objects.get().pk]))
        assert Client().get(link()).status_code == 404
        assert Invitation.objects.get().cancelled_by == manager
        invite(client, partnership)
        assert Client().get(link()).status_code == 200

    def test_those_of_other_partnerships_are_nobodys_business(self, client, manager):
        theirs = InvitationFactory(email="secret@example.org")
        assert "secret@example.org" not in client.get(reverse("people")).content.decode()
        for name in ("invite-again", "cancel-invitation"):
            assert client.post(reverse(name, args=[theirs.pk])).status_code == 404

    def test_every_step_is_in_the_audit_log(self, client, manager, partnership):
        invite(client, partnership)
        client.post(reverse("invite-again", args=[Invitation.objects.get().pk]))
        Client().post(link(), NEW)
        found = AuditEvent.objects.filter(kind=AuditEvent.Kind.INVITED).order_by("pk")
        assert [(each.detail["step"], each.about) for each in found] == [
            (step, "ngozi@example.org") for step in ("invited", "sent again", "accepted")
        ]


class TestTheDatabase:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"role": Role.AGENCY_LEAD},
            {"partnership": None},
            {"email": "Capital@example.org"},
            {"role": "king"},
            {"accepted_at": "2026-01-01T00:00Z"},
            {"cancelled_at": "2026-01-01T00:00Z"},
        ],
    )
    def test_refuses_invitations_that_make_no_sense(self, wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            InvitationFactory(**wrong)

    def test_refuses_a_second_open_one_to_the_same(self):
        first = InvitationFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            InvitationFactory(email=first.email, partnership=first.partnership, secret_hash="another")
