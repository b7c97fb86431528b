"""The last line of a CI run adds up both test runs, and a run that left no report is not forgotten."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.rules.source import REPO

REPORT = '<testsuites><testsuite tests="{0}" failures="{1}" errors="0" skipped="{2}" time="1.5"/></testsuites>'


def summary(*reports: Path) -> tuple[int, str]:
    command = [sys.executable, str(REPO / ".ci" / "summary.py"), *map(str, reports)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.strip()


@pytest.fixture
def passed(tmp_path: Path) -> Path:
    path = tmp_path / "passed.xml"
    path.write_text(REPORT.format(10, 0, 2))
    return path


def test_runs_are_added_up(tmp_path: Path, passed: Path) -> None:
    failed = tmp_path / "failed.xml"
    failed.write_text(REPORT.format(5, 1, 0))
    assert summary(passed, passed) == (0, "==== 16 passed, 4 skipped in 3.00s ====")
    assert summary(passed, failed) == (1, "==== 1 failed, 12 passed, 2 skipped in 3.00s ====")


def test_a_missing_report_is_an_error(tmp_path: Path, passed: Path) -> None:
    assert summary(passed, tmp_path / "none.xml") == (1, "==== 8 passed, 2 skipped, 1 errors in 1.50s ====")


def test_nothing_passed_is_a_failure(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.xml"
    nothing.write_text(REPORT.format(0, 0, 0))
    assert summary(nothing) == (1, "==== 0 passed in 1.50s ====")
