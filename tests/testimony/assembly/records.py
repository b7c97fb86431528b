"""What an assembly starts from, chosen over records that the services made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from custody import clock, notary
from custody.models import Case
from evidence.models import EvidenceItem
from testimony.assembly import Chosen
from testimony.core import dossier as tree
from testimony.core.consent import Disclosure, Scope, State
from testimony.core.declarations import Jurisdiction
from testimony.gate import COURTS, decision_for, permit_on
from testimony.identifying.recognitions import Shown, Words, record_recognition
from testimony.models import ProcedureKind, ProcedureResult, RecognitionProcedure, Statement, Victim, Witness
from testimony.pictures.gathering import Fetched
from testimony.statements import open_statement, statements_about
from testimony.victims import pictures_of
from tests.testimony import files

SAID = "the scar over the left brow, from the bicycle"
PICTURE = tree.Picture("ab" * 32, 1200, 64, 48, 3, 0, is_original=True, recipe="")


def chosen(case: Case, victims: Sequence[Victim], **changes: Any) -> Chosen:
    """A dossier about these persons for a court that is not chosen: what consent lets in goes in.

    No picture is opened for it: a picture that was fetched is a digest and a size.
    """
    every = {item.pk: item for victim in victims for item in pictures_of(victim)}
    items: list[EvidenceItem] = changes.pop("items", None) or list(every.values())
    start = Chosen(
        case=case,
        code="D-0001",
        version=1,
        supersedes=0,
        edition=tree.Edition.SIDE_BY_SIDE,
        pictures=tree.PictureForm.ORIGINALS,
        redacted=False,
        disclosure=Disclosure.PSEUDONYM,
        purpose="case-preparation",
        law=Jurisdiction.AFFIRMATION,
        recipient=None,
        scope=Scope.COURT_DOSSIER,
        to=COURTS,
        victims=victims,
        items=items,
        fetched={str(item.pk): Fetched(PICTURE) for item in items},
        going=(),
        staying=(),
        checkpoint=notary.ensure_checkpoint(),
        as_of=clock.now(),
    )
    return _decided(replace(start, **changes))


def _decided(start: Chosen) -> Chosen:
    rows: dict[object, Statement] = {row.pk: row for victim in start.victims for row in statements_about(victim)}
    going, staying = [], []
    for row in (each for each in rows.values() if each not in start.left_out):
        decision = decision_for(row.witness, scope=start.scope, to=start.to, disclosure=start.disclosure)
        if decision.allowed:
            leave = permit_on(row.witness, decision)
            opened = open_statement(statement=row, permit=leave, actor=files.ACTOR, purpose=start.purpose)
            going.append((row, decision, opened))
        else:
            staying.append((row, decision))
    return replace(start, going=going, staying=staying, checkpoint=notary.ensure_checkpoint())


def another(case: Case, victim: Victim, words: str, state: State | None = State.YES) -> Statement:
    """A statement of a further witness, and what that witness answered about dossiers for courts."""
    statement = files.give_statement(case, victim, words=words)
    if state is not None:
        files.agree(statement.witness, state)
    return statement


def show(witness: Witness, items: Sequence[EvidenceItem], **changes: Any) -> RecognitionProcedure:
    """Pictures shown to a witness, who recognises the first unless told otherwise."""
    shown: dict[str, Any] = {
        "kind": ProcedureKind.ARRAY,
        "held_on": files.DAY,
        "items": items,
        "result": ProcedureResult.RECOGNISED,
        "chosen": frozenset({items[0].ern}),
        "blind": True,
    } | changes
    return record_recognition(witness=witness, shown=Shown(**shown), words=Words(said=SAID), actor=files.ACTOR)


def answer_to(dossier: tree.Dossier, words: str) -> tree.Inquiry:
    """The one inquiry that asks this."""
    (found,) = [one for one in dossier.inquiries if words in one.asked.en]
    return found
