"""An item that is described anew after a bundle showed it names that bundle, in whatever work it was described."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import cases, disclosures
from custody.actors import for_command
from evidence.admissions import admit_item
from evidence.bundles import hand_out
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.evidence.bundles.handed import case_with_files, hand, order

pytestmark = pytest.mark.usefixtures("installation")


def test_a_shared_item_described_anew_in_another_cases_work(tmp_path: Path) -> None:
    case = case_with_files()
    other = cases.create_case(code="RWB-05", title="Another", actor=for_command())
    shared, alone = EvidenceItem.objects.order_by("ern")[:2]
    admit_item(case=other, item=shared, actor=for_command())
    hand(case, tmp_path / "b", words="The defence")
    describe_item(item=shared, case=other, actor=for_command(), words={"title_en": "anew"})
    (due,) = disclosures.due_in(case)
    assert (due.cause.subject, due.cause.label) == (str(shared.pk), shared.ern)
    assert "RWB-05" not in repr(due)
    assert str(other.pk) not in repr(due.cause)
    assert disclosures.due_in(other) == []
    assert str(alone.pk) != due.cause.subject


def test_an_item_described_anew_while_the_bundle_is_written(tmp_path: Path) -> None:
    case = case_with_files()
    item = EvidenceItem.objects.order_by("ern")[0]

    def describe(done: int, _total: int) -> None:
        if done == 1:
            describe_item(item=item, case=case, actor=for_command(), words={"title_en": "anew"})

    hand_out(order(case, words="The defence"), to=tmp_path / "b", progress=describe)
    assert [due.cause.subject for due in disclosures.due_in(case)] == [str(item.pk)]


def test_what_the_bundle_shows_already_is_not_due(tmp_path: Path) -> None:
    case = case_with_files()
    item = EvidenceItem.objects.order_by("ern")[0]
    describe_item(item=item, case=case, actor=for_command(), words={"title_en": "before"})
    hand(case, tmp_path / "b", words="The defence")
    assert disclosures.due_in(case) == []
