"""Django's settings. What can differ between installations comes from ``environment``.

Everything here fails closed: no default secret, debug off, no host but our own.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from csp.constants import NONE, SELF

from tenantline.config import environment
from tenantline.kernel import sqlite_driver

sqlite_driver.install()

ENV = environment.read()
PACKAGE = Path(__file__).resolve().parent.parent

# --- who we are -------------------------------------------------------------------------------
SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = list(ENV.old_secret_keys)
DEBUG = False
DATA_DIR = ENV.data_dir
DEMO = ENV.demo
# Without a public address only this machine can be reached, and links say so.
PUBLIC_URL = ENV.public_url or "http://127.0.0.1:8000"
PUBLIC_URL_IS_SET = bool(ENV.public_url)
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = [_public.hostname or "", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]
SETTLE_SECONDS = ENV.settle_seconds
TWILIO_API_URL = ENV.twilio_api_url or None
TWILIO_AUTH_TOKEN = ENV.auth_token  # for `tenantline line connect` alone

# --- rooms ------------------------------------------------------------------------------------
ROOMS = [
    "kernel",
    "feed",
    "audit",
    "mail",
    "recovery",
    "staff",
    "facilities",
    "intake",
    "tenants",
    "billing",
    "consent",
    "carrier",
    "outbox",
    "conversations",
    "printing",
    "runs",
    "letters",
    "statements",
    "automations",
    "imports",
    "sandbox",
    "desk",
    "public",
    "api",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "lucide",
    "axes",
    "csp",
    *(f"tenantline.{room}" for room in ROOMS),
]
# Tables that can only grow. The walls are raised after every migrate; see kernel/walls.py.
APPEND_ONLY_TABLES = [
    "consent_ledgerevent",
    "consent_clearance",
    "consent_wording",
    "consent_erasure",
    "audit_entry",
    "billing_entry",
    "letters_letterversion",
    "statements_statement",
]
# Tables whose rows never change and may be deleted only where another one names them.
ERASABLE_TABLES = {"consent_particulars": "consent_erasure"}
AUTH_USER_MODEL = "staff.Staff"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database ---------------------------------------------------------------------------------
_database_url = ENV.database_url or f"sqlite:///{DATA_DIR / 'tenantline.sqlite3'}"
_database = dj_database_url.parse(_database_url)
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "tenantline.kernel.queued_sqlite"
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode={sqlite_driver.journal_mode()};"
            "PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
        ),
    }
    _database["CONN_MAX_AGE"] = None
else:
    _database["OPTIONS"] = {**_database.get("OPTIONS", {}), "pool": {"min_size": 1, "max_size": 24}}
    _database["CONN_MAX_AGE"] = 0
    # Else the first calls after the server was restarted meet connections that are dead.
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}

# --- requests ---------------------------------------------------------------------------------
ROOT_URLCONF = "tenantline.config.urls"
WSGI_APPLICATION = "tenantline.config.wsgi.application"
APPEND_SLASH = True
MIDDLEWARE = [
    "tenantline.api.problems.every_error_is_a_problem",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- sign-in ----------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "desk/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- headers ----------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _public.scheme == "https" else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}

# --- files, language, time --------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# --- e-mail -----------------------------------------------------------------------------------
# "kept" means that letters stay in the mailbox page (demo); None means that sending is refused.
EMAIL_IS_SET = bool(ENV.email_url)
EMAIL_FROM = "tenantline@localhost"
if EMAIL_IS_SET:
    _email = dj_email_url.parse(ENV.email_url)
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 20
    EMAIL_FROM = _email.get("DEFAULT_FROM_EMAIL") or f"tenantline@{_public.hostname}"
DEFAULT_FROM_EMAIL = EMAIL_FROM

# --- logs -------------------------------------------------------------------------------------
LOGGING_CONFIG = "tenantline.config.logs.configure"
LOGGING = {"format": ENV.log_format}
SILENCED_SYSTEM_CHECKS: list[str] = []
