"""What is proved on SQLite holds on PostgreSQL: the same tests, run again there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config import loopback

REPO = Path(__file__).resolve().parents[2]
# The pure parts need no database, and what starts processes chooses its own.
LEFT_OUT = "not slow and not server and not browser"


@pytest.mark.slow
@pytest.mark.loopback
def test_the_rooms_pass_on_postgresql() -> None:
    address = loopback.postgresql()
    if address is None:
        pytest.skip("NO POSTGRESQL on 127.0.0.1:5432 and no TEST_DATABASE_URL: nothing was tried on it")
    places = [
        str(place) for room in ("custody", "evidence", "testimony") for place in (REPO / "tests" / room).iterdir()
    ]
    command = [sys.executable, "-m", "pytest", "-q", "-m", LEFT_OUT, "-n", "2", "--no-header"]
    run = subprocess.run(
        [
            *command,
            *(place for place in sorted(places) if not place.endswith(("/core", "__pycache__", "__init__.py", ".txt"))),
        ],
        cwd=REPO,
        env=os.environ | {"TEST_DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-8000:]
    assert " passed" in run.stdout
