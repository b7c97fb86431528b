"""An item is disposed of while somebody else is about to commit an act that points at it, or at its case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence import disposal
from evidence.admissions import admit_collection, admit_item
from evidence.models import Admission, EvidenceItem, ExaminationJob, JobState, Tombstone
from tests.beside import begun_while_open
from tests.cast import Cast, make_cast
from tests.custody.approvals.releases import actor_of, ask_release_of
from tests.custody.test_fences import postgresql_only
from tests.evidence.disposal.orders import approved_disposal
from tests.exhibits import picture, receive

pytestmark = postgresql_only


def _ask(cast: Cast, _item: EvidenceItem) -> object:
    return ask_release_of(cast.case, cast.lawyer)


def _admit_item(cast: Cast, item: EvidenceItem) -> object:
    return admit_item(case=cast.other_case, item=item, actor=actor_of(cast.outsider))


def _admit_collection(cast: Cast, item: EvidenceItem) -> object:
    return admit_collection(case=cast.other_case, collection=item.collection, actor=actor_of(cast.outsider))


def _begin_to_examine(_cast: Cast, item: EvidenceItem) -> object:
    return ExaminationJob.objects.filter(item=item, state=JobState.WAITING).update(state=JobState.RUNNING)


def _dispose_beside(cast: Cast, item: EvidenceItem, step: Callable[[Cast, EvidenceItem], object]) -> list[str | None]:
    """The disposal begins when the step is done, and its transaction is still open; returns what went wrong with it."""
    request = approved_disposal(cast, [item])
    faults = begun_while_open(
        lambda: step(cast, item), lambda: disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
    )
    return [getattr(fault, "code", str(fault)) for fault in faults]


def test_neither_waits_for_the_other(lasting_installation: Path) -> None:
    """What points at the case is checked at the commit, under the ledger's lock, which the disposal waits for."""
    cast = make_cast()
    (item,) = receive(cast.case, {"one.jpg": picture(7)})
    assert _dispose_beside(cast, item, _ask) == []
    assert Tombstone.objects.filter(item=item).exists()


@pytest.mark.parametrize("step", [_admit_item, _admit_collection])
def test_what_another_case_has_just_admitted_stays(
    lasting_installation: Path, step: Callable[[Cast, EvidenceItem], object]
) -> None:
    cast = make_cast()
    (item,) = receive(cast.case, {"one.jpg": picture(7)})
    assert _dispose_beside(cast, item, step) == ["not-disposable"]
    assert Admission.objects.filter(case=cast.other_case, ended=None).exists()
    assert not Tombstone.objects.exists()


def test_what_somebody_has_just_begun_to_examine_stays(lasting_installation: Path) -> None:
    """What is made of it would come into the vault after everything made of it was removed."""
    cast = make_cast()
    (item,) = receive(cast.case, {"one.jpg": picture(7)})
    assert _dispose_beside(cast, item, _begin_to_examine) == ["being-examined"]
    assert not Tombstone.objects.exists()
