"""Statements: written down, sealed at once, linked to the victims of whom they speak."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.core import canonical
from custody.core.entries import Actor
from custody.core.errors import CanonicalError
from custody.models import Case
from testimony import sealed
from testimony.codes import next_code
from testimony.core.dossier import Basis
from testimony.core.errors import TestimonyError
from testimony.models import Identification, IdentificationMethod, Statement, StatementKind, Victim, Witness
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
    "statements_about",
]

_FORMAT = "statement-text/1"


@dataclass(frozen=True)
class Paragraph:
    """One numbered paragraph: the words of the witness, a translation if there is one, how the witness knows."""

    text: str
    translation: str = ""
    basis: Basis = Basis.NOT_STATED


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The text of a statement, in memory, after an opening that is on record."""

    paragraphs: tuple[Paragraph, ...]
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How and when a statement was taken."""

    language: str
    taken_on: datetime.date
    kind: StatementKind = StatementKind.FIRST_ACCOUNT


def create_statement(*, witness: Witness, taken: Taken, paragraphs: Sequence[Paragraph], actor: Actor) -> Statement:
    """Seal a statement to the key of its witness; the text is kept in no other form. Raises ValidationError."""
    if not paragraphs or any(not paragraph.text.strip() for paragraph in paragraphs):
        raise TestimonyError("a statement needs paragraphs, and each of them words")
    text = _dumps(paragraphs)
    bytes_ = sealed.seal(witness.person, text, actor=actor)
    with acts.act(actor=actor) as act:
        statement = Statement(
            case=witness.case,
            witness=witness,
            code=next_code(Statement, witness.case, "ST"),
            kind=taken.kind,
            language=taken.language,
            taken_on=taken.taken_on,
            sealed_sha256=sealed.keep(witness.person, bytes_),
            text_sha256=sealed.digest(text),
            created=clock.now(),
        )
        act.save(statement)
        named = {**subject(witness), "statement": str(statement.pk)}
        act.record(Action.STATEMENT_CREATED, streams=streams(witness), subject=named, snapshots=[statement])
        digests = {"sealed": statement.sealed_sha256, "text": statement.text_sha256}
        act.record(Action.STATEMENT_SEALED, streams=streams(witness), subject={**named, **digests})
    return statement


def open_statement(*, statement: Statement, actor: Actor, purpose: str) -> Opened:
    """Open the text of a statement, with an entry. Raises TestimonyError when it is not the text that was sealed."""
    plaintext = sealed.open_sealed(
        sealed.kept(statement.sealed_sha256),
        person=statement.witness.person,
        case=statement.case,
        actor=actor,
        purpose=purpose,
    )
    if sealed.digest(plaintext) != statement.text_sha256:
        raise TestimonyError(f"the text of statement {statement.code} is not the one that was sealed")
    return Opened(paragraphs=_loads(plaintext, statement.code), sha256=statement.text_sha256)


def assert_identification(
    *, statement: Statement, victim: Victim, method: IdentificationMethod, actor: Actor
) -> Identification:
    """Record that a statement speaks of a victim. Raises ValidationError when that is on record already."""
    if statement.case_id != victim.case_id:
        raise TestimonyError("statement and victim belong to different cases")
    identification = Identification(statement=statement, victim=victim, method=method, asserted=clock.now())
    with acts.act(actor=actor) as act:
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
    return Statement.objects.filter(case=case, code=code).select_related("witness", "case").first()


def statements_about(victim: Victim) -> QuerySet[Statement]:
    """The statements that speak of a victim, in order of their codes."""
    return Statement.objects.filter(identifications__victim=victim).select_related("witness", "case").order_by("code")


def _dumps(paragraphs: Sequence[Paragraph]) -> bytes:
    # The salt keeps the digest that stands in clear from confirming a guess at the words.
    return canonical.dumps(
        {
            "type": _FORMAT,
            "salt": secrets.token_hex(16),
            "paragraphs": [
                {"text": paragraph.text, "translation": paragraph.translation, "basis": paragraph.basis.value}
                for paragraph in paragraphs
            ],
        }
    )


def _loads(plaintext: bytes, code: str) -> tuple[Paragraph, ...]:
    try:
        value = canonical.loads(plaintext)
        if not isinstance(value, dict) or value.get("type") != _FORMAT:
            raise TestimonyError(f"what is sealed as statement {code} is not a statement")
        rows = value["paragraphs"]
        return tuple(
            Paragraph(str(row["text"]), str(row["translation"]), Basis(str(row["basis"])))
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        )
    except (CanonicalError, KeyError, ValueError) as error:
        raise TestimonyError(f"the sealed text of statement {code} cannot be read") from error
