"""Drafts on their way to a sealed statement, as the services take them."""

from __future__ import annotations

from custody.models import Account, Case
from testimony.core.dossier import Basis
from testimony.core.statement import (
    AccountKind,
    Declaration,
    Paragraph,
    ReadBack,
    Session,
    Signature,
    StatementText,
)
from testimony.models import Statement, StatementDraft, Witness, WitnessRole
from testimony.statements import drafts
from testimony.statements.drafts import Signed
from testimony.witnesses import create_witness
from tests.testimony import files

READ = ReadBack("I-4", "ar", "2025-02-03 11:00", "")
SIGNED = Signed(
    declaration=Declaration("affirmation", 1, "ar", "أؤكد بصدق"),
    signature=Signature(pages=True, end=True, day="2025-02-03", place="the office"),
)
PURPOSE = "case-preparation"


def text_of(words: str = files.CANARY_WORDS) -> StatementText:
    return StatementText(
        salt="00" * 16,
        kind=AccountKind.FIRST_ACCOUNT,
        language="en",
        paragraphs=(Paragraph(words, "", Basis.OWN_KNOWLEDGE), Paragraph("I saw him on 14 May 2013.")),
        sessions=(Session("2025-02-03", "09:00", "11:00", ""),),
    )


def witness_of(case: Case) -> Witness:
    return create_witness(case=case, role=WitnessRole.RELATIVE, actor=files.ACTOR)


def draft_of(
    case: Case, owner: Account, *, witness: Witness | None = None, follows: drafts.Follows | None = None
) -> StatementDraft:
    found = witness or witness_of(case)
    return drafts.begin(witness=found, owner=owner, text=text_of(), actor=files.ACTOR, follows=follows)


def read(draft: StatementDraft) -> StatementText:
    return drafts.read_back(draft=draft, revision=draft.revision, read=READ, actor=files.ACTOR, purpose=PURPOSE)


def seal(draft: StatementDraft) -> Statement:
    return drafts.seal(draft=draft, revision=draft.revision, signed=SIGNED, actor=files.ACTOR, purpose=PURPOSE)


def statement_of(witness: Witness, owner: Account) -> tuple[Statement, StatementDraft]:
    """A sealed statement, and a draft that is open beside it."""
    first = draft_of(witness.case, owner, witness=witness)
    read(first)
    return seal(first), draft_of(witness.case, owner, witness=witness)
