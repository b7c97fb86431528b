"""A case is closed, and a hold is placed, while somebody else is about to commit an act in the same case."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from custody import approvals
from custody.actors import for_command
from custody.approvals import Subject
from custody.models import Approval, ApprovalKind
from evidence import holds
from tests.cast import Cast, make_cast
from tests.custody.approvals.releases import actor_of
from tests.custody.test_closing import close
from tests.custody.test_fences import postgresql_only

_PATIENCE = 10


def _hold(cast: Cast) -> object:
    return holds.place(case=cast.case, items=None, authority="Order 7", reason="Appeal", actor=for_command(cast.lead))


def _close(cast: Cast) -> object:
    return close(cast.case, cast.lead)


def _until_somebody_waits_for_the_ledger() -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("nobody came to wait for the ledger")


@postgresql_only
@pytest.mark.parametrize("step", [_close, _hold])
def test_neither_waits_for_the_other(lasting_installation: Path, step: Callable[[Cast], object]) -> None:
    """What points at the case is checked at the commit, under the ledger's lock, which the other one waits for."""
    cast = make_cast()
    faults: list[BaseException] = []

    def beside() -> None:
        try:
            step(cast)
        except BaseException as fault:  # noqa: BLE001  it is looked at below
            faults.append(fault)
        finally:
            connections.close_all()

    other = threading.Thread(target=beside)
    with transaction.atomic():
        asked = approvals.ask(
            kind=ApprovalKind.RELEASE,
            subject=Subject("selection", "0" * 64),
            case=cast.case,
            what={},
            reason="The court asked for it.",
            actor=actor_of(cast.lawyer),
        )
        other.start()
        _until_somebody_waits_for_the_ledger()
    other.join(_PATIENCE)
    assert (faults, other.is_alive()) == ([], False)
    assert Approval.objects.get().pk == asked.pk
