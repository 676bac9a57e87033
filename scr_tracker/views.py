"""Signing in and out."""

from django.contrib.auth import views as auth

from .forms import SignInForm


class SignIn(auth.LoginView):
    """Let a person in by e-mail and password."""

    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth.LogoutView):
    """Let a person out, and show the sign-in page again."""
