"""A few bodies worked through: numbers read by two people, pictures shown, grounds, a decision, and a conflict."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from custody.cases import Role, members_of
from custody.core.entries import Actor
from custody.models import Account, Case
from evidence.models import Collection, EvidenceItem, ItemName
from testimony.bodies import find_body
from testimony.bodies.readings import read_number
from testimony.core.identifying import Method, Ruling
from testimony.core.numbers import NumberKind
from testimony.demonstration import pictures
from testimony.identifying import Basis, identify, rule, standing_of
from testimony.identifying.recognitions import Shown, Words, record_recognition
from testimony.models import (
    BodyIdentification,
    BodySet,
    Certainty,
    Instruction,
    Legibility,
    ProcedureKind,
    ProcedureResult,
    RecognitionProcedure,
    View,
    Witness,
    WitnessRole,
)
from testimony.victims import get_victim_for

REPORT: Final = "laboratory report (invented).txt"
_HELD_ON: Final = datetime.date(2025, 7, 8)
_READ: Final = 4


@dataclass(frozen=True)
class _Desk:
    """Who reads, and who decides."""

    investigator: Account
    lawyer: Account
    lead: Account

    def actor(self, account: Account, role: Role) -> Actor:
        return Actor(id=str(account.pk), role=role.value, auth="demonstration", session="")


def work_through(case: Case, collection: Collection) -> list[str]:
    """Read, show, ground and decide; gives what came of it, line by line."""
    desk = _desk(case)
    bodies = [body for body in (find_body(case, f"BS-{place:04d}") for place in range(1, _READ + 1)) if body]
    for place, body in enumerate(bodies):
        _read(body, pictures.numbers_of(place), desk, differ=place == _READ - 1)
    told = [f"{len(bodies)} bodies: three numbers each, read by two people; of the last they differ"]
    return told + [_told(tie) for tie in _ties(case, collection, bodies, desk)]


def _desk(case: Case) -> _Desk:
    by_role = {role: members_of(case).get(role=role).account for role in (Role.INVESTIGATOR, Role.LAWYER, Role.LEAD)}
    return _Desk(by_role[Role.INVESTIGATOR], by_role[Role.LAWYER], by_role[Role.LEAD])


def _read(body: BodySet, numbers: pictures.Numbers, desk: _Desk, *, differ: bool) -> None:
    branch, person, examination = numbers.drawn
    seen: Mapping[NumberKind, str] = {
        NumberKind.BRANCH: branch,
        NumberKind.DETAINEE: person,
        NumberKind.EXAMINATION: examination,
    }
    readers = ((desk.investigator, Role.INVESTIGATOR), (desk.lead, Role.LEAD))
    for place, (account, role) in enumerate(readers):
        for kind, raw in seen.items():
            unsure = differ and place == 1 and kind is NumberKind.DETAINEE
            read_number(
                body=body,
                kind=kind,
                raw=raw[:-1] + "٠" if unsure else raw,
                legibility=Legibility.PARTLY if unsure else Legibility.CLEAR,
                account=account,
                actor=desk.actor(account, role),
            )


def _ties(case: Case, collection: Collection, bodies: list[BodySet], desk: _Desk) -> Iterator[BodyIdentification]:
    """One that a laboratory carries, one by sight alone, and two persons for one body."""
    investigator = desk.actor(desk.investigator, Role.INVESTIGATOR)

    def tie(body: BodySet, code: str, *grounds: Basis) -> BodyIdentification:
        victim = get_victim_for(case, code)
        made = [
            identify(body=body, victim=victim, basis=basis, account=desk.investigator, actor=investigator)
            for basis in grounds
        ]
        return made[-1]

    first, second, third, _fourth = bodies
    shown = _show(case, "VF-0001", first, investigator)
    report = _item(collection, REPORT)
    confirmed = tie(
        first,
        "VF-0001",
        Basis(method=Method.SIGHT, procedure=shown),
        Basis(method=Method.DNA, item=report),
    )
    lead = desk.actor(desk.lead, Role.LEAD)
    rule(
        tie=confirmed,
        ruling=Ruling.CONFIRMED,
        reason="The laboratory compared samples of two relatives; recognition and numbers agree with it.",
        account=desk.lead,
        actor=lead,
    )
    yield confirmed
    yield tie(second, "VF-0002", Basis(method=Method.SIGHT, procedure=_show(case, "VF-0002", second, investigator)))
    yield tie(third, "VF-0003", Basis(method=Method.SIGHT, procedure=_show(case, "VF-0003", third, investigator)))
    yield tie(third, "VF-0004", Basis(method=Method.NUMBERS, item=_image(third, View.CARD)))


def _show(case: Case, code: str, body: BodySet, actor: Actor) -> RecognitionProcedure:
    """Show the face of the body among others to a relative of the victim."""
    spoke = {"role": WitnessRole.RELATIVE, "statements__identifications__victim__code": code}
    witness = Witness.objects.get(case=case, **spoke)
    own = _image(body, View.WHOLE)
    others = EvidenceItem.objects.filter(bodies__ended=None, bodies__body__case=case, bodies__view="whole")
    items = sorted({own, *others.exclude(pk=own.pk).order_by("ern")[:5]}, key=lambda item: item.sha256)
    return record_recognition(
        witness=witness,
        shown=Shown(
            kind=ProcedureKind.ARRAY,
            held_on=_HELD_ON,
            items=items,
            result=ProcedureResult.RECOGNISED,
            chosen=frozenset({own.ern}),
            certainty=Certainty.PROBABLE,
            masked=True,
            blind=True,
            instructions=tuple(Instruction),
        ),
        words=Words(said="هذا هو. أعرفه من جبينه.", certainty="متأكد تقريباً", contrary="", notes=""),
        actor=actor,
    )


def _image(body: BodySet, view: View) -> EvidenceItem:
    images = body.images.filter(ended=None, view=view).select_related("item").order_by("position")
    return images[0].item


def _item(collection: Collection, name: str) -> EvidenceItem:
    return ItemName.objects.select_related("item").get(item__collection=collection, display=name).item


def _told(tie: BodyIdentification) -> str:
    return f"{tie.code}  {tie.body.code} as {tie.victim.code}: {standing_of(tie).status.value}"
