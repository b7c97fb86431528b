"""`manage.py setup` leaves a folder that the commands after it accept."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from config.checks import data_folder_is_closed


@pytest.mark.parametrize(("mode", "told"), [(0o755, True), (0o700, False), (0o750, False)])
def test_a_data_folder_open_to_others_is_closed_and_that_is_said(installation: Path, mode: int, told: bool) -> None:
    installation.chmod(mode)
    out = io.StringIO()
    call_command("setup", stdout=out)
    assert installation.stat().st_mode & 0o777 == (0o700 if told else mode)
    assert ("open to its owner alone" in out.getvalue()) is told
    assert data_folder_is_closed() == []


@pytest.mark.parametrize("address", ["notmail", "no@where", " "])
def test_what_is_no_address_is_refused_before_a_password_is_asked_for(
    installation: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr("os.isatty", lambda _file: True)
    monkeypatch.setattr("getpass.getpass", lambda _words: pytest.fail("a password was asked for"))
    with pytest.raises(CommandError, match="Enter a valid email address") as refused:
        call_command("setup", admin=address)
    assert refused.value.returncode == 2


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the file is SQLite's")
def test_nobody_else_of_the_machine_reads_the_database(tmp_path: Path) -> None:
    found = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    found["AMANA_DATA_DIR"] = str(tmp_path / "data")
    command = [sys.executable, "manage.py", "setup"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=found, check=True, stdout=subprocess.DEVNULL, umask=0o022)
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").glob("amana.sqlite3*")}
    assert "amana.sqlite3" in modes
    assert set(modes.values()) == {0}
