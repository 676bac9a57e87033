"""What happens around every page."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from . import kept
from .rules import RuleBroken


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
        """Keep what a form of ours says when nobody is signed in to say it."""
        if request.method == "POST" and not request.user.is_authenticated and kept.keep(request):
            messages.info(request, "You had been signed out. Sign in, and what you wrote will be there.")


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
