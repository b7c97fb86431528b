"""Statements: sealed at once, linked to the victims of whom they speak, and followed by later ones, never changed."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from custody import acts, clock, ledger, registrar
from custody.actions import Action
from custody.acts import Act
from custody.core.entries import Actor
from custody.models import Case
from testimony import sealed
from testimony.codes import next_code
from testimony.core import statement as tree
from testimony.core.dossier import Basis
from testimony.core.errors import StatementError, TestimonyError
from testimony.core.statement import AccountKind, Paragraph, Session, StatementRecord, StatementText
from testimony.models import (
    Identification,
    IdentificationMethod,
    Opening,
    Statement,
    StatementConfidential,
    StatementDraft,
    StatementKind,
    StatementReceipt,
    Victim,
    Witness,
)
from testimony.permits import Permit
from testimony.sealed import records
from testimony.witnesses import streams, subject

__all__ = [
    "Basis",
    "Opened",
    "Paragraph",
    "Statement",
    "StatementKind",
    "assert_identification",
    "create_statement",
    "find_statement",
    "open_statement",
    "seal_text",
    "sign_receipt",
    "statements_about",
]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The text of a statement, in memory, after an opening that is on record."""

    text: StatementText
    sha256: str

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The numbered paragraphs."""
        return self.text.paragraphs


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How and when a statement was taken."""

    language: str
    taken_on: datetime.date
    kind: StatementKind = StatementKind.FIRST_ACCOUNT


def new_salt() -> str:
    """Keeps the digest that stands in clear from confirming a guess at the words; new with each text."""
    return secrets.token_hex(16)


def create_statement(*, witness: Witness, taken: Taken, paragraphs: Sequence[Paragraph], actor: Actor) -> Statement:
    """Seal an account that came in writing, as it came: nobody read it back. Raises ValidationError, StatementError.

    What is taken down here goes through a draft, read back before it is sealed (`testimony.statements.drafts`).
    """
    if not paragraphs or any(not paragraph.text.strip() for paragraph in paragraphs):
        raise StatementError("a statement needs paragraphs, and each of them words")
    text = StatementText(
        salt=new_salt(),
        kind=AccountKind(taken.kind),
        language=taken.language,
        paragraphs=tuple(paragraphs),
        sessions=(Session(taken.taken_on.isoformat(), "", "", ""),),
    )
    return seal_text(witness=witness, text=text, taken_on=taken.taken_on, actor=actor)


def seal_text(
    *,
    witness: Witness,
    text: StatementText,
    taken_on: datetime.date,
    actor: Actor,
    draft: StatementDraft | None = None,
) -> Statement:
    """Seal a text to the key of its witness; it is kept in no other form. The registrar signs the record of it.

    With ``draft``, what stands beside its words comes along (the confidential side, the earlier statement, the victim),
    and the draft is gone with this very act. Raises StatementError when it was saved anew meanwhile.
    """
    content = tree.dumps(text)
    bytes_ = sealed.seal(witness.person, content, actor=actor)
    statement = Statement(
        case=witness.case,
        witness=witness,
        kind=text.kind or AccountKind.FIRST_ACCOUNT,
        language=text.language,
        taken_on=taken_on,
        sealed_sha256=sealed.digest(bytes_),
        text_sha256=sealed.digest(content),
        created=clock.now(),
        **_followed(draft),
    )
    receipt = _receipt(statement)
    with acts.act(actor=actor) as act:
        statement.code = next_code(Statement, witness.case, "ST")
        sealed.keep(witness.person, bytes_)
        act.save(statement)
        receipt.save(force_insert=True)
        beside = _take_over(act, statement, draft)
        _enter(act, statement, receipt, beside)
        if draft is not None and draft.victim is not None:
            _assert(act, statement, draft.victim, IdentificationMethod(draft.method))
    sign_receipt(statement)
    return statement


def _followed(draft: StatementDraft | None) -> dict[str, object]:
    if draft is None or draft.follows is None:
        return {}
    return {
        "follows": draft.follows,
        "following": draft.following,
        "follows_paragraphs": draft.follows_paragraphs,
        "follows_sha256": draft.follows.text_sha256,
    }


def _receipt(statement: Statement) -> StatementReceipt:
    record = tree.dumps_record(
        StatementRecord(
            statement=str(statement.pk),
            person=str(statement.witness.person),
            case=str(statement.case_id),
            text=statement.text_sha256,
            sealed=statement.sealed_sha256,
            follows=str(statement.follows_id or ""),
            time=clock.stamp(statement.created),
            log=ledger.origin(),
            signer=registrar.connect().signer_fingerprint(),
        )
    )
    return StatementReceipt(statement=statement, record=record, record_sha256=hashlib.sha256(record).hexdigest())


def _take_over(act: Act, statement: Statement, draft: StatementDraft | None) -> list[StatementConfidential]:
    """End the draft, and keep its confidential side under seal as it is.

    As it is in the row now: that side is kept from a page of its own, at any time until the draft is gone.
    """
    if draft is None:
        return []
    row = StatementDraft.objects.select_for_update().filter(pk=draft.pk, revision=draft.revision).first()
    if row is None:
        raise StatementError("this draft was saved or sealed elsewhere meanwhile; nothing was sealed now")
    row.delete()
    if row.confidential is None:
        return []
    sha256 = sealed.keep(statement.witness.person, bytes(row.confidential))
    kept = StatementConfidential(statement=statement, sealed_sha256=sha256)
    act.save(kept)
    return [kept]


def _enter(act: Act, statement: Statement, receipt: StatementReceipt, beside: Sequence[StatementConfidential]) -> None:
    witness = statement.witness
    named = {**subject(witness), "statement": str(statement.pk)}
    act.record(Action.STATEMENT_CREATED, streams=streams(witness), subject=named, snapshots=[statement, *beside])
    digests = {"sealed": statement.sealed_sha256, "text": statement.text_sha256, "record": receipt.record_sha256}
    act.record(Action.STATEMENT_SEALED, streams=streams(witness), subject={**named, **digests})
    if statement.follows is not None:
        earlier = {"follows": str(statement.follows_id), "earlier": statement.follows_sha256}
        told = {**named, **earlier, "kind": str(statement.following)}
        act.record(Action.STATEMENT_CORRECTED, streams=streams(witness), subject=told)


def sign_receipt(statement: Statement) -> StatementReceipt | None:
    """Have the record of a sealing signed, if that is still to be done; None where a statement has no record.

    Raises StatementError when no entry allows it.
    """
    receipt: StatementReceipt | None = getattr(statement, "receipt", None)
    person = statement.witness.person
    if receipt is not None and not records.sign(receipt, person=person, action=Action.STATEMENT_SEALED):
        raise StatementError(f"no entry of the ledger allows the signature of statement {statement.code}")
    return receipt


def open_statement(
    *, statement: Statement, permit: Permit, actor: Actor, purpose: str, opening: Opening | None = None
) -> Opened:
    """Open the text of a statement, with an entry and on a permit of the gate.

    Raises TestimonyError when it is not the text that was sealed, ConsentError for another witness's permit.
    """
    permit.check(statement.witness_id)
    plaintext = sealed.open_sealed(
        sealed.kept(statement.sealed_sha256),
        person=statement.witness.person,
        case=statement.case,
        actor=actor,
        purpose=purpose,
        opening=opening,
    )
    if sealed.digest(plaintext) != statement.text_sha256:
        raise TestimonyError(f"the text of statement {statement.code} is not the one that was sealed")
    return Opened(text=tree.loads(plaintext), sha256=statement.text_sha256)


def assert_identification(
    *, statement: Statement, victim: Victim, method: IdentificationMethod, actor: Actor
) -> Identification:
    """Record that a statement speaks of a victim. Raises ValidationError when that is on record already."""
    if statement.case_id != victim.case_id:
        raise TestimonyError("statement and victim belong to different cases")
    with acts.act(actor=actor) as act:
        return _assert(act, statement, victim, method)


def _assert(act: Act, statement: Statement, victim: Victim, method: IdentificationMethod) -> Identification:
    identification = Identification(statement=statement, victim=victim, method=method, asserted=clock.now())
    act.save(identification)
    act.record(
        Action.IDENTIFICATION_ASSERTED,
        streams=(*streams(statement.witness), f"person/{victim.pk}"),
        subject={
            **subject(statement.witness),
            "statement": str(statement.pk),
            "victim": str(victim.pk),
            "method": str(identification.method),
        },
        snapshots=[identification],
    )
    return identification


def find_statement(case: Case, code: str) -> Statement | None:
    """The statement with this code in a case."""
    return Statement.objects.filter(case=case, code=code).select_related("witness", "case", "follows").first()


def statements_about(victim: Victim) -> QuerySet[Statement]:
    """The statements that speak of a victim, and those that add to or correct one of them, in order of their codes.

    A statement never goes anywhere without what the witness corrected in it later.
    """
    found = set(Statement.objects.filter(identifications__victim=victim).values_list("pk", flat=True))
    newest = found
    while newest:
        newest = set(Statement.objects.filter(follows__in=newest).values_list("pk", flat=True)) - found
        found |= newest
    return Statement.objects.filter(pk__in=found).select_related("witness", "case", "follows").order_by("code")
