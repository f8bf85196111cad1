"""Settings, all from the environment; `.env.example` explains each variable.

Production is the default: without `DEBUG` every secret must be set, and a missing or placeholder
value stops the start with an error that names the variable.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env, validate

from gamesched import __version__, languages
from gamesched.guard import Unsafe, refuse_unsafe, site_of
from gamesched.logging import logging_config
from gamesched.redis_address import redis_address

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)
env.read_env(BASE_DIR / ".env", recurse=False)

not_empty = validate.Length(min=1)

# --- The environment, every variable in one place -------------------------------------------

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", validate=not_empty)
# Earlier keys: what they signed is still read, and nothing new is signed with them.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[], subcast=str.strip)
SITE_URL: str = env.str("SITE_URL", validate=not_empty)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[], subcast=str.strip)
DATABASE: Any = env.dj_db_url("DATABASE_URL")
REDIS_TLS_VERIFY: bool = env.bool("REDIS_TLS_VERIFY", default=True)
REDIS_URL: str = redis_address(env.str("REDIS_URL", validate=not_empty), verify=REDIS_TLS_VERIFY)
CELERY_BROKER_URL: str = redis_address(
    env.str("CELERY_BROKER_URL", default="") or REDIS_URL, verify=REDIS_TLS_VERIFY
)
DISCORD_BOT_TOKEN: str = env.str("DISCORD_BOT_TOKEN", validate=not_empty)
DISCORD_CLIENT_ID: str = env.str("DISCORD_CLIENT_ID", validate=not_empty)
DISCORD_CLIENT_SECRET: str = env.str("DISCORD_CLIENT_SECRET", validate=not_empty)
DISCORD_BASE_URL: str = env.str("DISCORD_BASE_URL", default="https://discord.com")
DISCORD_CDN_URL: str = env.str("DISCORD_CDN_URL", default="https://cdn.discordapp.com")
DISCORD_OWNER_IDS: list[int] = env.list("DISCORD_OWNER_IDS", default=[], subcast=int)
# Discord may refuse clients without one of this form.
DISCORD_USER_AGENT = f"DiscordBot ({SITE_URL}, {__version__})"
DISCORD_MEMBERS_INTENT: bool = env.bool("DISCORD_MEMBERS_INTENT", default=False)
SHARD_IDS: list[int] = env.list("SHARD_IDS", default=[], subcast=int)
SHARD_COUNT: int | None = env.int("SHARD_COUNT", default=None)
SHARDS_PER_PROCESS: int | None = env.int("SHARDS_PER_PROCESS", default=None)
TRUST_PROXY: bool = env.bool("TRUST_PROXY", default=False)
HSTS_SUBDOMAINS: bool = env.bool("HSTS_SUBDOMAINS", default=False)
HSTS_PRELOAD: bool = env.bool("HSTS_PRELOAD", default=False)
SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", default="")
DATABASE_POOL_SIZE: int = env.int("DATABASE_POOL_SIZE", default=16)
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
MOST_OPEN_GAMES: int = env.int("MOST_OPEN_GAMES", default=1000)
RETAIN_GAMES_DAYS: int = env.int("RETAIN_GAMES_DAYS", default=0)
RETAIN_CHANGES_DAYS: int = env.int("RETAIN_CHANGES_DAYS", default=365)
RETAIN_DELIVERIES_DAYS: int = env.int("RETAIN_DELIVERIES_DAYS", default=60)
# Made by `make run`. Without it, or without DEBUG, there is no control of time.
DEVELOPMENT_SECRET: str = env.str("DEVELOPMENT_SECRET", default="")
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT: str = env.str(
    "LOG_FORMAT", default="json", validate=validate.OneOf(["json", "console"])
)
env.seal()


try:
    refuse_unsafe(site_of(globals()))
except Unsafe as fault:
    raise ImproperlyConfigured(str(fault)) from None

IS_HTTPS = SITE_URL.startswith("https://")
SITE_URL = SITE_URL.rstrip("/")
DISCORD_BASE_URL = DISCORD_BASE_URL.rstrip("/")
DISCORD_CDN_URL = DISCORD_CDN_URL.rstrip("/")

# --- Django ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    # `gamesched.urls` discovers its pages, so that only the web process loads them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "guilds.discord_login.apps.LazySocialAccountConfig",
    "guilds.discord_login",
    "django_celery_beat",
    "django_htmx",
    "django_structlog",
    "channels",
    "guilds",
    "games",
    "notifications",
    "discordbot",
]

MIDDLEWARE = [
    "gamesched.workarounds.roomy_stack.roomy_stack",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "gamesched.workarounds.permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "gamesched.workarounds.body_limit.BodyLimitMiddleware",
    "guilds.web.throttle.AddressLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guilds.web.outages.OutageMiddleware",
    "guilds.web.middleware.PersonLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "gamesched.urls"
ASGI_APPLICATION = "gamesched.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guilds.web.navigation.menu",
            ],
        },
    },
]

DATABASES = {
    "default": {
        **DATABASE,
        "CONN_MAX_AGE": 0,
        # The pool checks that a connection is still open before lending it out.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **DATABASE.get("OPTIONS", {}),
            # Left to itself, the pool would pause ever longer between its tries and come back only
            # half an outage's length after its end. So it gives up after 2 s, and then each
            # request for a connection makes it try anew.
            "pool": {
                "min_size": 1,
                "max_size": DATABASE_POOL_SIZE,
                "timeout": 2,
                "reconnect_timeout": 2,
            },
            "connect_timeout": 2,
            # A click must be answered within 3 s, so a statement waits for locks for at most 2 s.
            # JIT is off because no statement runs long enough to be worth compiling.
            "options": "-c jit=off -c lock_timeout=2000 -c statement_timeout=5000"
            " -c idle_in_transaction_session_timeout=10000",
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "gamesched.workarounds.live_layer.LiveLayer",
        "CONFIG": {
            "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 1, "socket_timeout": 5}],
        },
    },
}

STATIC_URL = "static/"
# In development, static files are served from the sources and not collected.
STATIC_ROOT = None if DEBUG else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static", ("manual", BASE_DIR / "docs" / "images")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG

LANGUAGE_CODE = languages.ENGLISH.code
LANGUAGES = [(language.code, language.name) for language in languages.LANGUAGES]
# Discord's codes for each language; the first is the one Discord itself uses.
DISCORD_LANGUAGES = {language.code: language.discord for language in languages.LANGUAGES}
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Log-in: Discord alone -------------------------------------------------------------------

AUTH_USER_MODEL = "guilds.User"
AUTHENTICATION_BACKENDS = ["guilds.login_backend.LoginBackend"]
# Of the local admin; nobody else has a password.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "landing"
LOGIN_REDIRECT_URL = "my-games"
LOGOUT_REDIRECT_URL = "landing"
ACCOUNT_ADAPTER = "guilds.login_adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "guilds.login_adapters.SocialAccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
SOCIALACCOUNT_ONLY = True
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {
    "discord": {
        "APPS": [{"client_id": DISCORD_CLIENT_ID, "secret": DISCORD_CLIENT_SECRET, "key": ""}],
        "SCOPE": ["identify", "guilds", "guilds.members.read"],
        "OAUTH_PKCE_ENABLED": True,
        "AUTH_PARAMS": {"prompt": "none"},
    },
}

# --- Security --------------------------------------------------------------------------------


def _origin(url: str) -> str:
    """Drop the path, since a policy would allow only that very path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", _origin(DISCORD_CDN_URL)],
    # Not every browser includes WebSockets in 'self'.
    "connect-src": [CSP.SELF, _origin(SITE_URL).replace("http", "ws", 1)],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF, _origin(DISCORD_BASE_URL)],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A session ends a day after it was last used, and in any case so long after the log-in.
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_ENGINE = "guilds.sessions"
SESSION_LIFETIME = timedelta(days=30)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

if not DEBUG:
    SESSION_COOKIE_SECURE = IS_HTTPS
    CSRF_COOKIE_SECURE = IS_HTTPS
    # Browsers take a cookie of such a name from this very host alone, never from another one of
    # its domain, and only over TLS.
    SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
    SECURE_SSL_REDIRECT = IS_HTTPS
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
    # Both reach beyond this site: other hosts of the domain may have no TLS, and a name in the
    # browsers' lists stays there for months. So an operator says so, or it is not.
    SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS and HSTS_SUBDOMAINS
    SECURE_HSTS_PRELOAD = IS_HTTPS and HSTS_PRELOAD
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Celery: nudges and ticks only, never the truth ------------------------------------------

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A Redis that is full refuses commands; a worker waits for room instead of giving up.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_keepalive": True,
}
CELERY_BEAT_SCHEDULER = "gamesched.workarounds.steady_beat:SteadyScheduler"
CELERY_TIMEZONE = "UTC"
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- Logs ------------------------------------------------------------------------------------

DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# A request has one line, when it is over.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
LOGGING = logging_config(level=LOG_LEVEL, json=LOG_FORMAT == "json")
structlog.contextvars.clear_contextvars()
