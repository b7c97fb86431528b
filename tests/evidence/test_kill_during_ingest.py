"""`kill -9` at random moments of a real ingest: the same command makes it good, and `verify` finds nothing wrong."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
FILES = 300
KILLS = int(os.environ.get("AMANA_TEST_KILLS", "50"))
KILLS_PER_BATCH = 5

pytestmark = [pytest.mark.slow, pytest.mark.server]


class Installation:
    """An installation of its own, driven by commands as an operator would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {**keep, "AMANA_DATA_DIR": str(root), "PYTHONUTF8": "1"}
        self.run("setup")
        self.run("case", "KILL-01", "--title", "Interrupted")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, str(TOP / "manage.py"), *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> bytes:
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
        return out

    def ingest(self, folder: Path) -> list[str]:
        return ["ingest", str(folder), "--case", "KILL-01", "--json"]


def fill(folder: Path, generator: random.Random) -> None:
    folder.mkdir()
    for number in range(FILES - 20):
        (folder / f"{number:04d}.jpg").write_bytes(generator.randbytes(generator.randrange(40_000)))
    for number in range(10):
        (folder / f"twin-{number}.jpg").write_bytes((folder / f"{number:04d}.jpg").read_bytes())
        (folder / f"link-{number}.jpg").symlink_to(f"{number:04d}.jpg")


def kill_at(installation: Installation, folder: Path, moment: float) -> bool:
    """Start the ingest, kill it and all it started after so many seconds; return whether it was still at work."""
    process = installation.start(*installation.ingest(folder))
    try:
        process.communicate(timeout=moment)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


@pytest.mark.skipif(shutil.which("kill") is None, reason="needs a system with signals")
def test_an_ingest_killed_at_random_moments_is_made_good(tmp_path: Path) -> None:
    generator = random.Random(4)
    installation = Installation(tmp_path / "data")
    killed = rounds = 0
    longest = 8.0
    while killed < KILLS:
        folder = tmp_path / f"received-{rounds}"
        fill(folder, generator)
        for _ in range(KILLS_PER_BATCH):
            # What comes before the first file (the interpreter, Django) is killed too, but not most of the time.
            killed += kill_at(installation, folder, generator.uniform(0.6, longest))
        begun = time.monotonic()
        answer = json.loads(installation.run(*installation.ingest(folder)))
        longest = max(2.0, time.monotonic() - begun)
        totals = [answer[name] for name in ("seen", "stored", "duplicate", "refused")]
        assert len(answer["files"]) == answer["seen"]
        assert totals in ([FILES, FILES - 20, 10, 10], [FILES, 0, FILES - 10, 10]), answer
        rounds += 1
    verdict = json.loads(installation.run("verify", "--json"))
    assert verdict["bottom_line"] == "sound", verdict["findings"]
    incoming = tmp_path / "data" / "vault" / ".incoming"
    assert [path.name for path in incoming.iterdir()] == ["lock"]
