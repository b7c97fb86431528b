"""How the database is opened, by shape: SQLite in the data folder, or PostgreSQL by address."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"

_NEVER_BY_ITSELF = 1_000_000_000
# Whatever the server's own defaults say: a committed entry survives a power cut, and whoever waited for the ledger sees
# the newest entry.
POSTGRESQL_OPTIONS = "-c synchronous_commit=on -c default_transaction_isolation=read\\ committed"

# Seconds that a writer waits for the one before it.
SQLITE_PATIENCE = 20
# WAL lets readers go on while one writes; FULL makes a committed entry survive a power cut; secure_delete overwrites
# what is deleted (a destroyed key must not be left in a free page); recursive_triggers lets INSERT OR REPLACE fire
# the triggers that refuse deletion.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA cell_size_check=ON",
    # What SQLite puts aside while it works holds pages of evidence: in memory, never in the system's folder for
    # temporary files. (It is also what an intake would wait for: 50,000 writes for 1,000 files.)
    "PRAGMA temp_store=MEMORY",
    # An intake changes a thousand pages in one transaction: with the usual cache (2 MiB) and a checkpoint after every
    # thousand pages of the log, each page would be written several times.
    "PRAGMA cache_size=-32768",
    "PRAGMA wal_autocheckpoint=8000",
)


def describe(env: Environment, root: Path) -> dict[str, Any]:
    """The `DATABASES["default"]` for `DATABASE_URL`, by default `amana.sqlite3` in the data folder `root`.

    Raises ImproperlyConfigured for any database but SQLite in a file and PostgreSQL: the ledger's fences exist for
    these two.
    """
    found = env.database("DATABASE_URL", f"sqlite:///{root / 'amana.sqlite3'}")
    if found.get("ENGINE") == SQLITE and found["NAME"] != ":memory:":
        keep_private(Path(found["NAME"]))
        return found | {"OPTIONS": _sqlite_options()}
    if found.get("ENGINE") == POSTGRESQL:
        options = _postgresql_options(found.get("OPTIONS", {}))
        return found | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    message = "DATABASE_URL must name SQLite in a file (sqlite:////folder/file) or PostgreSQL (postgres://...)."
    raise ImproperlyConfigured(message)


def keep_private(file: Path) -> None:
    """Close a database file that others can read. `setup` makes it closed; an older or restored one may stand open.

    SQLite gives the files beside it (`-wal`, `-shm`) the same mode. One of another owner is left to that owner.
    """
    with contextlib.suppress(OSError):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            file.chmod(0o600)


def _sqlite_options() -> dict[str, Any]:
    # IMMEDIATE: a transaction takes the write lock when it begins. Taking it later, after a read, fails at once when
    # another connection wrote in between, whatever the time-out.
    return {"transaction_mode": "IMMEDIATE", "timeout": SQLITE_PATIENCE, "init_command": ";".join(SQLITE_PRAGMAS)}


def _postgresql_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the address asks for (`?sslmode=verify-full`) stands; what the ledger needs comes last, and so counts."""
    # Only what asks for it is prepared (Django's own value, None, forbids it): the statements of the ledger.
    return {
        **given,
        "options": f"{given.get('options', '')} {POSTGRESQL_OPTIONS}".strip(),
        "prepare_threshold": _NEVER_BY_ITSELF,
    }
