"""The proof of one entry: made from the mirror, checked by us and by a stranger, worthless once anything is changed."""

from __future__ import annotations

import base64

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from custody import installation as setup
from custody import ledger, notary, proofs
from custody.core import merkle
from custody.core import proofs as core
from custody.core.errors import CustodyError, ProofError
from custody.core.proofs import EntryProof
from custody.proofs import NotProvable
from tests.cast import Cast, browser_of
from tests.custody.notary.ledgers import grow_to

SIZE = 300


@pytest.fixture
def signed(installation: object) -> int:
    grow_to(SIZE)
    return notary.ensure_checkpoint().size


def holds(proof: EntryProof) -> bool:
    try:
        core.verify(proof, origin=ledger.origin(), keys=[setup.verifier_key()])
    except CustodyError:
        return False
    return True


@pytest.mark.parametrize("seq", [0, 1, 255, 256, SIZE - 1])
def test_every_entry_can_be_proved_from_its_file_alone(signed: int, seq: int) -> None:
    proof = EntryProof.parse(proofs.prove(seq).encode())
    entry, checkpoint = core.verify(proof, origin=ledger.origin(), keys=[setup.verifier_key()])
    assert (entry.seq, checkpoint.size) == (seq, signed)
    assert proof.body == ledger.body_of(seq)


def test_a_stranger_agrees(signed: int) -> None:
    stranger = pytest.importorskip("metamorphic_log", reason="NO SECOND OPINION: metamorphic-log is not installed")
    proof = proofs.prove(123)
    _, checkpoint = core.verify(proof, origin=ledger.origin(), keys=[setup.verifier_key()])
    leaf = merkle.leaf_hash(proof.body)
    stranger.verify_inclusion(123, signed, leaf, list(proof.hashes), checkpoint.root)
    with pytest.raises(stranger.VerifyError):
        stranger.verify_inclusion(124, signed, leaf, list(proof.hashes), checkpoint.root)


def test_any_change_spoils_it(signed: int) -> None:
    proof = proofs.prove(7)
    assert holds(proof)
    other = ledger.body_of(8) or b""
    assert not holds(EntryProof(other, 7, proof.hashes, proof.note))
    assert not holds(EntryProof(proof.body, 8, proof.hashes, proof.note))
    assert not holds(EntryProof(proof.body, 7, proof.hashes[:-1], proof.note))
    assert not holds(EntryProof(proof.body, 7, (*proof.hashes[:-1], bytes(32)), proof.note))
    assert not holds(EntryProof(proof.body, 7, proof.hashes, proof.note.replace(b"300", b"301")))


def test_what_no_checkpoint_covers_is_not_proved(signed: int) -> None:
    grow_to(SIZE + 1)
    for seq in (SIZE, SIZE + 50):
        with pytest.raises(NotProvable):
            proofs.prove(seq)


@given(st.binary(max_size=200))
def test_other_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(ProofError):
        EntryProof.parse(data)


def parsed(data: bytes) -> EntryProof | None:
    try:
        return EntryProof.parse(data)
    except ProofError:
        return None


@given(st.data())
def test_a_file_with_a_byte_changed_is_refused_or_does_not_hold(data: st.DataObject) -> None:
    whole = EntryProof(b"{}", 5, (bytes(32), b"\x01" * 32), b"text\n\nsignature\n").encode()
    place = data.draw(st.integers(0, whole.index(b"\n\n") + 1))
    changed = whole[:place] + bytes([whole[place] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[place + 1 :]
    assert parsed(changed) != parsed(whole)


def test_the_form_is_that_of_the_standard() -> None:
    text = EntryProof(b"{}", 5, (bytes(32),), b"origin\n6\n\nsigned\n").encode().decode()
    hashed = base64.b64encode(bytes(32)).decode()
    assert text == f"c2sp.org/tlog-proof@v1\nextra e30=\nindex 5\n{hashed}\n\norigin\n6\n\nsigned\n"


def test_who_may_read_an_entry_may_take_its_proof_and_nobody_else(cast: Cast) -> None:
    checkpoint = notary.ensure_checkpoint()
    created = next(stored for stored in ledger.entries_after(0) if stored.action == "case.created")
    assert created.seq < checkpoint.size
    address = reverse("custody:entry-proof", args=[created.seq])
    answer = browser_of(cast.lead).get(address)
    assert EntryProof.parse(answer.content).body == created.body
    assert answer["Cache-Control"] == "no-store"
    assert browser_of(cast.outsider).get(address).status_code == 404
    assert browser_of(cast.lead).get(reverse("custody:entry-proof", args=[10**9])).status_code == 404
