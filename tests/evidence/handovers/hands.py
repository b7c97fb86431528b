"""What tests about hand-overs share: a drive in the case, and the two sides at work."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from custody.actors import for_command
from custody.cases import role_in
from custody.core.entries import Entry
from custody.ledger import entries_after, entry_of
from custody.models import Account, Case, Party, PartyKind
from custody.parties import create_party
from evidence.access import Asker
from evidence.handovers import Found, Holder, Proposal, Reply, accept, change_object, propose, register_object
from evidence.handovers.objects import Registration
from evidence.models import Comparison, Condition, EvidenceItem, Handover, PhysicalObject
from tests.cast import Cast
from tests.exhibits import picture, receive

SEAL = "S-0042"


def asker(account: Account, case: Case) -> Asker:
    """This person at work in the case, for no purpose in particular."""
    return Asker(actor=for_command(account), account=account, case=case, role=role_in(account, case), purpose=None)


def items(cast: Cast, count: int = 3) -> list[EvidenceItem]:
    """Items that came from one disk."""
    return receive(cast.case, {f"{place}.jpg": picture(place) for place in range(1, count + 1)}, source="Disk 3")


def drive(cast: Cast, *, holder: Holder | None = None, seal: str = SEAL) -> PhysicalObject:
    """The disk itself, in the lead's hands unless somebody else is named."""
    received = EvidenceItem.objects.filter(collection__admissions__case=cast.case).first() or items(cast)[0]
    return register_object(
        asker=asker(cast.lead, cast.case),
        registration=Registration(
            collection=received.collection,
            holder=holder or Holder(account=cast.lead),
            words={"medium": "drive", "description": "A black disk", "make": "ORION", "serial": "X1", "seal": seal},
        ),
    )


def change_seal(by: Asker, disk: PhysicalObject, seal: str = "S-0099") -> PhysicalObject:
    """A new seal on the disk."""
    return change_object(asker=by, thing=disk, words={"seal": seal})


def party(code: str = "COURT-1") -> Party:
    """Somebody outside."""
    return create_party(code=code, name="A court", kind=PartyKind.AUTHORITY, actor=for_command())


def proposed(
    cast: Cast,
    things: Iterable[PhysicalObject] = (),
    held: Iterable[EvidenceItem] = (),
    *,
    by: Account | None = None,
    to: Holder | None = None,
) -> Handover:
    """Proposed by the lead to the investigator, unless others are named."""
    return propose(
        asker=asker(by or cast.lead, cast.case),
        proposal=Proposal(
            receiver=to or Holder(account=cast.investigator),
            objects=list(things),
            items=list(held),
            reason="Imaging in the laboratory",
            place="Room 4",
        ),
    )


def reply(
    handover: Handover,
    *,
    seal: str | None = None,
    condition: Condition = Condition.AS_DESCRIBED,
    comparison: Comparison | None = None,
    form: EvidenceItem | None = None,
) -> Reply:
    """Everything looked at and found as it was given, but for what is named."""
    found: dict[uuid.UUID, Found] = {
        piece.object_id: Found(seal=piece.seal_stated if seal is None else seal, condition=condition)
        for piece in handover.pieces.all()
    }
    return Reply(
        remarks="Looked at",
        found=found,
        comparison=comparison or (Comparison.SAME if handover.items_id else None),
        form=form,
    )


def accepted(cast: Cast, handover: Handover, *, by: Account | None = None, answer: Reply | None = None) -> Handover:
    """Accepted by the investigator, unless somebody else is named."""
    return accept(asker=asker(by or cast.investigator, cast.case), handover=handover, reply=answer or reply(handover))


def entries_about(handover: Handover) -> list[Entry]:
    """The entries that name a hand-over, in order."""
    found = [entry_of(stored) for stored in entries_after(0)]
    return [entry for entry in found if entry.subject.get("handover") == str(handover.pk)]
