"""Showing pictures to witnesses: what was shown, in which order and how, and what was said, under seal."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.core import canonical
from custody.core.entries import Actor
from custody.models import Case
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony import sealed
from testimony.codes import next_code
from testimony.core.errors import IdentificationError
from testimony.models import (
    Certainty,
    Instruction,
    ProcedureKind,
    ProcedureResult,
    RecognitionProcedure,
    ShownPicture,
    Witness,
)
from testimony.permits import Permit
from testimony.witnesses import streams, subject

__all__ = ["Shown", "Words", "find_recognition", "open_words", "record_recognition"]

_FORMAT = "recognition-words/1"
_RECOGNISED = (ProcedureResult.RECOGNISED, ProcedureResult.UNSURE)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the witness said, in the witness's own words; sealed."""

    said: str
    certainty: str = ""
    contrary: str = ""
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How pictures were shown, in which order, and what came of it. `chosen`: the items that the witness chose."""

    kind: ProcedureKind
    held_on: datetime.date
    items: Sequence[EvidenceItem]
    result: ProcedureResult
    chosen: frozenset[str] = frozenset()
    certainty: Certainty = Certainty.NONE
    masked: bool = True
    blind: bool = False
    instructions: tuple[Instruction, ...] = ()


def record_recognition(*, witness: Witness, shown: Shown, words: Words, actor: Actor) -> RecognitionProcedure:
    """Record how pictures were shown to a witness; the words are sealed.

    Raises ValidationError, IdentificationError.
    """
    _check_shown(witness.case, shown)
    content = canonical.dumps({"type": _FORMAT, "words": dict(asdict(words))})
    bytes_ = sealed.seal(witness.person, content, actor=actor)
    with acts.act(actor=actor) as act:
        procedure = RecognitionProcedure(
            case=witness.case,
            witness=witness,
            code=next_code(RecognitionProcedure, witness.case, "RP"),
            kind=shown.kind,
            held_on=shown.held_on,
            masked=shown.masked,
            blind=shown.blind,
            instructions=[str(each) for each in shown.instructions],
            result=shown.result,
            certainty=shown.certainty,
            sealed_sha256=sealed.keep(witness.person, bytes_),
            created=clock.now(),
        )
        act.save(procedure)
        pictures = [
            ShownPicture(procedure=procedure, item=item, position=place, chosen=item.ern in shown.chosen)
            for place, item in enumerate(shown.items, start=1)
        ]
        act.save_many(pictures)
        act.record(
            Action.RECOGNITION_RECORDED,
            streams=streams(witness),
            subject={
                **subject(witness),
                "recognition": str(procedure.pk),
                "sealed": procedure.sealed_sha256,
                "result": procedure.result,
                "shown": str(len(pictures)),
            },
            snapshots=[procedure, *pictures],
        )
    return procedure


def _check_shown(case: Case, shown: Shown) -> None:
    erns = [item.ern for item in shown.items]
    if not erns or len(set(erns)) != len(erns):
        raise IdentificationError(gettext("Name the pictures that were shown, each once, in their order."))
    held = set(items_in(case).filter(ern__in=erns).values_list("ern", flat=True))
    if foreign := sorted(set(erns) - held):
        raise IdentificationError(gettext("Not in this case: %(numbers)s") % {"numbers": ", ".join(foreign)})
    if strange := sorted(shown.chosen - set(erns)):
        raise IdentificationError(
            gettext("Chosen, but not among those shown: %(numbers)s") % {"numbers": ", ".join(strange)}
        )
    if bool(shown.chosen) != (shown.result in _RECOGNISED):
        raise IdentificationError(gettext("A choice goes with “recognised” or “not sure”, and with nothing else."))
    if shown.kind is ProcedureKind.SINGLE and len(erns) > 1:
        raise IdentificationError(gettext("One picture alone is one picture."))


def find_recognition(case: Case, code: str) -> RecognitionProcedure | None:
    """The showing of pictures with this code in a case."""
    return RecognitionProcedure.objects.filter(case=case, code=code).select_related("witness").first()


def open_words(*, procedure: RecognitionProcedure, permit: Permit, actor: Actor, purpose: str) -> Words:
    """What the witness said, opened with an entry. Raises IdentificationError when it cannot be read."""
    witness = procedure.witness
    permit.check(witness.pk)
    plaintext = sealed.open_sealed(
        sealed.kept(procedure.sealed_sha256), person=witness.person, case=witness.case, actor=actor, purpose=purpose
    )
    value = canonical.loads(plaintext)
    words = value.get("words") if isinstance(value, dict) and value.get("type") == _FORMAT else None
    if not isinstance(words, Mapping):
        raise IdentificationError(f"what is sealed as {procedure.code} is not the words of a recognition")
    return Words(**{name: str(text) for name, text in words.items()})
