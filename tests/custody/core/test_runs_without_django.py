"""The core runs in a clean interpreter where Django cannot be imported, and pulls in nothing but cryptography."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]

# Refuses to import whatever belongs to the server, then imports every module of the core and uses the ledger half.
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "evidence", "testimony", "config", "celery", "simple_history"):
            raise ImportError(f"{name} is not allowed here")

sys.meta_path.insert(0, Refuse())
before = {name.partition(".")[0] for name in sys.modules}

import importlib, json, pkgutil
import custody.core
names = [info.name for info in pkgutil.walk_packages(custody.core.__path__, "custody.core.")]
for name in names:
    importlib.import_module(name)

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from custody.core import checkpoints, entries, merkle, notes, streams, tiles

actor = entries.Actor("system", "", "command", "")
entry = entries.Entry(
    log="amana.example/ledger", seq=0, id="a", act="a", action="ledger.opened", time="2026-01-01T00:00:00.000Z",
    actor=actor, streams=(entries.StreamLink("ledger", 0, None),), subject={}, outcome=entries.Outcome.DONE,
    salt="00" * 16,
)
data = entries.encode(entry)
leaf = merkle.leaf_hash(data)
key = Ed25519PrivateKey.from_private_bytes(bytes(32))
note = checkpoints.sign(checkpoints.Checkpoint(entry.log, 1, merkle.root([leaf])), private_key=key)
opened = checkpoints.open_checkpoint(
    note.encode(), origin=entry.log, keys=[notes.VerifierKey.of(entry.log, key.public_key())]
)
[((level, index, width), tile)] = tiles.grown_tiles(0, [leaf], None)
proof = tiles.inclusion_proof_from_tiles(0, 1, lambda *address: tile)
merkle.verify_inclusion(leaf=leaf, index=0, size=opened.size, proof=proof, root=opened.root)
findings = streams.StreamChecker().feed(entries.decode(data), leaf)
foreign = {name.partition(".")[0] for name in sys.modules} - before - sys.stdlib_module_names
print(json.dumps({"modules": names, "findings": findings, "foreign": sorted(foreign)}))
"""


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    # -I keeps the caller's environment and current folder out; -W error makes a warning on import a failure.
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", PROGRAM, str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_every_module_imports_and_the_ledger_half_works(report: dict[str, Any]) -> None:
    assert {"custody.core.merkle", "custody.core.entries", "custody.core.notes"} <= set(report["modules"])
    assert report["findings"] == []


def test_nothing_but_cryptography_comes_along(report: dict[str, Any]) -> None:
    # cryptography itself is built with cffi.
    assert set(report["foreign"]) <= {"custody", "cryptography", "_cffi_backend", "_openssl", "cffi"}


def test_the_fence_of_this_test_holds() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM.replace("import custody.core\n", "import django\n", 1), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "django is not allowed here" in done.stderr
