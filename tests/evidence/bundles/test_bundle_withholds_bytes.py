"""What a rule withholds stays here under every number that the case holds its bytes under."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import cases
from custody.actors import for_command
from custody.core.bundles import layout
from evidence.admissions import admit_item
from evidence.bundles import Selection
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.evidence.bundles.handed import case_with_files, hand

pytestmark = pytest.mark.usefixtures("installation")


def _twins() -> list[EvidenceItem]:
    """The two items of the case that have the same original."""
    items = list(EvidenceItem.objects.order_by("ern"))
    return [item for item in items if sum(other.sha256 == item.sha256 for other in items) == 2]


def test_privileged_bytes_do_not_leave_under_a_twins_number(tmp_path: Path) -> None:
    case = case_with_files()
    marked, twin = _twins()
    describe_item(item=marked, case=case, actor=for_command(), words={"privileged": True})
    written = hand(case, tmp_path / "b", words="The defence")
    assert written.withheld == {str(marked.pk): "privileged", str(twin.pk): "privileged"}
    assert list((tmp_path / "b").glob(f"{layout.PHOTOS}{marked.sha256}*")) == []
    assert written.originals == 2


def test_nor_where_the_twin_alone_was_chosen(tmp_path: Path) -> None:
    case = case_with_files()
    marked, twin = _twins()
    other = EvidenceItem.objects.exclude(pk__in=[marked.pk, twin.pk]).order_by("ern")[0]
    describe_item(item=marked, case=case, actor=for_command(), words={"privileged": True})
    chosen = Selection("item", (twin.ern, other.ern))
    written = hand(case, tmp_path / "b", words="The defence", selection=chosen)
    assert (written.withheld, written.items) == ({str(twin.pk): "privileged"}, 1)
    assert list((tmp_path / "b").glob(f"{layout.PHOTOS}{marked.sha256}*")) == []


def test_a_mark_on_a_number_that_another_case_holds_withholds_nothing_here(tmp_path: Path) -> None:
    case_with_files()
    other = cases.create_case(code="RWB-05", title="Another", actor=for_command())
    marked, twin = _twins()
    admit_item(case=other, item=twin, actor=for_command())
    describe_item(item=marked, case=other, actor=for_command(), words={"privileged": True})
    assert hand(other, tmp_path / "b", words="The defence").withheld == {}
