"""Two acts at the same moment: one begins while the transaction of the other is still open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction

_PATIENCE = 10


def begun_while_open(step: Callable[[], object], other: Callable[[], object]) -> list[BaseException]:
    """Do ``step``, begin ``other`` in a thread, and commit when it waits for a lock; returns what went wrong with it.

    For PostgreSQL, with really committed rows.
    """
    faults: list[BaseException] = []

    def beside() -> None:
        try:
            other()
        except BaseException as fault:  # noqa: BLE001  the test looks at it
            faults.append(fault)
        finally:
            connections.close_all()

    thread = threading.Thread(target=beside)
    with transaction.atomic():
        step()
        thread.start()
        _until_somebody_waits()
    thread.join(_PATIENCE)
    assert not thread.is_alive()
    return faults


def _until_somebody_waits() -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    pytest.fail("nobody came to wait")
