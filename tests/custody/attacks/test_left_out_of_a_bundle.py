"""What somebody leaves out of a bundle: found when the recipient did it, and when the operator did, by whom."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from custody import ledger as live
from custody.actions import Action
from custody.core import entries, merkle
from custody.core.bundles import layout, verify_bundle
from custody.core.bundles.layout import Heads
from evidence.bundles import Selection
from evidence.models import EvidenceItem
from tests.custody.core.bundles import conftest as bundles
from tests.custody.core.bundles.acts import CASE_STREAM, PHOTO, RECEIPT, without_item
from tests.custody.core.bundles.samples import CASE, ITEMS, Ledger, bad_facts, put, rebag, seal
from tests.evidence.bundles.handed import case_with_files, hand

sample, root, ledger = bundles.sample, bundles.root, bundles.ledger


def cut_the_last(root: Path, count: int, *, head: bool) -> None:
    """The case's last entries cut off, with or without the head set back."""
    lines = (root / CASE_STREAM).read_bytes().splitlines()[:-count]
    put(root, CASE_STREAM, b"".join(line + b"\n" for line in lines))
    if head:
        heads = Heads.decode((root / layout.HEADS).read_bytes())
        end = len(lines) - 1, merkle.leaf_hash(lines[-1]).hex()
        put(root, layout.HEADS, replace(heads, streams={**heads.streams, CASE: end}).encode())


def test_the_last_two_entries_are_missed_by_the_committed_head(root: Path, ledger: Ledger) -> None:
    cut_the_last(root, 2, head=False)
    assert "stream" in bad_facts(root)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    assert bad_facts(root) == {"stream"}


def test_with_the_head_set_back_the_seal_gives_it_away(root: Path) -> None:
    cut_the_last(root, 2, head=True)
    rebag(root)
    assert "export" in bad_facts(root)


def refuted(heads: Heads, fuller: list[bytes]) -> list[int]:
    """Entries of the case that stood in the tree of these heads and lie behind the end that they claim."""
    n, _ = heads.streams[CASE]
    found = [entries.decode(body) for body in fuller]
    return [
        entry.seq
        for entry in found
        if entry.seq < heads.size and any(link.id == CASE and link.n > n for link in entry.streams)
    ]


def test_left_out_and_sealed_by_the_operator_it_is_sound_and_any_fuller_history_refutes_it(
    root: Path, ledger: Ledger
) -> None:
    """The honest half: only the ledger, or a later bundle of the same case, shows that two entries are missing."""
    fuller = (root / CASE_STREAM).read_bytes().splitlines()
    true = Heads.decode((root / layout.HEADS).read_bytes())
    cut_the_last(root, 2, head=True)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    assert verify_bundle(root).bottom_line == "sound"
    claimed = Heads.decode((root / layout.HEADS).read_bytes())
    assert refuted(claimed, fuller) == [entries.decode(body).seq for body in fuller[-2:]]
    assert refuted(true, fuller) == []


def told_and_not_enclosed(root: Path, stream: str) -> set[str]:
    """Items that the case's own history says were received, and whose receipt is not there."""
    bodies = (root / layout.stream_path(stream)).read_bytes().splitlines()
    received = [entry for entry in map(entries.decode, bodies) if entry.action == Action.ITEM_RECEIVED]
    named = {entry.subject["item"] for entry in received}
    return {item for item in named if not (root / layout.record_path(item)).exists()}


def test_a_whole_item_left_out_by_the_recipient_is_found(root: Path) -> None:
    without_item(root)
    assert {"file", "original", "receipt", "stream"} & bad_facts(root)
    rebag(root)
    assert "export" in bad_facts(root)


def test_a_whole_item_left_out_by_the_operator_is_sound_and_the_cases_history_still_names_it(
    root: Path, ledger: Ledger
) -> None:
    without_item(root)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    verdict = verify_bundle(root)
    assert verdict.bottom_line == "sound"
    assert any("items that this bundle leaves out" in words for words in verdict.not_checked)
    assert not (root / PHOTO).exists()
    assert not (root / RECEIPT).exists()
    assert told_and_not_enclosed(root, CASE) == {ITEMS[1]}


@pytest.mark.usefixtures("installation")
def test_so_does_the_history_in_a_bundle_of_some_items(tmp_path: Path) -> None:
    """In what our own writer makes, too: whoever reads the case's stream learns how many items are not enclosed."""
    case = case_with_files()
    kept, *others = EvidenceItem.objects.order_by("ern")
    hand(case, tmp_path / "b", selection=Selection("item", (kept.ern,)))
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    assert told_and_not_enclosed(tmp_path / "b", f"case/{case.pk}") == {str(item.pk) for item in others}
    assert live.count(Action.ITEM_RECEIVED) == 1 + len(others)
