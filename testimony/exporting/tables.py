"""What of a case's people may go to one recipient, as tables of codes, days and choices.

Nothing that is sealed is opened. A witness, and every row that rests on one, goes only where the witness agreed to this
use by this recipient under the code; what stays here is counted by its reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.models import Case
from testimony.consents import consents_of
from testimony.core.consent import Decision, Scope
from testimony.gate import Addressee, decision_for
from testimony.identifying import standing_of, ties_in
from testimony.models import Identification, IdentificationGround, Victim, Witness
from testimony.victims import victims_of
from testimony.witnesses import witnesses_of

# The columns of each table, in order: the contract of the format people/1.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "victims": ("code", "name_ar", "name_latin", "pictures_wish"),
    "witnesses": ("code", "role", "languages", "relation"),
    "consents": (
        "code",
        "version",
        "witness",
        "scope",
        "recipient",
        "disclosure",
        "conditions",
        "given_on",
        "expires_on",
    ),
    "identifications": ("statement", "witness", "victim", "method", "status", "asserted_on"),
    "ties": ("code", "body", "victim", "status"),
    "grounds": ("tie", "method", "bearing", "witness", "item"),
}
# For whom a victim has a name. Everybody else gets the code.
_NAMED_TO: Final = frozenset({Scope.COURT_DOSSIER, Scope.DEFENCE, Scope.TRANSFER})
Row = Mapping[str, str]


@dataclass
class Gathered:
    """The rows that may go, why how many of each table stay here, and what the release rests on."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    left_out: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in COLUMNS})
    touches: set[tuple[str, str]] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return sum(map(len, self.tables.values()))

    @property
    def digest(self) -> str:
        """SHA-256 in hex over what goes, what it rests on and why the rest stays: whether it is still the same."""
        tables: dict[str, JsonValue] = {name: [dict(row) for row in rows] for name, rows in self.tables.items()}
        kept: dict[str, JsonValue] = {name: dict(why) for name, why in self.left_out.items()}
        touches: list[JsonValue] = [f"{kind}/{key}" for kind, key in sorted(self.touches)]
        return hashlib.sha256(canonical.dumps({**tables, "left_out": kept, "touches": touches})).hexdigest()


@dataclass(frozen=True)
class _Allowed:
    """What was decided of each witness and, from there, of each victim: a reason, or None where it may go."""

    witnesses: Mapping[UUID, str | None]
    victims: Mapping[UUID, str | None]

    def reason(self, *, witness: UUID | None = None, victim: UUID) -> str | None:
        """Why a row about both stays here."""
        of_witness = self.witnesses[witness] if witness is not None else None
        return of_witness or self.victims[victim]


def gather(case: Case, scope: Scope, to: Addressee) -> Gathered:
    """Decide, today, for every row of a case whether it goes to this addressee for this use."""
    found = Gathered()
    decided = {witness: decision_for(witness, scope=scope, to=to) for witness in witnesses_of(case)}
    said = list(
        Identification.objects.filter(statement__case=case)
        .select_related("statement__witness", "victim")
        .order_by("statement__code", "victim__code")
    )
    reasons = {witness.pk: _reason(decision) for witness, decision in decided.items()}
    victims = list(victims_of(case))
    allowed = _Allowed(reasons, _victims_allowed(case, victims, said, reasons))
    for victim in victims:
        _add(found, "victims", allowed.victims[victim.pk], _victim(victim, named=scope in _NAMED_TO))
    for witness, decision in decided.items():
        _witness(found, witness, decision)
    for each in said:
        reason = allowed.reason(witness=each.statement.witness_id, victim=each.victim_id)
        if _add(found, "identifications", reason, _identification(each)):
            found.touches.add(("statement", str(each.statement_id)))
    _ties(found, case, allowed)
    return found


def _reason(decision: Decision) -> str | None:
    return None if decision.allowed else decision.reasons[0].value


def _victims_allowed(
    case: Case, victims: Iterable[Victim], said: Iterable[Identification], reasons: Mapping[UUID, str | None]
) -> dict[UUID, str | None]:
    """A victim of whom witnesses spoke is known from them: one has to agree, or an item speaks of the victim too."""
    heard: dict[UUID, list[str | None]] = {}
    for each in said:
        heard.setdefault(each.victim_id, []).append(reasons[each.statement.witness_id])
    grounds = IdentificationGround.objects.filter(tie__case=case).values_list("tie__victim", "witness")
    for victim, witness in grounds.order_by("created", "pk"):
        heard.setdefault(victim, []).append(reasons[witness] if witness else None)
    return {victim.pk: None if None in heard.get(victim.pk, [None]) else heard[victim.pk][0] for victim in victims}


def _add(found: Gathered, table: str, reason: str | None, row: Row) -> bool:
    if reason is None:
        found.tables[table].append(row)
        return True
    found.left_out[table][reason] += 1
    return False


def _victim(victim: Victim, *, named: bool) -> Row:
    return {
        "code": victim.code,
        "name_ar": victim.name_ar if named else "",
        "name_latin": victim.name_latin if named else "",
        "pictures_wish": victim.pictures_wish,
    }


def _witness(found: Gathered, witness: Witness, decision: Decision) -> None:
    reason = _reason(decision)
    row = {name: str(getattr(witness, name)) for name in COLUMNS["witnesses"]}
    if not _add(found, "witnesses", reason, row):
        return
    # Only the answers that this release rests on: what a witness told others about others is nobody's business.
    for consent in consents_of(witness).filter(code__in=decision.codes):
        told = {name: str(getattr(consent, name) or "") for name in COLUMNS["consents"]}
        told |= {"witness": witness.code, "conditions": " ".join(consent.conditions)}
        _add(found, "consents", None, told)
        found.touches.add(("consent", str(consent.pk)))


def _identification(each: Identification) -> Row:
    return {
        "statement": each.statement.code,
        "witness": each.statement.witness.code,
        "victim": each.victim.code,
        "method": each.method,
        "status": each.status,
        "asserted_on": each.asserted.date().isoformat(),
    }


def _ties(found: Gathered, case: Case, allowed: _Allowed) -> None:
    """A tie goes when one of its grounds may; its status, which all grounds make, only when all of them may."""
    for tie in ties_in(case):
        decided = [
            (ground, allowed.reason(witness=ground.witness_id, victim=tie.victim_id))
            for ground in tie.grounds.select_related("witness", "item").order_by("created", "pk")
        ]
        reasons = [reason for _, reason in decided]
        reason = None if None in reasons or not reasons else reasons[0]
        whole = not any(reasons)
        row = {
            "code": tie.code,
            "body": tie.body.code,
            "victim": tie.victim.code,
            "status": standing_of(tie).status.value if whole else "",
        }
        _add(found, "ties", reason or allowed.victims[tie.victim_id], row)
        for ground, why in decided:
            _add(found, "grounds", why, _ground(tie.code, ground))


def _ground(tie: str, ground: IdentificationGround) -> Row:
    return {
        "tie": tie,
        "method": ground.method,
        "bearing": ground.bearing,
        "witness": ground.witness.code if ground.witness else "",
        "item": ground.item.ern if ground.item else "",
    }
