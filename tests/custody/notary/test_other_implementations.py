"""The mirror's files are byte for byte what others make of the same entries, and others accept their proofs.

Beside our own code three opinions: the definition in c2sp.org/tlog-tiles written out here without a line of the
product; PyPI `metamorphic-log` (Rust); Go's `sumdb/tlog` where Go and Debian's golang-golang-x-mod-dev are installed.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from custody import installation as setup
from custody import ledger, notary
from custody.core import tiles
from custody.models import SignedCheckpoint
from custody.notary import Mirror
from tests.custody.notary.ledgers import grow_to

GO_SOURCE = Path(__file__).with_name("second_opinion.go")


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_hash(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it stands there."""
    if not entries:
        return sha(b"")
    if len(entries) == 1:
        return sha(b"\0", entries[0])
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sha(b"\1", tree_hash(entries[:half]), tree_hash(entries[half:]))


def index_path(number: int) -> str:
    """Three digits for each part of the path, an x before all but the last."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])


def specified(entries: list[bytes]) -> dict[str, bytes]:
    """Every file but the checkpoint, by the text of the specification: path and content."""
    files = {}
    for level in range(64):
        step = 256**level
        count = len(entries) // step
        if not count:
            break
        for first in range(0, count, 256):
            width = min(256, count - first)
            partial = "" if width == 256 else f".p/{width}"
            name = f"{index_path(first // 256)}{partial}"
            hashes = [tree_hash(entries[at * step : (at + 1) * step]) for at in range(first, first + width)]
            files[f"tile/{level}/{name}"] = b"".join(hashes)
            if level == 0:
                bundle = [len(body).to_bytes(2, "big") + body for body in entries[first : first + width]]
                files[f"tile/entries/{name}"] = b"".join(bundle)
    return files


def published(folder: Path, size: int) -> list[bytes]:
    """Grow the ledger, sign it; its entries."""
    grow_to(size)
    notary.ensure_checkpoint()
    return list(ledger.leaves_after(0, ledger.size()))


def files_of(folder: Path) -> dict[str, bytes]:
    root = folder / "tiles"
    found = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    del found["checkpoint"]
    return found


@pytest.mark.parametrize("size", [256, 257, 300, 512, 1000])
def test_the_files_are_those_of_the_specification(installation: Path, size: int) -> None:
    """Grown at once and in steps: the same names, the same bytes (partial ones of earlier trees may stand beside)."""
    published(installation, size // 2)
    wanted = specified(published(installation, size))
    found = files_of(installation)
    assert {name: found.get(name) for name in wanted} == wanted
    assert all(".p/" in name for name in found.keys() - wanted.keys())


PATHS = [(0, "000"), (7, "007"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")]


@pytest.mark.parametrize(("number", "path"), PATHS)
def test_paths_are_those_of_the_specification(number: int, path: str) -> None:
    assert index_path(number) == path
    assert tiles.hash_tile_path(3, number) == f"tile/3/{path}"
    assert tiles.entries_path(number, 17) == f"tile/entries/{path}.p/17"


@pytest.fixture
def metamorphic() -> Any:
    if importlib.util.find_spec("metamorphic_log") is None:
        pytest.skip("NO metamorphic-log: a second opinion on proofs was not heard")
    return importlib.import_module("metamorphic_log")


def test_metamorphic_accepts_our_checkpoints_and_proofs_and_no_others(installation: Path, metamorphic: Any) -> None:
    vkey, read = setup.verifier_key().encode(), Mirror().read_tile
    for size in (20, 256, 300, 1000):
        published(installation, size)
    rows = list(SignedCheckpoint.objects.order_by("size"))
    newest = rows[-1]
    note = bytes(newest.note).decode()
    head = metamorphic.checkpoint_verify(note, [vkey])
    assert (head.size, bytes(head.root_hash if hasattr(head, "root_hash") else head.root)) == (1000, bytes(newest.root))
    for index in (0, 1, 255, 256, 511, 999):
        leaf = sha(b"\0", ledger.body_of(index) or b"")
        proof = tiles.inclusion_proof_from_tiles(index, 1000, read)
        metamorphic.checkpoint_verify_inclusion(note, [vkey], index, leaf, proof)
        with pytest.raises(metamorphic.VerifyError):
            metamorphic.checkpoint_verify_inclusion(note, [vkey], index, sha(leaf), proof)
    for row in rows[:-1]:
        proof = tiles.consistency_proof_from_tiles(row.size, 1000, read)
        metamorphic.checkpoint_verify_consistency(bytes(row.note).decode(), note, [vkey], proof)
        with pytest.raises(metamorphic.VerifyError):
            metamorphic.verify_consistency(row.size, 1000, proof, sha(bytes(row.root)), bytes(newest.root))


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our small program, built with Go's own log library."""
    packages = Path(os.environ.get("GOPATH", "/usr/share/gocode"))
    if shutil.which("go") is None or not (packages / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("NO SECOND OPINION FROM GO: go or golang-golang-x-mod-dev is not installed")
    folder = tmp_path_factory.mktemp("go")
    program = folder / "second_opinion"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": str(packages), "GOCACHE": str(folder / "cache")}
    subprocess.run(["go", "build", "-o", program, GO_SOURCE], env=environment, check=True, timeout=300)
    return program


def opinion(program: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(program), str(folder / "tiles"), setup.verifier_key().encode()]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.slow
@pytest.mark.parametrize("size", [20, 256, 257, 1000])
def test_go_makes_the_same_tiles_and_accepts_the_proofs(installation: Path, go_program: Path, size: int) -> None:
    published(installation, size)
    said = opinion(go_program, installation)
    assert said.returncode == 0, said.stderr
    count = sum(1 for _ in tiles.tiles_for(0, size))
    assert said.stdout.split() == [str(size), str(count)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tile/0/001", "tile/1/000.p/3", "tile/entries/002", "checkpoint"])
def test_go_finds_what_was_altered(installation: Path, go_program: Path, name: str) -> None:
    published(installation, 1000)
    path = installation / "tiles" / name
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    assert opinion(go_program, installation).returncode == 1
