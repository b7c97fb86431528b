"""Tools that are not ours agree about a bundle, as its README will tell the stranger."""

import shutil
import subprocess
from pathlib import Path

import bagit
import pytest

from custody.core import authority, bagging, entries, notes, tiles
from custody.core.bundles import layout
from tests.custody.core.bundles.samples import CASE, ITEMS
from tests.custody.core.signers import ROOT

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="NOT CHECKED AGAINST OPENSSL: there is no openssl command here"
)
needs_shell = pytest.mark.skipif(shutil.which("sha256sum") is None, reason="NOT CHECKED: there is no sha256sum here")


def _shell(command: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True, check=False, timeout=60)


def test_bagit_finds_it_valid(root: Path) -> None:
    bag = bagit.Bag(str(root))
    assert bag.validate()
    assert bag.version_info == (1, 0)
    assert sorted(bag.algorithms) == ["sha256", "sha512"]


def test_bagit_sees_a_change_too(root: Path) -> None:
    path = next((root / "data/photos").iterdir())
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(root)).validate()


@needs_shell
@pytest.mark.parametrize("manifest", [*bagging.MANIFESTS.values(), *bagging.TAG_MANIFESTS.values()])
def test_sha256sum_and_sha512sum_read_the_manifests(root: Path, manifest: str) -> None:
    command = "sha512sum" if "sha512" in manifest else "sha256sum"
    done = _shell(f"{command} --strict --quiet -c {manifest}", root)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_openssl
@pytest.mark.parametrize(
    ("content", "signature"),
    [
        (layout.record_path(ITEMS[0]), layout.signature_path(layout.record_path(ITEMS[0]))),
        (layout.examination_path(ITEMS[3], 0), layout.signature_path(layout.examination_path(ITEMS[3], 0))),
        (bagging.TAG_MANIFESTS["sha256"], layout.SEAL_SIGNATURE),
    ],
)
def test_openssl_verifies_the_signatures(root: Path, content: str, signature: str) -> None:
    at = int(entries.parse_time(entries.decode((root / layout.SEAL_ENTRY).read_bytes()).time).timestamp())
    done = _shell(
        f"openssl cms -verify -binary -cades -inform DER -in {signature} -content {content}"
        f" -CAfile {layout.ROOT_CERTIFICATE} -attime {at} -out /dev/null",
        root,
    )
    assert done.returncode == 0, done.stderr


@needs_shell
def test_a_leaf_hash_comes_out_of_the_shell_and_stands_in_its_tile(root: Path) -> None:
    path = layout.stream_path(CASE)
    done = _shell(f"(printf '\\0'; sed -n 3p {path} | tr -d '\\n') | sha256sum", root)
    leaf = bytes.fromhex(done.stdout.split()[0])
    seq = entries.decode((root / path).read_bytes().splitlines()[2]).seq
    assert tiles.decode_tile((root / layout.tile_path(0, 0, 256)).read_bytes(), 256)[seq] == leaf


@needs_openssl
def test_the_fingerprints_on_paper_come_out_of_the_shell(root: Path) -> None:
    printed = _shell(f"openssl x509 -in {layout.ROOT_CERTIFICATE} -outform DER | sha256sum", root).stdout.split()[0]
    line = _shell(f"tr -d '\\n' < {layout.LEDGER_KEY} | sha256sum", root).stdout.split()[0]
    assert printed == authority.fingerprint(ROOT)
    assert line == notes.fingerprint((root / layout.LEDGER_KEY).read_text())
