"""The one settings file. Everything that differs between places comes from the environment.

docs/operations.md has the table of variables. Safe by default: with nothing set, nothing starts but
the demonstration.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
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
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

DATA_DIR = Path(environment.text("DATA_DIR", default=str(BASE_DIR / "data")))
DATABASES = {"default": environment.database("DATABASE_URL", default_file=DATA_DIR / "scr_tracker.sqlite3")}
MEDIA_ROOT = DATA_DIR / "media"

# --- The parts ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "scr_tracker",
    "reviews",
    "actions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_tables2",
    "simple_history",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "scr_tracker.middleware.KeptWritingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
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
                "actions.context_processors.queues",
            ],
        },
    }
]
FORM_RENDERER = "scr_tracker.govuk.GovukRenderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- People ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "scr_tracker.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "scr_tracker.backends.MembershipBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
CSRF_FAILURE_VIEW = "scr_tracker.views.csrf_failure"
LOGIN_URL = reverse_lazy("sign-in")
LOGIN_REDIRECT_URL = reverse_lazy("home")
LOGOUT_REDIRECT_URL = reverse_lazy("sign-in")

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
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES_STORAGE_BACKEND},
}

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
if environment.boolean("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 12 * 60 * 60
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
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": environment.one_of("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="WARNING"),
    },
}
