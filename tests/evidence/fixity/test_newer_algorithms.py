"""A digest of a newer algorithm is added only to bytes whose old digests were right in the same reading."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

from custody import ledger
from custody.core import fixity as records
from custody.core.entries import Actor
from custody.core.fixity import Algorithm
from custody.registrar import RegistrarRefused
from custody.verification import Inspection, inspect
from evidence import fixity, signing
from evidence.core.errors import FixityError
from evidence.models import EvidenceItem, ItemDigest, Receipt
from tests.cast import entries_since, ledger_size
from tests.evidence.fixity.conftest import SIZE, flip


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_the_digest_is_that_of_the_bytes_under_a_signed_record(
    items: list[EvidenceItem], worker: Actor, algorithm: Algorithm
) -> None:
    row = fixity.rehash(items[1], algorithm, actor=worker)
    assert row.digest == hashlib.new(algorithm.value.replace("-", "_"), bytes([1]) * SIZE).hexdigest()
    record = records.decode_digest(bytes(row.record))
    assert (record.item, record.sha256, record.bytes) == (str(items[1].pk), items[1].sha256, SIZE)
    assert record.receipt == Receipt.objects.get(item=items[1]).record_sha256
    assert row.signature is not None
    assert inspect(Inspection()).bottom_line == "sound"


def test_one_pass_over_the_bytes(items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    true = os.readv

    def counted(descriptor: int, buffers: list[memoryview]) -> int:
        read.append(true(descriptor, buffers))
        return read[-1]

    monkeypatch.setattr(os, "readv", counted)
    fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    assert sum(read) == SIZE


def test_changed_bytes_get_no_new_digest_but_an_alarm(items: list[EvidenceItem], worker: Actor) -> None:
    """Else a migration would make the changed file good for ever."""
    flip(items[1])
    before = ledger_size()
    with pytest.raises(FixityError, match="the old ones do not hold"):
        fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    assert not ItemDigest.objects.exists()
    assert [row.action for row in entries_since(before)] == ["fixity.failed"]
    assert [alarm.sha256 for alarm in fixity.standing()] == [items[1].sha256]


def test_a_receipt_that_does_not_hold_gets_no_new_digest(items: list[EvidenceItem], worker: Actor) -> None:
    row = Receipt.objects.get(item=items[1])
    record = bytes(row.record).replace(b'"channel":"cli"', b'"channel":"web"')
    Receipt.objects.filter(item=items[1]).update(record=record)
    with pytest.raises(FixityError):
        fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    assert not ItemDigest.objects.exists()


def test_asked_again_it_gives_the_one_that_stands(items: list[EvidenceItem], worker: Actor) -> None:
    first = fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    before = ledger_size()
    assert fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker).pk == first.pk
    assert ledger_size() == before


def test_a_sweep_compares_the_added_digest_too(items: list[EvidenceItem], worker: Actor) -> None:
    row = fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    ItemDigest.objects.filter(pk=row.pk).update(digest="0" * 128)
    turn = fixity.sweep_now(actor=worker, at_most=10**9)
    assert [(read.sha256, read.wrong) for read in turn.wrong] == [
        (items[1].sha256, "the sha3-512 of the stored bytes differs from the record")
    ]


def test_a_crash_before_the_signature_leaves_it_to_the_next_turn(
    items: list[EvidenceItem], worker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = signing.signer

    class Mute:
        def signer_fingerprint(self) -> str:
            return true().signer_fingerprint()

        def sign_records(self, **_: object) -> list[bytes]:
            raise RegistrarRefused("not now")

    with monkeypatch.context() as patch:
        patch.setattr(signing, "signer", Mute)
        with pytest.raises(RegistrarRefused):
            fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    assert ItemDigest.objects.get().signature is None
    fixity.take_turn(actor=worker)
    assert ItemDigest.objects.get().signature is not None


def test_the_registrar_signs_only_what_the_entry_names(items: list[EvidenceItem], worker: Actor) -> None:
    fixity.rehash(items[1], Algorithm.SHA3_512, actor=worker)
    (stored,) = [entry for entry in ledger.stream_entries(f"item/{items[1].pk}") if entry.action == "item.digest_added"]
    with pytest.raises(RegistrarRefused, match="does not allow these bytes"):
        signing.signer().sign_records(authority=stored.seq, records=[json.dumps({"type": "digest-record/1"}).encode()])
