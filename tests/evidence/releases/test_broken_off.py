"""A release by two whose writing broke off: what may not leave does not stay, and others don't take it away."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import approvals, disclosures
from custody.approvals import ApprovalRefused
from custody.core.bundles import verify_bundle
from evidence.bundles import contents
from evidence.bundles.interruptions import BundleInterrupted
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of
from tests.evidence.releases.agreed import approved, ask, carry_out


def _refuse(*_: object) -> None:
    raise OSError(28, "the disk is full")


def break_off(cast: Cast, to: Path, at: str) -> None:
    """Carry out a release that two people agreed on, up to here."""
    request = approved(cast)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(at, _refuse)
        with pytest.raises(BundleInterrupted, match="full"):
            carry_out(cast, request, to)


SEAL = "evidence.bundles.proofs.write_seal"
RECORDS = f"{contents.__name__}.write_records"


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_entered_but_not_sealed_it_is_cleared_away_once_a_rule_forbids_it(cast: Cast, tmp_path: Path) -> None:
    """Its approval is used up, so it can't begin anew; and what may not leave must not stay where it was written."""
    break_off(cast, tmp_path / "b", SEAL)
    request = approvals.approvals_in(cast.case).get()
    item = EvidenceItem.objects.order_by("ern")[0]
    describe_item(item=item, case=cast.case, actor=actor_of(cast.lead), words={"privileged": True})
    with pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, request, tmp_path / "b")
    assert refused.value.code == "already-used"
    (row,) = disclosures.disclosures_in(cast.case)
    assert row.broken_off is not None
    assert left(tmp_path / "b.unfinished") == []


def test_one_that_was_taken_back_meanwhile_is_cleared_away(cast: Cast, tmp_path: Path) -> None:
    break_off(cast, tmp_path / "b", RECORDS)
    request = approvals.approvals_in(cast.case).get()
    assert left(tmp_path / "b.unfinished")
    approvals.withdraw(approval=request, actor=actor_of(cast.lawyer))
    with pytest.raises(ApprovalRefused):
        carry_out(cast, request, tmp_path / "b")
    assert left(tmp_path / "b.unfinished") == []


def test_a_request_that_may_not_leave_takes_nothing_away_from_another(cast: Cast, tmp_path: Path) -> None:
    break_off(cast, tmp_path / "b", SEAL)
    request = approvals.approvals_in(cast.case).get()
    with pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, ask(cast), tmp_path / "b")
    assert refused.value.code == "not-approved"
    assert carry_out(cast, request, tmp_path / "b").resumed
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
