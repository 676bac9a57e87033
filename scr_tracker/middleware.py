"""What happens around every page."""

import time

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from . import audit, kept, second_factor
from .models import AuditEvent
from .room import with_room
from .rules import RuleBroken


class RoomMiddleware:
    """Make room in Python's stack for all that an answer calls. Stands before every other."""

    def __init__(self, get_response):
        self.answer = with_room(get_response)

    def __call__(self, request):
        """Answer the request."""
        return self.answer(request)


class PermissionsPolicyMiddleware:
    """Tell browsers which of their powers our pages may use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request, and add the header."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class InactivityMiddleware:
    """Sign people out who have shown no sign of life for a while, or have been signed in for half a day.

    The session is written to once a minute at most, so that reading pages stays reading.
    """

    every_seconds = 60

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Sign out whoever was away too long; note the sign of life of everybody else."""
        if request.user.is_authenticated:
            now = time.time()
            began = request.session.get("signed_in_at") or request.user.last_login.timestamp()
            away = now - request.session.get("last_seen", began)
            if away > settings.INACTIVITY_MINUTES * 60 or now - began > settings.SESSION_COOKIE_AGE:
                get_adapter().logout(request)
                request.was_away_too_long = True
            elif away > self.every_seconds:
                request.session["last_seen"] = now
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Lead people without a second factor to set one up before anything else, where everybody needs one."""

    #: What they may do meanwhile, by the names of addresses.
    open_to_them = {
        *("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"),
        *("sign-out", "account_logout", "still-here"),
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; what it asks for is known in process_view."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Lead away from every page but those that set a second factor up."""
        is_open = not getattr(view, "login_required", True) or request.resolver_match.url_name in self.open_to_them
        return redirect("mfa_index") if not is_open and second_factor.is_missing(request) else None


class RefusalsMiddleware:
    """Enter in the audit log what a signed-in person was refused: what is not theirs to do, or not theirs to see.

    A page that a person may not see is answered as one that is not there, so both are entered.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request, and enter it if the answer is a refusal."""
        response = self.get_response(request)
        page = request.resolver_match
        if response.status_code in (403, 404) and page and request.user.is_authenticated:
            with_secrets = any(not str(value).isdecimal() for value in page.captured_kwargs.values())
            audit.record(
                AuditEvent.Kind.REFUSED,
                by=request.user,
                about=page.view_name if with_secrets else request.path,
                request=request,
                answer=response.status_code,
                method=request.method,
            )
        return response


class PrivatePagesMiddleware:
    """Keep what a signed-in person saw out of shared caches and out of the browser's back button."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request, and mark the answer as nobody else's."""
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class KeptWritingMiddleware:
    """Keep what somebody sent after their sign-in had ended; stands before what sends them to sign in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; only forms that are sent matter here."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Keep what a form of ours says when nobody is signed in to say it; say once why they have to sign in."""
        if request.method == "POST" and not request.user.is_authenticated and kept.keep(request):
            messages.info(request, "You had been signed out. Sign in, and what you wrote will be there.")
        elif getattr(request, "was_away_too_long", False):
            messages.info(request, "You were signed out to keep what is here safe. Sign in to carry on.")


class RuleBrokenMiddleware:
    """Show a broken rule on the page it came from, in the words of the rule."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Pass the request on; only exceptions matter here."""
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Turn a RuleBroken into a message on the page that the person was on."""
        if isinstance(exception, RuleBroken):
            messages.error(request, str(exception))
            return redirect(request.path)
        return None
