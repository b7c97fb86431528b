"""What testimony adds to the pages of custody: a tab of the case, and words for the ids in ledger entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from custody.audit import Subject, register_subjects
from custody.cases import Role, cases_for
from custody.models import Account, Case
from custody.tabs import Tab, WayOut, register_tab, register_way_out
from testimony.bodies import bodies_in
from testimony.dossiers.plans import plans_of
from testimony.identifying import ties_in
from testimony.models import BodySet, Dossier, DossierPlan, Victim, Witness
from testimony.victims import victims_of
from testimony.witnesses import witnesses_of


def register() -> None:
    """At start."""
    register_tab(Tab(key="victims", words=_("Victims"), url_name="testimony:victims", order=20, number=_count))
    register_tab(Tab(key="bodies", words=_("Body sets"), url_name="testimony:bodies", order=18, number=_bodies))
    register_tab(
        Tab(
            key="identifications",
            words=_("Identifications"),
            url_name="testimony:identifications",
            order=24,
            number=_identifications,
        )
    )
    register_tab(
        Tab(key="witnesses", words=_("Witnesses"), url_name="testimony:witnesses", order=22, number=_witnesses)
    )
    register_tab(Tab(key="dossiers", words=_("Dossiers"), url_name="testimony:dossiers", order=25, number=_dossiers))
    register_tab(Tab(key="figures", words=_("Figures"), url_name="testimony:figures", order=26))
    register_way_out(
        WayOut(
            words=_("Hand out data of people"),
            url_name="testimony:exporting",
            roles=frozenset({Role.LEAD.value, Role.LAWYER.value}),
        )
    )
    register_subjects("victim", victim_subjects)
    register_subjects("person", witness_subjects)
    register_subjects("dossier", dossier_subjects)
    register_subjects("body", body_subjects)


def _count(case: Case) -> int:
    return victims_of(case).count()


def _bodies(case: Case) -> int:
    return bodies_in(case).count()


def _identifications(case: Case) -> int:
    return ties_in(case).count()


def _dossiers(case: Case) -> int:
    return plans_of(case).count()


def _witnesses(case: Case) -> int:
    return witnesses_of(case).count()


def _uuids(ids: Sequence[str]) -> list[UUID]:
    found = []
    for text in ids:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _address(victim: Victim) -> str:
    return reverse("testimony:victim", args=[victim.case.code, victim.code])


def victim_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Codes of victims in this account's cases."""
    rows = Victim.objects.filter(pk__in=_uuids(ids), case__in=cases_for(account)).select_related("case")
    return {str(victim.pk): Subject("victim", victim.code, _address(victim)) for victim in rows}


def witness_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Codes of witnesses in this account's cases."""
    rows = Witness.objects.filter(person__in=_uuids(ids), case__in=cases_for(account))
    return {str(witness.person): Subject("person", witness.code) for witness in rows}


def dossier_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Codes and versions of dossiers in this account's cases."""
    keys, mine = _uuids(ids), cases_for(account)
    rows = Dossier.objects.filter(pk__in=keys, case__in=mine).select_related("case")
    plans = DossierPlan.objects.filter(pk__in=keys, case__in=mine).select_related("case")
    found = {str(row.pk): Subject("dossier", str(row), _dossier_address(row)) for row in rows}
    return found | {str(plan.pk): Subject("dossier", plan.code, _dossier_address(plan)) for plan in plans}


def _dossier_address(row: Dossier | DossierPlan) -> str:
    return reverse("testimony:dossier", args=[row.case.code, row.code])


def body_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Codes of body sets in this account's cases."""
    rows = BodySet.objects.filter(pk__in=_uuids(ids), case__in=cases_for(account)).select_related("case")
    return {str(row.pk): Subject("body", row.code, _body_address(row)) for row in rows}


def _body_address(body: BodySet) -> str:
    return reverse("testimony:body", args=[body.case.code, body.code])
