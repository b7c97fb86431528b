"""The notary refuses what is not the ledger that it signed before, grown at its end."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody import clock, ledger
from custody.core import canonical, checkpoints, tiles
from custody.core.canonical import JsonValue
from custody.core.checkpoints import Checkpoint
from custody.installation import verifier_key
from custody.models import Entry, SignedCheckpoint
from custody.notary import Notary, state
from custody.notary.mirror import Mirror
from custody.notary.state import NotaryStateError
from tests.custody.notary.ledgers import grow_to, refuses, rewrite, tamper

MEMORY = Path("keys") / "notary-state.json"


@pytest.fixture
def signed(installation: Path) -> Notary:
    """A notary that signed 300 entries."""
    grow_to(300)
    notary = Notary()
    notary.publish()
    return notary


def test_it_refuses_a_smaller_ledger(signed: Notary) -> None:
    tamper("DELETE FROM custody_entry WHERE seq = 299")
    tamper("UPDATE custody_ledgerhead SET size = 299")
    assert refuses(signed)
    assert refuses(Notary())


def test_it_refuses_a_head_that_promises_more_entries_than_there_are(signed: Notary) -> None:
    tamper("UPDATE custody_ledgerhead SET size = 305")
    assert refuses(signed)


@pytest.mark.parametrize("seq", [0, 100, 255, 256, 299])
def test_it_refuses_an_altered_old_entry_after_a_restart(signed: Notary, seq: int) -> None:
    rewrite(seq, outcome="denied")
    assert refuses(Notary())


@pytest.mark.parametrize("seq", [256, 299])
def test_it_does_not_publish_an_altered_entry_of_the_tile_that_still_grows(
    installation: Path, signed: Notary, seq: int
) -> None:
    rewrite(seq, outcome="denied")
    grow_to(310)
    assert refuses(signed)
    assert not (installation / "tiles" / tiles.entries_path(1, 54)).exists()


def test_it_refuses_a_gap_among_the_new_entries(signed: Notary) -> None:
    grow_to(320)
    tamper("DELETE FROM custody_entry WHERE seq = 310")
    assert refuses(signed)


def test_it_refuses_a_new_entry_that_does_not_match_its_hash(signed: Notary) -> None:
    grow_to(320)
    tamper("UPDATE custody_entry SET leaf = %s WHERE seq = 310", b"x" * 32)
    assert refuses(signed)


@pytest.mark.parametrize("changes", [{"seq": 7}, {"log": "another.example/ledger"}, {"outcome": "perhaps"}])
def test_it_refuses_a_new_entry_that_says_it_belongs_elsewhere(signed: Notary, changes: dict[str, JsonValue]) -> None:
    grow_to(320)
    rewrite(310, **changes)
    assert refuses(signed)


def test_it_refuses_another_origin(signed: Notary) -> None:
    tamper("UPDATE custody_ledgerhead SET origin = 'another.example/ledger'")
    assert refuses(signed)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"junk",
        canonical.dumps({"origin": "test.amana.localhost/ledger", "size": 1, "nodes": []}),
        canonical.dumps({"origin": "test.amana.localhost/ledger", "size": 1, "nodes": ["zz"]}),
        canonical.dumps({"origin": "test.amana.localhost/ledger", "size": 1, "nodes": ["00"]}),
        canonical.dumps({"origin": "test.amana.localhost/ledger", "size": -1, "nodes": []}),
        canonical.dumps({"origin": "test.amana.localhost/ledger", "size": "1", "nodes": []}),
    ],
)
def test_it_refuses_a_damaged_memory(installation: Path, signed: Notary, content: bytes) -> None:
    (installation / MEMORY).write_bytes(content)
    with pytest.raises(NotaryStateError):
        state.load(verifier_key())
    assert refuses(signed)


def test_it_refuses_when_its_memory_is_gone(installation: Path, signed: Notary) -> None:
    (installation / MEMORY).unlink()
    assert refuses(signed)
    assert refuses(Notary())


def test_it_refuses_memory_and_database_of_yesterday_beside_the_mirror_of_today(
    installation: Path, signed: Notary
) -> None:
    old = (installation / MEMORY).read_bytes()
    grow_to(320)
    signed.publish()
    (installation / MEMORY).write_bytes(old)
    tamper("DELETE FROM custody_entry WHERE seq >= 300")
    tamper("DELETE FROM custody_streamentry WHERE seq >= 300")
    tamper("DELETE FROM custody_signedcheckpoint WHERE size > 300")
    tamper("UPDATE custody_ledgerhead SET size = 300")
    assert refuses(Notary())


def test_it_refuses_to_grow_from_tiles_that_were_altered(installation: Path, signed: Notary) -> None:
    edge = installation / "tiles" / tiles.hash_tile_path(0, 1, 44)
    edge.write_bytes(bytes(32) + edge.read_bytes()[32:])
    grow_to(310)
    assert refuses(signed)
    assert refuses(Notary())


def test_a_forged_checkpoint_on_record_is_refused(signed: Notary) -> None:
    grow_to(310)
    SignedCheckpoint.objects.create(size=310, root=b"r" * 32, note=b"forged", signed=clock.now())
    assert refuses(signed)


def test_a_refusal_repairs_nothing(signed: Notary) -> None:
    rewrite(100, outcome="denied")
    before = [(row.seq, bytes(row.body)) for row in Entry.objects.order_by("seq")]
    assert refuses(Notary())
    assert [(row.seq, bytes(row.body)) for row in Entry.objects.order_by("seq")] == before


def test_a_mirror_that_was_lost_is_written_again_from_the_entries_that_were_signed(
    installation: Path, signed: Notary
) -> None:
    before = {path: path.read_bytes() for path in (installation / "tiles").rglob("*") if path.is_file()}
    shutil.rmtree(installation / "tiles")
    Notary().publish()
    assert {path: path.read_bytes() for path in (installation / "tiles").rglob("*") if path.is_file()} == before


def test_a_checkpoint_in_the_mirror_signed_by_somebody_else_is_replaced(installation: Path, signed: Notary) -> None:
    note = Mirror().read("checkpoint")
    forged = checkpoints.sign(Checkpoint(ledger.origin(), 10**6, b"r" * 32), private_key=Ed25519PrivateKey.generate())
    Mirror().write("checkpoint", forged.encode())
    assert Notary().publish() == note == Mirror().read("checkpoint")
