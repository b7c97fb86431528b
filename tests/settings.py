"""The settings of the tests: those of the product, in a data folder of their own for each worker process."""

import os
import tempfile
from pathlib import Path

_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_root = Path(tempfile.mkdtemp(prefix=f"amana-tests-{_worker}-"))

# Nothing of the caller's own installation may leak in.
for _name in ("DATABASE_URL", "REDIS_URL", "AMANA_ORIGIN", "AMANA_HTTPS", "ALLOWED_HOSTS", "DEBUG", "SECRET_KEY_FILE"):
    os.environ.pop(_name, None)
# The suite runs on SQLite; TEST_DATABASE_URL=postgres://... runs the same tests there, in a database made for them.
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
os.environ["AMANA_DATA_DIR"] = str(_root)
(_root / "static").mkdir()  # the server of static files warns when it is missing
os.environ["SECRET_KEY"] = "the-tests-sign-with-this-and-nothing-else-ever-does-so"

from config import databases  # noqa: E402
from config.environment import Environment  # noqa: E402
from config.settings import *  # noqa: E402, F403  the environment must be set first
from config.settings import CELERY, DATABASES, STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
AMANA_ORIGIN = "test.amana.localhost/ledger"

AMANA_REGISTRAR = "in-process"
# Most tests of bundles are about their bytes; tests/evidence/releases/ switch it on.
AMANA_RELEASE_BY_TWO = False
AMANA_KEY_ROUNDS = 1_000
AMANA_KEY_SCRYPT_N = 2**4

# `TEST_DATABASE_URL` runs the tests on PostgreSQL; tests/config/test_on_postgresql.py does so where one is on loopback.
_server = os.environ.get("TEST_DATABASE_URL", "")
if _server:
    DATABASES["default"] = databases.describe(Environment({"DATABASE_URL": _server}), _root)
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "TEST": {"NAME": f"amana_test_{os.getpid()}"}}
else:
    # A file, because threads and child processes of a test open it too. What a power cut would lose does not matter.
    DATABASES["default"]["TEST"] = {"NAME": str(_root / "test.sqlite3")}
    _options = DATABASES["default"]["OPTIONS"]
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CELERY = CELERY | {"broker_url": "memory://", "broker_transport_options": {}}
