"""Opening what is sealed in the browser: who may, for which typed reason, and for how long it is shown."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from custody import clock, ledger
from custody.actions import Action
from custody.cases import Role
from custody.core.entries import Outcome
from custody.ledger import Draft
from custody.models import PersonKey
from evidence.access import Asker, Refusal
from testimony.core.errors import TestimonyError
from testimony.models import OpenedKind, Opening, Statement, Witness, WitnessFile
from testimony.witnesses.people import streams, subject

SHOWN_SECONDS: Final = 600
KEY_GONE: Final = "key-destroyed"
NOT_THIS_ROLE: Final = "not-this-role"

# Who hears witnesses, and who builds dossiers. The confidential side is for those who hear alone.
READERS: Final = {
    OpenedKind.STATEMENT: frozenset({Role.LEAD, Role.INVESTIGATOR, Role.LAWYER}),
    OpenedKind.IDENTITY: frozenset({Role.LEAD, Role.INVESTIGATOR}),
    OpenedKind.FILE: frozenset({Role.LEAD, Role.INVESTIGATOR}),
    OpenedKind.CONFIDENTIAL: frozenset({Role.LEAD, Role.INVESTIGATOR}),
}


class OpeningRefusedError(TestimonyError):
    """It stays shut; `reason` is a code, and the refusal is on record."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not opened: {reason}")


def may_open(asker: Asker, kind: OpenedKind) -> bool:
    """Whether this member's role opens such a thing at all."""
    return asker.role in READERS[kind]


def demand(asker: Asker, witness: Witness, kind: OpenedKind) -> None:
    """Raise OpeningRefusedError, recorded, unless role, purpose and the witness's key allow an opening."""
    if not may_open(asker, kind):
        raise refuse(asker, witness, kind, NOT_THIS_ROLE)
    if asker.purpose is None:
        raise refuse(asker, witness, kind, Refusal.NO_PURPOSE.value)
    if not has_key(witness):
        raise refuse(asker, witness, kind, KEY_GONE)


def has_key(witness: Witness) -> bool:
    """Whether what is sealed to this witness can still be opened."""
    return PersonKey.objects.filter(person=witness.person).exists()


def refuse(asker: Asker, witness: Witness, kind: str, reason: str) -> OpeningRefusedError:
    """Record that something stayed shut, and return what the caller raises."""
    ledger.append_alone(
        Draft(
            action=Action.SEALED_REFUSED,
            actor=asker.actor,
            streams=streams(witness),
            subject={**subject(witness), "form": kind, "reason": reason},
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    return OpeningRefusedError(reason)


def openings_about(people: Collection[UUID]) -> QuerySet[Opening]:
    """The openings of what was sealed to these people. A plain set: an erasure empties reasons, past the histories."""
    identities = Witness.objects.filter(person__in=people).values("pk")
    statements = Statement.objects.filter(witness__person__in=people).values("pk")
    files = WitnessFile.objects.filter(witness__person__in=people).values("pk")
    subjects = Q(subject__in=identities) | Q(subject__in=statements) | Q(subject__in=files)
    return QuerySet(Opening).filter(subjects)


def erase_reasons(person: UUID) -> int:
    """Empty what people typed about somebody who is erased; gives how many (`custody.erasure`)."""
    return openings_about([person]).exclude(reason="").update(reason="")


def opening_for(asker: Asker, kind: OpenedKind, row: UUID, reason: str) -> Opening:
    """The row of an opening, to be saved in its act. Raises TypeError for the operator, who has no browser."""
    if asker.account is None:
        message = "an opening in the browser has an account"
        raise TypeError(message)
    moment = clock.now()
    return Opening(
        case=asker.case,
        account=asker.account,
        kind=kind,
        subject=row,
        reason=reason,
        opened=moment,
        until=moment + datetime.timedelta(seconds=SHOWN_SECONDS),
    )
