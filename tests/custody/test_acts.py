"""Acts: every change of a recorded model leaves a snapshot that an entry binds."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from custody import acts, cases, clock, ledger, parties
from custody.actions import Action
from custody.actors import for_command
from custody.cases import Case
from custody.core import canonical, entries
from custody.history import UnrecordedChange
from custody.verification import Inspection
from custody.verification.histories import check_histories

pytestmark = pytest.mark.usefixtures("installation")


def a_case(code: str = "RWB-04") -> Case:
    return cases.create_case(code=code, title="Northern Hospital", actor=for_command())


def test_the_entry_binds_the_snapshot_of_the_change() -> None:
    case = a_case()
    row = case.history.get()
    entry = entries.decode((ledger.find_entry(ledger.size() - 1)).body)  # type: ignore[union-attr]
    assert entry.subject["snapshot"] == hashlib.sha256(bytes(row.snapshot)).hexdigest()
    assert row.act == entry.act
    kept = canonical.loads(bytes(row.snapshot))
    assert isinstance(kept, dict)
    assert kept["fields"]["title_en"] == "Northern Hospital"  # type: ignore[call-overload, index]


def test_saving_without_an_act_is_refused() -> None:
    case = a_case()
    case.title_en = "Other"
    with pytest.raises(UnrecordedChange):
        case.save()
    assert Case.objects.get().title_en == "Northern Hospital"


@pytest.mark.parametrize("write", ["update", "bulk_create", "bulk_update", "delete"])
def test_bulk_writes_that_would_skip_history_are_refused(write: str) -> None:
    case = a_case()
    arguments: dict[str, dict[str, Any]] = {"update": {"title_en": "Other"}, "bulk_create": {"objs": []}}
    arguments["bulk_update"] = {"objs": [], "fields": []}
    with pytest.raises(UnrecordedChange):
        getattr(Case.objects.filter(pk=case.pk), write)(**arguments.get(write, {}))
    with pytest.raises(UnrecordedChange):
        case.delete()
    assert Case.objects.get().title_en == "Northern Hospital"


def test_a_saved_record_that_no_entry_binds_rolls_the_act_back() -> None:
    size = ledger.size()
    with pytest.raises(acts.ActRefused), acts.act(actor=for_command()) as act:
        act.save(Case(code="X-1", title_en="X", created=clock.now()))
    assert not Case.objects.exists()
    assert ledger.size() == size


def test_many_records_keep_their_history_under_one_manifest() -> None:
    made = [parties.Party(code=f"P-{n}", name=f"Party {n}") for n in range(20)]
    with acts.act(actor=for_command()) as act:
        act.save_many(made)
        act.record(Action.PARTY_CREATED, streams=("ledger",), subject={}, snapshots=made)
    rows = [party.history.get() for party in parties.Party.objects.all()]
    digests = [hashlib.sha256(bytes(row.snapshot)).hexdigest() for row in rows]
    entry = entries.decode(ledger.body_of(act.appended[0].seq) or b"")
    assert entry.subject["snapshots"] == acts.snapshot_manifest(digests)
    assert entry.subject["snapshot_count"] == "20"


def test_a_record_saved_twice_in_one_act_is_bound_twice() -> None:
    case = Case(code="X-1", title_en="First", created=clock.now())
    with acts.act(actor=for_command()) as act:
        act.save(case)
        case.title_en = "Second"
        act.save(case)
        act.record(Action.CASE_CREATED, streams=("ledger",), subject={}, snapshots=[case])
    inspection = Inspection()
    check_histories(inspection)
    assert inspection.findings == []
    assert case.history.count() == 2


def test_a_second_manifest_in_one_act_is_refused() -> None:
    groups = [[parties.Party(code=f"P{group}-{n}", name="Party") for n in range(9)] for group in range(2)]
    with pytest.raises(acts.ActRefused, match="one manifest"):
        _add_parties(groups)
    assert not parties.Party.objects.exists()


def _add_parties(groups: list[list[parties.Party]]) -> None:
    with acts.act(actor=for_command()) as act:
        for made in groups:
            act.save_many(made)
            act.record(Action.PARTY_CREATED, streams=("ledger",), subject={}, snapshots=made)
