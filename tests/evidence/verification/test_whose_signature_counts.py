"""Every signed record of the evidence room: `verify` asks whose the signature is, and whether it still counted."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import pytest

from custody import clock, fences, installation, ledger, signers
from custody.actions import Action
from custody.actors import for_process
from custody.core import cades
from custody.core.fixity import Algorithm
from custody.core.verdicts import State
from custody.registrar import keyfiles
from custody.signers import Signers
from custody.verification import Inspection, inspect
from evidence import checking, examining, fixity
from evidence.models import Batch, EvidenceItem, Examination, FixitySweep, ItemDigest, Receipt, Tombstone
from tests.cast import Cast
from tests.evidence.disposal.orders import disposed
from tests.exhibits import picture, receive
from tests.prepared import prepared

ALL = 10**9
Row = Batch | Examination | FixitySweep | ItemDigest | Receipt | Tombstone


@pytest.fixture
def items(cast: Cast) -> list[EvidenceItem]:
    """Two originals, examined, with a digest added, a sweep behind them, and one of them disposed of."""

    def make() -> list[EvidenceItem]:
        worker = for_process("worker")
        items = receive(cast.case, {"one.jpg": picture(10), "two.jpg": picture(90)})
        examining.examine_waiting(actor=worker)
        fixity.rehash(items[0], Algorithm.SHA3_512, actor=worker)
        fixity.sweep_now(actor=worker, at_most=ALL)
        disposed(cast, items[1:])
        return items

    made: list[EvidenceItem] = prepared(f"{__name__}:items", make)
    return made


@dataclass(frozen=True)
class Place:
    """A kind of record, the entry that binds it, and what is said of a signature that does not count."""

    model: type[Row]
    action: Action
    words: str
    subject: str = ""

    def row(self) -> Row:
        found = self.model._default_manager.order_by("pk").first()
        assert isinstance(found, self.model)
        return found

    def seq(self) -> int:
        """The number of the entry that binds the row's bytes."""
        digest = hashlib.sha256(bytes(self.row().record or b"")).hexdigest()
        (found,) = (
            entry.seq
            for entry in map(ledger.entry_of, ledger.entries_with(self.action))
            if digest in entry.subject.values()
        )
        return found


PLACES = [
    Place(Receipt, Action.ITEM_RECEIVED, "the receipt's signature"),
    Place(Examination, Action.ITEM_EXAMINED, "the examination's signature"),
    Place(Batch, Action.BATCH_CLOSED, "the batch record's signature"),
    Place(Tombstone, Action.ITEM_DISPOSED, "the tombstone's signature"),
    Place(FixitySweep, Action.FIXITY_CLOSED, "the signature does not hold", "sweep "),
    Place(ItemDigest, Action.ITEM_DIGEST_ADDED, "the signature does not hold", "(?!sweep )"),
]
each_place = pytest.mark.parametrize("place", PLACES, ids=[place.model.__name__ for place in PLACES])


def told(place: Place) -> list[str]:
    """What `verify` says of signatures of this kind."""
    found = [each for each in inspect(Inspection()).findings if place.words in each.message]
    return [each.message for each in found if re.match(place.subject, each.subject)]


def ours() -> str:
    (only,) = signers.signers().created
    return only


def sign_with(name: str, row: Row) -> None:
    """Put a signature by another key file beside the record, past the software."""
    key, content = keyfiles.load_signer(name), bytes(row.record or b"")
    assembler, at = cades.Assembler(key.certificate), clock.now()
    signature = cades.sign(content, assembler=assembler, private_key=key.private_key, signing_time=at)
    fences.remove()
    type(row)._default_manager.filter(pk=row.pk).update(signature=signature)
    fences.install()


@each_place
def test_another_certificate_under_the_root_than_the_named_one_is_found(
    items: list[EvidenceItem], place: Place
) -> None:
    assert told(place) == []
    installation.make_signer("hidden")
    sign_with("hidden", place.row())
    (message,) = told(place)
    assert f"the record names {ours()[:16]}" in message


@each_place
def test_a_signer_that_no_entry_names_is_found(
    items: list[EvidenceItem], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inspection, "signers", Signers({}, {}))
    messages = told(place)
    assert messages
    assert all("no entry of the ledger names certificate" in message for message in messages)


@each_place
def test_what_was_bound_before_the_retirement_counts_and_nothing_after_it(
    items: list[EvidenceItem], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = place.seq()
    monkeypatch.setattr(Inspection, "signers", Signers({ours(): 0}, {ours(): seq - 1}))
    assert any(f"was retired before, by entry {seq - 1}" in message for message in told(place))
    # Others of its kind may have been bound later; of the last of them nothing more is said.
    last = max(seq, *(each.seq for each in ledger.entries_with(place.action)))
    monkeypatch.setattr(Inspection, "signers", Signers({ours(): 0}, {ours(): last + 1}))
    assert told(place) == []


def _signature_fact(item: EvidenceItem) -> tuple[str, State]:
    fact = next(each for each in checking.facts_about(item) if "signature" in str(each.words))
    return str(fact.words), fact.state


def test_the_page_that_knows_bytes_asks_too(items: list[EvidenceItem]) -> None:
    assert _signature_fact(items[0]) == ("The receipt's signature holds.", State.OK)
    installation.make_signer("hidden")
    sign_with("hidden", Receipt.objects.get(item=items[0]))
    words, state = _signature_fact(items[0])
    assert state is State.BAD
    assert "the record names" in words


def test_the_page_that_knows_bytes_knows_retirements(
    items: list[EvidenceItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = next(iter(ledger.stream_entries(f"item/{items[0].pk}"))).seq
    known = Signers({ours(): 0}, {ours(): seq - 1})
    monkeypatch.setattr(signers, "signers", lambda: known)
    words, state = _signature_fact(items[0])
    assert (state, "was retired before" in words) == (State.BAD, True)


def test_the_entries_about_keys_are_read_once_for_each_check(
    items: list[EvidenceItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Action] = []
    real = signers._first

    def first(action: Action) -> dict[str, int]:
        read.append(action)
        return real(action)

    monkeypatch.setattr(signers, "_first", first)
    inspect(Inspection())
    # Originals, examinations, batches, disposals, fixity: however many records each of them reads.
    assert len(read) == 2 * 5
