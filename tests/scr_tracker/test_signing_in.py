"""Signing in and out: by password, second factor and Microsoft; sessions, limits, and what is kept of it."""

import re
from datetime import timedelta

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from scr_tracker.models import AuditEvent, User
from tests.factories import APP_KEY, PASSWORD, MembershipFactory, UserFactory, app_code

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind


def sign_in(client, email="kim@example.org", password=PASSWORD, **more):
    """Send the sign-in form."""
    return client.post(reverse("sign-in"), {"login": email, "password": password, **more})


def is_signed_in(client):
    return get_user(client).is_authenticated


def events(*kinds):
    """Return what the audit log has of these kinds, the oldest first."""
    return list(AuditEvent.objects.filter(kind__in=kinds).order_by("pk"))


def text_of(response):
    """Return the words of a page, tags and runs of space taken out."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def kim():
    return MembershipFactory(user__email="kim@example.org", user__name="Kim").user


class TestByPassword:
    def test_whatever_the_capitals_of_the_e_mail_leads_to_the_home_page(self, client, kim):
        response = sign_in(client, "KIM@example.org")
        assert response.status_code == 302
        assert response["Location"] == reverse("home")
        assert client.get("/").context["user"] == kim

    def test_somebody_whose_e_mail_was_entered_with_capitals_can_sign_in(self, client):
        UserFactory(email="Ngozi.A@Example.org")
        sign_in(client, "ngozi.a@example.org")
        assert is_signed_in(client)

    def test_leads_to_the_page_that_was_asked_for(self, client, kim):
        address = client.get("/actions/?status=open")["Location"]
        assert sign_in(client, next="/actions/?status=open")["Location"] == "/actions/?status=open"
        assert address == "/sign-in/?next=/actions/%3Fstatus%3Dopen"

    def test_never_leads_to_another_site(self, client, kim):
        assert sign_in(client, next="https://elsewhere.example/")["Location"] == reverse("home")

    def test_a_form_sent_while_signed_out_leads_to_its_page_after_signing_in(self, client):
        response = client.post("/actions/7/update/", {"what_was_done": "Everything"})
        assert response["Location"] == "/sign-in/?next=/actions/7/update/"

    @pytest.mark.parametrize("email", ["kim@example.org", "nobody@example.org"])
    def test_with_a_wrong_password_says_no_more_than_that_something_is_wrong(self, client, kim, email):
        response = sign_in(client, email, "wrong")
        assert "The e-mail or the password is wrong" in text_of(response)
        assert not is_signed_in(client)

    def test_a_leaver_is_told_that_the_account_is_closed(self, client):
        UserFactory(email="kim@example.org", is_active=False)
        assert sign_in(client)["Location"] == reverse("account_inactive")
        assert not is_signed_in(client)

    def test_gives_the_session_a_new_name(self, client, kim):
        client.get("/sign-in/?next=/")
        session = client.session
        session["before"] = True
        session.save()
        client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
        sign_in(client)
        assert client.session.session_key != session.session_key

    def test_nobody_can_sign_up(self, client):
        for address in ("/sign-up/", "/signup/", "/account/signup/", "/accounts/signup/"):
            assert client.get(address).status_code in {302, 404}
        assert not User.objects.exists()

    def test_e_mails_are_kept_in_one_place_only(self, client, kim):
        sign_in(client)
        client.post(reverse("account_reset_password"), {"email": kim.email})
        assert not EmailAddress.objects.exists()


class TestSigningOut:
    def test_needs_a_button_and_ends_at_the_sign_in_page(self, client, kim):
        sign_in(client)
        assert client.get(reverse("sign-out")).status_code == 405
        assert client.post(reverse("sign-out"))["Location"] == reverse("sign-in")
        assert client.get("/").status_code == 302


class TestTheSecondFactor:
    @pytest.fixture
    def with_app(self):
        return UserFactory(email="kim@example.org", app=True)

    def test_is_asked_for_after_the_password(self, client, with_app):
        assert sign_in(client, next="/reviews/")["Location"] == reverse("mfa_authenticate")
        assert not is_signed_in(client)
        response = client.post(reverse("mfa_authenticate"), {"code": app_code()})
        assert response["Location"] == "/reviews/"
        assert is_signed_in(client)

    def test_a_code_may_be_typed_with_spaces_and_counts_once(self, client, with_app):
        code = app_code()
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": f" {code[:3]} {code[3:]} "})
        assert is_signed_in(client)
        again = Client()
        sign_in(again)
        assert "wrong or has been used" in text_of(again.post(reverse("mfa_authenticate"), {"code": code}))
        assert not is_signed_in(again)

    def test_after_wrong_codes_the_right_one_has_to_wait(self, client, with_app):
        sign_in(client)
        for _ in range(5):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        response = client.post(reverse("mfa_authenticate"), {"code": app_code()})
        assert "too many attempts" in text_of(response)
        assert not is_signed_in(client)
        assert [each.detail["why"] for each in events(Kind.SIGN_IN_FAILED)] == ["wrong code"] * 5

    def test_cancelling_leads_back_to_the_sign_in_page(self, client, with_app):
        sign_in(client)
        assert client.post(reverse("sign-out"))["Location"] == reverse("sign-in")
        assert client.get(reverse("sign-in")).status_code == 200

    def test_its_key_cannot_be_read_in_the_database(self, with_app):
        assert APP_KEY not in str(Authenticator.objects.get().data)

    def test_it_survives_a_change_of_the_secret_key(self, client, with_app, settings):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another"
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": app_code()})
        assert is_signed_in(client)


@pytest.mark.usefixtures("second_factor_required")
class TestRequiringASecondFactor:
    def test_leads_everybody_without_one_to_set_it_up_before_anything_else(self, client, kim):
        sign_in(client)
        for address in ("/", "/reviews/", "/actions/", "/account/", "/people/", "/account/password/", "/admin/"):
            assert client.get(address)["Location"] == reverse("mfa_index"), address
        assert client.post("/actions/1/update/")["Location"] == reverse("mfa_index")

    def test_leaves_open_what_sets_it_up_and_signs_out(self, client, kim):
        sign_in(client)
        for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn"):
            assert client.get(reverse(name)).status_code == 200, name
        assert "you need it before you can go on" in text_of(client.get(reverse("mfa_index")))
        assert client.post(reverse("sign-out"))["Location"] == reverse("sign-in")

    def test_setting_up_an_app_gives_recovery_codes_and_opens_the_rest(self, client, kim):
        sign_in(client)
        key = client.get(reverse("mfa_activate_totp")).context["form"].secret
        response = client.post(reverse("mfa_activate_totp"), {"code": app_code(key)})
        assert response["Location"] == reverse("mfa_view_recovery_codes")
        assert len(client.get(response["Location"]).context["unused_codes"]) == 10
        assert client.get("/").status_code == 200

    def test_the_last_one_cannot_be_taken_away(self, client):
        UserFactory(email="kim@example.org", app=True)
        sign_in(client)
        client.post(reverse("mfa_authenticate"), {"code": app_code()})
        response = client.post(reverse("mfa_deactivate_totp"))
        assert "Everybody needs one" in text_of(response)
        assert Authenticator.objects.exists()

    def test_does_not_keep_strangers_from_the_sign_in_page(self, client):
        assert client.get(reverse("sign-in")).status_code == 200

    def test_the_demonstration_does_without(self, client, kim, settings):
        settings.SECOND_FACTOR_REQUIRED = False
        sign_in(client)
        assert client.get("/").status_code == 200


class TestTheAdmin:
    def test_has_no_sign_in_of_its_own(self, client):
        assert client.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=%2Fadmin%2F"
        administrator = UserFactory(administrator=True)
        client.post("/admin/login/", {"username": administrator.email, "password": PASSWORD})
        assert not is_signed_in(client)

    def test_is_closed_to_everybody_else(self, client, kim):
        sign_in(client)
        assert client.get("/admin/", follow=True).status_code == 403

    def test_asks_administrators_for_their_second_factor(self, client):
        UserFactory(email="kim@example.org", administrator=True, app=True)
        assert sign_in(client, next="/admin/")["Location"] == reverse("mfa_authenticate")
        assert client.post(reverse("mfa_authenticate"), {"code": app_code()})["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_takes_a_lost_second_factor_away_and_says_so_in_the_audit_log(self, client):
        administrator = UserFactory(administrator=True)
        lost = UserFactory(email="kim@example.org", app=True).authenticator_set.get()
        client.force_login(administrator)
        page = client.get(f"/admin/mfa/authenticator/{lost.pk}/change/").content.decode()
        assert "secret" not in page
        client.post(f"/admin/mfa/authenticator/{lost.pk}/delete/", {"post": "yes"})
        assert not Authenticator.objects.exists()
        event = events(Kind.ACCOUNT_CHANGED)[0]
        assert (event.by, event.about) == (administrator, "kim@example.org")

    def test_holds_no_second_list_of_e_mails(self, client):
        client.force_login(UserFactory(administrator=True))
        assert client.get("/admin/account/emailaddress/").status_code == 404


class TestRecoveryCodes:
    def test_each_lets_in_once(self, client):
        user = UserFactory(email="kim@example.org")
        sign_in(client)
        key = client.get(reverse("mfa_activate_totp")).context["form"].secret
        client.post(reverse("mfa_activate_totp"), {"code": app_code(key)})
        code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
        for wanted in (True, False):
            browser = Client()
            sign_in(browser)
            browser.post(reverse("mfa_authenticate"), {"code": code})
            assert is_signed_in(browser) is wanted
        used = [each.detail["by_means_of"] for each in events(Kind.SIGNED_IN) if each.by == user]
        assert used == [["password"], ["password", "recovery code"]]

    def test_are_downloaded_as_a_text_file(self, client):
        UserFactory(email="kim@example.org")
        sign_in(client)
        key = client.get(reverse("mfa_activate_totp")).context["form"].secret
        client.post(reverse("mfa_activate_totp"), {"code": app_code(key)})
        response = client.get(reverse("mfa_download_recovery_codes"))
        assert "Recovery codes of kim@example.org" in response.content.decode()
        assert response["Content-Disposition"].startswith("attachment")


class TestLimits:
    """On the cache in the database, which every process shares."""

    @pytest.fixture(autouse=True)
    def _as_in_service(self, settings):
        settings.CACHES = {"default": django_settings.CACHES["as in service"]}
        cache.clear()

    def test_the_sixth_attempt_is_refused_even_with_the_right_password(self, client, kim):
        for _ in range(5):
            sign_in(client, password="wrong")
        assert "too many attempts" in text_of(sign_in(Client()))
        assert not is_signed_in(client)
        assert events(Kind.SIGN_IN_FAILED)[-1].detail == {"why": "too many attempts"}

    def test_they_end(self, client, kim, clock):
        for _ in range(6):
            sign_in(client, password="wrong")
        clock.shift(timedelta(minutes=6))
        sign_in(client)
        assert is_signed_in(client)

    def test_one_persons_attempts_do_not_shut_others_out(self, client, kim):
        UserFactory(email="siân@example.org".replace("â", "a"))
        for _ in range(6):
            sign_in(client, password="wrong")
        sign_in(client, "sian@example.org")
        assert is_signed_in(client)

    def test_counting_happens_in_the_database(self, client, kim):
        sign_in(client, password="wrong")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cache")
            assert cursor.fetchone()[0] > 0

    def test_links_to_a_new_password_are_limited_too(self, client, kim):
        answers = [client.post(reverse("account_reset_password"), {"email": kim.email}) for _ in range(6)]
        assert [each.status_code for each in answers] == [302] * 5 + [429]
        assert "Too many attempts" in text_of(answers[-1])


class TestAForgottenPassword:
    def link(self, client, email="kim@example.org"):
        client.post(reverse("account_reset_password"), {"email": email})
        return re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]

    def test_is_replaced_by_a_link_that_works_once(self, client, kim):
        link = self.link(client)
        page = client.get(link, follow=True)
        new = {"password1": "three random words", "password2": "three random words"}
        client.post(page.request["PATH_INFO"], new)
        assert not is_signed_in(client)
        sign_in(client, password="three random words")
        assert is_signed_in(client)
        assert "does not work any more" in text_of(Client().get(link, follow=True))

    def test_the_link_ends_after_an_hour(self, client, kim, clock):
        link = self.link(client)
        clock.shift(timedelta(minutes=61))
        assert "does not work any more" in text_of(client.get(link, follow=True))

    def test_an_unknown_e_mail_gets_the_same_answer_and_no_message(self, client, kim):
        known = client.post(reverse("account_reset_password"), {"email": kim.email})
        unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
        assert known["Location"] == unknown["Location"]
        assert [each.to for each in mail.outbox] == [["kim@example.org"]]

    def test_a_leaver_gets_no_link(self, client):
        UserFactory(email="kim@example.org", is_active=False)
        client.post(reverse("account_reset_password"), {"email": "kim@example.org"})
        assert not mail.outbox

    def test_a_mail_server_that_is_down_gives_nothing_away(self, client, kim, settings, caplog):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        response = client.post(reverse("account_reset_password"), {"email": kim.email})
        assert response["Location"] == reverse("account_reset_password_done")
        assert "could not be sent" in caplog.text


class TestWithMicrosoft:
    def arrive(self, client, microsoft, follow=True):
        """Go to Microsoft and come back as whoever it says."""
        away = client.get(reverse("openid_connect_login", args=["microsoft"]), {"process": "login"})
        back = requests.get(away["Location"], allow_redirects=False, timeout=5)
        return client.get(back.headers["Location"], follow=follow)

    def test_is_offered_only_where_it_is_set_up(self, client, microsoft, settings):
        assert "Continue with Microsoft" in text_of(client.get(reverse("sign-in")))
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
        assert "Microsoft" not in text_of(client.get(reverse("sign-in")))

    def test_a_known_person_is_signed_in_and_connected(self, client, microsoft, kim):
        self.arrive(client, microsoft)
        assert get_user(client) == kim
        assert SocialAccount.objects.get().user == kim
        kim.refresh_from_db()
        assert kim.check_password(PASSWORD)
        assert events(Kind.SIGNED_IN)[-1].detail == {"by_means_of": ["Microsoft"]}
        assert microsoft.asked[0]["code_challenge_method"] == "S256"

    def test_a_connected_person_is_known_even_when_the_e_mail_changes(self, client, microsoft, kim):
        self.arrive(client, microsoft)
        microsoft.claims |= {"email": "other@example.org"}
        browser = Client()
        self.arrive(browser, microsoft)
        assert get_user(browser) == kim

    @pytest.mark.parametrize("said", [{"email_verified": False}, {"email_verified": None}, {"xms_edov": "0"}])
    def test_an_e_mail_that_is_not_verified_connects_nobody(self, client, microsoft, kim, said):
        del microsoft.claims["email_verified"]
        microsoft.claims |= said
        response = self.arrive(client, microsoft)
        assert response.status_code == 403
        assert not is_signed_in(client)
        assert not SocialAccount.objects.exists()

    def test_the_verified_domain_of_entra_counts_as_verified(self, client, microsoft, kim):
        del microsoft.claims["email_verified"]
        microsoft.claims["xms_edov"] = True
        self.arrive(client, microsoft)
        assert get_user(client) == kim

    def test_a_stranger_gets_a_kind_page_and_no_account(self, client, microsoft):
        response = self.arrive(client, microsoft)
        assert response.status_code == 403
        assert "There is no account for you yet" in text_of(response)
        assert not User.objects.exists()
        assert not SocialAccount.objects.exists()
        assert events(Kind.SIGN_IN_FAILED)[0].about == "kim@example.org"

    def test_a_leaver_stays_out(self, client, microsoft, kim):
        self.arrive(client, microsoft)
        client.post(reverse("sign-out"))
        kim.is_active = False
        kim.save()
        self.arrive(client, microsoft)
        assert not is_signed_in(client)

    def test_cancelling_there_says_so_here(self, client, microsoft):
        microsoft.cancelled = True
        assert "You cancelled signing in" in text_of(self.arrive(client, microsoft))

    def test_an_answer_that_was_not_asked_for_is_refused(self, client, microsoft, kim):
        response = client.get(reverse("openid_connect_callback", args=["microsoft"]), {"code": "x", "state": "y"})
        assert response.status_code == 401
        assert "Microsoft did not sign you in" in text_of(response)

    def test_an_account_at_microsoft_cannot_be_slipped_under_a_signed_in_person(self, client, microsoft, kim):
        sign_in(client)
        microsoft.claims = {"sub": "666", "email": "mallory@example.org", "email_verified": True}
        away = client.get(reverse("openid_connect_login", args=["microsoft"]), {"process": "connect"})
        back = requests.get(away["Location"], allow_redirects=False, timeout=5)
        assert client.get(back.headers["Location"]).status_code == 401
        assert not SocialAccount.objects.exists()

    @pytest.mark.usefixtures("second_factor_required")
    def test_a_second_factor_there_spares_ours(self, client, microsoft, kim):
        microsoft.claims["amr"] = ["pwd", "mfa"]
        response = self.arrive(client, microsoft)
        assert response.status_code == 200
        assert response.request["PATH_INFO"] == "/"

    @pytest.mark.usefixtures("second_factor_required")
    def test_without_one_there_ours_has_to_be_set_up(self, client, microsoft, kim):
        assert self.arrive(client, microsoft).request["PATH_INFO"] == reverse("mfa_index")

    @pytest.mark.usefixtures("second_factor_required")
    def test_a_tenant_may_be_trusted_to_ask_always(self, client, microsoft, kim, settings):
        settings.ENTRA_SECOND_FACTOR = "always"
        assert self.arrive(client, microsoft).request["PATH_INFO"] == "/"

    def test_who_has_an_app_is_asked_for_it_unless_microsoft_did(self, client, microsoft):
        UserFactory(email="kim@example.org", app=True)
        assert self.arrive(client, microsoft).request["PATH_INFO"] == reverse("mfa_authenticate")
        microsoft.claims["amr"] = ["mfa"]
        browser = Client()
        assert self.arrive(browser, microsoft).request["PATH_INFO"] == "/"

    @pytest.mark.usefixtures("second_factor_required")
    def test_a_sign_in_there_does_not_exempt_a_later_one_by_password(self, client, microsoft, kim):
        microsoft.claims["amr"] = ["mfa"]
        self.arrive(client, microsoft)
        client.post(reverse("sign-out"))
        sign_in(client)
        assert client.get("/")["Location"] == reverse("mfa_index")


class TestSessions:
    def test_are_listed_and_the_others_can_be_ended(self, client, kim):
        other = Client(headers={"user-agent": "Mozilla/5.0 (iPhone) AppleWebKit Version/17 Safari/604"})
        sign_in(client)
        sign_in(other)
        page = text_of(client.get(reverse("usersessions_list")))
        assert "Safari on iPhone" in page
        assert "This one" in page
        client.post(reverse("usersessions_list"))
        assert is_signed_in(client)
        assert not is_signed_in(other)

    def test_a_new_password_ends_the_others(self, client, kim):
        other = Client()
        sign_in(client)
        sign_in(other)
        new = {"oldpassword": PASSWORD, "password1": "three random words", "password2": "three random words"}
        assert client.post(reverse("account_change_password"), new)["Location"] == reverse("account")
        assert client.get("/").status_code == 200
        assert other.get("/").status_code == 302

    def test_end_after_half_an_hour_without_a_sign_of_life(self, client, kim, clock):
        sign_in(client)
        clock.shift(timedelta(minutes=31))
        response = client.get("/reviews/")
        assert response["Location"] == "/sign-in/?next=/reviews/"
        assert "You were signed out" in text_of(client.get(response["Location"]))

    def test_last_as_long_as_somebody_is_there(self, client, kim, clock):
        sign_in(client)
        for _ in range(5):
            clock.shift(timedelta(minutes=29))
            assert client.get(reverse("still-here")).status_code == 204
        assert is_signed_in(client)
        seen = UserSession.objects.get()
        assert seen.last_seen_at - seen.created_at > timedelta(hours=2)

    def test_end_after_twelve_hours_all_the_same(self, client, kim, clock):
        sign_in(client)
        for _ in range(25):
            clock.shift(timedelta(minutes=29))
            client.get(reverse("still-here"))
        assert client.get("/").status_code == 302

    def test_the_minutes_are_a_setting(self, client, kim, settings, clock):
        settings.INACTIVITY_MINUTES = 5
        sign_in(client)
        assert 'data-minutes="5"' in client.get("/").content.decode()
        clock.shift(timedelta(minutes=6))
        assert client.get("/").status_code == 302

    def test_reading_pages_writes_nothing_for_a_minute(self, client, kim, django_assert_max_num_queries):
        sign_in(client)
        with django_assert_max_num_queries(2) as queries:
            client.get(reverse("still-here"))
        assert all(each["sql"].startswith("SELECT") for each in queries)


class TestTheAccount:
    def test_shows_who_one_is_and_what_one_does(self, client, kim):
        sign_in(client)
        page = text_of(client.get(reverse("account")))
        assert "Kim" in page
        assert f"Business manager, {kim.memberships.get().partnership}" in page

    def test_lets_one_change_name_and_job_title(self, client, kim):
        sign_in(client)
        client.post(reverse("account-details"), {"name": "Kim Ó Súilleabháin", "job_title": "Named nurse"})
        kim.refresh_from_db()
        assert (kim.name, kim.job_title) == ("Kim Ó Súilleabháin", "Named nurse")
        assert events(Kind.ACCOUNT_CHANGED)[-1].detail["before"]["name"] == "Kim"

    def test_a_change_to_how_one_signs_in_is_told_by_e_mail_and_kept(self, client, kim):
        sign_in(client)
        new = {"oldpassword": PASSWORD, "password1": "three random words", "password2": "three random words"}
        client.post(reverse("account_change_password"), new)
        assert "The password was changed" in mail.outbox[0].body
        assert mail.outbox[0].alternatives[0].mimetype == "text/html"
        assert events(Kind.ACCOUNT_CHANGED)[0].detail == {"what": "The password was changed"}

    def test_a_password_that_is_short_or_ones_own_name_is_refused(self, client, kim):
        sign_in(client)
        for password in ("short", "kim@example.org"):
            form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
            assert client.post(reverse("account_change_password"), form).status_code == 200

    def test_the_password_is_asked_for_again_some_time_after_signing_in(self, client, kim, clock):
        sign_in(client)
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        clock.shift(timedelta(minutes=10))
        again = client.get(reverse("mfa_activate_totp"))["Location"]
        assert again.startswith(reverse("account_reauthenticate"))
        response = client.post(again, {"password": PASSWORD, "next": reverse("mfa_activate_totp")})
        assert response["Location"] == reverse("mfa_activate_totp")


class TestTheAuditLog:
    def test_has_sign_ins_failures_and_sign_outs_with_their_address(self, client, kim):
        sign_in(client, password="wrong")
        sign_in(client)
        client.post(reverse("sign-out"))
        found = [(each.kind, each.by, each.about, each.from_address) for each in AuditEvent.objects.order_by("pk")]
        assert found == [
            (Kind.SIGN_IN_FAILED, None, kim.email, "127.0.0.1"),
            (Kind.SIGNED_IN, kim, kim.email, "127.0.0.1"),
            (Kind.SIGNED_OUT, kim, kim.email, "127.0.0.1"),
        ]

    def test_never_has_a_password(self, client, kim):
        sign_in(client, password="my-secret-guess")
        sign_in(client)
        assert not [each for each in AuditEvent.objects.values() if "secret" in str(each) or PASSWORD in str(each)]

    def test_behind_a_proxy_it_has_the_address_before_the_proxy(self, client, kim, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        client.post(
            reverse("sign-in"),
            {"login": kim.email, "password": PASSWORD},
            headers={"x-forwarded-for": "6.6.6.6, 192.0.2.7"},
        )
        assert events(Kind.SIGNED_IN)[0].from_address == "192.0.2.7"


class TestHeaders:
    def test_pages_say_what_the_browser_may_do_for_them(self, client):
        policy = client.get(reverse("sign-in"))["Permissions-Policy"]
        assert "publickey-credentials-get=(self)" in policy
        assert "camera=()" in policy

    def test_cookies_are_for_our_own_site(self, client, kim):
        sign_in(client)
        cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
        assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)

    def test_no_page_of_signing_in_needs_inline_scripts(self, client, kim):
        sign_in(client)
        for name in ("mfa_add_webauthn", "mfa_activate_totp", "account", "mfa_index"):
            response = client.get(reverse(name))
            assert "unsafe-inline" not in response["Content-Security-Policy"]
            scripts = re.findall(r"<script(?![^>]* src=)([^>]*)>", response.content.decode())
            assert all('type="application/json"' in each for each in scripts), name


def test_migrating_makes_the_table_that_counts_attempts():
    assert "cache" in connection.introspection.table_names()
