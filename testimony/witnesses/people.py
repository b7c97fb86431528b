"""Witnesses: a code in clear, the person sealed."""

from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass

from django.db.models import QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.closed_cases import demand_open
from custody.core import canonical
from custody.core.entries import Actor
from custody.models import Case
from testimony import sealed
from testimony.codes import next_code
from testimony.core.errors import TestimonyError
from testimony.models import (
    Literacy,
    Measure,
    Opening,
    PriorAccounts,
    Readiness,
    Relation,
    SealedIdentity,
    Witness,
    WitnessRole,
)
from testimony.permits import Permit

__all__ = [
    "Identity",
    "Particulars",
    "Witness",
    "WitnessRole",
    "change_particulars",
    "create_witness",
    "find_witness",
    "open_identity",
    "seal_identity",
    "witnesses_of",
]

_FORMAT = "identity/1"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a witness is. Exists in memory only, between typing and sealing, and after an opening."""

    name_ar: str = ""
    name_latin: str = ""
    other_names: str = ""
    father: str = ""
    mother: str = ""
    born: str = ""
    contact: str = ""
    whereabouts: str = ""
    vulnerability: str = ""
    risk: str = ""
    referrals: str = ""
    prior_accounts: str = ""
    availability: str = ""
    notes: str = ""


def create_witness(
    *, case: Case, role: WitnessRole, actor: Actor, languages: str = "ar", identity: Identity | None = None
) -> Witness:
    """Give a witness a code and a key, and seal the identity when it is known. Raises ValidationError."""
    with acts.act(actor=actor) as act:
        witness = Witness(
            case=case, code=next_code(Witness, case, "W"), role=role, languages=languages, created=clock.now()
        )
        act.save(witness)
        act.record(Action.WITNESS_CREATED, streams=streams(witness), subject=subject(witness), snapshots=[witness])
    sealed.give_key(witness.person, actor=actor)
    if identity is not None:
        seal_identity(witness=witness, identity=identity, actor=actor)
    return witness


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What is kept of a witness in clear: nothing here tells who or where anybody is."""

    role: WitnessRole
    languages: str
    literacy: Literacy = Literacy.UNKNOWN
    relation: Relation = Relation.UNKNOWN
    ready: Readiness = Readiness.UNKNOWN
    prior_accounts: PriorAccounts = PriorAccounts.UNKNOWN
    measures: tuple[Measure, ...] = ()
    risk_assessed_on: datetime.date | None = None
    risk_review_on: datetime.date | None = None


def change_particulars(*, witness: Witness, particulars: Particulars, actor: Actor) -> None:
    """Record what is known of a witness in clear. Raises ValidationError."""
    for field in dataclasses.fields(particulars):
        value = getattr(particulars, field.name)
        setattr(witness, field.name, [str(each) for each in value] if field.name == "measures" else value)
    with acts.act(actor=actor) as act:
        act.save(witness)
        act.record(Action.WITNESS_CHANGED, streams=streams(witness), subject=subject(witness), snapshots=[witness])


def seal_identity(*, witness: Witness, identity: Identity, actor: Actor) -> SealedIdentity:
    """Seal who a witness is, or replace what was sealed before. Raises CaseClosed, recorded, for a closed case."""
    demand_open(witness.case, Action.WITNESS_CHANGED, actor)
    content = canonical.dumps({"type": _FORMAT, "identity": dict(dataclasses.asdict(identity))})
    bytes_ = sealed.seal(witness.person, content, actor=actor)
    with acts.act(actor=actor) as act:
        record = SealedIdentity.objects.filter(witness=witness).first() or SealedIdentity(witness=witness)
        record.sealed_sha256 = sealed.keep(witness.person, bytes_)
        act.save(record)
        act.record(
            Action.WITNESS_CHANGED,
            streams=streams(witness),
            subject={**subject(witness), "sealed": record.sealed_sha256},
            snapshots=[record],
        )
    return record


def open_identity(
    *, witness: Witness, permit: Permit, actor: Actor, purpose: str, opening: Opening | None = None
) -> Identity:
    """Open who a witness is, with an entry. Raises TestimonyError when nothing was sealed or the key is gone."""
    permit.check_team(witness.pk)
    record = SealedIdentity.objects.filter(witness=witness).first()
    if record is None:
        raise TestimonyError(f"nothing is sealed about witness {witness.code}")
    plaintext = sealed.open_sealed(
        sealed.kept(record.sealed_sha256),
        person=witness.person,
        case=witness.case,
        actor=actor,
        purpose=purpose,
        opening=opening,
    )
    value = canonical.loads(plaintext)
    fields = value.get("identity") if isinstance(value, dict) and value.get("type") == _FORMAT else None
    if not isinstance(fields, dict):
        raise TestimonyError(f"what is sealed about witness {witness.code} is not an identity")
    return Identity(**{name: str(text) for name, text in fields.items()})


def witnesses_of(case: Case) -> QuerySet[Witness]:
    """The witnesses of a case in order of their codes."""
    return Witness.objects.filter(case=case).order_by("code")


def find_witness(case: Case, code: str) -> Witness | None:
    """The witness with this code in a case."""
    return witnesses_of(case).filter(code=code).first()


def streams(witness: Witness) -> tuple[str, ...]:
    """The histories in which an act about a witness stands."""
    return (f"person/{witness.person}", f"case/{witness.case_id}")


def subject(witness: Witness) -> dict[str, str]:
    """What an entry says of a witness: random ids, never a code that people know somebody by."""
    return {"person": str(witness.person), "case": str(witness.case_id)}
