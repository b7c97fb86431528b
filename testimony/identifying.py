"""Identification: showing pictures to witnesses, grounds for and against, rulings of a second person, conflicts.

The status of a tie is never stored: it follows from its grounds and the last ruling, each time it is asked for
(`testimony.core.identifying`), so that nobody can write a status that the grounds do not carry.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.core import canonical
from custody.core.entries import Actor
from custody.models import Account, Case
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony import sealed
from testimony.codes import next_code
from testimony.core.errors import IdentificationError
from testimony.core.identifying import (
    Bearing,
    Conflict,
    Ground,
    Method,
    Ruling,
    Standing,
    Tie,
    conflicts,
    may_confirm,
    standing,
)
from testimony.models import (
    BodyIdentification,
    BodySet,
    Certainty,
    IdentificationGround,
    IdentificationRuling,
    Instruction,
    ProcedureKind,
    ProcedureResult,
    RecognitionProcedure,
    RulingKind,
    ShownPicture,
    Statement,
    Victim,
    Witness,
)
from testimony.permits import Permit
from testimony.witnesses import streams, subject

__all__ = [
    "Basis",
    "Shown",
    "Words",
    "add_ground",
    "answer_ground",
    "conflicts_in",
    "find_recognition",
    "identify",
    "record_recognition",
    "rule",
    "standing_of",
    "ties_in",
    "ties_of",
]

_FORMAT = "recognition-words/1"


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


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What one ground rests on."""

    method: Method
    bearing: Bearing = Bearing.FOR
    witness: Witness | None = None
    procedure: RecognitionProcedure | None = None
    statement: Statement | None = None
    item: EvidenceItem | None = None


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
    if bool(shown.chosen) != (shown.result in (ProcedureResult.RECOGNISED, ProcedureResult.UNSURE)):
        raise IdentificationError(gettext("A choice goes with “recognised” or “not sure”, and with nothing else."))
    if shown.kind is ProcedureKind.SINGLE and len(erns) > 1:
        raise IdentificationError(gettext("One picture alone is one picture."))


def identify(
    *, body: BodySet, victim: Victim, basis: Basis, account: Account | None, actor: Actor
) -> BodyIdentification:
    """Tie a body to a person on a first ground; a tie that stands gets the ground. Raises IdentificationError."""
    if body.case_id != victim.case_id:
        raise IdentificationError(gettext("The body set and the victim file belong to different cases."))
    tie = BodyIdentification.objects.filter(body=body, victim=victim).first()
    if tie is not None:
        add_ground(tie=tie, basis=basis, account=account, actor=actor)
        return tie
    with acts.act(actor=actor) as act:
        tie = BodyIdentification(
            case=body.case,
            body=body,
            victim=victim,
            code=next_code(BodyIdentification, body.case, "ID"),
            created=clock.now(),
        )
        act.save(tie)
        ground = _ground(act, tie, basis, account)
        act.record(
            Action.IDENTIFICATION_ASSERTED,
            streams=_streams(tie),
            subject={**_subject(tie), "ground": str(ground.pk), "method": ground.method},
            snapshots=[tie, ground],
        )
    return tie


def add_ground(*, tie: BodyIdentification, basis: Basis, account: Account | None, actor: Actor) -> IdentificationGround:
    """Add what speaks for or against a tie. Raises ValidationError, IdentificationError."""
    with acts.act(actor=actor) as act:
        ground = _ground(act, tie, basis, account)
        act.record(
            Action.IDENTIFICATION_GROUNDED,
            streams=_streams(tie),
            subject={**_subject(tie), "ground": str(ground.pk), "method": ground.method, "bearing": ground.bearing},
            snapshots=[ground],
        )
    return ground


def _ground(act: acts.Act, tie: BodyIdentification, basis: Basis, account: Account | None) -> IdentificationGround:
    witness = basis.witness or getattr(basis.procedure or basis.statement, "witness", None)
    _check_basis(tie.case, basis, witness)
    ground = IdentificationGround(
        tie=tie,
        method=basis.method.value,
        bearing=basis.bearing.value,
        witness=witness,
        procedure=basis.procedure,
        statement=basis.statement,
        item=basis.item,
        recorded_by=account,
        created=clock.now(),
    )
    act.save(ground)
    return ground


def _check_basis(case: Case, basis: Basis, witness: Witness | None) -> None:
    if witness is None and basis.item is None:
        raise IdentificationError(gettext("A ground rests on a witness or on an item of evidence."))
    sources = (witness, basis.procedure, basis.statement)
    if any(source is not None and source.case_id != case.pk for source in sources):
        raise IdentificationError(gettext("The ground belongs to another case."))
    spoken = (basis.procedure, basis.statement)
    if any(source is not None and source.witness != witness for source in spoken):
        raise IdentificationError(gettext("The ground is said to come from another witness than its record."))
    if basis.item is not None and not items_in(case).filter(pk=basis.item.pk).exists():
        raise IdentificationError(gettext("%(number)s is not in this case.") % {"number": basis.item.ern})
    if basis.procedure is not None and basis.procedure.result not in _RECOGNISED and basis.bearing is Bearing.FOR:
        raise IdentificationError(gettext("Nobody was recognised in this procedure."))


_RECOGNISED = (ProcedureResult.RECOGNISED, ProcedureResult.UNSURE)


def answer_ground(*, ground: IdentificationGround, account: Account, item: EvidenceItem, actor: Actor) -> None:
    """Record that a contrary ground was dealt with, by an item that says why (a note, a report).

    Raises IdentificationError for whoever recorded it, and for what speaks for the tie.
    """
    if ground.bearing != Bearing.AGAINST.value or ground.answered_on is not None:
        raise IdentificationError(gettext("Only what speaks against it, and is not answered yet, is answered."))
    if ground.recorded_by_id == account.pk:
        raise IdentificationError(gettext("Somebody else than who recorded it answers it."))
    if not items_in(ground.tie.case).filter(pk=item.pk).exists():
        raise IdentificationError(gettext("%(number)s is not in this case.") % {"number": item.ern})
    ground.answered_on, ground.answered_by, ground.answered_item = clock.now().date(), account, item
    with acts.act(actor=actor) as act:
        act.save(ground)
        act.record(
            Action.IDENTIFICATION_GROUNDED,
            streams=_streams(ground.tie),
            subject={**_subject(ground.tie), "ground": str(ground.pk), "answered": str(item.pk)},
            snapshots=[ground],
        )


def rule(
    *, tie: BodyIdentification, ruling: Ruling, reason: str, account: Account, actor: Actor
) -> IdentificationRuling:
    """Record a decision of a second person. Raises IdentificationError for one that the rules do not allow."""
    _check_ruling(tie, ruling, account)
    with acts.act(actor=actor) as act:
        made = IdentificationRuling(
            tie=tie, ruling=RulingKind(ruling.value), reason=reason, decided_by=account, decided=clock.now()
        )
        act.save(made)
        act.record(
            Action.IDENTIFICATION_RULED,
            streams=_streams(tie),
            subject={**_subject(tie), "ruling": made.ruling, "decision": str(made.pk)},
            snapshots=[made],
        )
    return made


def _check_ruling(tie: BodyIdentification, ruling: Ruling, account: Account) -> None:
    if tie.grounds.filter(recorded_by=account).exists():
        raise IdentificationError(gettext("You recorded a ground of it. A second person decides."))
    last = _last_ruling(tie)
    if ruling is Ruling.REOPENED and last in (None, Ruling.REOPENED):
        raise IdentificationError(gettext("There is no decision to open again."))
    if ruling is Ruling.CONFIRMED and last is Ruling.EXCLUDED:
        raise IdentificationError(gettext("It is excluded. Open it again first."))
    if ruling is Ruling.CONFIRMED and not may_confirm(_grounds(tie)):
        raise IdentificationError(
            gettext(
                "It cannot be confirmed: that takes fingerprints, teeth or DNA, and nothing against it that is not "
                "answered. Recognition by sight never confirms."
            )
        )


def standing_of(tie: BodyIdentification) -> Standing:
    """The status of a tie now, and what is missing for the next one."""
    return standing(_grounds(tie), _last_ruling(tie))


def find_recognition(case: Case, code: str) -> RecognitionProcedure | None:
    """The showing of pictures with this code in a case."""
    return RecognitionProcedure.objects.filter(case=case, code=code).select_related("witness").first()


def ties_of(*, body: BodySet | None = None, victim: Victim | None = None) -> QuerySet[BodyIdentification]:
    """The ties of a body or of a person, in order of their codes."""
    narrowed = {name: value for name, value in (("body", body), ("victim", victim)) if value is not None}
    rows = BodyIdentification.objects.filter(**narrowed).select_related("body", "victim", "case")
    return rows.prefetch_related("grounds", "rulings").order_by("code")


def ties_in(case: Case) -> QuerySet[BodyIdentification]:
    """The ties of a case."""
    return ties_of().filter(case=case)


def conflicts_in(case: Case) -> list[tuple[Conflict, list[BodyIdentification]]]:
    """What cannot all be true in a case, each with its ties."""
    rows = {str(tie.pk): tie for tie in ties_in(case)}
    ties = [Tie(key, str(tie.body_id), str(tie.victim_id), standing_of(tie).status) for key, tie in rows.items()]
    return [(found, sorted((rows[key] for key in found.ties), key=lambda tie: tie.code)) for found in conflicts(ties)]


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


def _grounds(tie: BodyIdentification) -> list[Ground]:
    return [
        Ground(
            method=Method(ground.method),
            bearing=Bearing(ground.bearing),
            source=str(ground.witness_id or ground.item_id),
            answered=ground.answered_on is not None,
        )
        for ground in tie.grounds.all()
    ]


def _last_ruling(tie: BodyIdentification) -> Ruling | None:
    made: Iterable[IdentificationRuling] = tie.rulings.all()
    last = max(made, key=lambda each: each.decided, default=None)
    return Ruling(last.ruling) if last else None


def _streams(tie: BodyIdentification) -> tuple[str, ...]:
    return (f"person/{tie.victim_id}", f"person/{tie.body_id}", f"case/{tie.case_id}")


def _subject(tie: BodyIdentification) -> dict[str, str]:
    return {
        "identification": str(tie.pk),
        "victim": str(tie.victim_id),
        "body": str(tie.body_id),
        "case": str(tie.case_id),
    }
