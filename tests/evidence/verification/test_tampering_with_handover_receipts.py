"""The tamper table of signed records of hand-overs, and those that were made before there were any."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import QuerySet

from custody import clock, installation, ledger, signers
from custody.actions import Action
from custody.actors import for_command
from custody.core import cades
from custody.registrar import keyfiles
from custody.signers import Signers
from custody.verification import Inspection
from evidence.handovers import accept, deciding, propose_return
from evidence.handovers.receipts import receipt_of
from evidence.models import Handover, HandoverReceipt
from evidence.verification.handover_receipts import check_handover_receipts
from tests.cast import Cast
from tests.evidence.handovers.hands import SEAL, accepted, asker, drive, items, proposed, reply
from tests.evidence.verification.test_tampering import sql, unfenced
from tests.prepared import prepared

Act = Callable[[Cast], None]


@pytest.fixture
def house(cast: Cast) -> Cast:
    """A drive with two items that went over and came back (1, 2), another drive that went over (3), one open (4)."""
    made: Cast = prepared("signed hand-overs", lambda: _hand_over(cast))
    return made


def _hand_over(cast: Cast) -> Cast:
    held = items(cast)
    first = accepted(cast, proposed(cast, [drive(cast)], held[:2]))
    back = propose_return(asker=asker(cast.investigator, cast.case), handover=first, reason="Done")
    accept(asker=asker(cast.lead, cast.case), handover=back, reply=reply(back))
    accepted(cast, proposed(cast, [drive(cast)]))
    proposed(cast, [drive(cast)])
    return cast


def receipt(number: int) -> HandoverReceipt:
    found = receipt_of(Handover.objects.get(number=number))
    assert found is not None
    return found


def change(number: int, **columns: object) -> Act:
    def act(_house: Cast) -> None:
        HandoverReceipt.objects.filter(handover__number=number).update(**columns)

    return act


def rewrite(old: bytes, new: bytes) -> Act:
    """Other bytes of the same form, and the digest beside them made to fit."""

    def act(_house: Cast) -> None:
        row = receipt(1)
        record = bytes(row.record).replace(old, new)
        assert record != bytes(row.record)
        sign(row, record, keyfiles.REGISTRAR)

    return act


def sign(row: HandoverReceipt, record: bytes, name: str) -> None:
    """Put a record and a genuine signature by this key file into the row, past the software."""
    key = keyfiles.load_signer(name)
    assembler, at = cades.Assembler(key.certificate), clock.now()
    signature = cades.sign(record, assembler=assembler, private_key=key.private_key, signing_time=at)
    digest = hashlib.sha256(record).hexdigest()
    HandoverReceipt.objects.filter(pk=row.pk).update(record=record, record_sha256=digest, signature=signature)


def sign_with_a_key_that_nobody_entered(_house: Cast) -> None:
    installation.make_signer("hidden")
    sign(receipt(1), bytes(receipt(1).record), "hidden")


def swap(_house: Cast) -> None:
    """Each has the other's record and signature."""
    one, other = receipt(1), receipt(3)
    pairs = [(one.pk, bytes(other.record), other.signature), (other.pk, bytes(one.record), one.signature)]
    for key, record, signature in pairs:
        HandoverReceipt.objects.filter(pk=key).update(record=record, signature=signature)


def take_the_signature_of_another(_house: Cast) -> None:
    HandoverReceipt.objects.filter(pk=receipt(1).pk).update(signature=receipt(3).signature)


def remove(_house: Cast) -> None:
    HandoverReceipt.objects.filter(pk=receipt(1).pk).delete()


def put_one_beside_an_open_hand_over(_house: Cast) -> None:
    forged = receipt(1)
    forged.handover = Handover.objects.get(number=4)
    forged.record_sha256 = "0" * 64
    QuerySet[HandoverReceipt](HandoverReceipt).bulk_create([forged])


def rewrite_the_seal_in_the_row(_house: Cast) -> None:
    sql("UPDATE evidence_handedobject SET seal_found = 'S-0043'")


def move_an_entry_of_the_proposal(_house: Cast) -> None:
    """The proposal has another leaf hash than the record holds."""
    leaf = "x'" + "00" * 32 + "'" if connection.vendor == "sqlite" else "'\\x" + "00" * 32 + "'"
    sql(f"UPDATE custody_entry SET leaf = {leaf} WHERE action = 'handover.proposed'")  # noqa: S608  no words of others


def garble_the_proposal(_house: Cast) -> None:
    sql("UPDATE custody_entry SET body = %s WHERE action = 'handover.proposed'", b"{}")


def tell_of_a_decision_with_a_record_that_never_was(house: Cast) -> None:
    about = ledger.entry_of(next(ledger.entries_with(Action.HANDOVER_ACCEPTED)))
    ledger.append_alone(
        ledger.Draft(
            action=Action.HANDOVER_ACCEPTED,
            actor=for_command(house.lead),
            streams=(f"case/{house.case.pk}",),
            subject={**about.subject, "handover": str(uuid.uuid4())},
        )
    )


def decide_without_a_record(house: Cast) -> None:
    """Rows and entries fit together, and no signed record was made."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deciding, "keep_receipt", lambda *_args: None)
        accepted(house, Handover.objects.get(number=4))


TABLE: list[tuple[str, Act, str, str]] = [
    ("remove it", remove, "hand-over record", "the record is gone"),
    ("empty it", change(1, record=b""), "hand-over record", "can't be read"),
    ("alter the digest beside it", change(1, record_sha256="0" * 64), "hand-over record", "the digest beside"),
    ("sign another seal", rewrite(SEAL.encode(), b"S-0043"), "hand-over record", "is not the one that entry"),
    ("sign another state", rewrite(b'"accepted"', b'"declined"'), "hand-over record", "otherwise than rows"),
    ("swap it for that of another hand-over", swap, "hand-over record", "decided, handover"),
    ("take the signature of another", take_the_signature_of_another, "signature", "does not hold"),
    ("break the signature", change(1, signature=b"no signature"), "signature", "does not hold"),
    ("sign with a key that nobody entered", sign_with_a_key_that_nobody_entered, "signature", "no entry of the ledger"),
    ("put one beside an open hand-over", put_one_beside_an_open_hand_over, "hand-over record", "no entry of the"),
    ("rewrite what was found in the row", rewrite_the_seal_in_the_row, "hand-over record", "ledger: objects"),
    ("alter the proposal in the ledger", move_an_entry_of_the_proposal, "hand-over record", "ledger: proposal"),
    ("garble the proposal in the ledger", garble_the_proposal, "hand-over record", "nothing to be compared with"),
    (
        "tell of one that never was",
        tell_of_a_decision_with_a_record_that_never_was,
        "hand-over record",
        "the record is gone",
    ),
    ("decide without one", decide_without_a_record, "hand-over record", "without a signed record"),
]


def checked() -> Inspection:
    inspection = Inspection()
    check_handover_receipts(inspection)
    return inspection


@pytest.mark.usefixtures("house")
def test_untouched_records_verify_clean() -> None:
    inspection = checked()
    assert (inspection.findings, inspection.counts["handover_records"], inspection.left_out) == ([], 3, [])


@pytest.mark.parametrize(("act", "fact", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: Cast, act: Act, fact: str, words: str) -> None:
    unfenced(lambda: act(house))()
    inspection = checked()
    found = [(finding.fact, finding.message) for finding in inspection.findings]
    assert any(each == fact and words in message for each, message in found), found
    assert inspection.verdict().bottom_line == "unsound"


def test_a_signature_that_is_missing_is_not_known_yet(house: Cast) -> None:
    change(1, signature=None)(house)
    inspection = checked()
    assert [finding.message for finding in inspection.findings] == [
        "its record is not signed yet: the worker has it signed at its next turn"
    ]
    assert inspection.verdict().bottom_line == "unknown"


def test_a_signature_by_a_key_retired_before_does_not_count(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    (ours,) = signers.signers().created
    seq = next(ledger.entries_with(Action.HANDOVER_ACCEPTED)).seq
    monkeypatch.setattr(Inspection, "signers", Signers({ours: 0}, {ours: seq - 1}))
    assert any(f"was retired before, by entry {seq - 1}" in finding.message for finding in checked().findings)
    monkeypatch.setattr(Inspection, "signers", Signers({ours: 0}, {ours: ledger.size()}))
    assert checked().findings == []


def test_what_was_decided_before_records_were_signed_is_told_as_that(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = drive(cast)
    with monkeypatch.context() as patched:
        patched.setattr(deciding, "keep_receipt", lambda *_args: None)
        accepted(cast, proposed(cast, [disk]))
    told = ["signatures of 1 hand-overs: they were made before records were signed"]
    for _time in ("alone", "with a later one that is signed"):
        inspection = checked()
        assert (inspection.findings, inspection.left_out) == ([], told)
        assert inspection.counts["handovers_before_records"] == 1
        accepted(cast, proposed(cast, [drive(cast)]))


def test_without_a_root_certificate_nothing_is_said_to_hold(house: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise keyfiles.KeyFileError("no root certificate is on record")

    monkeypatch.setattr(installation, "root_certificate", gone)
    assert [finding.fact for finding in checked().findings] == ["key"]
