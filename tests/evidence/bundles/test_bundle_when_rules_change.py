"""What would not be granted any more does not leave: neither with a new seal, nor after hours of writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custody import disclosures, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core.bundles import layout, verify_bundle
from custody.models import Case
from evidence.bundles import Offer, Piece, contents, entering, forget_part, hand_out, proofs, register_part, writing
from evidence.bundles.folders import BundleRefused
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.evidence.bundles.handed import case_with_files, hand, order, quiet
from tests.exhibits import receive

pytestmark = pytest.mark.usefixtures("installation")

GIVEN = Offer(pieces=[Piece("data/statements/ST-1.json", b"what was told")], touches=frozenset({("consent", "7")}))


class _KilledError(BaseException):
    """Nothing that a killed process would not leave out runs after it: the code has no clean-up for it."""


def _die(*_: object, **__: object) -> None:
    raise _KilledError


@pytest.fixture
def case() -> Case:
    return case_with_files()


@pytest.fixture
def offers() -> Iterator[list[Offer]]:
    """What another room gives: the last of these."""
    offers = [GIVEN]
    register_part("test", lambda _request: offers[-1])
    yield offers
    forget_part("test")


def _mark(case: Case, item: EvidenceItem) -> None:
    describe_item(item=item, case=case, actor=for_command(), words={"privileged": True})


def _killed_in(where: object, name: str, case: Case, to: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, _die)
        with pytest.raises(_KilledError):
            hand(case, to)


def _statements(folder: Path) -> list[Path]:
    return list(folder.rglob("ST-*"))


def test_a_withdrawn_statement_gets_no_new_seal(case: Case, tmp_path: Path, offers: list[Offer]) -> None:
    _killed_in(proofs, "write_seal", case, tmp_path / "b")
    assert _statements(tmp_path / "b.unfinished")
    offers.append(Offer())
    assert not hand(case, tmp_path / "b").resumed
    assert _statements(tmp_path) == []
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    lost, made = disclosures.disclosures_in(case).order_by("version")
    assert (lost.broken_off is None, made.broken_off) == (False, None)


def test_an_original_that_became_privileged_gets_no_new_seal(case: Case, tmp_path: Path) -> None:
    item = EvidenceItem.objects.order_by("ern")[1]
    _killed_in(proofs, "write_seal", case, tmp_path / "b")
    _mark(case, item)
    written = hand(case, tmp_path / "b")
    assert (written.resumed, written.withheld) == (False, {str(item.pk): "privileged"})
    assert not (tmp_path / "b" / layout.original_path(item.sha256, "jpg")).exists()


@pytest.mark.parametrize(("where", "name"), [(contents, "write_records"), (proofs, "write_seal")])
def test_what_may_not_be_gone_on_with_leaves_nothing_in_clear(
    case: Case, tmp_path: Path, offers: list[Offer], where: object, name: str
) -> None:
    _killed_in(where, name, case, tmp_path / "b")
    assert _statements(tmp_path / "b.unfinished")
    offers.append(Offer())
    for _ in range(2):
        with pytest.raises(BundleRefused, match="nothing to go on with"):
            hand_out(order(case), to=tmp_path / "b", progress=quiet, must_resume=True)
        assert list((tmp_path / "b.unfinished").iterdir()) == []
    assert all(row.broken_off for row in disclosures.disclosures_in(case))


@pytest.mark.parametrize("late", [False, True], ids=["while originals are written", "just before the entry"])
def test_an_original_that_becomes_privileged_meanwhile_stops_the_bundle(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    item, enter = EvidenceItem.objects.order_by("ern")[1], entering.enter_created

    def mark_and_enter(*about: Any) -> Any:
        _mark(case, item)
        return enter(*about)

    def mark(done: int, _total: int) -> None:
        if done == 3:
            _mark(case, item)

    if late:
        monkeypatch.setattr(writing, "enter_created", mark_and_enter)
    with pytest.raises(BundleRefused, match="a rule on an item changed"):
        hand_out(order(case), to=tmp_path / "b", progress=quiet if late else mark)
    assert list((tmp_path / "b.unfinished").iterdir()) == []
    assert (ledger.count(Action.EXPORT_CREATED), disclosures.disclosures_in(case).count()) == (0, 0)


def test_a_consent_withdrawn_just_before_the_entry_stops_the_bundle(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offers: list[Offer]
) -> None:
    enter = entering.enter_created

    def withdraw_and_enter(*about: Any) -> Any:
        offers.append(Offer())
        return enter(*about)

    monkeypatch.setattr(writing, "enter_created", withdraw_and_enter)
    with pytest.raises(BundleRefused, match="a consent changed"):
        hand(case, tmp_path / "b")
    assert list((tmp_path / "b.unfinished").iterdir()) == []
    assert ledger.count(Action.EXPORT_CREATED) == 0


def test_an_item_that_comes_to_the_case_meanwhile_stops_nothing(case: Case, tmp_path: Path) -> None:
    def take_in(done: int, _total: int) -> None:
        if done == 3:
            receive(case, {"late.jpg": b"late" * 100})

    written = hand_out(order(case), to=tmp_path / "b", progress=take_in)
    assert (written.items, written.withheld) == (4, {})
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
