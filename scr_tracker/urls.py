"""Every address of the site."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions import views as sessions
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from . import views

# allauth finds its own pages by these names; sign-up, and changing the e-mail, have none.
sign_in = [
    path("", allauth.login, name="account_login"),
    path("", allauth.login, name="sign-in"),
    path("second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("closed/", allauth.account_inactive, name="account_inactive"),
    path("forgotten-password/", allauth.password_reset, name="account_reset_password"),
    path("forgotten-password/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "forgotten-password/changed/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^forgotten-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("with/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("with/<str:provider_id>/", openid_connect.login, name="openid_connect_login"),
    path("with/<str:provider_id>/callback/", openid_connect.callback, name="openid_connect_callback"),
]

account = [
    path("", views.account, name="account"),
    path("details/", views.account_details, name="account-details"),
    path("reminders/", views.reminder_settings, name="reminder-settings"),
    path("password/", allauth.password_change, name="account_change_password"),
    path("password/first/", allauth.password_set, name="account_set_password"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("still-here/", views.still_here, name="still-here"),
    path("again/", allauth.reauthenticate, name="account_reauthenticate"),
    path("again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path(
        "second-factor/",
        mfa.IndexView.as_view(extra_context={"is_required": lambda: settings.SECOND_FACTOR_REQUIRED}),
        name="mfa_index",
    ),
    path("second-factor/app/", app.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-factor/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("second-factor/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/rename/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]

people = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="invite"),
    path("invitations/<int:pk>/send-again/", views.invite_again, name="invite-again"),
    path("invitations/<int:pk>/cancel/", views.cancel_invitation, name="cancel-invitation"),
    path("roles/<int:pk>/end/", views.end_role, name="end-role"),
    path("roles/<int:pk>/senior/", views.senior_role, name="senior-role"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/let-go/", views.let_go, name="let-go"),
    path("<int:pk>/bring-back/", views.bring_back, name="bring-back"),
    path("<int:pk>/reset-second-factor/", views.reset_second_factor, name="reset-second-factor"),
]

urlpatterns = [
    path("sign-in/", include(sign_in)),
    path("sign-out/", views.SignOut.as_view(), name="account_logout"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("account/", include(account)),
    path("people/", include(people)),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("invitations/<str:secret>/", views.invitation, name="invitation"),
    path("admin/login/", views.admin_sign_in),
    path("admin/", admin.site.urls),
    path("", include("actions.urls")),
]
