"""The head start of `verify` must not keep it from saying what is wrong, however broken the vault's folder is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.slow, pytest.mark.server]


def manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "AMANA_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_file_in_the_place_of_the_vault_is_reported(tmp_path: Path) -> None:
    assert manage(tmp_path, "setup").returncode == 0
    assert json.loads(manage(tmp_path, "verify", "--json").stdout)["bottom_line"] == "sound"
    shutil.rmtree(tmp_path / "vault")
    (tmp_path / "vault").write_bytes(b"not a folder")
    told = manage(tmp_path, "verify", "--json")
    assert "Traceback" not in told.stderr
    assert json.loads(told.stdout)["bottom_line"] != "sound"
    assert told.returncode in (1, 2)
