"""For whom a bundle is, on whose order, and how the next one follows the last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError

from custody import disclosures, ledger
from custody.actions import Action
from custody.core import __main__ as verifier
from custody.core.bundles import layout, verify_bundle
from custody.core.bundles.layout import ExportProof
from evidence.bundles import Selection, SelectionError
from evidence.models import EvidenceItem
from tests.evidence.bundles.handed import case_with_files, court, hand, run


@pytest.mark.usefixtures("installation")
def test_recipient_authority_and_purpose_stand_in_the_entry_and_the_register(tmp_path: Path) -> None:
    case, party = case_with_files(), court()
    line = ["RWB-04", "--to", str(tmp_path / "b"), "--recipient", "COURT-1", "--authority", "Order 7 of 1 March"]
    told = json.loads(run(*line, "--json"))
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    entry = ledger.entry_of(stored)
    assert (entry.subject["recipient"], entry.authority, entry.purpose) == (str(party.pk), line[-1], "disclosure")
    assert (entry.subject["tagmanifest"], entry.subject["items"]) == (told["tagmanifest"], "4")
    (row,) = disclosures.disclosures_in(case)
    assert (row.recipient, row.manifest, row.version, row.made_act) == (party, told["tagmanifest"], 1, entry.act)
    assert entry.subject["disclosure"] == told["disclosure"] == str(row.pk)
    assert row.checkpoint == told["checkpoint"]


@pytest.mark.usefixtures("installation")
def test_whoever_types_an_authority_is_told_who_reads_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = case_with_files()
    run("RWB-04", "--to", str(tmp_path / "a"), "--recipient", "The first", "--authority", "Order 7 of 1 March")
    assert "reads the words of --authority" in capsys.readouterr().err
    run("RWB-04", "--to", str(tmp_path / "b"), "--recipient", "The second")
    assert "--authority" not in capsys.readouterr().err
    # The reason for telling: the second recipient reads it.
    assert b"Order 7 of 1 March" in (tmp_path / "b" / layout.stream_path(f"case/{case.pk}")).read_bytes()


@pytest.mark.usefixtures("installation")
def test_a_code_that_nobody_has_writes_nothing(tmp_path: Path) -> None:
    case_with_files()
    before = ledger.size()
    with pytest.raises(CommandError, match="no party COURT-9"):
        run("RWB-04", "--to", str(tmp_path / "b"), "--recipient", "COURT-9")
    assert ledger.size() == before
    assert not list(tmp_path.glob("b*"))


@pytest.mark.usefixtures("installation")
def test_the_next_bundle_proves_that_it_follows_the_last(tmp_path: Path) -> None:
    case, party = case_with_files(), court()
    first = hand(case, tmp_path / "one", party=party)
    assert first.since is None
    second = hand(case, tmp_path / "two", party=party)
    sealed = ExportProof.decode((tmp_path / "one" / layout.SEAL_PROOF).read_bytes()).size
    assert (second.since, second.version) == (sealed, 2)
    assert first.entry < sealed
    assert (tmp_path / "two" / layout.consistency_path(sealed, second.checkpoint)).is_file()
    for path in (layout.CHECKPOINT, layout.SEAL_CHECKPOINT):
        held = (tmp_path / "one" / path).read_bytes()
        assert verify_bundle(tmp_path / "two", since=held).bottom_line == "sound"
    assert verifier.main(["verify", str(tmp_path / "two"), "--since", str(tmp_path / "one")]) == 0


@pytest.mark.usefixtures("installation")
def test_another_recipient_starts_from_nothing(tmp_path: Path) -> None:
    case = case_with_files()
    hand(case, tmp_path / "one", party=court())
    assert hand(case, tmp_path / "two", words="The defence").since is None


@pytest.mark.usefixtures("installation")
def test_some_items_and_no_others(tmp_path: Path) -> None:
    case = case_with_files()
    numbers = [item.ern for item in EvidenceItem.objects.order_by("ern")]
    told = json.loads(run("RWB-04", "--to", str(tmp_path / "b"), "--item", numbers[1], "--json"))
    assert (told["items"], told["originals"]) == (1, 1)
    verdict = verify_bundle(tmp_path / "b")
    assert (verdict.bottom_line, verdict.counts["receipts"]) == ("sound", 1)
    granted = [ledger.entry_of(stored) for stored in ledger.entries_with(Action.ITEM_DOWNLOADED)]
    assert len(granted) == 1
    assert disclosures.touched_by("item", granted[0].subject["item"], case=case)


@pytest.mark.usefixtures("installation")
def test_an_item_that_the_case_does_not_have_writes_nothing(tmp_path: Path) -> None:
    case = case_with_files()
    before = ledger.size()
    with pytest.raises(SelectionError, match="not in case RWB-04: NOTHING-1"):
        hand(case, tmp_path / "b", selection=Selection("item", ("NOTHING-1",)))
    assert ledger.size() == before
