"""Whether somebody has proved who they are by more than a password."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings

#: What proves a person beyond the password; recovery codes only stand in for these.
TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

MICROSOFT_KEY = "second_factor_by_microsoft"


def is_missing(request):
    """Whether a signed-in person has to set a second factor up before anything else."""
    if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
        return False
    return not (is_set_up(request.user) or was_asked_by_microsoft(request, request.user))


def is_set_up(user):
    """Whether the person has an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=TYPES).exists()


def has_another(authenticator):
    """Whether the person would still have a second factor without this one."""
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=TYPES)
    return others.exclude(pk=authenticator.pk).exists()


def note_microsoft(request, user, claims):
    """Keep in the session whether Microsoft asked for a second factor in the sign-in that is going on."""
    asked = settings.ENTRA_SECOND_FACTOR == "always" or "mfa" in claims.get("amr", ())
    request.session[MICROSOFT_KEY] = user.pk if asked else None


def was_asked_by_microsoft(request, user):
    """Whether this very session began at Microsoft, with a second factor there."""
    if request.session.get(MICROSOFT_KEY) != user.pk:
        return False
    return any(each.get("method") == "socialaccount" for each in get_authentication_records(request, user))
