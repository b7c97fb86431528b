"""What would go into a dossier today and what would stay here, before anything is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from custody.models import Party
from custody.purposes import Purpose
from evidence.access import Asker, Refusal, kept_back
from evidence.derivatives import redacted_of
from evidence.models import EvidenceItem
from testimony.core.consent import Decision, Disclosure, Scope, Why
from testimony.dossiers.plans import items_of, may_build, statements_in
from testimony.gate import COURTS, Addressee, addressee_of, decision_for, scope_for
from testimony.models import DossierPlan, Statement, Victim
from testimony.policies import NO_STATEMENT, NOT_REDACTED, NOT_THIS_RECIPIENT, NOT_THIS_ROLE

LEFT_OUT: Final = "left-out"
# A use of these is what a dossier is; whoever is neither a court nor the defence gets no dossier.
_SCOPES: Final = (Scope.COURT_DOSSIER, Scope.DEFENCE)


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """One decision for each statement and each picture, for this addressee, today.

    `kept` says, by item, why a rule keeps a picture here. `scope` is None for an addressee that gets no dossier.
    """

    plan: DossierPlan
    to: Addressee | None
    scope: Scope | None
    pictures: tuple[EvidenceItem, ...]
    kept: Mapping[UUID, str]
    statements: tuple[tuple[Statement, Decision], ...]

    @property
    def allowed(self) -> tuple[tuple[Statement, Decision], ...]:
        """The statements that go in."""
        return tuple(pair for pair in self._chosen if pair[1].allowed)

    @property
    def open(self) -> tuple[tuple[Statement, Decision], ...]:
        """The statements whose witness wants to be asked first: they are asked, or left out by hand."""
        return tuple(pair for pair in self._chosen if Why.ASK_FIRST in pair[1].reasons)

    @property
    def withheld(self) -> tuple[tuple[Statement, Decision], ...]:
        """The statements that consent keeps here."""
        return tuple(pair for pair in self.statements if not pair[1].allowed)

    @property
    def left_out(self) -> tuple[Statement, ...]:
        """The statements that somebody left out although they might go in."""
        return tuple(row for row, decision in self.statements if decision.allowed and row.code in self.plan.left_out)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why nothing can be built; empty when it can."""
        if self.scope is None:
            return (NOT_THIS_RECIPIENT,)
        if self.open:
            return (Why.ASK_FIRST.value,)
        if self.allowed:
            return ()
        found = [why.value for _, decision in self.withheld for why in decision.reasons]
        return tuple(dict.fromkeys(found)) or (NO_STATEMENT,)

    @property
    def use(self) -> Scope:
        """The use that it is. Raises ValueError where there is none (`reasons` says so)."""
        if self.scope is None:
            message = "this addressee gets no dossier"
            raise ValueError(message)
        return self.scope

    @property
    def addressee(self) -> Addressee:
        """Whom it is for. Raises ValueError where nobody is (`reasons` says so)."""
        if self.to is None:
            message = "this addressee gets no dossier"
            raise ValueError(message)
        return self.to

    @property
    def _chosen(self) -> tuple[tuple[Statement, Decision], ...]:
        return tuple(pair for pair in self.statements if pair[0].code not in self.plan.left_out)


def addressee_for(plan: DossierPlan) -> Addressee | None:
    """Whom it is for: a court that is not chosen, or the party that is; None for one no consent can cover."""
    return addressee_of(plan.case, plan.recipient) if plan.recipient else COURTS


def readiness(plan: DossierPlan, asker: Asker) -> Readiness:
    """Decide today. Nothing is opened or granted by asking."""
    to = addressee_for(plan)
    scope = scope_for(to, Purpose.DISCLOSURE)
    scope = scope if scope in _SCOPES else None
    decided = tuple((row, _decide(plan, row, scope, to)) for row in statements_in(plan))
    pictures = tuple(items_of(plan))
    kept = kept_back(asker, pictures) if pictures else {}
    if plan.redacted and pictures:
        made = redacted_of(pictures, plan.case)
        kept |= {item.pk: NOT_REDACTED for item in pictures if item.pk not in made and item.pk not in kept}
    return Readiness(plan=plan, to=to, scope=scope, pictures=pictures, kept=kept, statements=decided)


def readiness_about(victim: Victim, asker: Asker, recipient: Party | None = None) -> Readiness:
    """What a dossier about one victim alone would hold today, before anybody plans one."""
    return readiness(DossierPlan(case=victim.case, victims=[str(victim.pk)], recipient=recipient), asker)


def _decide(plan: DossierPlan, row: Statement, scope: Scope | None, to: Addressee | None) -> Decision:
    level = Disclosure(plan.disclosure)
    if scope is None or to is None:
        return decision_for(row.witness, scope=Scope.COURT_DOSSIER, to=COURTS, disclosure=level)
    return decision_for(row.witness, scope=scope, to=to, disclosure=level)


def not_for(asker: Asker) -> tuple[str, ...]:
    """Why this person may not build dossiers; nothing is opened before this is settled."""
    if not asker.is_member or (asker.account is not None and not asker.account.is_active):
        return (Refusal.NOT_A_MEMBER.value,)
    if not may_build(asker):
        return (NOT_THIS_ROLE,)
    return () if asker.purpose else (Refusal.NO_PURPOSE.value,)
