"""A bundle is vouched for by outside parties before it is written, and says who did not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from custody import anchoring, cases, ledger, notary
from custody.actions import Action
from custody.actors import for_command
from custody.anchoring import asking
from custody.core.bundles import layout, verify_bundle
from custody.models import AnchorParty
from evidence.bundles import contents
from tests.custody.anchoring.conftest import authority, cosigner, partner
from tests.custody.core.timestamps.authorities import ROOT
from tests.evidence.bundles.handed import case_with_files, hand

__all__ = ["authority", "cosigner", "partner"]
pytestmark = [pytest.mark.loopback]


@pytest.fixture(autouse=True)
def _fresh_watch() -> Iterator[None]:
    asking._own.clear()
    yield
    asking._own.clear()


def test_time_stamps_and_cosignatures_are_enclosed_and_hold(
    authority: AnchorParty, partner: AnchorParty, tmp_path: Path, settings: Settings
) -> None:
    settings.AMANA_COSIGNERS_WANTED = 1
    case = case_with_files()
    written = hand(case, tmp_path / "bundle")
    assert written.vouched == ["clock", "partner"]
    assert (written.not_vouched, written.stamped) == ({}, True)
    paper = [authority.fingerprint, partner.fingerprint]
    verdict = verify_bundle(tmp_path / "bundle", fingerprints=paper)
    assert [each for each in verdict.findings if each.state != "ok"] == []
    told = {(each.fact, each.subject): each.message for each in verdict.findings}
    assert "stood in the tree by" in told["time-stamp", "all"]
    assert ("time-stamp", layout.SEAL_STAMP) in told
    assert "The quorum quorum is met" in told["cosigner", layout.CHECKPOINT]
    assert b"Vouched-For-By: clock, partner" in (tmp_path / "bundle" / "bag-info.txt").read_bytes()


def test_whoever_does_not_answer_is_named_and_stops_nothing(installation: Path, tmp_path: Path) -> None:
    anchoring.trust_authority(name="silent", url="http://127.0.0.1:9/", certificates=ROOT.pem, actor=for_command())
    written = hand(case_with_files(), tmp_path / "bundle")
    assert list(written.not_vouched) == ["silent"]
    assert not written.stamped
    assert b"Not-Vouched-For-By: silent" in (tmp_path / "bundle" / "bag-info.txt").read_bytes()
    assert verify_bundle(tmp_path / "bundle").bottom_line == "sound"


def test_going_on_after_the_cosigner_signed_a_newer_tree_raises_no_alarm(
    partner: AnchorParty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_with_files()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(contents, "write_records", die)
        with pytest.raises(KeyboardInterrupt):
            hand(case, tmp_path / "b")
    cases.create_case(code="SHD-09", title="Another matter", actor=for_command())
    asking.anchor_now(notary.ensure_checkpoint().size)
    written = hand(case, tmp_path / "b")
    assert (written.resumed, written.vouched) == (True, ["partner"])
    assert ledger.count(Action.ANCHOR_FAILED) == 0
    assert verify_bundle(tmp_path / "b", fingerprints=[partner.fingerprint]).bottom_line == "sound"


def test_an_earlier_stamp_brackets_what_came_after_it(authority: AnchorParty, tmp_path: Path) -> None:
    checkpoint = notary.ensure_checkpoint()
    asking.anchor_now(checkpoint.size)
    hand(case_with_files(), tmp_path / "bundle")
    verdict = verify_bundle(tmp_path / "bundle", fingerprints=[authority.fingerprint])
    told = next(each.message for each in verdict.findings if (each.fact, each.subject) == ("time-stamp", "all"))
    assert "none of them stood in the tree that was dated" in told
