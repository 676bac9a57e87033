"""Where django-allauth asks us: our words, closed sign-up, the audit log, and what Microsoft may vouch for."""

import base64
import hashlib
import logging
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import render

from . import notifications, second_factor, services
from .audit import record
from .models import AuditEvent, User

log = logging.getLogger(__name__)

Kind = AuditEvent.Kind

#: For how long after signing in nobody is asked for the password again before changing the second factor.
JUST_SIGNED_IN_SECONDS = 5 * 60

#: What is said on the page after each thing that allauth does; it says nothing else.
SAID = {
    "account/messages/password_changed.txt": "Password changed",
    "account/messages/password_set.txt": "Password set",
    "mfa/messages/totp_activated.txt": "Authenticator app added",
    "mfa/messages/totp_deactivated.txt": "Authenticator app removed",
    "mfa/messages/webauthn_added.txt": "Passkey added",
    "mfa/messages/webauthn_removed.txt": "Passkey removed",
    "usersessions/messages/sessions_logged_out.txt": "Signed out everywhere else",
}

#: What an account's owner is told by e-mail, and the audit log keeps, when it is changed.
CHANGES = {
    "account/email/password_changed": "The password was changed",
    "account/email/password_set": "A password was set",
    "account/email/password_reset": "The password was reset by e-mail",
    "mfa/email/totp_activated": "An authenticator app was added",
    "mfa/email/totp_deactivated": "The authenticator app was removed",
    "mfa/email/webauthn_added": "A passkey was added",
    "mfa/email/webauthn_removed": "A passkey was removed",
    "mfa/email/recovery_codes_generated": "New recovery codes were made",
    "socialaccount/email/account_connected": "Signing in with Microsoft was connected",
}

#: How a person signed in, by allauth's names of methods.
WAYS = {"password": "password", "socialaccount": "Microsoft", "mfa": "second factor", "password_reset": "e-mail"}

TOO_MANY = "There were too many attempts. Wait five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by e-mail and password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail or the password is wrong. Check both and try again.",
        "enter_current_password": "The current password is wrong",
        "incorrect_password": "The password is wrong",
        "incorrect_code": "The code is wrong or has been used. Enter the newest one",
        "rate_limited": TOO_MANY,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request):
        """Refuse: accounts are made by accepting an invitation."""
        return False

    def get_login_stages(self):
        """Ask for a second factor, unless Microsoft has done so."""
        ours = f"{SecondFactorStage.__module__}.{SecondFactorStage.__name__}"
        theirs = f"{AuthenticateStage.__module__}.{AuthenticateStage.__name__}"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app, **kwargs):
        """Ask for the password again before a change to the second factor, unless it was given just now."""
        recent = time.time() - JUST_SIGNED_IN_SECONDS
        records = get_authentication_records(self.request, self.request.user)
        if any(each["at"] > recent for each in records):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_reauthentication_methods(self, user):
        """Name the ways to prove again who one is in our words."""
        words = {
            "reauthenticate": "Use your password",
            "mfa_reauthenticate": "Use a code from your authenticator app, or a recovery code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        return [{**each, "description": words[each["id"]]} for each in super().get_reauthentication_methods(user)]

    def get_password_change_redirect_url(self, request):
        """Go back to the account."""
        return services.address_of("account")

    def get_client_ip(self, request):
        """Return the address that rate limits count by; one for all where none is known."""
        try:
            return super().get_client_ip(request)
        except PermissionDenied:
            return "0.0.0.0"  # noqa: S104  (nothing listens there; a server behind a socket knows no address)

    def pre_authenticate(self, request, **credentials):
        """Count the attempt, and keep in the audit log those that are one too many."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            record(Kind.SIGN_IN_FAILED, about=credentials.get("email", ""), request=request, why="too many attempts")
            raise

    def authentication_failed(self, request, **credentials):
        """Keep a failed attempt in the audit log, without what was typed as password."""
        record(Kind.SIGN_IN_FAILED, about=credentials.get("email", ""), request=request, why="wrong e-mail or password")

    def respond_user_inactive(self, request, user):
        """Keep the attempt of somebody who has left in the audit log."""
        record(Kind.SIGN_IN_FAILED, by=user, about=user.email, request=request, why="account not in use")
        return super().respond_user_inactive(request, user)

    def post_login(self, request, user, **kwargs):
        """Keep a sign-in in the audit log, with how it was done, and begin to count the time away."""
        request.session["signed_in_at"] = request.session["last_seen"] = time.time()
        used = [_way(each) for each in get_authentication_records(request, user)]
        record(Kind.SIGNED_IN, by=user, about=user.email, request=request, by_means_of=list(dict.fromkeys(used)))
        return super().post_login(request, user, **kwargs)

    def logout(self, request):
        """Keep a sign-out in the audit log."""
        record(Kind.SIGNED_OUT, by=request.user, about=request.user.email, request=request)
        super().logout(request)

    def add_message(self, request, level, message_template=None, message_context=None, extra_tags="", message=None):
        """Say what was done in our words, and only what is worth saying."""
        if text := message or SAID.get(message_template):
            level = messages.ERROR if level == messages.ERROR else messages.SUCCESS
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def send_password_reset_mail(self, user, email, context):
        """Send the link to a new password."""
        self.send_mail("emails/password_reset", user.email, context)

    def send_mail(self, template_prefix, email, context):
        """Send a message; a post office that is closed stops nobody, but is written to the log."""
        try:
            notifications.send(template_prefix, email, context)
        except OSError:
            log.exception("An e-mail could not be sent (%s)", template_prefix)

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Tell the owner of an account that it was changed, and keep it in the audit log."""
        change = CHANGES[template_prefix]
        record(Kind.ACCOUNT_CHANGED, by=user, about=user.email, request=self.request, what=change)
        self.send_mail("emails/account_changed", user.email, {"user": user, "change": change})


def _way(record):
    """Return how one step of a sign-in was done, in the words of the audit log."""
    kinds = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery code"}
    return kinds.get(record.get("type")) or WAYS.get(record["method"], record["method"])


class SecondFactorStage(AuthenticateStage):
    """The step of signing in that asks for a second factor."""

    def _should_handle(self, request):
        """Ask whoever has one, unless Microsoft has just asked for its own."""
        return super()._should_handle(request) and not second_factor.was_asked_by_microsoft(request, self.login.user)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, passkeys and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "rate_limited": TOO_MANY,
        "cannot_delete_authenticator": "Add a passkey before you remove the authenticator app. Everybody needs one.",
        "cannot_generate_recovery_codes": "Add an authenticator app or a passkey first.",
    }

    def can_delete_authenticator(self, authenticator):
        """Refuse to take the last second factor away where everybody needs one."""
        return not settings.SECOND_FACTOR_REQUIRED or second_factor.has_another(authenticator)

    def generate_authenticator_name(self, user, type):
        """Number the passkeys."""
        return f"Passkey {user.authenticator_set.filter(type=type).count() + 1}"

    def encrypt(self, text):
        """Keep secrets of authenticator apps unreadable to whoever reads the database alone."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """Return the secret."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self):
        return settings.MFA_TOTP_ISSUER


def _box():
    """Return what locks and unlocks secrets: by SECRET_KEY, and unlocks by those before it too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"scr_tracker.second_factor" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class EntraAdapter(DefaultSocialAccountAdapter):
    """Signing in with Microsoft Entra ID: known people only, and no account is made by it."""

    def is_open_for_signup(self, request, sociallogin):
        """Refuse: accounts are made by accepting an invitation."""
        return False

    def pre_social_login(self, request, sociallogin):
        """Find out whom Microsoft vouches for, and whether it asked them for a second factor."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise PermissionDenied
        claims = sociallogin.account.extra_data.get("id_token", {})
        if not sociallogin.is_existing and (user := person_of(claims)):
            sociallogin.connect(request, user)
        if not sociallogin.is_existing:
            email = str(claims.get("email", ""))
            record(Kind.SIGN_IN_FAILED, about=email, request=request, why="unknown to us, signed in at Microsoft")
            page = render(request, "socialaccount/unknown_person.html", {"email": email}, status=403)
            raise ImmediateHttpResponse(page)
        second_factor.note_microsoft(request, sociallogin.user, claims)


def person_of(claims):
    """Return the person with the e-mail in a token, if the token says that the e-mail is verified."""
    verified = any(claims.get(name) in (True, 1, "1", "true") for name in ("email_verified", "xms_edov"))
    email = claims.get("email")
    return User.objects.filter(email=email.lower(), is_active=True).first() if verified and email else None
