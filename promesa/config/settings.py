"""Django's settings. What differs from one installation to the next comes from the environment:

PROMESA_HOME     the data folder (a private embedded server each)
DATABASE_URL     a PostgreSQL of one's own, 15 or newer, instead of the embedded one
PROMESA_HOSTS    names under which the site is reached, separated by commas
PROMESA_ADDRESS  where customers reach the site, as letters name it: https://pedidos.example.com (default: the first of the hosts)
PROMESA_SECURE   1 when it is reached over https: cookies and redirects then insist on it
PROMESA_DEBUG    1 shows Django's page on an error; never where others can reach it
PROMESA_LOG      the least level that is logged (default INFO)
PROMESA_EXCHANGE the folder shared with other programs: inbox, outbox (default: `exchange` in the data folder)
PROMESA_PRIVATE_HOSTS  hosts and networks of one's own to which documents may be sent, separated by commas: 10.1.0.0/16, erp
"""

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from promesa.config import address, home
from promesa.config.logs import configured_logs

HOME = home.home()
PACKAGE = Path(__file__).resolve().parents[1]


def _flag(name: str) -> bool:
    return os.environ.get(name, "") not in ("", "0", "no", "false")


DEBUG = _flag("PROMESA_DEBUG")
SECURE = _flag("PROMESA_SECURE")
SECRET_KEY = os.environ.get("PROMESA_SECRET") or home.secret(HOME)
ALLOWED_HOSTS = [
    *filter(None, os.environ.get("PROMESA_HOSTS", "").split(",")),
    "localhost",
    "127.0.0.1",
    "[::1]",
    "testserver",
]
_NAMED = next(filter(None, os.environ.get("PROMESA_HOSTS", "").split(",")), "")
PUBLIC_ADDRESS = os.environ.get("PROMESA_ADDRESS", "").rstrip("/") or (
    f"http{'s' * SECURE}://{_NAMED}" if _NAMED else "http://localhost:8000"
)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in filter(None, os.environ.get("PROMESA_HOSTS", "").split(","))]

# -- the rooms, from the ground floor up --------------------------------------------------------------------------

ROOMS = (
    "core",
    "access",
    "customers",
    "catalog",
    "work",
    "inventory",
    "orders",
    "allocation",
    "fulfilment",
    "billing",
    "exchange",
    "results",
    "desk",
    "portal",
    "demo",
)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "django_htmx",
    "ninja",
    *(f"promesa.{room}" for room in ROOMS),
    "promesa.config",
    "promesa.cli",
]

MIDDLEWARE = [
    "promesa.config.middleware.request_log",
    "promesa.config.health.answers",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "promesa.config.middleware.content_security",
    "promesa.config.api.apart",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "promesa.config.middleware.language",
    "promesa.desk.frame.company_time",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "promesa.config.middleware.Refusals",
    "promesa.access.doors.DenyByDefault",
]

ROOT_URLCONF = "promesa.config.urls"
WSGI_APPLICATION = "promesa.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "promesa.desk.frame.frame",
                "promesa.portal.frame.frame",
            ],
        },
    }
]

# -- the database -------------------------------------------------------------------------------------------------

# A page waits 3 s for a lock and 30 s for an answer; a command (loading, demo, bench) may work longer.
DOOR = os.environ.get("PROMESA_DOOR", "command")
_PATIENCE = {
    "web": "-c lock_timeout=3s -c statement_timeout=30s -c idle_in_transaction_session_timeout=15s",
    "command": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=15min",
}
_database: dict[str, Any] = {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": False,
    **address.database(),
}
_database["OPTIONS"] = {
    "server_side_binding": True,
    # psycopg prepares nothing by itself: after a rollback it would throw away every prepared statement of the session,
    # those of core.prepared too.
    "prepare_threshold": None,
    "options": _PATIENCE[DOOR],
    "application_name": f"promesa-{DOOR}",
    **_database["OPTIONS"],
}
DATABASES = {"default": _database}

# -- people -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
CUSTOMERS_HOME = "/portal"
LOGOUT_REDIRECT_URL = "/sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_NAME = "promesa_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "promesa.config.errors.unprotected"
CSRF_COOKIE_NAME = "promesa_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"] if not SECURE else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# -- documents to and from other programs -------------------------------------------------------------------------

EXCHANGE_FOLDER = os.environ.get("PROMESA_EXCHANGE", "")
EXCHANGE_PRIVATE_HOSTS = tuple(
    one.strip() for one in os.environ.get("PROMESA_PRIVATE_HOSTS", "").split(",") if one.strip()
)

# -- words and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "promesa_language"
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- static files -------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "files"}},
    "staticfiles": {"BACKEND": "promesa.config.statics.StampedStatics"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 600

LOGGING = configured_logs(level=os.environ.get("PROMESA_LOG", "INFO"))
