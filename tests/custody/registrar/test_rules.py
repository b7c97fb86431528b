"""What the registrar signs, makes and opens: only what a committed entry allows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest
from django.db import connection

from custody import clock, fences, ledger, registrar, sealing
from custody.actions import Action
from custody.actors import for_command
from custody.core import cades, canonical, merkle
from custody.core.canonical import JsonValue
from custody.core.entries import Outcome
from custody.core.errors import SignatureError
from custody.installation import root_certificate
from custody.ledger import Draft
from custody.registrar import RegistrarRefused, client
from custody.registrar.desk import sealing_context

pytestmark = pytest.mark.usefixtures("installation")

BATCH = "0f0e8a52-7b3e-4f0e-9a43-0d7f7d1f4a10"
PERSON = "6b2f9a52-7b3e-4f0e-9a43-0d7f7d1f4a10"
OTHER = "7c2f9a52-7b3e-4f0e-9a43-0d7f7d1f4a11"


def entry(action: Action, subject: Mapping[str, str], *streams: str, outcome: Outcome = Outcome.DONE) -> int:
    draft = Draft(
        action=action, actor=for_command(), streams=streams or (f"batch/{BATCH}",), subject=subject, outcome=outcome
    )
    return ledger.append_alone(draft).seq


def record(**changes: JsonValue) -> bytes:
    return canonical.dumps({"type": "ingest-record/1", "batch": BATCH, **changes})


def opened_batch(**changes: object) -> int:
    return entry(Action.BATCH_OPENED, {"batch": BATCH}, **changes)  # type: ignore[arg-type]


def sign(seq: int, *records: bytes) -> list[bytes]:
    return registrar.connect().sign_records(authority=seq, records=records)


def test_an_open_batch_allows_its_receipts() -> None:
    seq = opened_batch()
    records = [record(item=str(number)) for number in range(3)]
    for content, signature in zip(records, sign(seq, *records), strict=True):
        cades.verify(signature, content, anchor=root_certificate(), at=clock.now())
        with pytest.raises(SignatureError):
            cades.verify(signature, content + b" ", anchor=root_certificate(), at=clock.now())


def test_an_entry_that_is_not_there_allows_nothing() -> None:
    for seq in (-1, ledger.size(), 10**12, 2**70):
        with pytest.raises(RegistrarRefused):
            sign(seq, record())


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.FAILED, Outcome.INTERRUPTED])
def test_a_refusal_on_record_allows_nothing(outcome: Outcome) -> None:
    seq = opened_batch(outcome=outcome)
    person = entry(Action.PERSON_KEY_CREATED, {"person": PERSON}, f"person/{PERSON}", outcome=outcome)
    with pytest.raises(RegistrarRefused):
        sign(seq, record())
    with pytest.raises(RegistrarRefused):
        registrar.connect().create_person_key(authority=person, person=PERSON)


def test_a_closed_batch_allows_no_more() -> None:
    seq = opened_batch()
    sign(seq, record())
    entry(Action.BATCH_CLOSED, {"batch": BATCH})
    with pytest.raises(RegistrarRefused):
        sign(seq, record())


def test_the_closing_of_another_batch_changes_nothing() -> None:
    seq = opened_batch()
    entry(Action.BATCH_CLOSED, {"batch": OTHER}, f"batch/{OTHER}")
    assert sign(seq, record())


def test_a_batch_whose_stream_could_not_be_closed_allows_nothing() -> None:
    seq = entry(Action.BATCH_OPENED, {"batch": BATCH}, "case/a")
    with pytest.raises(RegistrarRefused):
        sign(seq, record())


@pytest.mark.parametrize(
    "content",
    [
        record(type="batch-record/1"),
        record(batch=OTHER),
        canonical.dumps({"batch": BATCH}),
        canonical.dumps([BATCH]),
        b"not JSON",
        b'{"type": "ingest-record/1"}',
        b"",
    ],
)
def test_other_bytes_are_not_signed(content: bytes) -> None:
    seq = opened_batch()
    with pytest.raises(RegistrarRefused):
        sign(seq, record(), content)


def test_a_batch_without_a_name_allows_nothing() -> None:
    with pytest.raises(RegistrarRefused):
        sign(entry(Action.BATCH_OPENED, {}), record())


@pytest.mark.parametrize(("action", "key"), [(Action.BATCH_CLOSED, "record"), (Action.EXPORT_CREATED, "tagmanifest")])
def test_an_entry_allows_the_very_bytes_it_was_made_for(action: Action, key: str) -> None:
    content = b"0123 *manifest-sha256.txt\n"
    seq = entry(action, {key: hashlib.sha256(content).hexdigest()})
    assert sign(seq, content)
    with pytest.raises(RegistrarRefused):
        sign(seq, content + b"\n")


DECISIONS = [Action.HANDOVER_ACCEPTED, Action.HANDOVER_DECLINED, Action.HANDOVER_RETURNED]


@pytest.mark.parametrize("action", DECISIONS)
def test_a_decided_hand_over_allows_its_record_and_nothing_else(action: Action) -> None:
    content = canonical.dumps({"type": "handover-receipt/1", "handover": "h-1"})
    seq = entry(action, {"receipt": hashlib.sha256(content).hexdigest()}, "item/a")
    (signature,) = sign(seq, content)
    cades.verify(signature, content, anchor=root_certificate(), at=clock.now())
    with pytest.raises(RegistrarRefused):
        sign(seq, content + b"\n")


@pytest.mark.parametrize("action", DECISIONS)
@pytest.mark.parametrize("content", [record(), canonical.dumps({"type": "handover-record/1"}), b"not JSON"])
def test_a_decided_hand_over_allows_no_record_of_another_type(action: Action, content: bytes) -> None:
    seq = entry(action, {"receipt": hashlib.sha256(content).hexdigest()}, "item/a")
    with pytest.raises(RegistrarRefused):
        sign(seq, content)


@pytest.mark.parametrize("action", [Action.HANDOVER_PROPOSED, Action.HANDOVER_WITHDRAWN, Action.HANDOVER_REFUSED])
def test_a_hand_over_that_the_other_side_did_not_decide_allows_no_record(action: Action) -> None:
    content = canonical.dumps({"type": "handover-receipt/1", "handover": "h-1"})
    seq = entry(action, {"receipt": hashlib.sha256(content).hexdigest()}, "item/a")
    with pytest.raises(RegistrarRefused):
        sign(seq, content)


def test_what_else_a_decided_hand_over_names_is_not_signed() -> None:
    content = canonical.dumps({"type": "handover-receipt/1", "handover": "h-1"})
    digest = hashlib.sha256(content).hexdigest()
    seq = entry(Action.HANDOVER_ACCEPTED, {"record": digest, "form_sha256": digest}, "item/a")
    with pytest.raises(RegistrarRefused):
        sign(seq, content)


@pytest.mark.parametrize("action", [Action.ITEM_RECEIVED, Action.CASE_CREATED, Action.LEDGER_VIEWED])
def test_a_received_file_that_looks_like_a_receipt_is_not_signed_because_its_digest_is_on_record(
    action: Action,
) -> None:
    forged = record(item="never received")
    digest = hashlib.sha256(forged).hexdigest()
    with pytest.raises(RegistrarRefused):
        sign(entry(action, {"sha256": digest, "record": digest}, "item/a"), forged)


def test_another_field_of_a_closing_entry_allows_nothing() -> None:
    forged = record()
    with pytest.raises(RegistrarRefused):
        sign(entry(Action.BATCH_CLOSED, {"items": hashlib.sha256(forged).hexdigest()}), forged)


def test_a_person_key_is_made_once_for_each_entry_and_for_that_person() -> None:
    desk = registrar.connect()
    seq = entry(Action.PERSON_KEY_CREATED, {"person": PERSON}, f"person/{PERSON}")
    with pytest.raises(RegistrarRefused):
        desk.create_person_key(authority=seq, person=OTHER)
    with pytest.raises(RegistrarRefused):
        desk.create_person_key(authority=opened_batch(), person=PERSON)
    key = desk.create_person_key(authority=seq, person=PERSON)
    assert len(key.public) == 32
    with pytest.raises(RegistrarRefused):
        desk.create_person_key(authority=seq, person=PERSON)


def person_key(person: str = PERSON) -> registrar.PersonKey:
    seq = entry(Action.PERSON_KEY_CREATED, {"person": person}, f"person/{person}")
    return registrar.connect().create_person_key(authority=seq, person=person)


def granted(sealed: bytes, *, person: str = PERSON, outcome: Outcome = Outcome.GRANTED) -> int:
    subject = {"person": person, "sealed": hashlib.sha256(sealed).hexdigest()}
    return entry(Action.SEALED_OPENED, subject, f"person/{person}", outcome=outcome)


def unseal(seq: int, key: registrar.PersonKey, sealed: bytes, *, person: str = PERSON) -> bytes:
    return registrar.connect().open_sealed(authority=seq, person=person, sealed=sealed, wrapped=key.wrapped)


def test_what_is_sealed_opens_once_for_each_entry() -> None:
    key = person_key()
    sealed = sealing.seal(key.public, b"her name", context=sealing_context(PERSON))
    seq = granted(sealed)
    assert unseal(seq, key, sealed) == b"her name"
    with pytest.raises(RegistrarRefused):
        unseal(seq, key, sealed)
    assert unseal(granted(sealed), key, sealed) == b"her name"


def test_a_use_is_remembered_over_a_restart() -> None:
    key = person_key()
    sealed = sealing.seal(key.public, b"her name", context=sealing_context(PERSON))
    seq = granted(sealed)
    unseal(seq, key, sealed)
    client.forget()
    with pytest.raises(RegistrarRefused):
        unseal(seq, key, sealed)


def test_an_opening_is_for_one_person_and_one_sealed_text() -> None:
    key = person_key()
    sealed, another = (sealing.seal(key.public, text, context=sealing_context(PERSON)) for text in (b"1", b"2"))
    seq = granted(sealed)
    with pytest.raises(RegistrarRefused):
        unseal(seq, key, another)
    with pytest.raises(RegistrarRefused):
        unseal(seq, key, sealed, person=OTHER)
    with pytest.raises(RegistrarRefused):
        unseal(granted(sealed, outcome=Outcome.DENIED), key, sealed)
    with pytest.raises(RegistrarRefused):
        unseal(granted(sealed, outcome=Outcome.DONE), key, sealed)
    assert unseal(seq, key, sealed) == b"1", "a refused opening does not use the entry up"


@pytest.mark.parametrize("wrapped", [b"", b"short", b"n" * 12, b"n" * 60])
def test_a_key_that_does_not_unwrap_opens_nothing(wrapped: bytes) -> None:
    key = person_key()
    sealed = sealing.seal(key.public, b"x", context=sealing_context(PERSON))
    with pytest.raises(RegistrarRefused):
        registrar.connect().open_sealed(authority=granted(sealed), person=PERSON, sealed=sealed, wrapped=wrapped)


def test_the_key_of_one_person_does_not_unwrap_as_another_s() -> None:
    key = person_key()
    sealed = sealing.seal(key.public, b"x", context=sealing_context(OTHER))
    with pytest.raises(RegistrarRefused):
        unseal(granted(sealed, person=OTHER), key, sealed, person=OTHER)


@pytest.mark.parametrize("sealed", [b"", b"x" * 10, b"x" * 200])
def test_sealed_bytes_that_do_not_open_are_refused(sealed: bytes) -> None:
    key = person_key()
    with pytest.raises(RegistrarRefused):
        unseal(granted(sealed), key, sealed)


def tamper(statement: str, *parameters: int | bytes) -> None:
    fences.remove()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_an_entry_whose_bytes_were_changed_allows_nothing() -> None:
    seq = opened_batch(outcome=Outcome.DENIED)
    stored = ledger.find_entry(seq)
    assert stored is not None
    tamper("UPDATE custody_entry SET body = %s WHERE seq = %s", stored.body.replace(b"denied", b"done"), seq)
    with pytest.raises(RegistrarRefused):
        sign(seq, record())


def test_an_entry_copied_to_another_place_does_not_open_again() -> None:
    key = person_key()
    sealed = sealing.seal(key.public, b"her name", context=sealing_context(PERSON))
    seq = granted(sealed)
    unseal(seq, key, sealed)
    stored = ledger.find_entry(seq)
    assert stored is not None
    tamper("UPDATE custody_entry SET body = %s, leaf = %s WHERE seq = 1", stored.body, stored.leaf)
    with pytest.raises(RegistrarRefused):
        unseal(1, key, sealed)


@pytest.mark.parametrize("change", [{"log": "another.example/ledger"}, {"action": "never.heard_of"}])
def test_an_entry_of_another_ledger_or_with_an_unknown_verb_allows_nothing(change: Mapping[str, JsonValue]) -> None:
    seq = opened_batch()
    stored = ledger.find_entry(seq)
    assert stored is not None
    value = canonical.loads(stored.body)
    assert isinstance(value, dict)
    body = canonical.dumps({**value, **change})
    tamper("UPDATE custody_entry SET body = %s, leaf = %s WHERE seq = %s", body, merkle.leaf_hash(body), seq)
    with pytest.raises(RegistrarRefused):
        sign(seq, record())
