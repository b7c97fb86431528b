"""Erasing a person: by two, on an authority, for good, and again after a backup came back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from custody import approvals, erasure, fences
from custody.actions import Action
from custody.approvals import ApprovalRefused
from custody.ledger import entries_with, entry_of
from custody.models import Approval, PersonKey, SealedObject
from custody.purposes import Purpose
from custody.registrar import RegistrarRefused, connect
from custody.registrar.desk import Desk
from custody.verification import Inspection, inspect
from evidence.access import asker_for_command
from testimony import bodies, gate, identifying
from testimony.core.consent import Scope, Why
from testimony.core.identifying import Gone, Method, Status
from testimony.core.statement import Confidential
from testimony.models import OpenedKind, Opening, StatementDraft
from testimony.sealed import KeyDestroyedError
from testimony.statements import drafts, open_statement
from testimony.witnesses import open_identity, openings
from tests.cast import Cast, browser_of
from tests.custody.approvals.releases import actor_of
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort
from tests.testimony.statements import taking

ORDER = "Order 7 U 12/26 of 3 March 2026"


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    return files.file_of(cast.case, tmp_path / "in")


def _approved(cast: Cast, file: files.File) -> Approval:
    asked = erasure.ask_erasure(
        case=cast.case,
        person=file.witness.person,
        authority=ORDER,
        reason="the witness asks for it",
        actor=actor_of(cast.investigator),
    )
    approvals.approve(approval=asked, reason="the order is in the file", actor=actor_of(cast.lead))
    asked.refresh_from_db()
    return asked


def _erase(cast: Cast, file: files.File) -> None:
    erasure.erase(approval=_approved(cast, file), actor=actor_of(cast.investigator))


def _findings() -> list[tuple[str, str]]:
    return [(finding.fact, finding.message) for finding in inspect(Inspection()).findings]


def test_what_was_sealed_and_its_key_are_gone_and_the_ledger_stays_whole(cast: Cast, file: files.File) -> None:
    _erase(cast, file)
    assert not SealedObject.objects.exists()
    assert not PersonKey.objects.exists()
    entry = entry_of(next(iter(entries_with(Action.PERSON_ERASED))))
    assert (entry.subject["person"], entry.subject["erased"]) == (str(file.witness.person), "3")
    assert _findings() == []
    for opening in (
        lambda: files.read_identity(file.witness),
        lambda: files.read_statement(file.statement),
    ):
        with pytest.raises(KeyDestroyedError):
            opening()


def test_whoever_was_erased_is_in_no_decision_and_counts_for_no_identification(cast: Cast, file: files.File) -> None:
    sort(cast, file.items)
    body = bodies.create_body(case=cast.case, items=file.items[:1], actor=files.ACTOR)
    other = files.give_statement(cast.case, file.victim).witness
    for witness, method in ((file.witness, Method.CLOTHING), (other, Method.SIGHT)):
        basis = identifying.Basis(method=method, witness=witness)
        tie = identifying.identify(body=body, victim=file.victim, basis=basis, account=cast.lead, actor=files.ACTOR)
    assert identifying.standing_of(tie).status is Status.CORROBORATED
    _erase(cast, file)
    assert identifying.standing_of(tie).status is Status.ASSERTED
    assert gate.gone_among({file.witness.pk, other.pk}) == {file.witness.pk: Gone.ERASED}
    assert gate.decision_for(file.witness, scope=Scope.COURT_DOSSIER).reasons == (Why.ERASED,)


TYPED = "she says who she is in the third paragraph"


def _open_both(cast: Cast, file: files.File) -> None:
    asker = asker_for_command(case=cast.case, account=cast.lead, purpose=Purpose.CASE_PREPARATION)
    told: dict[str, Any] = {"permit": files.permit(file.witness), "actor": files.ACTOR, "purpose": "case-preparation"}
    opening = openings.opening_for(asker, OpenedKind.STATEMENT, file.statement.pk, TYPED)
    open_statement(statement=file.statement, opening=opening, **told)
    opening = openings.opening_for(asker, OpenedKind.IDENTITY, file.witness.pk, TYPED)
    open_identity(witness=file.witness, opening=opening, **told)


def test_what_was_typed_for_openings_goes_with_the_person_and_with_nobody_else(cast: Cast, file: files.File) -> None:
    other = dataclasses.replace(file, statement=files.give_statement(cast.case, file.victim))
    other = dataclasses.replace(other, witness=other.statement.witness)
    _open_both(cast, file)
    _open_both(cast, other)
    _erase(cast, file)
    kept = {opening.subject: opening.reason for opening in Opening.objects.all()}
    assert kept == {
        file.statement.pk: "",
        file.witness.pk: "",
        other.statement.pk: TYPED,
        other.witness.pk: TYPED,
    }
    assert _findings() == []


def test_typed_reasons_that_came_back_or_are_gone_for_no_erasure_are_told(cast: Cast, file: files.File) -> None:
    _open_both(cast, file)
    rows: QuerySet[Opening] = QuerySet(Opening)
    rows.filter(subject=file.witness.pk).update(reason="")
    assert _findings() == [("history", "the reason typed for it is gone, and no entry erased the person")]
    rows.update(reason=TYPED)
    assert _findings() == []
    _erase(cast, file)
    rows.update(reason=TYPED)
    assert _findings() == [("erased", "the person was erased, and the reason typed for it is there again")] * 2
    assert erasure.replay() == [file.witness.person]
    assert _findings() == []


def test_a_draft_and_a_confidential_side_go_with_the_person(cast: Cast, file: files.File) -> None:
    draft = taking.draft_of(cast.case, cast.investigator, witness=file.witness)
    drafts.keep_confidential(draft=draft, confidential=Confidential(contact="by the well"), actor=files.ACTOR)
    taking.read(draft)
    taking.seal(draft)
    taking.draft_of(cast.case, cast.investigator, witness=file.witness)
    assert (StatementDraft.objects.count(), SealedObject.objects.count()) == (1, 4)
    _erase(cast, file)
    assert not StatementDraft.objects.exists()
    assert not SealedObject.objects.exists()
    assert _findings() == []


def test_one_person_alone_erases_nobody(cast: Cast, file: files.File) -> None:
    actor = actor_of(cast.investigator)
    asked = erasure.ask_erasure(
        case=cast.case, person=file.witness.person, authority=ORDER, reason="a wish", actor=actor
    )
    with pytest.raises(ApprovalRefused):
        erasure.erase(approval=asked, actor=actor)
    with pytest.raises(ApprovalRefused):
        approvals.approve(approval=asked, reason="mine", actor=actor)
    assert PersonKey.objects.count() == 1


def test_an_erasure_needs_an_authority_and_somebody_to_erase(cast: Cast, file: files.File) -> None:
    actor = actor_of(cast.lead)
    with pytest.raises(ValidationError, match="order or decision"):
        erasure.ask_erasure(case=cast.case, person=file.witness.person, authority=" ", reason="a wish", actor=actor)
    with pytest.raises(ValidationError, match="nothing to erase"):
        erasure.ask_erasure(case=cast.case, person=cast.case.pk, authority=ORDER, reason="a wish", actor=actor)


def test_an_approval_erases_once_and_nobody_else(cast: Cast, file: files.File) -> None:
    other = files.give_statement(cast.case, file.victim).witness
    approval = _approved(cast, file)
    erasure.erase(approval=approval, actor=actor_of(cast.investigator))
    with pytest.raises(ApprovalRefused):
        erasure.erase(approval=approval, actor=actor_of(cast.investigator))
    assert PersonKey.objects.get().person == other.person
    assert files.read_identity(other).name_ar == files.CANARY_NAME


def _keep() -> tuple[list[Any], list[Any]]:
    return list(PersonKey.objects.all()), list(SealedObject.objects.all())


def _bring_back(kept: tuple[list[Any], list[Any]]) -> None:
    for row in (*kept[0], *kept[1]):
        row.save(force_insert=True)


def test_a_backup_that_came_back_is_told_not_opened_and_erased_again(cast: Cast, file: files.File) -> None:
    yesterday = _keep()
    _erase(cast, file)
    _bring_back(yesterday)
    assert {fact for fact, _ in _findings()} == {"erased"}
    with pytest.raises(RegistrarRefused, match="was erased"):
        files.read_identity(file.witness)
    assert erasure.replay() == [file.witness.person]
    assert not SealedObject.objects.exists()
    assert _findings() == []
    assert erasure.replay() == []


def test_sealed_bytes_that_are_gone_without_an_erasure_are_told(cast: Cast, file: files.File) -> None:
    fences.remove()
    SealedObject.objects.all().delete()
    assert ("sealed", "the sealed bytes are gone, and no entry erased the person") in _findings()


def test_the_registrar_forgets_nobody_without_the_entry_of_an_erasure(cast: Cast, file: files.File) -> None:
    made = next(iter(entries_with(Action.PERSON_KEY_CREATED)))
    with pytest.raises(RegistrarRefused, match="does not erase"):
        connect().forget_person(authority=made.seq, person=str(file.witness.person))
    assert files.read_identity(file.witness).name_ar


def test_it_is_asked_and_decided_on_the_pages_of_the_case(cast: Cast, file: files.File) -> None:
    page = f"/cases/{cast.case.code}/witnesses/{file.witness.code}/erasure/"
    typed = {"authority": ORDER, "reason": "the witness asks for it", "code": file.witness.code}
    for who in (cast.lawyer, cast.auditor, cast.outsider):
        assert browser_of(who).post(page, typed).status_code == 404
    assert browser_of(cast.investigator).post(page, typed | {"code": "W-9999"}).status_code == 422
    assert not Approval.objects.exists()
    assert browser_of(cast.investigator).post(page, typed).status_code == 302
    assert Approval.objects.get().subject_id == str(file.witness.person)
    assert PersonKey.objects.exists()


def test_nothing_is_sealed_for_an_erased_person_any_more(cast: Cast, file: files.File) -> None:
    _erase(cast, file)
    with pytest.raises(KeyDestroyedError):
        taking.draft_of(cast.case, cast.investigator, witness=file.witness)
    made = next(iter(entries_with(Action.PERSON_KEY_CREATED)))
    with pytest.raises(RegistrarRefused, match="was erased"):
        connect().create_person_key(authority=made.seq, person=str(file.witness.person))
    assert not PersonKey.objects.exists()


def test_a_registrar_that_was_not_told_learns_it_from_the_ledger_when_it_starts(
    cast: Cast, file: files.File, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = _keep()
    with monkeypatch.context() as patch:
        patch.setattr(type(connect()), "forget_person", lambda *_args, **_more: None)
        _erase(cast, file)
    _bring_back(yesterday)
    made = next(iter(entries_with(Action.PERSON_KEY_CREATED)))
    with pytest.raises(RegistrarRefused, match="was erased"):
        Desk().create_person_key(authority=made.seq, person=str(file.witness.person))
    with pytest.raises(RegistrarRefused, match="was erased"):
        files.read_identity(file.witness)
