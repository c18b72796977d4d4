"""Settings of Gegma, read from the environment; those of sign-in stand in sign_in.py, of files, logs and measurements in operating.py.

| variable             | meaning                                                        | default                     |
|----------------------|----------------------------------------------------------------|-----------------------------|
| GEGMA_DATA           | the one folder for data: database, uploads, made fonts         | var/ beside the source      |
| DATABASE_URL         | postgres://user:password@host:port/name                        | SQLite under GEGMA_DATA     |
| GEGMA_SECRET_KEY     | at least 50 random characters                                  | made once, kept in the data folder |
| GEGMA_HOSTS          | host names served, separated by commas                         | localhost,127.0.0.1,[::1]   |
| GEGMA_ADDRESS        | the address people use, for links in reports                   | http://127.0.0.1:8000       |
| GEGMA_DEBUG          | 1: Django's debug pages (never on a server)                    | 0                           |
| GEGMA_DEMO           | 1: the demo: says so on every page, lists who can sign in      | 0                           |
| GEGMA_DEMO_PASSWORD  | the password of the people in the demo                         | gegma-demo-2017             |
| GEGMA_TODAY          | the day taken as today (YYYY-MM-DD); for the demo and tests    | the real day                |
| GEGMA_COUNTRY        | our own country (ISO 3166), which is no partner of ours        | GE                          |
| GEGMA_EMAIL_URL      | smtp://user:password@host:port                                 | mail is printed             |
| GEGMA_AUDIT_KEY      | 64 hexadecimal digits: signs the heads of the history          | made once, kept in the data folder |
| GEGMA_DATABASE_ROLE  | PostgreSQL: the role that the application works as, where it   | the owner itself            |
|                      | is not the owner; «gegma setup» by the owner gives its rights  |                             |
| GEGMA_SIGN_IN_DAYS   | days for which attempts to sign in are kept                    | 90                          |
| GEGMA_REPORT_DAYS    | days for which a report made in the background is kept         | 14                          |
| GEGMA_REQUEST_DAYS   | days to answer a request: normal, urgent, urgent by word; days | 30,10,5,7,10                |
|                      | until its written confirmation; until one asks again           |                             |
| GEGMA_PROTECTION_AUTHORITY | the authority for the protection of personal data, in Georgian;  | the words «data protection  |
| GEGMA_PROTECTION_AUTHORITY_EN | and in English                                                | authority»                  |
| GEGMA_PROTECTION_DAYS | days to answer a person's request; hours to notify an incident | 10,72                       |
| GEGMA_ERASURES       | file in which erasures are kept outside the database, to be    | erasures.jsonl in the data  |
|                      | done again after an older backup is restored                   | folder                      |
"""

import contextlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from .operating import *  # noqa: F403
from .operating import s3_storage
from .sign_in import *  # noqa: F403
from .sign_in import LOOPBACK, OIDC_PAGES, weak_key

PACKAGE = Path(__file__).resolve().parent.parent
BASE_DIR = PACKAGE.parent.parent
DATA_DIR = Path(os.environ.get("GEGMA_DATA") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _secret_key() -> str:
    """The key from the environment, or one made at the first start and kept readable by its owner only."""
    given = os.environ.get("GEGMA_SECRET_KEY")
    if given:
        if (why := weak_key(given)) and not _flag("GEGMA_DEMO"):
            raise ImproperlyConfigured(f"GEGMA_SECRET_KEY cannot be used: {why}.")
        return given
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        # two processes may start at once: each writes a file of its own, the first link wins
        own = DATA_DIR / f"secret_key.{os.getpid()}"
        descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):
            os.link(own, kept)
        own.unlink()
    return kept.read_text()


DEBUG = _flag("GEGMA_DEBUG")
DEMO = _flag("GEGMA_DEMO")
DEMO_PASSWORD = os.environ.get(
    "GEGMA_DEMO_PASSWORD", "gegma-demo-2017"
)  # shown on the sign-in page of the demo, unused elsewhere
TODAY = os.environ.get("GEGMA_TODAY", "")
SECRET_KEY = _secret_key()
COUNTRY = os.environ.get("GEGMA_COUNTRY", "GE")
AUDIT_KEY = os.environ.get("GEGMA_AUDIT_KEY", "")
if AUDIT_KEY and not re.fullmatch("[0-9a-f]{64}", AUDIT_KEY):
    raise ImproperlyConfigured("GEGMA_AUDIT_KEY is 64 hexadecimal digits: python3 -c 'import secrets; print(secrets.token_hex(32))'")
DATABASE_ROLE = os.environ.get("GEGMA_DATABASE_ROLE", "")

ALLOWED_HOSTS = [h.strip() for h in os.environ.get("GEGMA_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h.strip()]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("GEGMA_HOSTS=* would let a reset link point anywhere: name the hosts.")
if DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured("The demo, whose passwords everybody knows, is for one's own machine: GEGMA_HOSTS may name no other host.")
ADDRESS = os.environ.get("GEGMA_ADDRESS", "http://127.0.0.1:8000").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_countries",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "gegma.web",
    "gegma.accounts",
    "gegma.audit",
    "gegma.engine",
    "gegma.registers.directory",
    "gegma.registers.frameworks",
    "gegma.registers.contacts",
    "gegma.registers.agreements",
    "gegma.registers.requests",
    "gegma.registers.commitments",
    "gegma.registers.needs",
    "gegma.registers.projects",
    "gegma.registers.trainings",
    "gegma.registers.meetings",
    "gegma.registers.documents",
    "gegma.registers.actions",
    "gegma.registers.office",
    "gegma.registers.datacalls",
    "gegma.registers.protection",
    "gegma.plan",
    "gegma.partners",
    "gegma.agenda",
    "gegma.reports",
    "gegma.staff",
    "gegma.api",
]

MIDDLEWARE = [
    "gegma.config.watch.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gegma.config.compress.CompressPagesMiddleware",
    "gegma.accounts.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gegma.accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gegma.accounts.middleware.SessionAgeMiddleware",
    "gegma.accounts.acting.ActingMiddleware",
    "gegma.accounts.middleware.SignInRequiredMiddleware",
    "gegma.accounts.middleware.SecondFactorMiddleware",
    "gegma.accounts.limits.LimitMiddleware",
    "gegma.audit.middleware.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# The order of the registers in the menu: daily work first, what is looked up last. A group stands where its first register does.
REGISTERS_ORDER = [
    "meetings", "decisions", "requests", "agreements", "contacts", "memberships",
    "needs", "projects", "trainings", "participations",
    "commitments", "actions",
    "documents", "deliveries",
    "data-calls", "call-replies",
    "letters", "inventory", "posts", "clearances", "curricula", "web-publications",
    "frameworks", "bodies",
    "organisations", "people", "countries", "units",
    "disclosures", "incidents", "person-requests", "holds", "retention-terms",
]  # fmt: skip

ROOT_URLCONF = "gegma.config.urls"
WSGI_APPLICATION = "gegma.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gegma.config.context.page",
            ],
        },
    }
]

FORM_RENDERER = "gegma.web.renderer.Renderer"

# SQLite as measured with 50 writers: WAL, IMMEDIATE and a time-out lose nothing; synchronous=FULL survives a power cut.
SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "gegma.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
    },
}
_url = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": dj_database_url.parse(_url, conn_max_age=60, conn_health_checks=True) if _url else SQLITE}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # PostgreSQL compiles statements that it takes for costly: 110 ms for a list that is then read in 9 ms
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["options"] = f"{_options.get('options', '')} -c jit=off".strip()

AUTH_USER_MODEL = "accounts.User"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The rate limits of sign-in count in the database: per-process counters would multiply with the workers.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *OIDC_PAGES],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["gegma.api.access.TokenAuthentication", "gegma.api.access.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["gegma.api.access.Allowed"],
    "DEFAULT_THROTTLE_CLASSES": ["gegma.api.access.Throttle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gegma.api.answers.StrictJSON"],
    "DEFAULT_SCHEMA_CLASS": "gegma.api.schema.Schema",
    "EXCEPTION_HANDLER": "gegma.api.answers.handler",
    "URL_FORMAT_OVERRIDE": None,
}
# Requests of one person within a minute.
API_READS_PER_MINUTE, API_WRITES_PER_MINUTE = 300, 60
SPECTACULAR_SETTINGS = {
    "TITLE": "Gegma",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["gegma.api.schema.with_components"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"docExpansion": "none", "filter": True, "persistAuthorization": False, "validatorUrl": None, "deepLinking": True},
}

LANGUAGE_CODE = "ka"
LANGUAGES = [("ka", "ქართული"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["gegma.kernel.formats"]
TIME_ZONE = "Asia/Tbilisi"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": s3_storage()
    or {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT, "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# What only developers' tools ask for is not compressed: that takes as long as all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
FILE_UPLOAD_HANDLERS = [
    "gegma.engine.whole.WholeForm",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

DEFAULT_FROM_EMAIL = os.environ.get("GEGMA_EMAIL_FROM", "gegma@localhost")
_mail = urlsplit(os.environ.get("GEGMA_EMAIL_URL", ""))
if _mail.hostname:
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.username or "", _mail.password or ""
    EMAIL_USE_TLS = _mail.scheme == "smtps"
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

_days = os.environ.get("GEGMA_REQUEST_DAYS", "30,10,5,7,10").split(",")
if len(_days) != 5 or not all(n.strip().isascii() and n.strip().isdecimal() for n in _days):
    raise ImproperlyConfigured("GEGMA_REQUEST_DAYS is five numbers of days, such as 30,10,5,7,10.")
REQUEST_DAYS = dict(zip(("normal", "urgent", "verbal-urgent", "confirmation", "reminder"), map(int, _days), strict=True))

# Reports that take long are made by «gegma work»; the queue is a table of the same database.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def _number_of_days(name: str, default: str) -> int:
    given = os.environ.get(name, default)
    if not (given.isascii() and given.isdecimal() and len(given) < 5 and int(given)):
        raise ImproperlyConfigured(f"{name} is a number of days, such as {default}.")
    return int(given)


REPORT_DAYS = _number_of_days("GEGMA_REPORT_DAYS", "14")
SIGN_IN_DAYS = _number_of_days("GEGMA_SIGN_IN_DAYS", "90")
PROTECTION_AUTHORITY = {"ka": os.environ.get("GEGMA_PROTECTION_AUTHORITY", ""), "en": os.environ.get("GEGMA_PROTECTION_AUTHORITY_EN", "")}
_term = os.environ.get("GEGMA_PROTECTION_DAYS", "10,72").split(",")
if len(_term) != 2 or not all(n.strip().isascii() and n.strip().isdecimal() and 0 < int(n) < 10_000 for n in _term):
    raise ImproperlyConfigured("GEGMA_PROTECTION_DAYS is two numbers, days and hours, such as 10,72.")
PERSON_REQUEST_DAYS, INCIDENT_HOURS = map(int, _term)
ERASURES_FILE = Path(os.environ.get("GEGMA_ERASURES") or DATA_DIR / "erasures.jsonl")
