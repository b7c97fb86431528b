"""What is proved on SQLite holds on PostgreSQL: the same tests, run again there."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config import loopback

REPO = Path(__file__).resolve().parents[2]
# What starts processes chooses its own database.
LEFT_OUT = "not slow and not server and not browser"
# Pure parts, files, pictures, paper and outside parties, which ask no database; pages, whose services are tried here.
ELSEWHERE = {"core", "cosigner", "cosigning", "demonstration", "papers", "rendering", "stamping", "templatetags"}
ELSEWHERE |= {"attacks", "typesetting", "views"}
# What lives in files and processes: keys, signatures, documents, pictures, the notary's mirror, stored bytes read back,
# bags, tables.
ELSEWHERE |= {"anchoring", "bundles", "fixity", "importing", "keyring", "notary", "pades", "redactions", "registrar"}
# Half of it on a usual machine; each test in it has its own time.
_SECONDS = 1_200
OF_FILES = ("test_digesting", "test_examination", "test_names", "test_numbers", "test_sources", "test_vault")


def _places() -> list[Path]:
    return sorted(
        place
        for room in ("custody", "evidence", "testimony")
        for place in (REPO / "tests" / room).iterdir()
        if place.name not in ELSEWHERE and (place.is_dir() or place.name.startswith("test_"))
        if not place.name.startswith(("__", *OF_FILES))
    )


def test_what_only_postgresql_shows_is_run_there() -> None:
    """A test for PostgreSQL alone, in a folder that is left out of the run on it, would be skipped everywhere."""
    alone = {path for path in (REPO / "tests").rglob("test_*.py") if "postgresql_only" in path.read_text("utf-8")}
    assert alone
    assert not {path for path in alone - {Path(__file__)} if not {path, *path.parents} & set(_places())}


@pytest.mark.slow
@pytest.mark.loopback
@pytest.mark.timeout(_SECONDS + 60)
def test_the_rooms_pass_on_postgresql(tmp_path: Path) -> None:
    address = loopback.postgresql()
    if address is None:
        pytest.skip("NO POSTGRESQL on 127.0.0.1:5432 and no TEST_DATABASE_URL: nothing was tried on it")
    places = [str(place) for place in _places()]
    command = [sys.executable, "-m", "pytest", "-q", "-m", LEFT_OUT, "-n", "2", "--no-header", *places]
    told = tmp_path / "told"
    # Into a file, not a pipe, which whatever a test left running would keep open for good.
    with told.open("wb") as out:
        run = subprocess.Popen(
            command,
            cwd=REPO,
            env=os.environ | {"TEST_DATABASE_URL": address},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            run.wait(_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
    words = told.read_text("utf-8", "replace")
    assert run.returncode == 0, words[-8000:]
    assert " passed" in words
