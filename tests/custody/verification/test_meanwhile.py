"""While the check reads one state of the ledger, writers and the notary go on: that is no finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from custody import ledger, notary
from custody.core import checkpoints
from custody.core.checkpoints import Checkpoint
from custody.notary.mirror import Mirror
from custody.verification import Inspection, tree
from custody.verification.entries import Leaves, checked_leaves
from tests.custody.notary.ledgers import grow_to


@pytest.mark.parametrize(("first", "then"), [(20, 40), (250, 300), (255, 520)])
def test_a_mirror_and_a_memory_that_are_ahead_are_compared_afterwards(
    installation: Path, monkeypatch: pytest.MonkeyPatch, first: int, then: int
) -> None:
    grow_to(first)
    seen = notary.ensure_checkpoint()
    inspection = Inspection()
    _read_as_of(monkeypatch, first, seen)
    grow_to(then)
    notary.ensure_checkpoint()
    tree.check_ledger(inspection)
    monkeypatch.undo()
    inspection.look_again()
    assert [finding for finding in inspection.findings if finding.fact != "head"] == []


def test_a_mirror_that_is_ahead_for_good_is_a_finding(installation: Path) -> None:
    grow_to(20)
    notary.ensure_checkpoint()
    key = notary.Notary()._key
    note = checkpoints.sign(Checkpoint(ledger.origin(), 30, b"r" * 32), private_key=key)
    Mirror().write("checkpoint", note.encode())
    inspection = Inspection()
    tree.check_ledger(inspection)
    inspection.look_again()
    messages = " ".join(finding.message for finding in inspection.findings)
    assert "entries are missing" in messages


def _read_as_of(monkeypatch: pytest.MonkeyPatch, size: int, seen: Checkpoint) -> None:
    """Have the walk end where the ledger ended when the reading began."""
    real = checked_leaves

    def short(inspection: Inspection) -> Iterator[Leaves]:
        left = size
        for page in real(inspection):
            yield page[:left]
            left -= len(page[:left])

    monkeypatch.setattr(tree, "checked_leaves", short)
    monkeypatch.setattr(tree, "_to_compare", lambda _mirrored: seen.size)
