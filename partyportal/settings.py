"""One settings file for every place; what differs comes from the environment (`.env.example` explains each).

Without DATABASE_URL or REDIS_URL the embedded servers are started or joined, so any command works on a bare machine.
"""

import os
from datetime import timedelta
from pathlib import Path

import environ

from partyportal import embedded
from partyportal.api.enums import ENUM_NAMES

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
HOME = embedded.home()

EMBEDDED = not env.str("DATABASE_URL", default="")
DATABASE_URL = env.str("DATABASE_URL", default="") or embedded.database_url()
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()
DEBUG = env.bool("DEBUG", default=False)
if not DATABASE_URL.startswith(("postgresql://", "postgres://")):
    raise environ.ImproperlyConfigured("DATABASE_URL 要写成 postgresql://用户:密码@主机:5432/库名，只能是 PostgreSQL。")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise environ.ImproperlyConfigured("REDIS_URL 要写成 redis://:密码@主机:6379/0 或 unix:///套接字。")


def secret(name: str) -> str:
    """A key from the environment; an embedded or debugging place makes its own once, a production one must be given it."""
    if value := env.str(name, default=""):
        return value
    if EMBEDDED or DEBUG or env.bool("DEMO_KEYS", default=False):
        return embedded.secrets()[name]
    raise environ.ImproperlyConfigured(f"没有设置 {name}。生产环境的密钥都从环境变量里来，逐项说明见 .env.example。")


SECRET_KEY = secret("SECRET_KEY")
FIELD_KEYS = secret("FIELD_KEYS")  # "id:base64,…": the first encrypts, all decrypt
INDEX_KEY = secret("INDEX_KEY")  # HMAC of look-up values, apart from FIELD_KEYS
SEAL_KEY = secret("SEAL_KEY")  # signs the seals of the ledgers
OLD_SEAL_KEYS = env.str("OLD_SEAL_KEYS", default="")  # earlier ones, with commas: they still prove what they signed
FIELD_CIPHER = env.str("FIELD_CIPHER", default="AES-256-GCM")  # or SM4-GCM

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if EMBEDDED else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_NAME = env.str("PORTAL_NAME", default="清源县基层党务")

INSTALLED_APPS = [
    "partyportal.core",
    "branches",
    "members",
    "members.transfers",
    "members.mobility",
    "members.development",
    "members.dues",
    "members.outreach",
    "members.care",
    "members.care.visits",
    "members.care.fund",
    "members.care.stations",
    "members.care.aid",
    "points",
    "points.honours",
    "points.publicity",
    "education",
    "education.planning",
    "education.motions",
    "education.study",
    "education.openness",
    "education.documents",
    "education.signals",
    "assessments",
    "partyportal.dashboard",
    "partyportal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "import_export",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partyportal.core.middleware.content_security",
    "partyportal.core.middleware.buttons",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "partyportal.core.uploads.UploadLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "partyportal.core.middleware.NoNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "partyportal.core.middleware.first_password",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "partyportal.urls"
WSGI_APPLICATION = "partyportal.wsgi.application"

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
                "partyportal.core.context.portal",
            ],
            "builtins": ["partyportal.core.templatetags.ui"],
        },
    }
]

# JIT costs more than it saves on the portal's many short statements; the year-settle is measured without it too.
_database = env.db_url_config(DATABASE_URL)
# The collapse limits: a due month alone joins nine tables, and whom a page asks about must come in before them, not after.
_planner = "-c jit=off -c join_collapse_limit=11 -c from_collapse_limit=11"
# Seconds a page waits for rows somebody else keeps (and four times as many for a whole statement): then it says so, and its thread
# is free for others. Only behind the web's door (wsgi.py), whoever else reads the same environment: commands and the worker wait as
# long as it takes.
_patience = env.int("DATABASE_PATIENCE", default=15) if "PARTYPORTAL_WEB" in os.environ else 0
_waits = f" -c lock_timeout={_patience}s -c statement_timeout={4 * _patience}s" if _patience else ""
_options = _database.get("OPTIONS", {}) | {
    "options": f"{_planner} -c timezone=UTC{_waits}",
    "connect_timeout": 5,
    "application_name": "partyportal",
}
_database |= {
    "HOST": _options.pop("host", _database["HOST"]),  # a socket's folder stands in the URL's query, as libpq reads it
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": _options,
}
DATABASES = {"default": _database}
# A job's progress must be seen while its own transaction is still open: the same database over a second connection.
DATABASES["progress"] = _database | {"TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["partyportal.core.routers.OneDatabase"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pp",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},  # one that hangs is as good as away
    }
}
# Sessions in the database: Redis away must not log anybody out.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 3600)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = env.bool("HTTPS", default=False)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside, without the proxy that speaks HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31536000 if env.bool("HTTPS", default=False) else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "partyportal.core.login.PhoneOrNameBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
WHO_MAY = "branches.access.verbs_of"  # user → verbs, for the navigation of the floor, which knows no posts
# For the letters of points, which knows no 公示: (branch, year, quarter) → the last day to object; (members, year) → what was published
OBJECTION_UNTIL = "partyportal.dashboard.objections.objection_until"
PUBLISHED_QUARTERS = "points.publicity.selectors.sheets.published_quarters"
# (meeting, user) → what the rooms beside the meetings show of it (education.parts); in this order on the page
MEETING_PARTS: tuple[str, ...] = ("education.motions.parts.votes", "education.documents.parts.parts_of")
# Which rooms say who was helped in a year (members.care.parts): (year) → member ids
CARE_HELP: tuple[str, ...] = ("members.care.visits.selectors.visits.visited_in", "members.care.aid.selectors.eligibility.helped_in")
LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "core:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who tries on meanwhile cannot keep the door shut for ever
AXES_CLIENT_IP_CALLABLE = "partyportal.core.login.address_of"
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "Y-m-d"

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED or DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},  # a third of the bytes on a village's line
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(HOME / "media")))
UPLOAD_MAX_BYTES = 30_000_000  # of a form: the roster is the largest; what is announced as more is not read
MEDIA_MAX_BYTES = env.int("MEDIA_MAX_BYTES", default=100_000_000)  # of a film, on the pages that take one
# The font of printed books, in the folders of its package; where there is no node_modules (an image), said by DOCUMENT_FONTS.
_fonts = Path(env.str("DOCUMENT_FONTS", default=str(BASE_DIR / "node_modules" / "@expo-google-fonts" / "noto-sans-sc")))
DOCUMENT_FONTS = {"regular": _fonts / "400Regular" / "NotoSansSC_400Regular.ttf", "bold": _fonts / "700Bold" / "NotoSansSC_700Bold.ttf"}
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# redis-py says unix://…?db=1, Celery redis+socket://…?virtual_host=1.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 1}
CELERY_TASK_PUBLISH_RETRY = False  # a doorbell is best effort: the database remembers what is owed
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its own format would print what a database error quotes (core.logs)
CELERY_BEAT_SCHEDULER = "partyportal.beat:Schedule"
# Seconds between two rings of what beat rings without an hour (partyportal.celery says why).
SETTLE_OWED_EVERY = env.float("SETTLE_OWED_EVERY", default=60)
RESUME_JOBS_EVERY = env.float("RESUME_JOBS_EVERY", default=30)
SEAL_EVERY = env.float("SEAL_EVERY", default=300)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partyportal.core.rest.authentication.TokenAuthentication",  # first, so that who is not logged in is told 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["partyportal.api.permissions.OwnPassword"],
    "DEFAULT_SCHEMA_CLASS": "partyportal.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["partyportal.core.rest.throttles.UserThrottle", "partyportal.core.rest.throttles.AnonymousThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "anon": "30/min", "token": "10/min", "public_page": "30/min"},
    "NUM_PROXIES": 1 if env.bool("BEHIND_PROXY", default=False) else 0,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["partyportal.core.rest.parsers.PlainJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "partyportal.api.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# API tokens are kept as digests and end by themselves; who still needs one takes another by password.
REST_KNOX = {"TOKEN_TTL": timedelta(days=env.int("API_TOKEN_DAYS", default=90)), "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "基层党务接口",
    "VERSION": "1",
    "DESCRIPTION": "读写都在自己的授权范围内：范围外为 404，范围内没有这个权限为 403。错误一律是 application/problem+json（RFC 9457）。",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "partyportal.api.schema.without_docstrings"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "partyportal.core.logs.PlainFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

JOB_HEARTBEAT = True  # renew leases from a thread; tests inside one transaction turn it off
JOB_FAULTS_RAISE = False
JOB_LEASE = 45  # seconds until a job of a killed worker may be taken up again
