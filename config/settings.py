"""Settings. What a deployment may change is read from the environment; `config/docs/settings.md` describes it.

The defaults are those of the embedded shape: one machine, one folder, reachable from this machine only. Nothing here
is a secret.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import databases, folders, hosts, policies, queues, release, secret, users
from config.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# What this installation is
AMANA_VERSION = release.VERSION
AMANA_COMMIT = env.text("AMANA_COMMIT", release.commit(BASE_DIR))
AMANA_DATA_DIR = folders.prepare(env.folder("AMANA_DATA_DIR", BASE_DIR / "var"))
AMANA_DEFAULT_ORIGIN = "amana.localhost/ledger"
AMANA_ORIGIN = env.text("AMANA_ORIGIN", AMANA_DEFAULT_ORIGIN)
AMANA_DEMONSTRATION = env.flag("AMANA_DEMONSTRATION", default=folders.is_demonstration(AMANA_DATA_DIR))

# Keys: the passphrase of the key files (without one, `keys/passphrase` beside them, which protects little) and the
# work it takes to try one. Only the tests keep the registrar inside their own process; no variable can switch that on.
AMANA_REGISTRAR = "process"
AMANA_KEY_PASSPHRASE = env.text("AMANA_KEY_PASSPHRASE", "")
AMANA_KEY_ROUNDS = env.whole("AMANA_KEY_ROUNDS", 600_000, least=100_000, most=100_000_000)
AMANA_KEY_SCRYPT_N = 1 << env.whole("AMANA_KEY_SCRYPT_BITS", 17, least=15, most=24)

# The notary: inside the registrar's process, or one of its own, which then may be another user of the system
AMANA_NOTARY = env.choice("AMANA_NOTARY", "with-registrar", among=("with-registrar", "own"))
AMANA_NOTARY_DIR = env.text("AMANA_NOTARY_DIR", "")
AMANA_PEER_USERS = users.ids(env.words("AMANA_PEER_USERS", ()))

# How many of the known cosigners must have signed a checkpoint before it counts as cosigned; 0: nobody is waited for.
AMANA_COSIGNERS_WANTED = env.whole("AMANA_COSIGNERS_WANTED", 0, least=0, most=64)

# Whether nothing leaves in a bundle before a second person has approved exactly that.
AMANA_RELEASE_BY_TWO = env.flag("AMANA_RELEASE_BY_TWO", default=True)

# Reading stored originals back: bytes in an hour (0: switched off), and how many days may pass between two readings.
AMANA_FIXITY_BYTES_PER_HOUR = env.whole("AMANA_FIXITY_BYTES_PER_HOUR", 10 * 1024**3, least=0, most=10**15)
AMANA_FIXITY_DAYS = env.whole("AMANA_FIXITY_DAYS", 90, least=1, most=3650)

# Who may reach it, and how
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", hosts.LOOPBACK)
AMANA_HTTPS = env.flag("AMANA_HTTPS", default=not hosts.all_loopback(ALLOWED_HOSTS))
AMANA_BEHIND_PROXY = env.flag("AMANA_BEHIND_PROXY", default=False)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", ())
SECRET_KEY = env.text("SECRET_KEY", "")
AMANA_OWN_SECRET = not SECRET_KEY
if AMANA_OWN_SECRET:
    # Empty until the first `migrate` makes one; Django then refuses whatever would need it.
    SECRET_KEY = secret.read(AMANA_DATA_DIR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", ())

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "testimony.apps.TestimonyConfig",
    "evidence.apps.EvidenceConfig",
    "custody.apps.CustodyConfig",
    "simple_history",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PlainAddresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.PrivateResponses",
    # Before the check of forms, which reads the body: nobody fills the disk with uploads without an account.
    "config.middleware.NamedLoginRequired",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.ClosedCases",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.installation",
            ],
        },
    },
]

# Where things are kept
DATABASES = {"default": databases.describe(env, AMANA_DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts
AUTH_USER_MODEL = "custody.Account"
LOGIN_URL = "custody:sign-in"
LOGIN_REDIRECT_URL = "custody:cases"
LOGOUT_REDIRECT_URL = "custody:sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "custody.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Cookies, transport, content: see `policies.py`
_cookie_prefix = "__Host-" if AMANA_HTTPS else ""
SESSION_COOKIE_NAME = f"{_cookie_prefix}amana-session"
SESSION_COOKIE_SECURE = AMANA_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.whole("AMANA_SESSION_HOURS", 8, least=1, most=72) * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_cookie_prefix}amana-form"
CSRF_COOKIE_SECURE = AMANA_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "amana-language"
LANGUAGE_COOKIE_SECURE = AMANA_HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = policies.TWO_YEARS if AMANA_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = AMANA_HTTPS
# Preloading is a promise about a whole domain that only its owner can make.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_SSL_REDIRECT = AMANA_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if AMANA_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = policies.content_security()

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Our own static files; collected into the data folder by `serve`
STATIC_URL = "static/"
STATIC_ROOT = AMANA_DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "config.storage.NoDefaultStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Uploads: onto disk at once, inside the data folder, readable by the owner alone
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = AMANA_DATA_DIR / "work"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

# Work beside the web process
REDIS_URL = env.text("REDIS_URL", "")
CELERY = queues.describe(REDIS_URL, AMANA_DATA_DIR)

LOGGING = policies.log_plan(env.text("AMANA_LOG_LEVEL", "INFO"))
