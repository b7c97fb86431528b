"""Each bundle carries what checks it: a program, a page, and a text that names both by their digests."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from custody.core import packing
from custody.core.bundles import verify_bundle
from evidence.bundles.verifier import verifier_files
from evidence.intake import TakenIn


@pytest.fixture
def bundle(folder: Path, ingest: Callable[..., TakenIn], tmp_path: Path) -> Path:
    (folder / "a.jpg").write_bytes(b"received")
    ingest(folder)
    call_command("bundle", "RWB-04", "--to", str(tmp_path / "bundle"))
    return tmp_path / "bundle"


def test_the_bundle_checks_itself(bundle: Path, tmp_path: Path) -> None:
    # A copy of the file alone, in an interpreter that sees neither the repository nor its environment.
    shutil.copy(bundle / packing.PROGRAM, tmp_path / "verify.pyz")
    line = [sys.executable, "-I", str(tmp_path / "verify.pyz"), str(bundle), "--json"]
    done = subprocess.run(line, cwd="/", env={}, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    verdict = json.loads(done.stdout)
    assert verdict["bottom_line"] == "sound"
    assert verdict["counts"] == dict(verify_bundle(bundle).counts)


def test_the_text_names_the_digests_of_program_and_page(bundle: Path) -> None:
    text = (bundle / packing.README).read_text()
    for path in (packing.PROGRAM, packing.PAGE):
        assert f"{hashlib.sha256((bundle / path).read_bytes()).hexdigest()}  {path}\n" in text
    assert "@" not in text
    assert "كيف تفحص هذه الحزمة" in text


def test_these_three_files_and_no_others_are_under_verify(bundle: Path) -> None:
    written = {path.relative_to(bundle).as_posix(): path.read_bytes() for path in (bundle / "verify").rglob("*")}
    assert written == verifier_files()


def test_the_program_holds_the_verifier_and_its_licence_and_nothing_of_the_server() -> None:
    program = verifier_files()[packing.PROGRAM]
    for name in (b"custody/core/bundles/seal.py", b"custody/core/LICENSE", b"custody/__init__.py"):
        assert name in program
    for foreign in (b"custody/models", b"custody/core/page", b"__pycache__", b"import django"):
        assert foreign not in program
