"""`kill -9` at random moments of a real sweep: no alarm is lost, the next one goes on, `verify` finds nothing else."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.evidence.test_kill_during_ingest import Installation

KILLS = int(os.environ.get("AMANA_TEST_KILLS", "6"))
FILES = 400

pytestmark = [pytest.mark.slow, pytest.mark.server]


def _rows(root: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{root / 'amana.sqlite3'}?mode=ro", uri=True) as database:
        return database.execute(statement).fetchall()


def _kill(installation: Installation, moment: float) -> bool:
    process = installation.start("fixity", "--bytes", str(10**9))
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


def test_a_sweep_killed_at_random_moments_loses_nothing(tmp_path: Path) -> None:
    generator = random.Random(7)
    installation, folder = Installation(tmp_path / "data"), tmp_path / "received"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:04d}.jpg").write_bytes(generator.randbytes(60_000))
    installation.run(*installation.ingest(folder))
    damaged = str(_rows(installation.root, "SELECT sha256 FROM evidence_item ORDER BY sha256 LIMIT 1")[0][0])
    path = installation.root / "vault" / damaged[:2] / damaged[2:4] / damaged
    path.chmod(0o600)
    path.write_bytes(b"x" + path.read_bytes()[1:])
    told = killed = 0
    for _ in range(KILLS):
        killed += _kill(installation, generator.uniform(0.8, 2.2))
        failed = len(_rows(installation.root, "SELECT 1 FROM custody_entry WHERE action = 'fixity.failed'"))
        standing = _rows(installation.root, "SELECT sha256 FROM evidence_fixityalarm WHERE acknowledged IS NULL")
        assert failed >= told
        assert standing == ([(damaged,)] if failed else [])
        told = failed
    assert killed
    final = installation.start("fixity", "--bytes", str(10**9), "--json")
    out, _errors = final.communicate(timeout=120)
    assert final.returncode == 1
    answer = json.loads(out)
    assert (answer["read"], answer["failed"], answer["never"]) == (FILES, 1, 0)
    check = installation.start("verify", "--json")
    out, _errors = check.communicate(timeout=120)
    assert check.returncode == 1
    findings = {(finding["fact"], finding["state"]) for finding in json.loads(out)["findings"]}
    assert findings == {("original", "bad"), ("alarm", "bad")}
    assert _rows(installation.root, "SELECT COUNT(*) FROM evidence_fixitysweep WHERE state = 'open'") == [(0,)]
