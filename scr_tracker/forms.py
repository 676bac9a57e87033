"""Forms for people, and what every form shares that must lose nothing and do nothing twice."""

from dataclasses import dataclass
from uuid import uuid4

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.signing import BadSignature, Signer

from .models import FormSent
from .rules import AlreadySent, ChangedMeanwhile

SIGNER = Signer(salt="scr_tracker.forms.once", sep=".")


def token_for(user):
    """Return a new one-time token, signed, which says whose form it is in."""
    return SIGNER.sign(f"{uuid4().hex}.{user.pk}")


def read_token(signed):
    """Return the token and the id of the person whose form it was in, or (None, None) if nobody here made it."""
    try:
        token, pk = SIGNER.unsign(signed or "").split(".")
    except (BadSignature, ValueError):
        return None, None
    return token, int(pk)


@dataclass(frozen=True)
class Sent:
    """A form on its way to a service: its one-time token, and the version that it started from."""

    token: str
    version: int | None = None

    def take_once(self, *, by):
        """Raise AlreadySent where the same form was sent before. For use inside a service's transaction."""
        _, first = FormSent.objects.get_or_create(token=self.token, defaults={"by": by})
        if not first:
            raise AlreadySent

    def check_version(self, now):
        """Raise ChangedMeanwhile where the form started from an earlier version than the present one."""
        if self.version is not None and self.version != now:
            raise ChangedMeanwhile(self.version)


class OnceForm(forms.Form):
    """A form that does what it says once, however often it is sent."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    #: The version that the form started from, where it has one, and what happened since.
    started_from, meanwhile = None, ()

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.initial["token"] = token_for(by)
        self.sent = None

    def was_sent(self):
        """Whether the same form was sent before, and did what it said."""
        token, pk = read_token(self["token"].value())
        return pk == self.by.pk and FormSent.objects.filter(token=token, by=self.by).exists()

    def clean(self):
        """Refuse a form that was not made for this person; what was typed stays, with a token of its own."""
        cleaned = super().clean()
        token, pk = read_token(cleaned.pop("token", ""))
        if pk != self.by.pk:
            self.renew(token=token_for(self.by))
            self.add_error(None, "This page was open for too long. Check what you entered, then save it again.")
        else:
            self.sent = Sent(token, cleaned.pop("version", None))
        return cleaned

    def renew(self, **hidden):
        """Put new values into the form's hidden fields, leaving what the person typed as it is."""
        self.data = self.data.copy()
        self.data.update({self.add_prefix(name): value for name, value in hidden.items()})


class VersionedForm(OnceForm):
    """A form about something that others may change while it is open: it knows which version it started from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = version
        if self.is_bound:
            typed = str(self["version"].value() or "")
            self.started_from = int(typed) if typed.isdecimal() else 0
            self.renew(version=self.started_from)


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
