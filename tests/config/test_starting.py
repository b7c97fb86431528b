"""What every command loads before it does anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

# Each of them is a tenth of a second or more at every start, and most commands need none.
_LATE = ("reportlab", "PIL", "pikepdf", "uharfbuzz", "celery", "psycopg", "pyhanko")
_PROGRAM = f"import django, sys; django.setup(); print(*(name for name in {_LATE} if name in sys.modules))"


def test_large_libraries_are_loaded_where_they_are_used(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DJANGO_SETTINGS_MODULE": "config.settings", "AMANA_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=settings.BASE_DIR,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == []
