"""What `manage.py` says, and with which status, where nothing can be done: 1 of `verify` means "unsound"."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run_into(subprocess.PIPE, folder, *arguments, **variables)


def run_into(
    stdout: IO[str] | int, folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "AMANA_DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/db",
        **variables,
    }
    line = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
    return subprocess.run(
        line, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (["verify", "--case", "X"], {}, "run `manage.py setup`"),
        (["case", "X", "--title", "X"], {}, "run `manage.py setup`"),
        (["verify"], {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "The database cannot be used"),
        (["verify"], {"AMANA_RELEASE_BY_TWO": "maybe"}, "must be true or false, not 'maybe'"),
        (["setup", "--admin", "a@example.org", "--password-file", "/nothing"], {}, "No such file"),
    ],
)
def test_it_is_told_in_words(tmp_path: Path, arguments: list[str], variables: dict[str, str], words: str) -> None:
    done = run(tmp_path / "data", *arguments, **variables)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NO /dev/full: a full disk was not tried")
@pytest.mark.parametrize("buffered", ["", "1"])
def test_what_cannot_be_written_out_is_told_and_not_called_unsound(tmp_path: Path, buffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = run_into(full, tmp_path / "data", "help", PYTHONUNBUFFERED=buffered)
    assert (done.returncode, done.stderr) == (2, "CommandError: No space left on device\n")
