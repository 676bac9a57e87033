"""The settings with what tests need: no secrets, no slow password hashing, no hashed file names."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "for-tests-only")
os.environ.setdefault("HTTPS_ONLY", "False")
os.environ.setdefault("JOBS", "at-once")
os.environ.setdefault("SECOND_FACTOR_REQUIRED", "False")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scr-tracker-tests-"))

from scr_tracker.settings import *  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "as in service": CACHES["default"],
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
WHITENOISE_AUTOREFRESH = True

if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, as in use: several threads may then wait for each other, which they cannot in memory.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "tests.sqlite3"}

# A worker that a test starts works on that test's database.
if os.environ.get("TEST_DATABASE"):
    DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
