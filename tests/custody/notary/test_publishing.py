"""What the notary publishes: the same bytes for the same tree, and tiles from which the tree follows."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import clock, data, ledger, notary
from custody import installation as setup
from custody.core import checkpoints, merkle, tiles
from custody.core.checkpoints import Checkpoint
from custody.models import SignedCheckpoint
from custody.notary import Notary, asking
from custody.notary.mirror import Mirror
from custody.registrar import keyfiles
from tests.custody.notary.ledgers import grow_to, tamper

SIZES = [255, 256, 257, 300, 511, 512, 513, 1000]


def opened(note: bytes) -> Checkpoint:
    return checkpoints.open_checkpoint(note, origin=ledger.origin(), keys=[setup.verifier_key()])


def leaves() -> list[bytes]:
    return [merkle.leaf_hash(body) for body in ledger.leaves_after(0, ledger.size())]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("installation")
def test_the_checkpoint_covers_the_entries_and_is_signed_by_the_recorded_key() -> None:
    grow_to(20)
    note = Notary().publish()
    assert opened(note) == Checkpoint(ledger.origin(), 20, merkle.root(leaves()))
    row = SignedCheckpoint.objects.get(size=20)
    assert bytes(row.note) == note == Mirror().read("checkpoint")


def test_a_full_disk_leaves_nothing_behind_however_often_it_is_tried(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    signer = Notary()
    grow_to(20)
    signer.publish()
    before = files(data.tiles())
    grow_to(21)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for _ in range(3):
            with pytest.raises(OSError, match="No space left"):
                signer.publish()
    assert files(data.tiles()) == before
    assert opened(signer.publish()).size == 21


@pytest.mark.usefixtures("installation")
def test_the_same_tree_is_signed_with_the_same_bytes() -> None:
    signer = Notary()
    note = signer.publish()
    assert signer.publish() == note
    assert Notary().publish() == note
    assert SignedCheckpoint.objects.count() == 1


def test_tiles_agree_with_the_tree_at_every_size(installation: Path) -> None:
    signer = Notary()
    for size in SIZES:
        grow_to(size)
        checkpoint = opened(signer.publish())
        mirror = Mirror()
        assert tiles.root_from_tiles(size, mirror.read_tile) == checkpoint.root == merkle.root(leaves())
        for index in (0, size // 2, size - 1):
            proof = tiles.inclusion_proof_from_tiles(index, size, mirror.read_tile)
            leaf = merkle.leaf_hash(ledger.body_of(index) or b"")
            merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=checkpoint.root)


def test_entry_bundles_hold_the_exact_bytes(installation: Path) -> None:
    grow_to(600)
    Notary().publish()
    mirror = Mirror()
    bundles = [mirror.read_entries(0, 256), mirror.read_entries(1, 256), mirror.read_entries(2, 88)]
    found = [body for bundle in bundles for body in tiles.decode_entries(bundle)]
    assert found == list(ledger.leaves_after(0, 600))


def test_it_does_not_matter_in_how_many_steps_the_mirror_grew(installation: Path) -> None:
    signer = Notary()
    for size in SIZES:
        grow_to(size)
        signer.publish()
    stepwise = {n: content for n, content in files(installation / "tiles").items() if n != "checkpoint"}
    whole = {tiles.hash_tile_path(*tile): content for tile, content in tiles.grown_tiles(0, leaves(), _never)}
    for name, content in whole.items():
        assert stepwise[name] == content


def _never(level: int, index: int, width: int) -> bytes:
    raise AssertionError(f"tile {level} {index} {width} was asked for")


def test_partial_tiles_go_when_the_full_one_is_there(installation: Path) -> None:
    signer = Notary()
    grow_to(100)
    signer.publish()
    assert (installation / "tiles/tile/0/000.p/100").exists()
    assert (installation / "tiles/tile/entries/000.p/100").exists()
    grow_to(300)
    signer.publish()
    assert not (installation / "tiles/tile/0/000.p").exists()
    assert not (installation / "tiles/tile/entries/000.p").exists()
    assert len((installation / "tiles/tile/0/000").read_bytes()) == 256 * 32
    assert (installation / "tiles/tile/0/001.p/44").exists()


def test_consistency_between_two_checkpoints_follows_from_the_mirror(installation: Path) -> None:
    signer = Notary()
    grow_to(270)
    old = opened(signer.publish())
    grow_to(900)
    new = opened(signer.publish())
    proof = tiles.consistency_proof_from_tiles(270, 900, Mirror().read_tile)
    merkle.verify_consistency(old_size=270, old_root=old.root, size=900, root=new.root, proof=proof)


@pytest.mark.usefixtures("installation")
def test_ensure_checkpoint_covers_what_is_asked_for() -> None:
    grow_to(30)
    first = notary.ensure_checkpoint()
    assert first.size == 30
    grow_to(40)
    assert notary.ensure_checkpoint(30) == first
    assert notary.ensure_checkpoint(31).size == 40
    with pytest.raises(notary.NotaryRefused):
        notary.ensure_checkpoint(41)


@pytest.mark.parametrize("forge", ["junk", "another key", "another ledger"])
@pytest.mark.usefixtures("installation")
def test_a_forged_row_does_not_pass_for_a_checkpoint(forge: str) -> None:
    origin = "another.example/ledger" if forge == "another ledger" else ledger.origin()
    key = Ed25519PrivateKey.generate() if forge == "another key" else keyfiles.load_ledger_key()
    note = checkpoints.sign(Checkpoint(origin, 10**6, b"r" * 32), private_key=key).encode()
    SignedCheckpoint.objects.create(
        size=10**6, root=b"r" * 32, note=b"junk" if forge == "junk" else note, signed=clock.now()
    )
    assert notary.ensure_checkpoint().size == ledger.size()


@pytest.mark.usefixtures("installation")
def test_a_row_that_says_more_than_its_note_does_not_count() -> None:
    checkpoint = notary.ensure_checkpoint()
    latest = notary.latest()
    assert latest is not None
    SignedCheckpoint.objects.create(size=10**6, root=checkpoint.root, note=latest[1], signed=clock.now())
    grow_to(30)
    assert notary.ensure_checkpoint().size == 30


@pytest.mark.usefixtures("installation")
def test_a_checkpoint_missing_from_the_database_is_put_back() -> None:
    note = Notary().publish()
    tamper("DELETE FROM custody_signedcheckpoint")
    assert Notary().publish() == note
    assert bytes(SignedCheckpoint.objects.get().note) == note


def test_asking_keeps_one_notary_in_this_process(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grow_to(20)
    notary.ensure_checkpoint()
    monkeypatch.setattr(asking, "Notary", None)
    grow_to(30)
    assert notary.ensure_checkpoint().size == 30
