"""The whole of the cosigner works in a clean interpreter that cannot import Django."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.custody.cosigner.partners import REFUSE_DJANGO, ROOT, run

IMPORT_ALL = """
before = {name.partition(".")[0] for name in sys.modules}
import importlib, json, pkgutil
import custody.cosigner, custody.cosigning
names = [
    info.name
    for package in (custody.cosigner, custody.cosigning)
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
]
for name in names:
    importlib.import_module(name)
ours = sorted(name for name in sys.modules if name.startswith("custody"))
foreign = {name.partition(".")[0] for name in sys.modules} - before - sys.stdlib_module_names
print(json.dumps({"names": names, "ours": ours, "foreign": sorted(foreign)}))
"""


def _python(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-W", "error", "-c", REFUSE_DJANGO + program, str(ROOT)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_but_cryptography_and_the_core_comes_along() -> None:
    done = _python(IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"custody.cosigner.__main__", "custody.cosigner.server", "custody.cosigning.client"} <= set(found["names"])
    assert set(found["foreign"]) <= {"custody", "cryptography", "_cffi_backend", "_openssl", "cffi"}
    # Outside the core: the clock, private files, and the deadline of whoever asks. They import the standard library and
    # errors alone.
    others = {name for name in found["ours"] if not name.startswith(("custody.core", "custody.cosign"))}
    assert others == {"custody", "custody.clock", "custody.deadlines", "custody.private_files"}


def test_the_command_runs(tmp_path: Path) -> None:
    done = run("init", "--name", "partner.example/w1", "--folder", tmp_path / "cosigner")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_fence_of_this_test_holds() -> None:
    for program in ("import django\n", "import custody.registrar.keyfiles\n"):
        done = _python(program)
        assert done.returncode == 1
        assert "is not allowed here" in done.stderr
