"""Identification: grounds for and against, rulings of a second person, conflicts.

The status of a tie is never stored: it follows from its grounds and the last ruling, each time it is asked for
(`testimony.core.identifying`), so that nobody can write a status that the grounds do not carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.core.entries import Actor
from custody.models import Account, Case
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony.codes import next_code
from testimony.core.errors import IdentificationError
from testimony.core.identifying import (
    PRIMARY,
    Bearing,
    Conflict,
    Gone,
    Ground,
    Method,
    Ruling,
    Standing,
    Tie,
    conflicts,
    may_confirm,
    standing,
)
from testimony.gate import gone_among
from testimony.models import (
    BodyIdentification,
    BodySet,
    IdentificationGround,
    IdentificationRuling,
    ProcedureResult,
    RecognitionProcedure,
    RulingKind,
    Statement,
    Victim,
    Witness,
)
from testimony.turns import take_turn

__all__ = [
    "Basis",
    "add_ground",
    "answer_ground",
    "conflicts_in",
    "gone_from",
    "identify",
    "rule",
    "standing_of",
    "ties_in",
    "ties_of",
]


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What one ground rests on."""

    method: Method
    bearing: Bearing = Bearing.FOR
    witness: Witness | None = None
    procedure: RecognitionProcedure | None = None
    statement: Statement | None = None
    item: EvidenceItem | None = None


def identify(
    *, body: BodySet, victim: Victim, basis: Basis, account: Account | None, actor: Actor
) -> BodyIdentification:
    """Tie a body to a person on a first ground; a tie that stands gets the ground. Raises IdentificationError."""
    if body.case_id != victim.case_id:
        raise IdentificationError(gettext("The body set and the victim file belong to different cases."))
    with acts.act(actor=actor) as act:
        take_turn(body.case)
        body.refresh_from_db()
        if body.merged_into_id is not None:
            raise IdentificationError(gettext("This set was merged into another: tie that one."))
        standing_tie = BodyIdentification.objects.filter(body=body, victim=victim).first()
        if standing_tie is not None:
            _add_ground(act, standing_tie, basis, account)
            return standing_tie
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
        take_turn(tie.case)
        return _add_ground(act, tie, basis, account)


def _add_ground(act: acts.Act, tie: BodyIdentification, basis: Basis, account: Account | None) -> IdentificationGround:
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
    _check_method(tie, basis, witness)
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


def _check_method(tie: BodyIdentification, basis: Basis, witness: Witness | None) -> None:
    """A primary identifier rests on a report, never on somebody's word or on the photograph.

    A recognition rests on a choice among the pictures of this very body.
    """
    shown = set(tie.body.images.filter(ended=None).values_list("item_id", flat=True))
    if basis.method in PRIMARY and (basis.item is None or basis.item.pk in shown):
        raise IdentificationError(gettext("Fingerprints, teeth and DNA rest on a report: name its evidence number."))
    if basis.method is Method.SIGHT and witness is None:
        raise IdentificationError(gettext("Recognition by sight rests on a witness."))
    if basis.procedure is None or basis.bearing is Bearing.AGAINST:
        return
    if basis.method in PRIMARY:
        raise IdentificationError(gettext("Pictures shown to a witness are no fingerprints, teeth or DNA."))
    chosen = set(basis.procedure.shown.filter(chosen=True).values_list("item_id", flat=True))
    if not chosen & shown:
        raise IdentificationError(gettext("The witness chose no picture of this body."))


_RECOGNISED = (ProcedureResult.RECOGNISED, ProcedureResult.UNSURE)


def answer_ground(*, ground: IdentificationGround, account: Account, item: EvidenceItem, actor: Actor) -> None:
    """Record that a contrary ground was dealt with, by an item that says why (a note, a report).

    Raises IdentificationError for whoever recorded it, and for what speaks for the tie.
    """
    with acts.act(actor=actor) as act:
        take_turn(ground.tie.case)
        ground.refresh_from_db()
        _check_answer(ground, account, item)
        ground.answered_on, ground.answered_by, ground.answered_item = clock.now().date(), account, item
        act.save(ground)
        act.record(
            Action.IDENTIFICATION_GROUNDED,
            streams=_streams(ground.tie),
            subject={**_subject(ground.tie), "ground": str(ground.pk), "answered": str(item.pk)},
            snapshots=[ground],
        )


def _check_answer(ground: IdentificationGround, account: Account, item: EvidenceItem) -> None:
    if ground.bearing != Bearing.AGAINST.value or ground.answered_on is not None:
        raise IdentificationError(gettext("Only what speaks against it, and is not answered yet, is answered."))
    if ground.tie.grounds.filter(recorded_by=account).exists():
        raise IdentificationError(gettext("Somebody else than who recorded it answers it."))
    if not items_in(ground.tie.case).filter(pk=item.pk).exists():
        raise IdentificationError(gettext("%(number)s is not in this case.") % {"number": item.ern})


def rule(
    *, tie: BodyIdentification, ruling: Ruling, reason: str, account: Account, actor: Actor
) -> IdentificationRuling:
    """Record a decision of a second person. Raises IdentificationError for one that the rules do not allow."""
    with acts.act(actor=actor) as act:
        take_turn(tie.case)
        # Read anew: what was fetched for a page may have changed before the turn came.
        _check_ruling(BodyIdentification.objects.get(pk=tie.pk), ruling, account)
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
    last = _kind(_last_ruling(tie))
    if ruling is Ruling.REOPENED and last in (None, Ruling.REOPENED):
        raise IdentificationError(gettext("There is no decision to open again."))
    if ruling is Ruling.CONFIRMED and last is Ruling.EXCLUDED:
        raise IdentificationError(gettext("It is excluded. Open it again first."))
    if ruling is Ruling.CONFIRMED and not may_confirm(_grounds(tie, gone_from([tie]))):
        raise IdentificationError(
            gettext(
                "It cannot be confirmed: that takes fingerprints, teeth or DNA, and nothing against it that is not "
                "answered. Recognition by sight never confirms."
            )
        )


def standing_of(tie: BodyIdentification, gone: Mapping[UUID, Gone] | None = None) -> Standing:
    """The status of a tie now, and what is missing for the next one; `gone` as `gone_from` gives it for many ties."""
    last = _last_ruling(tie)
    grounds = _grounds(tie, gone_from([tie]) if gone is None else gone)
    return standing(grounds, _kind(last), set_changed=last is not None and _set_changed(tie, last))


def _set_changed(tie: BodyIdentification, ruling: IdentificationRuling) -> bool:
    """Whether other pictures make up the body now than when it was decided; what left and came back is no change."""
    images = tie.body.images.all()
    then = {
        row.item_id for row in images if row.since <= ruling.decided and (not row.ended or row.ended > ruling.decided)
    }
    return then != {row.item_id for row in images if row.ended is None}


def gone_from(ties: Iterable[BodyIdentification]) -> dict[UUID, Gone]:
    """The witnesses behind grounds of these ties whose words are not counted any more, and why."""
    return gone_among({ground.witness_id for tie in ties for ground in tie.grounds.all() if ground.witness_id})


def ties_of(*, body: BodySet | None = None, victim: Victim | None = None) -> QuerySet[BodyIdentification]:
    """The ties of a body or of a person, in order of their codes."""
    narrowed = {name: value for name, value in (("body", body), ("victim", victim)) if value is not None}
    rows = BodyIdentification.objects.filter(**narrowed).select_related("body", "victim", "case")
    return rows.prefetch_related("grounds", "rulings", "body__images").order_by("code")


def ties_in(case: Case) -> QuerySet[BodyIdentification]:
    """The ties of a case."""
    return ties_of().filter(case=case)


def conflicts_in(case: Case) -> list[tuple[Conflict, list[BodyIdentification]]]:
    """What cannot all be true in a case, each with its ties."""
    rows = {str(tie.pk): tie for tie in ties_in(case)}
    gone = gone_from(rows.values())
    ties = [
        # A set that was merged is the body of the set it went into.
        Tie(key, str(tie.body.merged_into_id or tie.body_id), str(tie.victim_id), standing_of(tie, gone).status)
        for key, tie in rows.items()
    ]
    return [(found, sorted((rows[key] for key in found.ties), key=lambda tie: tie.code)) for found in conflicts(ties)]


def _grounds(tie: BodyIdentification, gone: Mapping[UUID, Gone]) -> list[Ground]:
    last = _last_ruling(tie)
    return [
        Ground(
            method=Method(ground.method),
            bearing=Bearing(ground.bearing),
            source=str(ground.witness_id or ground.item_id),
            answered=ground.answered_on is not None,
            gone=gone.get(ground.witness_id) if ground.witness_id else None,
            since=last is not None and ground.created > last.decided,
        )
        for ground in tie.grounds.all()
    ]


def _last_ruling(tie: BodyIdentification) -> IdentificationRuling | None:
    made: Iterable[IdentificationRuling] = tie.rulings.all()
    return max(made, key=lambda each: each.decided, default=None)


def _kind(ruling: IdentificationRuling | None) -> Ruling | None:
    return Ruling(ruling.ruling) if ruling else None


def _streams(tie: BodyIdentification) -> tuple[str, ...]:
    return (f"person/{tie.victim_id}", f"person/{tie.body_id}", f"case/{tie.case_id}")


def _subject(tie: BodyIdentification) -> dict[str, str]:
    return {
        "identification": str(tie.pk),
        "victim": str(tie.victim_id),
        "body": str(tie.body_id),
        "case": str(tie.case_id),
    }
