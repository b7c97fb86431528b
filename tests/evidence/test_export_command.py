"""The command that takes one item out goes through the same door as the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from custody.actions import Action
from custody.models import Entry
from evidence.models import EvidenceItem
from tests.cast import Cast, ledger_size
from tests.exhibits import damage, picture, receive


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    return receive(cast.case, {"one.jpg": picture(10)})[0]


def _export(item: EvidenceItem, to: Path, **more: str) -> None:
    call_command("export", item.ern, **({"case": "RWB-04", "purpose": "disclosure", "to": to} | more))


def test_it_writes_the_bytes_after_the_entry(item: EvidenceItem, tmp_path: Path) -> None:
    _export(item, tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").read_bytes() == picture(10)
    row = Entry.objects.order_by("-seq")[0]
    assert (row.action, row.outcome, row.actor) == (Action.ITEM_DOWNLOADED, "granted", "operator")


def test_on_behalf_of_somebody_the_rules_of_that_membership_hold(
    cast: Cast, item: EvidenceItem, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="not-a-member"):
        _export(item, tmp_path / "out.jpg", account=cast.outsider.email)
    assert not (tmp_path / "out.jpg").exists()
    assert Entry.objects.order_by("-seq")[0].outcome == "denied"


def test_nothing_is_overwritten_and_the_break_is_recorded(item: EvidenceItem, tmp_path: Path) -> None:
    (tmp_path / "out.jpg").write_bytes(b"mine")
    with pytest.raises(CommandError, match="left as it is"):
        _export(item, tmp_path / "out.jpg")
    assert (tmp_path / "out.jpg").read_bytes() == b"mine"
    assert Entry.objects.order_by("-seq")[0].action == Action.ITEM_ACCESS_INTERRUPTED


def test_damaged_bytes_make_no_file(item: EvidenceItem, tmp_path: Path) -> None:
    damage(item.sha256)
    with pytest.raises(CommandError, match="digest-mismatch"):
        _export(item, tmp_path / "out.jpg")
    assert not (tmp_path / "out.jpg").exists()


def test_an_item_of_another_case_is_not_found_through_this_one(cast: Cast, item: EvidenceItem, tmp_path: Path) -> None:
    before = ledger_size()
    with pytest.raises(CommandError, match="no such item"):
        _export(item, tmp_path / "out.jpg", case=cast.other_case.code)
    assert ledger_size() == before
