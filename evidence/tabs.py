"""What evidence adds to the pages of custody: tabs of a case, and words for the ids in ledger entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from custody.audit import Subject, register_subjects
from custody.cases import cases_for
from custody.models import Account, Case
from custody.tabs import HouseTab, Tab, register_house_tab, register_tab
from evidence.admissions import items_in
from evidence.fixity import readers
from evidence.handovers.reading import count_open
from evidence.models import Batch, Handover, PhysicalObject
from evidence.uploads import MAY_TAKE_IN


def register() -> None:
    """At start."""
    register_tab(Tab(key="sheet", words=_("Contact sheet"), url_name="evidence:case", order=10, number=_count))
    register_tab(
        Tab(
            key="intake",
            words=_("Intake"),
            url_name="evidence:intake",
            order=70,
            roles=frozenset(role.value for role in MAY_TAKE_IN),
        )
    )
    register_tab(Tab(key="holds", words=_("Holds and disposal"), url_name="evidence:keeping", order=72))
    register_house_tab(
        HouseTab(key="check", words=_("Verify"), url_name="evidence:check", seen_by=lambda _account: True)
    )
    register_house_tab(
        HouseTab(
            key="document", words=_("Signed document"), url_name="evidence:document", seen_by=lambda _account: True
        )
    )
    register_house_tab(
        HouseTab(key="fixity", words=_("Stored bytes"), url_name="evidence:fixity", seen_by=readers.may_read)
    )
    register_tab(
        Tab(key="handovers", words=_("Hand-overs"), url_name="evidence:handovers", order=60, number=count_open)
    )
    register_subjects("item", item_subjects)
    register_subjects("batch", batch_subjects)
    register_subjects("object", object_subjects)
    register_subjects("handover", handover_subjects)


def _count(case: Case) -> int:
    return items_in(case).count()


def _uuids(ids: Sequence[str]) -> list[UUID]:
    found = []
    for text in ids:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def item_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Evidence numbers of the items that this account's cases hold."""
    words: dict[str, Subject] = {}
    wanted = _uuids(ids)
    for case in cases_for(account):
        for item in items_in(case).filter(pk__in=wanted):
            url = reverse("evidence:item", args=[case.code, item.ern])
            words.setdefault(str(item.pk), Subject("item", item.ern, url))
    return words


def batch_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Intakes of this account's cases."""
    batches = Batch.objects.filter(pk__in=_uuids(ids), case__in=cases_for(account)).select_related("case")
    return {
        str(batch.pk): Subject(
            "batch", f"{batch.opened:%Y-%m-%d %H:%M}", reverse("evidence:batch", args=[batch.case.code, batch.pk])
        )
        for batch in batches
    }


def object_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Physical objects of this account's cases, by number."""
    objects = PhysicalObject.objects.filter(pk__in=_uuids(ids), case__in=cases_for(account)).select_related("case")
    return {
        str(thing.pk): Subject("object", thing.number, reverse("evidence:object", args=[thing.case.code, thing.number]))
        for thing in objects
    }


def handover_subjects(ids: Sequence[str], account: Account) -> Mapping[str, Subject]:
    """Hand-overs of this account's cases, by their number in the case."""
    handovers = Handover.objects.filter(pk__in=_uuids(ids), case__in=cases_for(account)).select_related("case")
    return {
        str(one.pk): Subject(
            "handover", f"{one.case.code}-H{one.number:04d}", reverse("evidence:handover", args=[one.case.code, one.pk])
        )
        for one in handovers
    }
