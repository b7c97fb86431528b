"""Tampering with testimony past the software: each act is found, and by the fact that fails."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import DatabaseError, connection, transaction

from custody import clock, data, fences, installation, ledger, signers
from custody.actions import Action
from custody.core import cades
from custody.core.verdicts import State as Found
from custody.models import PersonKey
from custody.registrar import RegistrarRefused, connect, keyfiles
from custody.registrar.rules import person_key_record
from custody.signers import Signers
from custody.verification import Inspection, inspect
from testimony.core.consent import State
from testimony.models import Consent, Dossier, Statement, StatementReceipt, Witness
from testimony.sealed import KeyNotOursError, kept, seal
from testimony.statements import sign_receipt
from tests.cast import Cast
from tests.prepared import prepared
from tests.testimony import files

Act = Callable[[], None]


def sql(statement: str, *parameters: str | bytes | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    def make() -> files.File:
        file = files.file_of(cast.case, tmp_path / "in")
        files.build(file)
        return file

    made: files.File = prepared(f"{__name__}:file", make)
    return made


def _facts() -> set[tuple[str, str]]:
    return {(finding.fact, finding.message) for finding in inspect(Inspection()).findings}


def swap_sealed_bytes() -> None:
    sealed = kept(Statement.objects.get().sealed_sha256)
    sql("UPDATE custody_sealedobject SET sealed = %s", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def take_sealed_bytes_out() -> None:
    sql("DELETE FROM custody_sealedobject")


def give_sealed_bytes_to_another_person() -> None:
    sql("UPDATE custody_sealedobject SET person = %s", uuid.uuid4().hex)


def say_yes_for_the_witness() -> None:
    sql("UPDATE testimony_consent SET state = 'yes'")


def forget_a_refusal() -> None:
    sql("DELETE FROM testimony_consent")


def give_a_dossier_another_digest() -> None:
    sql("UPDATE testimony_dossier SET sha256 = %s", "0" * 64)


def forget_a_dossier() -> None:
    for table in ("dossierrenewal", "dossierpart", "dossiershare", "dossierfile", "dossier"):
        sql(f"DELETE FROM testimony_{table}")  # noqa: S608  names of ours


def alter_a_kept_file() -> None:
    path = max((each for each in data.dossiers().rglob("*") if each.is_file()), key=lambda each: each.stat().st_size)
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)


def lose_a_kept_file() -> None:
    next(each for each in data.dossiers().rglob("*") if each.is_file()).unlink()


def name_another_kept_file() -> None:
    sql("UPDATE testimony_dossierfile SET stored_sha256 = %s", "0" * 64)


def _columns(row: Dossier) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def move_a_key_to_another_person() -> None:
    known = PersonKey.objects.get()
    sql("UPDATE custody_personkey SET entry = %s", known.entry + 1)


def swap_a_public_key() -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    sql("UPDATE custody_personkey SET public = %s", public)


def sign_a_key_with_a_certificate_that_no_entry_names() -> None:
    row = PersonKey.objects.get()
    installation.make_signer("hidden")
    key = keyfiles.load_signer("hidden")
    record = person_key_record(authority=row.entry, person=str(row.person), public=bytes(row.public))
    assembler, at = cades.Assembler(key.certificate), clock.now()
    sql(
        "UPDATE custody_personkey SET signature = %s",
        cades.sign(record, assembler=assembler, private_key=key.private_key, signing_time=at),
    )


def take_a_key_out() -> None:
    sql("DELETE FROM custody_personkey")


def rename_a_victim() -> None:
    sql("UPDATE testimony_victim SET name_latin = 'Somebody else'")


def give_a_statement_another_digest() -> None:
    sql("UPDATE testimony_statement SET text_sha256 = %s", "0" * 64)


def rewrite_the_record_of_a_sealing() -> None:
    record = bytes(StatementReceipt.objects.get().record)
    sql("UPDATE testimony_statementreceipt SET record = %s", record.replace(b'"follows":""', b'"follows":"x"'))


def forget_the_record_of_a_sealing() -> None:
    sql("DELETE FROM testimony_statementreceipt")


def swap_the_signature_of_a_sealing() -> None:
    signature = bytes(PersonKey.objects.get().signature)
    sql("UPDATE testimony_statementreceipt SET signature = %s", signature)


TABLE = [
    (give_a_statement_another_digest, "statement-record"),
    (rewrite_the_record_of_a_sealing, "statement-record"),
    (forget_the_record_of_a_sealing, "statement-record"),
    (swap_the_signature_of_a_sealing, "signature"),
    (swap_sealed_bytes, "sealed"),
    (take_sealed_bytes_out, "sealed"),
    (give_sealed_bytes_to_another_person, "sealed"),
    (say_yes_for_the_witness, "history"),
    (forget_a_refusal, "history"),
    (give_a_dossier_another_digest, "dossier"),
    (forget_a_dossier, "dossier"),
    (alter_a_kept_file, "dossier"),
    (lose_a_kept_file, "dossier"),
    (name_another_kept_file, "dossier"),
    (move_a_key_to_another_person, "person-key"),
    (swap_a_public_key, "person-key"),
    (sign_a_key_with_a_certificate_that_no_entry_names, "person-key"),
    (take_a_key_out, "person-key"),
    (rename_a_victim, "history"),
]


def test_untouched_testimony_verifies_clean(file: files.File) -> None:
    verdict = inspect(Inspection())
    assert verdict.findings == ()
    assert verdict.counts["sealed_statements"] == verdict.counts["sealed_identities"] == 1
    assert verdict.counts["statement_records"] == 1
    assert verdict.counts["dossiers"] == verdict.counts["person_keys"] == 1


@pytest.mark.parametrize(("act", "fact"), TABLE, ids=[act.__name__ for act, _ in TABLE])
def test_each_act_is_found(file: files.File, act: Act, fact: str) -> None:
    if act in (say_yes_for_the_witness, forget_a_refusal):
        files.agree(file.witness, State.NO)
    fences.remove()
    act()
    found = {name for name, _ in _facts() if name != "fence"}
    assert fact in found


def test_a_record_that_waits_for_its_signature_is_told_and_signed_at_the_next_occasion(file: files.File) -> None:
    StatementReceipt.objects.update(signature=None)
    verdict = inspect(Inspection())
    assert [(finding.fact, finding.state) for finding in verdict.findings] == [("statement-record", Found.UNKNOWN)]
    sign_receipt(Statement.objects.get())
    assert inspect(Inspection()).findings == ()


def test_a_key_that_is_gone_is_told_for_each_person(file: files.File) -> None:
    PersonKey.objects.all().delete()
    found = [(finding.fact, finding.subject) for finding in inspect(Inspection()).findings]
    assert found == [("person-key", f"person {witness.person}") for witness in Witness.objects.all()]


def test_nothing_is_sealed_to_a_key_that_the_registrar_did_not_sign(file: files.File) -> None:
    fences.remove()
    swap_a_public_key()
    with pytest.raises(KeyNotOursError):
        seal(file.witness.person, b"new words", actor=files.ACTOR)


def test_nothing_is_sealed_to_a_key_signed_by_a_signer_that_was_retired_before(
    file: files.File, monkeypatch: pytest.MonkeyPatch
) -> None:
    created, entry = signers.signers().created, PersonKey.objects.get(person=file.witness.person).entry
    after, before = (Signers(created, dict.fromkeys(created, end)) for end in (entry + 1, entry - 1))
    monkeypatch.setattr(signers, "signers", lambda: after)
    assert seal(file.witness.person, b"new words", actor=files.ACTOR)
    monkeypatch.setattr(signers, "signers", lambda: before)
    with pytest.raises(KeyNotOursError, match="was retired before"):
        seal(file.witness.person, b"new words", actor=files.ACTOR)


def test_nobody_else_gets_a_key_signed_by_naming_its_record(file: files.File) -> None:
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    record = person_key_record(authority=3, person=str(file.witness.person), public=public)
    draft = ledger.Draft(
        action=Action.EXPORT_CREATED,
        actor=files.ACTOR,
        streams=("ledger",),
        subject={"tagmanifest": hashlib.sha256(record).hexdigest()},
    )
    seq = ledger.append_alone(draft).seq
    with pytest.raises(RegistrarRefused, match="only the registrar itself"):
        connect().sign_records(authority=seq, records=[record])


@pytest.mark.parametrize(
    "statement", ["UPDATE testimony_dossier SET version = 2", "DELETE FROM testimony_dossier"], ids=["alter", "delete"]
)
def test_the_database_refuses_to_change_a_dossier(file: files.File, statement: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql(statement)
    assert Dossier.objects.count() == 1


def test_a_dossier_that_no_entry_names_is_found(file: files.File) -> None:
    columns = _columns(Dossier.objects.get())
    Dossier.objects.bulk_create([Dossier(**{**columns, "id": file.victim.pk, "version": 9})])
    assert ("dossier", "no entry of the ledger says that it was built") in _facts()
    assert Consent.objects.exists()
