"""Two admit the same item, or collection, to one case at the same moment: both hold the one admission."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.admissions import admit_collection, admit_item
from evidence.models import Admission, EvidenceItem
from tests.beside import begun_while_open
from tests.cast import Cast, make_cast
from tests.custody.approvals.releases import actor_of
from tests.custody.test_fences import postgresql_only
from tests.exhibits import picture, receive


def _item(cast: Cast, item: EvidenceItem) -> Admission:
    return admit_item(case=cast.other_case, item=item, actor=actor_of(cast.outsider))


def _collection(cast: Cast, item: EvidenceItem) -> Admission:
    return admit_collection(case=cast.other_case, collection=item.collection, actor=actor_of(cast.outsider))


@postgresql_only
@pytest.mark.parametrize("admit", [_item, _collection])
def test_both_hold_the_one_admission(
    lasting_installation: Path, admit: Callable[[Cast, EvidenceItem], Admission]
) -> None:
    cast = make_cast()
    (item,) = receive(cast.case, {"one.jpg": picture(7)})
    assert begun_while_open(lambda: admit(cast, item), lambda: admit(cast, item)) == []
    assert Admission.objects.filter(case=cast.other_case).count() == 1
