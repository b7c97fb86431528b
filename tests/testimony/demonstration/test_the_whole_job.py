"""The demonstration run as a new user runs it: a process of its own, from nothing to a verdict."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from custody.core.bundles import verify_bundle

pytestmark = [pytest.mark.slow, pytest.mark.server]


def _manage(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("AMANA_", "DJANGO_"))}
    command = [sys.executable, "manage.py", *arguments]
    environment = outer | {"AMANA_DATA_DIR": str(folder)}
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_everything_is_shown_and_stands_up_to_verification(tmp_path: Path) -> None:
    finished = _manage(tmp_path, "demo", "--photos", "16", "--bodies", "30", "--relatives", "20")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    said = finished.stdout
    assert "20 seen = 19 stored + 1 duplicate + 0 refused" in said
    assert "30 body sets, 16 images placed; 0 rows stayed out" in said
    assert "20 relatives in contact, 85 in a hundred gave information, 50 are ready to testify" in said
    assert said.count("ID-000") == 4
    assert said.count("refused, and the refusal is recorded") == 3
    assert "bottom line: sound" in said
    assert "lawyer@demo.example" in said

    own = tmp_path / "demo"
    shown = sorted((own / "dossiers-shown").glob("*.pdf"))
    assert [path.read_bytes()[:8] for path in shown] == [b"%PDF-1.7"] * 4
    assert (own / "dossiers-handed-out" / "SHA256SUMS").is_file()
    assert verify_bundle(own / "dossiers-handed-out" / "bundle").bottom_line == "sound"
    verified = _manage(own, "verify", "--json")
    assert json.loads(verified.stdout)["bottom_line"] == "sound"

    again = _manage(tmp_path, "demo")
    assert again.returncode == 0
    assert "is ready" in again.stdout
    assert [line for line in said.splitlines() if "@demo.example" in line] == [
        line for line in again.stdout.splitlines() if "@demo.example" in line
    ]
