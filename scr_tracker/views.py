"""Signing in and out."""

from django.contrib.auth import views as auth
from django.shortcuts import redirect
from django.views import csrf

from . import kept
from .forms import SignInForm


class SignIn(auth.LoginView):
    """Let a person in by e-mail and password."""

    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth.LogoutView):
    """Let a person out, and show the sign-in page again."""


def csrf_failure(request, reason=""):
    """Offer a form back whose page is older than the person's sign-in; refuse what is not from a form of ours."""
    if kept.keep(request):
        return redirect(request.path)
    return csrf.csrf_failure(request, reason=reason)
