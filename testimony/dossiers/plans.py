"""Plans: what a dossier is to hold, chosen and ordered by people, changed until it is built and again for the next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from custody import acts, clock
from custody.actions import Action
from custody.cases import Role
from custody.models import Case, Party
from evidence.access import Asker
from evidence.admissions import items_in
from evidence.models import EvidenceItem
from testimony.codes import next_code
from testimony.core.errors import DossierError
from testimony.models import DossierPlan, Statement, Victim
from testimony.models.consents import ConsentDisclosure
from testimony.models.declarations import DeclarationJurisdiction
from testimony.models.dossiers import EditionChoice, PictureChoice
from testimony.statements import statements_about
from testimony.turns import take_turn
from testimony.victims import pictures_of

# Those who answer for what goes to a court. The operator at the console is on record by that office.
BUILDERS: Final = frozenset({Role.LEAD, Role.LAWYER})
MOST_VICTIMS: Final = 500
MOST_EXHIBITS: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How a dossier is made, and for whom; `recipient` None is a court that is not chosen yet."""

    recipient: Party | None = None
    edition: EditionChoice = EditionChoice.SIDE_BY_SIDE
    pictures: PictureChoice = PictureChoice.WORKING_COPIES
    disclosure: ConsentDisclosure = ConsentDisclosure.PSEUDONYM
    redacted: bool = False
    law: DeclarationJurisdiction = DeclarationJurisdiction.AFFIRMATION
    volume_megabytes: int = 0
    remarks_en: str = ""
    remarks_ar: str = ""
    contested_en: str = ""
    contested_ar: str = ""


def may_build(asker: Asker) -> bool:
    """Whether this person plans, builds and releases dossiers in the case."""
    return asker.is_member and (asker.account is None or asker.role in BUILDERS)


def create_plan(*, asker: Asker, victims: Sequence[Victim], choices: Choices | None = None) -> DossierPlan:
    """Plan a dossier about victims of the case, in this order. Raises DossierError, ValidationError, CaseClosed."""
    plan = DossierPlan(case=asker.case, created=clock.now(), created_by=asker.account)
    plan.victims = _keys_of(plan, victims)
    _choose(plan, choices or Choices())
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        take_turn(asker.case)
        plan.code = next_code(DossierPlan, asker.case, "D")
        _save(act, plan)
    return plan


def change_plan(*, plan: DossierPlan, asker: Asker, choices: Choices) -> None:
    """Choose anew how it is made and for whom. Raises ValidationError, CaseClosed."""
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        _refresh(plan)
        _choose(plan, choices)
        _save(act, plan)


def set_victims(*, plan: DossierPlan, asker: Asker, victims: Sequence[Victim]) -> None:
    """Choose the persons concerned anew; exhibits of those who are gone are gone with them. Raises DossierError."""
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        _refresh(plan)
        plan.victims = _keys_of(plan, victims)
        if plan.items:
            theirs = {str(item.pk) for victim in victims for item in pictures_of(victim)}
            plan.items = [key for key in plan.items if key in theirs]
        spoken = {row.code for row in statements_in(plan)}
        plan.left_out = [code for code in plan.left_out if code in spoken]
        _save(act, plan)


def arrange(*, plan: DossierPlan, asker: Asker, items: Sequence[EvidenceItem]) -> None:
    """Choose the exhibits and their order. Raises DossierError for none, for one twice, and for one of another case."""
    keys = [str(item.pk) for item in items]
    if not keys or len(set(keys)) != len(keys) or len(keys) > MOST_EXHIBITS:
        raise DossierError(gettext("Choose exhibits, each of them once."))
    if items_in(plan.case).filter(pk__in=keys).count() != len(keys):
        raise DossierError(gettext("An exhibit does not belong to this case."))
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        _refresh(plan)
        plan.items = keys
        _save(act, plan)


def leave_out(*, plan: DossierPlan, asker: Asker, statements: Collection[str]) -> None:
    """Leave these statements (codes) out, and no others; the dossier says that they were. Raises DossierError."""
    known = {row.code for row in statements_in(plan)}
    if not set(statements) <= known:
        raise DossierError(gettext("A statement does not speak of the persons of this dossier."))
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        _refresh(plan)
        plan.left_out = sorted(set(statements))
        _save(act, plan)


def plans_of(case: Case) -> QuerySet[DossierPlan]:
    """The dossiers that are planned in a case, in order."""
    return DossierPlan.objects.filter(case=case).select_related("recipient").order_by("code")


def find_plan(case: Case, code: str) -> DossierPlan | None:
    """The plan of this code in a case."""
    return plans_of(case).filter(code=code).first()


def plans_about(victim: Victim) -> list[DossierPlan]:
    """The dossiers that concern a victim."""
    return [plan for plan in plans_of(victim.case) if str(victim.pk) in plan.victims]


def victims_in(plan: DossierPlan) -> list[Victim]:
    """The persons concerned, in order."""
    found = Victim.objects.filter(case=plan.case).in_bulk([UUID(key) for key in plan.victims])
    return [found[UUID(key)] for key in plan.victims if UUID(key) in found]


def items_of(plan: DossierPlan) -> list[EvidenceItem]:
    """The exhibits in their order: those chosen, or all pictures of the persons concerned, each once."""
    if plan.items:
        found = items_in(plan.case).select_related("collection__source").in_bulk([UUID(key) for key in plan.items])
        return [found[UUID(key)] for key in plan.items if UUID(key) in found]
    every = {item.pk: item for victim in victims_in(plan) for item in pictures_of(victim)}
    return list(every.values())


def statements_in(plan: DossierPlan) -> list[Statement]:
    """Every statement that speaks of a person concerned, in the order of the persons, each once."""
    every = {row.pk: row for victim in victims_in(plan) for row in statements_about(victim)}
    return list(every.values())


def _keys_of(plan: DossierPlan, victims: Sequence[Victim]) -> list[str]:
    keys = [str(victim.pk) for victim in victims]
    if not keys or len(set(keys)) != len(keys) or len(keys) > MOST_VICTIMS:
        raise DossierError(gettext("Choose the persons whom the dossier concerns, each of them once."))
    if any(victim.case_id != plan.case_id for victim in victims):
        raise DossierError(gettext("A person does not belong to this case."))
    return keys


def _choose(plan: DossierPlan, choices: Choices) -> None:
    for each in fields(Choices):
        setattr(plan, each.name, getattr(choices, each.name))


def _refresh(plan: DossierPlan) -> None:
    """Somebody else may have changed it meanwhile: one change is made on top of the other, never instead of it."""
    take_turn(plan.case)
    plan.refresh_from_db()


def _save(act: acts.Act, plan: DossierPlan) -> None:
    act.save(plan)
    subject = {"dossier": str(plan.pk), "case": str(plan.case_id), "persons": str(len(plan.victims))}
    streams = (f"dossier/{plan.pk}", f"case/{plan.case_id}")
    act.record(Action.DOSSIER_PLANNED, streams=streams, subject=subject, snapshots=[plan])
