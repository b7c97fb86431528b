"""Scans and recordings of a witness: sealed as they come, recorded with both digests, opened once, erased for good."""

from __future__ import annotations

import hashlib
import tracemalloc
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from custody import approvals, erasure, fences, ledger
from custody.actions import Action
from custody.core.verdicts import State as Found
from custody.ledger import CaseClosed
from custody.models import PersonKey, SealedObject
from custody.registrar import RegistrarRefused, connect, waiting
from custody.verification import Inspection, inspect
from testimony import gate, sealed
from testimony.core import files as tree
from testimony.core.consent import Scope
from testimony.core.errors import ConsentError, SealedFileError
from testimony.models import Witness, WitnessFile, WitnessFileKind, WitnessFileReceipt
from testimony.permits import Permit, grant
from testimony.sealed import KeyDestroyedError, store
from testimony.witnesses import files as witness_files
from testimony.witnesses.files import Received, content_of, open_file
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.custody.test_closing import close
from tests.testimony import files, scans
from tests.testimony.services.test_erasure import ORDER
from tests.testimony.statements import taking


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return taking.witness_of(cast.case)


def _place(data_dir: Path, file: WitnessFile) -> Path:
    return data_dir / "sealed" / str(file.witness.person) / str(file.pk)


def _findings() -> list[tuple[str, str]]:
    return [(finding.fact, finding.message) for finding in inspect(Inspection()).findings]


def test_what_came_in_comes_out_and_its_name_with_it(witness: Witness) -> None:
    content = scans.scan()
    file = scans.keep(witness, content, name="C:\\forms\\form of Layla.jpg")
    assert scans.read(file) == content
    particulars = scans.open_at_the_console(file)
    assert (particulars.name, particulars.media_type, particulars.size) == (
        "form of Layla.jpg",
        "image/jpeg",
        len(content),
    )
    assert particulars.sha256 == hashlib.sha256(content).hexdigest()
    assert file.content_sha256 == hashlib.sha256(bytes.fromhex(particulars.salt) + content).hexdigest()


def test_the_signed_record_holds_the_digest_of_the_content_and_the_row_that_of_the_sealed_file(
    witness: Witness, data_dir: Path
) -> None:
    file = scans.keep(witness)
    receipt = WitnessFileReceipt.objects.get()
    record = tree.loads_record(bytes(receipt.record))
    stored = _place(data_dir, file).read_bytes()
    assert (record.content, record.stored, record.bytes) == (file.content_sha256, file.stored_sha256, len(stored))
    assert file.stored_sha256 == hashlib.sha256(stored).hexdigest()
    assert receipt.signature is not None
    assert _findings() == []
    (entry,) = [ledger.entry_of(one) for one in ledger.entries_with(Action.SEALED_FILED)]
    assert entry.subject["record"] == receipt.record_sha256
    assert "Layla" not in repr(entry.subject)


def test_nothing_else_is_signed_on_the_strength_of_such_an_entry(witness: Witness) -> None:
    scans.keep(witness)
    (stored,) = ledger.entries_with(Action.SEALED_FILED)
    with pytest.raises(RegistrarRefused, match="does not allow these bytes"):
        connect().sign_records(authority=stored.seq, records=[b'{"type":"sealed-file-record/1"}'])


def test_a_signature_that_cannot_be_had_waits_and_the_file_stands(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_some: object, **_more: object) -> list[bytes]:
        raise RegistrarRefused("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(connect()), "sign_records", away)
        file = scans.keep(witness)
    assert WitnessFileReceipt.objects.get().signature is None
    assert (witness_files.count_waiting(), waiting.count()) == (1, 1)
    assert witness_files.sign_waiting() == 1
    assert WitnessFileReceipt.objects.get(file=file).signature
    assert waiting.count() == 0
    assert _findings() == []


def test_a_long_file_takes_little_memory(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    received = Received(witness, actor=files.ACTOR)
    block = bytes(1 << 18)
    tracemalloc.start()
    try:
        for _ in range(160):
            received.write(block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    file = received.keep(kind=WitnessFileKind.RECORDING, name="hearing.wav")
    assert peak < 8 * 1024**2
    assert file.stored_bytes > 40 * 1024**2
    assert hashlib.sha256(scans.read(file)).digest() == hashlib.sha256(bytes(40 * 1024**2)).digest()


def test_more_than_is_taken_in_is_refused_and_nothing_stays(
    witness: Witness, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_files, "MOST_BYTES", 10)
    with pytest.raises(SealedFileError, match="larger"):
        scans.keep(witness, bytes(11))
    assert list(store.standing()) == []
    assert not WitnessFile.objects.exists()


def test_an_empty_file_is_a_file(witness: Witness) -> None:
    assert scans.read(scans.keep(witness, b"")) == b""


def test_in_a_closed_case_only_what_belongs_to_a_consent_is_taken(cast: Cast, witness: Witness) -> None:
    close(cast.case, cast.lead)
    with pytest.raises(CaseClosed):
        scans.keep(witness, kind=WitnessFileKind.RECORDING)
    assert list(store.standing()) == []
    assert scans.keep(witness, kind=WitnessFileKind.CONSENT).code == "F-0001"
    assert _findings() == []


# Opening


def test_each_opening_has_an_entry_of_its_own_that_opens_once(witness: Witness) -> None:
    file = scans.keep(witness)
    start = ledger_size()
    scans.open_at_the_console(file)
    (entry,) = [one for one in ledger.entries_with(Action.SEALED_OPENED) if one.seq >= start]
    again = connect()
    key = PersonKey.objects.get(person=witness.person)
    head = sealed.kept(file.sealed_sha256)
    with pytest.raises(RegistrarRefused, match="used already"):
        again.open_sealed(authority=entry.seq, person=str(witness.person), sealed=head, wrapped=bytes(key.wrapped))
    other = sealed.kept(scans.keep(witness).sealed_sha256)
    with pytest.raises(RegistrarRefused, match="something else"):
        again.open_sealed(authority=entry.seq, person=str(witness.person), sealed=other, wrapped=bytes(key.wrapped))


def test_no_consent_to_a_use_opens_it(cast: Cast, witness: Witness) -> None:
    file, stranger = scans.keep(witness), taking.witness_of(cast.case)
    permits: list[Permit] = [files.permit(stranger)]
    files.agree_to_be_read(witness)
    permits.append(grant(witness.pk, gate.decision_for(witness, scope=Scope.ANALYSE, to=gate.HOUSE)))
    start = ledger_size()
    for permit in permits:
        with pytest.raises(ConsentError):
            open_file(file=file, permit=permit, actor=files.ACTOR, purpose="case-preparation")
    assert ledger_size() == start


def test_the_key_of_one_file_opens_no_other(witness: Witness, data_dir: Path) -> None:
    one, other = scans.keep(witness), scans.keep(witness, scans.scan("another"))
    key = bytes.fromhex(scans.open_at_the_console(one).key)
    foreign = content_of(other, key)
    with foreign.stored, pytest.raises(Exception, match="does not open"):
        list(foreign.opener.read())
    place = _place(data_dir, one)
    place.chmod(0o600)
    place.write_bytes(_place(data_dir, other).read_bytes())
    with pytest.raises(SealedFileError):
        content_of(one, key)


def test_a_file_that_is_not_there_is_told_before_anything_is_entered(witness: Witness, data_dir: Path) -> None:
    file = scans.keep(witness)
    _place(data_dir, file).unlink()
    start = ledger_size()
    with pytest.raises(SealedFileError):
        scans.open_at_the_console(file)
    assert ledger_size() == start


# What `verify` finds


def _altered(place: Path) -> None:
    place.chmod(0o600)
    content = bytearray(place.read_bytes())
    content[-1] ^= 1
    place.write_bytes(content)


def _exchanged(place: Path) -> None:
    place.unlink()
    place.symlink_to("/dev/null")


@pytest.mark.parametrize("act", [_altered, _exchanged, Path.unlink], ids=["altered", "exchanged", "gone"])
def test_a_sealed_file_that_is_not_as_recorded_is_found(witness: Witness, data_dir: Path, act: object) -> None:
    place = _place(data_dir, scans.keep(witness))
    assert callable(act)
    act(place)
    assert [fact for fact, _ in _findings()] == ["sealed-file"]


def test_what_opens_it_may_not_be_gone(witness: Witness) -> None:
    scans.keep(witness)
    fences.remove()
    SealedObject.objects.all().delete()
    assert ("sealed", "what opens it is gone, and no entry erased the person") in _findings()


def test_a_changed_row_a_lost_record_and_a_wrong_signature_are_found(witness: Witness) -> None:
    file = scans.keep(witness)
    receipt = WitnessFileReceipt.objects.get()
    WitnessFileReceipt.objects.update(signature=bytes(PersonKey.objects.get().signature))
    assert [fact for fact, _ in _findings()] == ["signature"]
    WitnessFileReceipt.objects.update(signature=None)
    verdict = inspect(Inspection())
    assert [(finding.fact, finding.state) for finding in verdict.findings] == [("sealed-file", Found.UNKNOWN)]
    witness_files.sign_receipt(file)
    assert _findings() == []
    WitnessFileReceipt.objects.update(record=bytes(receipt.record).replace(b'"kind":"consent"', b'"kind":"paper"'))
    assert ("sealed-file", "its record is not the one that the entry of its sealing names") in _findings()
    WitnessFileReceipt.objects.all().delete()
    assert ("sealed-file", "the record that the entry of its sealing names is gone") in _findings()


def test_what_nothing_names_is_found_and_what_never_arrived_whole_is_cleared(witness: Witness, data_dir: Path) -> None:
    scans.keep(witness)
    stray = data_dir / "sealed" / "notes.txt"
    stray.write_bytes(b"x")
    stray.chmod(0o400)
    assert _findings() == [("sealed-file", "nothing on record names what stands here")]
    stray.unlink()
    left = data_dir / "sealed" / str(witness.person) / str(witness.pk)
    left.write_bytes(b"the beginning of a file")
    left.chmod(0o600)
    verdict = inspect(Inspection())
    assert verdict.findings == ()
    assert any("never arrived whole" in words for words in verdict.not_checked)
    scans.keep(witness)
    assert not left.exists()
    assert WitnessFile.objects.count() == 2


def test_a_file_that_is_coming_in_is_nobodys_leftover(witness: Witness) -> None:
    received = Received(witness, actor=files.ACTOR)
    received.write(b"the first part, ")
    scans.keep(witness)
    assert any("coming in now" in words for words in inspect(Inspection()).not_checked)
    received.write(b"the second")
    assert scans.read(received.keep(kind=WitnessFileKind.PAPER, name="two parts")) == b"the first part, the second"
    assert _findings() == []


def test_a_file_whose_row_stands_is_finished_after_a_crash(witness: Witness, data_dir: Path) -> None:
    place = _place(data_dir, scans.keep(witness))
    place.chmod(0o600)
    assert store.clear_leftovers() == 0
    assert place.stat().st_mode & 0o777 == 0o400


# Erasure


def _erase(cast: Cast, witness: Witness) -> None:
    asked = erasure.ask_erasure(
        case=cast.case, person=witness.person, authority=ORDER, reason="asked for", actor=actor_of(cast.investigator)
    )
    approvals.approve(approval=asked, reason="ordered", actor=actor_of(cast.lead))
    erasure.erase(approval=asked, actor=actor_of(cast.investigator))


def test_files_go_with_the_person_and_nobody_elses(cast: Cast, witness: Witness, data_dir: Path) -> None:
    file, other = scans.keep(witness), scans.keep(taking.witness_of(cast.case))
    key = bytes.fromhex(scans.open_at_the_console(file).key)
    _erase(cast, witness)
    assert not _place(data_dir, file).parent.exists()
    assert scans.read(other)
    with pytest.raises(SealedFileError):
        scans.open_at_the_console(file)
    with pytest.raises(SealedFileError):
        content_of(file, key)
    with pytest.raises(KeyDestroyedError):
        scans.keep(witness)
    assert _findings() == []


def test_files_that_a_backup_brings_back_are_told_not_opened_and_removed_again(
    cast: Cast, witness: Witness, data_dir: Path
) -> None:
    file = scans.keep(witness)
    place = _place(data_dir, file)
    content = place.read_bytes()
    rows = [*PersonKey.objects.all(), *SealedObject.objects.all()]
    _erase(cast, witness)
    place.parent.mkdir()
    place.write_bytes(content)
    assert ("erased", "the person was erased, and the sealed file is there again") in _findings()
    assert erasure.delete_again() == [witness.person]
    assert not place.exists()
    place.parent.mkdir()
    place.write_bytes(content)
    for row in rows:
        row.save(force_insert=True)
    with pytest.raises(RegistrarRefused, match="was erased"):
        scans.open_at_the_console(file)
    assert erasure.delete_again() == [witness.person]
    assert _findings() == []


def test_an_erasure_that_was_refused_removes_nothing(cast: Cast, witness: Witness, data_dir: Path) -> None:
    file = scans.keep(witness)
    asked = erasure.ask_erasure(
        case=cast.case, person=witness.person, authority=ORDER, reason="a wish", actor=actor_of(cast.investigator)
    )
    with pytest.raises(ValidationError):
        erasure.erase(approval=asked, actor=actor_of(cast.investigator))
    assert _place(data_dir, file).exists()
    assert scans.read(file)


def test_a_file_that_a_committed_row_names_is_never_discarded(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = witness_files.received_bytes(witness=witness, content=scans.scan(), actor=files.ACTOR)

    def broken(*_some: object) -> None:
        raise OSError(5, "I/O error")

    with monkeypatch.context() as patch:
        patch.setattr("os.fchmod", broken)
        with pytest.raises(OSError, match="I/O"):
            received.keep(kind=WitnessFileKind.CONSENT, name="x")
    received.discard()
    file = WitnessFile.objects.get()
    assert store.is_stored(witness.person, file.pk)
    assert witness_files.sign_waiting() == 1
    assert _findings() == []
