"""Forms for people."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail and password, whatever the capitals of the e-mail."""

    error_messages = {
        "invalid_login": "The e-mail or the password is wrong. Check both and try again.",
        "inactive": "This account is not in use any more. Ask your business manager.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        email = self.fields["username"]
        email.label = "E-mail"
        email.widget = forms.EmailInput(attrs={"autocomplete": "username"})
        email.error_messages = {"required": "Enter your e-mail"}
        self.fields["password"].error_messages = {"required": "Enter your password"}
