"""Forms for people, in our words, and what every form shares that must lose nothing and do nothing twice."""

from dataclasses import dataclass
from uuid import uuid4

from allauth.account import forms as allauth
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth import password_validation
from django.core.signing import BadSignature, Signer

from .audit import record
from .models import Agency, AuditEvent, FormSent, Invitation, Membership, User
from .permissions import Role
from .rules import AlreadySent, ChangedMeanwhile

HOW_LONG = "At least 12 characters. Three random words are easy to remember and hard to guess."
HOW_TO_CODE = "The 6 figures that the app shows now, or one of your recovery codes"

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


class InOurWords:
    """Says the labels, hints and errors of a form that is not ours: (label, hint, what to do when empty)."""

    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, hint, missing) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.error_messages["required"] = missing
            field.widget.attrs.pop("placeholder", None)


class SignInForm(InOurWords, allauth.LoginForm):
    """E-mail and password, whatever the capitals of the e-mail."""

    words = {
        "login": ("E-mail", "", "Enter your e-mail"),
        "password": ("Password", "", "Enter your password"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["login"].error_messages["invalid"] = "Enter an e-mail such as name@example.gov.uk"


class PasswordAgainForm(InOurWords, allauth.ReauthenticateForm):
    """The password, before something that matters is changed."""

    words = {"password": ("Password", "", "Enter your password")}


class ChangePasswordForm(InOurWords, allauth.ChangePasswordForm):
    """A new password instead of the current one."""

    words = {
        "oldpassword": ("Current password", "", "Enter your current password"),
        "password1": ("New password", HOW_LONG, "Enter a new password"),
        "password2": ("New password again", "", "Enter the new password again"),
    }


class FirstPasswordForm(InOurWords, allauth.SetPasswordForm):
    """A password for somebody who has signed in without one so far."""

    words = {
        "password1": ("Password", HOW_LONG, "Enter a password"),
        "password2": ("Password again", "", "Enter the password again"),
    }


class ForgottenPasswordForm(InOurWords, allauth.ResetPasswordForm):
    """Where to send the link to a new password."""

    words = {"email": ("E-mail", "The one that you sign in with", "Enter your e-mail")}


class NewPasswordForm(InOurWords, allauth.ResetPasswordKeyForm):
    """A new password instead of a forgotten one."""

    words = {
        "password1": ("New password", HOW_LONG, "Enter a new password"),
        "password2": ("New password again", "", "Enter the new password again"),
    }


class TypedCode(InOurWords):
    """A code, which people may type with spaces."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"class": "govuk-input--width-10", "inputmode": "numeric"}

    def clean_code(self):
        """Take the spaces out before the code is checked."""
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        return super().clean_code()


class ProvingCode(TypedCode):
    """A code that proves who somebody is."""

    words = {"code": ("Code", HOW_TO_CODE, "Enter a code")}

    def _emit_authentication_failed(self, authenticator):
        """Keep a wrong code in the audit log, without the code."""
        super()._emit_authentication_failed(authenticator)
        failed = AuditEvent.Kind.SIGN_IN_FAILED
        record(failed, by=self.user, about=self.user.email, request=context.request, why="wrong code")


class CodeForm(ProvingCode, mfa.AuthenticateForm):
    """The code that is asked for after the password."""


class CodeAgainForm(ProvingCode, mfa.ReauthenticateForm):
    """A code, before something that matters is changed."""


class AuthenticatorAppForm(TypedCode, ActivateTOTPForm):
    """The first code of an authenticator app, which shows that it was set up right."""

    words = {"code": ("Code from the app", "6 figures, which change every half minute", "Enter the code from the app")}


class AddPasskeyForm(InOurWords, AddWebAuthnForm):
    """A passkey or security key, and what to call it."""

    words = {
        "name": ("What to call it", "Such as “Work laptop”, so that you can tell it from others", ""),
        "passwordless": (
            "Sign in with this passkey alone, without e-mail and password",
            "Your device will ask for your fingerprint, face or PIN. Untick this for an older security key.",
            "",
        ),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True
        self.fields["name"].max_length = 60


class RenamePasskeyForm(InOurWords, EditWebAuthnForm):
    """Another name for a passkey."""

    words = {"name": ("What to call it", "", "Enter a name")}


class ResetSecondFactorForm(OnceForm):
    """Why somebody's second factor is reset."""

    reason = forms.CharField(
        label="Why?",
        help_text="Such as “Lost her phone; she told me so in person”. They read it, and the audit log keeps it.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter why the second factor is reset"},
    )


class DetailsForm(forms.ModelForm):
    """What people may change about themselves."""

    class Meta:
        model = User
        fields = ["name", "job_title"]
        labels = {"name": "Name", "job_title": "Job title (optional)"}
        help_texts = {"name": "As others see it beside what you do", "job_title": "Such as “Named nurse”"}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "job_title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
        }
        error_messages = {"name": {"required": "Enter your name"}}


class RemindersForm(forms.ModelForm):
    """How often somebody is sent digests."""

    class Meta:
        model = User
        fields = ["reminders"]
        labels = {"reminders": "When do you want a digest?"}
        help_texts = {
            "reminders": "One e-mail for everything that waits for you, on working days. Whatever you choose, a "
            "business manager can send you a reminder, and you are asked when an overdue action has had no answer for "
            "long."
        }
        widgets = {"reminders": forms.RadioSelect}
        error_messages = {"reminders": {"required": "Choose when you want a digest"}}


class JoinForm(DetailsForm):
    """The account of somebody who was invited."""

    password = forms.CharField(
        label="Password",
        help_text=HOW_LONG,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "Enter a password"},
    )

    def clean(self):
        """Refuse passwords that are easily guessed, the person's own name among them."""
        cleaned = super().clean()
        if password := cleaned.get("password"):
            person = User(email=self.instance.email, name=cleaned.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InvitationForm(forms.Form):
    """Whom to invite, and to what: roles in the partnerships given, and in the agencies that serve them."""

    email = forms.EmailField(
        label="E-mail",
        help_text="The link to make an account is sent here",
        error_messages={
            "required": "Enter an e-mail",
            "invalid": "Enter an e-mail such as name@example.gov.uk",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="What will they be?", error_messages={"required": "Select what they will be"})

    def __init__(self, *args, partnerships, **kwargs):
        super().__init__(*args, **kwargs)
        self.places, choices = {}, [("", "Choose a role")]
        for partnership in partnerships:
            roles = [self._offer(role, partnership) for role in (Role.BUSINESS_MANAGER, Role.BOARD_MEMBER)]
            agencies = Agency.objects.of(partnership).order_by("name")
            choices.append((str(partnership), roles + [self._offer(Role.AGENCY_LEAD, each) for each in agencies]))
        self.fields["role"].choices = choices

    def _offer(self, role, place):
        key = f"{role.value}-{place.pk}"
        self.places[key] = (role, place)
        return key, f"{role.label}, {place}" if role == Role.AGENCY_LEAD else role.label

    def clean(self):
        """Say at once when the person has the role, or was invited to it."""
        cleaned = super().clean()
        if not self.errors:
            cleaned["email"] = cleaned["email"].lower()
            cleaned["role"], cleaned["place"] = role, place = self.places[cleaned["role"]]
            where = {"agency" if role == Role.AGENCY_LEAD else "partnership": place}
            if Membership.objects.filter(user__email=cleaned["email"], role=role, **where).exists():
                self.add_error("email", "This person has the role already")
            elif Invitation.objects.open().filter(email=cleaned["email"], role=role, **where).exists():
                self.add_error("email", "This person has been invited already. Send the invitation again instead")
        return cleaned
