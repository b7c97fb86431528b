"""What a rule withholds stays here under every number that the case holds its bytes under."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import cases
from custody.actors import for_command
from custody.core.bundles import layout, verify_bundle
from custody.registrar import connect
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


def test_a_bundle_of_a_part_says_how_many_items_are_left_out(tmp_path: Path) -> None:
    case = case_with_files()
    first = EvidenceItem.objects.order_by("ern")[0]
    left = EvidenceItem.objects.count() - 1
    hand(case, tmp_path / "part", words="The defence", selection=Selection("item", (first.ern,)))
    hand(case, tmp_path / "whole", words="The defence")
    words = f"{left} items that were received in the case whose history is enclosed, and are not enclosed themselves"
    assert words in verify_bundle(tmp_path / "part").not_checked
    assert not [told for told in verify_bundle(tmp_path / "whole").not_checked if "not enclosed themselves" in told]


def test_the_seal_names_the_certificate_of_its_signer(tmp_path: Path) -> None:
    hand(case_with_files(), tmp_path / "b", words="The defence")
    sealed = [finding.message for finding in verify_bundle(tmp_path / "b").findings if finding.fact == "seal"]
    assert any(connect().signer_fingerprint() in told for told in sealed)
