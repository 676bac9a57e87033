"""The one settings file. Everything that differs between places comes from the environment.

docs/operations.md has the table of variables. Safe by default: with nothing set, nothing starts but
the demonstration.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from . import environment

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where this is, and how open ---------------------------------------------------------------

DEBUG = environment.boolean("DEBUG", default=False)

SECRET_KEY = environment.text(
    "SECRET_KEY",
    default="for-trying-it-out-on-this-machine-only",
    needed=""
    if DEBUG
    else (
        "to a long random text and keep it secret (python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        " makes one), or set DEBUG to True to try SCR Tracker on this machine alone."
    ),
)
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
#: Where people reach the site: links in reminders begin with it.
SITE_URL = environment.text(
    "SITE_URL", default="http://localhost:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0]}"
).rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(f"Set SITE_URL to an address such as https://tracker.example.gov.uk, not “{SITE_URL}”.")

DATA_DIR = Path(environment.text("DATA_DIR", default=str(BASE_DIR / "data")))
DATABASES = {"default": environment.database("DATABASE_URL", default_file=DATA_DIR / "scr_tracker.sqlite3")}
MEDIA_ROOT = DATA_DIR / "media"

# --- The parts ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before ours, so that scr_tracker/admin.py can take away what it registers.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "scr_tracker",
    "reviews",
    "actions",
    "scr_tracker.admin_config.SetUpConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "simple_history",
    "csp",
    "django_tasks_db",
]

MIDDLEWARE = [
    "scr_tracker.middleware.RoomMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "scr_tracker.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "scr_tracker.middleware.RefusalsMiddleware",
    "scr_tracker.middleware.InactivityMiddleware",
    "scr_tracker.middleware.KeptWritingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "scr_tracker.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "scr_tracker.middleware.PrivatePagesMiddleware",
    "scr_tracker.middleware.RuleBrokenMiddleware",
]

ROOT_URLCONF = "scr_tracker.urls"
WSGI_APPLICATION = "scr_tracker.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "scr_tracker.context_processors.marking",
                "scr_tracker.context_processors.inactivity",
            ],
        },
    }
]
FORM_RENDERER = "scr_tracker.fields.GovukRenderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- People ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "scr_tracker.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "scr_tracker.backends.MembershipBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "scr_tracker.views.csrf_failure"
LOGIN_URL = reverse_lazy("sign-in")
LOGIN_REDIRECT_URL = reverse_lazy("home")
LOGOUT_REDIRECT_URL = reverse_lazy("sign-in")

# --- Signing in (docs/adr/0011-sign-in-with-allauth.md) ----------------------------------------

#: Whether everybody needs more than a password. The demonstration's people do not.
SECOND_FACTOR_REQUIRED = environment.boolean("SECOND_FACTOR_REQUIRED", default=not DEBUG)
#: After how many minutes without a sign of life somebody is signed out.
INACTIVITY_MINUTES = environment.whole_number("INACTIVITY_MINUTES", default=30)
if not INACTIVITY_MINUTES:
    raise ImproperlyConfigured("Set INACTIVITY_MINUTES to 1 or more.")
INVITATION_DAYS = environment.whole_number("INVITATION_DAYS", default=7)

ACCOUNT_ADAPTER = "scr_tracker.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
# An invitation proves the e-mail, and only an administrator can change it.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# allauth's own keeps a second list of e-mails, in which an old one would live on.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_RATE_LIMITS = {"login_failed": "30/5m/ip,5/5m/key"}
#: Calendar programs ask every hour or so; guesses at addresses are counted by where they come from.
CALENDAR_RATE_LIMITS = {"read": "60/1h/key", "guessed": "30/5m/ip"}
ACCOUNT_FORMS = {
    "login": "scr_tracker.forms.SignInForm",
    "reauthenticate": "scr_tracker.forms.PasswordAgainForm",
    "change_password": "scr_tracker.forms.ChangePasswordForm",
    "set_password": "scr_tracker.forms.FirstPasswordForm",
    "reset_password": "scr_tracker.forms.ForgottenPasswordForm",
    "reset_password_from_key": "scr_tracker.forms.NewPasswordForm",
}

MFA_ADAPTER = "scr_tracker.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "SCR Tracker"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "scr_tracker.forms.CodeForm",
    "reauthenticate": "scr_tracker.forms.CodeAgainForm",
    "activate_totp": "scr_tracker.forms.AuthenticatorAppForm",
    "add_webauthn": "scr_tracker.forms.AddPasskeyForm",
    "edit_webauthn": "scr_tracker.forms.RenamePasskeyForm",
}

ENTRA_TENANT, ENTRA_CLIENT_ID, ENTRA_CLIENT_SECRET = environment.all_or_none(
    "ENTRA_TENANT", "ENTRA_CLIENT_ID", "ENTRA_CLIENT_SECRET", purpose="let people sign in with Microsoft Entra ID"
)
#: Which Entra sign-ins count as having a second factor: those whose token says so, or all of them.
ENTRA_SECOND_FACTOR = environment.one_of("ENTRA_SECOND_FACTOR", ("token", "always"), default="token")
if ENTRA_TENANT in {"common", "organizations", "consumers"}:
    raise ImproperlyConfigured(
        f"Set ENTRA_TENANT to the id of your own tenant, not “{ENTRA_TENANT}”, which lets every organisation in."
    )
SOCIALACCOUNT_ADAPTER = "scr_tracker.adapters.EntraAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "microsoft",
                "name": "Microsoft",
                "client_id": ENTRA_CLIENT_ID,
                "secret": ENTRA_CLIENT_SECRET,
                "settings": {
                    "server_url": f"https://login.microsoftonline.com/{ENTRA_TENANT}/v2.0",
                    "fetch_userinfo": False,
                },
            }
        ]
        if ENTRA_TENANT
        else [],
    }
}

# Rate limits are kept here, so that every process counts the same attempts. `migrate` makes the table.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# --- E-mail ------------------------------------------------------------------------------------

EMAIL_HOST = environment.text("EMAIL_HOST", default="" if DEBUG else "localhost")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_SECURITY = environment.one_of("EMAIL_SECURITY", ("starttls", "tls", "none"), default="none")
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_PORT = environment.whole_number("EMAIL_PORT", default={"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY])
EMAIL_HOST_USER = environment.text("EMAIL_USER", default="")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_PASSWORD", default="")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", default="SCR Tracker <scr-tracker@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- The accessibility statement ---------------------------------------------------------------

#: Who runs this SCR Tracker, and where people say that they cannot use a page.
ORGANISATION = environment.text("ORGANISATION", default="")
ACCESSIBILITY_EMAIL = environment.text("ACCESSIBILITY_EMAIL", default="")
ACCESSIBILITY_PHONE = environment.text("ACCESSIBILITY_PHONE", default="")

# --- Background jobs (docs/adr/0014-do-slow-work-in-a-worker.md) -------------------------------

#: Who does slow work: `manage.py worker`, or the process that asks for it, before it answers.
JOBS = environment.one_of("JOBS", ("worker", "at-once"), default="at-once" if DEBUG else "worker")
TASKS = {
    "worker": {"BACKEND": "django_tasks_db.DatabaseBackend"},
    "at-once": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
}
#: After how long without a sign of life a worker counts as dead, and its job is done by another.
WORKER_LOST_AFTER_SECONDS = environment.whole_number("WORKER_LOST_AFTER_SECONDS", default=30)
if WORKER_LOST_AFTER_SECONDS < 2:
    raise ImproperlyConfigured("Set WORKER_LOST_AFTER_SECONDS to 2 or more.")

# --- History -----------------------------------------------------------------------------------

#: History is for reading: nobody "reverts" to an earlier version.
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# --- Static files and uploads ------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "static" / "dist"]
STATICFILES_STORAGE_BACKEND = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": environment.file_storage(),
    "staticfiles": {"BACKEND": STATICFILES_STORAGE_BACKEND},
}

EVIDENCE_MAX_MB = environment.whole_number("EVIDENCE_MAX_MB", default=50)
EVIDENCE_MAX_BYTES = EVIDENCE_MAX_MB * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "scr_tracker.uploads.NamelessFileUploadHandler",
]
#: How to reach ClamAV's daemon: a path, a (host, port), or None where there is none.
CLAMAV = environment.virus_scanner()

# --- Safety in the browser ---------------------------------------------------------------------

HTTPS_ONLY = environment.boolean("HTTPS_ONLY", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
HSTS_SECONDS = environment.whole_number("HSTS_SECONDS", default=31536000)
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Preloading is for whole domains, and a council's domain is not ours to enter on the browsers' lists.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
BEHIND_PROXY = environment.boolean("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
#: How many proxies add to X-Forwarded-For; rate limits and the audit log go by the address before them.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole_number("PROXIES", default=int(BEHIND_PROXY))
X_FRAME_OPTIONS = "DENY"
#: Nobody stays signed in longer than this, however active.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
# Lax, not Strict: people come back from Microsoft, and from links in e-mails, signed in.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
#: What pages may ask of the browser: passkeys, and nothing else.
PERMISSIONS_POLICY = ", ".join(
    [
        *("publickey-credentials-create=(self)", "publickey-credentials-get=(self)"),
        *("accelerometer=()", "camera=()", "display-capture=()", "geolocation=()", "gyroscope=()"),
        *("magnetometer=()", "microphone=()", "midi=()", "payment=()", "usb=()"),
    ]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Records of what happened ------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without secrets": {"()": "scr_tracker.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without secrets"]},
    },
    "root": {
        "handlers": ["console"],
        "level": environment.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="WARNING"),
    },
}
