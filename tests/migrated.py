"""The empty database of a run is migrated once for each state of the migrations, kept, and copied for every process.

Every worker would do so in every run. What is kept carries the digest of all that it was made from; a copy goes through
`migrate` again, which finds nothing to do. On PostgreSQL, and with `--create-db`, everything is migrated as in life.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import django

REPO = Path(__file__).resolve().parents[1]
# Migrations, and what they take from the rooms.
_MADE_FROM = ("*/migrations/*.py", "*/models/*.py", "*/core/*.py", "custody/fences.py", "requirements.txt")


def copy_to(target: Path, kept: Path) -> None:
    """Lay a migrated, empty database at `target`, from the folder `kept`, where it is made if it is not there yet."""
    ready = kept / f"{digest()}.sqlite3"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            for old in kept.glob("*.sqlite3"):
                old.unlink()
            _migrate(ready)
        shutil.copyfile(ready, target)


def digest(repo: Path = REPO) -> str:
    """What a migrated database depends on, as hex."""
    found = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version} {django.VERSION}".encode())
    for path in sorted(path for pattern in _MADE_FROM for path in repo.glob(pattern)):
        found.update(f"\0{path.relative_to(repo)}\0".encode() + path.read_bytes())
    return found.hexdigest()


def _migrate(to: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="amana-migrated-") as folder:
        told = {"AMANA_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        line = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
        subprocess.run(line, cwd=REPO, env=os.environ | told, check=True)
        # Closed by its only user, it is one file again; whoever is stopped here leaves nothing half copied behind.
        half = to.with_suffix(".half")
        shutil.copyfile(Path(folder) / "amana.sqlite3", half)
        half.replace(to)
