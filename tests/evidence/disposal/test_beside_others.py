"""An item is disposed of while somebody else is about to commit an act that points at it, or at its case."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from custody import approvals
from custody.approvals import Subject
from custody.models import ApprovalKind
from evidence import disposal
from evidence.admissions import admit_collection, admit_item
from evidence.models import Admission, EvidenceItem, ExaminationJob, JobState, Tombstone
from tests.cast import Cast, make_cast
from tests.custody.approvals.releases import actor_of
from tests.custody.test_fences import postgresql_only
from tests.evidence.disposal.orders import approved_disposal
from tests.exhibits import picture, receive

pytestmark = postgresql_only
_PATIENCE = 10


def _ask(cast: Cast, _item: EvidenceItem) -> object:
    return approvals.ask(
        kind=ApprovalKind.RELEASE,
        subject=Subject("selection", "0" * 64),
        case=cast.case,
        what={},
        reason="The court asked for it.",
        actor=actor_of(cast.lawyer),
    )


def _admit_item(cast: Cast, item: EvidenceItem) -> object:
    return admit_item(case=cast.other_case, item=item, actor=actor_of(cast.outsider))


def _admit_collection(cast: Cast, item: EvidenceItem) -> object:
    return admit_collection(case=cast.other_case, collection=item.collection, actor=actor_of(cast.outsider))


def _begin_to_examine(_cast: Cast, item: EvidenceItem) -> object:
    return ExaminationJob.objects.filter(item=item, state=JobState.WAITING).update(state=JobState.RUNNING)


def _until_somebody_waits() -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("nobody came to wait")


def _dispose_beside(cast: Cast, item: EvidenceItem, step: Callable[[Cast, EvidenceItem], object]) -> list[str]:
    """The disposal begins when the step is done, and its transaction is still open; returns what went wrong with it."""
    request = approved_disposal(cast, [item])
    faults: list[str] = []

    def beside() -> None:
        try:
            disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
        except BaseException as fault:  # noqa: BLE001  it is looked at by the test
            faults.append(str(getattr(fault, "code", fault)))
        finally:
            connections.close_all()

    other = threading.Thread(target=beside)
    with transaction.atomic():
        step(cast, item)
        other.start()
        _until_somebody_waits()
    other.join(_PATIENCE)
    assert not other.is_alive()
    return faults


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
